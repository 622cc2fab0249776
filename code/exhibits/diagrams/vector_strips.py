"""Draw the vectors that a diagram's choice shows: a strip of shaded cells each, a name beside it.

The strips of one choice share a scale, so that a reader sees which vector is the larger, and what
an addition changes. A choice may show fractions of named tokens instead, a column each.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from exhibits.diagrams.diagram import WIDE
from exhibits.diagrams.shapes import cells, fit, label, state

MOST = 32  # numbers of a vector that are drawn
ROWS = 3  # strips of a choice
ROW, STRIP, NAME = 24, 16, 120  # heights of a row and of a strip, and the room for its name

Strips = Mapping[str, Sequence[float]]
Shown = Strips | Sequence[tuple[str, float]]


def vector_strips(choices: Sequence[Shown], width: float, top: float, start: int = 0) -> str:
    """Draw the strips of each choice, those of one choice at a time.

    choices: for each, the names of up to ROWS vectors and their numbers, or pairs of a token and
        its fraction
    width: of the drawing; top: where the first strip begins; start: the choice shown first

    Raises: ValueError if a choice has more than ROWS vectors.

    >>> vector_strips([{"x": [0.5, -1.0]}, {}], 540, 0).count("dg-only")
    2
    """
    if any(isinstance(strips, Mapping) and len(strips) > ROWS for strips in choices):
        raise ValueError(f"a choice has more than {ROWS} vectors; there is room for {ROWS}")
    cell = 10.0 if width == WIDE else (width - NAME) / MOST
    groups = []
    for at, strips in enumerate(choices):
        if not isinstance(strips, Mapping):
            groups.append(state(_columns(strips, width, top), [at], start, only=True))
            continue
        rows = [list(values)[:MOST] for values in strips.values()]
        most = max((abs(value) for row in rows for value in row), default=0.0)
        marks = "".join(
            label(NAME - 8, top + number * ROW + STRIP - 4, name, "soft", anchor="end")
            + (cells(NAME, top + number * ROW, [row], cell, STRIP, most) if row else "")
            for number, (name, row) in enumerate(zip(strips, rows, strict=True))
        )
        groups.append(state(marks, [at], start, only=True))
    return "".join(groups)


def _columns(pairs: Sequence[tuple[str, float]], width: float, top: float) -> str:
    """Draw a column for each token: its name, a cell shaded by its fraction, and the per cent."""
    room = width / max(1, len(pairs))
    most = max((fraction for _, fraction in pairs), default=0.0)
    marks = []
    for at, (name, fraction) in enumerate(pairs):
        middle = (at + 0.5) * room
        marks.append(label(middle, top + 12, fit(name, room - 4), "run"))
        marks.append(cells(at * room + 2, top + 20, [[fraction]], room - 4, STRIP, most))
        marks.append(label(middle, top + 54, f"{fraction:.0%}", "run"))
    return "".join(marks)
