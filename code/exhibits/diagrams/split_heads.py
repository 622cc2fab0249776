"""Draw how multi-head attention splits vectors into heads and joins them again.

Each head has a hue. Wide vectors, long rows and many heads are drawn smaller than they are; the
shapes below say their sizes.

Source: Raschka, section 3.6.
"""

from __future__ import annotations

from collections.abc import Sequence

from exhibits.base.exhibit import Exhibit
from exhibits.diagrams.diagram import NARROW, WIDE, Layout, diagram
from exhibits.diagrams.marks import arrow, label, span

MOST_HEADS, MOST_TOKENS, MOST_CELLS = 3, 6, 16  # that are drawn
TALL = 9  # height of a cell
LANE = 84  # from one head to the next in the wide layout


def split_heads(shape: tuple[int, int, int], n_heads: int) -> Exhibit:
    """Draw vectors split into heads, their attention, and the contexts joined.

    shape: (B, T, C), that of the input; n_heads: H, a divisor of C

    Raises: ValueError if C cannot be split into H heads.

    >>> print(split_heads((1, 6, 16), 2).text)
    [diagram] Heads split and joined. 1 × 6 × 16 is split into 2 heads of 8: 1 × 2 × 6 × 8. Each \
head has its own weights, 1 × 2 × 6 × 6. Joined, the contexts are 1 × 6 × 16 again.
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
        f"{whole} is split into {n_heads} heads of {each}: {split}. Each head has its own weights,"
        f" {square}. Joined, the contexts are {whole} again.",
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


def _wide(sizes: tuple[int, int, int], whole: str, split: str, square: str) -> Layout:
    many, rows, columns = sizes
    cell = 6.0
    every = [HUES[head] for head in range(many) for _ in range(columns)]
    tall, height = rows * TALL, LANE * (many - 1) + rows * TALL
    top, middle = 28.0, 28 + (LANE * (many - 1) + rows * TALL) / 2
    x = (50.0, 166.0, 262.0, 358.0, WIDE - 54.0)
    half, part = cell * len(every) / 2, cell * columns / 2
    marks = [_grid(at, middle - tall / 2, rows, every, cell) for at in (x[0], x[4])]
    for head in range(many):
        y = top + head * LANE
        centre, hue = y + tall / 2, [HUES[head]]
        marks.append(arrow((x[0] + half + 4, middle), (x[1] - part - 5, centre)))
        marks.append(_grid(x[1], y, rows, hue * columns, cell))
        marks.append(arrow((x[1] + part + 5, centre), (x[2] - rows * TALL / 2 - 5, centre)))
        marks.append(_grid(x[2], y, rows, hue * rows, TALL, lower=True))
        marks.append(arrow((x[2] + rows * TALL / 2 + 5, centre), (x[3] - part - 5, centre)))
        marks.append(_grid(x[3], y, rows, hue * columns, cell))
        marks.append(arrow((x[3] + part + 5, centre), (x[4] - half - 5, middle)))
    names = ("vectors", "split", "weights", "contexts", "joined")
    marks += [label(at, 14, name, "soft") for at, name in zip(x, names, strict=True)]
    under = top + height + 22
    short = span(whole) + span(split) < 2 * (x[1] - x[0]) - 16  # so they fit beside each other
    split_at, square_at = (under, under + 20) if short else (under + 20, under + 40)
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
    tops = [20.0, 20 + step, 20 + 2 * step, 20 + 3 * step, 20 + 4 * step]
    marks = [_grid(middle, y, rows, every, cell) for y in (tops[0], tops[4])]
    for head, x in enumerate(spots):
        hue = [HUES[head]]
        marks.append(arrow((middle, tops[0] + tall + 3), (x, tops[1] - 4)))
        marks.append(_grid(x, tops[1], rows, hue * columns, cell))
        marks.append(arrow((x, tops[1] + tall + 4), (x, tops[2] - 4)))
        marks.append(_grid(x, tops[2], rows, hue * rows, TALL, lower=True))
        marks.append(arrow((x, tops[2] + tall + 4), (x, tops[3] - 4)))
        marks.append(_grid(x, tops[3], rows, hue * columns, cell))
        marks.append(arrow((x, tops[3] + tall + 4), (middle, tops[4] - 4)))
    marks.append(label(middle, 14, f"vectors, {whole}", "soft"))
    for y, name, size in zip(
        tops[1:4], ("split", "weights", "contexts"), (split, square, split), strict=True
    ):
        if many == 2:  # between the two
            marks.append(label(middle, y + tall / 2 - 4, name, "soft"))
            marks.append(label(middle, y + tall / 2 + 14, size, "run"))
        else:
            marks.append(label(NARROW, y - 22, f"{name}, {size}", "soft", anchor="end"))
    marks.append(label(middle, tops[4] + tall + 18, f"joined, {whole}", "soft"))
    return Layout("".join(marks), tops[4] + tall + 24)
