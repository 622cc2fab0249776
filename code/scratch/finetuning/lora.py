"""Add LoRA, low-rank adaptation, to a model's linear layers: two small matrices each; merge, count.

What: the weight W of a linear layer is frozen, and the product of two thin matrices, A and B, is
added to it: W + alpha (A B)^T. Only A and B are trained. B starts at zero, so at first the model
computes what it did before; after training the product is added to W, and the model is as fast as
before. Source: Hu et al., LoRA: Low-Rank Adaptation of Large Language Models (2021), section 4;
Raschka, Build a Large Language Model (From Scratch), appendix E, for the names, the first A, and
alpha, which multiplies the product (Hu et al. divide it by the rank first). Left out: dropout; LoRA
of embeddings and norms.
"""

import math
from collections.abc import Iterator, Sequence
from copy import deepcopy

import torch
from torch import Tensor, nn

from scratch.model.gpt import Linear, MultiHeadAttention
from scratch.model.llama import GroupedQueryAttention


class LoRALayer(nn.Module):
    """The part that LoRA adds to a linear layer's output: (..., inputs) -> (..., outputs).

    A, (inputs, rank), is drawn uniformly between -1 / sqrt(rank) and 1 / sqrt(rank); B, (rank,
    outputs), is zero.
    """

    def __init__(
        self, inputs: int, outputs: int, rank: int, alpha: float, generator: torch.Generator
    ) -> None:
        """Draw A from the generator. Raises: ValueError if the rank is below 1."""
        super().__init__()
        if rank < 1:
            raise ValueError(
                f"rank is {rank}; the two matrices need 1 or more numbers between them"
            )
        drawn = torch.rand(inputs, rank, generator=generator)
        self.A = nn.Parameter((2 * drawn - 1) / math.sqrt(rank))
        self.B = nn.Parameter(torch.zeros(rank, outputs))
        self.alpha = alpha

    def forward(self, x: Tensor) -> Tensor:
        """Compute alpha * (x @ A @ B): (..., inputs) -> (..., rank) -> (..., outputs)."""
        return self.alpha * (x @ self.A @ self.B)

    def delta(self) -> Tensor:
        """Return the matrix to add to the weight: alpha * (A @ B).T, (outputs, inputs)."""
        return self.alpha * (self.A @ self.B).T


class LinearWithLoRA(nn.Module):
    """A linear layer with LoRA: the sum of both outputs, (..., inputs) -> (..., outputs).

    >>> generator = torch.Generator().manual_seed(0)
    >>> linear, x = Linear(4, 6, generator), torch.ones(1, 4)
    >>> torch.equal(LinearWithLoRA(linear, 2, 2.0, generator)(x), linear(x))  # B is zero
    True
    """

    def __init__(
        self,
        linear: Linear,
        rank: int,
        alpha: float,
        generator: torch.Generator,
        widths: Sequence[int] | None = None,
    ) -> None:
        """Draw the LoRA of a linear layer, on the layer's device.

        widths: the outputs of each LoRA, where several divide those of the layer, as for queries,
        keys and values in one matrix; where None, one LoRA has all outputs
        Raises: ValueError if the widths do not sum to the outputs, or the rank is below 1.
        """
        super().__init__()
        outputs, inputs = linear.weight.shape
        widths = [outputs] if widths is None else widths
        if sum(widths) != outputs:
            raise ValueError(f"the widths add up to {sum(widths)}; the layer has {outputs} outputs")
        self.linear = linear
        self.loras = nn.ModuleList(
            LoRALayer(inputs, width, rank, alpha, generator) for width in widths
        ).to(linear.weight)

    def forward(self, x: Tensor) -> Tensor:
        """Compute linear(x) + alpha * (x @ A @ B)."""
        return self.linear(x) + torch.cat([lora(x) for lora in self.loras], dim=-1)  # type: ignore[no-any-return]

    @property
    def weight(self) -> Tensor:
        """Return the sum of weight and LoRA, with gradients: (outputs, inputs)."""
        return self.linear.weight + torch.cat([lora.delta() for lora in lora_layers(self)])

    @property
    def bias(self) -> Tensor | None:
        """Return the linear layer's bias: (outputs,), or None."""
        return self.linear.bias

    @torch.no_grad()
    def merged(self) -> Linear:
        """Return a new linear layer that computes the same, up to rounding.

        >>> generator = torch.Generator().manual_seed(0)
        >>> layer, x = LinearWithLoRA(Linear(4, 6, generator), 2, 2.0, generator), torch.ones(4)
        >>> layer.loras[0].B.data += 1
        >>> torch.allclose(layer.merged()(x), layer(x), atol=1e-5)
        True
        """
        merged = deepcopy(self.linear)  # its weight lies in memory as it did, row by row or not
        merged.weight.add_(torch.cat([lora.delta() for lora in lora_layers(self)]))
        return merged


def freeze(model: nn.Module) -> None:
    """Exclude all parameters of a model from training, in place."""
    for parameter in model.parameters():
        parameter.requires_grad_(False)


def replace_linear_with_lora(
    model: nn.Module, rank: int, alpha: float, generator: torch.Generator
) -> None:
    """Add LoRA to every linear layer inside a module, in place; `freeze` the module before.

    Queries, keys and values get a LoRA each, though our models compute them by one matrix.

    Raises: ValueError if the rank is below 1, or the module is itself a linear layer.

    >>> from scratch.model.gpt import GPTConfig, GPTModel
    >>> generator = torch.Generator().manual_seed(0)
    >>> model = GPTModel(GPTConfig(11, 8, emb_dim=4, n_heads=2, n_layers=1), generator)
    >>> freeze(model)
    >>> replace_linear_with_lora(model.trf_blocks, 2, 2.0, generator)
    >>> count_trainable(model) == 2 * (4 * (4 + 4) + (4 + 16) + (16 + 4))
    True
    """
    if isinstance(model, Linear):
        raise ValueError(
            "the module is a linear layer; give LinearWithLoRA it, or what contains it"
        )
    for name, child in list(model.named_children()):
        if isinstance(child, Linear):
            widths = _qkv_widths(model) if name == "qkv" else None
            setattr(model, name, LinearWithLoRA(child, rank, alpha, generator, widths))
        elif not isinstance(child, LinearWithLoRA):
            replace_linear_with_lora(child, rank, alpha, generator)


def _qkv_widths(attention: nn.Module) -> list[int] | None:
    """Return how many outputs of an attention's matrix are queries, keys and values."""
    if isinstance(attention, MultiHeadAttention):
        return 3 * [attention.out_proj.weight.shape[0]]
    if isinstance(attention, GroupedQueryAttention):
        shared = attention.n_kv_heads * attention.head_dim
        return [attention.n_heads * attention.head_dim, shared, shared]
    return None


def merge_lora(model: nn.Module) -> None:
    """Add each LoRA inside a module to its layer's weight, in place.

    The model computes the same, up to rounding, and is as fast as without LoRA.
    """
    for name, child in list(model.named_children()):
        if isinstance(child, LinearWithLoRA):
            setattr(model, name, child.merged())
        else:
            merge_lora(child)


def lora_layers(model: nn.Module) -> Iterator[LoRALayer]:
    """Yield the LoRA layers inside a model, in order."""
    return (module for module in model.modules() if isinstance(module, LoRALayer))


def count_trainable(model: nn.Module) -> int:
    """Count the parameters that training changes; those that two layers share count once."""
    return sum(one.numel() for one in model.parameters() if one.requires_grad)
