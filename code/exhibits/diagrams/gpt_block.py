"""Draw a GPT around one of its blocks, with the shape after each part.

The residual stream runs down the left; attention and feed-forward read from it and add to it.

Source: Raschka, section 4.5.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from exhibits.base.exhibit import Exhibit
from exhibits.diagrams.diagram import NARROW, WIDE, Choice, Layout, diagram
from exhibits.diagrams.shapes import arrow, box, clickable, label, line, state

PARTS = (
    ("ids", "one number per token."),
    ("embeddings", "one vector per token starts the stream."),
    ("queries", "each head takes a slice of the width."),
    ("attention weights", "in each head, one number for every pair of tokens."),
    ("weighted values", "in each head, a mean of the values, weighted."),
    ("output projection", "one matrix mixes what the heads found."),
    ("add", "what attention found is added to the stream."),
    ("feed-forward", "each vector is widened and bent."),
    ("add again", "narrowed to the width of the stream, it is added, too."),
    ("last norm", "each vector is rescaled once more."),
    ("logits", "one raw number per token of the vocabulary, at every position."),
)
STEP, TALL = 38, 26  # from part to part, and the height of a part


def gpt_block(shapes: Mapping[str, Sequence[int]], n_layers: int, table: str = "") -> Exhibit:
    """Draw a transformer block in its GPT; a reader steps through its parts.

    shapes: the name and the shape of each of PARTS, in their order
    n_layers: how many blocks the model has
    table: the id of a table on the page with one row per part, "" for none; the part's row is
        marked, and a click on a row chooses its part

    Raises: ValueError if there are not as many shapes as PARTS.

    >>> drawn = gpt_block({name: (1, 2) for name, _ in PARTS}, 4)
    >>> drawn.text.partition(". ")[0]
    '[diagram] A transformer block and its shapes'
    """
    if len(shapes) != len(PARTS):
        raise ValueError(
            f"there are {len(shapes)} shapes; give one for each of"
            f" {', '.join(name for name, _ in PARTS)}"
        )
    sizes = [" × ".join(f"{length:,}" for length in shape) for shape in shapes.values()]
    notes = [
        f"{name[0].upper()}{name[1:]}: {what}"
        for name, (_, what) in zip(shapes, PARTS, strict=True)
    ]
    described = [f"{note} ({size})" for note, size in zip(notes, sizes, strict=True)]

    return diagram(
        "block",
        "A transformer block and its shapes",
        f"The model has {n_layers} such blocks. {' '.join(described)}",
        _layout(WIDE, sizes, n_layers, stream=70, left=150, wide=210),
        _layout(NARROW, sizes, n_layers, stream=36, left=66, wide=138),
        Choice("part", [f"{at} of {len(PARTS)}" for at in range(1, len(PARTS) + 1)], notes, 1,
               slider=True, table=table),
    )  # fmt: skip


def _layout(
    width: float, sizes: Sequence[str], n_layers: int, *, stream: float, left: float, wide: float
) -> Layout:
    centre, right = left + wide / 2, left + wide
    rows = [
        at * STEP + 2 + (24 if at > 1 else 0) + (8 if at > 10 else 0)
        for at in range(len(PARTS) + 2)
    ]
    top, bottom = rows[2] - 30, rows[10] + TALL + 6
    marks = [box(stream - 24, top, right + 8 - (stream - 24), bottom - top, "bare")]
    marks.append(label(right, top + 15, f"block, {n_layers} times", "soft", anchor="end"))

    def part(row: int, name: str, at: int | None, *, on_stream: bool = False) -> None:
        """Draw a part in a row, and its shape at the right if it has one."""
        x, room = (0.0, right) if on_stream else (left, wide)
        y = rows[row]
        drawn = box(x, y, room, TALL) + label(x + room / 2, y + 18, name)
        if at is not None:
            drawn += label(width, y + 18, sizes[at], "run", anchor="end")
            drawn = clickable(state(drawn, [at], 1), at)
        marks.append(drawn)

    def branch(first: int, last: int, add: int, at: int) -> None:
        """Draw what leaves the stream above a row, runs through parts, and is added below."""
        leave, back = rows[first] - 9, rows[add] + TALL / 2
        marks.append(arrow((stream, leave), (centre, leave), (centre, rows[first])))
        for row in range(first, last):
            marks.append(arrow((centre, rows[row] + TALL), (centre, rows[row + 1])))
        marks.append(arrow((centre, rows[last] + TALL), (centre, back), (stream + 10, back)))
        plus = f'<circle class="dg-box" cx="{stream:g}" cy="{back:g}" r="9"/>'
        plus += line([(stream - 5, back), (stream + 5, back)])
        plus += line([(stream, back - 5), (stream, back + 5)])
        plus += label(width, back + 5, sizes[at], "run", anchor="end")
        marks.append(clickable(state(plus, [at], 1), at))

    part(0, "ids", 0, on_stream=True)
    marks.append(arrow((stream, rows[0] + TALL), (stream, rows[1])))
    part(
        1, "token + position embeddings" if width == WIDE else "token + position", 1, on_stream=True
    )
    adds = [rows[7] + TALL / 2, rows[10] + TALL / 2]
    marks.append(arrow((stream, rows[1] + TALL), (stream, adds[0] - 9)))
    marks.append(arrow((stream, adds[0] + 9), (stream, adds[1] - 9)))
    marks.append(arrow((stream, adds[1] + 9), (stream, rows[11])))
    part(2, "layer norm", None)
    part(3, "queries, keys, values" if width == WIDE else "queries", 2)
    part(4, "attention weights", 3)
    part(5, "weighted values", 4)
    part(6, "output projection", 5)
    branch(2, 6, 7, 6)
    part(8, "layer norm", None)
    part(9, "feed-forward", 7)
    branch(8, 9, 10, 8)
    part(11, "last norm", 9, on_stream=True)
    marks.append(arrow((stream, rows[11] + TALL), (stream, rows[12])))
    part(12, "logits", 10, on_stream=True)
    return Layout("".join(marks), rows[12] + TALL + 2)
