"""Let the reader say of messages which of two kinds they are, and count beside the contenders.

What: each message has a fold with its kind, and how often the contenders got it wrong;
assets/message-quiz.js adds two buttons to each, and a sum. Nothing is stored or sent. Left out:
numbers to guess (`exhibits.page.guess`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from exhibits.base.exhibit import Exhibit, escape
from exhibits.base.json_embed import embed


@dataclass(frozen=True)
class Asked:
    """A message; kind: what it is; wrong: the fraction of contenders' answers that were wrong."""

    text: str
    kind: str
    wrong: float


def message_quiz(messages: Sequence[Asked], kinds: tuple[str, str]) -> Exhibit:
    """Show messages to judge, one below the other; kinds: the two that the reader chooses from.

    Raises: ValueError if there is no message, or one is of another kind.

    >>> print(message_quiz([Asked("Call now", "spam", 0.25)], ("spam", "not spam")).text)
    Call now
      spam; wrong in 25% of the trainings
    """
    if not messages or any(one.kind not in kinds for one in messages):
        raise ValueError(f"give one message or more, each of the kinds {kinds}")
    items = "".join(
        f'<li data-kind="{escape(one.kind)}" data-wrong="{one.wrong:.3f}"><p dir="auto">'
        f'{escape(one.text)}</p><div class="ex-row" data-part="quiz-room"></div><details><summary>'
        f"The answer</summary><p><b>{escape(one.kind)}</b>; wrong in {one.wrong:.0%} of the"
        " trainings</p></details></li>"
        for one in messages
    )
    markup = (
        '<div class="ex-quiz" role="group" aria-label="Which kind is it?" data-pagefind-ignore><ol>'
        f'{items}</ol><p data-part="quiz-sum" role="status"></p><script data-part="quiz-data"'
        f' type="application/json">{embed(list(kinds))}</script></div>'
    )
    lines = [
        line
        for one in messages
        for line in (one.text, f"  {one.kind}; wrong in {one.wrong:.0%} of the trainings")
    ]
    return Exhibit(markup, "\n".join(lines))
