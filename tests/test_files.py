"""A file is written whole or stays as it was, and a folder says which files are below it."""

import os
import stat
from pathlib import Path

import pytest

from press.base.files import copy, files_below, write_atomically


def test_a_write_that_fails_leaves_the_old_file_and_no_draft(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "a.txt"
    write_atomically(file, "old")

    def refuse(*paths: object) -> None:
        raise OSError("no space")

    monkeypatch.setattr("os.replace", refuse)
    with pytest.raises(OSError, match="no space"):
        write_atomically(file, "new")
    assert [item.name for item in tmp_path.iterdir()] == ["a.txt"]
    assert file.read_text(encoding="utf-8") == "old"


def test_whoever_may_read_new_files_may_read_a_written_one(tmp_path: Path) -> None:
    """tempfile would make it readable for its owner alone, and a site is served by somebody else."""
    write_atomically(tmp_path / "deep/a.bin", b"\0\xff")
    (tmp_path / "b.bin").touch()
    modes = [stat.S_IMODE(os.stat(tmp_path / name).st_mode) for name in ("deep/a.bin", "b.bin")]
    assert modes[0] == modes[1]
    assert (tmp_path / "deep/a.bin").read_bytes() == b"\0\xff"


def test_a_copy_leaves_what_is_linked_to_its_target_as_it_was(tmp_path: Path) -> None:
    for name in ("old", "new"):
        (tmp_path / name).write_text(name, encoding="utf-8")
    os.link(tmp_path / "old", tmp_path / "target")
    copy(tmp_path / "new", tmp_path / "target")
    assert (tmp_path / "target").read_text(encoding="utf-8") == "new"
    assert (tmp_path / "old").read_text(encoding="utf-8") == "old"


def test_the_files_below_a_folder_follow_no_symbolic_link(tmp_path: Path) -> None:
    write_atomically(tmp_path / "elsewhere/a.txt", "a")
    write_atomically(tmp_path / "site/deep/er/b.txt", "b")
    (tmp_path / "site/away").symlink_to(tmp_path / "elsewhere")
    assert files_below(tmp_path / "site") == {"deep/er/b.txt", "away"}
    assert files_below(tmp_path / "nowhere") == set()
