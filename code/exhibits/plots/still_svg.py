"""Draw a Plotly figure as a still SVG: traces on a grid, and tick labels where they have room.

What: text, strokes and points have the same size on a phone as on a large screen, while the plot
area takes the available room (see `exhibits.plots.svg_units`). Colours are the CSS variables of
exhibits.css, so the drawing follows the theme. It can have lines, points, areas, error bars, bars,
heat maps, shapes and annotations, on axes of numbers, categories and dates. Left out: everything
else, which is refused.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from exhibits.base.exhibit import escape, one_line
from exhibits.plots.annotations import draw_note, draw_shape
from exhibits.plots.axes import Axis, Value, make_axis
from exhibits.plots.bars import Bar, bars_of, draw_bars
from exhibits.plots.heatmap import draw_heat, heat_range
from exhibits.plots.scatter import draw_scatter
from exhibits.plots.supported_attributes import colour, errors, kind, mode, refuse_unknown, xs, ys
from exhibits.plots.svg_units import per_cent

CHARACTER = 7.3  # px of one character of a tick label at 12 px, a little generous
PHONE, DESK = 290, 600  # px of plot area
SLANT = 38  # degrees
LINE = 15  # px between two lines of a label
X_TICKS, Y_TICKS = 8, 6  # about how many


@dataclass(frozen=True)
class Drawing:
    """A still drawing, with the axes and colours that the live plot shares with it.

    svg: the markup, which fills its box; colours: one per trace, as CSS
    heat: of a heat map the low end, the middle or None, and the high end; else None
    """

    svg: str
    x: Axis
    y: Axis
    colours: tuple[str, ...]
    heat: tuple[float, float | None, float] | None


def draw_still(
    data: Sequence[Mapping[str, Any]], layout: Mapping[str, Any], alt: str, description: str = ""
) -> Drawing:
    """Draw the traces of a figure.

    data, layout: as `Figure.to_dict()` gives them
    alt, description: what the figure shows, and a longer text, for a screen reader

    Raises: CannotDraw, which names what is not supported and the remedy.

    >>> drawing = draw_still([{"type": "scatter", "y": [0, 10]}], {}, "a rising line")
    >>> [tick.label for tick in drawing.y.ticks]
    ['0', '2', '4', '6', '8', '10']
    """
    refuse_unknown(data, layout)
    heat = heat_range(data) if any(kind(trace) == "heatmap" for trace in data) else None
    lying = any(trace.get("orientation") == "h" for trace in data)
    bars = bars_of(data, layout, lying=lying)
    x, y = _axes(data, layout, bars, lying=lying, cells=heat is not None)
    colours = tuple(colour(trace, number) for number, trace in enumerate(data))
    parts = [_grid(x, y)]
    parts += [draw_shape(shape, x, y) for shape in layout.get("shapes") or ()]
    previous: Mapping[str, Any] | None = None
    clipped = any((layout.get(f"{axis.name}axis") or {}).get("range") for axis in (x, y))
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


def _axes(
    data: Sequence[Mapping[str, Any]],
    layout: Mapping[str, Any],
    bars: Sequence[Bar],
    *,
    lying: bool,
    cells: bool,
) -> tuple[Axis, Axis]:
    """Return the axes x and y, on which all points, error bars and bars fit."""
    across: list[Value] = [value for trace in data for value in xs(trace)]
    upward: list[Value] = [value for trace in data for value in ys(trace)]
    upward += [end for trace in data for ends in errors(trace) for end in ends]
    (across if lying else upward).extend(end for bar in bars for end in (bar.low, bar.high))
    markers = any("markers" in mode(trace) for trace in data if kind(trace) == "scatter")
    area = any(trace.get("fill") == "tozeroy" for trace in data)
    upright, sideways = bool(bars) and not lying, bool(bars) and lying
    x = make_axis(
        "x",
        across,
        layout.get("xaxis") or {},
        from_zero=sideways,
        pad=markers or lying,
        cells=cells,
        dates=not cells and not upright,
        ticks=X_TICKS,
    )
    y = make_axis(
        "y",
        upward,
        layout.get("yaxis") or {},
        from_zero=area or upright,
        cells=cells,
        dates=not cells and not sideways,
        ticks=Y_TICKS,
    )
    return x, y


def fits(x: Axis, room: int) -> bool:
    """Return whether the labels of the x axis fit side by side into a width of `room` px."""
    longest = max((len(tick.label) for tick in x.ticks), default=0)
    return (longest + 1) * CHARACTER * len(x.ticks) <= room


def label_lines(text: str) -> list[str]:
    """Cut a label in two, at the space or after the hyphen nearest to its middle, if it has one.

    >>> label_lines("counting, two words back"), label_lines("gpt2-medium"), label_lines("cat")
    (['counting, two', 'words back'], ['gpt2-', 'medium'], ['cat'])
    """
    cuts = [at for at, char in enumerate(text) if char in " -" and 0 < at < len(text) - 1]
    if not cuts:
        return [text]
    cut = min(cuts, key=lambda at: abs(at - len(text) / 2))
    return [text[: cut + 1].rstrip(" "), text[cut + 1 :]]


def setting(x: Axis, room: int) -> str:
    """Return how the names of an x axis fit into `room` px: straight, in two lines, or slanted."""
    if fits(x, room):
        return "straight"
    longest = max(len(line) for tick in x.ticks for line in label_lines(tick.label))
    return "two lines" if (longest + 1) * CHARACTER * len(x.ticks) <= room else "aslant"


def _grid(x: Axis, y: Axis) -> str:
    down = [per_cent(tick.position) for tick in x.ticks] if x.grid else []
    over = [per_cent(1 - tick.position) for tick in y.ticks] if y.grid else []
    lines = "".join(f'<line x1="{at}" x2="{at}" y1="0" y2="100%"/>' for at in down)
    lines += "".join(f'<line x1="0" x2="100%" y1="{at}" y2="{at}"/>' for at in over)
    return (
        f'<g class="ex-grid">{lines}<line class="ex-base" x1="0" x2="100%" y1="100%"'
        ' y2="100%"/></g>'
    )


def _labels(x: Axis, y: Axis) -> str:
    """Draw the ticks' labels: where a phone has no room, of numbers every other one."""
    texts = []
    for number, tick in enumerate(x.ticks):
        at = per_cent(tick.position)
        if x.kind != "category":
            wide = "" if fits(x, PHONE) or number % 2 == 0 else ' class="ex-wide"'
            texts.append(_name(tick.label, at, "straight", wide))
            continue
        phone, desk = setting(x, PHONE), setting(x, DESK)
        kinds = (
            {phone: ""}
            if phone == desk
            else {desk: ' class="ex-wide"', phone: ' class="ex-narrow"'}
        )
        texts += [_name(tick.label, at, kind, shown) for kind, shown in kinds.items()]
    for tick in y.ticks:
        at, text = per_cent(1 - tick.position), escape(tick.label)
        texts.append(f'<text text-anchor="end" x="-8" y="{at}" dy="4">{text}</text>')
    return f'<g class="ex-ticks">{"".join(texts)}</g>'


def _name(label: str, at: str, kind: str, shown: str) -> str:
    """Draw a label of the x axis; kind: as `setting` returns it; shown: where it is, as a class."""
    if kind == "aslant":
        return (
            f'<svg{shown} x="{at}" y="100%" overflow="visible"><text text-anchor="end"'
            f' transform="rotate(-{SLANT})" x="-4" y="12">{escape(label)}</text></svg>'
        )
    if kind == "straight":
        return f'<text{shown} text-anchor="middle" x="{at}" y="100%" dy="18">{escape(label)}</text>'
    lines = "".join(
        f'<tspan x="{at}" dy="{LINE if number else 18}">{escape(line)}</tspan>'
        for number, line in enumerate(label_lines(label))
    )
    return f'<text{shown} text-anchor="middle" x="{at}" y="100%">{lines}</text>'
