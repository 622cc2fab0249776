"""Files that an exhibit makes for its page."""

import pytest

from exhibits.asset import write_asset


@pytest.fixture
def journal_here(tmp_path, monkeypatch):
    (tmp_path / "_quarto.yml").write_text("", encoding="utf-8")
    (tmp_path / "journal").mkdir()
    monkeypatch.chdir(tmp_path / "journal")
    monkeypatch.setenv("PRESS_DOCUMENT", "a.qmd")
    return tmp_path


def test_a_file_lies_in_assets_and_is_addressed_from_the_page(journal_here):
    assert write_asset("a-map.bin", b"1") == "../assets/a-map.bin"
    assert (journal_here / "assets" / "a-map.bin").read_bytes() == b"1"
    write_asset("a-map.bin", b"2")
    assert [(file.name, file.read_bytes()) for file in (journal_here / "assets").iterdir()] == [("a-map.bin", b"2")]


def test_a_file_that_is_the_same_is_left_alone(journal_here):
    write_asset("a.bin", b"1")
    before = (journal_here / "assets" / "a.bin").stat().st_mtime_ns
    write_asset("a.bin", b"1")
    assert (journal_here / "assets" / "a.bin").stat().st_mtime_ns == before


@pytest.mark.parametrize("name", ["../a.bin", "A.bin", "a", ".a", "a b.bin", ""])
def test_a_name_of_another_form_is_refused(name, journal_here):
    with pytest.raises(ValueError, match="use small letters"):
        write_asset(name, b"")
