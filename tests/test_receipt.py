"""Each page's foot says what it ran with; what varies stands in the JSON beside it, so that builds
stay equal.
"""

import datetime
import hashlib
import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from press.execute import receipt as receipts
from press.execute.receipt import commit, in_words

NAME = "journal/2025-07-02-a"
BODY = """
```{python}
import random
random.seed(7)
text = open("../data/one.txt").read()
print(text)
```

```{python}
block = bytearray(64 * 2**20)
from exhibits import measured
measured("0.31 s", "step")
```
"""


@pytest.fixture
def began() -> datetime.datetime:
    """A moment before the site is printed; a receipt's have no fractions of a second."""
    return datetime.datetime.now(datetime.UTC).replace(microsecond=0)


@pytest.fixture
def site(journal: Any, began: datetime.datetime) -> Path:
    journal.write("data/one.txt", "one")
    journal.write("data/texts.toml", "")
    journal.page(BODY)
    return Path(journal.render())


def read(site: Path) -> dict[str, Any]:
    return dict(json.loads((site / f"{NAME}.receipt.json").read_text(encoding="utf-8")))


def test_the_receipt_says_what_the_page_ran_with(site: Path, began: datetime.datetime) -> None:
    found = read(site)
    assert found["page"] == f"{NAME}.qmd"
    assert found["inputs"]["data/one.txt"] == hashlib.sha256(b"one").hexdigest()
    assert found["seeds"] == ["PYTHONHASHSEED=0", "random.seed(7)"]
    assert [cell["line"] for cell in found["cells"]] == [6, 13]
    assert 0 < sum(cell["seconds"] for cell in found["cells"]) < found["seconds"]
    assert 64 * 2**20 < found["peak_memory"] < 1024 * 2**20
    assert found["packages"]["plotly"] and "ruff" not in found["packages"]
    assert found["device"]["cores"] >= 1 and found["device"]["processor"]
    assert found["commit"] == {"id": "", "changed": False}
    assert (
        began
        <= datetime.datetime.fromisoformat(found["executed"])
        <= datetime.datetime.now(datetime.UTC)
    )
    assert found["measured"] == {"step": {"text": "0.31 s", "value": "0.31 s"}}


def test_the_page_shows_text_hash_and_seeds_and_has_a_place_for_each_row_of_the_json(
    site: Path,
) -> None:
    page = (site / f"{NAME}.html").read_text(encoding="utf-8")
    assert (
        f'<code>data/one.txt</code>, SHA-256 <code title="{hashlib.sha256(b"one").hexdigest()}">'
        in page
    )
    assert "texts.toml" not in page
    assert "<code>random.seed(7)</code>" in page
    for key in read(site)["shown"]:
        assert f'<dd data-receipt="{key}">–</dd>' in page
    assert '<a href="2025-07-02-a.receipt.json">The receipt as JSON</a>' in page


def test_two_executions_differ_in_the_receipt_alone(journal: Any, site: Path, tree: Any) -> None:
    first = tree(site)
    assert journal.press("render", "--with", "builtin", "--fresh").status == 0
    second = tree(site)
    differing = {
        name for name in first.keys() | second.keys() if first.get(name) != second.get(name)
    }
    assert differing == {f"{NAME}.receipt.json"}


def test_a_kept_run_keeps_its_receipt(journal: Any, site: Path) -> None:
    before = (site / f"{NAME}.receipt.json").read_bytes()
    journal.render()
    assert (site / f"{NAME}.receipt.json").read_bytes() == before


def test_a_page_without_cells_has_no_receipt(journal: Any) -> None:
    journal.page("Words.\n")
    site = journal.render()
    assert not (site / f"{NAME}.receipt.json").exists()
    assert 'class="receipt"' not in (site / f"{NAME}.html").read_text(encoding="utf-8")


def test_the_commit_is_that_of_the_journal_and_says_whether_files_differ(tmp_path: Path) -> None:
    def git(*arguments: str) -> str:
        command = [
            "git",
            "-C",
            str(tmp_path),
            "-c",
            "user.name=a",
            "-c",
            "user.email=a@b.c",
            *arguments,
        ]
        own = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
        return subprocess.run(
            command, check=True, capture_output=True, text=True, env=own
        ).stdout.strip()

    if not shutil.which("git"):
        pytest.skip("there is no git here")
    assert commit(tmp_path) == {"id": "", "changed": False}
    git("init", "--quiet")
    assert commit(tmp_path) == {"id": "", "changed": False}  # no commit yet
    (tmp_path / "a.txt").write_text("1", encoding="utf-8")
    git("add", ".")
    git("commit", "--quiet", "--message=one")
    assert commit(tmp_path) == {"id": git("rev-parse", "HEAD"), "changed": False}
    (tmp_path / "a.txt").write_text("2", encoding="utf-8")
    assert commit(tmp_path)["changed"] is True


