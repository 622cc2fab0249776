"""Record what a model could have said at each token of its answer, for a page without the model.

What: `steps_of` reads an answer once and keeps, for each token, its probability, its rank and the
ten likeliest tokens, as assets/chat-worker.js tells of a token that it writes. `carried` is what
assets/chat.js takes from the page. Left out: drawing the conversation (`exhibits.chat.chat`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch

if TYPE_CHECKING:
    from exhibits.chat.chat import Turn
    from scratch.model.llama import LlamaModel

MOST = 10  # likeliest tokens of a step, as in assets/chat-worker.js


@dataclass(frozen=True)
class Step:
    """One token of an answer: its id, probability and rank, and the likeliest (id, probability)."""

    id: int
    p: float
    rank: int
    top: tuple[tuple[int, float], ...]


def steps_of(model: LlamaModel, prompt: Sequence[int], answer: Sequence[int]) -> tuple[Step, ...]:
    """Return what could have come at each token of an answer.

    prompt: the ids before it; answer: its ids, the end too if the model came to it
    """
    with torch.inference_mode():
        logits = model(torch.tensor([[*prompt, *answer]]))[0]  # (T, V)
    rows = logits[len(prompt) - 1 : -1].softmax(-1)  # the row before a token tells of it
    steps = []
    for id, row in zip(answer, rows, strict=True):
        top = row.topk(MOST)
        listed = tuple(zip(top.indices.tolist(), top.values.tolist(), strict=True))
        p = row[id].item()
        steps.append(Step(id, p, 1 + int((row > p).sum()), listed))
    return tuple(steps)


def carried(turns: Sequence[Turn], bytes_of: Callable[[int], bytes], end: int) -> dict[str, Any]:
    """Return a recorded conversation for the script of the page.

    bytes_of: the bytes of an id; end: the id that ends an answer
    Returns: the turns with their steps, and every token that occurs as text in which each
    character is a byte.
    """
    seen = {id for turn in turns for step in turn.steps for id, _ in (*step.top, (step.id, 0))}
    told = [
        {
            "role": turn.role,
            "text": turn.text,
            "steps": [
                [step.id, step.p, step.rank, [list(one) for one in step.top]] for step in turn.steps
            ],
        }
        for turn in turns
    ]
    spelled = {str(id): bytes_of(id).decode("latin-1") for id in sorted(seen)}
    return {"turns": told, "tokens": spelled, "end": end}
