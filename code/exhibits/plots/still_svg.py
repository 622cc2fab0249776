"""A Plotly figure as a still drawing in SVG: it stands on the page before, without and instead of
any script.

The drawing is fluid: text, strokes and points have the same size on a phone as on a desk, while the
plot area takes the room there is (`ink` says how). Its colours are the tokens of exhibits.css, so
it follows the theme by itself.

It knows lines, points, areas, error bars, bars, heat maps, straight lines, boxes and notes, on axes
of numbers, names and dates. The rest is refused.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from exhibits.base.exhibit import escape, one_line
from exhibits.plots.annotations import draw_note, draw_shape
from exhibits.plots.axes import Axis, Value, make_axis
from exhibits.plots.bars import bars_of, draw_bars
from exhibits.plots.heatmap import draw_heat, heat_range
from exhibits.plots.scatter import draw_scatter
from exhibits.plots.supported_attributes import colour, errors, kind, mode, refuse_unknown, xs, ys
from exhibits.plots.svg_units import per_cent

CHARACTER = 7.3  # px of one character of a tick label at 12 px, a little generous
PHONE, DESK = 290, 600  # px of plot area
SLANT = 38  # degrees
X_TICKS, Y_TICKS = 8, 6  # about how many


@dataclass(frozen=True)
class Drawing:
    """A still and what the live plot must share with it.

    svg: fills its box; x, y: the axes; colours: one per trace, as CSS; heat: (low, middle or None,
    high) of the heat map's scale
    """

    svg: str
    x: Axis
    y: Axis
    colours: tuple[str, ...]
    heat: tuple[float, float | None, float] | None


def draw(
    data: Sequence[Mapping[str, Any]], layout: Mapping[str, Any], alt: str, description: str = ""
) -> Drawing:
    """Draw the traces of a figure.

    data, layout: as `Figure.to_dict()` gives them; alt: the name of the drawing; description: more
    of it

    Raises: CannotDraw, naming what is not known and what to do instead.

    >>> drawing = draw([{"type": "scatter", "y": [0, 10]}], {}, "a rising line")
    >>> [tick.label for tick in drawing.y.ticks]
    ['0', '2', '4', '6', '8', '10']
    """
    refuse_unknown(data, layout)
    heat = heat_range(data) if any(kind(trace) == "heatmap" for trace in data) else None
    lying = any(trace.get("orientation") == "h" for trace in data)
    bars = bars_of(data, layout, lying=lying)
    points = any("markers" in mode(trace) for trace in data if kind(trace) == "scatter")
    area = any(trace.get("fill") == "tozeroy" for trace in data)
    across: list[Value] = [value for trace in data for value in xs(trace)]
    upward: list[Value] = [value for trace in data for value in ys(trace)]
    upward += [end for trace in data for ends in errors(trace) for end in ends]
    (across if lying else upward).extend(end for bar in bars for end in (bar.low, bar.high))
    options = {name: layout.get(name) or {} for name in ("xaxis", "yaxis")}
    zero = {"x": lying and bool(bars), "y": area or (bool(bars) and not lying)}
    # a bar starts at zero, which a log axis does not have
    for name, values in (("x", across), ("y", upward)):
        if zero[name] and options[f"{name}axis"].get("type") == "log":
            values[:] = [value for value in values if isinstance(value, float | int) and value > 0]
    x = make_axis(
        "x",
        across,
        options["xaxis"],
        cells=heat is not None,
        ticks=X_TICKS,
        from_zero=zero["x"],
        pad=points or lying,
        dates=heat is None and (lying or not bars),
    )
    y = make_axis(
        "y",
        upward,
        options["yaxis"],
        cells=heat is not None,
        ticks=Y_TICKS,
        from_zero=zero["y"],
        dates=heat is None and not (bars and lying),
    )

    colours = tuple(colour(trace, number) for number, trace in enumerate(data))
    parts = [_grid(x, y)]
    parts += [draw_shape(shape, x, y) for shape in layout.get("shapes") or ()]
    previous: Mapping[str, Any] | None = None
    clipped = any(given.get("range") is not None for given in options.values())
    for trace, ink in zip(data, colours, strict=True):
        if kind(trace) == "scatter":
            parts.append(draw_scatter(trace, previous, x, y, ink, clipped=clipped))
            previous = trace
        elif heat is not None:
            parts.append(draw_heat(trace, heat, x, y))
    parts.append(draw_bars(bars, data, colours, x, y, lying=lying))
    parts.append(_labels(x, y))
    parts += [draw_note(note, x, y) for note in layout.get("annotations") or ()]
    more = f"<desc>{escape(one_line(description))}</desc>" if description else ""
    svg = f'<svg role="img"><title>{escape(one_line(alt))}</title>{more}{"".join(parts)}</svg>'
    return Drawing(svg, x, y, colours, heat)


def fits(x: Axis, room: int) -> bool:
    """True if the labels along x stand beside each other in so many px."""
    longest = max((len(tick.label) for tick in x.ticks), default=0)
    return (longest + 1) * CHARACTER * len(x.ticks) <= room


def _grid(x: Axis, y: Axis) -> str:
    down = [per_cent(tick.place) for tick in x.ticks] if x.grid else []
    over = [per_cent(1 - tick.place) for tick in y.ticks] if y.grid else []
    lines = "".join(f'<line x1="{at}" x2="{at}" y1="0" y2="100%"/>' for at in down)
    lines += "".join(f'<line x1="0" x2="100%" y1="{at}" y2="{at}"/>' for at in over)
    return (
        f'<g class="ex-grid">{lines}<line class="ex-base" x1="0" x2="100%" y1="100%"'
        ' y2="100%"/></g>'
    )


def _labels(x: Axis, y: Axis) -> str:
    """The ticks' labels. Where a phone has no room, every other number is for the desk alone, and
    names stand aslant.
    """
    found = []
    for number, tick in enumerate(x.ticks):
        at, text = per_cent(tick.place), escape(tick.label)
        straight = f'text-anchor="middle" x="{at}" y="100%" dy="18">{text}</text>'
        turned = (
            f'x="{at}" y="100%" overflow="visible"><text text-anchor="end"'
            f' transform="rotate(-{SLANT})" x="-4" y="12">'
        )
        if fits(x, PHONE) or (x.kind != "category" and number % 2 == 0):
            found.append(f"<text {straight}")
        elif x.kind != "category":
            found.append(f'<text class="ex-wide" {straight}')
        elif fits(x, DESK):
            found.append(
                f'<text class="ex-wide" {straight}<svg class="ex-narrow"'
                f" {turned}{text}</text></svg>"
            )
        else:
            found.append(f"<svg {turned}{text}</text></svg>")
    for tick in y.ticks:
        at, text = per_cent(1 - tick.place), escape(tick.label)
        found.append(f'<text text-anchor="end" x="-8" y="{at}" dy="4">{text}</text>')
    return f'<g class="ex-ticks">{"".join(found)}</g>'
