"""Draw how multi-head attention splits vectors into heads and joins them again.

Each head has a hue. Wide vectors, long rows and many heads are drawn smaller than they are; the
shapes below say their sizes.

Source: Raschka, section 3.6.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from exhibits.base.exhibit import Exhibit
from exhibits.diagrams.diagram import NARROW, WIDE, Layout, diagram
from exhibits.diagrams.shapes import arrow, label, span

MOST_HEADS, MOST_TOKENS, MOST_CELLS = 3, 6, 16  # that are drawn
TALL = 9  # height of a cell
LANE = 84  # from one head to the next in the wide layout


def split_heads(shape: tuple[int, int, int], n_heads: int) -> Exhibit:
    """Draw vectors split into heads, their attention, and the contexts joined.

    shape: (B, T, C), that of the input; n_heads: H, a divisor of C

    Raises: ValueError if C cannot be split into H heads.

    >>> print(split_heads((1, 6, 16), 2).text)
    [diagram] Heads split and joined. X, 1 × 6 × 16, times W_Q, W_K and W_V gives Q, K and V, \
1 × 6 × 16 each. They are split into 2 heads of 8: 1 × 2 × 6 × 8. Each head has its own weights, \
1 × 2 × 6 × 6. Joined, the contexts are 1 × 6 × 16 again, and W_O mixes them.
    """
    batch, tokens, width = shape
    if n_heads < 1 or width % n_heads:
        raise ValueError(
            f"n_heads is {n_heads} and the vectors have {width} numbers; give a divisor of {width}"
        )
    each = width // n_heads
    whole, split = _size(shape), _size((batch, n_heads, tokens, each))
    square = _size((batch, n_heads, tokens, tokens))
    drawn = min(n_heads, MOST_HEADS)
    columns = max(1, min(each, MOST_CELLS // drawn))
    sizes = (drawn, min(tokens, MOST_TOKENS), columns)
    return diagram(
        "heads",
        "Heads split and joined",
        f"X, {whole}, times W_Q, W_K and W_V gives Q, K and V, {whole} each. They are split into"
        f" {n_heads} heads of {each}: {split}. Each head has its own weights, {square}. Joined, the"
        f" contexts are {whole} again, and W_O mixes them.",
        _wide(sizes, whole, split, square),
        _narrow(sizes, whole, split, square),
    )


def _size(shape: Sequence[int]) -> str:
    return " × ".join(f"{length:,}" for length in shape)


def _grid(
    x: float, y: float, rows: int, hues: Sequence[int], wide: float, *, lower: bool = False
) -> str:
    """Draw a grid centred on x; hues: one a column; lower: the triangle that a mask leaves."""
    left = x - wide * len(hues) / 2
    paths: dict[int, str] = {}
    for row in range(rows):
        for column, hue in enumerate(hues):
            if lower and column > row:
                continue
            place = f"M{left + column * wide:g} {y + row * TALL:g}h{wide:g}v{TALL}h-{wide:g}z"
            paths[hue] = paths.get(hue, "") + place
    marks = "".join(
        f'<path class="dg-tint" style="--c:var(--hue-{hue})" d="{d}"/>' for hue, d in paths.items()
    )
    edge = f'x="{left:g}" y="{y:g}" width="{wide * len(hues):g}" height="{rows * TALL}"'
    return f'{marks}<rect class="dg-edge" {edge}/>'


HUES = (6, 2, 3)
GREY = 8  # of what belongs to no head
GAP = 56  # between the two grids of a column


def _wide(sizes: tuple[int, int, int], whole: str, split: str, square: str) -> Layout:
    many, rows, columns = sizes
    cell = 6.0
    every = [HUES[head] for head in range(many) for _ in range(columns)]
    tall = rows * TALL
    height = max(LANE * (many - 1) + tall, 2 * tall + GAP)
    top, lower = 28.0, 28 + height - tall  # of the first grid in a column, and of the last
    first = top + (height - LANE * (many - 1) - tall) / 2  # of the heads
    x = (54.0, 157.0, 270.0, 383.0, WIDE - 54.0)
    half, part = cell * len(every) / 2, cell * columns / 2
    marks = [_grid(x[0], top, rows, [GREY] * len(every), cell)]
    marks += [_grid(x[0], lower, rows, every, cell), _grid(x[4], top, rows, every, cell)]
    marks.append(_grid(x[4], lower, rows, [GREY] * len(every), cell))
    for at, name in ((x[0], "W_Q, W_K, W_V"), (x[4], "W_O")):
        marks.append(_with_subscripts(label(at, top + tall + 18, name, "soft")))
        marks.append(arrow((at, top + tall + 24), (at, lower - 4)))
    for head in range(many):
        y = first + head * LANE
        centre, hue = y + tall / 2, [HUES[head]]
        marks.append(arrow((x[0] + half + 4, lower + tall / 2), (x[1] - part - 5, centre)))
        marks.append(_grid(x[1], y, rows, hue * columns, cell))
        marks.append(arrow((x[1] + part + 5, centre), (x[2] - rows * TALL / 2 - 5, centre)))
        marks.append(_grid(x[2], y, rows, hue * rows, TALL, lower=True))
        marks.append(arrow((x[2] + rows * TALL / 2 + 5, centre), (x[3] - part - 5, centre)))
        marks.append(_grid(x[3], y, rows, hue * columns, cell))
        marks.append(arrow((x[3] + part + 5, centre), (x[4] - half - 5, top + tall / 2)))
    names = ("X", "split", "weights", "contexts", "joined")
    marks += [label(at, 14, name, "soft") for at, name in zip(x, names, strict=True)]
    marks += [label(x[0], top + height + 18, "Q, K, V", "soft")]
    marks += [label(x[4], top + height + 18, "output", "soft")]
    under = top + height + 40
    short = span(whole) + span(split) < 2 * (x[1] - x[0]) - 16  # so they fit beside each other
    split_at = under if short else under + 20
    square_at = split_at if span(split) + span(square) < 2 * (x[2] - x[1]) - 8 else split_at + 20
    for at, side, anchor in ((x[0], 0.0, "start"), (x[4], float(WIDE), "end")):
        place = (at, "middle") if short else (side, anchor)
        marks.append(label(place[0], under, whole, "run", anchor=place[1]))
    marks += [label(at, split_at, split, "run") for at in (x[1], x[3])]
    marks.append(label(x[2], square_at, square, "run"))
    return Layout("".join(marks), square_at + 6)


def _narrow(sizes: tuple[int, int, int], whole: str, split: str, square: str) -> Layout:
    many, rows, columns = sizes
    cell = min(8.0, 72 / columns)
    every = [HUES[head] for head in range(many) for _ in range(columns)]
    tall, middle = rows * TALL, NARROW / 2
    spots = [middle] if many == 1 else [48 + at * (NARROW - 96) / (many - 1) for at in range(many)]
    step = tall + 50
    tops = [20.0 + GAP + tall + at * step for at in range(5)]
    last = tops[4] + tall + GAP
    marks = [_grid(middle, y, rows, every, cell) for y in (tops[0], tops[4])]
    marks += [_grid(middle, y, rows, [GREY] * len(every), cell) for y in (20, last)]
    for y, name in ((20.0, "W_Q, W_K, W_V"), (tops[4], f"joined, {whole}")):
        marks.append(_with_subscripts(label(middle, y + tall + 18, name, "soft")))
        marks.append(arrow((middle, y + tall + 24), (middle, y + tall + GAP - 4)))
    for head, x in enumerate(spots):
        hue = [HUES[head]]
        marks.append(arrow((middle, tops[0] + tall + 3), (x, tops[1] - 4)))
        marks.append(_grid(x, tops[1], rows, hue * columns, cell))
        marks.append(arrow((x, tops[1] + tall + 4), (x, tops[2] - 4)))
        marks.append(_grid(x, tops[2], rows, hue * rows, TALL, lower=True))
        marks.append(arrow((x, tops[2] + tall + 4), (x, tops[3] - 4)))
        marks.append(_grid(x, tops[3], rows, hue * columns, cell))
        marks.append(arrow((x, tops[3] + tall + 4), (middle, tops[4] - 4)))
    marks.append(label(middle, 14, f"X, {whole}", "soft"))
    beside = middle + cell * len(every) / 2 + 8
    marks.append(label(beside, tops[0] + tall / 2 + 5, "Q, K, V", "soft", anchor="start"))
    for y, name, size in zip(
        tops[1:4], ("split", "weights", "contexts"), (split, square, split), strict=True
    ):
        if many == 2:  # between the two
            marks.append(label(middle, y + tall / 2 - 4, name, "soft"))
            marks.append(label(middle, y + tall / 2 + 14, size, "run"))
        else:
            marks.append(label(NARROW, y - 22, f"{name}, {size}", "soft", anchor="end"))
    times = label(middle + 10, tops[4] + tall + 42, "times W_O", "soft", anchor="start")
    marks.append(_with_subscripts(times))
    marks.append(label(middle, last + tall + 18, f"output, {whole}", "soft"))
    return Layout("".join(marks), last + tall + 24)


def _with_subscripts(mark: str) -> str:
    """Lower each letter after an underscore, as a formula does; a comma may follow it."""
    lowered = r'<tspan dy="3" font-size="75%">\1</tspan><tspan dy="-3">\2</tspan>'
    return re.sub(r"_(\w)(,?)", lowered, mark)
