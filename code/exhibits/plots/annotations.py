"""Draw the shapes and annotations of a Plotly figure: straight lines, boxes and texts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from exhibits.base.exhibit import escape
from exhibits.plots.axes import Axis
from exhibits.plots.supported_attributes import DASHES, one_of, token
from exhibits.plots.svg_units import per_cent
from exhibits.plots.ticks import number


def draw_shape(shape: Mapping[str, Any], x: Axis, y: Axis) -> str:
    """Return the SVG of a shape of Plotly's layout: a straight line or a box."""
    left, right = (_along(shape[end], shape.get("xref"), x) for end in ("x0", "x1"))
    low, high = (1 - _along(shape[end], shape.get("yref"), y) for end in ("y0", "y1"))
    line = shape.get("line") or {}
    ink = token(line["color"] if line.get("color") else shape.get("fillcolor") or "var(--ink-soft)")
    if shape["type"] == "rect":
        edges = (min(left, right), min(low, high), abs(right - left), abs(high - low))
        at = " ".join(
            f'{name}="{per_cent(edge)}"'
            for name, edge in zip(("x", "y", "width", "height"), edges, strict=True)
        )
        return f'<rect class="ex-area" style="--c:{ink}" {at}/>'
    dash = DASHES[one_of(line.get("dash") or "solid", tuple(DASHES), "line.dash of a shape")]
    ends = f' stroke-dasharray="{dash}"' if dash else ""
    at = f'x1="{per_cent(left)}" x2="{per_cent(right)}" y1="{per_cent(low)}" y2="{per_cent(high)}"'
    return f'<line class="ex-line" style="--c:{ink};--w:{line.get("width") or 1.5:g}"{ends} {at}/>'


def draw_note(note: Mapping[str, Any], x: Axis, y: Axis) -> str:
    """Return the SVG of an annotation: a text, and with an arrow a line from its point to it."""
    left = per_cent(_along(note["x"], note.get("xref"), x))
    down = per_cent(1 - _along(note["y"], note.get("yref"), y))
    arrow = note.get("showarrow") is not False
    dx = float(note.get("ax", -10) if arrow else 0) + float(note.get("xshift") or 0)
    dy = float(note.get("ay", -30) if arrow else 0) - float(note.get("yshift") or 0)
    anchor = {"left": "start", "right": "end"}.get(str(note.get("xanchor")), "middle")
    lift = {"bottom": -5, "top": 14}.get(str(note.get("yanchor")), -4 if arrow and dy < 0 else 4)
    stem = (
        f'<line class="ex-line" style="--c:var(--ink-soft);--w:1" x1="0" y1="0" x2="{dx:g}"'
        f' y2="{dy:g}"/>'
    )
    lines = re.split(r"<br\s*/?>", str(note["text"]))
    text = "".join(
        f'<text class="ex-word" text-anchor="{anchor}" x="{dx:g}"'
        f' y="{dy + lift + 15 * number:g}">{escape(line)}</text>'
        for number, line in enumerate(lines)
    )
    return f'<svg x="{left}" y="{down}" overflow="visible">{stem if arrow else ""}{text}</svg>'


def _along(value: Any, reference: str | None, axis: Axis) -> float:
    whole = reference is not None and (reference == "paper" or reference.endswith("domain"))
    return (
        number(value, f"a shape or annotation along {axis.name}") if whole else axis.position(value)
    )
