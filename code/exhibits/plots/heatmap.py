"""Draw heat maps with one path for each shade, so that thousands of cells take few bytes.

What: the colours follow the theme: from the page's background to the accent colour, or, if `zmid`
is given, from one hue through the background to another. A small heat map has gaps between its
cells, and numbers in them. Left out: other colour scales.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from exhibits.base.wording import MINUS
from exhibits.plots.axes import Axis
from exhibits.plots.supported_attributes import OR_NONE
from exhibits.plots.svg_units import per_cent, stretched
from exhibits.plots.ticks import CannotDraw, missing, number

NUMBERED = 8  # rows and columns of a heat map whose cells show their numbers, at most
HEAT_LEVELS = 24  # shades of the still drawing; with a middle, as many on each side of it


def heat_range(data: Sequence[Mapping[str, Any]]) -> tuple[float, float | None, float]:
    """Return the range of a heat map's colours: the low end, the middle or None, the high end.

    data: the traces of the figure
    Raises: CannotDraw for a heat map without a number, with rows of different lengths, or with
    other traces in the figure.

    >>> heat_range([{"type": "heatmap", "z": [[-1, 3]], "zmid": 0}])
    (-3.0, 0.0, 3.0)
    """
    if len(data) > 1:
        raise CannotDraw("a heat map stands alone; draw the other traces in a second figure")
    (trace,) = data
    rows = trace.get("z") or []
    if not all(isinstance(row, list) for row in rows) or len({len(row) for row in rows}) > 1:
        raise CannotDraw(
            "z of the heat map has rows of several lengths; give a list of rows, each as long as"
            " the others"
        )
    cells = [
        number(cell, "z of the heat map", OR_NONE)
        for row in rows
        for cell in row
        if not missing(cell)
    ]
    if not cells:
        raise CannotDraw("the heat map is empty; give it a number at least, as z=[[1]]")
    for axis, many in (("x", len(rows[0])), ("y", len(rows))):
        if trace.get(axis) is not None and len(trace[axis]) != many:
            raise CannotDraw(
                f"the heat map has {len(trace[axis])} {axis} for {many}; give one for each row and"
                " column"
            )
    ends = ("zmin", "zmax", "zmid")
    given = {end: number(trace[end], end) for end in ends if trace.get(end) is not None}
    low, high = given.get("zmin", min(cells)), given.get("zmax", max(cells))
    middle = given.get("zmid")
    if low > high:
        raise CannotDraw(
            f"the scale of the heat map goes from {low:g} down to {high:g}; mend zmin and zmax"
        )
    # both sides of the middle get the same length, so that equal shades mean equal distances
    if middle is not None:
        reach = max(abs(low - middle), abs(high - middle))
        low, high = middle - reach, middle + reach
    return low, middle, high if high > low else low + 1


def draw_heat(
    trace: Mapping[str, Any], heat: tuple[float, float | None, float], x: Axis, y: Axis
) -> str:
    """Return the SVG of a heat map: a path for each shade, and the numbers of a small one."""
    low, middle, high = heat
    texts = cell_texts(trace["z"])
    rows = [list(row) for row in trace["z"]]
    if not y.flipped:
        rows, texts = rows[::-1], texts and texts[::-1]  # the first row lies at the bottom
    if x.flipped:
        rows, texts = ([row[::-1] for row in part] for part in (rows, texts))
    ink: dict[tuple[bool, int], str] = {}
    for down, row in enumerate(rows):
        shades = [_shade(cell, low, middle, high) for cell in row]
        across = 0
        while across < len(shades):
            end = across
            while end < len(shades) and shades[end] == shades[across]:
                end += 1
            shade = shades[across]
            if shade is not None:
                ink[shade] = ink.get(shade, "") + f"M{across} {down}h{end - across}v1H{across}z"
            across = end
    paths = "".join(
        f'<path class="{"ex-below" if below else "ex-above"}"'
        f' style="--t:{round(100 * level / HEAT_LEVELS)}%" d="{d}"/>'
        for (below, level), d in sorted(ink.items())
    )
    kind = "ex-heat ex-diverging" if middle is not None else "ex-heat"
    view = f"0 0 {max(len(row) for row in rows)} {len(rows)}"
    return (
        f'<g class="{kind}"'
        f' shape-rendering="crispEdges">{stretched(paths, clipped=True, view=view)}'
        f"{_numbers(rows, texts, heat)}</g>"
    )


def cell_texts(rows: Sequence[Sequence[Any]]) -> list[list[str]]:
    """Return the numbers to write into the cells of a small heat map; [] for a large one.

    >>> cell_texts([[0, -0.456], [1, None]])
    [['0', '\u22120.46'], ['1.00', '']]
    >>> cell_texts([[0] * 9])
    []
    """
    if len(rows) > NUMBERED or max(map(len, rows), default=0) > NUMBERED:
        return []
    cells = [float(cell) for row in rows for cell in row if not missing(cell)]
    whole = all(cell.is_integer() for cell in cells)

    def written(cell: Any) -> str:
        if missing(cell):
            return ""
        return f"{cell:,.{0 if whole or cell == 0 else 2}f}".replace("-", MINUS)

    return [[written(cell) for cell in row] for row in rows]


def _numbers(
    rows: Sequence[Sequence[Any]],
    texts: Sequence[Sequence[str]],
    heat: tuple[float, float | None, float],
) -> str:
    """Draw the gaps between the cells of a small heat map, and the number of each cell."""
    if not texts:
        return ""
    tall, wide = len(texts), len(texts[0])
    gaps = [
        f'<line x1="{per_cent(at / wide)}" x2="{per_cent(at / wide)}" y2="100%"/>'
        for at in range(1, wide)
    ]
    gaps += [
        f'<line x2="100%" y1="{per_cent(at / tall)}" y2="{per_cent(at / tall)}"/>'
        for at in range(1, tall)
    ]
    marks = []
    for down, row in enumerate(texts):
        for across, text in enumerate(row):
            shade = _shade(rows[down][across], *heat)
            if shade is None:
                continue
            below, level = shade
            marks.append(
                f'<text class="ex-cell {"ex-below" if below else "ex-above"}" text-anchor="middle"'
                f' style="--t:{round(100 * level / HEAT_LEVELS)}%" dy="4"'
                f' x="{per_cent((across + 0.5) / wide)}" y="{per_cent((down + 0.5) / tall)}">'
                f"{text}</text>"
            )
    return "".join(gaps + marks)


def _shade(
    cell: float | None, low: float, middle: float | None, high: float
) -> tuple[bool, int] | None:
    """Return whether a cell is below the middle, and its shade's level; None if it is missing."""
    if cell is None or missing(cell):
        return None
    if middle is None:
        share = (float(cell) - low) / (high - low)
        return False, round(HEAT_LEVELS * min(1.0, max(0.0, share)))
    share = (float(cell) - middle) / (high - middle)
    return share < 0, round(HEAT_LEVELS * min(1.0, abs(share)))
