"""An axis of a figure: where a value stands between 0 and 1, and which ticks are labelled.

The still drawing and the live plot take range and ticks from here, so nothing moves when one replaces the other.

Left out: dates, second axes, axes tied to each other in scale; `CannotDraw` names them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from exhibits.ticks import CannotDraw, label, log_steps, nice_step

Value = float | int | str | None
KNOWN = {
    "title", "type", "range", "tickvals", "ticktext", "tickmode", "dtick", "tickformat", "ticksuffix", "tickprefix",
    "rangemode", "autorange", "showgrid", "zeroline", "categoryorder", "categoryarray", "hoverformat", "nticks",
}  # fmt: skip


@dataclass(frozen=True)
class Tick:
    """A labelled place of an axis: its value as Plotly wants it, its place in [0, 1], its label."""

    value: float | str
    place: float
    label: str


@dataclass(frozen=True)
class Axis:
    """One direction of a figure.

    kind: "linear", "log" or "category"; low, high: the ends of the range (log10 of them for "log", indices for
    "category"); flipped: True if values grow downwards or to the left
    """

    name: str
    kind: str
    low: float
    high: float
    categories: tuple[str, ...]
    ticks: tuple[Tick, ...]
    flipped: bool
    title: str
    grid: bool

    def place(self, value: float | int | str) -> float:
        """Where a value stands: 0 at the start of the axis, 1 at its end.

        Raises: CannotDraw if a log axis gets a value that is not positive.
        """
        at = _position(value, self.kind, self.categories, self.name)
        share = (at - self.low) / (self.high - self.low)
        return 1 - share if self.flipped else share


def make_axis(
    name: str,
    values: Sequence[Value],
    options: Mapping[str, Any],
    *,
    from_zero: bool = False,
    pad: bool = True,
    cells: bool = False,
    ticks: int = 6,
) -> Axis:
    """Build the axis of the values that stand on it.

    name: "x" or "y"; options: `layout.xaxis` of the figure; from_zero: bars and areas start at 0;
    pad: leave room for markers at the ends; cells: the values are centres of a heat map's cells;
    ticks: about how many are wanted
    """
    unknown = sorted(set(options) - KNOWN)
    if unknown:
        raise CannotDraw(f"{name}axis has {unknown}; the still drawing knows {sorted(KNOWN)}")
    known = [value for value in values if value is not None and value == value]  # NaN differs from itself
    words = any(isinstance(value, str) for value in known)
    kind = options.get("type") or ("category" if words else "linear")
    if kind == "-":
        kind = "category" if words else "linear"
    if kind not in ("linear", "log", "category"):
        raise CannotDraw(f"{name}axis is of type {kind!r}; the still drawing knows linear, log and category")
    if kind != "category" and words:
        raise CannotDraw(f"{name}axis is {kind} but has text on it; give numbers, or type='category'")

    categories = _categories(known, options) if kind == "category" else ()
    given = options.get("range")
    if given is not None:
        low, high = (float(end) for end in given)
    elif kind == "category":
        low, high = -0.5, max(len(categories), 1) - 0.5
    else:
        found = [_position(value, kind, (), name) for value in known] or [0.0, 1.0]
        zero = kind == "linear" and (from_zero or options.get("rangemode") == "tozero")
        low, high = _span(found, zero=zero, pad=pad, cells=cells)
    flipped = options.get("autorange") == "reversed" or low > high
    low, high = min(low, high), max(low, high)
    title = (options.get("title") or {}).get("text") or ""
    grid = options.get("showgrid", kind != "category" and not cells)
    bare = Axis(name, kind, low, high, categories, (), flipped, title, grid)
    return Axis(name, kind, low, high, categories, _ticks(bare, options, ticks), flipped, title, grid)


def _position(value: float | int | str, kind: str, categories: tuple[str, ...], name: str) -> float:
    if kind == "category":
        if str(value) in categories:
            return float(categories.index(str(value)))
        if isinstance(value, str):
            raise CannotDraw(f"{name} has no category {value!r}; it has {list(categories)}")
        return float(value)
    number = float(value)
    if kind == "linear":
        return number
    if number <= 0:
        raise CannotDraw(f"{name} has {value} on a log axis; leave it out, or use a linear axis")
    return math.log10(number)


def _categories(known: Sequence[float | int | str], options: Mapping[str, Any]) -> tuple[str, ...]:
    if options.get("categoryorder") not in (None, "trace", "array"):
        raise CannotDraw("categoryorder must be 'array'; sort the values before plotting, or give categoryarray")
    first = [str(name) for name in options.get("categoryarray") or ()]
    return tuple(dict.fromkeys(first + [str(value) for value in known]))


def _span(found: Sequence[float], *, zero: bool, pad: bool, cells: bool) -> tuple[float, float]:
    low, high = min(found), max(found)
    if cells:
        steps = sorted(set(found))
        half = (steps[1] - steps[0]) / 2 if len(steps) > 1 else 0.5
        return low - half, high + half
    if zero:
        low, high = min(low, 0.0), max(high, 0.0)
    if low == high:
        low, high = (low - 0.5, high + 0.5) if not zero else (low, high + 1)
    room = (high - low) * 0.05 if pad else 0.0
    return (low if zero and low == 0 else low - room), (high if zero and high == 0 else high + room)


def _ticks(axis: Axis, options: Mapping[str, Any], wanted: int) -> tuple[Tick, ...]:
    values: list[float | str]
    if options.get("tickvals") is not None:
        values = list(options["tickvals"])
    elif axis.kind == "category":
        values = list(axis.categories)
    elif axis.kind == "log":
        values = list(log_steps(axis.low, axis.high, wanted))
    else:
        step = options.get("dtick") or nice_step(axis.high - axis.low, options.get("nticks") or wanted)
        first = math.ceil(axis.low / step - 1e-9)
        values = [round(number * step, 12) for number in range(first, math.floor(axis.high / step + 1e-9) + 1)]
    texts = options.get("ticktext") or [label(value, axis.kind, values, options) for value in values]
    edge = 1e-9
    return tuple(
        Tick(value, axis.place(value), str(text))
        for value, text in zip(values, texts, strict=True)
        if -edge <= axis.place(value) <= 1 + edge
    )
