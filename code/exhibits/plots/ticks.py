"""Which values of an axis get a tick, and what it says."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

NICE_STEPS = (1, 2, 5, 10)
# so that the span of an axis is finite, too; what is smaller is 0
LARGEST, SMALLEST = (1e290, 1e-300)
SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


class CannotDraw(ValueError):
    """The figure asks for something that the still drawing does not know."""


def number(value: object, where: str, remedy: str = "give a finite number") -> float:
    """Return a number that can be drawn.

    Raises: CannotDraw for one that is not finite, or larger than LARGEST, and for what is none.
    """
    if not isinstance(value, int | float) or isinstance(value, bool) or not abs(value) < math.inf:
        raise CannotDraw(f"{where} has {value!r:.40}; {remedy}")
    if abs(value) > LARGEST:
        raise CannotDraw(f"{where} has {str(value)[:40]}; give numbers up to {LARGEST:g}")
    return float(value) if abs(value) >= SMALLEST else 0.0


def missing(value: object) -> bool:
    """Tell a value that is not there; NaN differs from itself."""
    return value is None or value != value


def nice_step(span: float, wanted: int) -> float:
    """The smallest of 1, 2, 5 times a power of ten that cuts the span into at most `wanted` pieces.

    >>> nice_step(97, 6), nice_step(0.3, 6)
    (20.0, 0.05)
    """
    unit = 10.0 ** math.floor(math.log10(span / wanted))
    return next(step * unit for step in NICE_STEPS if span / (step * unit) <= wanted + 1e-9)


def log_steps(low: float, high: float, wanted: int) -> Sequence[float]:
    """Powers of ten between 10**low and 10**high; with digits between them where there are fewer
    than three.

    >>> log_steps(0, 3, 6)
    [1.0, 10.0, 100.0, 1000.0]
    """
    decades = [*range(math.ceil(low - 1e-9), math.floor(high + 1e-9) + 1)]
    if len(decades) >= 3:
        every = math.ceil(len(decades) / (wanted + 1))
        return [10.0**power for power in decades[::every]]
    if high - low < 0.7:  # less than a factor of five, between 1, 2, 5: equal steps
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
    """A tick in words: thousands set off, as many decimals as the step needs, powers of ten from a
    million on.

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
        places = next(
            (
                d
                for d in range(10)
                if all(abs(round(n, d) - n) < 1e-9 * max(1, abs(n)) for n in numbers)
            ),
            10,
        )
        text = f"{value:,.{places}f}"
    text = f"{options.get('tickprefix') or ''}{text}{options.get('ticksuffix') or ''}"
    return text.replace("-", "\u2212", 1) if text.startswith("-") else text


def _by_power(value: float, kind: str, values: Sequence[float]) -> bool:
    """Whether a tick is told as a power of ten, for it would be too long otherwise."""
    if kind == "log":
        return not 1e-4 < value < 1e6
    largest = max(map(abs, values))
    return largest >= 1e15 or largest < 1e-7


def _formatted(value: float, form: str) -> str:
    """d3's formats and Python's agree on the simple ones."""
    try:
        return format(int(value) if form.endswith("d") else value, form)
    except (ValueError, OverflowError):
        raise CannotDraw(
            f"tickformat is {form!r}; use one that Python's format knows too, as ',d' or '.0%'"
        ) from None
