"""Draw a window of inputs and its targets: the same tokens, shifted by one.

A target is the token that the model should predict after the inputs up to its position.

Source: Raschka, section 2.6.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

from exhibits.base.exhibit import Exhibit
from exhibits.diagrams.diagram import NARROW, WIDE, Choice, Layout, diagram
from exhibits.diagrams.shapes import arrow, chip, clickable, label, line, span, state
from exhibits.tokens.glyphs import Token, plain

CHIP = 24  # height of a token
GUTTER = 62  # for the names of the rows


def sliding_window(inputs: Sequence[Token], targets: Sequence[Token], start: int = 3) -> Exhibit:
    """Draw which target belongs to which inputs; a reader chooses the position.

    inputs, targets: a window of tokens, and the same shifted by one
    start: the position that is shown first

    Raises: ValueError if the targets are not the inputs shifted by one.

    >>> print(sliding_window(["the", "cat"], ["cat", "sat"]).text)
    [diagram] Inputs and their targets. After “the” comes “cat”, after “the cat” comes “sat”.
    """
    if not inputs or len(inputs) != len(targets) or list(inputs[1:]) != list(targets[:-1]):
        raise ValueError(
            f"the inputs are {list(inputs)!r} and the targets {list(targets)!r}; give as many of"
            " both, the targets shifted by one"
        )
    many = len(inputs)
    start = min(start, many - 1)
    read = [" ".join(map(plain, inputs[: at + 1])) for at in range(many)]
    answers = [plain(target) for target in targets]
    pairs = list(zip(read, answers, strict=True))
    description = ", ".join(f"after “{given}” comes “{answer}”" for given, answer in pairs)
    choice = Choice(
        "position",
        [str(at) for at in range(many)],
        [f"Having read “{given}”, it should answer “{answer}”." for given, answer in pairs],
        start,
        slider=True,
    )
    return diagram(
        "window",
        "Inputs and their targets",
        f"{description[0].upper()}{description[1:]}.",
        _wide(inputs, targets, start),
        _narrow(inputs, targets, start),
        choice,
    )


def _widths(tokens: Sequence[Token], room: float) -> list[float]:
    """Return a width for each token, the longest cut until all fit.

    >>> _widths(["a", "b"], 100) == _widths(["b", "a"], 100)
    True
    """
    natural = [span(plain(token)) + 14 for token in tokens]
    cap = max(natural)
    while sum(min(one, cap) for one in natural) > room and cap > 1:
        cap -= 1
    return [min(one, cap) for one in natural]


def _wide(inputs: Sequence[Token], targets: Sequence[Token], start: int) -> Layout:
    many, gap = len(inputs), 6
    widths = _widths([*inputs, targets[-1]], WIDE - GUTTER - gap * many)
    edges = [GUTTER + edge for edge in accumulate([0, *(w + gap for w in widths)])]
    centres = [edge + wide / 2 for edge, wide in zip(edges, widths, strict=False)]
    below = CHIP + 46
    marks = [label(0, 17, "inputs", "soft", anchor="start")]
    marks.append(label(0, below + 17, "targets", "soft", anchor="start"))
    for at in range(many):
        way = arrow((centres[at], CHIP + 3), (centres[at + 1], below - 3))
        marks.append(state(way, [at], start))
    for at, token in enumerate(inputs):
        part = state(chip(edges[at], 0, widths[at], token), range(at, many), start)
        marks.append(clickable(part, at))
    for at, token in enumerate(targets):
        part = state(chip(edges[at + 1], below, widths[at + 1], token), [at], start)
        marks.append(clickable(part, at))
    return Layout("".join(marks), below + CHIP + 2)


def _narrow(inputs: Sequence[Token], targets: Sequence[Token], start: int) -> Layout:
    many, step, wide = len(inputs), CHIP + 14, 130
    right = NARROW - wide
    marks = [label(wide / 2, 14, "inputs", "soft"), label(right + wide / 2, 14, "targets", "soft")]
    for at in range(many - 1):
        y = 24 + at * step + CHIP / 2
        marks.append(line([(right - 2, y + 6), (wide + 2, y + step - 6)], "faint"))
    for at, (token, target) in enumerate(zip(inputs, targets, strict=True)):
        y = 24 + at * step
        given = state(chip(0, y, wide, token), range(at, many), start)
        way = state(arrow((wide + 4, y + CHIP / 2), (right - 4, y + CHIP / 2)), [at], start)
        answer = state(chip(right, y, wide, target), [at], start)
        marks.append(clickable(given + way + answer, at))
    return Layout("".join(marks), 24 + many * step - 12)
