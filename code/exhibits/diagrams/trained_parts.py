"""Draw one model several times, each time with the parts coloured that a training changes.

A stack has a head, the last two blocks, dots for those between, and the first one; LoRA is a thin
strip beside what it is added to. Source: Raschka, sections 6.5 and E.1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from exhibits.base.exhibit import Exhibit
from exhibits.diagrams.diagram import NARROW, WIDE, Layout, diagram
from exhibits.diagrams.shapes import box, label

TRAINED = ("", "head", "block", "lora")
LINE, HEAD, BLOCK, GAP = 17, 18, 22, 5  # heights


@dataclass(frozen=True)
class Stack:
    """One way to train the model.

    name: one short line or more; trained: of TRAINED: nothing, the head, the last block and the
    head, or LoRA on both; numbers: how many numbers are trained
    """

    name: tuple[str, ...]
    trained: str
    numbers: int


def trained_parts(stacks: Sequence[Stack], n_layers: int) -> Exhibit:
    """Draw the model once for each way to train it; n_layers: its blocks, four or more.

    Raises: ValueError if there is no stack, or what is trained is not of TRAINED.

    >>> print(trained_parts([Stack(("new", "head"), "head", 577)], 30).text)
    [diagram] What each way trains. Of 30 blocks and a head: new head, 577 numbers.
    """
    if not stacks or any(one.trained not in TRAINED for one in stacks):
        raise ValueError(f"the stacks are {list(stacks)}; give one or more, trained of {TRAINED}")
    ways = "; ".join(f"{' '.join(one.name).strip()}, {one.numbers:,} numbers" for one in stacks)
    top = 14 + LINE * max(len(one.name) for one in stacks)
    wide, narrow = (
        Layout(
            "".join(
                _stack(one, n_layers, (at + 0.5) * width / len(stacks), width / len(stacks), top)
                for at, one in enumerate(stacks)
            ),
            top + HEAD + 4 * (BLOCK + GAP) + 34,
        )
        for width in (WIDE, NARROW)
    )
    said = f"Of {n_layers} blocks and a head: {ways}."
    return diagram("trained-parts", "What each way trains", said, wide, narrow)


def _stack(one: Stack, n_layers: int, x: float, room: float, top: float) -> str:
    """Draw a stack whose middle is at x, below its name."""
    wide = min(64, room - 22)
    left = x - wide / 2
    marks = [label(x, 14 + LINE * at, line) for at, line in enumerate(one.name) if line]
    lit = {"head": 1, "block": 2, "lora": 0}.get(one.trained, 0)  # parts, from the top
    names = ["head", f"{n_layers}", f"{n_layers - 1}", "…", "1"]
    y = top
    for at, name in enumerate(names):
        high = HEAD if at == 0 else BLOCK
        if name != "…":
            marks.append(box(left, y, wide, high, "lit" if at < lit else "faint"))
        marks.append(label(x, y + high / 2 + 4.5, name, "" if at < lit else "quiet"))
        if one.trained == "lora" and at < 2:
            marks.append(box(left + wide + 3, y, 6, high, "lit"))
        y += high + GAP
    marks.append(label(x, y + 16, _written(one.numbers), "run"))
    return "".join(marks)


def _written(numbers: int) -> str:
    """Write a count in few letters.

    >>> _written(577), _written(86_032), _written(3_541_826)
    ('577', '86 K', '3.5 M')
    """
    if numbers < 10_000:
        return f"{numbers:,}"
    return f"{numbers / 1e3:.0f} K" if numbers < 999_500 else f"{numbers / 1e6:.1f} M"
