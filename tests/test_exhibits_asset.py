"""A page's file for the browser lands whole in assets/, under a plain name, and is addressed from
where the page stands.
"""

import subprocess
import sys
from pathlib import Path

import pytest
from processes import PATIENCE, eventually

from exhibits.base.asset import write_asset


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A journal's root, in which the test stands, with no printer."""
    (tmp_path / "_quarto.yml").write_text("", encoding="utf-8")
    (tmp_path / "journal" / "labs").mkdir(parents=True)
    for name in ("PRESS_DOCUMENT", "QUARTO_DOCUMENT_FILE", "QUARTO_DOCUMENT_PATH"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_address_leads_from_the_page_that_press_or_quarto_runs(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(root / "journal" / "labs")
    monkeypatch.setenv("PRESS_DOCUMENT", str(root / "journal" / "labs" / "a.qmd"))
    assert write_asset("a.bin", b"1") == "../../assets/a.bin"
    monkeypatch.delenv("PRESS_DOCUMENT")
    monkeypatch.setenv("QUARTO_DOCUMENT_PATH", str(root / "journal"))
    monkeypatch.setenv("QUARTO_DOCUMENT_FILE", "a.qmd")
    assert write_asset("a.bin", b"1") == "../assets/a.bin"


def test_without_a_printer_the_address_leads_from_the_working_folder(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert write_asset("a.bin", b"1") == "assets/a.bin"
    notebooks = root / ".press" / "notebooks" / "journal"  # where nbmake runs a page's notebook
    notebooks.mkdir(parents=True)
    monkeypatch.chdir(notebooks)
    assert write_asset("b.bin", b"2") == "../../../assets/b.bin"
    assert (root / "assets" / "b.bin").read_bytes() == b"2"


def test_an_equal_file_is_left_and_another_replaced_and_nothing_else_stays(root: Path) -> None:
    write_asset("a.bin", b"1")
    file = root / "assets" / "a.bin"
    before = file.stat()
    write_asset("a.bin", b"1")
    assert (file.stat().st_ino, file.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    write_asset("a.bin", b"22")
    assert file.read_bytes() == b"22"
    assert [path.name for path in (root / "assets").iterdir()] == ["a.bin"]
    assert list((root / ".press").iterdir()) == []


@pytest.mark.parametrize(
    "name", ["", ".hidden", "a/b", "../a", "a..b", "a b", "ä.bin", "-a", "a.", "a\n"]
)
def test_a_name_that_is_no_plain_one_is_refused(root: Path, name: str) -> None:
    with pytest.raises(ValueError, match=r"single dots, as in 'journal-model\.bin'"):
        write_asset(name, b"")
    assert not (root / "assets").exists()


@pytest.mark.parametrize(
    "name", ["exhibits.js", "exhibits.css", "plotly.min.js", "gpt2-tokenizer.bin"]
)
def test_the_journals_own_files_cannot_be_written_over(root: Path, name: str) -> None:
    with pytest.raises(ValueError, match="is a file of the journal itself; choose another name"):
        write_asset(name, b"")


def test_outside_a_journal_the_error_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ValueError, match=r"no _quarto\.yml in .* start inside the journal"):
        write_asset("a.bin", b"")


def test_kernels_that_write_one_file_at_once_leave_one_of_theirs_whole(root: Path) -> None:
    """They write until they are told to stop: when the file was seen of each of them, and twenty
    times.
    """
    code = (
        "import itertools, os, sys; from exhibits.base.asset import write_asset\n"
        "for turn in itertools.count():\n"
        "    write_asset('a.bin', bytes([int(sys.argv[1]), turn % 256]) * 200_000)\n"
        "    if os.path.exists('stop'): break\n"
    )
    kernels = [
        subprocess.Popen([sys.executable, "-c", code, str(number)], cwd=root) for number in range(3)
    ]
    seen: set[bytes] = set()

    def enough() -> bool:
        if (root / "assets" / "a.bin").is_file():
            data = (root / "assets" / "a.bin").read_bytes()
            assert data == data[:2] * 200_000
            seen.add(data[:2])
        return len(seen) > 20 and {first for first, _ in seen} == {0, 1, 2}

    try:
        eventually(enough, "the files of all three were seen")
    finally:
        (root / "stop").touch()
        ended = [kernel.wait(PATIENCE) for kernel in kernels]
    assert ended == [0, 0, 0]
    assert list((root / ".press").iterdir()) == []
