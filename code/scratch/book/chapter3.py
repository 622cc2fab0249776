"""Compute what chapter 3 publishes: attention on six words, from dot products to several heads.

What: our attention on the chapter's six vectors for "Your journey starts with one step", with the
weights that its seeds give. Source: Raschka, Build a Large Language Model (From Scratch), chapter
3. Left out: repeated numbers.
"""

import torch
from torch import Tensor
from torch.nn import functional as F

from scratch.book.draws import SEED, head, linear
from scratch.book.values import Values
from scratch.model.attention import (
    attend,
    attention_scores,
    attention_weights,
    causal_mask,
    contexts_by_loop,
)

WORDS = torch.tensor(
    [
        [0.43, 0.15, 0.89],  # Your
        [0.55, 0.87, 0.66],  # journey
        [0.57, 0.85, 0.64],  # starts
        [0.22, 0.58, 0.33],  # with
        [0.77, 0.25, 0.10],  # one
        [0.05, 0.80, 0.55],  # step
    ]
)
BATCH = torch.stack((WORDS, WORDS))  # (2, 6, 3)
OTHER_SEED = 789  # of section 3.4.2's second class
HEADS = torch.tensor(
    [
        [
            [0.2745, 0.6584, 0.2775, 0.8573],
            [0.8993, 0.0390, 0.9268, 0.7388],
            [0.7179, 0.7058, 0.9156, 0.4340],
        ],
        [
            [0.0772, 0.3565, 0.1479, 0.5331],
            [0.4066, 0.2318, 0.4545, 0.9737],
            [0.4606, 0.5159, 0.4220, 0.5786],
        ],
    ]
)


def without_weights() -> Values:
    """Return the outputs of section 3.3: attention without learned weights."""
    scores = attention_scores(WORDS, WORDS, scale=1.0)
    weights = attention_weights(WORDS, WORDS, causal=False, scale=1.0)
    contexts = attend(WORDS, WORDS, WORDS, causal=False, scale=1.0)
    return {
        "scores_2": scores[1],
        "dot_product": scores[0, 1],
        "shares_2": scores[1] / scores[1].sum(),
        "weights_2": weights[1],
        "weights_2_sum": weights[1].sum(),
        "context_2": contexts[1],
        "scores": scores,
        "weights": weights,
        "weight_sums": weights.sum(dim=-1),
        "contexts": contexts,
    }


def drawn_uniformly() -> tuple[Tensor, Tensor, Tensor]:
    """Return queries, keys and values, from three matrices that torch.rand draws: (6, 2) each."""
    torch.manual_seed(SEED)
    query, key, value = (WORDS @ torch.rand(3, 2) for _ in range(3))
    return query, key, value


def with_weights() -> Values:
    """Return the outputs of sections 3.4 and 3.5: attention with learned weights."""
    queries, keys, values = drawn_uniformly()
    torch.manual_seed(OTHER_SEED)
    learned = head(3, 2)
    other = learned.W_query(WORDS), learned.W_key(WORDS), learned.W_value(WORDS)
    return {
        "query_2": queries[1],
        "keys_shape": keys.shape,
        "score_22": attention_scores(queries, keys, scale=1.0)[1, 1],
        "learned_scores_2": attention_scores(queries, keys, scale=1.0)[1],
        "learned_weights_2": attention_weights(queries, keys, causal=False)[1],
        "learned_context_2": contexts_by_loop(queries, keys, values, causal=False)[1],
        "self_attention_1": attend(queries, keys, values, causal=False),
        "self_attention_2": attend(*other, causal=False),
        **causal(other[0], other[1]),
    }


def causal(queries: Tensor, keys: Tensor) -> Values:
    """Return the outputs of section 3.5: the causal mask, and dropout of half of the weights."""
    full = attention_weights(queries, keys, causal=False)
    seen = causal_mask(6, 6)
    weights = attention_weights(queries, keys)
    torch.manual_seed(SEED)
    mask = F.dropout(torch.ones(6, 6), 0.5)
    torch.manual_seed(SEED)
    dropped = F.dropout(weights, 0.5)
    return {
        "full_weights": full,
        "mask": seen.int(),
        "weights_cut": full * seen,
        "weights_renormalised": full * seen / (full * seen).sum(dim=-1, keepdim=True),
        "seen_scores": attention_scores(queries, keys, scale=1.0)[seen],
        "causal_weights": weights,
        "dropout_of_ones": mask,
        "dropout_of_weights": dropped,
    }


def several_heads() -> Values:
    """Return the outputs of section 3.6: heads side by side, and heads in one matrix."""
    torch.manual_seed(SEED)
    one = head(3, 2)
    torch.manual_seed(SEED)
    both = torch.cat([head(3, 2)(BATCH) for _ in range(2)], dim=-1)
    torch.manual_seed(SEED)
    layers = [linear(3, 2, bias=False) for _ in range(3)]
    out_proj = linear(2, 2)
    # (2, 6, 2) -> (2, 6, H, 1) -> (2, H, 6, 1)
    parts = [layer(BATCH).view(2, 6, 2, 1).transpose(1, 2) for layer in layers]
    merged = attend(*parts).transpose(1, 2).reshape(2, 6, 2)
    per_head = attention_scores(HEADS, HEADS, scale=1.0)
    return {
        "batch_shape": BATCH.shape,
        "causal_attention": one(BATCH),
        "causal_attention_shape": one(BATCH).shape,
        "wrapper": both,
        "wrapper_shape": both.shape,
        "multi_head": out_proj(merged),
        "multi_head_shape": merged.shape,
        "first_head": per_head[0],
        "second_head": per_head[1],
    }


def outputs() -> Values:
    """Return every output: name of the row -> output."""
    with torch.no_grad():
        return {**without_weights(), **with_weights(), **several_heads()}
