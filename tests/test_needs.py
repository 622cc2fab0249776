"""What an experiment needs of a text, which text it gets, and what a page says of it."""

from pathlib import Path

import pytest

from exhibits import runs_on
from scratch import Text, load_text
from scratch.baselines.needs import EXPERIMENTS, STAND_IN, Lack, lacks, plan, text_for
from scratch.smoke import PART, SETTING

ROOT = Path(__file__).resolve().parents[1]


def text_of(content: str, name: str = "mine", title: str = "Mine") -> Text:
    return Text(name, title, "", "CC0", "a test", "0" * 64, content)


@pytest.fixture(autouse=True)
def full(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(SETTING, raising=False)
    monkeypatch.setenv("JOURNAL_DATA", str(ROOT / "data"))


@pytest.mark.parametrize("experiment", EXPERIMENTS)
def test_the_novella_meets_every_need(experiment: str) -> None:
    assert lacks(experiment, load_text(STAND_IN).content) == ()


def test_a_text_that_meets_the_needs_is_taken() -> None:
    words = " ".join(f"word{n} again" for n in range(200))
    mine = text_of(words)
    assert text_for("pieces of rare words", mine).text is mine


def test_a_text_that_lacks_something_gives_way_to_the_novella() -> None:
    basis = text_for("pieces of rare words", text_of("one two two"))
    assert basis.text.name == STAND_IN and basis.own.name == "mine"
    assert basis.lacks == (Lack("distinct words", 2, 200), Lack("words used once", 1, 20))


def test_the_page_says_so_with_both_numbers() -> None:
    shown = runs_on(text_for("pieces of rare words", text_of("one two two", title="<Mine>")))
    assert shown is not None
    assert (
        shown.text
        == "This part needs 200 distinct words (<Mine> has 2) and 20 words used once (it has 1), so"
        " it ran on The Index of Small Lights instead."
    )
    assert "<cite>&lt;Mine&gt;</cite>" in shown.html


def test_the_page_says_nothing_where_the_text_serves() -> None:
    assert runs_on(text_for("pieces of rare words", load_text(STAND_IN))) is None


def test_a_plan_names_every_experiment() -> None:
    found = plan(text_of("one two two"))
    assert [basis.experiment for basis in found] == [*EXPERIMENTS]
    assert all(basis.text.name == STAND_IN for basis in found)


def test_an_unknown_experiment_is_refused() -> None:
    with pytest.raises(ValueError, match="'clustering' is no experiment; known are "):
        lacks("clustering", "one")


def test_a_folder_without_the_novella_gets_the_shipped_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "texts.toml").write_text("", encoding="utf-8")
    monkeypatch.setenv("JOURNAL_DATA", str(tmp_path))
    assert text_for("pieces of rare words", text_of("one two two")).text.name == STAND_IN


def test_without_any_novella_a_text_that_lacks_something_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "texts.toml").write_text("", encoding="utf-8")
    monkeypatch.setenv("JOURNAL_DATA", str(tmp_path))
    monkeypatch.setattr("scratch.baselines.needs.SHIPPED", tmp_path)
    with pytest.raises(
        ValueError,
        match=r"needs 200 distinct words \(it has 2\) of Mine, and the novella cannot stand in",
    ):
        text_for("pieces of rare words", text_of("one two two"))


def test_a_smoke_test_asks_for_a_part_of_the_length_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SETTING, "1")
    found = lacks("swapped words", "one")
    assert found[0] == Lack("words", 1, 10_000 // PART)
    assert Lack("uses of “dog”", 0, 10) in found
