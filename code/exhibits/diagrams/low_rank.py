"""Draw LoRA: a frozen matrix, and beside it two thin ones whose product is as large, and is added.

The rectangles have the matrices' proportions, except that A and B are at least THIN thick, and no
side of W is below SHORT. A slider changes the rank.

Source: Hu et al., LoRA: Low-Rank Adaptation of Large Language Models (2021), figure 1.
"""

from __future__ import annotations

from collections.abc import Sequence

from exhibits.base.exhibit import Exhibit
from exhibits.diagrams.diagram import Choice, Layout, diagram
from exhibits.diagrams.shapes import box, label, state

THIN, SHORT = 3, 60  # units, so that a thin matrix can be seen, and words fit into W
GAP = 7  # between a thin matrix and the product
TOP, BELOW = 22, 44  # heights of the labels above and below the rectangles


def low_rank(inputs: int, outputs: int, ranks: Sequence[int], start: int = 0) -> Exhibit:
    """Draw a matrix, and the product of two thin ones that LoRA adds; a slider sets the rank.

    inputs, outputs: of the linear layer; ranks: to choose from, ascending
    start: the index of the rank shown first

    Raises: ValueError if there is no rank, or one is not between 1 and the shorter side.

    >>> print(low_rank(576, 576, [8]).text)
    [diagram] LoRA, two thin matrices beside a frozen one. W, 576 × 576, stays as it is. Rank 8: \
A, 576 × 8, and B, 8 × 576, are trained.
    """
    if not ranks or not all(1 <= rank <= min(inputs, outputs) for rank in ranks):
        raise ValueError(
            f"ranks is {list(ranks)}; give one or more, each from 1 to {min(inputs, outputs):,}"
        )
    whole = inputs * outputs
    notes = [
        f"Rank {rank:,}: {_trained(inputs, outputs, rank):,} numbers to train,"
        f" {_trained(inputs, outputs, rank) / whole:.1%} of W’s {whole:,}."
        for rank in ranks
    ]
    thin = "; ".join(
        f"Rank {rank:,}: A, {inputs:,} × {rank:,}, and B, {rank:,} × {outputs:,}, are trained"
        for rank in ranks
    )
    return diagram(
        "low-rank",
        "LoRA, two thin matrices beside a frozen one",
        f"W, {inputs:,} × {outputs:,}, stays as it is. {thin}.",
        _layout((inputs, outputs), ranks, start, left=12, longest=168, plus=62),
        _layout((inputs, outputs), ranks, start, left=2, longest=118, plus=46),
        Choice("rank", [f"{rank:,}" for rank in ranks], notes, start, slider=True),
    )


def _trained(inputs: int, outputs: int, rank: int) -> int:
    return rank * (inputs + outputs)


def _layout(
    shape: tuple[int, int],
    ranks: Sequence[int],
    start: int,
    *,
    left: float,
    longest: float,
    plus: float,
) -> Layout:
    inputs, outputs = shape
    scale = longest / max(shape)
    height, width = max(SHORT, inputs * scale), max(SHORT, outputs * scale)
    room = max(THIN, max(ranks) * scale) + GAP  # for the thickest of the thin matrices
    y = TOP + room
    right = left + width + plus + room  # where the product begins
    size = f"{inputs:,} × {outputs:,}"
    marks = [
        box(left, y, width, height),
        label(left + width / 2, y + height / 2, "W", "strong"),
        label(left + width / 2, y + height / 2 + 20, size, "run"),
        label(left + width / 2, y + height + 38, "stays as it is", "soft"),
        label(left + width + plus / 2, y + height / 2 + 6, "+", "strong"),
        box(right, y, width, height, "bare"),
        label(right + width / 2, y + height / 2, "A × B", "strong"),
        label(right + width / 2, y + height / 2 + 20, size, "run"),
        label(right + width / 2, y + height + 38, "is added", "soft"),
    ]
    for at, rank in enumerate(ranks):
        thick = max(THIN, rank * scale)
        above, beside = y - GAP - thick, right - GAP - thick
        thin = [
            box(beside, y, thick, height, "lit"),
            box(right, above, width, thick, "lit"),
            label(right + width / 2, above - 7, f"B  {rank:,} × {outputs:,}", "run"),
            label(right - GAP, y + height + 18, f"A  {inputs:,} × {rank:,}", "run"),
        ]
        marks.append(state("".join(thin), [at], start, only=True))
    return Layout("".join(marks), y + height + BELOW)
