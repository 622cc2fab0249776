"""What a page carries of a figure for Plotly: JSON, in which every default of the still drawing is spelt out.

A colour stays a token: exhibits.js resolves it, again after each change of theme. Texts of a figure (names,
categories, hover texts) are shown as they are, never read as markup; only Plotly's templates may carry markup,
because the page's author writes them.
"""

from __future__ import annotations

import html
import json
from collections.abc import Mapping, Sequence
from typing import Any

from exhibits.axes import Axis
from exhibits.drawing import CHARACTER, Drawing, crowded
from exhibits.exhibit import one_line
from exhibits.figures import AREA_OPACITY, kind, mode, token

DIGITS = 5  # significant ones of a number carried to the page: finer than a pixel
TEXTS = ("name", "text", "hovertext", "customdata", "x", "y")  # strings in these are literal
RIGHT, TOP = 14, 10  # px; exhibits.css has the same


def embed(value: object) -> str:
    """JSON that is safe inside a script element: no text in it can end the element or open a comment.

    >>> embed(["</script><!--", 0.1234567, None])
    '["\\\\u003c/script\\\\u003e\\\\u003c!--",0.12346,null]'
    """
    text = json.dumps(_rounded(value), ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for char in "<>&`\u2028\u2029":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return text.encode("utf-8", "replace").decode()  # a lone surrogate cannot be written to a file


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return None if value != value or value in (float("inf"), float("-inf")) else short(value)
    if isinstance(value, Mapping):
        return {key: _rounded(inner) for key, inner in value.items()}
    return [_rounded(inner) for inner in value] if isinstance(value, list | tuple) else value


def short(value: float) -> float | int:
    """A number of DIGITS significant digits, an int where it can be one.

    >>> short(123456.7), short(0.1 + 0.2)
    (123460, 0.3)
    """
    number = float(f"{value:.{DIGITS}g}")
    return int(number) if number == int(number) and abs(number) < 1e15 else number


def plain(value: Any) -> Any:
    """Plotly's arrays as lists."""
    if isinstance(value, Mapping):
        if "bdata" in value:
            raise ValueError("the figure carries a packed array; give lists, as tensor.tolist()")
        return {key: plain(inner) for key, inner in value.items()}
    if hasattr(value, "tolist"):
        return plain(value.tolist())
    return [plain(inner) for inner in value] if isinstance(value, list | tuple) else value


def _literal(value: Any) -> Any:
    """Plotly reads a small markup in texts; what comes from a text must not be read so."""
    if isinstance(value, str):
        return html.escape(value, quote=False)
    return [_literal(inner) for inner in value] if isinstance(value, list) else value


def live(data: Sequence[Mapping[str, Any]], layout: Mapping[str, Any], drawing: Drawing, alt: str) -> object:
    """What exhibits.js hands to Plotly: every colour a token that it resolves, every default of the still spelt out."""
    left, bottom = margins(drawing)
    traces = [_live_trace(trace, ink, drawing) for trace, ink in zip(data, drawing.colours, strict=True)]
    kept = {name: layout[name] for name in ("barmode", "bargap", "hovermode") if name in layout}
    shapes = [_live_shape(shape) for shape in layout.get("shapes") or ()]
    notes = [note | {"text": _literal(note["text"]).replace("&lt;br&gt;", "<br>"), "arrowhead": 0, "arrowwidth": 1,
                     "arrowcolor": "var(--ink-soft)"} for note in layout.get("annotations") or ()]  # fmt: skip
    return {
        "alt": one_line(alt),
        "data": traces,
        "layout": kept
        | {"xaxis": _live_axis(drawing.x, layout.get("xaxis") or {}, slanted=drawing.slanted)}
        | {"yaxis": _live_axis(drawing.y, layout.get("yaxis") or {}, slanted=False)}
        | {"margin": {"l": left, "r": RIGHT, "t": TOP, "b": bottom, "pad": 0}}
        | ({"shapes": shapes} if shapes else {})
        | ({"annotations": notes} if notes else {}),
    }


def margins(drawing: Drawing) -> tuple[int, int]:
    """Room for the labels left of the plot area and under it, in px."""
    longest = max((len(tick.label) for tick in drawing.y.ticks), default=1)
    below = max((len(tick.label) for tick in drawing.x.ticks), default=1)
    slanted = 18 + round(min(below, 24) * CHARACTER * 0.62)  # sin 38 degrees
    first = max((len(tick.label) for tick in drawing.x.ticks[:1]), default=1)
    left = max(12 + round(longest * CHARACTER), round(first * CHARACTER * 0.78) if drawing.slanted else 0)
    return left, slanted if drawing.slanted else 28


def _live_axis(axis: Axis, options: Mapping[str, Any], *, slanted: bool) -> dict[str, Any]:
    ends = [axis.high, axis.low] if axis.flipped else [axis.low, axis.high]
    kept = {
        name: options[name] for name in ("tickformat", "ticksuffix", "tickprefix", "hoverformat") if name in options
    }
    narrow = {"narrow": [tick.value for tick in axis.ticks[::2]]} if axis.name == "x" and crowded(axis) else {}
    named = {"categoryorder": "array", "categoryarray": _literal(list(axis.categories))}
    return (
        kept
        | narrow
        | (named if axis.kind == "category" else {})
        | {
            "type": axis.kind,
            "range": ends,
            "showgrid": axis.grid,
            "tickvals": _literal([tick.value for tick in axis.ticks]),
            "ticktext": _literal([tick.label for tick in axis.ticks]),
            "tickangle": -38 if slanted else 0,
        }
    )


def _live_trace(trace: Mapping[str, Any], ink: str, drawing: Drawing) -> dict[str, Any]:
    live = {name: _literal(value) if name in TEXTS else value for name, value in trace.items()}
    live.pop("uid", None)
    sort = kind(trace)
    if sort == "heatmap":
        assert drawing.heat is not None
        low, middle, high = drawing.heat
        live |= {"zmin": low, "zmax": high, "showscale": False, "colorscale": _scale(middle is not None)}
        return {name: value for name, value in live.items() if name not in ("zmid", "colorbar")}
    if sort == "bar":
        if trace.get("text") is not None:
            live |= {"textposition": "outside", "cliponaxis": False}
        live["marker"] = dict(trace.get("marker") or {}) | {"color": ink}
    else:
        live["mode"] = mode(trace)
        live["line"] = {"width": 2} | dict(trace.get("line") or {}) | {"color": ink}
        live["marker"] = {"size": 6} | dict(trace.get("marker") or {}) | {"color": ink}
        if trace.get("fill"):
            live["fillcolor"] = f"{ink} {AREA_OPACITY}"
    if trace.get("error_y"):
        error = "var(--ink)" if sort == "bar" else ink
        live["error_y"] = dict(trace["error_y"]) | {"color": error, "width": 0, "thickness": 1.5}
    return live


def _scale(diverging: bool) -> list[list[Any]]:
    """The heat map's colours, mixed as exhibits.css mixes them."""
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
        return dict(shape) | {"line": {"width": 0}, "fillcolor": f"{ink} {AREA_OPACITY}", "layer": "below"}
    return dict(shape) | {"line": {"width": 1.5} | dict(line) | {"color": ink}}
