"""Draw bars: side by side, stacked or overlaid, vertical or horizontal.

What: every bar belongs to a category. Left out: bars on a numeric axis, whose edges would cut off
the outer ones; they are refused.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from exhibits.base.exhibit import escape
from exhibits.plots.axes import Axis, Value
from exhibits.plots.supported_attributes import OR_NONE, errors, one_of, xs, ys
from exhibits.plots.svg_units import per_cent, stretched, unit
from exhibits.plots.ticks import CannotDraw, missing, number

BAR_GAP = 0.2  # of a category's slot; Plotly's default


@dataclass(frozen=True)
class Bar:
    """A bar: its trace and its index there, its category (name), and its ends (low, high).

    start, width: as fractions of a category's room, start counted from the category's centre
    """

    trace: int
    number: int
    name: Value
    start: float
    width: float
    low: float
    high: float


def bars_of(
    data: Sequence[Mapping[str, Any]], layout: Mapping[str, Any], *, lying: bool
) -> list[Bar]:
    """Return every bar of a figure.

    data, layout: as `Figure.to_dict()` gives them; lying: whether the bars are horizontal
    Raises: CannotDraw if a bar's category is a number, or `barmode` is unknown.

    >>> bars = bars_of([{"type": "bar", "x": ["a", "b"], "y": [1, 2]}], {}, lying=False)
    >>> [(bar.name, bar.low, bar.high) for bar in bars]
    [('a', 0.0, 1.0), ('b', 0.0, 2.0)]
    """
    traces = [(count, trace) for count, trace in enumerate(data) if trace["type"] == "bar"]
    mode = one_of(
        layout.get("barmode") or "group", ("group", "stack", "overlay", "relative"), "barmode"
    )
    gap = layout["bargap"] if layout.get("bargap") is not None else BAR_GAP
    width = (1 - gap) / (len(traces) if mode == "group" and traces else 1)
    tops: dict[tuple[Value, bool], float] = {}
    bars = []
    for index, (trace, row) in enumerate(traces):
        names, values = (ys(row), xs(row)) if lying else (xs(row), ys(row))
        for count, (name, value) in enumerate(zip(names, values, strict=True)):
            if not isinstance(name, str):
                raise CannotDraw(
                    f"a bar stands at the number {name}; give the categories as text, as '{name}'"
                )
            if missing(value):
                continue
            height = number(value, f"the bar {name!r}", OR_NONE)
            stacked = mode in ("stack", "relative")
            base = tops.get((name, height < 0), 0.0) if stacked else 0.0
            tops[name, height < 0] = base + height
            start = -(1 - gap) / 2 + (index * width if mode == "group" else 0)
            bars.append(Bar(trace, count, name, start, width, base, base + height))
    return bars


def draw_bars(
    bars: Sequence[Bar],
    data: Sequence[Mapping[str, Any]],
    colours: Sequence[str],
    x: Axis,
    y: Axis,
    *,
    lying: bool,
) -> str:
    """Return the SVG of bars, with their texts at the ends and their error bars."""
    names, values = (y, x) if lying else (x, y)
    slot = 1 / (names.high - names.low)
    parts, sticks = [], ""
    for bar in bars:
        centre = names.position(bar.name or "")
        start = centre + (-bar.start - bar.width if names.flipped else bar.start) * slot
        ends = [_end(at, values) for at in (bar.low, bar.high)]
        thick, length = bar.width * slot, abs(ends[1] - ends[0])
        middle = start + thick / 2
        corner = (min(ends), 1 - start - thick) if lying else (start, 1 - max(ends))
        size = (length, thick) if lying else (thick, length)
        at = zip(("x", "y", "width", "height"), (*corner, *size), strict=True)
        rectangle = " ".join(f'{name}="{per_cent(value)}"' for name, value in at)
        parts.append(f'<rect class="ex-bar" style="--c:{colours[bar.trace]}" {rectangle}/>')
        parts.append(_text(data[bar.trace], bar.number, ends[1], middle, lying))
        reach = errors(data[bar.trace])
        if reach and not lying and not missing(reach[bar.number][0]):
            low, high = (unit(1 - _end(at, values)) for at in reach[bar.number])
            sticks += f"M{unit(middle)} {low}V{high}"
    path = f'<path class="ex-line" style="--c:var(--ink);--w:1.5" d="{sticks}"/>' if sticks else ""
    return "".join(parts) + stretched(path)


def _end(at: float, values: Axis) -> float:
    if values.kind == "log" and at <= 0:
        return 0.0
    return min(1.0, max(0.0, values.position(at)))


def _text(trace: Mapping[str, Any], number: int, end: float, middle: float, lying: bool) -> str:
    texts = trace.get("text")
    if texts is None:
        return ""
    own = texts if isinstance(texts, str) else "".join(map(str, texts[number : number + 1]))
    text = escape(own)
    if lying:
        return (
            f'<text class="ex-word" x="{per_cent(end)}" y="{per_cent(1 - middle)}" dx="5"'
            f' dy="4">{text}</text>'
        )
    at = f'x="{per_cent(middle)}" y="{per_cent(1 - end)}"'
    return f'<text class="ex-word" text-anchor="middle" {at} dy="-5">{text}</text>'
