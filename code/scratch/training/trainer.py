"""Teach a model to guess the next token: step after step, each a little down the slope of the loss.

What: a step takes a batch of windows, sums the gradients of its parts, shortens them if they are
too long, and lets AdamW change the weights. `Training` holds what changes (weights, optimiser,
number of steps), saves it and takes it up again; `train` makes the steps that are left and reports
each. A training that was killed and taken up again ends with the very weights, to the bit, of one
that never stopped, on the same device and number of threads. Several processes may share it
(`scratch.training.distributed`): batch and order stay the same, so do the weights, up to rounding.
Dropout is drawn anew for each step from the seed, the step and the rank; so with dropout another
number of ranks is another draw, as another seed would be. Source: Loshchilov and Hutter, Decoupled
Weight Decay Regularization (2019), for AdamW; Pascanu et al., On the difficulty of training
recurrent neural networks (2013), for clipping; Radford et al. 2019 and Brown et al. 2020 for the
measures. Left out: stopping early; showing how it goes, which is for whoever asks.
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
from scratch.shards.dataset import Shards
from scratch.training.checkpoint import (
    BadCheckpoint,
    Checkpoint,
    folder_of,
    list_checkpoints,
    load_checkpoint,
    save_checkpoint,
    tensor_of,
)
from scratch.training.config import TrainingConfig
from scratch.training.dataset import GPTDataset, gather
from scratch.training.device import Compute
from scratch.training.distributed import ALONE, Ranks
from scratch.training.loss import evaluate, next_token_loss
from scratch.training.lr_schedule import learning_rate
from scratch.training.parallel import collected, part, share, unshared, whole
from scratch.training.sampler import Order, mixed

# of a training that is taken up again: they change no weight
_MAY_CHANGE = {"evaluate_every", "save_every"}


@dataclass(frozen=True)
class Step:
    """What there is to say of a step."""

    number: int  # steps made so far, this one included
    loss: float  # of the batch, before the step, nats a token
    rate: float  # learning rate
    gradient: float  # length of the gradient before it was shortened
    tokens: int  # that the step learned from
    held_out: float | None = None  # loss on the held-out text, if it was measured after this step
    saved: Path | None = None  # the checkpoint, if one was written


class Diverged(ValueError):
    """The weights have grown beyond all numbers; what was saved before is sound."""


class Training:
    """A training under way.

    Raises: ValueError if the windows are not as long as the model's context, or the ranks cannot
    share a batch.
    """

    def __init__(
        self,
        model: GPTConfig,
        config: TrainingConfig,
        windows: GPTDataset,
        compute: Compute,
        ranks: Ranks = ALONE,
    ) -> None:
        """Begin anew: the weights are drawn from the seed."""
        if windows.context_length != model.context_length:
            raise ValueError(
                f"the windows have {windows.context_length} tokens, the model's context"
                f" {model.context_length}; make windows of the context's length"
            )
        self.config, self.windows, self.compute, self.ranks = config, windows, compute, ranks
        self.order = Order(len(windows), config.batch_size, config.seed)
        ranks.own(self.order[0], config.grad_accum)  # raises now rather than at the first step
        ranks.settle(compute.device)
        self.model = GPTModel(model, torch.Generator().manual_seed(config.seed))
        self.loss = share(self.model, next_token_loss, ranks, compute.device)
        self.optimiser = make_optimiser(self.model, config)
        self._data = fingerprint(windows)
        self.made = 0  # steps

    def advance(self) -> Step:
        """Make one step. Raises: Diverged."""
        config = self.config
        rate = set_learning_rate(self.optimiser, config, self.made)
        self.model.train()
        self.optimiser.zero_grad(set_to_none=True)
        chosen = self.ranks.own(self.order[self.made], config.grad_accum)
        inputs, targets = (ids.to(self.compute.device) for ids in gather(self.windows, chosen))
        loss = torch.zeros((), device=self.compute.device)
        parts = zip(inputs.chunk(config.grad_accum), targets.chunk(config.grad_accum), strict=True)
        with self.compute.own_draws():  # torch's own generators are borrowed for the step
            torch.manual_seed(mixed("dropout", config.seed, self.made, self.ranks.rank))
            for number, (read, wanted) in enumerate(parts, start=1):
                with unshared(self.loss, more=number < config.grad_accum):
                    with self.compute.products():
                        mean = self.loss(read, wanted) / config.grad_accum
                    mean.backward()
                loss += mean.detach()
        loss = self.ranks.sum(loss) / self.ranks.number
        limit = config.grad_clip if self.made >= config.clip_from else float("inf")
        length = whole(nn.utils.clip_grad_norm_(self.model.parameters(), limit))
        self.optimiser.step()
        self.made += 1
        nats, gradient = loss.item(), length.item()
        if not math.isfinite(nats + gradient):
            said = f"the loss of step {self.made} is {nats}, its gradient's length {gradient}"
            raise Diverged(f"{said}; begin anew with a lower max_lr or a longer warmup_steps")
        return Step(
            self.made, nats, rate, gradient, config.batch_size * self.windows.context_length
        )

    def measure(self, windows: GPTDataset) -> float:
        """The mean loss over a text; see `evaluate`. The ranks share the work."""
        together = self.config.batch_size // self.config.grad_accum
        with self.compute.products():
            return evaluate(self.model, windows, together, self.loss, self.ranks)

    def save(self, folder: Path) -> Path:
        """Write a checkpoint; the first rank does, of what all ranks have. Returns: its folder.
        Raises: OSError.
        """
        weights = collected(self.model.named_parameters(), self.ranks)
        state = collected(self._state(), self.ranks)
        if self.ranks.first:
            save_checkpoint(folder, Checkpoint(self.made, weights, state, self._note()))
        self.ranks.meet()
        return folder_of(folder, self.made)

    def _state(self) -> Iterator[tuple[str, Tensor]]:
        for name, parameter in self.model.named_parameters():
            for kind, tensor in self.optimiser.state[parameter].items():
                yield f"optimiser.{kind}.{name}", tensor

    def _note(self) -> dict[str, Any]:
        config = {**asdict(self.config), "betas": list(self.config.betas)}
        return {"model": asdict(self.model.config), "training": config, "data": self._data}

    def resume(self, folder: Path) -> bool:
        """Take up the newest checkpoint of a folder. Returns: whether there was one.

        Raises: BadCheckpoint if it is damaged, or of another model, text or way of training; what
        differs is named.
        """
        found = list_checkpoints(folder)
        if not found:
            return False
        path, kept = found[-1], load_checkpoint(found[-1])
        self._compare(path, kept.note)
        with torch.no_grad():
            for name, parameter in self.model.named_parameters():
                parameter.copy_(
                    part(tensor_of(path, kept.weights, name, parameter.shape), like=parameter)
                )
                shapes = {"step": (), "exp_avg": parameter.shape, "exp_avg_sq": parameter.shape}
                self.optimiser.state[parameter] = {
                    kind: part(
                        tensor_of(path, kept.state, f"optimiser.{kind}.{name}", shape),
                        like=parameter,
                    )
                    for kind, shape in shapes.items()
                }
        self.made = kept.step
        return True

    def _compare(self, path: Path, note: Mapping[str, Any]) -> None:
        own = self._note()
        for kind in ("model", "training"):
            for name, now in own[kind].items():
                was = note[kind].get(name)
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
) -> Iterator[Step]:
    """Make the steps that are left, and hand out a report after each.

    held_out: a text to measure the loss on, every evaluate_every steps; folder: for checkpoints,
    every save_every steps. Yields: `Step`, after whatever it reports was done. Raises: OSError if a
    checkpoint cannot be written; Diverged.
    """
    config = training.config
    while training.made < config.steps:
        step = training.advance()
        last = step.number == config.steps
        measured = saved = None
        if held_out is not None and (last or step.number % config.evaluate_every == 0):
            measured = training.measure(held_out)
        if folder is not None and (last or step.number % config.save_every == 0):
            saved = training.save(folder)
        yield replace(step, held_out=measured, saved=saved)


def make_optimiser(model: nn.Module, config: TrainingConfig) -> torch.optim.AdamW:
    """AdamW, which shrinks matrices and leaves biases and norms alone."""
    matrices = [parameter for parameter in model.parameters() if parameter.dim() >= 2]
    others = [parameter for parameter in model.parameters() if parameter.dim() < 2]
    groups = [
        {"params": matrices, "weight_decay": config.weight_decay},
        {"params": others, "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(groups, lr=config.max_lr, betas=config.betas, fused=True)


def set_learning_rate(optimiser: torch.optim.Optimizer, config: TrainingConfig, step: int) -> float:
    """Set the learning rate of a step, the first being 0, and return it."""
    rate = learning_rate(step, config.steps, config.warmup_steps, config.max_lr, config.min_lr)
    for group in optimiser.param_groups:
        group["lr"] = rate
    return rate


def fingerprint(windows: GPTDataset) -> str:
    """A hash of what there is to learn from: 16 hex digits of the ids (of the shards' own hashes)
    and the windows' shape.
    """
    if isinstance(windows.ids, Shards):
        content = "".join(shard["sha256"] for shard in windows.ids.index["shards"]).encode()
    else:
        content = windows.ids.numpy().tobytes()
    shape = f"{windows.context_length} {windows.stride} {len(windows)} "
    return hashlib.sha256(shape.encode() + content).hexdigest()[:16]
