"""Turn token ids into vectors: one-hot vectors, or the rows of a table, which give the same result.

What: an id becomes a vector with a single 1 (`one_hot`), or a row of a weight matrix (`Embedding`).
A one-hot vector times the matrix is that row, so the table is a linear layer without a bias, and is
trained like any other. Source: Bengio et al., A Neural Probabilistic Language Model (2003), section
2, for the shared table of word vectors; the behaviour is that of torch.nn.Embedding without its
options. Left out: padding rows, a limit on a row's norm, sparse gradients.
"""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F


def one_hot(ids: Tensor, vocab_size: int) -> Tensor:
    """Write each id as a vector of zeros with a single 1, at the id.

    ids: (...) of an integer type. Returns: (..., V) float32, V = vocab_size.
    Raises: ValueError if vocab_size is below 1, the ids are not integers, or an id is not 0 to
    V - 1.

    >>> one_hot(torch.tensor([2, 0]), vocab_size=3).tolist()
    [[0.0, 0.0, 1.0], [1.0, 0.0, 0.0]]
    """
    if vocab_size < 1:
        raise ValueError(f"vocab_size is {vocab_size}; a one-hot vector needs 1 or more numbers")
    _check_kind(ids)
    _check_range(ids, vocab_size)
    vectors = torch.zeros(*ids.shape, vocab_size)
    return vectors.scatter_(-1, ids.long().unsqueeze(-1), 1.0)  # (...) -> (..., V)


def draw_normal(*size: int, std: float, generator: torch.Generator) -> Tensor:
    """Draw numbers from a normal distribution with mean 0, in a tensor of the given size.

    Where torch's device is "meta", which has shapes and no numbers, nothing is drawn: that would
    load torch's compiler, which takes more than a second.

    >>> draw_normal(2, 3, std=0.1, generator=torch.Generator().manual_seed(0)).shape
    torch.Size([2, 3])
    """
    empty = torch.empty(*size)
    return empty if empty.is_meta else torch.randn(*size, generator=generator) * std


class Embedding(nn.Module):
    """A lookup table: `weight[id]` is the vector of an id; weights (V, C), no bias.

    The weights are drawn from a normal distribution with mean 0 and standard deviation std.
    Raises: ValueError if a size is below 1.
    Source: torch.nn.Embedding, which selects the same rows.

    >>> table = Embedding(vocab_size=5, emb_dim=2, generator=torch.Generator().manual_seed(0))
    >>> table(torch.tensor([[1, 3, 1]])).shape
    torch.Size([1, 3, 2])
    """

    weight: nn.Parameter

    def __init__(
        self, vocab_size: int, emb_dim: int, generator: torch.Generator, *, std: float = 1.0
    ) -> None:
        """Draw the weights from the generator, so the caller's seed decides them."""
        super().__init__()
        for name, value in (("vocab_size", vocab_size), ("emb_dim", emb_dim)):
            if value < 1:
                raise ValueError(f"{name} is {value}; a table needs 1 or more")
        self.weight = nn.Parameter(draw_normal(vocab_size, emb_dim, std=std, generator=generator))

    @classmethod
    def of(cls, weight: Tensor) -> "Embedding":
        """Make a table from given weights, (V, C), which are copied.

        Raises: ValueError if weight is not (V, C) with both at least 1.

        >>> Embedding.of(torch.tensor([[1.0, 2.0], [3.0, 4.0]]))(torch.tensor(1)).tolist()
        [3.0, 4.0]
        """
        if weight.dim() != 2 or 0 in weight.shape:
            raise ValueError(
                f"the weights have shape {tuple(weight.shape)}; give (vocab_size, emb_dim)"
            )
        table = cls(1, 1, torch.Generator())
        table.weight = nn.Parameter(weight.detach().clone())
        return table

    def forward(self, ids: Tensor) -> Tensor:
        """Select the row of each id.

        ids: (...) of an integer type. Returns: (..., C). The gradient of a row is the sum over all
        positions that have its id.
        Raises: ValueError if the ids are not integers, or an id is not 0 to V - 1.
        """
        _check_kind(ids)
        return look_up(self.weight, ids.long(), lambda: _check_range(ids, len(self.weight)))


def look_up(weight: Tensor, ids: Tensor, check: Callable[[], None]) -> Tensor:
    """Select rows of a matrix: (V, C) and (...) int64 -> (..., C).

    check: raises an error if an id has no row. On a CPU it is called only after torch has refused
    an id; on other devices, where torch refuses none, it is called first.
    """
    if ids.device.type != "cpu":
        check()
    try:
        return F.embedding(ids, weight)
    except IndexError:
        check()
        raise


def _check_kind(ids: Tensor) -> None:
    if ids.dtype.is_floating_point or ids.dtype.is_complex or ids.dtype == torch.bool:
        raise ValueError(f"the ids are {ids.dtype}; give integers, such as torch.tensor([1, 2])")


def _check_range(ids: Tensor, vocab_size: int) -> None:
    if ids.numel() and not 0 <= (low := int(ids.min())) <= (high := int(ids.max())) < vocab_size:
        wrong = low if low < 0 else high
        raise ValueError(
            f"id {wrong} is outside 0 to {vocab_size - 1}; encode with the vocabulary that the"
            " table was made for"
        )
