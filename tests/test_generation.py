"""Writing on: by hand on shares that are known, and with stored keys as without."""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from scratch.model.config import GPTConfig
from scratch.model.generate import GREEDY, Sampling, choose, generate, probabilities, stream
from scratch.model.gpt import GPTModel

KNOWN = torch.tensor([0.1, 0.4, 0.2, 0.3]).log()


def seeded(number: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(number)


def lively(seed: int = 0) -> GPTModel:
    """A model with weights so large, and a head so much its own, that what it writes depends on
    what it reads.

    In 64 bits: two ways to one token, which add in another order, differ by 1e-13, and no two
    entries lie so near.
    """
    config = GPTConfig(
        40, context_length=16, emb_dim=16, n_heads=4, n_layers=2, drop_rate=0.2, tied=False
    )
    model = GPTModel(config, seeded(seed))
    draw = seeded(seed)
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.dim() > 1:
                parameter.normal_(0, 1.0, generator=draw)
    return model.double()


def rounded(scores: torch.Tensor, **sampling: float) -> list[float]:
    return [round(share, 4) for share in probabilities(scores, Sampling(**sampling)).tolist()]


def test_temperature_one_keeps_the_shares_and_others_raise_them_to_a_power() -> None:
    """Temperature 1/2 squares them: 1, 16, 4, 9 of 30."""
    assert rounded(KNOWN, temperature=1.0) == [0.1, 0.4, 0.2, 0.3]
    assert rounded(KNOWN, temperature=0.5) == [0.0333, 0.5333, 0.1333, 0.3]


def test_top_k_keeps_the_k_best() -> None:
    assert rounded(KNOWN, temperature=1.0, top_k=2) == [0.0, 0.5714, 0.0, 0.4286]
    assert rounded(KNOWN, temperature=1.0, top_k=99) == [0.1, 0.4, 0.2, 0.3]


def test_top_k_keeps_no_more_than_k_of_equals() -> None:
    assert rounded(torch.zeros(4), temperature=1.0, top_k=2) == [0.5, 0.5, 0.0, 0.0]


def test_top_p_keeps_the_fewest_that_have_the_share_together() -> None:
    """From the best on: 0.4, then 0.7, then 0.9. A share of 0.6 needs two, 0.75 three, and 0.01 the
    best one.
    """
    assert rounded(KNOWN, temperature=1.0, top_p=0.6) == [0.0, 0.5714, 0.0, 0.4286]
    assert rounded(KNOWN, temperature=1.0, top_p=0.75) == [0.0, 0.4444, 0.2222, 0.3333]
    assert rounded(KNOWN, temperature=1.0, top_p=0.01) == [0.0, 1.0, 0.0, 0.0]


def test_top_p_takes_the_shares_that_top_k_left() -> None:
    """Two remain, with 4/7 and 3/7; half of that needs one."""
    assert rounded(KNOWN, temperature=1.0, top_k=2, top_p=0.5) == [0.0, 1.0, 0.0, 0.0]


@given(
    st.lists(st.floats(-50, 50), min_size=1, max_size=9),
    st.floats(0.01, 5),
    st.integers(1, 9),
    st.floats(0.01, 1),
)
def test_shares_sum_to_one_and_the_best_entry_has_the_largest(
    scores: list[float], t: float, k: int, p: float
) -> None:
    """Nine shares, each rounded by 6e-8; scores up to 50, which float32 tells apart from 4e-6 on."""
    drawn = probabilities(torch.tensor(scores), Sampling(t, k, p))
    assert math.isclose(drawn.sum(), 1, abs_tol=1e-5)
    assert (
        drawn[scores.index(max(scores))] == drawn.max() or max(scores) - sorted(scores)[-2] < 1e-5
    )


def test_a_temperature_near_zero_is_greedy_and_no_infinity() -> None:
    drawn = probabilities(torch.tensor([100.0, 300.0, 200.0]), Sampling(temperature=1e-30))
    assert drawn.tolist() == [0.0, 1.0, 0.0]


def test_draws_come_as_often_as_their_shares() -> None:
    """10,000 draws; the band is six standard deviations."""
    drawn = choose(KNOWN.expand(10_000, 4), Sampling(temperature=1.0), seeded())
    often = drawn.bincount(minlength=4) / 10_000
    assert torch.allclose(often, KNOWN.exp(), atol=0.03)


def test_greedy_takes_the_best_and_the_first_of_equals() -> None:
    assert choose(torch.tensor([[0.0, 2.0, 2.0], [3.0, 1.0, 2.0]])).tolist() == [1, 0]


@pytest.mark.parametrize(
    "sampling", [GREEDY, Sampling(1.0), Sampling(0.8, top_k=5), Sampling(1.2, top_p=0.9)]
)
def test_stored_keys_change_no_token_not_even_beyond_the_context(sampling: Sampling) -> None:
    """40 tokens in a context of 16, five models of two rows: every id is the same."""
    for seed in range(5):
        model = lively(seed)
        prompts = torch.randint(40, (2, 3), generator=seeded(seed)).tolist()
        with_store = generate(model, prompts, 40, sampling, seeded(seed), use_cache=True)
        without = generate(model, prompts, 40, sampling, seeded(seed), use_cache=False)
        assert with_store == without
        assert len(set(with_store[0])) > 3  # it does not say one thing for ever


def test_writing_is_asking_for_the_next_token_again_and_again() -> None:
    model = lively().eval()
    row = [1, 2, 3]
    for _ in range(20):
        row.append(int(model(torch.tensor([row[-16:]]))[0, -1].argmax()))
    assert generate(model, [[1, 2, 3]], 20) == [row[3:]]


def test_a_prompt_longer_than_the_context_is_read_from_its_end() -> None:
    model = lively()
    prompt = list(range(30))
    assert generate(model, [prompt], 5) == generate(model, [prompt[-16:]], 5)


def test_a_row_ends_at_the_stop_token_and_the_others_go_on() -> None:
    """Which token each row writes when is found first; the stop token is one that the rows write at
    different times.
    """
    model = lively(3)
    prompts = [[number, number + 1] for number in range(6)]
    free = generate(model, prompts, 30, Sampling(1.0), seeded())
    stop = next(
        token for token in free[0] if len({row.index(token) for row in free if token in row}) > 1
    )
    stopped = generate(model, prompts, 30, Sampling(1.0), seeded(), eos_id=stop)
    assert stopped == [row[: row.index(stop)] if stop in row else row for row in free]
    assert len({len(row) for row in stopped}) > 1


def test_the_stream_ends_with_its_last_row() -> None:
    model = lively()
    first = generate(model, [[1, 2]], 1)[0][0]
    assert [token.tolist() for token in stream(model, [[1, 2]], 30, eos_id=first)] == [[first]]
    assert generate(model, [[1, 2]], 30, eos_id=first) == [[]]


def test_a_token_is_handed_out_before_the_next_is_thought_of() -> None:
    model = lively()
    asked: list[int] = []
    plain = model.hidden

    def counting(*arguments):  # type: ignore[no-untyped-def]
        asked.append(1)
        return plain(*arguments)

    model.hidden = counting  # type: ignore[method-assign]
    tokens = stream(model, [[1, 2]], 30)
    assert asked == []
    next(tokens)
    assert len(asked) == 1
    next(tokens)
    assert len(asked) == 2


def test_the_seed_decides_what_is_drawn() -> None:
    model = lively()
    one, same, other = (
        generate(model, [[1]], 20, Sampling(1.0), seeded(seed)) for seed in (0, 0, 1)
    )
    assert one == same != other


def test_writing_leaves_the_model_and_torchs_generator_as_they_were() -> None:
    model = lively()
    before = torch.get_rng_state()
    generate(model, [[1, 2]], 5, Sampling(1.0), seeded())
    assert model.training
    assert torch.equal(torch.get_rng_state(), before)
    model(torch.tensor([[1, 2]])).sum().backward()  # nothing of inference is left in it
    assert model.tok_emb.weight.grad is not None


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"temperature": -1.0}, "temperature is -1.0; give 0"),
        ({"temperature": 1.0, "top_k": 0}, "top_k is 0; at least 1"),
        ({"temperature": 1.0, "top_p": 0.0}, "top_p is 0.0; it is a probability"),
        ({"top_k": 3}, "temperature is 0, which takes the best entry"),
    ],
)
def test_a_sampling_that_means_nothing_is_refused(wrong: dict[str, float], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Sampling(**wrong)


@pytest.mark.parametrize(
    ("prompts", "message"),
    [
        ([], "the batch is empty"),
        ([[]], "a prompt is empty"),
        ([[1], [1, 2]], "the prompts have 1 to 2 tokens"),
        ([[40]], "id 40 is outside 0 to 39"),
    ],
)
def test_prompts_that_cannot_be_read_are_refused_at_once(
    prompts: list[list[int]], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        stream(lively(), prompts, 5)


def test_drawing_without_a_generator_is_refused() -> None:
    with pytest.raises(ValueError, match=r"temperature is 1.0 and there is no generator"):
        generate(lively(), [[1]], 5, Sampling(1.0))


def test_with_stored_keys_every_token_is_read_once() -> None:
    """A prompt of 3 and 10 tokens more: 3 + 9 are read, for the last one is never asked. Without: 3
    + 4 + ... + 12.
    """

    def read(use_cache: bool) -> int:
        model, places = lively(), []
        plain = model.hidden

        def counting(ids, *others):  # type: ignore[no-untyped-def]
            places.append(ids.shape[1])
            return plain(ids, *others)

        model.hidden = counting  # type: ignore[method-assign]
        generate(model, [[1, 2, 3]], 10, use_cache=use_cache)
        return sum(places)

    assert (read(use_cache=True), read(use_cache=False)) == (12, 75)


def test_a_top_p_of_one_leaves_out_nothing() -> None:
    """The second share, 2e-9, is lost in a float's sum of the first two."""
    scores = torch.tensor([0.0, -20.0])
    assert torch.equal(
        probabilities(scores, Sampling(temperature=1.0, top_p=1.0)), scores.softmax(-1)
    )
