"""Teach a model to guess the next token: step after step, each a little down the slope of the loss.

What: a step takes a batch of windows, sums the gradients of its parts, shortens them if they are too long, and lets AdamW
change the weights. `Training` holds what changes (weights, optimiser, number of steps), saves it and takes it up again;
`train` makes the steps that are left and reports each. A training that was killed and taken up again ends with the very
weights, to the bit, of one that never stopped, on the same device and number of threads.
Source: Loshchilov and Hutter, Decoupled Weight Decay Regularization (2019), for AdamW; Pascanu et al., On the difficulty
of training recurrent neural networks (2013), for clipping; Radford et al. 2019 and Brown et al. 2020 for the measures.
Left out: several devices; stopping early; showing how it goes, which is for whoever asks.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from scratch.checkpoint import BadCheckpoint, Checkpoint, list_checkpoints, load_checkpoint, save_checkpoint
from scratch.device import Place
from scratch.gptconfig import GPTConfig
from scratch.loss import evaluate, next_token_loss
from scratch.model import GPT
from scratch.order import Order, gather
from scratch.schedule import learning_rate
from scratch.shards import Shards
from scratch.trainingconfig import TrainingConfig
from scratch.windows import Windows

_MAY_CHANGE = {"evaluate_every", "save_every"}  # of a training that is taken up again: they change no weight


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


class Training:
    """A training under way. Raises: ValueError if the windows are not as long as the model's context."""

    def __init__(self, model: GPTConfig, config: TrainingConfig, windows: Windows, place: Place) -> None:
        """Begin anew: the weights are drawn from the seed."""
        if windows.context_length != model.context_length:
            raise ValueError(
                f"the windows have {windows.context_length} tokens, the model's context {model.context_length}; "
                "make windows of the context's length"
            )
        self.config, self.windows, self.place = config, windows, place
        self.model = GPT(model, torch.Generator().manual_seed(config.seed)).to(place.device)
        self.optimiser = make_optimiser(self.model, config)
        self.order = Order(len(windows), config.batch_size, config.seed)
        self.made = 0  # steps
        with place.own_draws():
            torch.manual_seed(config.seed)
            self._random = place.random_state()  # of dropout

    def advance(self) -> Step:
        """Make one step."""
        config = self.config
        rate = learning_rate(self.made, config.steps, config.warm_up, config.highest_rate, config.lowest_rate)
        for group in self.optimiser.param_groups:
            group["lr"] = rate
        self.model.train()
        self.optimiser.zero_grad(set_to_none=True)
        inputs, targets = (part.to(self.place.device) for part in gather(self.windows, self.order[self.made]))
        loss = torch.zeros((), device=self.place.device)
        with self.place.own_draws():  # torch's own generators are borrowed for the step
            self.place.restore(self._random)
            for part, wanted in zip(inputs.chunk(config.accumulation), targets.chunk(config.accumulation), strict=True):
                with self.place.products():
                    share = next_token_loss(self.model, part, wanted) / config.accumulation
                share.backward()  # type: ignore[no-untyped-call]
                loss += share.detach()
            self._random = self.place.random_state()
        limit = config.longest_gradient if self.made >= config.clip_from else float("inf")
        length = nn.utils.clip_grad_norm_(self.model.parameters(), limit)
        self.optimiser.step()
        self.made += 1
        return Step(self.made, loss.item(), rate, length.item(), inputs.numel())

    def save(self, folder: Path) -> Path:
        """Write a checkpoint. Returns: its folder. Raises: OSError."""
        weights = {name: tensor.detach().cpu() for name, tensor in self.model.named_parameters()}
        state = {f"random.{name}": tensor for name, tensor in self._random.items()}
        for name, parameter in self.model.named_parameters():
            for kind, tensor in self.optimiser.state[parameter].items():
                state[f"optimiser.{kind}.{name}"] = tensor.cpu()
        return save_checkpoint(folder, Checkpoint(self.made, weights, state, self._note()))

    def _note(self) -> dict[str, Any]:
        config = {**asdict(self.config), "betas": list(self.config.betas)}
        return {"model": asdict(self.model.config), "training": config, "data": fingerprint(self.windows)}

    def resume(self, folder: Path) -> bool:
        """Take up the newest checkpoint of a folder. Returns: whether there was one.

        Raises: BadCheckpoint if it is damaged, or of another model, text or way of training; what differs is named.
        """
        found = list_checkpoints(folder)
        if not found:
            return False
        kept, own = load_checkpoint(found[-1]), self._note()
        for part in own:
            if part == "data" and kept.note[part] != own[part]:
                raise BadCheckpoint(f"{found[-1]} was trained on other tokens; give those, or another folder")
            for name in own[part] if part != "data" else ():
                was, now = kept.note[part].get(name), own[part][name]
                if was != now and name not in _MAY_CHANGE:
                    raise BadCheckpoint(f"{found[-1]} has {name} {was}, not {now}; give {was}, or another folder")
        with torch.no_grad():
            for name, parameter in self.model.named_parameters():
                parameter.copy_(kept.weights[name])
                self.optimiser.state[parameter] = {
                    kind: _placed(kept.state[f"optimiser.{kind}.{name}"], parameter)
                    for kind in ("step", "exp_avg", "exp_avg_sq")
                }
        self._random = {
            name.removeprefix("random."): state for name, state in kept.state.items() if name.startswith("random.")
        }
        self.made = kept.step
        return True


