"""Ask the reader for a guess before a number is shown, and compare all guesses at the end.

What: a question has a slider (`guess`) or choices (`guess_which`), and its answer is folded below;
assets/guess.js adds the controls. A block after the question that tells the answer (`::: {.answer}`
on a page) is kept back by assets/veil.js until the reader has guessed or skipped the question: its
values are blurred, its sentences and drawings left out. If parts of the block are marked with
`.tells`, only these are.
`calibration` shows the guesses of a page beside the answers. A guess is neither stored nor sent.
Until it is touched, a slider shows no number, and a hollow handle in its middle. Without a script,
and in print, everything is shown. Left out: guesses of an earlier visit.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

from exhibits.base.exhibit import Exhibit, escape, one_line
from exhibits.base.json_embed import embed
from exhibits.base.wording import MINUS

STOPS = 101  # of a slider
DIGITS = 2  # significant digits of a stop of a logarithmic slider


@dataclass(frozen=True)
class Guess(Exhibit):
    """A question with its answer, to show on a page and to give to `calibration`.

    name: its id; question: in plain text; answer: as the reader sees it
    at: the position of the answer on the slider, from 0 to 1; None for a choice
    """

    name: str = ""
    question: str = ""
    answer: str = ""
    at: float | None = None


def guess(
    question: str,
    answer: float,
    low: float,
    high: float,
    *,
    form: str = ",.0f",
    unit: str = "",
    log: bool = False,
) -> Guess:
    """Ask for a number, which the reader guesses with a slider.

    answer: computed by the page
    low, high: the ends of the slider; an answer beyond an end is marked there
    form: a format specification of Python for the numbers, such as ".0%"
    unit: written after each number
    log: whether the slider is logarithmic, for numbers of unknown size

    Raises: ValueError if the answer is not finite, high is not above low, or low is not above 0 on
    a logarithmic slider.

    >>> guess("How many of ten?", 7, 0, 10).text
    'Guess first: How many of ten?\\nThe answer: 7'
    """
    if not math.isfinite(answer):
        raise ValueError(f"answer is {answer}; give a finite number")
    low, high = min(low, max(answer, low if log else answer)), max(high, answer)
    if not low < high or (log and low <= 0):
        floor = "above 0, " if log else ""
        raise ValueError(f"the slider goes from {low:g} to {high:g}; give a low end {floor}below")
    stops = _stops(low, high, log=log)

    def written(value: float) -> str:
        return format(value, form).replace("-", MINUS) + unit

    at = _position(answer, low, high, log=log)
    carried: dict[str, object] = {
        "stops": [written(stop) for stop in stops],
        "at": at,
        "answer": written(answer),
    }
    if log:  # how many times too high or too low each stop is
        true = answer if answer > 0 else low
        carried["times"] = [float(f"{max(stop / true, true / stop):.2g}") for stop in stops]
    return _guess(question, written(answer), carried, at=at)


def guess_which(question: str, answer: str, choices: Sequence[str]) -> Guess:
    """Ask for one of several choices.

    answer: the right choice, computed by the page

    Raises: ValueError if the answer is missing from the choices, or they are not distinct.

    >>> guess_which("Which?", "dog", ["cat", "dog"]).text
    'Guess first: Which? (cat, dog)\\nThe answer: dog'
    """
    if answer not in choices or len(set(choices)) < max(2, len(choices)):
        raise ValueError(
            f"answer is {answer!r}, choices are {list(choices)!r}; give two choices or more, each"
            " once, the answer among them"
        )
    carried: dict[str, object] = {"choices": list(choices), "answer": answer}
    return _guess(question, answer, carried, choices=choices)


def _stops(low: float, high: float, *, log: bool) -> list[float]:
    """Return the values of a slider, from low to high."""
    shares = [number / (STOPS - 1) for number in range(STOPS)]
    if not log:
        return [low + share * (high - low) for share in shares]
    inner = [low * (high / low) ** share for share in shares[1:-1]]
    rounded = [float(f"{value:.{DIGITS}g}") for value in inner]
    return [low, *(value for value in rounded if low < value < high), high]


def _position(value: float, low: float, high: float, *, log: bool) -> float:
    if not log:
        return (value - low) / (high - low)
    return math.log(max(value, low) / low) / math.log(high / low)


def _guess(
    question: str,
    answer: str,
    carried: dict[str, object],
    *,
    at: float | None = None,
    choices: Sequence[str] = (),
) -> Guess:
    question = one_line(question)
    name = f"guess-{zlib.crc32(question.encode()):08x}"
    listed = " · ".join(map(escape, choices))
    markup = (
        f'<div class="ex-guess" data-guess="{name}" role="group" aria-labelledby="{name}"'
        f' data-pagefind-ignore><p id="{name}" class="ex-guess-question"><b>Guess first</b>'
        f' {escape(question)}</p><div class="ex-row" data-part="guess-room">{listed}</div><details'
        ' data-part="guess-fold"><summary data-part="guess-summary">The answer</summary><p><b'
        f' class="ex-guess-answer">{escape(answer)}</b> <span data-part="guess-own"></span></p>'
        '</details><script data-part="guess-data"'
        f' type="application/json">{embed(carried)}</script></div>'
    )
    among = f" ({', '.join(choices)})" if choices else ""
    plain = f"Guess first: {question}{among}\nThe answer: {answer}"
    return Guess(markup, plain, name=name, question=question, answer=answer, at=at)


def calibration(*guesses: Guess) -> Exhibit:
    """Show the answers to a page's questions, and how far off the reader's guesses are.

    guesses: as from `guess` and `guess_which`
    Raises: ValueError if there is no question, or one is given twice.

    >>> print(calibration(guess("How many of ten?", 7, 0, 10)).text)
    The questions of this page, and their answers
    - How many of ten? 7
    """
    names = [one.name for one in guesses]
    if not names or len(set(names)) < len(names):
        raise ValueError(f"there are {len(names)} questions; give one or more, each once")
    rows = "".join(
        f'<li class="ex-guess-item" data-guess="{one.name}"><span>{escape(one.question)}</span>'
        f"{_track(one)}<span"
        f' class="ex-guess-answer">{escape(one.answer)}</span> <span data-part="guess-row">no guess'
        "</span></li>"
        for one in guesses
    )
    markup = (
        '<div class="ex-calibration" role="group" aria-label="Your guesses"'
        f' data-pagefind-ignore><ol>{rows}</ol><p data-part="guess-sum" role="status">You have not'
        " guessed on this page yet. A guess is compared with its answer here, and stays in this"
        " page.</p></div>"
    )
    lines = ["The questions of this page, and their answers"]
    lines += [f"- {one.question} {one.answer}" for one in guesses]
    return Exhibit(markup, "\n".join(lines))


def _track(one: Guess) -> str:
    """Return the scale of a question with its answer marked; a choice has none."""
    if one.at is None:
        return '<span class="ex-guess-track ex-guess-choice" aria-hidden="true"></span>'
    return (
        f'<span class="ex-guess-track" style="--answer:{100 * one.at:.1f}%" aria-hidden="true">'
        "<i></i></span>"
    )
