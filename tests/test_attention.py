"""Attention: by hand, in all its forms, and the mistakes that have the right shape."""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor
from torch.nn import functional as F

from scratch.model.attention import (
    attend,
    attend_fused,
    attention_scores,
    attention_weights,
    causal_mask,
    contexts_by_loop,
)
from scratch.model.gpt import KVCache, MultiHeadAttention
from scratch.model.multihead import CausalAttention, MultiHeadAttentionWrapper, joined


def seeded(number: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(number)


def lively(attention: MultiHeadAttention) -> MultiHeadAttention:
    """With weights 25 times as large: the first ones are so small that all shares are nearly equal."""
    with torch.no_grad():
        for parameter in attention.parameters():
            parameter.mul_(25)
    return attention


def close(a: Tensor, b: Tensor) -> bool:
    """Up to rounding: sums of some tens of products of numbers of about 1, of which each is rounded
    by 6e-8 at most.
    """
    return torch.allclose(a, b, atol=1e-5, rtol=1e-5)


def test_weights_and_context_of_three_tokens_by_hand() -> None:
    """Vectors (1, 0), (0, 1), (1, 1), no learned weights, no scale, causal.

    Token 2 has the products 0 and 1, so the shares 1/(1 + e) and e/(1 + e). Token 3 has 1, 1, 2:
    shares 1, 1, e over 2 + e.
    """
    x = torch.tensor([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
    e = math.e
    expected = torch.tensor(
        [[1, 0, 0], [1 / (1 + e), e / (1 + e), 0], [1 / (2 + e), 1 / (2 + e), e / (2 + e)]],
        dtype=torch.float32,
    )
    assert close(attention_weights(x, x, scale=1.0), expected)
    third = torch.tensor([(1 + e) / (2 + e), (1 + e) / (2 + e)])
    assert close(attend(x, x, x, scale=1.0)[2], third)


@given(st.integers(1, 7), st.integers(1, 6), st.booleans(), st.integers(0, 99))
def test_loop_matrix_product_and_torch_agree(T: int, C: int, causal: bool, seed: int) -> None:
    queries, keys, values = torch.randn(3, T, C, generator=seeded(seed))
    by_loop = contexts_by_loop(queries, keys, values, causal=causal)
    assert close(attend(queries, keys, values, causal=causal), by_loop)
    fused = F.scaled_dot_product_attention(
        queries[None], keys[None], values[None], is_causal=causal
    )[0]
    assert close(fused, by_loop)


@pytest.mark.parametrize("bias", [False, True])
def test_stacked_heads_and_split_heads_are_the_same(bias: bool) -> None:
    stack = MultiHeadAttentionWrapper(12, n_heads=3, generator=seeded(), qkv_bias=bias)
    if bias:
        for name, parameter in stack.named_parameters():
            if name.endswith("bias"):
                torch.nn.init.normal_(parameter, generator=seeded(1))
    x = torch.randn(2, 5, 12, generator=seeded(2))
    split = joined(stack)
    assert close(split(x), stack(x))
    queries, keys, values = split.split(x)
    by_loop = torch.stack(
        [
            torch.stack(
                [contexts_by_loop(queries[b, h], keys[b, h], values[b, h]) for h in range(3)]
            )
            for b in range(2)
        ]
    )
    assert close(split.out_proj(by_loop.transpose(1, 2).flatten(2)), stack(x))


def test_a_head_is_attention_of_three_products() -> None:
    head = CausalAttention(6, 4, seeded())
    x = torch.randn(1, 3, 6, generator=seeded(1))
    by_hand = contexts_by_loop(
        x[0] @ head.W_query.weight.T, x[0] @ head.W_key.weight.T, x[0] @ head.W_value.weight.T
    )
    assert close(head(x)[0], by_hand)


def test_the_scale_keeps_the_std_of_the_scores_at_one() -> None:
    """A product of C pairs of standard normal numbers has variance C; the band is wide for 10,000
    draws.
    """
    queries, keys = torch.randn(2, 100, 256, generator=seeded())
    assert 15 < attention_scores(queries, keys, scale=1.0).std() < 17
    assert 0.95 < attention_scores(queries, keys).std() < 1.05


def test_every_row_is_a_distribution_over_what_the_token_may_see() -> None:
    weights = attention_weights(*torch.randn(2, 4, 6, 3, generator=seeded()))
    assert close(weights.sum(-1), torch.ones(4, 6))
    assert torch.equal(weights > 0, causal_mask(6, 6).expand(4, 6, 6))


def test_no_token_sees_a_later_one() -> None:
    attention = MultiHeadAttention(8, 2, seeded())
    x = torch.randn(1, 5, 8, generator=seeded(1))
    changed = x.clone()
    changed[0, 3] += 1.0
    before, after = attention(x), attention(changed)
    assert torch.equal(before[0, :3], after[0, :3])
    assert (before[0, 3:] != after[0, 3:]).any(-1).all()


def test_a_mask_after_softmax_fails_where_a_hidden_score_is_the_highest() -> None:
    """Masked afterwards and divided anew, the shares are 0 / 0; masked before, the first token sees
    itself.
    """
    queries = torch.tensor([[1.0], [1.0]])
    keys = torch.tensor([[0.0], [200.0]])
    after = attention_scores(queries, keys).softmax(-1) * causal_mask(2, 2)
    assert (after / after.sum(-1, keepdim=True))[0].isnan().all()
    assert attention_weights(queries, keys)[0].tolist() == [1.0, 0.0]


def test_a_mask_after_softmax_without_dividing_leaves_rows_that_do_not_sum_to_one() -> None:
    queries, keys = torch.randn(2, 4, 3, generator=seeded())
    after = attention_scores(queries, keys).softmax(-1) * causal_mask(4, 4)
    assert (after.sum(-1)[:3] < 0.99).all()


def wrong_split(attention: MultiHeadAttention, x: Tensor) -> Tensor:
    """Heads split by a reshape alone: the shape is right, the tokens are mixed."""
    B, T, C = x.shape
    queries, keys, values = (
        part.reshape(B, attention.n_heads, T, C // attention.n_heads)
        for part in attention.qkv(x).chunk(3, -1)
    )
    return attention.out_proj(attend(queries, keys, values).transpose(1, 2).reshape(B, T, C))


def wrong_merge(attention: MultiHeadAttention, x: Tensor) -> Tensor:
    """Heads merged without turning them back."""
    return attention.out_proj(attend(*attention.split(x)).reshape(x.shape))


def wrong_softmax(attention: MultiHeadAttention, x: Tensor) -> Tensor:
    """Shares taken down the columns: what a token is given sums to 1, not what it gives."""
    queries, keys, values = attention.split(x)
    T = x.shape[1]
    weights = (
        attention_scores(queries, keys).masked_fill(~causal_mask(T, T), -math.inf).softmax(dim=-2)
    )
    return attention.out_proj((weights @ values).transpose(1, 2).reshape(x.shape))


@pytest.mark.parametrize("mistake", [wrong_split, wrong_merge, wrong_softmax])
# type: ignore[no-untyped-def]
def test_a_transposition_mistake_has_the_right_shape_and_lets_the_past_see_the_future(
    mistake,
) -> None:
    """Each runs without an error. What gives them away: change the last token, and earlier contexts
    change.
    """
    attention = lively(MultiHeadAttention(8, 2, seeded()))
    x = torch.randn(2, 4, 8, generator=seeded(1))
    assert mistake(attention, x).shape == attention(x).shape
    assert not close(mistake(attention, x), attention(x))
    changed = x.clone()
    changed[:, -1] += 1.0
    assert not close(mistake(attention, x)[:, :-1], mistake(attention, changed)[:, :-1])
    assert close(attention(x)[:, :-1], attention(changed)[:, :-1])


def test_turning_all_dimensions_of_a_batch_is_refused_by_the_shapes() -> None:
    x = torch.randn(2, 4, 8, generator=seeded())
    with pytest.raises(RuntimeError):
        x @ x.permute(2, 1, 0)  # what x.T once did; keys are turned by transpose(-2, -1)


@given(st.lists(st.integers(1, 4), min_size=1, max_size=5), st.integers(0, 99))
def test_reading_in_pieces_with_stored_keys_equals_reading_at_once(
    pieces: list[int], seed: int
) -> None:
    attention = MultiHeadAttention(8, 2, seeded(seed))
    x = torch.randn(2, sum(pieces), 8, generator=seeded(seed + 1))
    stored = KVCache()
    read = torch.cat([attention(piece, stored) for piece in x.split(pieces, dim=1)], dim=1)
    assert close(read, attention(x))
    assert len(stored) == sum(pieces)


def test_torch_aligns_its_own_mask_with_the_first_key_and_ours_with_the_last() -> None:
    queries, keys = torch.zeros(1, 2, 4), torch.zeros(1, 5, 4)
    values = torch.arange(5.0).view(1, 5, 1)
    theirs = F.scaled_dot_product_attention(queries, keys, values, is_causal=True)
    assert theirs[0, :, 0].tolist() == [0.0, 0.5]  # means of 0 and of 0, 1
    # of 0..3 and of 0..4
    assert attend_fused(queries, keys, values)[0, :, 0].tolist() == [1.5, 2.0]


def test_dropout_takes_shares_away_and_raises_the_others() -> None:
    x = torch.zeros(1, 400, 2)
    with torch.random.fork_rng():
        torch.manual_seed(0)
        dropped = attend(x, x, torch.eye(400)[None], causal=False, dropout=0.25)[0] * 400
    assert [round(share, 4) for share in dropped.unique().tolist()] == [0.0, 1.3333]
    assert 0.24 < (dropped == 0).float().mean() < 0.26  # a band for 160,000 draws


def test_dropout_is_off_outside_training() -> None:
    attention = MultiHeadAttention(8, 2, seeded(), drop_rate=0.5)
    x = torch.randn(1, 4, 8, generator=seeded(1))
    with torch.random.fork_rng():
        assert not torch.equal(attention(x), attention(x))
    attention.eval()
    assert torch.equal(attention(x), attention(x))


def test_maps_are_the_shares_that_the_contexts_were_made_with() -> None:
    attention = MultiHeadAttention(8, 2, seeded())
    x = torch.randn(1, 4, 8, generator=seeded(1))
    contexts = attention.attention_weights(x) @ attention.split(x)[2]
    assert close(attention.out_proj(contexts.transpose(1, 2).flatten(2)), attention(x))


def test_heads_that_do_not_divide_the_width_are_refused() -> None:
    with pytest.raises(ValueError, match=r"emb_dim is 10, n_heads 3; .* choose a divisor"):
        MultiHeadAttention(10, 3, seeded())


def test_more_queries_than_keys_are_refused() -> None:
    with pytest.raises(ValueError, match="3 queries and 2 keys"):
        causal_mask(3, 2)
