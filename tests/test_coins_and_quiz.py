"""Coins that swap two contenders' answers, and messages to judge: printed, and in a browser."""

from pathlib import Path
from typing import Any

import pytest
import torch
from framed import served

from exhibits.page.coin_swap import coin_swap
from exhibits.page.message_quiz import Asked, message_quiz
from scratch.significance import sign_flip

KINDS = ("spam", "not spam")
MESSAGES = [Asked("Call <b>now</b>", "spam", 0.25), Asked("Hi mum", "not spam", 0.5)]
CLEAR = torch.tensor([1.0] * 12 + [0.0] * 8)  # the first contender is right 12 times more
OPEN = torch.tensor([1.0, 1.0, -1.0] + [0.0] * 17)


def far(exhibit: Any) -> list[int]:
    return [int(line.rpartition(" in ")[2].split(" of ")[0]) for line in exhibit.text.splitlines()]


def test_the_printed_swaps_agree_with_the_test_by_permutation() -> None:
    """sign_flip throws 4,000 times and the exhibit 1,000: within four standard errors."""
    shown = far(coin_swap({"clear": CLEAR, "open": OPEN}))
    for found, one in zip(shown, (CLEAR, OPEN), strict=True):
        p = sign_flip(one[None], torch.zeros(1, len(one)))
        assert abs(found / 1_000 - p) < 4 * (p * (1 - p) / 1_000) ** 0.5 + 1e-3


def test_contenders_that_never_differ_are_refused() -> None:
    with pytest.raises(ValueError, match="differ in a message"):
        coin_swap({"same": torch.zeros(5)})


@pytest.mark.browser
def test_coins_pile_up_and_a_choice_begins_anew(browser: Any, tmp_path: Path) -> None:
    with served(tmp_path / "site", coin_swap({"open": OPEN, "clear": CLEAR})) as address:
        page = browser.new_page(viewport={"width": 390, "height": 844})
        page.goto(address)
        page.wait_for_selector(".ex-coins.ex-drawn")
        said = page.locator("[data-part=coins-said]")
        assert "+5.0 points apart" in said.inner_text()
        page.get_by_role("button", name="Swap by coins").click()
        assert said.inner_text().startswith("This time") and "of 1 swaps" in said.inner_text()
        assert page.locator("i.ex-now").count() == 1
        for _ in range(10):
            page.get_by_role("button", name="100 times").click()
        found = int(said.inner_text().rpartition(": ")[2].split(" of ")[0])
        assert found == 1_001  # three coins are always 5 points apart, or 15
        page.get_by_label("clear").click()
        assert "+60.0 points apart" in said.inner_text()
        page.get_by_role("button", name="100 times").click()
        assert int(said.inner_text().rpartition(": ")[2].split(" of ")[0]) <= 3
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        page.close()


def test_a_message_is_no_markup_and_of_one_of_the_kinds() -> None:
    assert "Call &lt;b&gt;now" in message_quiz(MESSAGES, KINDS).html
    with pytest.raises(ValueError, match="of the kinds"):
        message_quiz([Asked("x", "ham", 0.0)], KINDS)


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_judgement_shows_the_answer_and_counts(browser: Any, tmp_path: Path, scheme: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    both = message_quiz(MESSAGES, KINDS), coin_swap({"open": OPEN, "clear": CLEAR})
    with served(tmp_path / "site", *both) as address:
        page = browser.new_page(viewport={"width": 390, "height": 844}, color_scheme=scheme)
        page.goto(address)
        page.wait_for_selector(".ex-quiz.ex-drawn")
        page.wait_for_selector(".ex-coins.ex-drawn")
        items = page.locator(".ex-quiz li")
        assert not items.first.locator("details p").is_visible()
        items.first.get_by_role("button", name="not spam").click()
        assert (
            items.first.locator("details p").inner_text() == "spam; wrong in 25% of the trainings"
        )
        items.last.get_by_role("button", name="not spam").click()
        said = page.locator("[data-part=quiz-sum]").inner_text()
        assert said == "You: 1 of 2. The contenders, on average: 1.3 of these 2."
        assert items.last.get_attribute("class") == "ex-right"
        found = Axe().run(page, options={"rules": {"region": {"enabled": False}}})
        assert [one["id"] for one in found.response["violations"]] == []
        page.close()
