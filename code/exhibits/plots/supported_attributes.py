"""List the attributes of a Plotly figure that the still drawing supports, refuse all others, and
read a trace's points, colour and error bars.

What: a drawing that differs from the live plot would mislead, so an unsupported attribute raises an
error with its name and the remedy. Hover texts are accepted, since only the live plot shows them.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

from exhibits.plots.axes import Value
from exhibits.plots.ticks import CannotDraw, missing, number

HUES = 8  # --hue-1 to --hue-8 in exhibits.css
AREA_OPACITY = 0.18  # of an area or a box; exhibits.css has the same

HOVER = {"hovertemplate", "hoverinfo", "hovertext", "customdata", "hoverlabel", "meta", "ids"}
COMMON = {"type", "x", "y", "name", "showlegend", "legendgroup", "opacity", "uid"} | HOVER
TRACE_KNOWS: Mapping[str, set[str]] = {
    "scatter": (
        COMMON
        | {"mode", "line", "marker", "fill", "error_y", "text", "textposition", "connectgaps"}
    ),
    "bar": COMMON | {"orientation", "marker", "error_y", "text", "textposition"},
    "heatmap": COMMON | {"z", "zmin", "zmax", "zmid", "showscale", "colorbar"},
}
PART_KNOWS: Mapping[str, set[str]] = {
    "line": {"color", "width", "dash", "shape"},
    "marker": {"color", "size", "symbol", "opacity"},
    "error_y": set("type array arrayminus symmetric visible color thickness width".split()),
    "colorbar": {"title"},
}
LAYOUT_KNOWS = set(
    "template xaxis yaxis barmode bargap showlegend shapes annotations hovermode margin legend"
    " dragmode".split()
)
SHAPE_KNOWS = set("type x0 x1 y0 y1 xref yref line fillcolor opacity layer name".split())
NOTE_KNOWS = set("text x y xref yref showarrow xanchor yanchor xshift yshift ax ay font".split())
OR_NONE = "give finite numbers, or None where one is missing"
DASHES = {"solid": "", "dash": "7 5", "dot": "2 4", "dashdot": "7 4 2 4", "longdash": "12 6"}


def refuse_unknown(data: Sequence[Mapping[str, Any]], layout: Mapping[str, Any]) -> None:
    """Raise CannotDraw for the first attribute that the still drawing does not support.

    data, layout: as `Figure.to_dict()` gives them

    >>> refuse_unknown([{"type": "scatter", "y": [5, 7]}], {"showlegend": False})
    """
    if not data:
        raise CannotDraw("the figure has no traces; add one")
    for count, trace in enumerate(data):
        sort = kind(trace)
        if sort not in TRACE_KNOWS:
            raise CannotDraw(
                f"trace {count} is a {trace['type']}; the still drawing knows {sorted(TRACE_KNOWS)}"
            )
        _refuse(f"trace {count} ({sort})", trace, TRACE_KNOWS[sort])
        _check_values(f"trace {count} ({sort})", trace, same_length=sort != "heatmap")
        for part, known in PART_KNOWS.items():
            _refuse(f"{part} of trace {count} ({sort})", trace.get(part) or {}, known)
    _refuse("layout", layout, LAYOUT_KNOWS)
    for shape in layout.get("shapes") or ():
        _refuse("a shape", shape, SHAPE_KNOWS)
        if shape.get("type") not in ("line", "rect"):
            raise CannotDraw(
                f"a shape is a {shape.get('type')!r}; the still drawing knows line and rect"
            )
        _need("a shape", shape, ("x0", "x1", "y0", "y1"))
    for note in layout.get("annotations") or ():
        _refuse("an annotation", note, NOTE_KNOWS)
        _need("an annotation", note, ("x", "y", "text"))


def _refuse(where: str, given: Mapping[str, Any], known: set[str]) -> None:
    unknown = sorted(set(given) - known)
    if unknown:
        raise CannotDraw(f"{where} has {unknown}; the still drawing knows {sorted(known - HOVER)}")


def _need(where: str, given: Mapping[str, Any], names: Sequence[str]) -> None:
    for name in names:
        if given.get(name) is None:
            raise CannotDraw(f"{where} has no {name}; give it one")


def _check_values(where: str, trace: Mapping[str, Any], *, same_length: bool) -> None:
    lengths = {name: len(trace[name]) for name in ("x", "y") if trace.get(name) is not None}
    if same_length and len(set(lengths.values())) > 1:
        raise CannotDraw(f"{where} has {lengths['x']} x and {lengths['y']} y; give as many of each")
    for name in lengths:
        for value in trace[name]:
            if not (missing(value) or isinstance(value, str)):
                number(value, f"{name} of {where}", OR_NONE)


def kind(trace: Mapping[str, Any]) -> str:
    """Return the type of a trace; "scattergl" counts as "scatter", which looks the same.

    >>> kind({"type": "scattergl"})
    'scatter'
    """
    return "scatter" if trace.get("type") == "scattergl" else str(trace.get("type"))


def mode(trace: Mapping[str, Any]) -> str:
    """Return the mode of a scatter trace; by default, as in Plotly, markers below 20 points.

    >>> mode({"y": [1, 2]}), mode({"y": [0] * 20})
    ('lines+markers', 'lines')
    """
    return str(
        trace.get("mode") or ("lines+markers" if len(trace.get("y") or ()) < 20 else "lines")
    )


def colour(trace: Mapping[str, Any], number: int) -> str:
    """Return the colour of a trace: its own CSS variable, else the hue for its index.

    >>> colour({}, 8), colour({"line": {"color": "var(--machine)"}}, 0)
    ('var(--hue-1)', 'var(--machine)')
    """
    for part in ("line", "marker"):
        given = (trace.get(part) or {}).get("color")
        if given is not None:
            return token(given)
    return f"var(--hue-{number % HUES + 1})"


def token(given: object) -> str:
    """Return a colour, after checking that it is a CSS variable of exhibits.css.

    Raises: CannotDraw if it is not.

    >>> token("var(--hue-1)")
    'var(--hue-1)'
    """
    if not isinstance(given, str) or not re.fullmatch(r"var\(--[a-z0-9-]+\)", given):
        raise CannotDraw(
            f"a colour is {given!r}; use a token, as 'var(--hue-1)', so that it follows the theme"
        )
    return given


def one_of(given: object, known: Sequence[str], what: str) -> str:
    """Return an option's value, after checking that it is in `known`; what: its name.

    Raises: CannotDraw if it is not.

    >>> one_of("hv", ("linear", "hv"), "line.shape")
    'hv'
    """
    if given not in known:
        raise CannotDraw(f"{what} is {given!r}; the still drawing knows {list(known)}")
    return str(given)


def xs(trace: Mapping[str, Any]) -> list[Value]:
    """Return the x of a trace; by default the numbers from 0, as in Plotly.

    >>> xs({"type": "scatter", "y": [5, 7]})
    [0, 1]
    """
    given = trace.get("x")
    if given is not None:
        return list(given)
    if trace["type"] == "heatmap":
        return list(range(len(trace["z"][0])))
    return list(range(len(trace.get("y") or ())))


def ys(trace: Mapping[str, Any]) -> list[Value]:
    """Return the y of a trace; by default the numbers from 0, as in Plotly.

    >>> ys({"type": "scatter", "y": [5, 7]})
    [5, 7]
    """
    given = trace.get("y")
    if given is not None:
        return list(given)
    return list(range(len(trace["z"] if trace["type"] == "heatmap" else trace.get("x") or ())))


def errors(trace: Mapping[str, Any]) -> list[tuple[float, float]]:
    """Return the ends (low, high) of a trace's error bars, one pair per point; [] without any.

    Raises: CannotDraw if the error bars have no lengths, or not as many as there are points.

    >>> errors({"type": "scatter", "y": [5, 7], "error_y": {"array": [1, 2]}})
    [(4.0, 6.0), (5.0, 9.0)]
    """
    error = trace.get("error_y") or {}
    if not error or error.get("visible") is False:
        return []
    if error.get("array") is None:
        raise CannotDraw("error_y has no array; give the lengths themselves, one per point")
    above = list(error["array"])
    below = list(error["arrayminus"]) if error.get("arrayminus") is not None else above
    if not len(above) == len(below) == len(ys(trace)):
        raise CannotDraw(
            f"error_y has {len(above)} lengths for {len(ys(trace))} points; give as many"
        )
    return [_around(*ends) for ends in zip(ys(trace), above, below, strict=True)]


def _around(at: Value, up: object, down: object) -> tuple[float, float]:
    """Return the ends of an error bar; NaN where a value is missing."""
    if missing(at) or missing(up) or missing(down):
        return math.nan, math.nan
    middle = number(at, "y", OR_NONE)
    return middle - number(down, "error_y", OR_NONE), middle + number(up, "error_y", OR_NONE)
