"""Make a figure's axes: range, the position of a value from 0 to 1, ticks of each kind of axis.

What: the still drawing and the live plot take range and ticks from here, so nothing moves when one
replaces the other. Left out: second axes, and axes with a common scale; `CannotDraw` names them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from exhibits.plots.date_axis import DAY, date_text, date_ticks, is_date, milliseconds
from exhibits.plots.ticks import CannotDraw, label, log_steps, missing, nice_step, number

Value = float | int | str | None
KNOWN = set(
    "title type range tickvals ticktext tickmode dtick tickformat ticksuffix tickprefix rangemode"
    " autorange showgrid zeroline categoryorder categoryarray hoverformat nticks".split()
)
KINDS = ("linear", "log", "date", "category")
MOST_TICKS = 1000
NEAREST = 1e-12  # of the size of the ends: ends that are closer have ticks that look alike
HIGHEST = 290  # power of ten on a log axis


@dataclass(frozen=True)
class Tick:
    """A tick: its value in Plotly's form, its position from 0 to 1, its label."""

    value: float | str
    position: float
    label: str


@dataclass(frozen=True)
class Axis:
    """An axis of a figure.

    kind: one of KINDS
    low, high: the ends of the range; for "log" their log10, for "date" milliseconds since 1970,
        for "category" indices
    flipped: whether values grow downwards or to the left
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

    def position(self, value: float | int | str) -> float:
        """Return the position of a value: 0 at the start of the axis, 1 at its end.

        Raises: CannotDraw for a value that does not fit the axis, such as 0 on a log axis.
        """
        at = _coordinate(value, self.kind, self.categories, self.name)
        share = (at - self.low) / (self.high - self.low)
        return 1 - share if self.flipped else share

    @property
    def ends(self) -> list[float] | list[str]:
        """Return the range in Plotly's form."""
        ends = [self.high, self.low] if self.flipped else [self.low, self.high]
        return list(map(date_text, ends)) if self.kind == "date" else ends


def make_axis(
    name: str,
    values: Sequence[Value],
    options: Mapping[str, Any],
    *,
    from_zero: bool = False,
    pad: bool = True,
    cells: bool = False,
    dates: bool = True,
    ticks: int = 6,
) -> Axis:
    """Make the axis on which some values fit.

    name: "x" or "y"
    options: `layout.xaxis` or `layout.yaxis` of the figure
    from_zero: whether to include 0, as for bars and areas; on a log axis, values that are not
        positive are ignored
    pad: whether to leave room for markers at the ends
    cells: whether the values are the centres of a heat map's cells
    dates: whether texts that are dates make a date axis, and not a category axis
    ticks: about how many

    Raises: CannotDraw, naming the option or the value that does not fit.

    >>> [tick.label for tick in make_axis("y", [0, 4], {}, ticks=3).ticks]
    ['0', '2', '4']
    """
    unknown = sorted(set(options) - KNOWN)
    if unknown:
        raise CannotDraw(f"{name}axis has {unknown}; the still drawing knows {sorted(KNOWN)}")
    known = [value for value in values if value is not None and not missing(value)]
    kind = _kind(name, known, options, dates=dates)
    if kind == "log" and from_zero:
        known = [value for value in known if isinstance(value, str) or value > 0]
    categories = _categories(known, options) if kind == "category" else ()
    if options.get("range") is not None:
        low, high = _given(options["range"], name, kind)
    elif kind == "category":
        low, high = -0.5, max(len(categories), 1) - 0.5
    else:
        coordinates = [_coordinate(value, kind, (), name) for value in known] or [0.0, 1.0]
        zero = kind == "linear" and (from_zero or options.get("rangemode") == "tozero")
        alone = DAY / 2 if kind == "date" else 0.5
        low, high = _span(coordinates, zero=zero, pad=pad, cells=cells, alone=alone)
    if kind == "log":
        low, high = (min(max(end, -HIGHEST), HIGHEST) for end in (low, high))
    _check_apart(name, kind, low, high, options)
    flipped = options.get("autorange") == "reversed" or low > high
    low, high = min(low, high), max(low, high)
    title = (options.get("title") or {}).get("text") or ""
    grid = options.get("showgrid", kind != "category" and not cells)
    axis = Axis(name, kind, low, high, categories, (), flipped, title, grid)
    days = kind == "date" and all(milliseconds(value, name) % DAY == 0 for value in known)
    return replace(axis, ticks=_ticks(axis, options, ticks, least=DAY if days else 0))


def _kind(
    name: str, known: Sequence[float | int | str], options: Mapping[str, Any], *, dates: bool
) -> str:
    """Return the kind of an axis: the one in its options, else the one that its values need."""
    texts = any(isinstance(value, str) for value in known)
    kind = str(options.get("type") or "-")
    if kind == "-":
        dated = texts and dates and all(map(is_date, known))
        kind = "date" if dated else "category" if texts else "linear"
    if kind not in KINDS:
        raise CannotDraw(
            f"{name}axis is of type {kind!r}; the still drawing knows linear, log, date and"
            " category"
        )
    if kind in ("linear", "log") and texts:
        raise CannotDraw(
            f"{name}axis is {kind} but has text on it; give numbers, or type='category'"
        )
    return kind