def train(training: Training, held_out: Windows | None = None, folder: Path | None = None) -> Iterator[Step]:
    """Make the steps that are left, and hand out a report after each.

    held_out: a text to measure the loss on, every evaluate_every steps; folder: for checkpoints, every save_every steps.
    Yields: `Step`, after whatever it reports was done.
    Raises: OSError if a checkpoint cannot be written.
    """
    config = training.config
    while training.made < config.steps:
        step = training.advance()
        last = step.number == config.steps
        measured = saved = None
        if held_out is not None and (last or step.number % config.evaluate_every == 0):
            with training.place.products():
                measured = evaluate(training.model, held_out, config.batch_size // config.accumulation)
        if folder is not None and (last or step.number % config.save_every == 0):
            saved = training.save(folder)
        yield replace(step, held_out=measured, saved=saved)


def make_optimiser(model: nn.Module, config: TrainingConfig) -> torch.optim.AdamW:
    """AdamW, which shrinks matrices and leaves biases and norms alone."""
    matrices = [parameter for parameter in model.parameters() if parameter.dim() >= 2]
    others = [parameter for parameter in model.parameters() if parameter.dim() < 2]
    groups = [{"params": matrices, "weight_decay": config.weight_decay}, {"params": others, "weight_decay": 0.0}]
    return torch.optim.AdamW(groups, lr=config.highest_rate, betas=config.betas, fused=True)


def fingerprint(windows: Windows) -> str:
    """A hash of what there is to learn from: 16 hex digits of the ids (of the shards' own hashes) and the windows' shape."""
    if isinstance(windows.ids, Shards):
        content = "".join(shard["sha256"] for shard in windows.ids.index["shards"]).encode()
    else:
        content = windows.ids.numpy().tobytes()
    shape = f"{windows.context_length} {windows.stride} {len(windows)} "
    return hashlib.sha256(shape.encode() + content).hexdigest()[:16]


def _placed(state: Tensor, parameter: Tensor) -> Tensor:
    return state.to(parameter.device, copy=True)


def load_trained(checkpoint: Path) -> GPT:
    """Read a model from a checkpoint's folder, for writing with it: no optimiser, dropout off.

    Raises: BadCheckpoint if it is damaged.
    """
    kept = load_checkpoint(checkpoint)
    model = GPT(GPTConfig(**kept.note["model"]), torch.Generator())
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            parameter.copy_(kept.weights[name])
    return model.eval()
