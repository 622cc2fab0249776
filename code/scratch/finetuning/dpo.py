"""Compute the loss of direct preference optimisation, DPO, on pairs of answers.

What: of two answers to a question one is chosen and one rejected. The model that is tuned (the
policy) is compared with itself before tuning (the reference): the reward of an answer is beta times
the logarithm of how many times more probable the policy makes it. `dpo_loss` is small if the chosen
answer has the larger reward. Source: Rafailov et al., Direct Preference Optimization (2023),
equation 7, and section 4 for the gradient; Raschka's bonus notebook of chapter 7 for the names.
Left out: the reward model and the reinforcement learning that this replaces.
"""

from collections.abc import Sequence
from typing import NamedTuple

from torch import Tensor
from torch.nn import functional as F

from scratch.finetuning.instruction_list import Example, Question


class Pair(NamedTuple):
    """A question with two answers: the preferred one, and the other."""

    question: str
    chosen: str
    rejected: str


class Loss(NamedTuple):
    """The mean loss of a batch in nats, and the rewards of its answers."""

    mean: Tensor  # (), with gradients
    chosen: Tensor  # (B,) rewards, without gradients
    rejected: Tensor


def dpo_loss(
    policy_chosen: Tensor,
    policy_rejected: Tensor,
    reference_chosen: Tensor,
    reference_rejected: Tensor,
    beta: float,
) -> Loss:
    """Compute the loss of a batch of pairs of answers.

    policy_..., reference_...: (B,) natural logarithms of the probabilities that the policy and the
    reference give to the whole chosen, or rejected, answers
    beta: the factor of the rewards

    >>> import torch
    >>> logs = torch.tensor([-3.0])
    >>> round(dpo_loss(logs, logs, logs, logs, beta=0.1).mean.item(), 6)  # ln 2
    0.693147
    """
    chosen = beta * (policy_chosen - reference_chosen)
    rejected = beta * (policy_rejected - reference_rejected)
    mean = -F.logsigmoid(chosen - rejected).mean()
    return Loss(mean, chosen.detach(), rejected.detach())


def preference_pairs(
    asked: Sequence[Example | Question], phrases: Sequence[tuple[str, str]]
) -> list[Pair]:
    """Make a pair for each question: its answer, followed by one or the other of two phrases.

    phrases: (chosen, rejected), which the questions use in turn

    >>> preference_pairs([Example("How many hens?", "Six")], [("I think", "of course")])[0][1:]
    ('Six, I think.', 'Six, of course.')
    """
    pairs = []
    for number, one in enumerate(asked):
        good, bad = phrases[number % len(phrases)]
        pairs.append(Pair(one.question, f"{one.answer}, {good}.", f"{one.answer}, {bad}."))
    return pairs
