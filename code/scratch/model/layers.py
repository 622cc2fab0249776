"""The plain parts of a block: a linear layer, layer normalisation, GELU, and the feed-forward
network of both.

What: `Linear` multiplies by a matrix; `LayerNorm` brings a vector to mean 0 and variance 1, then
stretches and shifts it; `gelu` lets large numbers through and holds small ones back; `FeedForward`
widens a vector, bends it, and narrows it. Source: Ba et al., Layer Normalization (2016); Hendrycks
and Gimpel, Gaussian Error Linear Units (2016), section 2, for the tanh form; GPT-2's published code
(openai/gpt-2, src/model.py) for the spread of the first weights. Its places start at half of that;
here they do not. Left out: other norms and gates. The formulas stand as functions; the modules call
torch's kernels of the same numbers.
"""

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F

SPREAD = 0.02  # standard deviation of the first weights
EPSILON = 1e-5  # keeps the variance of a constant vector from being divided by
WIDENING = 4  # how many times as wide a feed-forward network is inside


def drawn(*shape: int, generator: torch.Generator, spread: float = SPREAD) -> nn.Parameter:
    """Make a parameter of normal numbers around 0, drawn from the caller's generator.

    >>> drawn(2, 3, generator=torch.Generator().manual_seed(0)).shape
    torch.Size([2, 3])
    """
    return nn.Parameter(torch.randn(*shape, generator=generator) * spread)


class Linear(nn.Module):
    """Multiply vectors by a matrix, and add a bias: (..., inputs) -> (..., outputs).

    Weights (outputs, inputs), as torch.nn.Linear has them. The bias starts at 0.
    """

    def __init__(
        self,
        inputs: int,
        outputs: int,
        generator: torch.Generator,
        *,
        bias: bool = True,
        spread: float = SPREAD,
    ) -> None:
        super().__init__()
        self.weight = drawn(outputs, inputs, generator=generator, spread=spread)
        self.bias = nn.Parameter(torch.zeros(outputs)) if bias else None

    def forward(self, x: Tensor) -> Tensor:
        """Multiply: x @ weight.T + bias."""
        return F.linear(x, self.weight, self.bias)


def normalise(x: Tensor) -> Tensor:
    """Bring each vector to mean 0 and variance 1; the variance is the biased one, divided by C and
    not by C - 1.

    x: (..., C). Returns: the same shape.
    Source: Ba et al. 2016, equation 3; GPT-2 divides by C, and EPSILON stands beneath the root.

    >>> normalise(torch.tensor([1.0, 3.0])).round(decimals=3).tolist()
    [-1.0, 1.0]
    """
    mean = x.mean(dim=-1, keepdim=True)
    variance = x.var(dim=-1, keepdim=True, correction=0)
    return (x - mean) / (variance + EPSILON).sqrt()


class LayerNorm(nn.Module):
    """Normalise each vector, then stretch and shift every dimension by learned numbers: (..., C) ->
    (..., C).
    """

    def __init__(self, width: int) -> None:
        super().__init__()
        self.scale = nn.Parameter(torch.ones(width))
        self.shift = nn.Parameter(torch.zeros(width))

    def forward(self, x: Tensor) -> Tensor:
        """`normalise(x) * scale + shift`, in one kernel."""
        return F.layer_norm(x, self.scale.shape, self.scale, self.shift, EPSILON)


def gelu(x: Tensor) -> Tensor:
    """Let a number through as far as it is large: x times (nearly) the probability that a normal
    number is below x.

    This is the form with tanh, with which GPT-2 was trained; the exact one differs in the fourth
    digit. Source: Hendrycks and Gimpel 2016, section 2.

    >>> gelu(torch.tensor([-10.0, 0.0, 10.0])).round(decimals=3).tolist()
    [-0.0, 0.0, 10.0]
    """
    return 0.5 * x * (1 + torch.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)))


class FeedForward(nn.Module):
    """Widen each vector WIDENING-fold, bend it by GELU, narrow it again: (..., C) -> (..., C); no
    token sees another.
    """

    def __init__(
        self,
        width: int,
        generator: torch.Generator,
        *,
        spread: float = SPREAD,
        dropout: float = 0.0,
    ) -> None:
        """spread: of the narrowing weights, whose result is added to the stream; the widening ones
        have SPREAD.
        """
        super().__init__()
        self.widen = Linear(width, WIDENING * width, generator)
        self.narrow = Linear(WIDENING * width, width, generator, spread=spread)
        self.dropout = dropout

    def forward(self, x: Tensor) -> Tensor:
        """(..., C) -> (..., 4C) -> (..., C)."""
        bent = F.gelu(self.widen(x), approximate="tanh")  # `gelu`, in one kernel
        return F.dropout(self.narrow(bent), self.dropout, self.training)
