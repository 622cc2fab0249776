"""Draw scatter traces: lines, points, areas, texts, error bars.

What: a point is drawn as a line of length 0 with a round or square end, which keeps its size when
the drawing stretches. Left out: curves through points, symbols other than round and square, a
colour or a size for each point.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from exhibits.base.exhibit import escape
from exhibits.plots.axes import Axis
from exhibits.plots.supported_attributes import DASHES, errors, mode, one_of, xs, ys
from exhibits.plots.svg_units import per_cent, stretched, unit
from exhibits.plots.ticks import CannotDraw, missing

STILL_POINTS = 1500  # points of one trace that are drawn; the live plot has them all
Point = tuple[float, float]  # in [0, 1], y downwards
Run = Sequence[Point]
SYMBOLS = ("circle", "square", "circle-open", "square-open")


def draw_scatter(
    trace: Mapping[str, Any],
    previous: Mapping[str, Any] | None,
    x: Axis,
    y: Axis,
    ink: str,
    *,
    clipped: bool,
) -> str:
    """Return the SVG of a scatter trace.

    previous: the scatter trace before it, up to which fill "tonexty" goes
    ink: its colour, as CSS; clipped: whether to cut it at the edges of the plot area
    """
    line, marker, drawn = trace.get("line") or {}, trace.get("marker") or {}, mode(trace)
    steps = one_of(line.get("shape") or "linear", ("linear", "hv"), "line.shape") == "hv"
    points = _points(trace, x, y)
    joined = trace.get("connectgaps")
    runs = list(_runs([at for at in _thinned(points) if not joined or at is not None]))
    inner = []
    if trace.get("fill") not in (None, "none"):
        inner.append(_area(trace, previous, runs, x, y, steps))
    bars = "".join(
        f"M{unit(x.position(across))} {unit(1 - y.position(low))}V{unit(1 - y.position(high))}"
        for across, (low, high) in zip(xs(trace), errors(trace), strict=False)
        if across is not None and not missing(across) and not missing(low)
    )
    if bars:
        inner.append(f'<path class="ex-line" style="--w:1.5" d="{bars}"/>')
    if "lines" in drawn:
        dash = DASHES[one_of(line.get("dash") or "solid", tuple(DASHES), "line.dash")]
        ends = f' stroke-dasharray="{dash}"' if dash else ""
        width = f' style="--w:{line["width"]:g}"' if line.get("width") is not None else ""
        inner.append(
            f'<path class="ex-line"{width}{ends}'
            f' d="{"".join(_path(run, steps=steps) for run in runs)}"/>'
        )
    if "markers" in drawn:
        inner.append(_markers(points, marker))
    words = _words(trace, points) if "text" in drawn else ""
    opacity = trace.get("opacity") if trace.get("opacity") is not None else marker.get("opacity")
    faint = f' opacity="{opacity:g}"' if opacity is not None else ""
    return f'<g style="--c:{ink}"{faint}>{stretched("".join(inner), clipped=clipped)}{words}</g>'


def _area(
    trace: Mapping[str, Any],
    previous: Mapping[str, Any] | None,
    runs: Sequence[Run],
    x: Axis,
    y: Axis,
    steps: bool,
) -> str:
    kind = one_of(trace["fill"], ("tozeroy", "tonexty"), "fill")
    ink = ""
    if kind == "tozeroy":
        floor = unit(min(1.0, max(0.0, 1 - y.position(0)))) if y.kind == "linear" else unit(1)
        for run in runs:
            ink += f"{_path(run, steps=steps)}V{floor}H{unit(run[0][0])}Z"
    else:
        if previous is None:
            raise CannotDraw(
                "fill is 'tonexty' on the first trace; there is none before it to fill to"
            )
        back = [point for point in _thinned(_points(previous, x, y)) if point is not None][::-1]
        forth = [point for run in runs for point in run]
        if not back or not forth:
            return ""
        ink = _path(forth, steps=steps) + _path(back, steps=steps).replace("M", "L", 1) + "Z"
    return f'<path class="ex-area" d="{ink}"/>'


def _path(run: Run, *, steps: bool) -> str:
    start, *rest = run
    ink = f"M{unit(start[0])} {unit(start[1])}"
    for across, down in rest:
        ink += f"H{unit(across)}V{unit(down)}" if steps else f"L{unit(across)} {unit(down)}"
    return ink


def _markers(points: list[Point | None], marker: Mapping[str, Any]) -> str:
    symbol = one_of(marker.get("symbol") or "circle", SYMBOLS, "marker.symbol")
    size = marker.get("size") if marker.get("size") is not None else 6
    if not isinstance(size, int | float):
        raise CannotDraw(
            "marker.size is a list; the still drawing has one size a trace, so split the trace"
        )
    visible = [point for point in _thinned(points) if point is not None]
    ink = "".join(f"M{unit(across)} {unit(down)}h0" for across, down in visible)
    cap = ' stroke-linecap="square"' if symbol.startswith("square") else ""
    dots = f'<path class="ex-point" style="--w:{size:g}"{cap} d="{ink}"/>'
    if symbol.endswith("open"):
        dots += f'<path class="ex-point ex-hole" style="--w:{max(size - 3, 1):g}"{cap} d="{ink}"/>'
    return dots


ANCHORS = {"left": ("end", -8, 4), "right": ("start", 8, 4), "center": ("middle", 0, 4)}
LIFTS = {"top": -9, "middle": 0, "bottom": 12}


def _words(trace: Mapping[str, Any], points: list[Point | None]) -> str:
    """Draw the texts of a trace beside their points."""
    given = trace.get("textposition") or "middle center"
    if not isinstance(given, str):
        raise CannotDraw(
            "textposition is a list; the still drawing has one a trace, so split the trace"
        )
    rise, side = given.split()
    anchor, dx, dy = ANCHORS[side]
    dx, dy = dx if rise == "middle" else dx // 2, dy + LIFTS[rise]
    texts = trace.get("text")
    every = [texts] * len(points) if isinstance(texts, str) else list(texts or ())
    return "".join(
        f'<text class="ex-word" text-anchor="{anchor}" x="{per_cent(point[0])}"'
        f' y="{per_cent(point[1])}" dx="{dx}" dy="{dy}">{escape(str(text))}</text>'
        for point, text in zip(points, every, strict=False)
        if point is not None and text
    )


def _points(trace: Mapping[str, Any], x: Axis, y: Axis) -> list[Point | None]:
    """Return the points in [0, 1], y downwards; None where a value is missing."""
    points: list[Point | None] = []
    for across, up in zip(xs(trace), ys(trace), strict=False):
        if across is None or up is None or missing(across) or missing(up):
            points.append(None)
        else:
            points.append((x.position(across), 1 - y.position(up)))
    return points


def _thinned(points: list[Point | None]) -> list[Point | None]:
    """Return every n-th point and the last one, if there are more than STILL_POINTS."""
    if len(points) <= STILL_POINTS:
        return points
    every = math.ceil(len(points) / STILL_POINTS)
    return points[::every] + ([points[-1]] if (len(points) - 1) % every else [])


def _runs(points: list[Point | None]) -> Iterator[list[Point]]:
    """Yield the runs of points between missing ones."""
    run: list[Point] = []
    for point in [*points, None]:
        if point is not None:
            run.append(point)
        elif run:
            yield run
            run = []
