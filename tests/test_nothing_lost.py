"""A kill, a full disk, a folder that may not be written, two presses at once: the old site stays,
and press says why.
"""

import errno
import importlib.util
import os
from pathlib import Path
from typing import Any

import pytest
from processes import small_files

from press.base import files
from press.publish.atomic_publish import lock

BENCH = Path(__file__).parent / "bench" / "kill_site.py"
MOMENTS, MANY = 3, 60  # kills, in make test and in the soak


@pytest.mark.parametrize("moments", [MOMENTS, pytest.param(MANY, marks=pytest.mark.soak)])
def test_a_press_killed_at_random_moments_leaves_a_whole_site_and_a_sound_cache(
    moments: int,
) -> None:
    spec = importlib.util.spec_from_file_location("kill_site", BENCH)
    assert spec and spec.loader
    bench = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(bench)
    count = bench.kill_at_moments(moments, seed=7)
    assert count["old"] + count["new"] == moments


@pytest.fixture
def printed(journal: Any, tree: Any) -> dict[str, bytes]:
    """The site of a journal, of which a page has been edited since."""
    journal.page("One.\n\n```{python}\n1 + 1\n```\n")
    before = tree(journal.render())
    journal.page("Two.\n\n```{python}\n1 + 2\n```\n")
    return dict(before)


def fails(journal: Any, *words: str) -> None:
    """The press must end with status 1 and one line that has these words."""
    said = journal.press("render", "--with", "builtin")
    assert said.status == 1
    assert len(said.err.splitlines()) == 1, said.err
    for word in words:
        assert word in said.err


@pytest.mark.parametrize("after", [0, 1, 3, 7])
def test_a_full_disk_keeps_the_old_site_and_is_named_with_the_remedy(
    journal: Any, tree: Any, printed: dict[str, bytes], monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    """The disk is full after so many files were written."""
    written = 0
    write = Path.write_bytes

    def fill(self: Path, data: bytes) -> int:
        nonlocal written
        written += 1
        if written > after:
            write(self, b"half")
            raise OSError(errno.ENOSPC, "No space left on device", str(self))
        return write(self, data)

    with monkeypatch.context() as patch:
        patch.setattr(files.Path, "write_bytes", fill)
        fails(
            journal, "No space left on device; make room on the disk; the old site stays as it was"
        )
    assert tree(journal.site) == printed
    # no halves are left
    assert not [file for file in (journal.root / ".press").rglob(".*") if file.is_file()]
    journal.render()
    assert "Two." in journal.body()


def test_a_full_disk_while_files_are_copied_keeps_the_old_site(
    journal: Any, tree: Any, printed: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    journal.write(
        "_quarto.yml",
        (journal.root / "_quarto.yml")
        .read_text("utf-8")
        .replace("_site}", '_site, resources: ["x/**"]}'),
    )
    journal.write("x/big.bin", b"0")

    copy = files.shutil.copyfile

    def full(source: Path, target: Path) -> Any:
        if Path(source).name != "big.bin":
            return copy(source, target)
        raise OSError(errno.ENOSPC, "No space left on device", str(source), None, str(target))

    with monkeypatch.context() as patch:
        patch.setattr(files.shutil, "copyfile", full)
        fails(journal, "big.bin: No space left on device; make room on the disk")
    assert tree(journal.site) == printed


def test_a_limit_on_the_size_of_files_is_named(
    journal: Any, tree: Any, printed: dict[str, bytes]
) -> None:
    with small_files(4096):
        process = journal.command("render", "--with", "builtin")
    _, said = process.communicate()
    assert process.returncode == 1
    assert "Traceback" not in said
    assert "File too large" in said
    assert tree(journal.site) == printed


def test_a_folder_that_may_not_be_written_is_named(
    journal: Any, tree: Any, printed: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    if os.geteuid() != 0:
        (journal.root / ".press").chmod(0o500)
        fails(journal, "Permission denied; make it writable for this user; the old site stays")
        (journal.root / ".press").chmod(0o700)
    else:  # root may write everywhere, so the system's answer is put in its mouth

        def refuse(self: Path, *arguments: Any, **options: Any) -> None:
            raise PermissionError(errno.EACCES, "Permission denied", str(self))

        with monkeypatch.context() as patch:
            patch.setattr(Path, "mkdir", refuse)
            fails(journal, "Permission denied; make it writable for this user; the old site stays")
    assert tree(journal.site) == printed


def test_a_file_where_press_wants_its_folder_is_named(journal: Any) -> None:
    journal.write(".press", "in the way")
    fails(journal, ".press: File exists")


@pytest.mark.parametrize("command", ["render", "run"])
def test_a_second_press_is_told_which_process_is_at_work(
    journal: Any, tree: Any, printed: dict[str, bytes], command: str
) -> None:
    with lock(journal.root / ".press"):
        said = journal.press(command)
        assert said.status == 1
        assert (
            said.err
            == f".press/lock: another press (process {os.getpid()}) is at work on this journal;"
            " wait for it to end\n"
        )
    assert tree(journal.site) == printed


def test_a_second_preview_is_refused(journal: Any) -> None:
    with lock(journal.root / ".press/previewing"):
        said = journal.press("preview", "--port", "0")
    assert said.status == 1
    assert "is at work on this journal" in said.err
