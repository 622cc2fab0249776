"""Draw a one-hot vector times an embedding table: the id's row remains, all others become 0.

Each number of the one-hot vector is drawn beside the row with which it is multiplied.
"""

from __future__ import annotations

from collections.abc import Sequence

from exhibits.base.exhibit import Exhibit
from exhibits.diagrams.diagram import Choice, Layout, diagram
from exhibits.diagrams.shapes import arrow, box, clickable, label, numeral, state
from exhibits.tokens.glyphs import Token, plain

MOST = 6  # rows that are drawn
ROW, GAP = 24, 15  # heights of a row, and of the rows left out between two
CELL = 62  # width of a number


def one_hot_lookup(
    tokens: Sequence[Token], ids: Sequence[int], vectors: Sequence[Sequence[float]], vocab_size: int
) -> Exhibit:
    """Draw the row that each id of a sentence selects; a reader chooses the id.

    tokens, ids: of a sentence; the first MOST different ones are drawn
    vectors: (T, C), the table's row for each token, as `tensor.tolist()` gives it
    vocab_size: how many rows the table has

    Raises: ValueError if tokens, ids and vectors differ in number, or there are none.

    >>> print(one_hot_lookup(["a", "cat"], [4, 7], [[0.1], [-0.2]], 100).text)
    [diagram] A one-hot vector times the table. Of 100 rows id 4 picks row 4, id 7 picks row 7.
    """
    if not tokens or not len(tokens) == len(ids) == len(vectors):
        raise ValueError(
            f"there are {len(tokens)} tokens, {len(ids)} ids and {len(vectors)} vectors; give one"
            " or more, and as many of each"
        )
    rows = dict(list(dict(zip(ids, zip(tokens, vectors, strict=True), strict=True)).items())[:MOST])
    order = list(rows)  # as in the sentence; the table has them in the order of ids
    notes = [
        f"Index {number:,} is 1, the other {vocab_size - 1:,} are 0: the sum is row {number:,}."
        for number in order
    ]
    names = [plain(rows[number][0]) for number in order]
    table = [(number, rows[number][1], order.index(number)) for number in sorted(rows)]
    shape = (vocab_size, len(vectors[0]))
    start = next((at for at, name in enumerate(names) if name.isalpha()), 0)
    return diagram(
        "lookup",
        "A one-hot vector times the table",
        f"Of {vocab_size:,} rows "
        + ", ".join(f"id {number:,} picks row {number:,}" for number in order)
        + ".",
        _layout(table, shape, start, columns=6, gutter=72),
        _layout(table, shape, start, columns=3, gutter=56),
        Choice("token", names, notes, start),
    )


def _layout(
    table: Sequence[tuple[int, Sequence[float], int]],
    shape: tuple[int, int],
    start: int,
    *,
    columns: int,
    gutter: float,
) -> Layout:
    columns = min(columns, shape[1])
    one, left = gutter + 6, gutter + 66  # where the one-hot numbers and the rows begin
    right = left + columns * CELL + (22 if columns < shape[1] else 0)
    marks = [label(one + 17, 14, "one-hot", "soft")]
    marks.append(label((left + right) / 2, 14, "embedding table", "soft"))
    marks.append(label(one + 17, 32, f"{shape[0]:,} × 1", "run"))
    marks.append(label((left + right) / 2, 32, f"{shape[0]:,} × {shape[1]:,}", "run"))
    y, top = 42.0, 42.0
    before = -1
    for number, values, at in table:
        y = _left_out(marks, y, number - before - 1, one, left, right)
        marks.append(_row(y, number, values[:columns], (at, len(table), start), one, left, right))
        y, before = y + ROW, number
    y = _left_out(marks, y, shape[0] - before - 1, one, left, right)
    marks.insert(0, box(one, top, 34, y - top, "faint") + box(left, top, right - left, y - top))
    marks.append(label(left - 16, (top + y) / 2 + 5, "×"))
    marks.append(arrow(((left + right) / 2, y + 3), ((left + right) / 2, y + 20)))
    marks.append(label(left - 16, y + 40, "="))
    marks.append(label(gutter, y + 40, "sum", "soft", anchor="end"))
    for _, values, at in table:
        texts = _numbers(y + 24, values[:columns], left, right)
        result = box(left, y + 24, right - left, ROW, "lit") + texts
        marks.append(state(result, [at], start, only=True))
    return Layout("".join(marks), y + 24 + ROW + 2)


def _left_out(
    marks: list[str], y: float, many: int, one: float, left: float, right: float
) -> float:
    """Draw dots for rows that are left out, and return where the next row begins."""
    if not many:
        return y
    marks += [label(x, y + 12, "⋮", "quiet") for x in (one + 17, (left + right) / 2)]
    return y + GAP


def _row(
    y: float,
    number: int,
    values: Sequence[float],
    choice: tuple[int, int, int],
    one: float,
    left: float,
    right: float,
) -> str:
    at, many, start = choice
    others = [other for other in range(many) if other != at]
    zero = state(label(one + 17, y + 17, "0", "quiet"), others, start, only=True)
    hot = state(
        box(one, y, 34, ROW, "lit") + label(one + 17, y + 17, "1", "run"), [at], start, only=True
    )
    name = label(one - 6, y + 17, f"{number:,}", "run", anchor="end")
    lit = state(box(left, y, right - left, ROW, "row"), [at], start)
    return clickable(name + zero + hot + lit + _numbers(y, values, left, right), at)


def _numbers(y: float, values: Sequence[float], left: float, right: float) -> str:
    texts = "".join(
        label(left + CELL * (at + 0.5), y + 17, numeral(value), "run")
        for at, value in enumerate(values)
    )
    more = right - left - CELL * len(values)
    return texts + (label(right - more / 2, y + 17, "…", "quiet") if more else "")
