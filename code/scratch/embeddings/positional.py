"""Say where a token stands: number the places of a context, and turn each place into a vector that
is added.

What: two absolute kinds. `PositionTable` learns a vector for each place, as GPT-2 does;
`sinusoidal` computes one from sines and cosines, with nothing to learn. Either is added to the
token's vector, and the sum is what a model receives. Source: Radford et al., Language Models are
Unsupervised Multitask Learners (2019), for the learned table; Vaswani et al., Attention Is All You
Need (2017), section 3.5, for the sines; Raschka, Build a Large Language Model (From Scratch),
section 2.8, for the sum. Left out: kinds that act inside attention and add nothing to the input:
`scratch.embeddings.relative`, `scratch.embeddings.rotary`.
"""

import torch
from torch import Tensor, nn

BASE = 10_000.0  # the longest wave comes near BASE * 2 pi places


class ContextTooLong(ValueError):
    """A text has more tokens than a model has places."""

    def __init__(self, length: int, context_length: int) -> None:
        """Say how long the text is, how long it may be, and what to do."""
        self.length, self.context_length = length, context_length
        super().__init__(length, context_length)

    def __str__(self) -> str:
        return (
            f"the text has {self.length:,} tokens; the context has {self.context_length:,} places,"
            f" so cut the text into windows of {self.context_length:,} tokens, or make a longer"
            " context"
        )


def positions(length: int, context_length: int) -> Tensor:
    """Number the places of a text, the first place 0.

    Returns: (T,) int64, T = length.
    Raises: ContextTooLong if length > context_length; ValueError if length < 1.
    Source: Radford et al. 2019, section 2.3.

    >>> positions(3, context_length=8).tolist()
    [0, 1, 2]
    """
    if length < 1:
        raise ValueError(f"length is {length}; a text needs 1 token or more")
    if length > context_length:
        raise ContextTooLong(length, context_length)
    return torch.arange(length)


class PositionTable(nn.Module):
    """A learned vector for each place: row p of a matrix belongs to place p. Weights (L, C), no
    bias.

    L = context_length, C = width. The weights start as standard normal numbers, drawn from the
    generator. Raises: ValueError if a size is below 1. Source: Radford et al. 2019, section 2.3;
    the start is that of torch.nn.Embedding.

    >>> table = PositionTable(context_length=8, width=4, generator=torch.Generator().manual_seed(0))
    >>> table(positions(3, context_length=8)).shape
    torch.Size([3, 4])
    """

    weight: nn.Parameter

    def __init__(self, context_length: int, width: int, generator: torch.Generator) -> None:
        """Draw the weights; the generator is the caller's, so that its seed is stated there."""
        super().__init__()
        for name, size in (("context_length", context_length), ("width", width)):
            if size < 1:
                raise ValueError(f"{name} is {size}; a table needs 1 or more")
        self.weight = nn.Parameter(torch.randn(context_length, width, generator=generator))

    def forward(self, places: Tensor) -> Tensor:
        """Look places up: (T,) int64 -> (T, C).

        Raises: ContextTooLong if a place lies behind the last row; ValueError if one is negative.
        """
        if not places.numel():
            return self.weight[places]  # (0,) -> (0, C)
        last, rows = int(places.max()), len(self.weight)
        if last >= rows:
            raise ContextTooLong(last + 1, rows)
        if int(places.min()) < 0:
            raise ValueError(f"a place is {int(places.min())}; the first is 0, so count from there")
        return self.weight[places]  # (T,) -> (T, C)


def wavelengths(width: int) -> Tensor:
    """How many places a wave of each pair of dimensions takes: a geometric row from 2 pi up to
    nearly BASE * 2 pi.

    Returns: (C/2,) float64, C = width, in places.
    Raises: ValueError if width is not an even number of 2 or more.
    Source: Vaswani et al. 2017, section 3.5.

    >>> [round(length, 2) for length in wavelengths(4).tolist()]
    [6.28, 628.32]
    """
    if width < 2 or width % 2:
        raise ValueError(
            f"width is {width}; sines and cosines come in pairs, so give an even number of 2 or"
            " more"
        )
    pairs = torch.arange(0, width, 2, dtype=torch.float64)  # (C/2,): 0, 2, 4, ...
    return 2 * torch.pi * BASE ** (pairs / width)


def sinusoidal(places: Tensor, width: int) -> Tensor:
    """Turn places into vectors: dimension 2i is the sine, 2i + 1 the cosine of the place on the
    i-th wave.

    The context has no end here: any place has a vector.
    places: (T,) int64. Returns: (T, C) float32, C = width.
    Raises: ValueError if width is not an even number of 2 or more.
    Source: Vaswani et al. 2017, section 3.5.

    >>> sinusoidal(torch.tensor([0]), width=4).tolist()
    [[0.0, 1.0, 0.0, 1.0]]
    """
    # (T, 1) / (C/2,) -> (T, C/2), radians
    turns = 2 * torch.pi * places.double()[:, None] / wavelengths(width)
    # (T, C/2, 2) -> (T, C)
    return torch.stack([turns.sin(), turns.cos()], dim=-1).flatten(1).float()


def input_embedding(tokens: Tensor, places: Tensor) -> Tensor:
    """Add the vector of each place to the vector of the token that stands there.

    tokens: (T, C) or (B, T, C); places: (T, C). Returns: the shape of tokens.
    Raises: ValueError if the two differ in T or in C; a sum of other shapes would be stretched
    without a word. Source: Raschka, section 2.8.

    >>> input_embedding(torch.tensor([[1.0, 2.0]]), torch.tensor([[0.5, 0.5]])).tolist()
    [[1.5, 2.5]]
    """
    if tokens.shape[-2:] != places.shape:
        raise ValueError(
            f"the tokens are {list(tokens.shape)}, the places {list(places.shape)}; their last two"
            f" sizes must be equal, so look up {tokens.shape[-2]} places of width"
            f" {tokens.shape[-1]}"
        )
    return tokens + places  # (B, T, C) + (T, C) -> (B, T, C)
