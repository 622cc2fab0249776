"""Compute attention: a mean of the values so far, weighted by how a token's query fits their keys.

What: a token's query is multiplied with the keys of the tokens that it may see; softmax turns the
products into attention weights, and these weigh the values. `contexts_by_loop` computes it number
by number, `attend` by products of matrices. Without learned weights, queries, keys and values are
the same vectors: `attend(x, x, x, scale=1.0)`. Source: Bahdanau et al., Neural Machine Translation
by Jointly Learning to Align and Translate (2014), for the weighted mean; Vaswani et al., Attention
Is All You Need (2017), section 3.2.1, for scaled products of queries and keys. Left out: the
learned weights and the heads (`scratch.model.multihead`); attention to another text.
"""

import math

import torch
from torch import Tensor
from torch.nn import functional as F


def causal_mask(queries: int, keys: int) -> Tensor:
    """Return which tokens each token may see: itself, and those before it.

    The queries belong to the last T of the S tokens that have keys, so new tokens see all tokens of
    a cache.

    Returns: (T, S) bool, T = queries, S = keys; True where the token of the row sees the token of
    the column.
    Raises: ValueError if there are more queries than keys.

    >>> causal_mask(2, 3).int().tolist()
    [[1, 1, 0], [1, 1, 1]]
    """
    if queries > keys:
        raise ValueError(
            f"{queries} queries and {keys} keys; a token sees itself at least, so give {queries} or"
            " more"
        )
    return torch.ones(queries, keys, dtype=torch.bool).tril(keys - queries)


def attention_scores(queries: Tensor, keys: Tensor, scale: float | None = None) -> Tensor:
    """Return the dot product of every query with every key, times a scale.

    queries: (..., T, C); keys: (..., S, C). Returns: (..., T, S).
    scale: 1 / sqrt(C) where None. The dot product of random vectors grows like sqrt(C); with large
    scores softmax gives nearly all weight to one token, and then the gradient is nearly 0.
    Source: Vaswani et al. 2017, section 3.2.1 and its footnote.

    >>> query, keys = torch.tensor([[2.0, 0.0]]), torch.tensor([[3.0, 1.0], [0.0, 5.0]])
    >>> attention_scores(query, keys, scale=1.0).tolist()
    [[6.0, 0.0]]
    """
    if scale is None:
        scale = 1 / math.sqrt(queries.shape[-1])
    return queries @ keys.transpose(-2, -1) * scale  # (..., T, C) @ (..., C, S) -> (..., T, S)


def attention_weights(
    queries: Tensor, keys: Tensor, *, causal: bool = True, scale: float | None = None
) -> Tensor:
    """Return the softmax of the attention scores: how much each token weighs each other token.

    queries: (..., T, C); keys: (..., S, C); scale: as in `attention_scores`
    causal: whether a token sees only itself and the tokens before it
    Returns: (..., T, S); each row sums to 1, and is 0 where the token may not look.

    The mask comes before softmax, which turns minus infinity into exactly 0. A mask after softmax
    would need a second division, and that is 0 / 0 where a hidden score is by far the highest.

    >>> attention_weights(torch.zeros(3, 2), torch.zeros(3, 2))[1].tolist()
    [0.5, 0.5, 0.0]
    """
    scores = attention_scores(queries, keys, scale)
    if causal:
        seen = causal_mask(queries.shape[-2], keys.shape[-2]).to(scores.device)
        scores = scores.masked_fill(~seen, -math.inf)
    return scores.softmax(dim=-1)  # over the keys: a row is one token's attention


def attend(
    queries: Tensor,
    keys: Tensor,
    values: Tensor,
    *,
    causal: bool = True,
    scale: float | None = None,
    dropout: float = 0.0,
) -> Tensor:
    """Return each token's context vector: the mean of the values, by its attention weights.

    queries: (..., T, C); keys: (..., S, C); values: (..., S, D). Returns: (..., T, D).
    causal, scale: as in `attention_weights`
    dropout: for training, the probability that a weight is set to 0; the others are then divided by
    1 - dropout. It draws from torch's global generator.

    >>> x = torch.tensor([[1.0, 0.0], [0.0, 1.0]])
    >>> attend(x, x, x, scale=1.0)[0].tolist()  # the first token sees itself alone
    [1.0, 0.0]
    """
    weights = attention_weights(queries, keys, causal=causal, scale=scale)  # (..., T, S)
    if dropout:
        weights = F.dropout(weights, dropout)
    return weights @ values  # (..., T, S) @ (..., S, D) -> (..., T, D)


def attend_fused(
    queries: Tensor, keys: Tensor, values: Tensor, *, dropout: float = 0.0, enable_gqa: bool = False
) -> Tensor:
    """Compute the causal `attend` in one call of torch, without all weights in memory at once.

    queries: (B, H, T, C); keys, values: (B, H, S, C). Returns: (B, H, T, C).
    dropout: as in `attend`
    enable_gqa: whether keys and values have fewer heads, each for several query heads in a row

    Torch's is_causal aligns the first query with the first key, which is wrong if a KV cache adds
    keys. In that case the mask is `causal_mask`; a single query needs none.

    >>> x = torch.tensor([[[1.0, 0.0], [0.0, 1.0]]])
    >>> torch.allclose(attend_fused(x, x, x), attend(x, x, x))
    True
    """
    fresh, known = queries.shape[-2], keys.shape[-2]
    if fresh == known:
        return F.scaled_dot_product_attention(
            queries, keys, values, dropout_p=dropout, is_causal=True, enable_gqa=enable_gqa
        )
    mask = None if fresh == 1 else causal_mask(fresh, known).to(queries.device)
    return F.scaled_dot_product_attention(
        queries, keys, values, attn_mask=mask, dropout_p=dropout, enable_gqa=enable_gqa
    )


@torch.no_grad()
def contexts_by_loop(
    queries: Tensor, keys: Tensor, values: Tensor, *, causal: bool = True
) -> Tensor:
    """Compute `attend` number by number, as it is defined: slowly, and without gradients.

    queries: (T, C); keys: (T, C); values: (T, D). Returns: (T, D). causal: as in `attend`

    >>> x = torch.tensor([[1.0, 0.0], [0.0, 1.0]])
    >>> torch.allclose(contexts_by_loop(x, x, x), attend(x, x, x))
    True
    """
    contexts = torch.zeros(len(queries), values.shape[-1], dtype=values.dtype)
    for position, query in enumerate(queries):
        visible = range(position + 1) if causal else range(len(keys))
        compared = [float(query @ keys[other]) / math.sqrt(len(query)) for other in visible]
        # taken off all, which changes no weight and keeps exp() from overflowing
        highest = max(compared)
        raised = [math.exp(score - highest) for score in compared]
        for other, part in zip(visible, raised, strict=True):
            contexts[position] += part / sum(raised) * values[other]
    return contexts
