"""Train the LoRA of a model's upper blocks, whatever the loss.

What: `add_lora` freezes a model and gives its upper blocks LoRA; `minimise` takes one step a batch
down the loss that the caller computes, and yields that loss; `write_lora` and `load_lora` save and
load the thin matrices, which are all that changed. Source: Hu et al., LoRA (2021); AdamW, clipping
and the schedule are `scratch.training`'s. Left out: weight decay, since the matrices begin near 0.
"""

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn

from scratch.finetuning.lora import freeze, replace_linear_with_lora
from scratch.model.llama import LlamaModel
from scratch.model.tensor_file import read_tensors, write_tensors
from scratch.training.lr_schedule import learning_rate


class Diverged(ValueError):
    """A training whose loss is no finite number."""


@dataclass(frozen=True)
class LoRASettings:
    """What is trained, and how."""

    first: int  # the lowest block that is trained, counted from 0
    rank: int
    alpha: float
    max_lr: float
    batch_size: int  # examples of a step
    passes: int  # over all examples
    warmup_steps: int = 10
    grad_clip: float = 1.0
    seed: int = 1


def add_lora(model: LlamaModel, settings: LoRASettings) -> None:
    """Freeze a model and give its blocks from `first` on LoRA, in place."""
    freeze(model)
    generator = torch.Generator().manual_seed(settings.seed)
    for block in list(model.trf_blocks)[settings.first :]:
        replace_linear_with_lora(block, settings.rank, settings.alpha, generator)


def shuffled_batches(examples: int, settings: LoRASettings) -> list[list[int]]:
    """Number the examples of each step; a pass has every example once, in an order of its own.

    >>> settings = LoRASettings(0, 1, 1.0, 1e-3, batch_size=2, passes=2)
    >>> batches = shuffled_batches(3, settings)
    >>> [len(batch) for batch in batches], sorted(batches[2] + batches[3])
    ([2, 1, 2, 1], [0, 1, 2])
    """
    generator, size = torch.Generator().manual_seed(settings.seed), settings.batch_size
    batches = []
    for _ in range(settings.passes):
        order = torch.randperm(examples, generator=generator).tolist()
        batches += [order[start : start + size] for start in range(0, examples, size)]
    return batches


def minimise(
    model: nn.Module,
    batches: Iterable[list[int]],
    loss_of: Callable[[list[int]], Tensor],
    settings: LoRASettings,
) -> Iterator[float]:
    """Take a step a batch, and yield the batch's loss before the step.

    Raises: Diverged.
    """
    batches = list(batches)
    trained = [one for one in model.parameters() if one.requires_grad]
    optimiser = torch.optim.AdamW(trained, lr=settings.max_lr, weight_decay=0.0)
    for step, batch in enumerate(batches):
        for group in optimiser.param_groups:
            group["lr"] = learning_rate(
                step,
                len(batches),
                min(settings.warmup_steps, len(batches) - 1),
                settings.max_lr,
                settings.max_lr / 10,
            )
        optimiser.zero_grad(set_to_none=True)
        loss = loss_of(batch)
        if not math.isfinite(nats := loss.item()):
            raise Diverged(f"the loss of step {step + 1} is {nats}; lower max_lr")
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(trained, settings.grad_clip)
        optimiser.step()
        yield nats


def write_lora(path: Path, model: nn.Module) -> None:
    """Write the parameters that were trained, by their names."""
    write_tensors(
        path, {name: one.detach() for name, one in model.named_parameters() if one.requires_grad}
    )


def load_lora(path: Path, model: LlamaModel, settings: LoRASettings) -> None:
    """Give a model the LoRA of a file, in place. Raises: ValueError, OSError."""
    add_lora(model, settings)
    tensors = read_tensors(path)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if parameter.requires_grad:
                parameter.copy_(tensors[name])
