"""Divide a training among ranks: each has the whole model (ddp), or a part of each tensor (fsdp).

What: with "ddp" each rank has all weights, and before a step the gradients are replaced by their
mean over the ranks. With "fsdp" (ZeRO's third stage) each of n ranks has the n-th part of every
weight, gradient and optimiser state; a block's weights are gathered while it computes, and freed
again, for a model that one device cannot hold. Either way a step equals that of one process with
the same batch, up to rounding. Source: Li et al., PyTorch Distributed: Experiences on Accelerating
Data Parallel Training (2020); Rajbhandari et al., ZeRO (2020); Zhao et al., PyTorch FSDP (2023);
the calls are torch's DistributedDataParallel and fully_shard. Left out: pipeline and tensor
parallelism. The first weights are drawn whole on every rank's CPU, so that they equal those of one
process.
"""

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext

import torch
from torch import Tensor, nn

from scratch.model.gpt import GPTModel
from scratch.training.distributed import Ranks

Loss = Callable[[GPTModel, Tensor, Tensor], Tensor]


class LossOf(nn.Module):
    """A model and its loss as one module, which torch can divide among ranks."""

    def __init__(self, model: GPTModel, loss: Loss) -> None:
        super().__init__()
        self.model, self.loss = model, loss

    def forward(self, inputs: Tensor, targets: Tensor) -> Tensor:
        """Return the mean loss of this rank's share of a batch: (B, T), (B, T) -> ()."""
        return self.loss(self.model, inputs, targets)


def share(model: GPTModel, loss: Loss, ranks: Ranks, device: torch.device) -> nn.Module:
    """Put a model, or this rank's part of it, on the device; return its loss as a module.

    loss: loss(model, inputs, targets) returns the mean loss of a batch
    Returns: a module that takes inputs and targets, (B, T) each; its backward pass gives the
    gradients of the mean over all ranks.
    """
    if ranks.world_size == 1:
        return LossOf(model.to(device), loss)
    if ranks.way == "ddp":
        return nn.parallel.DistributedDataParallel(
            LossOf(model.to(device), loss), gradient_as_bucket_view=True
        )
    from torch.distributed.device_mesh import init_device_mesh  # these take a second to import
    from torch.distributed.fsdp import fully_shard

    mesh = init_device_mesh(device.type, (ranks.world_size,))
    for block in model.trf_blocks:
        fully_shard(block, mesh=mesh, reshard_after_forward=True)
    called = LossOf(model, loss)
    # the rest: tables, the last norm
    fully_shard(called, mesh=mesh, reshard_after_forward=True)
    return called


def unshared(module: nn.Module, more: bool) -> AbstractContextManager[object]:
    """Return a context for a part of a batch, in which ranks do not yet exchange gradients.

    module: what `share` returned; more: whether more parts of the batch follow
    With "fsdp", or for the last part, the context does nothing and the gradients are exchanged.
    """
    return (
        module.no_sync()
        if more and isinstance(module, nn.parallel.DistributedDataParallel)
        else nullcontext()
    )


def whole(tensor: Tensor) -> Tensor:
    """Return the whole of a tensor that may be divided among ranks; all ranks must call."""
    return getattr(tensor, "full_tensor", lambda: tensor)()


def collected(tensors: Iterable[tuple[str, Tensor]], ranks: Ranks) -> dict[str, Tensor]:
    """Return whole tensors, name -> tensor, on rank 0's CPU; {} on other ranks; all must call."""
    whole_tensors = {}
    for name, tensor in tensors:
        full = whole(tensor.detach())
        if ranks.first:
            whole_tensors[name] = full.cpu()
    return whole_tensors


def part(full: Tensor, like: Tensor) -> Tensor:
    """Copy a tensor to the device of `like`, divided among the ranks as `like` is.

    A tensor without dimensions stays whole.
    """
    if not hasattr(like, "placements") or not full.dim():  # which a DTensor has
        return full.to(like.device, copy=True)
    from torch.distributed.tensor import distribute_tensor

    mesh, placements = like.device_mesh, like.placements  # type: ignore[attr-defined]
    # every rank has it whole and cuts for itself
    return distribute_tensor(full, mesh, placements, src_data_rank=None)
