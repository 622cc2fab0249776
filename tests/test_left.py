"""A page's run may leave files in assets/: press knows whose they are, runs the page again for a
missing one, and clears away what no page leaves any more.
"""

from typing import Any

from rich.console import Console

from press.execute.pool import Board, run_pages
from press.execute.run_cache import Cache

NAME = "journal/2025-07-02-a.qmd"
BODY = """
```{{python}}
from exhibits.base.asset import write_asset
from IPython.display import Markdown
Markdown(f"[a file]({{write_asset({name!r}, {data!r})}})")
```
"""


def writes(journal: Any, data: bytes = b"one", name: str = "model.bin", path: str = NAME) -> None:
    journal.page(BODY.format(name=name, data=data), path)


def ran(journal: Any) -> set[str]:
    """Bring the runs of all pages up to date; the pages that were executed."""
    project = journal.project()
    runs = run_pages(project, project.published, Board(Console(quiet=True)))
    return {path for path, run in runs.items() if not run.cached and run.page.cells}


def stale(journal: Any, path: str = NAME) -> list[str]:
    project = journal.project()
    return Cache(project.config).why_stale(
        next(page for page in project.pages if page.path == path)
    )


def test_the_file_is_in_the_site_and_the_page_links_to_it(journal: Any) -> None:
    writes(journal)
    site = journal.render()
    assert (site / "assets/model.bin").read_bytes() == b"one"
    assert '<a href="../assets/model.bin">a file</a>' in journal.body()


def test_a_page_whose_file_is_missing_or_another_is_run_again(journal: Any) -> None:
    writes(journal)
    assert ran(journal) == {NAME}
    assert ran(journal) == set()
    file = journal.root / "assets/model.bin"
    file.unlink()
    assert stale(journal) == ["assets/model.bin is not there"]
    assert ran(journal) == {NAME}
    file.write_bytes(b"damaged")
    assert stale(journal) == ["assets/model.bin is not as the page left it"]
    assert ran(journal) == {NAME}
    assert file.read_bytes() == b"one"
    assert stale(journal) == []


def test_a_file_that_stood_there_already_is_known_too(journal: Any) -> None:
    """The second run writes nothing, for the content is the same; the page leaves the file all the
    same.
    """
    writes(journal)
    ran(journal)
    file = journal.root / "assets/model.bin"
    before = file.stat().st_mtime_ns
    assert journal.press("run", NAME).status == 0
    assert file.stat().st_mtime_ns == before
    file.unlink()
    assert stale(journal) == ["assets/model.bin is not there"]


def test_a_file_written_by_open_alone_is_known_and_one_that_a_page_takes_away_again_is_not(
    journal: Any,
) -> None:
    body = """
    ```{python}
    from pathlib import Path
    folder = Path("../assets")
    folder.mkdir(exist_ok=True)
    _ = (folder / "kept.txt").write_text("kept"), (folder / "gone.txt").write_text("gone")
    ```

    ```{python}
    (folder / "gone.txt").unlink()
    ```
    """
    journal.page(body)
    ran(journal)
    assert stale(journal) == []
    last, _ = Cache(journal.project().config).assets()[NAME]
    assert list(last) == ["assets/kept.txt"]


def test_what_no_page_leaves_any_more_goes_and_the_authors_own_files_stay(journal: Any) -> None:
    writes(journal)
    writes(journal, name="other.bin", path="journal/2025-07-03-b.qmd")
    mine = journal.write("assets/mine.png", "mine")
    assert {file.name for file in (journal.render() / "assets").glob("*.bin")} >= {
        "model.bin",
        "other.bin",
    }
    writes(journal, name="renamed.bin")
    (journal.root / "journal/2025-07-03-b.qmd").unlink()
    site = journal.render()
    printed = {file.name for file in (site / "assets").iterdir()}
    assert "renamed.bin" in printed and printed.isdisjoint({"model.bin", "other.bin"})
    found = {file.name for file in (journal.root / "assets").iterdir()}
    assert {"renamed.bin", "mine.png", "exhibits.js"} <= found
    assert found.isdisjoint({"model.bin", "other.bin"})
    assert mine.read_text(encoding="utf-8") == "mine"


def test_a_file_that_another_page_still_leaves_stays(journal: Any) -> None:
    writes(journal)
    writes(journal, path="journal/2025-07-03-b.qmd")
    journal.render()
    journal.page("Words.\n")
    assert (journal.render() / "assets/model.bin").read_bytes() == b"one"


def test_two_pages_that_leave_one_file_with_two_contents_are_an_error_and_the_old_site_stays(
    journal: Any, tree: Any
) -> None:
    writes(journal)
    before = tree(journal.render())
    writes(journal, b"two", path="journal/2025-07-03-b.qmd")
    said = journal.press("render", "--with", "builtin")
    assert said.status == 1
    assert (
        "journal/2025-07-03-b.qmd: its run leaves assets/model.bin, and that of " + NAME in said.err
    )
    assert "give each file a name of its own" in said.err
    assert tree(journal.site) == before
    writes(journal, b"two", "two.bin", "journal/2025-07-03-b.qmd")
    assert (journal.render() / "assets/two.bin").read_bytes() == b"two"
    assert (
        journal.site / "assets/model.bin"
    ).read_bytes() == b"one"  # the page was run again: its file was another


def test_a_damaged_manifest_takes_nothing_away(journal: Any) -> None:
    writes(journal)
    journal.render()
    manifest = (journal.root / ".press/cache" / NAME).with_suffix(".json")
    whole = manifest.read_bytes()
    for damage in (b"", b"[]", b"{", whole[:-20]):
        manifest.write_bytes(damage)
        assert (journal.render() / "assets/model.bin").read_bytes() == b"one"


def test_an_authors_file_in_the_place_of_one_that_a_page_once_wrote_stays(journal: Any) -> None:
    writes(journal)
    writes(journal, name="renamed.bin")
    journal.render()
    writes(journal)
    journal.render()
    mine = journal.write("assets/renamed.bin", "mine")
    journal.render()
    assert mine.read_text(encoding="utf-8") == "mine"
