"""Publishing with Quarto: how it is called, which one, and that its failure leaves the old site.
Quarto is a stand-in.
"""

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from press.publish.quarto import find_quarto

# Notes how it was called; makes a site, or does what FAKE_QUARTO says instead.
FAKE = """\
#!{python}
import json, os, pathlib, sys
told = {{"arguments": sys.argv[1:], "folder": os.getcwd(), "python": os.environ.get("QUARTO_PYTHON")}}
pathlib.Path({note!r}).write_text(json.dumps(told))
output = pathlib.Path(sys.argv[sys.argv.index("--output-dir") + 1])
output.mkdir(exist_ok=True)
(output / "half.html").write_text("half a page")
if os.environ.get("FAKE_QUARTO") == "fails":
    print("ERROR: something in Quarto", file=sys.stderr)
    sys.exit(3)
if os.environ.get("FAKE_QUARTO") != "leaves nothing":
    (output / "index.html").write_text("by Quarto")
"""


@pytest.fixture
def note(tmp_path: Path) -> Path:
    return tmp_path / "how-quarto-was-called.json"


@pytest.fixture
def fake(tmp_path: Path, note: Path) -> Path:
    """A `quarto` in a folder of its own, not on PATH."""
    command = tmp_path / "bin" / "quarto"
    command.parent.mkdir()
    command.write_text(FAKE.format(python=sys.executable, note=str(note)))
    command.chmod(0o755)
    return command


@pytest.fixture
def on_path(fake: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PATH", f"{fake.parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.delenv("QUARTO_PYTHON", raising=False)
    return fake


@pytest.fixture
def no_quarto(monkeypatch: pytest.MonkeyPatch) -> None:
    """A PATH on which no quarto can be."""
    monkeypatch.setenv("PATH", "/nowhere")


def test_quarto_is_told_folder_and_python(journal: Any, on_path: Path, note: Path) -> None:
    said = journal.press("render", "--with", "quarto")
    assert (said.status, said.err) == (0, "")
    assert "Printing with Quarto." in said.out and "_site/" in said.out
    told = json.loads(note.read_text())
    assert told["arguments"][:2] == ["render", "--output-dir"]
    assert told["folder"] == str(journal.root)
    assert told["python"] == sys.executable
    assert (journal.site / "index.html").read_text() == "by Quarto"


def test_quarto_prints_beside_the_old_site_not_into_it(
    journal: Any, on_path: Path, note: Path
) -> None:
    journal.press("render", "--with", "quarto")
    output = json.loads(note.read_text())["arguments"][2]
    assert (journal.root / output).resolve() != journal.site.resolve()


def test_the_python_that_the_reader_named_is_kept(
    journal: Any, on_path: Path, note: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QUARTO_PYTHON", "/some/other/python")
    journal.press("render", "--with", "quarto")
    assert json.loads(note.read_text())["python"] == "/some/other/python"


def test_quarto_can_be_named_in_the_environment(
    journal: Any, fake: Path, note: Path, no_quarto: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QUARTO", str(fake))
    assert "Printing with Quarto." in journal.press("render", "--with", "quarto").out
    assert note.exists()


def test_quarto_beside_the_python_is_taken_before_the_one_on_path(
    fake: Path, on_path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("QUARTO", raising=False)
    assert find_quarto() == str(on_path)
    python = tmp_path / "environment" / "bin" / "python"
    python.parent.mkdir(parents=True)
    beside = python.with_name("quarto")
    beside.write_bytes(fake.read_bytes())
    beside.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(python))
    assert find_quarto() == str(beside)


def test_a_name_that_is_no_quarto_is_an_error_not_a_silent_choice(
    journal: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QUARTO", "/nowhere/quarto")
    said = journal.press("render", "--with", "quarto")
    assert said.status == 1
    assert (
        said.err == "QUARTO: names '/nowhere/quarto', which is no command; mend it, or unset it\n"
    )


def test_the_built_in_printer_prints_unless_quarto_is_asked_for(
    journal: Any, on_path: Path, note: Path
) -> None:
    said = journal.press("render")
    assert said.status == 0 and "Printing with the built-in printer." in said.out
    assert not note.exists()


def test_quarto_that_was_asked_for_and_is_not_there_is_an_error(
    journal: Any, no_quarto: None
) -> None:
    said = journal.press("render", "--with", "quarto")
    assert said.status == 1
    assert said.err.startswith(
        "quarto: neither beside this Python nor on PATH; install it (pip install -e"
    )
    assert not journal.site.exists()


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ("fails", "quarto: quarto render ended with status 3"),
        ("leaves nothing", "quarto: quarto render left no index.html"),
    ],
)
def test_a_failure_of_quarto_leaves_the_old_site(
    journal: Any,
    on_path: Path,
    tree: Callable[[Path], dict[str, bytes]],
    monkeypatch: pytest.MonkeyPatch,
    how: str,
    said: str,
) -> None:
    journal.press("render", "--with", "quarto")
    before = tree(journal.site)
    monkeypatch.setenv("FAKE_QUARTO", how)
    result = journal.press("render", "--with", "quarto")
    assert result.status == 1
    assert result.err.splitlines()[-1].startswith(said)
    assert tree(journal.site) == before


def test_a_mistake_in_a_page_is_told_before_quarto_starts(
    journal: Any, on_path: Path, note: Path
) -> None:
    journal.page("See @fig-gone.\n")
    assert journal.press("render", "--with", "quarto").status == 1
    assert not note.exists()
