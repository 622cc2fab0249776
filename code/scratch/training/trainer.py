"""Train a model step by step (`Training`): batches, clipping, dropout; save, resume, share it.

What: a step takes a batch of windows, sums the gradients of its parts, clips them, and lets the
optimiser (`scratch.training.optimiser`) change the weights. `Training` holds what changes (weights,
optimiser, number of steps), saves it and resumes it; `train` makes the remaining steps and reports
each. A training that was killed and resumed ends with exactly the weights of one that was not, on
the same device and number of threads. Several processes may share it
(`scratch.training.distributed`): batches and order stay the same, and so do the weights, up to
rounding. Dropout depends on the seed, the step and the rank, so with dropout another number of
ranks gives other weights, as another seed would. Source: Pascanu et al., On the difficulty of
training recurrent neural networks (2013), for clipping; Radford et al. 2019 and Brown et al. 2020
for the settings. Left out: stopping early; showing progress, which the caller does.
"""

import hashlib
import math
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from scratch.model.config import GPTConfig
from scratch.model.gpt import GPTModel
from scratch.shards.shard_reader import Shards
from scratch.training.batch_order import BatchOrder, mixed_seed
from scratch.training.checkpoint import (
    BadCheckpoint,
    Checkpoint,
    folder_of,
    list_checkpoints,
    load_checkpoint,
    save_checkpoint,
    tensor_of,
)
from scratch.training.compiled import compile_step, plainly
from scratch.training.config import TrainingConfig
from scratch.training.dataset import GPTDataset, gather
from scratch.training.device import Compute
from scratch.training.distributed import ALONE, Ranks
from scratch.training.loss import evaluate, next_token_loss
from scratch.training.optimiser import make_optimiser, set_learning_rate, state_names
from scratch.training.parallel import collected, part, share, unshared, whole

# between two runs of a training: they change no weight
_MAY_CHANGE = {"evaluate_every", "save_every"}
# what a checkpoint means that leaves a setting out
_UNSAID = {"optimiser": "adamw"}


@dataclass(frozen=True)
class StepReport:
    """What one step did."""

    number: int  # steps made so far, this one included
    loss: float  # of the batch, before the step, nats a token
    rate: float  # learning rate
    gradient: float  # length of the gradient before clipping
    tokens: int  # of the batch
    held_out: float | None = None  # loss on the held-out text, if measured after this step
    saved: Path | None = None  # the checkpoint, if one was written


class Diverged(ValueError):
    """A loss or gradient that is infinite or not a number; earlier checkpoints are unharmed."""


