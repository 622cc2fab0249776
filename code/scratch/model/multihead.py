"""Build attention with several heads: first one head, then heads side by side, then one matrix.

What: `CausalAttention` is one head; its three matrices turn token vectors into queries, keys and
values. `MultiHeadAttentionWrapper` runs several heads separately and joins their results. `joined`
turns it into the `MultiHeadAttention` of `scratch.model.gpt`, whose one matrix computes all heads:
fewer and larger products, with the same result. Source: Vaswani et al. 2017, section 3.2.2;
Raschka, Build a Large Language Model (From Scratch), chapter 3, for the way from one head to a
wrapper to a split. Left out: keys and values that several heads share; position, which comes with
the input (`scratch.embeddings.positional`).
"""

import torch
from torch import Tensor, nn

from scratch.model.attention import attend
from scratch.model.config import head_dim
from scratch.model.gpt import Linear, MultiHeadAttention


class CausalAttention(nn.Module):
    """One head of causal attention with learned weights: (B, T, C) -> (B, T, head_dim)."""

    def __init__(
        self, emb_dim: int, head_dim: int, generator: torch.Generator, *, qkv_bias: bool = False
    ) -> None:
        super().__init__()
        self.W_query = Linear(emb_dim, head_dim, generator, bias=qkv_bias)
        self.W_key = Linear(emb_dim, head_dim, generator, bias=qkv_bias)
        self.W_value = Linear(emb_dim, head_dim, generator, bias=qkv_bias)

    def forward(self, x: Tensor) -> Tensor:
        """Compute each token's context vector, from itself and the tokens before it."""
        return attend(self.W_query(x), self.W_key(x), self.W_value(x))


class MultiHeadAttentionWrapper(nn.Module):
    """Separate heads, whose joined results a last matrix mixes: (B, T, C) -> (B, T, C).

    Raises: ValueError if emb_dim is not a multiple of n_heads.
    """

    def __init__(
        self, emb_dim: int, n_heads: int, generator: torch.Generator, *, qkv_bias: bool = False
    ) -> None:
        super().__init__()
        each = head_dim(emb_dim, n_heads)
        self.heads = nn.ModuleList(
            CausalAttention(emb_dim, each, generator, qkv_bias=qkv_bias) for _ in range(n_heads)
        )
        self.out_proj = Linear(emb_dim, emb_dim, generator)

    def forward(self, x: Tensor) -> Tensor:
        """Compute each token's context vector: H times (B, T, C/H), joined, -> (B, T, C)."""
        return self.out_proj(torch.cat([head(x) for head in self.heads], dim=-1))  # type: ignore[no-any-return]


def joined(wrapper: MultiHeadAttentionWrapper) -> MultiHeadAttention:
    """Copy the weights of separate heads into one matrix; up to rounding the results are equal.

    >>> generator = torch.Generator().manual_seed(0)
    >>> wrapper = MultiHeadAttentionWrapper(8, n_heads=2, generator=generator)
    >>> x = torch.ones(1, 3, 8)
    >>> torch.allclose(joined(wrapper)(x), wrapper(x), atol=1e-6)
    True
    """
    state = wrapper.state_dict()

    def stacked(part: str) -> Tensor:
        names = (f"W_{kind}.{part}" for kind in ("query", "key", "value"))
        heads = range(len(wrapper.heads))
        return torch.cat([state[f"heads.{head}.{name}"] for name in names for head in heads])

    biased = "heads.0.W_query.bias" in state
    emb_dim, n_heads = wrapper.out_proj.weight.shape[0], len(wrapper.heads)
    attention = MultiHeadAttention(emb_dim, n_heads, torch.Generator(), qkv_bias=biased)
    with torch.no_grad():
        attention.qkv.weight.copy_(stacked("weight"))
        if attention.qkv.bias is not None:
            attention.qkv.bias.copy_(stacked("bias"))
        attention.out_proj.load_state_dict(wrapper.out_proj.state_dict())
    return attention
