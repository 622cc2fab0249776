"""Attention with learned weights, in several heads: each asks another question of the same tokens.

What: a `Head` has three matrices, which make the queries, keys and values of a token's vector.
`StackedHeads` lets several heads work on their own and lays their results side by side.
`SelfAttention` does the same in one matrix, whose result is split: fewer and larger products.
`KeyValues` keeps the keys and values of what was read, so that no token is read twice. Source:
Vaswani et al. 2017, section 3.2.2; Raschka, Build a Large Language Model (From Scratch), chapter 3,
for the way from one head to a stack to a split. Left out: keys and values that several heads share;
position, which comes with the input (`scratch.embeddings.positional`).
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from scratch.model.attention import attend, attend_fused, attention_weights
from scratch.model.layers import SPREAD, Linear


class Head(nn.Module):
    """One head: (B, T, C) -> (B, T, D), D = head_width."""

    def __init__(
        self, width: int, head_width: int, generator: torch.Generator, *, bias: bool = False
    ) -> None:
        super().__init__()
        self.query = Linear(width, head_width, generator, bias=bias)
        self.key = Linear(width, head_width, generator, bias=bias)
        self.value = Linear(width, head_width, generator, bias=bias)

    def forward(self, x: Tensor) -> Tensor:
        """Each token's context, from itself and those before it."""
        return attend(self.query(x), self.key(x), self.value(x))


class StackedHeads(nn.Module):
    """Heads one after another, their results side by side, mixed by a last matrix: (B, T, C) -> (B,
    T, C).

    Raises: ValueError if width is not a multiple of heads.
    """

    def __init__(
        self, width: int, heads: int, generator: torch.Generator, *, bias: bool = False
    ) -> None:
        super().__init__()
        each = head_width(width, heads)
        self.heads = nn.ModuleList(Head(width, each, generator, bias=bias) for _ in range(heads))
        self.output = Linear(width, width, generator)

    def forward(self, x: Tensor) -> Tensor:
        """H times (B, T, C/H) -> (B, T, C)."""
        return self.output(torch.cat([head(x) for head in self.heads], dim=-1))  # type: ignore[no-any-return]


class KeyValues:
    """The keys and values of the tokens that one layer has read: (B, H, S, C/H) each, S tokens so
    far.

    >>> stored = KeyValues()
    >>> keys, values = stored.append(torch.zeros(1, 2, 3, 4), torch.zeros(1, 2, 3, 4))
    >>> keys, values = stored.append(torch.zeros(1, 2, 1, 4), torch.zeros(1, 2, 1, 4))
    >>> len(stored), tuple(keys.shape)
    (4, (1, 2, 4, 4))
    """

    def __init__(self) -> None:
        self.keys: Tensor | None = None
        self.values: Tensor | None = None

    def __len__(self) -> int:
        return 0 if self.keys is None else self.keys.shape[2]

    def append(self, keys: Tensor, values: Tensor) -> tuple[Tensor, Tensor]:
        """Add those of the tokens just read, and give all."""
        if self.keys is not None and self.values is not None:
            # (B, H, S, C/H) + (B, H, T, C/H) -> (B, H, S + T, C/H)
            keys = torch.cat([self.keys, keys], dim=2)
            values = torch.cat([self.values, values], dim=2)
        self.keys, self.values = keys, values
        return keys, values


class SelfAttention(nn.Module):
    """All heads in one matrix: (B, T, C) -> (B, T, C).

    Raises: ValueError if width is not a multiple of heads.
    """

    def __init__(
        self,
        width: int,
        heads: int,
        generator: torch.Generator,
        *,
        bias: bool = False,
        spread: float = SPREAD,
        dropout: float = 0.0,
    ) -> None:
        """bias: of queries, keys and values; spread: of the output's weights; dropout: of shares
        and of the output.
        """
        super().__init__()
        head_width(width, heads)
        self.heads = heads
        self.qkv = Linear(width, 3 * width, generator, bias=bias)
        self.output = Linear(width, width, generator, spread=spread)
        self.dropout = dropout

    def split(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Make queries, keys and values, and split each into heads: (B, T, C) -> three of (B, H, T,
        C/H).

        First view, then transpose. A view as (B, H, T, C/H) has the right shape, too, and puts
        parts of other tokens into a head: later ones among them, so the mask no longer hides
        anything.
        """
        B, T, C = x.shape
        # (B, T, 3C) -> (B, T, 3, H, C/H)
        parts = self.qkv(x).view(B, T, 3, self.heads, C // self.heads)
        queries, keys, values = parts.permute(2, 0, 3, 1, 4)  # -> (3, B, H, T, C/H)
        return queries, keys, values

    def forward(self, x: Tensor, stored: KeyValues | None = None) -> Tensor:
        """Each token's context. With `stored`, the tokens of x follow those that it holds, and are
        added to it.
        """
        B, T, C = x.shape
        queries, keys, values = self.split(x)
        if stored is not None:
            keys, values = stored.append(keys, values)
        contexts = attend_fused(
            queries, keys, values, dropout=self.dropout if self.training else 0.0
        )
        # (B, H, T, C/H) -> (B, T, H, C/H) -> (B, T, C)
        merged = contexts.transpose(1, 2).reshape(B, T, C)
        return F.dropout(self.output(merged), self.dropout, self.training)

    def maps(self, x: Tensor) -> Tensor:
        """The shares themselves: (B, T, C) -> (B, H, T, T), row: who looks, column: at whom."""
        queries, keys, _ = self.split(x)
        return attention_weights(queries, keys)

    @classmethod
    def of(cls, stack: StackedHeads) -> "SelfAttention":
        """Lay the matrices of a stack into one; the result equals the stack's.

        >>> stack = StackedHeads(8, heads=2, generator=torch.Generator().manual_seed(0))
        >>> x = torch.ones(1, 3, 8)
        >>> torch.allclose(SelfAttention.of(stack)(x), stack(x), atol=1e-6)
        True
        """
        own = stack.state_dict()

        def laid(part: str) -> Tensor:
            kinds = ("query", "key", "value")
            return torch.cat(
                [
                    own[f"heads.{head}.{kind}.{part}"]
                    for kind in kinds
                    for head in range(len(stack.heads))
                ]
            )

        biased = "heads.0.query.bias" in own
        made = cls(stack.output.weight.shape[0], len(stack.heads), torch.Generator(), bias=biased)
        with torch.no_grad():
            made.qkv.weight.copy_(laid("weight"))
            if made.qkv.bias is not None:
                made.qkv.bias.copy_(laid("bias"))
            made.output.load_state_dict(stack.output.state_dict())
        return made


def head_width(width: int, heads: int) -> int:
    """How wide each head is.

    Raises: ValueError if width is not a multiple of heads.

    >>> head_width(768, 12)
    64
    """
    if heads < 1 or width % heads:
        raise ValueError(
            f"width is {width}, heads {heads}; each head takes an equal part, so choose a divisor"
            " of width"
        )
    return width // heads
