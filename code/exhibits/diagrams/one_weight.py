"""Draw gradient descent on one weight: the loss, the steps downhill, and a slider for their size.

What: the loss is the square of the weight's distance from its best value, and each step subtracts
learning rate times gradient. Left out: noise, momentum, and more than one weight.
Source: Raschka, appendix A.5.
"""

from __future__ import annotations

from collections.abc import Sequence

from exhibits.base.exhibit import Exhibit
from exhibits.base.wording import decimal
from exhibits.diagrams.diagram import NARROW, WIDE, Choice, Layout, diagram
from exhibits.diagrams.shapes import label, line, state

BEST, FIRST = 2.0, -1.0  # the weight that fits, and the one that training starts with
STEPS = 10
REACH = 3.6  # how far from BEST a weight is drawn
HIGH, BELOW = 200.0, 34.0  # of the curve, and of the axis under it
RATES = (0.02, 0.1, 0.3, 0.5, 0.8, 0.95, 1.05)


def descend(rate: float, steps: int = STEPS) -> list[float]:
    """Return the weight at first and after each step of gradient descent.

    rate: the learning rate; the gradient of (weight - BEST)² is 2 * (weight - BEST)

    >>> descend(0.5, steps=2)
    [-1.0, 2.0, 2.0]
    """
    weights = [FIRST]
    for _ in range(steps):
        weights.append(weights[-1] - rate * 2 * (weights[-1] - BEST))
    return weights


def verdict(rate: float) -> str:
    """Say what a learning rate does; each step multiplies the distance by 1 - 2 * rate.

    >>> [verdict(rate) for rate in (0.02, 0.3, 0.8, 0.95, 1.05)]
    ['too small', 'right', 'rather large', 'too large', 'much too large']
    """
    left = 1 - 2 * rate
    if abs(left) > 1:
        return "much too large"
    if abs(left) ** STEPS < 0.02:
        return "rather large" if left < 0 else "right"
    return "too large" if left < 0 else "too small"


def one_weight(rates: Sequence[float] = RATES, start: int = 0) -> Exhibit:
    """Draw the steps of each learning rate; a reader chooses one by a slider.

    rates: learning rates, above 0; start: the index of the one shown first

    Raises: ValueError if a rate is not above 0, or there is none.

    >>> one_weight().text.partition(". ")[0]
    '[diagram] Gradient descent with one weight'
    """
    if not rates or min(rates) <= 0:
        raise ValueError(f"rates are {list(rates)}; give one or more above 0")
    notes = [_note(rate) for rate in rates]
    return diagram(
        "one-weight",
        "Gradient descent with one weight",
        " ".join(notes),
        _layout(WIDE, rates, start),
        _layout(NARROW, rates, start),
        Choice("learning rate", [f"{rate:g}" for rate in rates], notes, start, slider=True),
    )


def _note(rate: float) -> str:
    last = descend(rate)[-1]
    where = {
        "too small": "it creeps. After {} steps the weight is {}.",
        "right": "it arrives. After {} steps the weight is {}.",
        "rather large": "it jumps across, and still arrives. After {} steps the weight is {}.",
        "too large": "it jumps across, to and fro. After {} steps the weight is {}.",
        "much too large": "each jump lands farther off. After {} steps the weight is {}.",
    }[verdict(rate)]
    name = verdict(rate)
    return f"{name[0].upper()}{name[1:]}: {where.format(STEPS, decimal(last))}"


def _layout(width: float, rates: Sequence[float], start: int) -> Layout:
    def point(weight: float) -> tuple[float, float]:
        x = width / 2 + (weight - BEST) / REACH * (width / 2 - 8)
        return x, 8 + HIGH * (1 - ((weight - BEST) / REACH) ** 2)

    curve = [point(BEST + REACH * at / 30) for at in range(-30, 31)]
    floor = HIGH + 14
    marks = [line(curve, "faint"), line([(0, floor), (width, floor)], "faint")]
    for weight in range(-1, 6):
        x, _ = point(weight)
        marks.append(label(x, floor + 16, decimal(weight, 0), "run"))
    marks += [label(0, 16, "loss ↑", "soft", anchor="start")]
    marks += [label(width, floor + 32, "weight →", "soft", anchor="end")]
    for at, rate in enumerate(rates):
        weights = [one for one in descend(rate) if abs(one - BEST) <= REACH]
        places = [point(one) for one in weights]
        dots = "".join(
            f'<circle class="dg-read" cx="{x:g}" cy="{y:g}" r="{6 if not number else 4}"/>'
            for number, (x, y) in enumerate((round(x, 1), round(y, 1)) for x, y in places)
        )
        way = (
            f'<path class="dg-line dg-lit" d="M{"L".join(f"{x:.1f} {y:.1f}" for x, y in places)}"/>'
        )
        marks.append(state(way + dots, [at], start, only=True))
    return Layout("".join(marks), floor + BELOW + 4)
