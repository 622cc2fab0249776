"""Show questions as cards, with the answers that a model gives in one state or in another.

What: a switch in plain HTML chooses the state, such as before or after a training, for all cards
and for each group's score; exhibits.css hides the answers of the other state, so no script is
needed. Printed, and in a browser without `:has`, a card has both answers. An answer longer than
MOST characters is cut.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from exhibits.base.exhibit import Exhibit, check_hyphened, escape, one_line
from exhibits.base.wording import curled

MOST = 52  # characters of an answer
ARROW = "↵"  # a line end


@dataclass(frozen=True)
class Card:
    """A question with its right answer, and what was answered in each state.

    answers: for each state, the answer, and whether it counts as right
    """

    question: str
    right: str
    answers: Sequence[tuple[str, bool]]


@dataclass(frozen=True)
class Group:
    """Cards of one kind; scores: for each state, how all questions of the kind came out."""

    title: str
    scores: Sequence[str]
    cards: Sequence[Card]


def question_cards(
    groups: Sequence[Group], states: tuple[str, str], name: str, label: str, start: int = 0
) -> Exhibit:
    """Show groups of cards below a switch between two states.

    states: their names, as the switch has them; name: unique on the page, letters, digits, hyphens
    label: the name of the switch; start: the state that is shown first

    Raises: ValueError if the name has other characters, or a card or a score has not two states.

    >>> card = Card("2 plus 3?", "5", [("5", True), ("37", False)])
    >>> sums = Group("Sums", ["1 of 1 right", "0 of 1 right"], [card])
    >>> print(question_cards([sums], ("before", "after"), "sums", "the model").text)
    Sums, before: 1 of 1 right, after: 0 of 1 right
    2 plus 3? (5) before: ✓ 5, after: ✗ 37
    """
    check_hyphened("name", name, example="lessons")
    for group in groups:
        if {len(group.scores), *(len(card.answers) for card in group.cards)} != {len(states)}:
            raise ValueError(
                f"the group {group.title!r} needs {len(states)} scores, and each of its cards"
                f" {len(states)} answers: one for each state"
            )
    radios = "".join(
        f'<label><input type="radio" name="{name}" value="{at}" autocomplete="off"'
        f"{' checked' if at == start else ''}><span>{escape(one_line(state))}</span></label>"
        for at, state in enumerate(states)
    )
    blocks = "".join(_block(group, states) for group in groups)
    return Exhibit(
        f'<div class="ex-cards" role="group" aria-label="{escape(one_line(label))}"'
        f' data-pagefind-ignore><div class="dg-controls"><fieldset><legend>{escape(label)}'
        f"</legend>{radios}</fieldset></div>{blocks}</div>",
        "\n".join(line for group in groups for line in _lines(group, states)),
    )


def _block(group: Group, states: Sequence[str]) -> str:
    scores = _by_state([escape(score) for score in group.scores], states)
    cards = "".join(_card(card, states) for card in group.cards)
    return (
        f'<div class="ex-cards-head"><b>{escape(one_line(group.title))}</b>{scores}</div>'
        f'<ul class="ex-cards-list">{cards}</ul>'
    )


def _card(card: Card, states: Sequence[str]) -> str:
    answers = [
        f'<b class="{"ex-cards-right" if right else "ex-cards-wrong"}">{_mark(right)}</b>'
        f" <bdi>{escape(_cut(answer))}</bdi>"
        for answer, right in card.answers
    ]
    question = escape(curled(one_line(card.question)))
    return (
        f"<li><p><bdi>{question}</bdi></p>{_by_state(answers, states)}"
        f'<p class="ex-cards-key">should be: <bdi>{escape(_cut(card.right))}</bdi></p></li>'
    )


def _by_state(parts: Sequence[str], states: Sequence[str]) -> str:
    inner = "".join(
        f'<p data-state="{at}"><span class="ex-cards-state">{escape(state)}: </span>{part}</p>'
        for at, (part, state) in enumerate(zip(parts, states, strict=True))
    )
    return f'<div class="ex-cards-states">{inner}</div>'


def _mark(right: bool) -> str:
    return "✓" if right else "✗"


def _cut(answer: str) -> str:
    """Return an answer on one line, cut with "…" if it is too long.

    >>> _cut("- a\\n- b"), len(_cut("a" * 99))
    ('- a ↵ - b', 53)
    """
    line = answer.replace("\n", f" {ARROW} ")
    return line if len(line) <= MOST else line[:MOST].rstrip() + "…"


def _lines(group: Group, states: Sequence[str]) -> Iterator[str]:
    scores = ", ".join(
        f"{state}: {score}" for state, score in zip(states, group.scores, strict=True)
    )
    yield f"{group.title}, {scores}"
    for card in group.cards:
        said = ", ".join(
            f"{state}: {_mark(right)} {_cut(answer)}"
            for state, (answer, right) in zip(states, card.answers, strict=True)
        )
        yield f"{card.question} ({_cut(card.right)}) {said}"