def _check_apart(name: str, kind: str, low: float, high: float, options: Mapping[str, Any]) -> None:
    if abs(high - low) > (0 if kind == "date" else NEAREST * max(abs(low), abs(high))):
        return
    ends = options.get("range")
    if ends is not None:
        what = f"the range of {name}axis is {list(ends)}"
    else:
        what = f"the values on {name} are too close"
    raise CannotDraw(f"{what}; give ends that are further apart")


def _given(ends: Sequence[Any], name: str, kind: str) -> tuple[float, float]:
    """Return the ends of the range in an axis's options."""
    where = f"the range of {name}axis"
    if len(ends) != 2:
        raise CannotDraw(f"{where} has {len(ends)} ends; give two")
    if kind == "date":
        return milliseconds(ends[0], where), milliseconds(ends[1], where)
    remedy = "give two finite numbers"
    return number(ends[0], where, remedy), number(ends[1], where, remedy)


def _coordinate(
    value: float | int | str, kind: str, categories: tuple[str, ...], name: str
) -> float:
    """Return a value in the unit of Axis.low and Axis.high."""
    if kind == "category":
        if str(value) in categories:
            return float(categories.index(str(value)))
        if isinstance(value, str):
            raise CannotDraw(f"{name} has no category {value!r}; it has {list(categories)}")
    if kind == "date":
        return milliseconds(value, name)
    at = number(value, name)
    if kind == "log" and at <= 0:
        raise CannotDraw(f"{name} has {value} on a log axis; leave it out, or use a linear axis")
    return math.log10(at) if kind == "log" else at


def _categories(known: Sequence[float | int | str], options: Mapping[str, Any]) -> tuple[str, ...]:
    if options.get("categoryorder") not in (None, "trace", "array"):
        raise CannotDraw(
            "categoryorder must be 'array'; sort the values before plotting, or give categoryarray"
        )
    first = [str(name) for name in options.get("categoryarray") or ()]
    return tuple(dict.fromkeys(first + [str(value) for value in known]))


def _span(
    coordinates: Sequence[float], *, zero: bool, pad: bool, cells: bool, alone: float
) -> tuple[float, float]:
    """Return the ends of an axis; alone: the room on each side of a single value."""
    low, high = min(coordinates), max(coordinates)
    if cells:
        steps = sorted(set(coordinates))
        half = (steps[1] - steps[0]) / 2 if len(steps) > 1 else alone
        return low - half, high + half
    if zero:
        low, high = min(low, 0.0), max(high, 0.0)
    if low == high:
        alone = max(alone, abs(low) / 1e6)
        low, high = (low - alone, high + alone) if not zero else (low, high + 1)
    room = (high - low) * 0.05 if pad else 0.0
    return (low if zero and low == 0 else low - room), (high if zero and high == 0 else high + room)


def _ticks(axis: Axis, options: Mapping[str, Any], wanted: int, least: float) -> tuple[Tick, ...]:
    """Return the ticks of an axis, about `wanted`; least: the smallest step of dates, in ms."""
    values: list[float | str]
    texts: Sequence[Any] = ()
    before, behind = (options.get(name) or "" for name in ("tickprefix", "ticksuffix"))
    if options.get("tickvals") is not None:
        values = list(options["tickvals"])
    elif axis.kind == "category":
        values = list(axis.categories)
    elif axis.kind == "log":
        values = list(log_steps(axis.low, axis.high, wanted))
    elif axis.kind == "date":
        if options.get("dtick"):
            raise CannotDraw(
                f"dtick of {axis.name}axis, which has dates, is not drawn; give tickvals instead"
            )
        form = options.get("tickformat") or ""
        pairs = date_ticks(axis.low, axis.high, options.get("nticks") or wanted, least, form)
        values = [value for value, _ in pairs]
        texts = [f"{before}{text}{behind}" for _, text in pairs]
    else:
        values = _steps(axis, options, wanted)
    positions = [axis.position(value) for value in values]
    texts = options.get("ticktext") or texts
    texts = texts or [label(value, axis.kind, values, options) for value in values]
    if len(texts) != len(values):
        raise CannotDraw(
            f"{axis.name}axis has {len(values)} tickvals and {len(texts)} ticktext; give as many"
        )
    ticks = (
        Tick(value, position, str(text))
        for value, position, text in zip(values, positions, texts, strict=True)
    )
    edge = 1e-9
    return tuple(tick for tick in ticks if -edge <= tick.position <= 1 + edge)


def _steps(axis: Axis, options: Mapping[str, Any], wanted: int) -> list[float | str]:
    """Return the multiples of a step on an axis: of dtick, or of a round number."""
    step = options.get("dtick") or nice_step(axis.high - axis.low, options.get("nticks") or wanted)
    step = number(step, f"dtick of {axis.name}axis")
    if step < (axis.high - axis.low) / MOST_TICKS:
        raise CannotDraw(
            f"dtick of {axis.name}axis is {step:g}; give one that makes {MOST_TICKS:,} ticks or"
            " fewer"
        )
    first, last = math.ceil(axis.low / step - 1e-9), math.floor(axis.high / step + 1e-9)
    return [float(f"{at * step:.15g}") for at in range(first, last + 1)]
