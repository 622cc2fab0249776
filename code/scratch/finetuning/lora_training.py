"""Train LoRA in a model's upper blocks with any loss: settings, batches, steps; write and load it.

What: `add_lora` freezes a model and adds LoRA to its upper blocks; `minimise` makes one step per
batch on a loss that the caller computes, and yields that loss; `write_lora` and `load_lora` save
and load the thin matrices, the only parameters that change. Source: Hu et al., LoRA (2021);
clipping and schedule as in `scratch.training`. Left out: weight decay, since the matrices start
near 0.
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
    """A loss that is infinite or not a number; the message has the step."""


@dataclass(frozen=True)
class LoRASettings:
    """The settings of a training by LoRA."""

    first_block: int  # the lowest block that is trained, counted from 0
    rank: int
    alpha: float
    max_lr: float
    batch_size: int  # examples of a step
    passes: int  # over all examples
    warmup_steps: int = 10
    grad_clip: float = 1.0
    seed: int = 1


def add_lora(model: LlamaModel, settings: LoRASettings) -> None:
    """Freeze a model and add LoRA to its blocks from settings.first_block on, in place."""
    freeze(model)
    generator = torch.Generator().manual_seed(settings.seed)
    for block in list(model.trf_blocks)[settings.first_block :]:
        replace_linear_with_lora(block, settings.rank, settings.alpha, generator)


def shuffled_batches(examples: int, settings: LoRASettings) -> list[list[int]]:
    """Return the indices of the examples of each step.

    Each pass has every example once, in a new random order; its last batch may be smaller.

    examples: how many there are

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
    """Make one step of AdamW per batch, and yield the batch's loss before the step.

    loss_of: loss_of(batch) computes the loss of a batch with gradients, ()
    Raises: Diverged if a loss is not finite.
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
    """Write the parameters that require gradients to a safetensors file. Raises: OSError."""
    write_tensors(
        path, {name: one.detach() for name, one in model.named_parameters() if one.requires_grad}
    )


def load_lora(path: Path, model: LlamaModel, settings: LoRASettings) -> None:
    """Add LoRA to a model in place, with the weights that `write_lora` wrote.

    Raises: ValueError if it is not a whole safetensors file; KeyError if a weight is missing;
    OSError.
    """
    add_lora(model, settings)
    tensors = read_tensors(path)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if parameter.requires_grad:
                parameter.copy_(tensors[name])
