"""How far two float32 results of the same formula may lie apart: by rounding alone, whatever the
processor.

A processor adds numbers in the order that its vectors are wide, and may round once where another
rounds twice. What is then equal, and up to what, is derived here; what cannot be compared is left
out.
"""

import torch
from torch import Tensor

# Relative to the largest result. A float32 is rounded by 2**-24 at most. The tests add up 2**10
# products for a number, where all errors of one sign would make 2**-14; or, for a large vocabulary,
# 2**13, whose errors of both signs grow like the root of their number to 2**-17.5. Measured with
# SSE, AVX2 and AVX-512, with one process and two: 2**-19.
ROUNDING = 2.0**-14


def close(one: Tensor, other: Tensor) -> bool:
    """Say whether two tensors, computed as sums from the same numbers, differ by rounding alone."""
    return bool((one - other).abs().max() <= ROUNDING * torch.maximum(one.abs(), other.abs()).max())


def without_keys(name: str, tensor: Tensor) -> Tensor:
    """Leave the keys' part out of a bias of queries, keys and values, or of the optimiser's state
    of it, by its name.

    One number added to all scores of a query changes no share of attention. So the true gradient of
    that part is 0, what is computed of it is rounding alone, and AdamW, which divides a gradient by
    its own size, makes steps as long as the learning rate of it, in a direction that depends on the
    processor. Nothing else depends on that part in turn.
    """
    if not name.endswith("qkv.bias") or not tensor.dim():  # the number of its steps stays
        return tensor
    queries, _, values = tensor.chunk(3)
    return torch.cat([queries, values])


def learned_alike(one: Tensor, other: Tensor, squares: Tensor, rates: float) -> bool:
    """Say whether two weights that AdamW learned from the same batches differ by rounding alone.

    A step is the rate times a mean of gradients over the root of a mean of their squares. So an
    error of a gradient comes out divided by that root, times the rate; where a gradient is no
    larger than its rounding, the step is at most about the rate in either direction. The gradients
    of a tensor are parts of the same sums and rounded alike, whatever their size.

    squares: AdamW's mean of squared gradients after the last step; rates: the sum of all steps'
    learning rates.
    """
    size = squares.sqrt().clamp(min=1e-12)
    allowed = rates * (ROUNDING * size.max() / size).clamp(max=2) + ROUNDING * one.abs()
    return bool(((one - other).abs() <= allowed).all())