class Training:
    """A training: `model`, `optimiser`, and `steps_made`, the number of steps so far.

    Raises: ValueError if the windows are not as long as the model's context, a batch cannot be
    divided among the ranks, or a rank has no device.
    """

    def __init__(
        self,
        model: GPTConfig,
        config: TrainingConfig,
        windows: GPTDataset,
        compute: Compute,
        ranks: Ranks = ALONE,
        compiled: bool = False,
    ) -> None:
        """Draw the weights from config.seed; compiled: whether to use torch.compile."""
        if windows.context_length != model.context_length:
            raise ValueError(
                f"the windows have {windows.context_length} tokens, the model's context"
                f" {model.context_length}; make windows of the context's length"
            )
        self.config, self.windows, self.compute, self.ranks = config, windows, compute, ranks
        self.order = BatchOrder(len(windows), config.batch_size, config.seed)
        ranks.share_of(self.order[0], config.grad_accum)  # raises now rather than at the first step
        ranks.settle(compute.device)
        self.model = GPTModel(model, torch.Generator().manual_seed(config.seed))
        self.loss = share(self.model, next_token_loss, ranks, compute.device)
        self.compiled = compiled
        if compiled:
            compile_step(self.model, self.loss, compute.device, ranks)
        self.optimiser = make_optimiser(self.model, config)
        self._data = fingerprint(windows)
        self.steps_made = 0

    def advance(self) -> StepReport:
        """Make one step. Raises: Diverged if the loss or the gradient is not finite."""
        config = self.config
        rate = set_learning_rate(self.optimiser, config, self.steps_made)
        self.model.train()
        self.optimiser.zero_grad(set_to_none=True)
        chosen = self.ranks.share_of(self.order[self.steps_made], config.grad_accum)
        inputs, targets = (ids.to(self.compute.device) for ids in gather(self.windows, chosen))
        loss = torch.zeros((), device=self.compute.device)
        parts = zip(inputs.chunk(config.grad_accum), targets.chunk(config.grad_accum), strict=True)
        with self.compute.own_draws():  # torch's own generators are borrowed for the step
            torch.manual_seed(mixed_seed("dropout", config.seed, self.steps_made, self.ranks.rank))
            for number, (part_inputs, part_targets) in enumerate(parts, start=1):
                with unshared(self.loss, more=number < config.grad_accum):
                    with self.compute.products():
                        mean = self.loss(part_inputs, part_targets) / config.grad_accum
                    mean.backward()
                loss += mean.detach()
        loss = self.ranks.sum(loss) / self.ranks.world_size
        limit = config.grad_clip if self.steps_made >= config.clip_from else float("inf")
        length = whole(nn.utils.clip_grad_norm_(self.model.parameters(), limit))
        self.optimiser.step()
        self.steps_made += 1
        nats, gradient = loss.item(), length.item()
        if not math.isfinite(nats + gradient):
            what = f"the loss of step {self.steps_made} is {nats}, its gradient's length {gradient}"
            raise Diverged(f"{what}; begin anew with a lower max_lr or a longer warmup_steps")
        return StepReport(
            self.steps_made, nats, rate, gradient, config.batch_size * self.windows.context_length
        )

    def measure(self, windows: GPTDataset) -> float:
        """Return the mean loss over a text's windows, in nats per token; all ranks must call."""
        together = self.config.batch_size // self.config.grad_accum
        with self.compute.products(), plainly(self.compiled):
            return evaluate(self.model, windows, together, self.loss, self.ranks)

    def save(self, folder: Path) -> Path:
        """Write a checkpoint into `folder`, and return its own; all ranks must call.

        Raises: OSError.
        """
        weights = collected(self.model.named_parameters(), self.ranks)
        state = collected(self._state(), self.ranks)
        if self.ranks.first:
            save_checkpoint(folder, Checkpoint(self.steps_made, weights, state, self._note()))
        self.ranks.barrier()
        return folder_of(folder, self.steps_made)

    def _state(self) -> Iterator[tuple[str, Tensor]]:
        for name, parameter in self.model.named_parameters():
            for kind, tensor in self.optimiser.state[parameter].items():
                yield f"optimiser.{kind}.{name}", tensor

    def _note(self) -> dict[str, Any]:
        config = {**asdict(self.config), "betas": list(self.config.betas)}
        return {"model": asdict(self.model.config), "training": config, "data": self._data}

    def resume(self, folder: Path) -> bool:
        """Load the newest checkpoint in a folder; return whether there is one.

        Raises: BadCheckpoint if it is damaged, or of another model, text or settings (but
        evaluate_every and save_every may differ); the message names the difference.
        """
        checkpoints = list_checkpoints(folder)
        if not checkpoints:
            return False
        path, checkpoint = checkpoints[-1], load_checkpoint(checkpoints[-1])
        self._compare(path, checkpoint.note)
        names = state_names(self.optimiser)
        with torch.no_grad():
            for name, parameter in self.model.named_parameters():
                parameter.copy_(
                    part(tensor_of(path, checkpoint.weights, name, parameter.shape), like=parameter)
                )
                shapes = {
                    kind: () if kind == "step" else parameter.shape for kind in names[parameter]
                }
                self.optimiser.state[parameter] = {
                    kind: part(
                        tensor_of(path, checkpoint.state, f"optimiser.{kind}.{name}", shape),
                        like=parameter,
                    )
                    for kind, shape in shapes.items()
                }
        self.steps_made = checkpoint.step
        return True

    def _compare(self, path: Path, note: Mapping[str, Any]) -> None:
        own = self._note()
        for kind in ("model", "training"):
            for name, now in own[kind].items():
                was = note[kind].get(name, _UNSAID.get(name))
                if was != now and name not in _MAY_CHANGE:
                    wanted = "an encoding of so many entries" if name == "vocab_size" else was
                    raise BadCheckpoint(
                        f"{path} has {name} {was}, not {now}; give {wanted}, or another folder"
                    )
        if note.get("data") != own["data"]:
            raise BadCheckpoint(
                f"{path} was trained on other tokens; give those, or another folder"
            )


def train(
    training: Training, held_out: GPTDataset | None = None, folder: Path | None = None
) -> Iterator[StepReport]:
    """Make the remaining steps of a training, and yield a report after each.

    held_out: windows to measure the loss on, every evaluate_every steps and after the last
    folder: for checkpoints, every save_every steps and after the last
    Raises: OSError if a checkpoint cannot be written; Diverged.
    """
    config = training.config
    while training.steps_made < config.steps:
        step = training.advance()
        last = step.number == config.steps
        measured = saved = None
        if held_out is not None and (last or step.number % config.evaluate_every == 0):
            measured = training.measure(held_out)
        if folder is not None and (last or step.number % config.save_every == 0):
            saved = training.save(folder)
        yield replace(step, held_out=measured, saved=saved)


def fingerprint(windows: GPTDataset) -> str:
    """Hash the ids of a text and the shape of its windows: 16 hex digits.

    For shards their own hashes stand for the ids, so one text in memory and on disk differ.
    """
    if isinstance(windows.ids, Shards):
        content = "".join(shard["sha256"] for shard in windows.ids.index["shards"]).encode()
    else:
        content = windows.ids.numpy().tobytes()
    shape = f"{windows.context_length} {windows.stride} {len(windows)} "
    return hashlib.sha256(shape.encode() + content).hexdigest()[:16]
