"""Compute the loss of a model: the cross-entropy of the tokens that really come next.

What: the loss of a token is minus the natural logarithm of its probability; 0 is certainty, ln V a
blind guess. `next_token_loss` is the mean over a batch; `evaluate` the mean over a text. With a
large vocabulary the logits are the largest thing in memory: V numbers per token.
`chunked_cross_entropy` computes those of a few tokens, takes from them what the gradient needs, and
frees them. They are held as (V, tokens), since that matrix product is faster on a CPU. Source:
Shannon, A Mathematical Theory of Communication (1948), section 6; the gradient of softmax and
cross-entropy, probabilities minus 1 at the token, is in any textbook, such as Goodfellow et al.,
Deep Learning (2016), section 6.2.2. Left out: label smoothing; weights for single tokens.
"""

import functools
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from scratch.model.gpt import GPTModel
from scratch.training.dataset import GPTDataset, create_dataloader
from scratch.training.distributed import ALONE, Ranks

CHUNK = 128  # tokens whose logits are held at once
LARGE = 1_024  # entries from which on chunks pay on a CPU


class _Chunked(torch.autograd.Function):
    """A cross-entropy that computes its gradients together with the loss, chunk by chunk."""

    @staticmethod
    def forward(ctx: Any, hidden: Tensor, head: Tensor, targets: Tensor, size: int) -> Tensor:
        N, V = len(hidden), len(head)
        loss = hidden.new_zeros(())
        by_hidden, by_head = torch.empty_like(hidden), torch.zeros_like(head)
        memory = hidden.new_empty(V, min(size, N))  # one for all chunks
        for start in range(0, N, size):
            part, target = hidden[start : start + size], targets[None, start : start + size]
            # (V, C) @ (C, size) -> (V, size)
            logits = torch.mm(head, part.T, out=memory[:, : len(part)])
            highest, right = logits.amax(0), logits.gather(0, target)
            raised = logits.sub_(highest).exp_()
            total = raised.sum(0)  # (size,)
            loss += (total.log() + highest - right).sum()
            # the gradient by the logits, times the total and N
            raised.scatter_add_(0, target, -total[None])
            divisor = (N * total)[:, None]
            by_hidden[start : start + size] = raised.T @ head / divisor
            by_head.addmm_(raised, part / divisor)
        ctx.save_for_backward(by_hidden, by_head)
        return loss / N

    @staticmethod
    def backward(ctx: Any, *above: Tensor) -> tuple[Tensor, Tensor, None, None]:
        by_hidden, by_head = ctx.saved_tensors
        if above[0] == 1:  # the head's gradient is large, and a copy of it takes time
            return by_hidden, by_head, None, None
        return above[0] * by_hidden, above[0] * by_head, None, None


def chunked_cross_entropy(
    hidden: Tensor, head: Tensor, targets: Tensor, size: int = CHUNK
) -> Tensor:
    """Compute `F.cross_entropy(hidden @ head.T, targets)` with the logits of few tokens at a time.

    hidden: (N, C); head: (V, C); targets: (N,) int64; size: how many tokens at a time
    Returns: () the mean loss, in nats per token.
    Raises: ValueError if size is below 1.

    >>> hidden, head = torch.eye(3), torch.eye(3)
    >>> loss = chunked_cross_entropy(hidden, head, torch.tensor([0, 1, 2]), size=2)
    >>> round(loss.item(), 4)  # ln(e + 2) - 1
    0.5514
    """
    if size < 1:
        raise ValueError(f"size is {size}; a chunk has 1 token or more")
    return _Chunked.apply(hidden, head, targets, size)  # type: ignore[no-any-return,no-untyped-call]


def next_token_loss(model: GPTModel, inputs: Tensor, targets: Tensor) -> Tensor:
    """Return the mean loss of a batch.

    inputs, targets: (B, T) int64. Returns: () in nats per token.
    Raises: ContextTooLong if T is more than the model's context.

    >>> from scratch.model.config import GPTConfig
    >>> config = GPTConfig(16, 8, emb_dim=4, n_heads=2, n_layers=1)
    >>> model = GPTModel(config, torch.Generator().manual_seed(0))
    >>> loss = next_token_loss(model, torch.tensor([[1, 2]]), torch.tensor([[2, 3]]))
    >>> round(loss.item(), 1)  # untrained: ln 16
    2.8
    """
    hidden = model.hidden(inputs).flatten(0, 1)  # (B, T, C) -> (B * T, C)
    target_ids = targets.flatten()
    whole = (
        hidden.device.type != "cpu"
        or torch.is_autocast_enabled("cpu")
        or not torch.is_grad_enabled()
    )
    if not whole and model.config.vocab_size >= LARGE:
        return chunked_cross_entropy(hidden, model.out_head.weight, target_ids)
    return F.cross_entropy(model.logits(hidden).float(), target_ids)


def evaluate(
    model: GPTModel,
    windows: GPTDataset,
    batch_size: int = 8,
    loss: Callable[[Tensor, Tensor], Tensor] | None = None,
    ranks: Ranks = ALONE,
) -> float:
    """Return the mean loss over a text, without dropout.

    windows: of the text; batch_size: windows at a time
    loss: loss(inputs, targets) returns the mean loss of a batch; where None, `next_token_loss`
    ranks: the processes that share each batch

    Returns: nats per token.
    Raises: ValueError if batch_size is below 1.

    >>> from scratch.model.config import GPTConfig
    >>> config = GPTConfig(16, 8, emb_dim=4, n_heads=2, n_layers=1)
    >>> model = GPTModel(config, torch.Generator().manual_seed(0))
    >>> round(evaluate(model, GPTDataset.of(range(16), context_length=8, stride=8)), 1)
    2.8
    """
    mean_of = loss or functools.partial(next_token_loss, model)
    was_training, device = model.training, model.device()
    model.eval()
    total = tokens = 0.0
    try:
        with torch.inference_mode():
            for inputs, targets in create_dataloader(windows, batch_size):
                own = slice(ranks.rank, None, ranks.world_size)
                weight = targets[own].numel()
                # the ranks compute together: one without a share does a window that does not count
                if not weight:
                    own = slice(1)
                total += mean_of(inputs[own].to(device), targets[own].to(device)).item() * weight
                tokens += weight
    finally:
        model.train(was_training)
    sums = ranks.sum(torch.tensor([total, tokens], dtype=torch.float64))
    return (sums[0] / sums[1]).item()
