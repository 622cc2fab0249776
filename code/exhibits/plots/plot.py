"""Show a Plotly figure, still at once and live when asked, with axis titles and legend around it.

What: the page has the drawing, and the figure as JSON; exhibits.js draws the live plot over the
drawing with the same size, range, ticks and colours, so that nothing moves. Axis titles and the
legend are HTML around it; the script makes the legend's entries buttons. Left out: everything that
`exhibits.plots.supported_attributes` refuses; Plotly's templates, since exhibits.css decides the
looks.
"""

from __future__ import annotations

import gzip
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from exhibits.base.exhibit import Exhibit, escape, one_line
from exhibits.base.json_embed import embed, short
from exhibits.base.wording import MINUS
from exhibits.plots.axes import Axis
from exhibits.plots.plotly_json import live, margins
from exhibits.plots.simplify import Panel, panels
from exhibits.plots.still_svg import Drawing, draw_still
from exhibits.plots.supported_attributes import mode

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

HEAVIEST = 300_000  # bytes of a plot on its page, gzipped


def plot(
    figure: Figure | Mapping[str, Any], alt: str, *, height: int = 400, description: str = ""
) -> Exhibit:
    """Show a Plotly figure.

    figure: a plotly Figure with scatter, bar, heatmap, histogram, box, violin or pie traces, or its
        JSON as a mapping. A colour is a CSS variable of exhibits.css, such as "var(--hue-3)", or
        left out. Subplots and second axes become panels, one below another.
    alt: a sentence that says what the figure shows, for a screen reader
    height: of the plot area with its ticks, in px; on a phone at most the width
    description: a longer text, for a screen reader

    Raises: ValueError if alt is empty, or the plot takes more than HEAVIEST bytes; CannotDraw (a
    ValueError) if the still drawing does not support an attribute of the figure.

    >>> import plotly.graph_objects as go
    >>> exhibit = plot(go.Figure(go.Bar(x=["a", "b"], y=[1, 2])), "b is twice a")
    >>> exhibit.text
    '[plot] b is twice a'
    """
    if not alt.strip():
        raise ValueError("alt is empty; say in a sentence what is to be seen")
    items = panels(figure)
    names = [f"{alt} ({item.title})" if item.title and items[1:] else alt for item in items]
    boxes = [
        (f'<p class="ex-plot-title">{escape(one_line(item.title))}</p>' if item.title else "")
        + _box(item, name, height, description)
        for item, name in zip(items, names, strict=True)
    ]
    markup = "".join(boxes)
    weight = len(gzip.compress(markup.encode(), mtime=0))
    if weight > HEAVIEST:
        raise ValueError(
            f"the plot weighs {weight:,} bytes gzipped; the limit is {HEAVIEST:,}, so plot fewer"
            " points"
        )
    return Exhibit(markup, f"[plot] {one_line(alt)}")


def _box(panel: Panel, alt: str, height: int, description: str) -> str:
    """Return the markup of one panel."""
    data, layout = panel.data, panel.layout
    drawing = draw_still(data, layout, alt, description)
    room = margins(drawing)
    style = (
        f"--ex-height:{height}px;--ex-left:{room.left}px;--ex-right:{room.right}px;--ex-bottom:{room.bottom}px"
        f";--ex-bottom-narrow:{room.bottom_narrow}px"
    )
    return (
        f'<div class="ex-plot" style="{style}"'
        f" data-pagefind-ignore>{_legend(data, layout, drawing)}"
        f"{_title('y', drawing.y)}"
        '<div class="ex-plot-box" data-part="plot-box"><div'
        f' class="ex-still">{drawing.svg}</div></div>{_title("x", drawing.x)}'
        '<script data-part="plot-data"'
        f' type="application/json">{embed(live(data, layout, drawing, alt))}</script></div>'
    )


def _legend(data: Sequence[Mapping[str, Any]], layout: Mapping[str, Any], drawing: Drawing) -> str:
    """Return the legend: the names of the traces, or the colour scale of a heat map."""
    if drawing.heat is not None:
        low, middle, high = drawing.heat
        title = ((data[0].get("colorbar") or {}).get("title") or {}).get("text") or ""
        ends = [f"{short(end):,}".replace("-", MINUS) for end in (low, high)]
        ramp = "ex-ramp ex-diverging" if middle is not None else "ex-ramp"
        name = f"<b>{escape(title)}</b>" if title else ""
        return (
            f'<p class="ex-scale">{name}<span>{ends[0]}</span><i'
            f' class="{ramp}"></i><span>{ends[1]}</span></p>'
        )
    named = [(trace, number) for number, trace in enumerate(data) if trace.get("name")]
    wanted = layout.get("showlegend")
    if not named or wanted is False or (len(data) == 1 and wanted is not True):
        return ""
    entries = "".join(
        f'<li data-part="plot-trace" data-trace="{number}"><span class="ex-swatch {_swatch(trace)}"'
        f' style="--c:{drawing.colours[number]}">'
        f"</span>{escape(one_line(str(trace['name'])))}</li>"
        for trace, number in named
        if trace.get("showlegend") is not False
    )
    return f'<ul class="ex-legend">{entries}</ul>'


def _swatch(trace: Mapping[str, Any]) -> str:
    """Return the classes of a trace's mark in the legend, which looks as the trace does."""
    if trace["type"] == "bar":
        return "ex-swatch-bar"
    if "lines" in mode(trace):
        dash = (trace.get("line") or {}).get("dash") or "solid"
        return {"solid": "ex-swatch-line", "dot": "ex-swatch-dot"}.get(dash, "ex-swatch-dash")
    symbol = (trace.get("marker") or {}).get("symbol")
    shape, *open_ = str(symbol or "circle").split("-")
    return " ".join(["ex-swatch-point", f"ex-swatch-{shape}", *("ex-swatch-open" for _ in open_)])


def _title(name: str, axis: Axis) -> str:
    if not axis.title:
        return ""
    arrow = ("↓" if axis.flipped else "↑") if name == "y" else ("←" if axis.flipped else "→")
    return (
        f'<p class="ex-axis ex-axis-{name}">{escape(one_line(axis.title))}&#160;<span'
        f' aria-hidden="true">{arrow}</span></p>'
    )
