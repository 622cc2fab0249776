"""Compute a model's lower blocks once, then the upper ones, and the log probabilities of answers.

What: a frozen block gives the same vectors for the same tokens each time, so the output of the
lower blocks (`lower_states`) is computed once for all examples, and a step runs only the blocks
above (`upper_hidden`). Logits are computed only for the answers' tokens (`answer_logs`), since
49,152 logits per token are most of the remaining work. Source: Raschka, section 6.5, trains a new
head on frozen features. Left out: tuning all blocks, which takes three times as long.
"""

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence

from scratch.finetuning.instruction_dataset import IGNORED, Encoded, custom_collate_fn
from scratch.model.llama import LlamaModel

TOGETHER = 16  # rows that are read at once


@torch.no_grad()
def lower_states(
    model: LlamaModel, rows: Sequence[Sequence[int]], first_block: int
) -> list[Tensor]:
    """Return the input of block `first_block` (from 0): rows of T token ids -> (T, C) each.

    Rows of similar length are read together, so that there is little padding.
    Raises: ContextTooLong.
    """
    states: list[Tensor] = [torch.empty(0)] * len(rows)
    order = sorted(range(len(rows)), key=lambda row: len(rows[row]))
    for start in range(0, len(order), TOGETHER):
        batch = order[start : start + TOGETHER]
        ids = pad_sequence([torch.tensor(rows[row]) for row in batch], batch_first=True)
        x, rotations = model.tok_emb(ids), model.rotations(0, ids.shape[1])
        for block in list(model.trf_blocks)[:first_block]:
            x = block(x, rotations)
        for row, vectors in zip(batch, x, strict=True):
            states[row] = vectors[: len(rows[row])].clone()
    return states


def inputs_of(encoded: Sequence[Encoded]) -> list[list[int]]:
    """Return the ids of each example that a model reads: all but the last, which is a target."""
    return [one.ids[:-1] for one in encoded]


def upper_hidden(model: LlamaModel, states: Sequence[Tensor], first_block: int) -> Tensor:
    """Run block `first_block`, those above it, and the last norm.

    states: B of (T, C), as from `lower_states`. Returns: (B, T, C), shorter rows padded at the end.
    """
    x = pad_sequence(list(states), batch_first=True)
    rotations = model.rotations(0, x.shape[1])
    for block in list(model.trf_blocks)[first_block:]:
        x = block(x, rotations)
    return model.final_norm(x)  # type: ignore[no-any-return]


def answer_logs(
    model: LlamaModel, states: Sequence[Tensor], encoded: Sequence[Encoded], first_block: int
) -> list[Tensor]:
    """Return the log probability, in nats, of each token of each example's answer.

    states: of the examples' `inputs_of`, as from `lower_states`; first_block: as for these
    Returns: for each example (A,), A the tokens of its answer.
    """
    _, targets = custom_collate_fn(encoded, 0)
    answers = targets != IGNORED  # (B, T)
    hidden = upper_hidden(model, states, first_block)[answers]  # (B, T, C) -> (N, C)
    logs = model.logits(hidden).log_softmax(-1)  # (N, V)
    chosen = logs.gather(1, targets[answers][:, None])[:, 0]
    return list(torch.split(chosen, answers.sum(1).tolist()))
