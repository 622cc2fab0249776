"""Draw sinusoidal positions as the hands of clocks, from fast to slow.

Two neighbouring columns of the matrix are the sine and cosine of an angle, so each pair is drawn as
a hand: sine to the right, cosine upward. Dots on the rim mark the hand at the first positions.

Source: Vaswani et al. 2017, section 3.5.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from exhibits.base.exhibit import Exhibit
from exhibits.base.wording import decimal
from exhibits.diagrams.diagram import NARROW, WIDE, Choice, Layout, diagram
from exhibits.diagrams.shapes import label

CLOCKS = 6  # hands that are drawn
SEEN = 30  # degrees from the first position to the last, by which a hand visibly moves
DOTS = 8  # first positions, as dots on the rim
Rows = Sequence[Sequence[float]]


def clock_hands(positions: Rows, start: int = 3) -> Exhibit:
    """Draw the hands at a position; a slider moves them from position to position.

    positions: (T, C), row p the sinusoidal vector of position p, as `tensor.tolist()` gives it
    start: the position that is shown first

    Raises: ValueError if there are fewer than two rows, or an odd number of columns.

    >>> hands = [[math.sin(p), math.cos(p)] for p in range(8)]
    >>> clock_hands(hands).text.partition(". ")[0]
    '[diagram] Sinusoidal positions as the hands of clocks'
    """
    if len(positions) < 2 or not positions[0] or len(positions[0]) % 2:
        raise ValueError(
            f"positions has {len(positions)} rows of {len(positions[0]) if positions else 0}"
            " numbers; give two rows or more, each with a sine and a cosine for every hand"
        )
    start = min(start, len(positions) - 1)
    pairs = len(positions[0]) // 2
    shown = _spread(positions)
    number = len(shown)
    angles = {pair: [_angle(row, pair) for row in positions] for pair in shown}
    notes = [_note(angles[shown[0]], angles[shown[-1]], at) for at in range(len(positions))]
    turns = [[round(angle, 2) for angle in angles[pair]] for pair in shown]
    choice = Choice(
        "position",
        [str(at) for at in range(len(positions))],
        notes,
        start,
        slider=True,
        data={"turns": turns},
    )
    speeds = ", ".join(_once_round(angles[pair]) for pair in shown)
    return diagram(
        "clock-hands",
        "Sinusoidal positions as the hands of clocks",
        f"{number} of the {pairs} hands in each vector, from fast to slow. Positions that each"
        f" takes to go round once: {speeds}.",
        _layout(angles, start, WIDE, columns=number),
        _layout(angles, start, NARROW, columns=math.ceil(number / 2)),
        choice,
    )


def _spread(positions: Rows) -> list[int]:
    """Choose hands from fast to slow: evenly those that visibly move, and the slowest of all.

    >>> _spread([[0.0, 1.0] * 2, [1.0, 0.0] * 2])
    [0, 1]
    """
    pairs = len(positions[0]) // 2
    last = len(positions) - 1
    least = SEEN / last  # degrees a position
    moving = [p for p in range(pairs) if _angle(positions[1], p) % 360 >= least]
    slowest = max([1, *moving])
    evenly = [round(at * slowest / (CLOCKS - 2)) for at in range(CLOCKS - 1)]
    return sorted({pair for pair in (*evenly, pairs - 1) if pair < pairs})


def _angle(row: Sequence[float], pair: int) -> float:
    """Return the angle of a hand in degrees, clockwise from the top."""
    return math.degrees(math.atan2(row[2 * pair], row[2 * pair + 1]))


def _once_round(angles: Sequence[float]) -> str:
    """Return in how many positions a hand goes round, by its first step."""
    step = (angles[1] - angles[0]) % 360
    if not step:
        return "never"
    round_in = 360 / step
    return decimal(round_in, 1 if round_in < 10 else 0)


def _note(fast: Sequence[float], slow: Sequence[float], at: int) -> str:
    first, last = (f"{round(hand[at]) % 360}°" for hand in (fast, slow))
    return f"Position {at}: the fastest hand is at {first}, the slowest at {last}."


def _layout(angles: dict[int, list[float]], start: int, width: float, *, columns: int) -> Layout:
    each, row_height = width / columns, 138 if columns < CLOCKS else 132
    radius = min(38, each / 2 - 8)
    marks = []
    for number, (pair, turns) in enumerate(angles.items()):
        down, across = divmod(number, columns)
        x, y = each * (across + 0.5), radius + 6 + down * row_height
        marks.append(_clock(x, y, radius, number, turns, start))
        marks.append(label(x, y + radius + 22, f"{2 * pair}, {2 * pair + 1}", "run"))
        marks.append(label(x, y + radius + 40, f"in {_once_round(turns)}", "soft"))
    rows = math.ceil(len(angles) / columns)
    return Layout("".join(marks), row_height * (rows - 1) + 2 * radius + 54)


def _clock(x: float, y: float, radius: float, number: int, turns: list[float], start: int) -> str:
    dots = ""
    for position, turn in reversed(list(enumerate(turns[:DOTS]))):
        at = math.radians(turn)
        dots += (
            f'<circle class="dg-dot" style="--t:{100 - round(70 * position / DOTS)}%"'
            f' cx="{x + radius * math.sin(at):.1f}" cy="{y - radius * math.cos(at):.1f}" r="3"/>'
        )
    hand = (
        f'<g class="dg-hand" data-hand="{number}" transform="translate({x:.1f} {y:.1f})"><g'
        f' style="transform:rotate({turns[start]:.2f}deg)"><path class="dg-line dg-lit"'
        f' d="M0 0V-{radius - 6:g}"/></g></g>'
    )
    return (
        f'<circle class="dg-box dg-bare" cx="{x:.1f}" cy="{y:.1f}" r="{radius:g}"/>{dots}{hand}'
        f'<circle class="dg-dot" style="--t:100%" cx="{x:.1f}" cy="{y:.1f}" r="2.5"/>'
    )
