"""Write a figure as JSON for the live plot, with all defaults of the still drawing made explicit.

What: a colour stays a CSS variable, which exhibits.js resolves after each change of theme. Markup
in a figure's texts (names, categories, hover texts) is escaped; only hover templates, which the
page's author writes, may have markup.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from exhibits.base.exhibit import one_line
from exhibits.base.json_embed import literal
from exhibits.plots.axes import Axis
from exhibits.plots.heatmap import cell_texts
from exhibits.plots.still_svg import (
    CHARACTER,
    DESK,
    LINE,
    PHONE,
    SLANT,
    Drawing,
    fits,
    label_lines,
    setting,
)
from exhibits.plots.supported_attributes import AREA_OPACITY, DASHES, kind, mode, token

TEXTS = ("name", "text", "hovertext", "customdata", "x", "y")  # strings in these are literal
TOP, RIGHT, BOTTOM = 10, 14, 28  # px around the plot area; exhibits.css has the first


def live(
    data: Sequence[Mapping[str, Any]], layout: Mapping[str, Any], drawing: Drawing, alt: str
) -> object:
    """Return the figure that exhibits.js gives to Plotly, as values for JSON.

    data, layout: as `Figure.to_dict()` gives them; drawing: their still drawing; alt: as for `plot`
    """
    room = margins(drawing)
    traces = [
        _live_trace(trace, ink, drawing) for trace, ink in zip(data, drawing.colours, strict=True)
    ]
    own = {name: layout[name] for name in ("barmode", "bargap", "hovermode") if name in layout}
    shapes = [_live_shape(shape) for shape in layout.get("shapes") or ()]
    notes = [
        note
        | {
            "text": literal(note["text"]).replace("&lt;br&gt;", "<br>"),
            "arrowhead": 0,
            "arrowwidth": 1,
            "arrowcolor": "var(--ink-soft)",
        }
        for note in layout.get("annotations") or ()
    ]
    return {
        "alt": one_line(alt),
        "data": traces,
        "layout": own
        | {"xaxis": _live_axis(drawing.x, layout.get("xaxis") or {}, room)}
        | {"yaxis": _live_axis(drawing.y, layout.get("yaxis") or {}, room)}
        | {"margin": {"l": room.left, "r": room.right, "t": TOP, "b": room.bottom, "pad": 0}}
        | ({"shapes": shapes} if shapes else {})
        | ({"annotations": notes} if notes else {}),
    }


@dataclass(frozen=True)
class Margins:
    """The room for labels around the plot area, in px; bottom_narrow: on a phone."""

    left: int
    right: int
    bottom: int
    bottom_narrow: int


def margins(drawing: Drawing) -> Margins:
    """Return the room that the labels of a drawing need."""
    labels = [tick.label for tick in drawing.x.ticks]
    aslant = 18 + round(
        min(max(map(len, labels), default=1), 24) * CHARACTER * math.sin(math.radians(SLANT))
    )
    named = drawing.x.kind == "category"
    heights = {"straight": BOTTOM, "two lines": BOTTOM + LINE, "aslant": aslant}
    narrow, wide = (
        heights[setting(drawing.x, room)] if named else BOTTOM for room in (PHONE, DESK)
    )
    left = 12 + round(max((len(tick.label) for tick in drawing.y.ticks), default=1) * CHARACTER)
    if narrow == aslant:  # the first label extends to the left
        first = len(labels[0]) * CHARACTER * math.cos(math.radians(SLANT))
        left = max(left, round(first - 300 / len(labels) / 2))
    last = drawing.x.ticks[-1] if labels else None
    over = (
        round(len(last.label) * CHARACTER / 2) if last and not named and last.position > 0.97 else 0
    )
    return Margins(left, max(RIGHT, over), wide, narrow)


def _live_axis(axis: Axis, options: Mapping[str, Any], room: Margins) -> dict[str, Any]:
    own = {
        name: options[name]
        for name in ("tickformat", "ticksuffix", "tickprefix", "hoverformat")
        if name in options
    }
    live = own | {
        "type": axis.kind,
        "range": axis.ends,
        "showgrid": axis.grid,
        "tickvals": literal([tick.value for tick in axis.ticks]),
        "ticktext": literal([tick.label for tick in axis.ticks]),
        "tickangle": 0,
    }
    if axis.kind == "category":
        live |= {"categoryorder": "array", "categoryarray": literal(list(axis.categories))}
    if axis.name == "x" and axis.kind == "category":
        live |= _set_names(axis, DESK)
        live["narrow"] = {"axis": _set_names(axis, PHONE), "bottom": room.bottom_narrow}
    elif axis.name == "x" and not fits(axis, PHONE):
        some = {name: live[name][::2] for name in ("tickvals", "ticktext")}
        live["narrow"] = {"axis": some, "bottom": room.bottom_narrow}
    return live


def _set_names(axis: Axis, room: int) -> dict[str, Any]:
    """Return Plotly's settings for category names in a width of `room` px, as in the drawing."""
    kind = setting(axis, room)
    names = [
        label_lines(tick.label) if kind == "two lines" else [tick.label] for tick in axis.ticks
    ]
    return {
        "tickangle": -SLANT if kind == "aslant" else 0,
        "ticktext": ["<br>".join(literal(lines)) for lines in names],
    }


