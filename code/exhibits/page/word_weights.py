"""Show which words of a message count for which class, and let the reader write another message.

What: the classifier is a logistic regression over a bag of words. Each known word has a weight, and
the sigmoid of the sum of weights and bias is a probability; assets/word-weights.js computes the
same while the reader types, and the text does not leave the page. A word of zeros is a number whose
digits are hidden, and is shown as how many they are. A task is done when a message
is past the filter with the words that it must keep; then the next one is set. Source:
`scratch.finetuning.bag_of_words`. Left out: training; the order of words, which such a model
ignores.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from exhibits.base.exhibit import Exhibit, escape
from exhibits.base.json_embed import embed
from exhibits.base.wording import MINUS, counted

CLOSE = 0.05  # a weight whose amount is below it speaks for nothing
START = "every sum starts at"  # said of the bias, on a line before the words


@dataclass(frozen=True)
class Task:
    """Getting past with these words still in the message; say: the task in a sentence."""

    say: str
    keep: tuple[str, ...] = ()


def word_weights(
    weights: Mapping[str, float],
    bias: float,
    text: str,
    words_of: Callable[[str], Sequence[str]],
    kind: str,
    tasks: Sequence[Task] = (),
) -> Exhibit:
    """Show the weights of a message's words, and the probability that they give.

    weights: word -> weight; above 0 counts for class 1, below 0 for class 0
    bias: added to the sum of the weights; text: the message that is shown first
    words_of: cuts a message into words, as `scratch.finetuning.spam.words_of`; the browser cuts
    alike
    kind: the name of class 1, which is to be caught; tasks: for the reader, one after the other

    >>> weights = {"free": 1.0, "lunch": 0.5}
    >>> word_weights(weights, -2.0, "free advice", str.split, "spam").text
    'every sum starts at −2.0\\nfree +1.0\\nadvice unknown\\n27% spam: past the filter'
    """
    words = list(dict.fromkeys(words_of(text)))
    total = bias + sum(weights.get(word, 0.0) for word in words)
    verdict = _verdict(total, kind)
    shown = [(_named(word), weights.get(word)) for word in words]
    begin = (
        f'<li class="ex-chip ex-begin"><span>{START}</span> <small>{_written(bias)}</small></li>'
    )
    chips = begin + "".join(_chip(word, weight) for word, weight in shown)
    carried = {
        "words": list(weights),
        "weights": list(weights.values()),
        "bias": bias,
        "kind": kind,
        "tasks": [{"say": one.say, "keep": list(one.keep)} for one in tasks],
    }
    first = (
        f'<p class="ex-weigh-task" data-part="weigh-task" role="status">{escape(tasks[0].say)}</p>'
        if tasks
        else ""
    )
    markup = (
        '<div class="ex-weigh" data-pagefind-ignore><p class="ex-head"'
        ' id="weigh-name"><b>Your message</b></p><div class="ex-reader-text"'
        f' data-part="weigh-text" dir="auto">{escape(text)}</div><p class="ex-reader-note">Nothing'
        ' that you type leaves this page.</p><p class="ex-weigh-sum" data-part="weigh-sum"'
        f' aria-live="polite">{escape(verdict)}</p>{first}<ul class="ex-chip-list"'
        ' data-part="weigh-words"'
        f' aria-label="words and their weights">{chips}</ul><script data-part="weigh-data"'
        f' type="application/json">{embed(carried)}</script></div>'
    )
    lines = [f"{word} {_written(weight)}" for word, weight in [(START, bias), *shown]]
    return Exhibit(markup, "\n".join([*lines, verdict]))


def _verdict(total: float, kind: str) -> str:
    """Say the probability of class 1, and whether the message is caught."""
    probability = 1 / (1 + math.exp(-max(-50.0, min(50.0, total))))
    said = "caught" if total > 0 else "past the filter"
    return f"{round(100 * probability)}% {kind}: {said}"


def _named(word: str) -> str:
    """Name a word, a number by how many digits it has.

    >>> _named("free"), _named("00000")
    ('free', '5 digits')
    """
    return counted(len(word), "digit") if word.startswith("0") else word


def _chip(word: str, weight: float | None) -> str:
    amount = f"<span>{escape(word)}</span> <small>{_written(weight)}</small>"
    return f'<li class="ex-chip{_kind(weight)}">{amount}</li>'


def _kind(weight: float | None) -> str:
    if weight is None:
        return " ex-unknown"
    if abs(weight) <= CLOSE:
        return ""
    return " ex-for" if weight > 0 else " ex-against"


def _written(weight: float | None) -> str:
    if weight is None:
        return "unknown"
    return "0.0" if abs(weight) <= CLOSE else f"{weight:+.1f}".replace("-", MINUS)
