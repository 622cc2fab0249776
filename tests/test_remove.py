"""An entry that goes: by `press remove`, which names what links to it, or by hand."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from press.cli.remove_entry import plan_removal, take_away
from press.source.page import read_page
from press.source.project import page_paths
from press.source.quarto_yml import read_config

NAME, OTHER = "journal/2025-07-02-a.qmd", "journal/2025-07-03-b.qmd"
CLAIM = """
```{python}
from exhibits import claim, picture, table
claim("%s", True, says="So it is.")
```
"""
GATHERING = "```{python}\nfrom exhibits import verdicts\nverdicts()\n```\n"
SIDEBAR = f"""    contents:
      - index.qmd
      - {NAME}
      - {OTHER}
"""


@pytest.fixture
def two(journal: Any) -> Any:
    """A journal of two entries with a claim each, the page of claims, and a sidebar of lines."""
    journal.page(CLAIM % "one", NAME)
    journal.page(CLAIM % "two", OTHER)
    journal.page(GATHERING, "journal/claims.qmd", "press: {gathers: true}\n")
    config = journal.root / "_quarto.yml"
    globs = '    contents: [index.qmd, "journal/2*.qmd"]\n'
    text = config.read_text(encoding="utf-8")
    assert globs in text
    config.write_text(text.replace(globs, SIDEBAR), encoding="utf-8")
    return journal


def below(folder: Path) -> set[str]:
    files = [file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file()]
    return {name for name in files if not name.startswith((".press/removed/", "_site/"))}


def test_an_entry_goes_with_all_that_was_made_of_it_and_its_page_can_be_had_back(two: Any) -> None:
    before = {name: (two.root / name).read_bytes() for name in below(two.root)}
    assert two.press("new", "Third", "--date", "2025-07-04").status == 0
    page = two.root / "journal/2025-07-04-third.qmd"
    page.write_text(page.read_text(encoding="utf-8").replace("One ", "1 "), encoding="utf-8")
    written = page.read_bytes()
    assert two.press("run").status == 0
    assert two.press("notebook").status == 0
    assert any("2025-07-04-third" in name for name in below(two.root))
    said = two.press("remove", "journal/2025-07-04-third.qmd", "--yes")
    assert said.status == 0, said.err
    kept = ".press/removed/2025-07-04-third/2025-07-04-third.qmd"
    assert said.out == f"removed  journal/2025-07-04-third.qmd; it is in {kept}\n"
    assert not [name for name in below(two.root) if "third" in name]
    assert (two.root / kept).read_bytes() == written
    assert {name: (two.root / name).read_bytes() for name in before} == before
    shutil.move(two.root / kept, page)
    assert read_page(page, two.root).title == "Third"


def test_the_site_is_printed_without_it(two: Any) -> None:
    two.render()
    assert "2 claims" in two.body("journal/claims.html")
    assert two.press("remove", NAME, "--yes").status == 0
    two.render()
    assert "1 claim<" in two.body("journal/claims.html")
    assert not (two.site / "journal/2025-07-02-a.html").exists()
    assert "2025-07-02-a" not in two.body("index.html")
    assert not (two.root / "assets/cards/journal/2025-07-02-a.png").exists()


def test_an_entry_that_is_deleted_by_hand_leaves_a_site_that_is_printed(two: Any) -> None:
    two.render()
    (two.root / NAME).unlink()
    said = two.press("render")
    assert said.status == 0, said.err
    assert f"note  _quarto.yml names {NAME}, which is gone: take its line out" in said.out
    assert f"_quarto.yml names {NAME}, which is gone" in two.press("check").out
    assert "1 claim<" in two.body("journal/claims.html")
    fresh = {file: file.read_bytes() for file in two.site.rglob("*.html")}
    assert not [file for file in fresh if b"2025-07-02-a" in fresh[file]]


LINKING = """
See [that day](2025-07-02-a.qmd#x), [again](/journal/2025-07-02-a.html).

Not [this](2025-07-02-a-2.qmd), nor [that](labs/2025-07-02-a.qmd).
"""


def test_the_links_to_it_are_named_before_it_asks_and_no_is_an_answer(two: Any, tree: Any) -> None:
    two.page(LINKING, OTHER)
    two.write("index.qmd", "---\ntitle: Home\n---\n[a](journal/2025-07-02-a.qmd)\n")
    config = two.root / "_quarto.yml"
    navbar = f"website:\n  navbar: {{left: [{{href: {NAME}, text: A}}]}}\n"
    config.write_text(config.read_text("utf-8").replace("website:\n", navbar), "utf-8")
    before = tree(two.root)
    said = answered(two.root, "n\n")
    assert said.returncode == 1
    told = said.stdout.splitlines()
    assert told[:4] == [
        f"index.qmd:4: links to {NAME}",
        f"{OTHER}:5: links to {NAME}",
        f"_quarto.yml:3: links to {NAME}",
        "Take these links away, too: no site is printed with a link to nowhere.",
    ]
    assert told[4].startswith(f"Remove {NAME}? [y/N]")
    assert tree(two.root) == before
    assert answered(two.root, "").returncode == 1  # nobody there to answer
    assert tree(two.root) == before
    assert answered(two.root, "y\n").returncode == 0
    assert not (two.root / NAME).exists()


def test_an_entry_in_another_script_and_its_encoded_links_are_known(two: Any) -> None:
    assert two.press("new", "கழுதை", "--date", "2025-07-04").status == 0
    two.page(f"\n[that day]({quote('2025-07-04-கழுதை.qmd')})\n", OTHER)
    said = two.press("remove", "journal/2025-07-04-கழுதை.qmd", "--yes")
    assert said.out.splitlines()[0] == f"{OTHER}:5: links to journal/2025-07-04-கழுதை.qmd"
    assert not (two.root / "journal/2025-07-04-கழுதை.qmd").exists()


def answered(root: Path, answer: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "press", "remove", NAME],
        cwd=root, input=answer, capture_output=True, text=True,
    )  # fmt: skip


@pytest.mark.parametrize(
    "path", ["index.qmd", "journal/claims.qmd", "journal/gone.qmd", "../x.qmd"]
)
def test_what_is_no_entry_is_refused_with_the_entries(two: Any, tree: Any, path: str) -> None:
    before = tree(two.root)
    said = two.press("remove", path, "--yes")
    assert said.status == 1
    assert f"is no entry of this journal; entries: {NAME}, {OTHER}" in said.err
    assert tree(two.root) == before


def test_a_broken_page_and_a_draft_can_be_removed(two: Any) -> None:
    two.write(NAME, "no front matter\n")
    two.page("", OTHER, "draft: true\n")
    for name in (NAME, OTHER):
        assert two.press("remove", name, "--yes").status == 0
    assert page_paths(read_config(two.root)) == ["index.qmd", "journal/claims.qmd"]
    two.render()
    assert "No claim yet." in two.body("journal/claims.html")


def test_two_pages_of_a_name_lie_beside_each_other(two: Any) -> None:
    for words in ("first", "second", "third"):
        two.page(words, NAME)
        assert two.press("remove", NAME, "--yes").status == 0
    removed = sorted((two.root / ".press/removed").rglob("*.qmd"))
    assert [file.read_text(encoding="utf-8").split("---\n")[-1] for file in removed] == [
        "first",
        "second",
        "third",
    ]


KILLED = """
import os, signal, sys
from pathlib import Path
from press.cli.remove_entry import plan_removal, take_away
from press.source.quarto_yml import read_config
root, steps = Path(sys.argv[1]), int(sys.argv[2])
config = read_config(root)
removal = plan_removal(config, root / sys.argv[3])
done = 0
def stop(event, arguments):
    global done
    if event in ("os.remove", "os.rmdir", "os.rename", "os.mkdir", "shutil.rmtree", "shutil.move"):
        if done == steps:
            os.kill(os.getpid(), signal.SIGKILL)
        done += 1
sys.addaudithook(stop)
take_away(config, removal)
"""


def test_a_kill_at_any_step_loses_no_page_and_the_next_call_finishes(two: Any) -> None:
    assert two.press("run").status == 0
    whole = two.root.with_name("whole")
    shutil.copytree(two.root, whole, symlinks=True)
    text = (whole / NAME).read_bytes()
    steps = 0
    while True:
        shutil.rmtree(two.root)
        shutil.copytree(whole, two.root, symlinks=True)
        done = subprocess.run([sys.executable, "-c", KILLED, two.root, str(steps), NAME])
        pages = [file for file in two.root.rglob("2025-07-02-a.qmd") if file.is_file()]
        assert [page.read_bytes() for page in pages] == [text], f"after {steps} steps"
        if done.returncode == 0:
            break
        assert done.returncode == -signal.SIGKILL
        if (two.root / NAME).exists():
            take_away(config := read_config(two.root), plan_removal(config, two.root / NAME))
        assert not [name for name in below(two.root) if "2025-07-02-a" in name]
        assert NAME not in (two.root / "_quarto.yml").read_text(encoding="utf-8")
        steps += 1
    assert steps >= 5


def test_a_change_of_an_entry_leaves_the_runs_of_the_others_fresh(two: Any) -> None:
    """But for the page of claims, which reads them all."""

    def stale() -> set[str]:
        lines = two.press("status").out.splitlines()
        return {line.split()[1].rstrip(":") for line in lines if line.startswith("stale")}

    two.press("run")
    two.press("run")
    assert stale() == set()
    two.page("More words." + CLAIM % "one", NAME)
    assert stale() == {"journal/claims.qmd"}
    two.page((CLAIM % "another").replace("So it is", "It is so"), NAME)
    assert stale() == {NAME, "journal/claims.qmd"}
    two.press("run")
    two.page("A third.", "journal/2025-07-04-c.qmd")
    assert stale() == {"journal/2025-07-04-c.qmd", "journal/claims.qmd"}
    two.press("run")
    os.remove(two.root / OTHER)
    assert stale() == {"journal/claims.qmd"}