def test_without_git_there_is_no_commit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert commit(tmp_path) == {"id": "", "changed": False}


def test_the_rows_are_words_a_reader_understands() -> None:
    made = {
        "executed": "2025-07-02T18:05:00+00:00", "seconds": 1.234, "cells": [{"line": 6, "seconds": 0.5}],
        "peak_memory": 100 * 2**20, "python": "3.11.7", "packages": {"plotly": "7.1.0"},
        "device": {"processor": "A processor", "cores": 2, "accelerator": ""},
        "commit": {"id": "0123456789abcdef", "changed": True},
    }  # fmt: skip
    assert in_words(made) == {
        "executed": "2 July 2025, 18:05 UTC",
        "seconds": "1.23 s, the kernel's start included",
        "cells": "line 6: 0.50 s",
        "memory": "100 MiB at its peak",
        "device": "A processor, 2 cores",
        "versions": "Python 3.11.7, plotly 7.1.0",
        "commit": "0123456789ab and changes after it",
    }
    gpu = {**made["device"], "accelerator": "A GPU"}
    assert in_words({**made, "device": gpu, "peak_memory": 0, "commit": {}})["device"] == "A GPU"


def test_the_packages_are_the_pinned_ones_without_the_extras() -> None:
    assert {"torch", "plotly", "click"} <= receipts.packages().keys()
    assert not {"pytest", "mypy", "ruff"} & receipts.packages().keys()


@pytest.mark.browser
def test_the_browser_fills_the_receipt_from_the_json(
    journal: Any, site: Path, chromium: str, serving: Any
) -> None:
    from playwright.sync_api import expect, sync_playwright

    journal.write("data/one.txt", "two")
    journal.render()
    with serving(site) as address, sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page()
        page.goto(f"{address}{NAME}.html")
        page.locator("footer.receipt summary").click()
        expect(page.locator('[data-receipt="versions"]')).to_contain_text("Python 3.")
        assert "–" not in page.locator("footer.receipt dd").all_text_contents()
        expect(page.locator("[data-receipt-changes] li")).to_have_text(
            ["line 6: print(text): one -> two"]
        )
        browser.close()


def test_a_text_that_lies_elsewhere_is_named_without_its_folder(
    journal: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = tmp_path / "texts"
    elsewhere.mkdir()
    (elsewhere / "mine.txt").write_text("mine", encoding="utf-8")
    monkeypatch.setenv("JOURNAL_DATA", str(elsewhere))
    journal.page(f"```{{python}}\ntext = open({str(elsewhere / 'mine.txt')!r}).read()\n```\n")
    found = read(journal.render())
    assert found["inputs"] == {"mine.txt": hashlib.sha256(b"mine").hexdigest()}
    assert found["own_texts"] == ["mine.txt"]


@pytest.mark.parametrize(("name", "status"), [("the-index-of-small-lights", 1), ("mine", 0)])
def test_a_figure_that_a_learner_s_own_text_meets_by_chance_stops_nothing(
    journal: Any, name: str, status: int
) -> None:
    journal.write(f"data/{name}.txt", "12345678")
    journal.page(
        f"```{{python}}\nn = len(open('../data/{name}.txt').read())\n```\n\nMy log says 8; it is"
        " `{python} n`.\n"
    )
    said = journal.press("render", "--with", "builtin")
    assert said.status == status, said.err
    assert ("the number 8 is typed here" in said.err) is bool(status)


@pytest.mark.parametrize(
    ("prose", "status"),
    [("The book: chapter 5, sections 2.1, 8 and 5.3.", 0), ("In chapter 5 I count 8.", 1)],
)
def test_a_chapter_with_the_number_of_a_result_stops_nothing(
    journal: Any, prose: str, status: int
) -> None:
    journal.page(f"```{{python}}\nn = 8\n```\n\n{prose} It is `{{python}} n`.\n")
    said = journal.press("render", "--with", "builtin")
    assert said.status == status, said.err
    assert ("the number 8 is typed here" in said.err) is bool(status)
