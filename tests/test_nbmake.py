"""Every page is tested as a notebook by nbmake, and a failure names the page's file and line, not
the notebook's.
"""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

CONFTEST = Path(__file__).with_name("conftest.py")
PAGES = {
    "2025-07-01-passes.qmd": "```{python}\nassert 1 + 1 == 2\n```\n\nThat is `{python} 1 + 1`.\n",
    "2025-07-02-raises.qmd": (
        "Words.\n\n```{python}\n#| echo: false\n\nn = 1\nassert n == 2, 'n is not 2'\n```\n"
    ),
    "2025-07-03-intended.qmd": "```{python}\n#| error: true\n1 / 0\n```\n",
    "2025-07-04-inline.qmd": "One `{python} 1` and\ntwo `{python} [][1]` and `{python} 3`.\n",
    # One line in one cell: so it does not matter how far the machine came in 2 s, nor whether the
    # kernel could still tell.
    "2025-07-05-slow.qmd": "Words.\n\n```{python}\n__import__('threading').Event().wait()\n```\n",
}


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory, journal_in: Callable[[Path], Any]) -> str:
    """What pytest says of a small journal with pages that pass and pages that fail."""
    journal = journal_in(tmp_path_factory.mktemp("nbmake"))
    for name, body in PAGES.items():
        journal.page(
            body, f"journal/{name}", front="press: {timeout: 2}\n" if "slow" in name else ""
        )
    assert journal.press("notebook", "--output", ".press/notebooks").status == 0
    journal.write("tests/conftest.py", CONFTEST.read_bytes())
    settings = "[pytest]\naddopts = --import-mode=importlib\nfilterwarnings = error\n"
    journal.write(
        "pytest.ini",
        f"{settings}pythonpath = {CONFTEST.parent}\nmarkers =\n  printer\n  notebook\n",
    )
    command = [
        sys.executable,
        "-m",
        "pytest",
        "tests",
        ".press/notebooks",
        "--nbmake",
        "-q",
        "-p",
        "no:cacheprovider",
    ]
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PYTEST", "JOURNAL"))
    }
    environment |= {"JUPYTER_PREFER_ENV_PATH": "1", "COLUMNS": "200"}
    done = subprocess.run(
        command, cwd=journal.root, capture_output=True, text=True, env=environment
    )
    assert done.returncode == 1, done.stdout + done.stderr
    return done.stdout


def report(said: str, page: str) -> str:
    """The report of a page that failed, which begins below a line with the notebook's name."""
    parts = said.split(f"{page.removesuffix('.qmd')}.ipynb")
    assert len(parts) > 1, f"nothing is said of {page}"
    return parts[1].split("\n", 1)[1].lstrip("\n")


def test_a_failure_begins_with_the_line_of_the_page(said: str) -> None:
    place = (
        "journal/2025-07-02-raises.qmd:11: AssertionError: n is not 2; in: assert n == 2, 'n is not"
        " 2'\n"
    )
    assert report(said, "2025-07-02-raises.qmd").startswith(place)


def test_a_failure_in_the_prose_names_its_line(said: str) -> None:
    place = (
        "journal/2025-07-04-inline.qmd:6: IndexError: list index out of range; in: `{python}"
        " [][1]`\n"
    )
    assert report(said, "2025-07-04-inline.qmd").startswith(place)


def test_a_cell_that_never_ends_names_its_line(said: str) -> None:
    assert report(said, "2025-07-05-slow.qmd").startswith(
        "journal/2025-07-05-slow.qmd:9: A cell timed out"
    )


def test_a_page_that_holds_and_a_page_with_an_intended_error_pass(said: str) -> None:
    assert "passes" not in said and "intended" not in said
    assert said.splitlines()[-1].startswith("3 failed, 3 passed")


def test_the_summary_names_the_line_too(said: str) -> None:
    summary = said[said.index("short test summary info") :]
    assert "raises.ipynb - journal/2025-07-02-raises.qmd:11: AssertionError" in summary


def test_each_page_of_this_journal_is_tested_by_make_test() -> None:
    """`tests/run.py` turns every page into a notebook and hands the folder to pytest with nbmake."""
    text = CONFTEST.with_name("run.py").read_text(encoding="utf-8")
    assert '"press", "notebook", "--output", NOTEBOOKS' in text
    assert re.search(r'run_pytest\("--nbmake", NOTEBOOKS', text)
