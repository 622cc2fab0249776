"""Train a GPT in the plainest way: one loop over given batches, on one machine.

What: each step computes the logits of a batch, the loss of the tokens that really come next and its
gradient, and makes a step of the optimiser. Source: Raschka, Build a Large Language Model (From
Scratch), section 5.2 and appendix D. Left out: measuring, saving, resuming and several processes,
which `scratch.training.trainer` adds to the same parts.
"""

from collections.abc import Iterable

from torch import Tensor, nn
from torch.nn import functional as F

from scratch.model.gpt import GPTModel
from scratch.training.config import TrainingConfig
from scratch.training.optimiser import make_optimiser, set_learning_rate


def train_simple(
    model: GPTModel, batches: Iterable[tuple[Tensor, Tensor]], config: TrainingConfig
) -> list[float]:
    """Train a model in place, one step per batch, at most config.steps of them.

    batches: (inputs, targets), each (B, T) int64
    config: batch_size, grad_accum, clip_from, seed, evaluate_every and save_every are ignored
    Returns: the loss of each batch before its step, in nats per token.

    >>> import torch
    >>> from scratch.model.config import GPTConfig
    >>> model = GPTModel(GPTConfig(5, 2, 8, 2, 1), torch.Generator().manual_seed(0))
    >>> batch = torch.tensor([[1, 2]]), torch.tensor([[2, 3]])
    >>> losses = train_simple(model, [batch] * 9, TrainingConfig(steps=9, warmup_steps=1))
    >>> len(losses), losses[-1] < losses[0]
    (9, True)
    """
    optimiser = make_optimiser(model, config)
    losses = []
    model.train()
    for step, (inputs, targets) in zip(range(config.steps), batches, strict=False):
        set_learning_rate(optimiser, config, step)
        optimiser.zero_grad()
        logits = model(inputs)  # (B, T) -> (B, T, V)
        loss = F.cross_entropy(logits.flatten(0, 1), targets.flatten())
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(model.parameters(), config.grad_clip)
        optimiser.step()
        losses.append(loss.item())
    return losses
