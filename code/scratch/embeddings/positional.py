"""Tell a model the position of each token: number the positions, and turn each into a vector.

What: two absolute kinds. `PositionEmbedding` learns a vector for each position, as GPT-2 does;
`sinusoidal` computes one from sines and cosines, with nothing to learn. Either is added to the
token's vector, and the sum is the model's input. Source: Radford et al., Language Models are
Unsupervised Multitask Learners (2019), for the learned table; Vaswani et al., Attention Is All You
Need (2017), section 3.5, for the sines; Raschka, Build a Large Language Model (From Scratch),
section 2.8, for the sum. Left out: kinds that act inside attention and add nothing to the input:
`scratch.embeddings.relative`, `scratch.embeddings.rotary`.
"""

import torch
from torch import Tensor, nn

from scratch.embeddings.embedding import draw_normal, look_up

BASE = 10_000.0  # the longest wave comes near BASE * 2 pi positions


class ContextTooLong(ValueError):
    """More tokens than a model has positions; the message has both numbers and the remedy."""

    def __init__(self, length: int, context_length: int) -> None:
        """Keep the number of tokens, and how many there may be."""
        self.length, self.context_length = length, context_length
        super().__init__(length, context_length)

    def __str__(self) -> str:
        return (
            f"the text has {self.length:,} tokens; the context has {self.context_length:,}"
            f" positions, so cut the text into windows of {self.context_length:,} tokens, or make a"
            " longer context"
        )


def position_ids(length: int, context_length: int) -> Tensor:
    """Return the positions of a text's tokens: 0, 1, 2, ...

    Returns: (T,) int64, T = length.
    Raises: ContextTooLong if length > context_length; ValueError if length < 1.
    Source: Radford et al. 2019, section 2.3.

    >>> position_ids(3, context_length=8).tolist()
    [0, 1, 2]
    """
    if length < 1:
        raise ValueError(f"length is {length}; a text needs 1 token or more")
    if length > context_length:
        raise ContextTooLong(length, context_length)
    return torch.arange(length)


class PositionEmbedding(nn.Module):
    """A table with a learned vector for each position: weights (L, C), L = context_length, no bias.

    The weights are drawn from a normal distribution with mean 0 and standard deviation std.
    Raises: ValueError if a size is below 1.
    Source: Radford et al. 2019, section 2.3; the first weights as in torch.nn.Embedding.

    >>> generator = torch.Generator().manual_seed(0)
    >>> table = PositionEmbedding(context_length=8, emb_dim=4, generator=generator)
    >>> table(position_ids(3, context_length=8)).shape
    torch.Size([3, 4])
    """

    weight: nn.Parameter

    def __init__(
        self, context_length: int, emb_dim: int, generator: torch.Generator, *, std: float = 1.0
    ) -> None:
        """Draw the weights from the generator, so the caller's seed decides them."""
        super().__init__()
        for name, size in (("context_length", context_length), ("emb_dim", emb_dim)):
            if size < 1:
                raise ValueError(f"{name} is {size}; a table needs 1 or more")
        self.weight = nn.Parameter(
            draw_normal(context_length, emb_dim, std=std, generator=generator)
        )

    def forward(self, positions: Tensor) -> Tensor:
        """Look up the vectors of positions: (T,) int64 -> (T, C).

        Raises: ContextTooLong if a position is L or more; ValueError if one is negative.
        """
        return look_up(self.weight, positions, lambda: self._check(positions))  # (T,) -> (T, C)

    def _check(self, positions: Tensor) -> None:
        if not positions.numel():
            return
        if (last := int(positions.max())) >= len(self.weight):
            raise ContextTooLong(last + 1, len(self.weight))
        if (first := int(positions.min())) < 0:
            raise ValueError(f"a position is {first}; the first is 0, so count from there")


def wavelengths(emb_dim: int, base: float = BASE) -> Tensor:
    """Return the wavelength of each pair of dimensions, growing geometrically from 2 pi.

    Returns: (C/2,) float64, C = emb_dim, in positions; the last is a little below base * 2 pi.
    Raises: ValueError if emb_dim is not an even number of 2 or more.
    Source: Vaswani et al. 2017, section 3.5.

    >>> [round(length, 2) for length in wavelengths(4).tolist()]
    [6.28, 628.32]
    """
    if emb_dim < 2 or emb_dim % 2:
        raise ValueError(
            f"emb_dim is {emb_dim}; sines and cosines come in pairs, so give an even number of 2 or"
            " more"
        )
    pairs = torch.arange(0, emb_dim, 2, dtype=torch.float64)  # (C/2,): 0, 2, 4, ...
    return 2 * torch.pi * base ** (pairs / emb_dim)


def sinusoidal(positions: Tensor, emb_dim: int) -> Tensor:
    """Turn positions into vectors: dimensions 2i and 2i + 1 are sine and cosine of wave i.

    Any position has a vector; there is no longest context.

    positions: (T,) int64. Returns: (T, C) float32, C = emb_dim.
    Raises: ValueError if emb_dim is not an even number of 2 or more.
    Source: Vaswani et al. 2017, section 3.5.

    >>> sinusoidal(torch.tensor([0]), emb_dim=4).tolist()
    [[0.0, 1.0, 0.0, 1.0]]
    """
    # (T, 1) / (C/2,) -> (T, C/2), radians
    turns = 2 * torch.pi * positions.double()[:, None] / wavelengths(emb_dim)
    # (T, C/2, 2) -> (T, C)
    return torch.stack([turns.sin(), turns.cos()], dim=-1).flatten(1).float()


def input_embedding(tokens: Tensor, positions: Tensor) -> Tensor:
    """Add the vector of each position to the vector of its token.

    tokens: (T, C) or (B, T, C); positions: (T, C). Returns: the shape of tokens.
    Raises: ValueError if the two differ in T or in C, which torch might silently broadcast.
    Source: Raschka, section 2.8.

    >>> input_embedding(torch.tensor([[1.0, 2.0]]), torch.tensor([[0.5, 0.5]])).tolist()
    [[1.5, 2.5]]
    """
    if tokens.shape[-2:] != positions.shape:
        raise ValueError(
            f"the tokens are {list(tokens.shape)}, the positions {list(positions.shape)}; their"
            f" last two sizes must be equal, so look up {tokens.shape[-2]} positions of emb_dim"
            f" {tokens.shape[-1]}"
        )
    return tokens + positions  # (B, T, C) + (T, C) -> (B, T, C)
