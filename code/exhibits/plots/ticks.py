"""Choose the ticks of number axes: round steps, powers, their labels."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from exhibits.base.wording import MINUS

NICE_STEPS = (1, 2, 5, 10)
LARGEST, SMALLEST = 1e290, 1e-300  # so that the span of an axis is finite; a smaller number is 0
SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


class CannotDraw(ValueError):
    """A figure with something that the still drawing does not support; names it and the remedy."""


def number(value: object, where: str, remedy: str = "give a finite number") -> float:
    """Return a value as a number that can be drawn; where, remedy: for the message.

    Raises: CannotDraw for a value that is not a finite number, or is larger than LARGEST.

    >>> number(2, "x")
    2.0
    """
    if not isinstance(value, int | float) or isinstance(value, bool) or not abs(value) < math.inf:
        raise CannotDraw(f"{where} has {value!r:.40}; {remedy}")
    if abs(value) > LARGEST:
        raise CannotDraw(f"{where} has {str(value)[:40]}; give numbers up to {LARGEST:g}")
    return float(value) if abs(value) >= SMALLEST else 0.0


def missing(value: object) -> bool:
    """Return whether a value is None or NaN.

    >>> missing(None), missing(math.nan), missing(0)
    (True, True, False)
    """
    return value is None or value != value  # NaN differs from itself


def nice_step(span: float, wanted: int) -> float:
    """Return the smallest step, 1, 2 or 5 times a power of ten, that divides span into few parts.

    wanted: how many parts, at most

    >>> nice_step(97, 6), nice_step(0.3, 6)
    (20.0, 0.05)
    """
    unit = 10.0 ** math.floor(math.log10(span / wanted))
    return next(step * unit for step in NICE_STEPS if span / (step * unit) <= wanted + 1e-9)


def log_steps(low: float, high: float, wanted: int) -> Sequence[float]:
    """Return powers of ten from 10**low to 10**high; if fewer than three, also 2 and 5 times them.

    >>> log_steps(0, 3, 6)
    [1.0, 10.0, 100.0, 1000.0]
    """
    decades = [*range(math.ceil(low - 1e-9), math.floor(high + 1e-9) + 1)]
    if len(decades) >= 3:
        every = math.ceil(len(decades) / (wanted + 1))
        return [10.0**power for power in decades[::every]]
    if high - low < 0.7:  # less than a factor of five: equal steps
        step = nice_step(10.0**high - 10.0**low, wanted)
        return [
            step * number
            for number in range(math.ceil(10.0**low / step), math.floor(10.0**high / step) + 1)
        ]
    powers = range(math.floor(low) - 1, math.ceil(high) + 1)
    return [digit * 10.0**power for power in powers for digit in (1, 2, 5)]


def label(
    value: float | str, kind: str, values: Sequence[float | str], options: Mapping[str, Any]
) -> str:
    """Write the label of a tick.

    It has thousands separators and as many decimals as all the values need; on a log axis it is a
    power of ten from a million on.

    kind: one of `exhibits.plots.axes.KINDS`; values: those of all ticks
    options: the axis's, with Plotly's tickformat, tickprefix and ticksuffix

    >>> label(20000.0, "linear", [0.0, 20000.0], {}), label(1e6, "log", [1.0, 1e6], {})
    ('20,000', '10⁶')
    """
    if isinstance(value, str):
        return value
    form, numbers = options.get("tickformat"), [one for one in values if not isinstance(one, str)]
    if form:
        text = _formatted(value, form)
    elif value and _by_power(value, kind, numbers):
        power = math.floor(math.log10(abs(value)) + 1e-9)
        digit = f"{value / 10.0**power:g}·"
        text = (
            digit.removesuffix("1·" if digit in ("1·", "-1·") else "")
            + "10"
            + str(power).translate(SUPERSCRIPT)
        )
    elif kind == "log":
        text = f"{value:,.10g}"
    else:
        text = f"{value:,.{_decimals(numbers)}f}"
    text = f"{options.get('tickprefix') or ''}{text}{options.get('ticksuffix') or ''}"
    return text.replace("-", MINUS, 1) if text.startswith("-") else text


def _decimals(numbers: Sequence[float]) -> int:
    """Return how many decimals write all of the numbers without loss, at most 10."""

    def exact(digits: int) -> bool:
        return all(abs(round(n, digits) - n) < 1e-9 * max(1, abs(n)) for n in numbers)

    return next((digits for digits in range(10) if exact(digits)), 10)


def _by_power(value: float, kind: str, values: Sequence[float]) -> bool:
    """Tell whether a tick is written as a power of ten, as its digits would be too many."""
    if kind == "log":
        return not 1e-4 < value < 1e6
    largest = max(map(abs, values))
    return largest >= 1e15 or largest < 1e-7


def _formatted(value: float, form: str) -> str:
    """Format a number by one of d3's formats that Python has too."""
    try:
        return format(int(value) if form.endswith("d") else value, form)
    except (ValueError, OverflowError):
        raise CannotDraw(
            f"tickformat is {form!r}; use one that Python's format knows too, as ',d' or '.0%'"
        ) from None
