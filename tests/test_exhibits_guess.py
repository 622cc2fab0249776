"""Guess first: what a question is made of, and what cannot be asked."""

import json
import re
from typing import Any

import pytest

from exhibits.page.guess import STOPS, Guess, calibration, guess, guess_which


def carried(one: Guess) -> Any:
    found = re.search(r"<script[^>]*>(.*?)</script>", one.html)
    assert found
    return json.loads(found[1])


def test_the_answer_is_folded_beneath_the_question() -> None:
    one = guess("How many <b>?", 0.27, 0, 1, form=".0%")
    question, fold = one.html.split("<details")
    assert "How many &lt;b&gt;?" in question and "27%" not in question and ">27%</b>" in fold


def test_a_slider_has_equal_steps_and_the_answers_position() -> None:
    data = carried(guess("?", 25, 0, 100))
    assert data["stops"] == [str(stop) for stop in range(STOPS)]
    assert data["at"] == 0.25


def test_a_logarithmic_slider_has_equal_ratios_and_round_numbers() -> None:
    """The root of 10 times 1,000 is 100: the middle."""
    data = carried(guess("?", 100, 10, 1_000, log=True))
    assert data["at"] == pytest.approx(0.5)
    assert data["stops"][0] == "10" and data["stops"][-1] == "1,000"
    middle = len(data["stops"]) // 2
    assert data["stops"][middle] == "100"
    assert data["times"][0] == data["times"][-1] == 10 and data["times"][middle] == 1
    assert "times" not in carried(guess("?", 25, 0, 100))


@pytest.mark.parametrize(("answer", "log"), [(700, False), (-3, False), (0, True), (700, True)])
def test_an_answer_beyond_the_ends_is_on_the_slider(answer: float, log: bool) -> None:
    data = carried(guess("?", answer, 1, 500, log=log))
    assert 0 <= data["at"] <= 1 and data["answer"] == str(answer).replace("-", "\u2212")


def test_what_cannot_be_asked_is_refused() -> None:
    with pytest.raises(ValueError, match="answer is nan; give a finite number"):
        guess("?", float("nan"), 0, 1)
    with pytest.raises(ValueError, match="goes from 1 to 1"):
        guess("?", 1, 1, 1)
    with pytest.raises(ValueError, match="give a low end above 0, below"):
        guess("?", 1, 0, 10, log=True)
    with pytest.raises(ValueError, match="answer is 'c'"):
        guess_which("?", "c", ["a", "b"])
    with pytest.raises(ValueError, match="each once"):
        guess_which("?", "a", ["a", "a"])
    with pytest.raises(ValueError, match="there are 0 questions"):
        calibration()
    with pytest.raises(ValueError, match="there are 2 questions; give one or more, each once"):
        calibration(guess("?", 1, 0, 2), guess("?", 1, 0, 2))
