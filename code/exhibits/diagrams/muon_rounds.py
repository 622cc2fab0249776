"""Draw what Muon makes of a step: an ellipse, long one way and thin the other, becomes a circle.

A matrix turns a circle into an ellipse, whose half axes are its singular values. Each round of
Muon's polynomial changes these and leaves the directions alone. The dashed circle has the size one.

Source: Jordan et al. 2024.
"""

from __future__ import annotations

from collections.abc import Sequence

from exhibits.base.exhibit import Exhibit
from exhibits.base.wording import counted, decimal
from exhibits.diagrams.diagram import NARROW, WIDE, Choice, Layout, diagram
from exhibits.diagrams.shapes import label, state

ONE = 68  # length of a half axis that is one
TILT = -24  # degrees
HIGH = 190


def muon_rounds(stretches: Sequence[tuple[float, float]]) -> Exhibit:
    """Draw the ellipse after each round; a slider moves from round to round.

    stretches: the larger and the smaller singular value, before the first round and after each

    Raises: ValueError if there are fewer than two pairs, or one is not above 0.

    >>> print(muon_rounds([(1.0, 0.1), (0.9, 0.8)]).text)
    [diagram] A step of Muon becomes even. Before: it pushes 1.00 one way and 0.10 the other. \
After 1 round: it pushes 0.90 one way and 0.80 the other.
    """
    if len(stretches) < 2 or min(map(min, stretches)) <= 0:
        raise ValueError(
            f"the stretches are {list(stretches)}; give two pairs or more, each of two numbers"
            " above 0"
        )
    times = ["Before", *(f"After {counted(at, 'round')}" for at in range(1, len(stretches)))]
    notes = [
        f"{when}: it pushes {decimal(long)} one way and {decimal(short)} the other."
        for when, (long, short) in zip(times, stretches, strict=True)
    ]
    settings = [str(at) for at in range(len(stretches))]
    return diagram(
        "muon-rounds",
        "A step of Muon becomes even",
        " ".join((notes[0], notes[-1])),
        _layout(stretches, WIDE),
        _layout(stretches, NARROW),
        Choice("round", settings, notes, 0, slider=True),
    )


def _layout(stretches: Sequence[tuple[float, float]], width: float) -> Layout:
    at = f'cx="{width / 2:g}" cy="{HIGH / 2:g}"'
    marks = [f'<circle class="dg-line" stroke-dasharray="3 4" {at} r="{ONE}"/>']
    for number, (long, short) in enumerate(stretches):
        ellipse = (
            f'<ellipse class="dg-line dg-lit" {at} rx="{ONE * long:.1f}" ry="{ONE * short:.1f}"'
            f' transform="rotate({TILT} {width / 2:g} {HIGH / 2:g})"/>'
        )
        marks.append(state(ellipse, [number], 0, only=True))
    marks.append(label(width / 2, HIGH + 14, "dashed: the same push in all directions", "soft"))
    return Layout("".join(marks), HIGH + 24)
