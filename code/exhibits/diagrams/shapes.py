"""Draw the shapes of every diagram: boxes, arrows, grids of cells, chips, labels, click areas.

What: each function returns a piece of SVG. Lengths are in units of the drawing, which are about
pixels. Colours and strokes are in exhibits.css, under "Diagrams", so a diagram follows the theme.
Left out: measuring letters. Tokens and numbers are monospaced, and `LETTER` is the width of a
letter; other labels are short, and a test measures them in a browser.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from unicodedata import east_asian_width

from exhibits.base.exhibit import escape, one_line
from exhibits.base.wording import decimal
from exhibits.tokens.glyphs import Token, plain

LETTER = 8.2  # width of a monospaced letter
RADIUS = 6  # of corners
HEAD = 7  # length of an arrowhead
LEVELS = 12  # shades of a cell, on each side of zero

Point = tuple[float, float]


def label(x: float, y: float, words: str, kind: str = "", *, anchor: str = "middle") -> str:
    """Write words whose baseline is at y.

    kind: "" for a name, "strong" for an important one, "soft" for an explanation, "quiet" for
        something that has no effect, "run" for a result of the run
    anchor: "start", "middle" or "end": which part of the words is at x

    >>> label(10, 20, "logits")
    '<text class="dg-label" x="10" y="20" text-anchor="middle">logits</text>'
    """
    names = f"dg-label dg-{kind}" if kind else "dg-label"
    return (
        f'<text class="{names}" x="{x:g}" y="{y:g}" text-anchor="{anchor}">'
        f"{escape(one_line(words))}</text>"
    )


def box(x: float, y: float, width: float, height: float, kind: str = "") -> str:
    """Draw a box with round corners; kind: "" or "lit", "faint", "bare".

    >>> box(0, 0, 40, 20)
    '<rect class="dg-box" x="0" y="0" width="40" height="20" rx="6"/>'
    """
    names = f"dg-box dg-{kind}" if kind else "dg-box"
    return (
        f'<rect class="{names}" x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}"'
        f' rx="{min(RADIUS, height / 2, width / 2):g}"/>'
    )


def bar(x: float, y: float, length: float, height: float) -> str:
    """Draw a horizontal bar.

    >>> bar(0, 0, 30, 10)
    '<rect class="dg-bar" x="0" y="0" width="30" height="10" rx="2"/>'
    """
    return (
        f'<rect class="dg-bar" x="{x:g}" y="{y:g}" width="{max(0.5, length):.4g}"'
        f' height="{height:g}" rx="2"/>'
    )


def line(points: Sequence[Point], kind: str = "") -> str:
    """Draw a line through points, its corners rounded; kind: "" or "faint", "lit".

    >>> line([(0, 0), (10, 0)])
    '<path class="dg-line" d="M0 0L10 0"/>'
    """
    names = f"dg-line dg-{kind}" if kind else "dg-line"
    return f'<path class="{names}" d="{_rounded(points)}"/>'


def arrow(*points: Point, kind: str = "") -> str:
    """Draw a line through points with a head at the last one.

    >>> arrow((0, 0), (20, 0)).count("<path")
    2
    """
    (x0, y0), (x, y) = points[-2:]
    length = max(((x - x0) ** 2 + (y - y0) ** 2) ** 0.5, 1e-9)
    dx, dy = (x - x0) / length, (y - y0) / length
    half = HEAD * 0.45
    back = (x - HEAD * dx, y - HEAD * dy)
    corners = [(x, y), (back[0] - half * dy, back[1] + half * dx)]
    corners.append((back[0] + half * dy, back[1] - half * dx))
    path = "L".join(f"{round(a, 2):g} {round(b, 2):g}" for a, b in corners)
    names = f"dg-head dg-{kind}" if kind else "dg-head"
    return line([*points[:-1], back], kind) + f'<path class="{names}" d="M{path}z"/>'


def _rounded(points: Sequence[Point]) -> str:
    """Return the path of a line, each of its corners cut short by RADIUS and bent."""
    path = f"M{points[0][0]:g} {points[0][1]:g}"
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        start, end = _towards(corner, before), _towards(corner, after)
        path += f"L{start[0]:g} {start[1]:g}Q{corner[0]:g} {corner[1]:g} {end[0]:g} {end[1]:g}"
    return path + f"L{round(points[-1][0], 2):g} {round(points[-1][1], 2):g}"


def _towards(here: Point, there: Point) -> Point:
    length = ((there[0] - here[0]) ** 2 + (there[1] - here[1]) ** 2) ** 0.5
    share = min(RADIUS, length / 2) / max(length, 1e-9)
    return (
        round(here[0] + share * (there[0] - here[0]), 2),
        round(here[1] + share * (there[1] - here[1]), 2),
    )


def cells(
    x: float, y: float, rows: Sequence[Sequence[float]], width: float, height: float, most: float
) -> str:
    """Draw numbers as a grid of shaded cells, in one hue above zero and another one below.

    width, height: of a cell; most: the absolute value that has the full shade

    >>> cells(0, 0, [[1.0, -0.5]], 8, 8, 1.0).count('class="dg-below"')
    1
    """
    shades: dict[tuple[str, int], str] = {}
    for down, row in enumerate(rows):
        for across, value in enumerate(row):
            level = round(LEVELS * min(1.0, abs(value) / most)) if most else 0
            place = f"M{across * width:g} {down * height:g}h{width:g}v{height:g}h-{width:g}z"
            sign = "below" if value < 0 and level else "above"
            shades[sign, level] = shades.get((sign, level), "") + place
    paths = "".join(
        f'<path class="dg-{sign}" style="--t:{round(100 * level / LEVELS)}%" d="{d}"/>'
        for (sign, level), d in sorted(shades.items())
    )
    size = f'width="{width * max(map(len, rows)):g}" height="{height * len(rows):g}"'
    edge = f'<rect class="dg-edge" {size}/>'
    return f'<g class="dg-cells" transform="translate({x:g} {y:g})">{paths}{edge}</g>'


def chip(
    x: float, y: float, width: float, token: Token | str, kind: str = "", height: float = 24
) -> str:
    """Draw a token in a box, cut short if it is too long.

    >>> "dg-run" in chip(0, 0, 60, "cat")
    True
    """
    name = fit(token, width - 6)
    return box(x, y, width, height, kind) + label(x + width / 2, y + height / 2 + 4.5, name, "run")


def fit(token: Token | str, room: float) -> str:
    """Return a token as text that fits into a width of `room` units, cut with "…" if needed.

    >>> fit("extraordinary", 60), fit(b" cat", 60)
    ('extrao…', '␣cat')
    """
    name = plain(token)
    if span(name) <= room:
        return name
    while name and span(name) + LETTER > room:
        name = name[:-1]
    return name + "…"


def span(name: str) -> float:
    """Return the width of a monospaced text in units; East Asian letters count twice.

    >>> span("cat") == 3 * LETTER, span("猫") == 2 * LETTER
    (True, True)
    """
    return LETTER * sum(2 if east_asian_width(char) in "WF" else 1 for char in name)


def numeral(value: float, digits: int = 2) -> str:
    """Write a number for a cell of a diagram, with a real minus sign.

    >>> numeral(-0.5)
    '−0.50'
    """
    return decimal(value, digits)


def state(markup: str, at: Iterable[int], start: int, *, only: bool = False) -> str:
    """Wrap a part so that it is highlighted while the reader's choice is one of `at`.

    start: the choice that is shown first; only: whether the part is hidden at other choices

    >>> state("<g/>", [0, 2], 0)
    '<g class="dg-state dg-on" data-on="0 2"><g/></g>'
    """
    chosen = list(at)
    names = ["dg-state", *(["dg-only"] if only else []), *(["dg-on"] if start in chosen else [])]
    return f'<g class="{" ".join(names)}" data-on="{" ".join(map(str, chosen))}">{markup}</g>'


def clickable(markup: str, choice: int) -> str:
    """Wrap a part so that a click on it, or the pointer over it, makes a choice."""
    return f'<g class="dg-pick" data-pick="{choice}">{markup}</g>'
