"""Draw two words compared without a script: cosine over training, both lists of neighbours.

What: a map shows this first; wordmap.js replaces it by parts of the same size, so that nothing
moves. The curve is drawn as in assets/wordmap-curve.js. Left out: words that are near both, and the
curve in numbers; the live map has them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from exhibits.base.exhibit import escape
from exhibits.base.wording import MINUS, decimal
from exhibits.wordmap.projection import Projection

WIDE, HIGH = 340, 150  # of the drawing, as in wordmap-curve.js
LEFT, RIGHT, TOP, BOTTOM = 34, 10, 10, 24


def cosines(projection: Projection, one: int, other: int) -> list[float]:
    """Return the cosine of two words, given by their indices, at each step.

    >>> from exhibits.wordmap.projection import project
    >>> cosines(project([[[1.0, 0.0], [0.0, 2.0]], [[1.0, 0.0], [3.0, 0.0]]]), 0, 1)
    [0.0, 1.0]
    """
    return [float(unit[one] @ unit[other]) for unit in projection.units]


def still_pair(
    one: str,
    other: str,
    values: Sequence[float],
    projection: Projection,
    steps: Sequence[int],
    panel: str,
) -> str:
    """Return the markup of the comparison at the last step.

    values: their cosine at each step; panel: the markup of the second word and its neighbours
    """
    if len(steps) < 2:  # of a finished model: there is no curve
        when, figure = (
            ".",
            f'<p class="ex-curve">The mean of all pairs is {decimal(projection.pairs[0])}.</p>',
        )
    else:
        curve = _curve(f"Cosine of {one} and {other}", values, projection.pairs, steps)
        when, figure = f" at step {steps[-1]:,}", _figure(curve)
    return (
        '<div class="ex-pair" data-part="map-pair" role="group" aria-label="Two words'
        ' compared"><div>'
        f'<p class="ex-between">{escape(one)} and {escape(other)}:'
        f" <b>{decimal(values[-1])}</b>{when}</p>"
        f'{figure}<div class="ex-row"></div></div><div class="ex-panel">{panel}</div></div>'
    )


def _figure(curve: str) -> str:
    return (
        f'<figure class="ex-curve">{curve}'
        '<figcaption><span class="ex-swatch ex-swatch-line ex-curve-own"></span>their cosine '
        '<span class="ex-swatch ex-swatch-dash ex-curve-all"></span>mean of all pairs</figcaption>'
        '<p class="ex-curve-room"></p></figure>'  # room for the fold of numbers
    )


def _curve(name: str, values: Sequence[float], mean: Sequence[float], steps: Sequence[int]) -> str:
    low = math.floor(10 * min(0, *values, *mean)) / 10
    first, last = steps[0], steps[-1]

    def across(step: int) -> str:
        return f"{LEFT + (WIDE - LEFT - RIGHT) * (step - first) / max(1, last - first):.1f}"

    def down(value: float) -> str:
        return f"{TOP + (HIGH - TOP - BOTTOM) * (1 - value) / (1 - low):.1f}"

    def line(numbers: Sequence[float]) -> str:
        spots = (
            f"{across(step)} {down(value)}" for step, value in zip(steps, numbers, strict=True)
        )
        return "M" + "L".join(spots)

    levels = "".join(
        f'<line class="ex-curve-grid" x1="{LEFT}" x2="{WIDE - RIGHT}" y1="{down(level)}"'
        f' y2="{down(level)}"/><text x="{LEFT - 6}" y="{down(level)}" dy="4"'
        f' text-anchor="end">{f"{level:g}".replace("-", MINUS)}</text>'
        for level in ([low, 0, 1] if low < 0 else [0, 1])
    )
    spoken = ", ".join(
        f"{decimal(value)} at step {step:,}" for step, value in zip(steps, values, strict=True)
    )
    return (
        f'<svg viewBox="0 0 {WIDE} {HIGH}" role="img"'
        f' aria-label="{escape(f"{name}: {spoken}.")}">{levels}<text x="{LEFT}" y="{HIGH - 6}">step'
        f' {first:,}</text><text x="{WIDE - RIGHT}" y="{HIGH - 6}"'
        f' text-anchor="end">{last:,}</text><path class="ex-curve-mean" d="{line(mean)}"/><path'
        f' class="ex-curve-line" d="{line(values)}"/><circle class="ex-curve-dot ex-curve-here"'
        f' cx="{across(last)}" cy="{down(values[-1])}" r="4"/></svg>'
    )
