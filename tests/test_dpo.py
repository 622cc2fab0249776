"""DPO: its loss, its gradients by the plain form and by the closed formula, and its pairs."""

import math

import torch

from scratch.finetuning.dpo import dpo_loss, preference_pairs
from scratch.finetuning.instruction_list import instruction_list

BETA = 0.3
DRAWS = torch.Generator().manual_seed(0)
POLICY = [torch.randn(5, generator=DRAWS, dtype=torch.float64) * 3 for _ in range(2)]
REFERENCE = [torch.randn(5, generator=DRAWS, dtype=torch.float64) * 3 for _ in range(2)]


def leaves() -> list[torch.Tensor]:
    return [one.clone().requires_grad_() for one in POLICY]


def test_a_policy_that_is_the_reference_has_the_loss_ln_2() -> None:
    logs = torch.tensor([-3.0, -40.0])
    loss = dpo_loss(logs, logs - 5, logs, logs - 5, BETA)
    assert loss.mean.item() == torch.tensor(2.0).log().item()
    assert loss.chosen.tolist() == loss.rejected.tolist() == [0.0, 0.0]


def test_the_loss_by_hand() -> None:
    """The chosen answer gained ln 4, the rejected lost ln 4: with beta 1/2 the margin is ln 4, its
    sigmoid 4/5, and the loss ln 5/4.
    """
    gain = torch.tensor([math.log(4)])
    zero = torch.zeros(1)
    loss = dpo_loss(gain, -gain, zero, zero, beta=0.5)
    assert math.isclose(loss.mean.item(), math.log(5 / 4), rel_tol=1e-6)


def test_the_gradients_are_those_of_the_plain_form() -> None:
    """Rafailov et al., equation 7, as it is written: ratios of probabilities, their logarithms, and
    the logarithm of a sigmoid.
    """
    mine, plain = leaves(), leaves()
    dpo_loss(*mine, *REFERENCE, BETA).mean.backward()
    chosen = plain[0].exp() / REFERENCE[0].exp()
    rejected = plain[1].exp() / REFERENCE[1].exp()
    inner = BETA * chosen.log() - BETA * rejected.log()
    (-(1 / (1 + (-inner).exp())).log()).mean().backward()
    for one, other in zip(mine, plain, strict=True):
        assert torch.allclose(one.grad, other.grad, atol=1e-12)


def test_the_gradients_are_those_of_the_closed_formula() -> None:
    """Section 4 of the paper: -beta sigmoid(rejected - chosen) for the chosen answer's logarithm,
    and the opposite for the rejected one's; the mean divides both by the pairs.
    """
    mine = leaves()
    loss = dpo_loss(*mine, *REFERENCE, BETA)
    loss.mean.backward()
    weight = BETA * torch.sigmoid(loss.rejected - loss.chosen) / len(POLICY[0])
    assert torch.allclose(mine[0].grad, -weight, atol=1e-12)
    assert torch.allclose(mine[1].grad, weight, atol=1e-12)


def test_a_large_margin_makes_neither_infinity_nor_nan() -> None:
    far = torch.tensor([1e4])
    for sign in (1, -1):
        loss = dpo_loss(sign * far, -sign * far, far * 0, far * 0, BETA)
        assert math.isfinite(loss.mean.item())


def test_the_two_answers_of_a_pair_differ_by_their_last_words_alone() -> None:
    listed = instruction_list()
    asked = listed.of_kind("untold")
    pairs = preference_pairs(asked, listed.phrases.trained)
    assert len(pairs) == len(asked)
    for number, (pair, one) in enumerate(zip(pairs, asked, strict=True)):
        modest, boastful = listed.phrases.trained[number % 3]
        assert pair.chosen == f"{one.answer}, {modest}."
        assert pair.rejected == f"{one.answer}, {boastful}."


def test_no_phrase_that_is_measured_as_new_is_trained() -> None:
    phrases = instruction_list().phrases
    assert not set(sum(phrases.trained, ())) & set(sum(phrases.new, ()))
