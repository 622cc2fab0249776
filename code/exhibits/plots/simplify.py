"""Simplify any Plotly figure into panels, one per pair of axes, that the still drawing can draw.

What: plotly.express writes colours and axes into every trace, and packs its arrays; here they
become plain. A figure with subplots or a second axis becomes one panel for each pair of axes, one
below another, since two scales in one picture suggest a comparison that is not valid. Left out:
fonts, backgrounds and sizes, which exhibits.css decides.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from exhibits.base.json_embed import plain, short
from exhibits.plots.summaries import summarised
from exhibits.plots.ticks import CannotDraw

COLORWAY = "#636efa #ef553b #00cc96 #ab63fa #ffa15a #19d3f3 #ff6692 #b6e880 #ff97ff #fecb52".split()
TRACE_LOOKS = {  # of a trace: defaults that are written out, and what the panels say already
    "xaxis", "yaxis", "alignmentgroup", "offsetgroup", "bingroup", "visible", "xhoverformat",
    "yhoverformat", "cliponaxis", "textfont", "coloraxis", "xbins",
}  # fmt: skip
LAYOUT_LOOKS = set(
    "template title width height font paper_bgcolor plot_bgcolor autosize boxmode uirevision"
    " coloraxis colorway barnorm bargroupgap violinmode".split()
)
AXIS_LOOKS = set(
    "anchor domain matches side overlaying position showticklabels scaleanchor scaleratio constrain"
    " showline linecolor linewidth gridcolor gridwidth griddash tickfont mirror automargin"
    " tickangle showspikes rangeslider ticks ticklen tickcolor zerolinecolor zerolinewidth"
    " visible layer minor".split()
)
SYMBOLS = {"diamond": "square", "cross": "square-open", "x": "circle-open"}
DEFAULTS = {"orientation": "v", "textposition": "auto", "opacity": 1}
ALIKE = 0.02  # of the figure's width: how far a title may be from the middle of its panel


@dataclass(frozen=True)
class Panel:
    """A figure on one pair of axes; title: written above it, "" for none."""

    data: list[dict[str, Any]]
    layout: dict[str, Any]
    title: str = ""


def panels(figure: Any) -> list[Panel]:
    """Return the panels of a figure, one per pair of axes, in reading order.

    figure: a plotly Figure, or its JSON as a mapping
    Raises: CannotDraw for a figure without traces.

    >>> [panel.title for panel in panels({"data": [{"type": "bar", "y": [1]}], "layout": {}})]
    ['']
    """
    whole = plain(figure if isinstance(figure, Mapping) else figure.to_dict())
    layout, pairs = whole.get("layout") or {}, dict[tuple[str, str], list[dict[str, Any]]]()
    traces = summarised(whole.get("data") or ())
    many = len({_pair(trace) for trace in traces}) > 1
    for number, trace in enumerate(traces):
        pairs.setdefault(_pair(trace), []).append(_trace(trace, number, many))
    if not pairs:
        raise CannotDraw("the figure has no traces; add one")
    titles = _titles(layout, list(pairs)) if many else {}
    heading = str((layout.get("title") or {}).get("text") or "")
    for data in pairs.values():
        if all(trace.get("type") == "bar" for trace in data):
            data[:] = map(_with_names, data)
    order = sorted(pairs, key=lambda pair: _place(layout, pair))
    made = [
        Panel(pairs[pair], _layout(layout, pair, pairs[pair], many), titles.get(pair, ""))
        for pair in order
    ]
    named = " – ".join(filter(None, [heading, made[0].title]))
    return [Panel(made[0].data, made[0].layout, named), *made[1:]]


def _pair(trace: Mapping[str, Any]) -> tuple[str, str]:
    return str(trace.get("xaxis") or "x"), str(trace.get("yaxis") or "y")


def _axis(layout: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Return the options of the axis "x2", which layout has as xaxis2."""
    return dict(layout.get(f"{name[0]}axis{name[1:]}") or {})


def _place(layout: Mapping[str, Any], pair: tuple[str, str]) -> tuple[float, float]:
    """Return the position of a pair of axes: from the top, and from the left."""
    x, y = (_axis(layout, name).get("domain") or [0, 1] for name in pair)
    return -float(y[1]), float(x[0])


def _trace(trace: dict[str, Any], number: int, many: bool) -> dict[str, Any]:
    """Return a trace without its styling; one of Plotly's own colours becomes a hue of ours."""
    own = {
        key: value
        for key, value in trace.items()
        if key not in TRACE_LOOKS and value != DEFAULTS.get(key, object()) and value is not None
    }
    template = str(own.pop("texttemplate", ""))
    if template and own.get("type") == "bar" and "text" not in own:
        own["text"] = [short(value) for value in own["x" if "{x}" in template else "y"]]
    for part in ("line", "marker"):
        if isinstance(own.get(part), dict):
            own[part] = _part(own[part])
    part = "line" if own.get("type", "scatter").startswith("scatter") else "marker"
    if many and own.get("type") != "heatmap":
        own[part] = {"color": f"var(--hue-{number % 8 + 1})"} | (own.get(part) or {})
    return own