def _live_trace(trace: Mapping[str, Any], ink: str, drawing: Drawing) -> dict[str, Any]:
    live = {name: literal(value) if name in TEXTS else value for name, value in trace.items()}
    live.pop("uid", None)
    sort = kind(trace)
    if sort == "heatmap":
        assert drawing.heat is not None
        low, middle, high = drawing.heat
        live |= {
            "zmin": low,
            "zmax": high,
            "showscale": False,
            "colorscale": _scale(middle is not None),
        }
        if texts := cell_texts(trace["z"]):
            live |= {"text": texts, "texttemplate": "%{text}", "xgap": 2, "ygap": 2}
        return {name: value for name, value in live.items() if name not in ("zmid", "colorbar")}
    if sort == "bar":
        if trace.get("text") is not None:
            live |= {"textposition": "outside", "cliponaxis": False}
        live["marker"] = dict(trace.get("marker") or {}) | {"color": ink}
    else:
        live["mode"] = mode(trace)
        live["line"] = {"width": 2} | _dashed(trace.get("line") or {}) | {"color": ink}
        live["marker"] = {"size": 6} | dict(trace.get("marker") or {}) | {"color": ink}
        if trace.get("fill"):
            live["fillcolor"] = f"{ink} {AREA_OPACITY}"
    if trace.get("error_y"):
        error = "var(--ink)" if sort == "bar" else ink
        live["error_y"] = dict(trace["error_y"]) | {"color": error, "width": 0, "thickness": 1.5}
    return live


def _scale(diverging: bool) -> list[list[Any]]:
    """Return the heat map's colour scale, mixed as exhibits.css mixes it."""
    steps = [number / 8 for number in range(9)]

    def mix(share: float) -> str:
        if not diverging:
            return f"color-mix(in oklab, var(--heat-high) {share:.0%}, var(--heat-low))"
        end = "--heat-above" if share > 0.5 else "--heat-below"
        return f"color-mix(in oklab, var({end}) {abs(2 * share - 1):.0%}, var(--heat-middle))"

    return [[step, mix(step)] for step in steps]


def _live_shape(shape: Mapping[str, Any]) -> dict[str, Any]:
    line = shape.get("line") or {}
    ink = token(line.get("color") or shape.get("fillcolor") or "var(--ink-soft)")
    if shape["type"] == "rect":
        return dict(shape) | {
            "line": {"width": 0},
            "fillcolor": f"{ink} {AREA_OPACITY}",
            "layer": "below",
        }
    return dict(shape) | {"line": {"width": 1.5} | _dashed(line) | {"color": ink}}


def _dashed(line: Mapping[str, Any]) -> dict[str, Any]:
    """Write a named dash in px, so that it is as long as in the still at any width of the line."""
    dash = DASHES.get(str(line.get("dash")))
    return dict(line) | ({"dash": ",".join(f"{part}px" for part in dash.split())} if dash else {})
