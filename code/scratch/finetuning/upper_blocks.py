"""Tune the upper blocks of a model alone, and read everything below them once.

What: a block that is not trained gives the same vectors for the same tokens each time, so what the
lower blocks make of the examples (`lower_states`) is computed once, and a step runs only the blocks
above (`upper_hidden`). The head is asked for the answers' tokens alone (`answer_logs`), since the
logits of 49,152 entries are the larger part of the rest. Source: the same bookkeeping is behind
training a new head on frozen features, as in Raschka, section 6.5. Left out: tuning all blocks,
which needs three times as long.
"""

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence

from scratch.finetuning.instruction_dataset import IGNORED, Encoded, custom_collate_fn
from scratch.model.llama import LlamaModel

TOGETHER = 16  # rows that are read at once


@torch.no_grad()
def lower_states(model: LlamaModel, rows: Sequence[Sequence[int]], first: int) -> list[Tensor]:
    """Return what goes into block `first`: rows of T token ids -> (T, C) each.

    Rows of about one length are read together, so little is computed for padding.
    Raises: ContextTooLong.
    """
    states: list[Tensor] = [torch.empty(0)] * len(rows)
    order = sorted(range(len(rows)), key=lambda row: len(rows[row]))
    for start in range(0, len(order), TOGETHER):
        batch = order[start : start + TOGETHER]
        ids = pad_sequence([torch.tensor(rows[row]) for row in batch], batch_first=True)
        x, rotations = model.tok_emb(ids), model.rotations(0, ids.shape[1])
        for block in list(model.trf_blocks)[:first]:
            x = block(x, rotations)
        for row, vectors in zip(batch, x, strict=True):
            states[row] = vectors[: len(rows[row])].clone()
    return states


def inputs_of(encoded: Sequence[Encoded]) -> list[list[int]]:
    """Return the ids that a model reads of each example: all but the last, which is a target."""
    return [one.ids[:-1] for one in encoded]


def upper_hidden(model: LlamaModel, states: Sequence[Tensor], first: int) -> Tensor:
    """Run block `first` and those above it: B states of (T, C) -> (B, T, C), the shorter ones
    padded at the end.
    """
    x = pad_sequence(list(states), batch_first=True)
    rotations = model.rotations(0, x.shape[1])
    for block in list(model.trf_blocks)[first:]:
        x = block(x, rotations)
    return model.final_norm(x)  # type: ignore[no-any-return]


def answer_logs(
    model: LlamaModel, states: Sequence[Tensor], encoded: Sequence[Encoded], first: int
) -> list[Tensor]:
    """Return the logarithm of the probability of each token of the answers, of each example: (A,),
    A the tokens of its answer.
    """
    _, targets = custom_collate_fn(encoded, 0)
    answers = targets != IGNORED  # (B, T)
    hidden = upper_hidden(model, states, first)[answers]  # (B, T, C) -> (N, C)
    logs = model.logits(hidden).log_softmax(-1)  # (N, V)
    chosen = logs.gather(1, targets[answers][:, None])[:, 0]
    return list(torch.split(chosen, answers.sum(1).tolist()))
