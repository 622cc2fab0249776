"""The words of a message, weighed: as printed, and as the browser weighs what a reader types."""

from importlib import resources
from pathlib import Path
from typing import Any

import pytest

from exhibits.page.word_weights import Task, word_weights
from scratch.finetuning.spam import words_of

WEIGHTS = {"free": 2.0, "call": 0.5, "lunch": -1.5, "0000": 1.0, "it's": -0.3}
KIND = "spam"
SHOWN = word_weights(WEIGHTS, -1.0, "Free lunch, <b>!", words_of, KIND)


def test_each_word_counts_once_and_an_unknown_one_counts_nothing() -> None:
    one = word_weights(WEIGHTS, -1.0, "Free FREE zebra free", words_of, KIND)
    said = ["every sum starts at −1.0", "free +2.0", "zebra unknown", "73% spam: caught"]
    assert one.text.splitlines() == said


def test_a_number_is_named_by_how_many_digits_it_has() -> None:
    one = word_weights(WEIGHTS, -1.0, "1234 5", words_of, KIND)
    assert one.text.splitlines()[1:3] == ["4 digits +1.0", "1 digit unknown"]


def test_a_message_is_no_markup() -> None:
    assert "&lt;b&gt;!" in SHOWN.html and "<b>!" not in SHOWN.html


def test_a_huge_sum_is_still_a_probability() -> None:
    one = word_weights({"win": 5_000.0}, 0.0, "win", words_of, KIND)
    assert one.text.endswith("100% spam: caught")


def opened_page(browser: Any, folder: Path, markup: str) -> Any:
    assets = resources.files("exhibits") / "assets"
    for name in ("exhibits.js", "word-weights.js"):
        (folder / name).write_text((assets / name).read_text(encoding="utf-8"), encoding="utf-8")
    page = folder / "page.html"
    page.write_text(
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"></head><body>{markup}'
        '<script src="exhibits.js"></script></body></html>',
        encoding="utf-8",
    )
    opened = browser.new_page()
    opened.goto(page.as_uri())
    opened.wait_for_selector(".ex-weigh.ex-drawn")
    return opened


@pytest.mark.browser
def test_a_message_that_gets_past_does_its_task_and_the_next_one_is_set(
    browser: Any, tmp_path: Path
) -> None:
    tasks = [Task("Keep free.", ("free",)), Task("Keep both.", ("free", "call"))]
    one = word_weights(WEIGHTS, -1.0, "Free, call!", words_of, KIND, tasks)
    opened = opened_page(browser, tmp_path, one.html)
    said, box = opened.locator(".ex-weigh-task"), opened.locator("textarea")
    assert said.inner_text() == "Keep free."
    box.fill("hello")  # past, without the word
    assert said.inner_text() == "Keep free."
    box.fill("free lunch")
    assert said.inner_text() == "Past it at 38%, with 2 different words! Next: Keep both."
    box.fill("free call lunch it's yes")
    assert "with 5 different words: your best so far! That was the last task." in said.inner_text()
    box.fill("free call lunch it's yes no")  # no record
    assert "fewer than 5" in said.inner_text()
    opened.close()


@pytest.mark.browser
@pytest.mark.parametrize(
    "text", ["", "Call 0800, 7: it’s FREE!", "It's free. CALL me, ça va?", "ÉCOLE"]
)
def test_the_browser_weighs_as_the_page_does(browser: Any, tmp_path: Path, text: str) -> None:
    opened = opened_page(browser, tmp_path, SHOWN.html)
    opened.locator("textarea").fill(text)
    wanted = word_weights(WEIGHTS, -1.0, text, words_of, KIND).text.splitlines()
    chips = [chip.text_content() for chip in opened.locator(".ex-chip").all()]
    assert [*chips, opened.locator(".ex-weigh-sum").text_content()] == wanted
    opened.close()