def _part(part: dict[str, Any]) -> dict[str, Any]:
    """Return a line or a marker without the options that equal Plotly's defaults."""
    own = {key: value for key, value in part.items() if key not in ("pattern", "coloraxis")}
    colour = str(own.get("color", "")).lower()
    if colour in COLORWAY:
        own["color"] = f"var(--hue-{COLORWAY.index(colour) % 8 + 1})"
    elif isinstance(own.get("color"), str) and not colour.startswith("var("):
        del own["color"]  # the trace has a hue of the theme
    elif isinstance(own.get("color"), list):
        raise CannotDraw("a colour differs from point to point; draw a trace for each group")
    own["symbol"] = SYMBOLS.get(str(own.get("symbol")), own.get("symbol"))
    for key, default in (("symbol", "circle"), ("symbol", None), ("dash", "solid"), ("line", {})):
        if own.get(key, "") == default:
            del own[key]
    return own


def _with_names(trace: dict[str, Any]) -> dict[str, Any]:
    """Return bars at consecutive whole numbers, such as years, with the numbers as categories."""
    along, across = ("y", "x") if trace.get("orientation") == "h" else ("x", "y")
    places = trace.get(along)
    if places is None:
        places = list(range(len(trace.get(across) or ())))
    whole = all(isinstance(place, int) and not isinstance(place, bool) for place in places)
    steps = {after - before for before, after in itertools.pairwise(places)} if whole else {0, 1}
    named = list(map(str, places)) if len(steps) < 2 and min(steps, default=1) > 0 else places
    return trace | {along: named}


def _layout(
    layout: dict[str, Any], pair: tuple[str, str], data: list[dict[str, Any]], many: bool
) -> dict[str, Any]:
    """Return the part of a layout that is about one pair of axes."""
    own = {
        key: value
        for key, value in layout.items()
        if key not in LAYOUT_LOOKS and not key.startswith(("xaxis", "yaxis"))
    }
    for side, name in zip(("xaxis", "yaxis"), pair, strict=True):
        axis = _axis(layout, name)
        shared = axis.get("matches")
        if many and shared and "title" not in axis:
            axis["title"] = _axis(layout, shared).get("title") or {}
        own[side] = {key: value for key, value in axis.items() if key not in AXIS_LOOKS}
    if own.get("shapes"):
        own["shapes"] = [item | {"line": _part(item.get("line") or {})} for item in own["shapes"]]
    for key in ("annotations", "shapes"):
        if many and own.get(key):
            own[key] = [_home(item) for item in own[key] if _belongs(item, pair)]
    return own


def _belongs(item: Mapping[str, Any], pair: tuple[str, str]) -> bool:
    return (item.get("xref", "x"), item.get("yref", "y")) == pair


def _home(item: Mapping[str, Any]) -> dict[str, Any]:
    return dict(item) | {"xref": "x", "yref": "y"}


def _titles(layout: Mapping[str, Any], pairs: list[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """Return the title of each panel: Plotly writes it as a note above the panel's middle, or
    beside the row of panels.
    """
    titles: dict[tuple[str, str], list[str]] = {}
    notes = [
        note
        for note in layout.get("annotations") or ()
        if note.get("showarrow") is False and "paper" in str(note.get("xref"))
    ]
    for pair in pairs:
        x, y = (_axis(layout, name).get("domain") or [0, 1] for name in pair)
        places = [_place_of(note, x, y) for note in notes]
        wanted = ("above", "row") if "above" in places else ("column", "row")
        titles[pair] = [
            str(note.get("text", ""))
            for note, place in zip(notes, places, strict=True)
            if place in wanted
        ]
    for pair in pairs:  # of a second axis over the first
        title = (_axis(layout, pair[1]).get("title") or {}).get("text")
        if _axis(layout, pair[1]).get("overlaying") and title:
            titles[pair].append(str(title))
    return {pair: ", ".join(parts) for pair, parts in titles.items()}


def _place_of(note: Mapping[str, Any], x: list[float], y: list[float]) -> str:
    """Return where a note is, seen from a panel with these ends: above it, at the head of its
    column, at the end of its row; "" for elsewhere.
    """
    at_x, at_y = float(note.get("x", -1)), float(note.get("y", -1))
    if abs(at_x - sum(x) / 2) < ALIKE and y[1] - ALIKE < at_y < y[1] + 0.1:
        return "above"
    if abs(at_x - sum(x) / 2) < ALIKE and at_y > 1 - ALIKE:
        return "column"
    return "row" if abs(at_y - sum(y) / 2) < ALIKE and at_x > 1 - ALIKE / 2 else ""
