"""A folder is made to hold what it should and nothing else, and what stays the same stays the same
file.
"""

from pathlib import Path

import pytest

from press.base.hardlinks import clear, inodes, link, mirror


@pytest.fixture
def originals(tmp_path: Path) -> Path:
    for name in ("a.txt", "deep/er/b.txt", "deep/c.txt"):
        (tmp_path / "originals" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "originals" / name).write_text(name, encoding="utf-8")
    return tmp_path / "originals"


def test_a_file_under_two_names_has_one_number(originals: Path, tmp_path: Path) -> None:
    link(originals / "a.txt", tmp_path / "new/folder/a.txt")
    assert inodes(tmp_path / "new", "x/")["x/folder/a.txt"] == inodes(originals)["a.txt"]


def test_a_link_takes_the_place_of_what_stood_there_and_leaves_its_other_names(
    originals: Path, tmp_path: Path
) -> None:
    link(originals / "a.txt", tmp_path / "first")
    link(originals / "deep/c.txt", tmp_path / "first")
    assert (tmp_path / "first").read_text(encoding="utf-8") == "deep/c.txt"
    assert (originals / "a.txt").read_text(encoding="utf-8") == "a.txt"


def test_a_disk_without_hard_links_gets_copies(
    originals: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(source: Path, target: Path) -> None:
        """As Linux does it: whether the target can be there comes before whether the disk can."""
        if not target.parent.is_dir():
            raise FileNotFoundError(target)
        raise PermissionError("no hard links here")

    monkeypatch.setattr("os.link", refuse)
    mirror(originals, tmp_path / "copy")
    assert sorted(inodes(tmp_path / "copy")) == sorted(inodes(originals))
    assert not (tmp_path / "copy/a.txt").samefile(originals / "a.txt")


def test_a_mirror_holds_the_same_files_and_nothing_else(originals: Path, tmp_path: Path) -> None:
    mirror(originals, tmp_path / "mirror")
    (tmp_path / "mirror/deep/c.txt").unlink()
    (tmp_path / "mirror/deep/c.txt").write_text(
        "deep/c.txt", encoding="utf-8"
    )  # equal, and yet another file
    (tmp_path / "mirror/gone/empty").mkdir(parents=True)
    (tmp_path / "mirror/gone/d.txt").touch()
    (originals / "a.txt").unlink()
    mirror(originals, tmp_path / "mirror")
    assert inodes(tmp_path / "mirror") == inodes(originals)
    assert sorted(item.name for item in (tmp_path / "mirror").iterdir()) == ["deep"]


def test_clearing_follows_no_symbolic_link(originals: Path, tmp_path: Path) -> None:
    (tmp_path / "site").mkdir()
    (tmp_path / "site/away").symlink_to(originals)
    assert clear(tmp_path / "site", {}) == set()
    assert not (tmp_path / "site/away").is_symlink()
    assert len(inodes(originals)) == 3


def test_a_folder_that_is_not_there_holds_no_files(tmp_path: Path) -> None:
    assert inodes(tmp_path / "nowhere") == {}
