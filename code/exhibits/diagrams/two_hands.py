"""Draw two positions as two hands of a clock, with the angle between them, for a reader to move.

What: sinusoidal positions have a hand for every pair of columns; one of these is drawn, at two
positions, and beside it the angle between. A table below gives the product of the two positions'
vectors for several kinds of position. assets/two-hands.js moves either position, or both by one,
and says which products stay. Left out: the other hands (`clock_hands` has them).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from exhibits.base.exhibit import Exhibit, escape
from exhibits.base.json_embed import embed
from exhibits.base.wording import decimal
from exhibits.diagrams.diagram import NARROW, WIDE, Layout, diagram
from exhibits.diagrams.shapes import label

Matrix = Sequence[Sequence[float]]
RADIUS = 46  # of a dial
TITLE = "Two positions, and the angle between"


def two_hands(
    step: float, products: Mapping[str, Matrix], first: int = 3, second: int = 10
) -> Exhibit:
    """Draw a hand at two positions, and the angle between; below it, the products of the vectors.

    step: degrees by which the hand goes on with each position
    products: name of a kind -> (T, T), the product of the vectors of two positions
    first, second: the positions that are shown first

    Raises: ValueError if there is no matrix, they differ in size, or have no such position.

    >>> two_hands(30, {"waves": [[2, 1], [1, 2]]}, 0, 1).text.partition(". ")[0]
    '[diagram] Two positions, and the angle between'
    """
    sizes = {len(rows) for rows in products.values()}
    if len(sizes) != 1 or not max(first, second) < max(sizes):
        raise ValueError(
            f"the matrices have {sorted(sizes)} rows, and the positions are {first} and {second};"
            " give one or more of one size, with both positions"
        )
    length = max(sizes)
    angle = round(step * (second - first)) % 360
    drawn = diagram(
        "two-hands",
        TITLE,
        f"Positions {first} and {second} of {length}: the angle between them is {angle} degrees.",
        _layout(step, first, second, WIDE),
        _layout(step, first, second, NARROW),
    )
    values = {
        name: [[round(float(one), 1) for one in row] for row in rows]
        for name, rows in products.items()
    }
    rows = "".join(
        f'<tr><th scope="row">{escape(name)}</th><td class="ex-right"'
        f' data-part="hands-value">{decimal(matrix[first][second], 1)}</td>'
        '<td data-part="hands-stays"></td></tr>'
        for name, matrix in values.items()
    )
    carried = {"step": step, "products": list(values.values()), "first": first, "second": second}
    markup = (
        f'<div class="ex-hands" data-pagefind-ignore>{drawn.html}{_controls(first, second, length)}'
        f'<table class="ex-table" aria-label="Products of the two vectors"><thead><tr>'
        '<th scope="col">kind</th><th scope="col" class="ex-right">product</th>'
        f'<th scope="col">both moved</th></tr></thead><tbody>{rows}</tbody></table>'
        f'<script data-part="hands-data" type="application/json">{embed(carried)}</script></div>'
    )
    lines = [f"- {name}: {decimal(rows[first][second], 1)}" for name, rows in values.items()]
    return Exhibit(markup, "\n".join([drawn.text, "Product of the two vectors:", *lines]))


def _controls(first: int, second: int, length: int) -> str:
    sliders = "".join(
        f'<label for="hands-{name}">{name}</label><input type="range" id="hands-{name}" min="0"'
        f' max="{length - 1}" step="1" value="{at}" autocomplete="off"><output'
        f' for="hands-{name}">{at}</output>'
        for name, at in (("first", first), ("second", second))
    )
    return (
        f'<div class="ex-hands-controls" data-part="hands-controls">{sliders}<div class="ex-row">'
        '<button type="button" data-by="-1">move both back</button><button type="button"'
        ' data-by="1">move both on</button></div></div>'
    )


def _layout(step: float, first: int, second: int, width: float) -> Layout:
    """Return three dials side by side: the first position, the second, and what is between."""
    turns = [step * first, step * second]
    y, marks = RADIUS + 4, []
    for number in range(3):
        x = width * (2 * number + 1) / 6
        marks.append(f'<circle class="dg-box dg-bare" cx="{x:g}" cy="{y}" r="{RADIUS}"/>')
        if number == 2:
            wedge = _wedge(turns[1] - turns[0])
            marks.append(
                f'<g transform="translate({x:g} {y})"><path class="dg-kept" data-wedge'
                f' d="{wedge}"/></g>'
            )
        for hand, turn in enumerate(turns):
            if number in (hand, 2):
                marks.append(_hand(x, y, hand, turn - turns[0] if number == 2 else turn))
        words = (
            f"{round(turns[1] - turns[0]) % 360}°" if number == 2 else str((first, second)[number])
        )
        marks.append(label(x, y + RADIUS + 22, ("first", "second", "between")[number], "soft"))
        text = label(x, y + RADIUS + 42, words, "run")
        marks.append(text.replace("<text ", f'<text data-word="{number}" ', 1))
    return Layout("".join(marks), 2 * RADIUS + 56)


def _hand(x: float, y: float, hand: int, turn: float) -> str:
    """Draw a hand of a dial; the first one is thin."""
    kind = "dg-line dg-lit" if hand else "dg-line"
    return (
        f'<g transform="translate({x:g} {y})"><g data-turn="{hand}"'
        f' style="transform:rotate({turn:.1f}deg)"><path class="{kind}"'
        f' d="M0 0V-{RADIUS - 6}"/></g></g>'
    )


def _wedge(turn: float) -> str:
    """Return the path of a slice from the top to an angle, clockwise.

    >>> _wedge(90)
    'M0 0V-30A30 30 0 0 1 30 0z'
    """
    size, at = RADIUS - 16, math.radians(turn % 360)
    x, y = round(size * math.sin(at), 1), round(-size * math.cos(at), 1)
    return f"M0 0V-{size}A{size} {size} 0 {int(at > math.pi)} 1 {x:g} {y + 0:g}z"
