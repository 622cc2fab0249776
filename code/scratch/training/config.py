"""Configure a training (`TrainingConfig`): steps, batch size, learning rate, optimiser, clipping.

What: `TrainingConfig` holds all that a training depends on, apart from model and text. Source:
Radford et al. 2019 and Brown et al., Language Models are Few-Shot Learners (2020), appendix B, for
decay, betas and clipping; sizes and rates are for small models on two cores. Left out: device and
precision (`scratch.training.device`).
"""

import math
from dataclasses import dataclass

from scratch.training.lr_schedule import learning_rate

OPTIMISERS = ("adamw", "muon")


@dataclass(frozen=True)
class TrainingConfig:
    """The settings of a training.

    Raises: ValueError if a value is out of its range.
    """

    steps: int = 1_000
    batch_size: int = 8  # windows in a step
    # parts of a batch that are computed one after another, so that each needs less memory
    grad_accum: int = 1
    max_lr: float = 1e-3  # learning rate after the warm-up
    min_lr: float = 1e-4  # and at the end
    warmup_steps: int = 50  # steps
    optimiser: str = "adamw"  # one of OPTIMISERS; "muon" is for the matrices of the blocks
    weight_decay: float = 0.1  # of matrices; biases, norms and single numbers do not shrink
    # how much of AdamW's running means of gradients, and of their squares, each step keeps
    betas: tuple[float, float] = (0.9, 0.95)
    grad_clip: float = 1.0  # gradients longer than this are shortened to it
    clip_from: int = 0  # the first step whose gradients are clipped
    seed: int = 0  # of weights, order and dropout
    evaluate_every: int = 100  # steps; also after the last
    save_every: int = 100  # steps; also after the last

    def __post_init__(self) -> None:
        for name in ("steps", "batch_size", "grad_accum", "evaluate_every", "save_every"):
            if (value := getattr(self, name)) < 1:
                raise ValueError(f"{name} is {value}; give 1 or more")
        if self.batch_size % self.grad_accum:
            raise ValueError(
                f"batch_size is {self.batch_size}, grad_accum {self.grad_accum}; the parts must"
                " be equal"
            )
        if not 0 <= self.min_lr <= self.max_lr < math.inf:
            raise ValueError(f"min_lr is {self.min_lr}, max_lr {self.max_lr}; give them in order")
        if self.optimiser not in OPTIMISERS:
            raise ValueError(
                f"optimiser is {self.optimiser!r}; choose one of {', '.join(OPTIMISERS)}"
            )
        if not 0 <= self.weight_decay < math.inf:
            raise ValueError(
                f"weight_decay is {self.weight_decay}; give 0 for none, or a number above it"
            )
        if not all(0 <= beta < 1 for beta in self.betas):
            raise ValueError(
                f"betas are {self.betas}; each is a share of the old mean, so give 0 to below 1"
            )
        for name in ("clip_from", "seed"):
            if not 0 <= (value := getattr(self, name)) < 1 << 63:
                raise ValueError(f"{name} is {value}; give 0 to {(1 << 63) - 1}")
        if not self.grad_clip > 0:
            raise ValueError(
                f"grad_clip is {self.grad_clip}; give a length above 0, or math.inf for none"
            )
        learning_rate(0, self.steps, self.warmup_steps, self.max_lr, self.min_lr)
