"""Draw a GPT around one of its blocks, with the shape after each part.

The residual stream runs down the left; attention and feed-forward read from it and add to it. Above
the drawing the part that a reader chooses is explained, with what the model would guess so far;
below it is one token's vector there.

Source: Raschka, section 4.5.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from exhibits.base.exhibit import Exhibit
from exhibits.base.wording import counted
from exhibits.diagrams.diagram import NARROW, WIDE, Choice, Layout, diagram
from exhibits.diagrams.shapes import arrow, box, clickable, label, line, state
from exhibits.diagrams.vector_strips import ROW as STRIP_ROW
from exhibits.diagrams.vector_strips import ROWS as STRIPS
from exhibits.diagrams.vector_strips import Shown, vector_strips

PARTS = (
    ("ids", "one number per token, its row in the table of vectors."),
    ("embeddings", "the token’s row plus the position’s row. The stream begins."),
    ("norm", "a copy, brought to mean 0 and variance 1, then scaled as it has learned."),
    ("queries", "three matrices make them; each head, a parallel look, has a slice."),
    ("attention weights", "how much the token looks at each token up to itself, in one head."),
    ("weighted values", "the values averaged by these weights: what that head found."),
    ("output projection", "one matrix mixes what all heads found."),
    ("add", "what attention found is added to the stream. Nothing is replaced."),
    ("norm again", "once more such a copy."),
    ("feed-forward", "the vector alone, widened and bent."),
    ("add again", "narrowed to the width of the stream, it is added, too."),
    ("last norm", "after the other blocks, which do the same, the vector is rescaled once more."),
    ("logits", "one raw number per token of the vocabulary. The highest is the guess."),
)
UNITS = {"attention weights": "weight", "logits": "logit"}  # of the last length, not numbers
STEP, TALL = 38, 26  # from part to part, and the height of a part


def gpt_block(
    shapes: Mapping[str, Sequence[int]],
    n_layers: int,
    table: str = "",
    vectors: Sequence[Shown] = (),
    guesses: Mapping[str, str] | None = None,
) -> Exhibit:
    """Draw a transformer block in its GPT; a reader steps through its parts.

    shapes: the name and the shape of each of PARTS, in their order
    n_layers: how many blocks the model has
    table: the id of a table on the page with one row per part, "" for none; the part's row is
        marked, and a click on a row chooses its part
    vectors: for each of PARTS, what a token's vector is there, by name, or what it
        gives to named tokens; () to draw none
    guesses: sentences about the model's guess at a part, by the name of its shape

    Raises: ValueError if there are not as many shapes as PARTS, or vectors of some parts alone.

    >>> drawn = gpt_block({name: (1, 2) for name, _ in PARTS}, 4)
    >>> drawn.text.partition(". ")[0]
    '[diagram] A transformer block and its shapes'
    """
    if len(shapes) != len(PARTS):
        raise ValueError(
            f"there are {len(shapes)} shapes; give one for each of"
            f" {', '.join(name for name, _ in PARTS)}"
        )
    if len(vectors) not in (0, len(PARTS)):
        raise ValueError(f"there are vectors of {len(vectors)} parts; give all {len(PARTS)}, or ()")
    sizes = [" × ".join(f"{length:,}" for length in shape) for shape in shapes.values()]
    notes = []
    for (name, shape), (part, what) in zip(shapes.items(), PARTS, strict=True):
        notes.append(f"{name[0].upper()}{name[1:]}: {what} {_counted(shape, part)}.")
        notes[-1] = f"{notes[-1]} {(guesses or {}).get(name, '')}".strip()

    return diagram(
        "block",
        "A transformer block and its shapes",
        f"The model has {n_layers} such blocks. {' '.join(notes)}",
        _layout(WIDE, sizes, n_layers, vectors, stream=70, left=150, wide=210),
        _layout(NARROW, sizes, n_layers, vectors, stream=34, left=62, wide=142),
        Choice("part", [f"{at} of {len(PARTS)}" for at in range(1, len(PARTS) + 1)], notes, 1,
               slider=True, table=table, above=True),
    )  # fmt: skip


def _counted(shape: Sequence[int], part: str) -> str:
    """Say what each number of a shape counts.

    >>> _counted((4, 6, 6), "attention weights"), _counted((1,), "ids")
    ('4 heads × 6 tokens × 6 weights', '1 token')
    """
    units = ("text", "head", "token", UNITS.get(part, "number"))
    named = units[-len(shape) :] if len(shape) > 1 else ("token",)
    return " × ".join(counted(number, unit) for number, unit in zip(shape, named, strict=True))


def _layout(
    width: float, sizes: Sequence[str], n_layers: int, vectors: Sequence[Shown], *,
    stream: float, left: float, wide: float,
) -> Layout:  # fmt: skip
    centre, right = left + wide / 2, left + wide
    rows = [
        at * STEP + 2 + (24 if at > 1 else 0) + (8 if at > 10 else 0) for at in range(len(PARTS))
    ]
    top, bottom = rows[2] - 30, rows[10] + TALL + 6
    marks = [box(stream - 24, top, right + 8 - (stream - 24), bottom - top, "bare")]
    marks.append(label(right, top + 15, f"block 1 of {n_layers}", "soft", anchor="end"))

    def part(at: int, name: str, *, on_stream: bool = False) -> None:
        """Draw a part, and its shape at the right."""
        x, room = (0.0, right) if on_stream else (left, wide)
        y = rows[at]
        drawn = box(x, y, room, TALL) + label(x + room / 2, y + 18, name)
        drawn += label(width, y + 18, sizes[at], "run", anchor="end")
        marks.append(clickable(state(drawn, [at], 1), at))

    def branch(first: int, last: int) -> None:
        """Draw what leaves the stream above a part, runs to the last one, and is added below."""
        leave, back = rows[first] - 9, rows[last + 1] + TALL / 2
        marks.append(arrow((stream, leave), (centre, leave), (centre, rows[first])))
        for row in range(first, last):
            marks.append(arrow((centre, rows[row] + TALL), (centre, rows[row + 1])))
        marks.append(arrow((centre, rows[last] + TALL), (centre, back), (stream + 10, back)))
        plus = f'<circle class="dg-box" cx="{stream:g}" cy="{back:g}" r="9"/>'
        plus += line([(stream - 5, back), (stream + 5, back)])
        plus += line([(stream, back - 5), (stream, back + 5)])
        plus += label(width, back + 5, sizes[last + 1], "run", anchor="end")
        room = box(stream - 24, back - STEP / 2, 48, STEP, "row")  # as large as a fingertip
        marks.append(clickable(room + state(plus, [last + 1], 1), last + 1))

    part(0, "ids", on_stream=True)
    marks.append(arrow((stream, rows[0] + TALL), (stream, rows[1])))
    sum_of = "token + position embeddings" if width == WIDE else "token + position"
    part(1, sum_of, on_stream=True)
    adds = [rows[7] + TALL / 2, rows[10] + TALL / 2]
    marks.append(arrow((stream, rows[1] + TALL), (stream, adds[0] - 9)))
    marks.append(arrow((stream, adds[0] + 9), (stream, adds[1] - 9)))
    marks.append(arrow((stream, adds[1] + 9), (stream, rows[11])))
    part(2, "layer norm")
    part(3, "queries, keys, values")
    part(4, "attention weights")
    part(5, "weighted values")
    part(6, "output projection")
    branch(2, 6)
    part(8, "layer norm")
    part(9, "feed-forward")
    branch(8, 9)
    part(11, "last norm", on_stream=True)
    marks.append(arrow((stream, rows[11] + TALL), (stream, rows[12])))
    part(12, "logits", on_stream=True)
    strips = 14 + STRIPS * STRIP_ROW if vectors else 0
    marks.append(vector_strips(vectors, width, rows[12] + TALL + 16, 1))
    return Layout("".join(marks), rows[12] + TALL + 2 + strips)
