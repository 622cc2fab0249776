"""Cards of questions: both states are in the page, and a switch without a script shows one of them."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

import exhibits
from exhibits.page.question_cards import MOST, Card, Group, question_cards

SUMS = Group(
    "Sums",
    ["1 of 1 right", "0 of 1 right"],
    [Card("2 < 3?", "yes", [("yes", True), ("no", False)])],
)


def test_a_question_has_its_right_answer_and_the_answers_of_both_states() -> None:
    shown = question_cards([SUMS], ("before", "after"), "sums", "the lessons")
    assert shown.text.splitlines()[1] == "2 < 3? (yes) before: ✓ yes, after: ✗ no"
    assert "2 &lt; 3?" in shown.html and "2 < 3?" not in shown.html


def test_a_long_answer_is_cut_and_says_so() -> None:
    card = Card("?", "b", [("a" * MOST, False), ("a" * MOST + "a", False)])
    shown = question_cards([Group("g", ["", ""], [card])], ("x", "y"), "long", "l").text
    assert shown.endswith(f"x: ✗ {'a' * MOST}, y: ✗ {'a' * MOST}…")


def test_a_card_or_a_score_without_both_states_is_refused() -> None:
    half = Card("?", "a", [("a", True)])
    for group in (Group("g", ["1", "0"], [half]), Group("g", ["1"], SUMS.cards)):
        with pytest.raises(ValueError, match="needs 2 scores, and each of its cards 2 answers"):
            question_cards([group], ("x", "y"), "half", "l")


@pytest.fixture
def page(browser: Any, tmp_path: Path) -> Iterator[Any]:
    """The cards on a page that has no script at all."""
    shutil.copytree(Path(exhibits.__file__).parent / "assets", tmp_path / "assets")
    shown = question_cards([SUMS], ("before", "after"), "sums", "the lessons")
    (tmp_path / "index.html").write_text(
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Cards</title>'
        '<link rel="stylesheet" href="assets/exhibits.css"></head>'
        f'<body style="background:var(--paper)"><main><h1>Cards</h1>{shown.html}</main></body>'
        "</html>",
        encoding="utf-8",
    )
    opened = browser.new_page(viewport={"width": 360, "height": 700})
    opened.goto((tmp_path / "index.html").as_uri())
    yield opened
    opened.context.close()


@pytest.mark.browser
def test_the_switch_changes_answers_and_scores_by_keyboard_and_moves_nothing(page: Any) -> None:
    def shown() -> list[str]:
        states = page.locator(".ex-cards [data-state]")
        return [one.inner_text() for one in states.all() if one.is_visible()]

    card = page.locator(".ex-cards-list > li")
    size = card.bounding_box()
    assert shown() == ["1 of 1 right", "✓ yes"]
    page.get_by_role("radio").first.focus()
    page.keyboard.press("ArrowRight")
    assert shown() == ["0 of 1 right", "✗ no"]
    assert card.bounding_box() == size


@pytest.mark.browser
def test_axe_finds_nothing_and_print_has_both_states(page: Any) -> None:
    found = Axe().run(page).response["violations"]
    assert [(one["id"], one["nodes"][0]["html"]) for one in found] == []
    page.emulate_media(media="print")
    assert all(one.is_visible() for one in page.locator(".ex-cards [data-state]").all())
    assert not page.get_by_role("radio").first.is_visible()
