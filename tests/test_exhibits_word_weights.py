"""The words of a message, weighed: as printed, and as the browser weighs what a reader types."""

from importlib import resources
from pathlib import Path
from typing import Any

import pytest

from exhibits.page.word_weights import word_weights
from scratch.finetuning.spam import words_of

WEIGHTS = {"free": 2.0, "call": 0.5, "lunch": -1.5, "0000": 1.0, "it's": -0.3}
KINDS = ("not spam", "spam")
SHOWN = word_weights(WEIGHTS, -1.0, "Free lunch, <b>!", words_of, KINDS)


def test_each_word_counts_once_and_an_unknown_one_counts_nothing() -> None:
    one = word_weights(WEIGHTS, -1.0, "Free FREE zebra free", words_of, KINDS)
    said = ["any message −1.0", "free +2.0", "zebra unknown", "spam: 73% for spam"]
    assert one.text.splitlines() == said


def test_a_message_is_no_markup() -> None:
    assert "&lt;b&gt;!" in SHOWN.html and "<b>!" not in SHOWN.html


def test_a_huge_sum_is_still_a_probability() -> None:
    one = word_weights({"win": 5_000.0}, 0.0, "win", words_of, KINDS)
    assert one.text.endswith("spam: 100% for spam")


@pytest.mark.browser
@pytest.mark.parametrize(
    "text", ["", "Call 0800: it’s FREE!", "It's free. CALL me, ça va?", "ÉCOLE"]
)
def test_the_browser_weighs_as_the_page_does(browser: Any, tmp_path: Path, text: str) -> None:
    assets = resources.files("exhibits") / "assets"
    for name in ("exhibits.js", "word-weights.js"):
        (tmp_path / name).write_text((assets / name).read_text(encoding="utf-8"), encoding="utf-8")
    page = tmp_path / "page.html"
    page.write_text(
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"></head><body>{SHOWN.html}'
        '<script src="exhibits.js"></script></body></html>',
        encoding="utf-8",
    )
    opened = browser.new_page()
    opened.goto(page.as_uri())
    opened.wait_for_selector(".ex-weigh.ex-drawn")
    opened.locator("textarea").fill(text)
    wanted = word_weights(WEIGHTS, -1.0, text, words_of, KINDS).text.splitlines()
    chips = [chip.text_content() for chip in opened.locator(".ex-chip").all()]
    assert [*chips, opened.locator(".ex-weigh-sum").text_content()] == wanted
    opened.close()
