"""Llama's architecture: by hand, and against transformers' own on small random models."""

import pytest
import smollm
import torch

from scratch.embeddings.positional import ContextTooLong
from scratch.embeddings.rotary import rotate, rotations, turn
from scratch.model.attention import attend
from scratch.model.generate import Sampling, generate
from scratch.model.gpt import count_parameters
from scratch.model.llama import GatedFeedForward, LlamaConfig, LlamaModel, RMSNorm, rms_norm

SMALL = LlamaConfig(
    vocab_size=50,
    context_length=24,
    emb_dim=32,
    n_heads=4,
    n_kv_heads=2,
    n_layers=3,
    hidden_dim=40,
    rope_base=500.0,
)


def seeded(number: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(number)


def lively(config: LlamaConfig = SMALL) -> LlamaModel:
    """A model whose weights, the norms' too, are so large that what it writes depends on what it
    reads.
    """
    model, draw = LlamaModel(config, seeded()).eval(), seeded(1)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.normal_(1.0 if parameter.dim() == 1 else 0.0, 0.5, generator=draw)
    return model


@torch.no_grad()
def test_logits_are_those_of_transformers() -> None:
    """Two rows of 20 tokens; logits of about 100 in 32 bits."""
    model = lively()
    ids = torch.randint(50, (2, 20), generator=seeded())
    ours, theirs = model(ids), smollm.as_theirs(model)(ids).logits
    assert theirs.std() > 1
    assert torch.allclose(ours, theirs, rtol=1e-4, atol=1e-4 * float(theirs.abs().max()))


@torch.no_grad()
def test_attention_weights_are_those_of_transformers() -> None:
    model = lively()
    ids = torch.randint(50, (2, 20), generator=seeded())
    theirs = smollm.as_theirs(model)(ids, output_attentions=True).attentions
    for ours, reference in zip(model.attention_weights(ids), theirs, strict=True):
        assert torch.allclose(ours, reference, atol=1e-4)


@torch.no_grad()
def test_a_cache_changes_no_logit_however_the_text_is_cut() -> None:
    model, ids = lively(), torch.randint(50, (2, 20), generator=seeded())
    whole = model(ids)
    for cuts in ([20], [7, 13], [1] * 20, [5, 1, 14]):
        caches = model.new_caches()
        parts = [model(part, caches) for part in ids.split(cuts, dim=1)]
        assert torch.allclose(torch.cat(parts, dim=1), whole, rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize("sampling", [Sampling(), Sampling(0.8, top_k=5)])
def test_it_writes_the_same_with_a_cache_and_without_even_beyond_the_context(
    sampling: Sampling,
) -> None:
    model, prompts = lively().double(), [[1, 2, 3], [4, 5, 6]]
    written = [
        generate(model, prompts, 40, sampling, seeded(2), use_cache=cached)
        for cached in (True, False)
    ]
    assert written[0] == written[1]
    assert len(set(written[0][0])) > 3


def test_a_text_beyond_the_context_is_refused() -> None:
    with pytest.raises(ContextTooLong, match="the text has 25 tokens; the context has 24"):
        lively()(torch.zeros(1, 25, dtype=torch.int64))


def test_parameters_are_counted_to_the_last_one() -> None:
    assert sum(SMALL.parameters().values()) == count_parameters(lively())


@torch.no_grad()
def test_a_shared_head_of_keys_is_a_copy_for_each_of_its_queries() -> None:
    """Attention of each query head alone, by the plain `attend`: heads 0 and 1 read keys 0, heads 2
    and 3 keys 1.
    """
    model = lively()
    attention, x = model.trf_blocks[0].att, torch.randn(1, 6, 32, generator=seeded())
    rotations = model.rotations(0, 6)
    queries, keys, values = attention.split(x, rotations)  # type: ignore[operator]
    assert (queries.shape[1], keys.shape[1], values.shape[1]) == (4, 2, 2)
    heads = [attend(queries[0, h], keys[0, h // 2], values[0, h // 2]) for h in range(4)]
    expected = torch.cat(heads, dim=-1) @ attention.out_proj.weight.T  # type: ignore[union-attr,operator]
    assert torch.allclose(attention(x, rotations)[0], expected, rtol=1e-4, atol=1e-3)


@torch.no_grad()
def test_the_norm_divides_by_the_root_of_the_mean_square() -> None:
    """(1, 7): mean square 25, so 1/5 and 7/5; times 2 where the scale is 2."""
    norm = RMSNorm(2, 0.0)
    norm.scale.fill_(2.0)
    assert torch.allclose(norm(torch.tensor([1.0, 7.0])), torch.tensor([0.4, 2.8]))
    x = torch.randn(3, 8, generator=seeded())
    assert torch.allclose(RMSNorm(8, 1e-5)(x), rms_norm(x))
    assert not torch.allclose(rms_norm(x).mean(-1), torch.zeros(3), atol=1e-3)


@torch.no_grad()
def test_a_closed_gate_lets_nothing_through() -> None:
    """silu(-50) is 0 to 20 digits: whatever the other product says, nothing of it goes on."""
    config = LlamaConfig(5, 4, emb_dim=2, n_heads=1, n_kv_heads=1, n_layers=1, hidden_dim=3)
    network = GatedFeedForward(config, seeded())
    network.gate.weight.fill_(-25.0)
    assert torch.allclose(network(torch.ones(1, 2)), torch.zeros(1, 2), atol=1e-15)
    network.gate.weight.fill_(25.0)  # silu(50) = 50
    expected = 50 * (network.expand.weight @ torch.ones(2)) @ network.contract.weight.T
    assert torch.allclose(network(torch.ones(1, 2))[0], expected)


def test_turning_by_complex_numbers_is_turning_by_sines_and_cosines() -> None:
    vectors, positions = torch.randn(2, 5, 8, generator=seeded()), torch.tensor([0, 1, 2, 9, 400])
    assert torch.allclose(
        turn(vectors, rotations(positions, 8)), rotate(vectors, positions), atol=1e-5
    )


def test_a_larger_base_turns_more_slowly() -> None:
    """Base 10: the second pair of four numbers turns by 10^(-2/4) radians a position."""
    found = rotations(torch.tensor([1]), 4, base=10.0).angle()
    assert torch.allclose(found, torch.tensor([[1.0, 10**-0.5]]))


def test_heads_that_cannot_be_shared_equally_are_refused() -> None:
    with pytest.raises(ValueError, match="n_heads is 4, n_kv_heads 3"):
        LlamaConfig(50, 8, emb_dim=32, n_heads=4, n_kv_heads=3, n_layers=1, hidden_dim=8)


def test_another_architecture_is_refused() -> None:
    with pytest.raises(ValueError, match="architecture is qwen2"):
        LlamaConfig.from_metadata({"general.architecture": "qwen2"})
