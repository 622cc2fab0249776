"""Draw how a token's vector and that of its position are added to the input of a model.

What: the reader chooses a token of a sentence and sees its row of one table, the row of its
position of the other, and their sum, as strips of shaded cells. Left out: all but the first CELLS
numbers of each vector.
"""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor

from exhibits.base.exhibit import Exhibit
from exhibits.diagrams.diagram import NARROW, WIDE, Choice, Layout, diagram
from exhibits.diagrams.shapes import cells, label, state

CELLS = 12  # numbers of a vector that are drawn
ROW = 46  # height of a strip with the room below it
TALL = 24  # height of a strip
MOST = 3.0  # the absolute value with the full shade
LEFT = 92  # where the strips begin


def input_sum(tokens: Sequence[str], vectors: Tensor, positions: Tensor, start: int = 0) -> Exhibit:
    """Draw the sum at each token of a sentence, one at a time; a row of buttons chooses it.

    vectors, positions: (T, C), the vector of each token and that of its position
    start: the index of the token that is shown first

    Raises: ValueError if there is no token, or not a vector of each kind for each.

    >>> import torch
    >>> input_sum(["a"], torch.ones(1, 4), torch.ones(1, 4)).text.partition(". ")[0]
    '[diagram] A token’s vector plus its position’s'
    """
    if not tokens or not len(tokens) == len(vectors) == len(positions):
        raise ValueError(
            f"there are {len(tokens)} tokens, {len(vectors)} vectors and {len(positions)}"
            " positions; give one or more, and as many of each"
        )
    notes = [_note(tokens, at) for at in range(len(tokens))]
    settings = [f"{token} {at}" for at, token in enumerate(tokens)]
    return diagram(
        "input-sum",
        "A token’s vector plus its position’s",
        f"The first {min(CELLS, vectors.shape[1])} numbers of each vector, as shaded cells, for"
        f" each of {len(tokens)} tokens.",
        _layout(vectors, positions, start, WIDE),
        _layout(vectors, positions, start, NARROW),
        Choice("token", settings, notes, start),
    )


def _note(tokens: Sequence[str], at: int) -> str:
    """Say where else in the sentence the token is."""
    others = [other for other, token in enumerate(tokens) if token == tokens[at] and other != at]
    here = f"“{tokens[at]}” at position {at}"
    if not others:
        return f"{here}: the sum is the input of the model."
    return f"{here}: the first row is the same at position {others[0]}, the others differ."


def _layout(vectors: Tensor, positions: Tensor, start: int, width: float) -> Layout:
    many = min(CELLS, vectors.shape[1])
    wide = min(30.0, (width - LEFT - 4) // many)
    rows = (("token", vectors), ("+ position", positions), ("= input", vectors + positions))
    marks = [
        label(0, row * ROW + TALL / 2 + 6, name, "strong" if row == 2 else "", anchor="start")
        for row, (name, _) in enumerate(rows)
    ]
    for at in range(len(vectors)):
        strips = "".join(
            cells(LEFT, row * ROW + 2, [values[at, :many].tolist()], wide, TALL, MOST)
            for row, (_, values) in enumerate(rows)
        )
        marks.append(state(strips, [at], start, only=True))
    return Layout("".join(marks), 2 * ROW + TALL + 6)
