"""Race a small GPT to a held-out loss, with one change at a time.

What: `CHANGES` lists the changes, each tried alone against the baseline: GPT-2's blocks, AdamW, a
constant learning rate. `race` trains one model and measures the held-out loss on the way, and the
processor time of its own thread, which other programs on the machine disturb less. `reached` finds
when a curve came down to a loss. Source: Jordan et al., modded-nanogpt (2024), who race a GPT-2 to
a loss of 3.28. Left out: a learning rate for each change, and several changes at once; whether two
groups of times differ by more than chance (`scratch.significance`).
"""

import itertools
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import torch
from torch import nn

from scratch.model.config import GPTConfig
from scratch.model.gpt_options import OptionGPT, Options
from scratch.training.batch_order import BatchOrder
from scratch.training.config import TrainingConfig
from scratch.training.dataset import GPTDataset, gather
from scratch.training.loss import evaluate, next_token_loss
from scratch.training.optimiser import make_optimiser, set_learning_rate

ENTRIES = 512  # of the encoding, learned from the text
SIZES = GPTConfig(vocab_size=ENTRIES, context_length=64, emb_dim=64, n_heads=4, n_layers=2)
RATE = 3e-3  # after 300 steps the baseline did alike at 2e-3 and 4e-3, and worse at 8e-3
WARMUP = 50  # steps, of the change that has them
TARGET = 3.75  # nats a token, where a race ends; the baseline is there before its last steps
EVERY = 40  # steps between two measurements


@dataclass(frozen=True)
class Change:
    """A change to the baseline; `Change()`, without arguments, is the baseline itself."""

    options: Options = field(default_factory=Options)
    optimiser: str = "adamw"
    warmup_steps: int = 0


BASELINE = "baseline"
CHANGES = {
    BASELINE: Change(),
    "warm-up": Change(warmup_steps=WARMUP),
    "Muon": Change(optimiser="muon"),
    "QK norm": Change(Options(qk_norm=True)),
    "rotary": Change(Options(rotary=True)),
    "ReLU²": Change(Options(relu_squared=True)),
    "zero init": Change(Options(zero_init=True)),
}


class Point(NamedTuple):
    """A measurement during a training."""

    steps: int  # made so far
    seconds: float  # of processor time that they took, measuring left out
    held_out: float  # loss, nats a token


def race(
    change: Change,
    learned: GPTDataset,
    held_out: GPTDataset,
    steps: int,
    seed: int,
    sizes: GPTConfig = SIZES,
) -> list[Point]:
    """Train a model with a change, and return its curve.

    learned, held_out: windows to train on, and to measure the loss on
    seed: decides the first weights and the order of the windows, equally for all changes
    Returns: a `Point` before the first step, after every EVERY steps, and after the last.
    """
    config = TrainingConfig(
        steps,
        max_lr=RATE,
        min_lr=RATE,
        warmup_steps=change.warmup_steps,
        optimiser=change.optimiser,
        seed=seed,
    )
    model = OptionGPT(sizes, change.options, torch.Generator().manual_seed(seed))
    optimiser = make_optimiser(model, config)
    order = BatchOrder(len(learned), config.batch_size, seed)
    seconds, curve = 0.0, [Point(0, 0.0, evaluate(model, held_out, 32))]
    for step in range(steps):
        began = time.thread_time()
        set_learning_rate(optimiser, config, step)
        optimiser.zero_grad()
        next_token_loss(model, *gather(learned, order[step])).backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(model.parameters(), config.grad_clip)
        optimiser.step()
        seconds += time.thread_time() - began
        if (step + 1) % EVERY == 0 or step + 1 == steps:
            curve.append(Point(step + 1, seconds, evaluate(model, held_out, 32)))
    return curve


def reached(curve: Sequence[Point], target: float) -> Point | None:
    """Return where a curve first came down to the loss `target`, or None if it never did.

    Between two measurements the curve is taken as a straight line.

    >>> curve = [Point(0, 0.0, 6.0), Point(10, 1.0, 4.0), Point(20, 2.0, 3.0)]
    >>> reached(curve, 3.5)
    Point(steps=15, seconds=1.5, held_out=3.5)
    >>> reached(curve, 2.0) is None
    True
    """
    for before, after in itertools.pairwise(curve):
        if after.held_out <= target:
            part = (before.held_out - target) / (before.held_out - after.held_out)
            part = max(0.0, part)  # of a target above the start
            steps = round(before.steps + part * (after.steps - before.steps))
            return Point(steps, before.seconds + part * (after.seconds - before.seconds), target)
    return None
