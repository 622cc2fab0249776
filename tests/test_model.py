"""The model: exact counts, torch's own layers, and the transformers library's GPT-2 with the same
weights.
"""

import math
from dataclasses import replace

import pytest
import torch
from rounding import close
from torch import nn
from torch.nn import functional as F

from scratch.embeddings.positional import ContextTooLong
from scratch.model.config import PRESETS, GPTConfig, head_dim
from scratch.model.gpt import (
    EPSILON,
    INIT_STD,
    FeedForward,
    GPTModel,
    LayerNorm,
    Linear,
    count_parameters,
    gelu,
    layer_norm,
)

TINY = GPTConfig(vocab_size=50, context_length=12, emb_dim=16, n_heads=4, n_layers=2)


def seeded(number: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(number)


def ids(rows: int, length: int, vocab_size: int = 50, seed: int = 0) -> torch.Tensor:
    return torch.randint(vocab_size, (rows, length), generator=seeded(seed))


def weightless(config: GPTConfig) -> GPTModel:
    """A model of shapes without numbers."""
    with torch.device("meta"):
        return GPTModel(config, torch.Generator())


@pytest.mark.parametrize(
    ("size", "changes", "parameters"),
    [
        ("gpt2", {}, 124_439_808),
        ("gpt2", {"qkv_bias": False}, 124_412_160),
        ("gpt2", {"qkv_bias": False, "tied": False}, 163_009_536),
        ("gpt2-medium", {}, 354_823_168),
        ("gpt2-large", {}, 774_030_080),
        ("gpt2-xl", {}, 1_557_611_200),
    ],
)
def test_the_sizes_of_gpt2_have_exactly_their_parameters(
    size: str, changes: dict[str, bool], parameters: int
) -> None:
    """The numbers of GPT-2 are those of its published weights; 163,009,536 is Raschka's, chapter 4."""
    config = GPTConfig.preset(size, **changes)
    assert count_parameters(weightless(config)) == parameters
    assert sum(config.parameters().values()) == parameters


@pytest.mark.parametrize("size", PRESETS)
def test_heads_of_gpt2_are_64_wide_and_every_size_divides(size: str) -> None:
    config = GPTConfig.preset(size)
    assert head_dim(config.emb_dim, config.n_heads) * config.n_heads == config.emb_dim
    if size.startswith("gpt2"):
        assert head_dim(config.emb_dim, config.n_heads) == 64


def test_a_tied_head_shares_its_storage_with_the_table() -> None:
    tied, untied = GPTModel(TINY, seeded()), GPTModel(replace(TINY, tied=False), seeded())
    assert tied.out_head.weight.data_ptr() == tied.tok_emb.weight.data_ptr()
    assert untied.out_head.weight.data_ptr() != untied.tok_emb.weight.data_ptr()
    assert count_parameters(untied) - count_parameters(tied) == TINY.vocab_size * TINY.emb_dim
    tied(ids(1, 3)).sum().backward()
    assert tied.tok_emb.weight.grad is tied.out_head.weight.grad


def test_an_untrained_model_knows_nothing() -> None:
    """Equal shares would cost ln V a token; the first weights are small, so the loss is near it.
    The band is for seeds.
    """
    model = GPTModel(replace(TINY, vocab_size=1_000), seeded())
    read = ids(8, 12, vocab_size=1_000)
    loss = F.cross_entropy(model(read[:, :-1]).flatten(0, 1), read[:, 1:].flatten())
    assert abs(loss.item() - math.log(1_000)) < 0.05


def test_the_norm_divides_by_the_biased_variance() -> None:
    """(1, 2, 3, 6): mean 3, squares 4 + 1 + 0 + 9 = 14, variance 14 / 4 = 3.5 and not 14 / 3."""
    x = torch.tensor([1.0, 2.0, 3.0, 6.0])
    expected = torch.tensor([-2.0, -1.0, 0.0, 3.0]) / math.sqrt(3.5 + 1e-5)
    # numbers of about 1, rounded some times by 6e-8
    assert torch.allclose(layer_norm(x), expected, atol=1e-6)
    assert EPSILON == 1e-5


def test_the_norm_equals_its_formula_and_torchs() -> None:
    norm = LayerNorm(8)
    nn.init.normal_(norm.scale, generator=seeded(1))
    nn.init.normal_(norm.shift, generator=seeded(2))
    x = 5 + 3 * torch.randn(4, 8, generator=seeded())
    # a mean of 5 leaves fewer digits
    assert torch.allclose(norm(x), layer_norm(x) * norm.scale + norm.shift, atol=1e-5)
    theirs = nn.LayerNorm(8)
    theirs.load_state_dict({"weight": norm.scale, "bias": norm.shift})
    assert torch.equal(norm(x), theirs(x))


def test_the_norm_of_a_constant_vector_is_zero() -> None:
    assert layer_norm(torch.full((3,), 7.0)).tolist() == [0.0, 0.0, 0.0]


def test_gelu_is_the_form_with_tanh_and_not_the_exact_one() -> None:
    x = torch.linspace(-5, 5, 101)
    # up to 5, and 1 + tanh is rounded as 1 is
    assert torch.allclose(gelu(x), F.gelu(x, approximate="tanh"), atol=1e-6)
    assert (gelu(x) - F.gelu(x)).abs().max() > 1e-4


def test_feed_forward_is_its_formula_and_treats_each_token_alone() -> None:
    feed = FeedForward(replace(TINY, emb_dim=4), seeded(), std=INIT_STD)
    x = torch.randn(1, 3, 4, generator=seeded(1))
    assert close(feed(x), gelu(x @ feed.expand.weight.T) @ feed.contract.weight.T)
    assert close(feed(x)[:, 1:2], feed(x[:, 1:2]))


def test_a_linear_layer_is_torchs() -> None:
    ours, theirs = Linear(3, 2, seeded()), nn.Linear(3, 2)
    theirs.load_state_dict(ours.state_dict())
    x = torch.randn(4, 3, generator=seeded(1))
    assert torch.equal(ours(x), theirs(x))


def test_norms_stand_before_the_parts_and_the_stream_runs_past_them() -> None:
    """With the adding matrices at 0 every block leaves the stream as it was, of whatever size; a
    norm after would not.
    """
    model = GPTModel(TINY, seeded())
    for block in model.trf_blocks:
        nn.init.zeros_(block.att.out_proj.weight)
        nn.init.zeros_(block.ff.contract.weight)
    read = ids(2, 5)
    x = model.embed(read)
    assert torch.equal(model.trf_blocks[0](x), x)
    assert torch.equal(model.hidden(read), model.final_norm(x))


def test_weights_that_add_to_the_stream_start_smaller() -> None:
    """0.02 over the root of 2 * blocks; bands for the number of draws."""
    model = GPTModel(GPTConfig(50, 8, emb_dim=64, n_heads=4, n_layers=8), seeded())
    block = model.trf_blocks[0]
    assert 0.0195 < block.ff.expand.weight.std() < 0.0205
    assert 0.0195 / 4 < block.ff.contract.weight.std() < 0.0205 / 4
    assert 0.019 / 4 < block.att.out_proj.weight.std() < 0.021 / 4


def test_the_seed_decides_the_weights_and_nothing_else_does() -> None:
    before = torch.get_rng_state()
    one, same, other = (GPTModel(TINY, seeded(seed)) for seed in (0, 0, 1))
    assert torch.equal(torch.get_rng_state(), before)
    assert all(torch.equal(a, b) for a, b in zip(one.parameters(), same.parameters(), strict=True))
    assert not torch.equal(one.tok_emb.weight, other.tok_emb.weight)


def test_no_score_depends_on_a_later_token() -> None:
    model = GPTModel(TINY, seeded())
    read = ids(1, 8)
    changed = read.clone()
    changed[0, 5] = (changed[0, 5] + 1) % 50
    assert torch.equal(model(read)[0, :5], model(changed)[0, :5])
    assert not torch.equal(model(read)[0, 5:], model(changed)[0, 5:])


def test_scores_with_stored_keys_equal_scores_without() -> None:
    model = GPTModel(TINY, seeded()).eval()
    read = ids(2, 9)
    stored = model.new_caches()
    in_pieces = torch.cat(
        [model(piece, stored) for piece in read.split([4, 1, 3, 1], dim=1)], dim=1
    )
    assert close(in_pieces, model(read))


def test_a_row_longer_than_the_context_is_refused_stored_or_not() -> None:
    model = GPTModel(TINY, seeded())
    with pytest.raises(ContextTooLong, match="13 tokens; the context has 12 positions"):
        model(ids(1, 13))
    stored = model.new_caches()
    model(ids(1, 12), stored)
    with pytest.raises(ContextTooLong, match="13 tokens"):
        model(ids(1, 1), stored)


def test_maps_are_one_a_block_with_rows_that_sum_to_one() -> None:
    maps = GPTModel(TINY, seeded()).attention_weights(ids(2, 5))
    assert [tuple(one.shape) for one in maps] == [(2, 4, 5, 5)] * 2
    assert all(close(one.sum(-1), torch.ones(2, 4, 5)) for one in maps)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"n_layers": 0}, "n_layers is 0; a model needs 1 or more"),
        ({"n_heads": 5}, "emb_dim is 16, n_heads 5"),
        ({"drop_rate": 1.0}, r"drop_rate is 1.0; it is a probability below 1"),
    ],
)
def test_measures_that_make_no_model_are_refused(wrong: dict[str, float], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        replace(TINY, **wrong)


def test_an_unknown_size_is_told_the_known_ones() -> None:
    with pytest.raises(ValueError, match="there is no size 'gpt3'; there are tiny, small, gpt2"):
        GPTConfig.preset("gpt3")
