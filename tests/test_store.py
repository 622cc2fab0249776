"""What a press keeps for the next comes back as it was, costs what changed of it, and counts as
nothing if damaged.
"""

from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from press.base.store import FEW, Store


def kept(file: Path) -> dict[str, list[int]]:
    return Store[list[int]](file).known


def next_press(file: Path, wanted: Mapping[str, list[int]]) -> None:
    """What is equal stays the same thing, as what did not change does in a press."""
    store = Store[list[int]](file)
    store.save(
        {
            path: store.known[path] if store.known.get(path) == item else item
            for path, item in wanted.items()
        }
    )


@pytest.fixture
def file(tmp_path: Path) -> Path:
    next_press(tmp_path / "shelf/kept.pickle", {f"{number}.qmd": [number] for number in range(100)})
    return tmp_path / "shelf/kept.pickle"


@given(
    presses=some.lists(
        some.dictionaries(some.sampled_from("abcdefghij"), some.lists(some.integers(0, 2)))
    )
)
def test_what_was_kept_last_comes_back(
    presses: list[dict[str, list[int]]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    file = tmp_path_factory.mktemp("store") / "kept.pickle"
    for wanted in presses:
        next_press(file, wanted)
        assert kept(file) == wanted


def test_of_a_few_changes_only_these_are_written(file: Path) -> None:
    before = file.stat()
    wanted = {**kept(file), "5.qmd": [55], "new.qmd": [1]}
    del wanted["7.qmd"]
    next_press(file, wanted)
    assert (file.stat().st_ino, file.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert file.with_suffix(".later.pickle").stat().st_size < file.stat().st_size / 4
    assert kept(file) == wanted


def test_of_no_change_nothing_is_written(file: Path) -> None:
    next_press(file, {**kept(file), "5.qmd": [55]})
    before = [(item.name, item.stat().st_ino) for item in sorted(file.parent.iterdir())]
    next_press(file, kept(file))
    assert [(item.name, item.stat().st_ino) for item in sorted(file.parent.iterdir())] == before


def test_of_many_changes_all_is_written_and_the_second_file_goes(file: Path) -> None:
    next_press(file, {**kept(file), "5.qmd": [55]})
    wanted = {**kept(file), **{f"{number}.qmd": [-1] for number in range(int(100 * FEW) + 1)}}
    next_press(file, wanted)
    assert [item.name for item in file.parent.iterdir()] == [file.name]
    assert kept(file) == wanted


@pytest.mark.parametrize("damage", [b"", b"[]", b"a\nb\nc", b"\xff"])
def test_what_is_damaged_counts_as_nothing(file: Path, damage: bytes) -> None:
    first = kept(file)
    next_press(file, {**first, "5.qmd": [55]})
    later = file.with_suffix(".later.pickle")
    later.write_bytes(damage)
    assert kept(file) == first
    file.write_bytes(damage)
    assert kept(file) == {}


def test_one_other_byte_is_damage(file: Path) -> None:
    whole = file.read_bytes()
    file.write_bytes(whole[:-2] + bytes([whole[-2] ^ 1]) + whole[-1:])
    assert kept(file) == {}


def test_a_second_file_left_by_a_killed_press_is_not_taken_for_that_of_a_new_first(
    file: Path,
) -> None:
    next_press(file, {**kept(file), "5.qmd": [55]})
    left = file.with_suffix(".later.pickle").read_bytes()
    wanted = {"5.qmd": [1], "6.qmd": [2]}
    next_press(file, wanted)
    file.with_suffix(".later.pickle").write_bytes(left)
    assert kept(file) == wanted


def test_another_press_keeps_its_own(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("press.base.store.own_source", lambda: "another")
    assert kept(file) == {}


def test_a_file_under_anothers_name_counts_as_nothing(file: Path) -> None:
    file.rename(file.with_name("other.pickle"))
    assert kept(file.with_name("other.pickle")) == {}
    next_press(file, {"a.qmd": [1]})
    file.with_suffix(".later.pickle").write_bytes(file.read_bytes())
    assert kept(file) == {"a.qmd": [1]}
