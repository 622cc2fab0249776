"""Draw what a KV cache saves: which tokens a model reads at each step, without and with it.

A row of the grid is a step of generation, a column a position. With a cache a step reads only the
newest token; the keys and values of all others are in the cache.
"""

from __future__ import annotations

from exhibits.base.exhibit import Exhibit
from exhibits.base.wording import counted
from exhibits.diagrams.diagram import NARROW, WIDE, Choice, Layout, diagram
from exhibits.diagrams.shapes import label, state

STOPS = 9  # steps that the slider has


def kv_cache(prompt: int, new: int) -> Exhibit:
    """Draw the tokens that a model reads at each step; a slider moves through the steps.

    prompt: how many tokens are given; new: how many are generated

    Raises: ValueError if either is less than 1.

    >>> print(kv_cache(2, 3).text)
    [diagram] What a KV cache saves. From a prompt of 2 tokens to 3 new ones the model reads 9 \
tokens without a cache, and 4 with one.
    """
    if prompt < 1 or new < 1:
        raise ValueError(f"prompt is {prompt} and new is {new}; give 1 or more of both")
    without, kept = new * prompt + new * (new - 1) // 2, prompt + new - 1
    steps = sorted({round(at * (new - 1) / (STOPS - 1)) for at in range(STOPS)})
    start = len(steps) // 2
    notes = []
    for at in steps:
        again, alone = prompt + at, 1 if at else prompt
        notes.append(
            f"Step {at + 1:,}: {counted(again, 'token')} to read without a cache,"
            f" {alone:,} with one."
        )
    ways = (
        ("without a cache", f"{without:,} read", False),
        ("with a cache", f"{kept:,} read", True),
    )
    return diagram(
        "cache",
        "What a KV cache saves",
        f"From a prompt of {counted(prompt, 'token')} to {new:,} new ones the model reads"
        f" {without:,} tokens without a cache, and {kept:,} with one.",
        _layout(WIDE, prompt, new, ways, steps, start, gap=36),
        _layout(NARROW, prompt, new, ways, steps, start, gap=20),
        Choice("step", [f"{at + 1:,}" for at in steps], notes, start, slider=True),
    )


def _layout(
    width: float,
    prompt: int,
    new: int,
    ways: tuple[tuple[str, str, bool], ...],
    steps: list[int],
    start: int,
    *,
    gap: float,
) -> Layout:
    side = (width - gap) / 2
    columns = prompt + new - 1
    across = side / columns
    down = max(min(across, side / new), 40 / new)
    tall = down * new
    marks = []
    for number, (name, read, cached) in enumerate(ways):
        x, y = number * (side + gap), 22.0
        marks.append(label(x + side / 2, 14, name, "soft"))
        marks.append(f'<g transform="translate({x:g} {y:g})">{_grid(prompt, new, across, down)}')
        marks.append(_read(prompt, new, across, down, cached=cached))
        for at, step in enumerate(steps):
            length = across * (prompt + step)
            thick = max(3.0, down)
            row = (
                f'<rect class="dg-now" x="0" y="{step * down - (thick - down) / 2:.2f}"'
                f' width="{length:.2f}" height="{thick:.2f}"/>'
            )
            marks.append(state(row, [at], start, only=True))
        marks.append(f'<rect class="dg-edge" width="{side:g}" height="{tall:.2f}"/></g>')
        marks.append(label(x + side / 2, y + tall + 20, read, "run"))
    return Layout("".join(marks), tall + 48)


def _grid(prompt: int, new: int, across: float, down: float) -> str:
    """Draw the positions that a step attends to, whether read or cached."""
    return f'<path class="dg-kept" d="{_stairs(prompt, new, across, down)}"/>'


def _stairs(prompt: int, new: int, across: float, down: float) -> str:
    path = f"M0 0H{prompt * across:.2f}"
    for _ in range(new - 1):
        path += f"v{down:.2f}h{across:.2f}"
    return path + f"V{new * down:.2f}H0z"


def _read(prompt: int, new: int, across: float, down: float, *, cached: bool) -> str:
    """Draw the positions that a step reads: all, or with a cache only the newest."""
    if not cached:
        return f'<path class="dg-read" d="{_stairs(prompt, new, across, down)}"/>'
    cells = f"M0 0H{prompt * across:.2f}v{down:.2f}H0z"
    for step in range(1, new):
        x, y = (prompt + step - 1) * across, step * down
        cells += f"M{x:.2f} {y:.2f}h{across:.2f}v{down:.2f}h-{across:.2f}z"
    return f'<path class="dg-read" d="{cells}"/>'
