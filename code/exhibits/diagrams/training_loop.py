"""Draw the loop of training: a batch, forward, the loss, backward, a step, an evaluation.

Source: Raschka, section 5.2.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from exhibits.base.exhibit import Exhibit
from exhibits.base.wording import decimal
from exhibits.diagrams.diagram import NARROW, WIDE, Choice, Layout, diagram
from exhibits.diagrams.shapes import arrow, box, clickable, label, state

PARTS = (
    ("batch", "windows of the text, and the same shifted by one: the right guesses."),
    ("forward", "a raw score for every token of the vocabulary, at each position."),
    ("loss", "the surprise at the right tokens, in the first and the last batch."),
    ("backward", "a gradient for each weight, which says where downhill is."),
    ("step", "the optimiser nudges each weight downhill, and the next batch comes."),
    ("evaluate", "now and then, the loss on text that it doesn’t learn from."),
)


def training_loop(
    batch: tuple[int, int],
    vocab_size: int,
    parameters: int,
    losses: Sequence[float],
    held_out: Sequence[tuple[int, float]],
    example: Mapping[str, str] | None = None,
) -> Exhibit:
    """Draw the six parts of a training step, with the numbers of a run.

    batch: (B, T), rows and tokens per row; parameters: how many the model has
    losses: of each step, in nats per token; held_out: (step, loss) of each evaluation
    example: name of a part -> a sentence on what it does with one token, said after its note

    Raises: ValueError if there is no loss, or no evaluation.

    >>> training_loop((8, 64), 1024, 5000, [6.9, 5.1], [(0, 6.9), (2, 5.3)]).text.partition(". ")[0]
    '[diagram] The loop of training'
    """
    if not losses or not held_out:
        raise ValueError(
            f"there are {len(losses)} losses and {len(held_out)} evaluations; give one or more of"
            " each"
        )
    rows, tokens = batch
    first, last = decimal(losses[0]), decimal(losses[-1])
    judged, unseen = held_out[-1][0], decimal(held_out[-1][1])
    sizes = [
        f"{rows} × {tokens:,} tokens",
        f"{vocab_size:,} scores each",
        f"{first} → {last} nats",
        f"{parameters:,} slopes",
        f"{len(losses):,} steps",
        f"{unseen} at step {judged:,}",
    ]
    stations = [(name, size, what) for (name, what), size in zip(PARTS, sizes, strict=True)]
    example = example or {}
    notes = [
        f"{at} {name[0].upper()}{name[1:]}: {what} {example.get(name, '')}".rstrip()
        for at, (name, _, what) in enumerate(stations, start=1)
    ]
    described = [f"{note} ({size})" for note, (_, size, _) in zip(notes, stations, strict=True)]
    return diagram(
        "loop",
        "The loop of training",
        " ".join(described),
        _wide(stations),
        _narrow(stations),
        Choice("station", [name for name, _, _ in stations], notes),
    )


Stations = Sequence[tuple[str, str, str]]


def _station(x: float, y: float, wide: float, tall: float, stations: Stations, at: int) -> str:
    name, size, _ = stations[at]
    marks = box(x, y, wide, tall) + label(
        x + wide / 2, y + tall / 2 - 5, f"{at + 1} {name}", "strong"
    )
    marks += label(x + wide / 2, y + tall / 2 + 15, size, "run")
    return clickable(state(marks, [at], 0), at)


def _wide(stations: Stations) -> Layout:
    wide, tall, gap, below = 152.0, 62.0, 42.0, 106.0
    right, middle = wide + gap, tall / 2
    places = [(right * at, 1.0) for at in range(3)]
    places += [(right * at, below) for at in (2, 1, 0)]
    marks = [_station(x, y, wide, tall, stations, at) for at, (x, y) in enumerate(places)]
    for at in range(2):
        x = right * at + wide
        marks.append(arrow((x + 4, middle), (x + gap - 4, middle)))
        marks.append(arrow((x + gap - 4, below + middle), (x + 4, below + middle)))
    marks.append(arrow((WIDE - wide / 2, tall + 5), (WIDE - wide / 2, below - 4)))
    lane, back = (tall + below) / 2, wide / 2
    up = right + back  # from the step, the fifth, to the next batch
    marks.append(arrow((up, below - 4), (up, lane), (back, lane), (back, tall + 5)))
    return Layout("".join(marks), below + tall + 2)


def _narrow(stations: Stations) -> Layout:
    wide, tall, step = 250.0, 50.0, 70.0
    marks = []
    for at in range(len(stations)):
        y = 1 + at * step
        marks.append(_station(0, y, wide, tall, stations, at))
        if at:
            marks.append(arrow((wide / 2, y - step + tall + 3), (wide / 2, y - 3)))
    end = 1 + (len(stations) - 2) * step + tall / 2  # the step; the evaluation is beside the loop
    side = NARROW - 30
    marks.append(arrow((wide + 4, end), (side, end), (side, tall / 2), (wide + 4, tall / 2)))
    return Layout("".join(marks), end + step + tall / 2 + 2)
