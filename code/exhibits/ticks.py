"""Which values of an axis get a tick, and what it says."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

NICE_STEPS = (1, 2, 5, 10)
SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


class CannotDraw(ValueError):
    """The figure asks for something that the still drawing does not know."""


def nice_step(span: float, wanted: int) -> float:
    """The smallest of 1, 2, 5 times a power of ten that cuts the span into at most `wanted` pieces.

    >>> nice_step(97, 6), nice_step(0.3, 6)
    (20.0, 0.05)
    """
    unit = 10.0 ** math.floor(math.log10(span / wanted))
    return next(step * unit for step in NICE_STEPS if span / (step * unit) <= wanted + 1e-9)


def log_steps(low: float, high: float, wanted: int) -> Sequence[float]:
    """Powers of ten between 10**low and 10**high; with digits between them where there are fewer than three.

    >>> log_steps(0, 3, 6)
    [1.0, 10.0, 100.0, 1000.0]
    """
    decades = [*range(math.ceil(low - 1e-9), math.floor(high + 1e-9) + 1)]
    if len(decades) >= 3:
        every = math.ceil(len(decades) / (wanted + 1))
        return [10.0**power for power in decades[::every]]
    if high - low < 0.6:  # less than a factor of four: equal steps
        step = nice_step(10.0**high - 10.0**low, wanted)
        return [step * number for number in range(math.ceil(10.0**low / step), math.floor(10.0**high / step) + 1)]
    powers = range(math.floor(low) - 1, math.ceil(high) + 1)
    return [digit * 10.0**power for power in powers for digit in (1, 2, 5)]


def label(value: float | str, kind: str, values: Sequence[float | str], options: Mapping[str, Any]) -> str:
    """A tick in words: thousands set off, as many decimals as the step needs, powers of ten from a million on.

    >>> label(20000.0, "linear", [0.0, 20000.0], {}), label(1e6, "log", [1.0, 1e6], {})
    ('20,000', '10⁶')
    """
    if isinstance(value, str):
        return value
    form = options.get("tickformat")
    if form:
        text = _formatted(value, form)
    elif kind == "log" and (value >= 1e6 or value <= 1e-4):
        power = math.floor(math.log10(value) + 1e-9)
        digit = value / 10.0**power
        text = ("" if abs(digit - 1) < 1e-6 else f"{digit:g}·") + "10" + str(power).translate(SUPERSCRIPT)
    elif kind == "log":
        text = f"{value:,.10g}"
    else:
        numbers = [number for number in values if not isinstance(number, str)]
        places = next((d for d in range(10) if all(abs(round(n, d) - n) < 1e-9 * max(1, abs(n)) for n in numbers)), 10)
        text = f"{value:,.{places}f}"
    text = f"{options.get('tickprefix') or ''}{text}{options.get('ticksuffix') or ''}"
    return text.replace("-", "\u2212", 1) if text.startswith("-") else text


def _formatted(value: float, form: str) -> str:
    """d3's formats and Python's agree on the simple ones."""
    try:
        return format(int(value) if form.endswith("d") else value, form)
    except ValueError:
        raise CannotDraw(f"tickformat is {form!r}; use one that Python's format knows too, as ',d' or '.0%'") from None
