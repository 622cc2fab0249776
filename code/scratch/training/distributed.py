"""Train in several processes, the ranks: connect them, exchange numbers, report one error.

What: torchrun starts the same command several times and gives each process its rank. `joined`
connects them; then they can add up a tensor, ask whether something is true on any rank, and wait
for each other. If one fails, the others cannot go on; of all the errors that follow, only the first
is reported. Source: torch.distributed and torchrun, whose environment this reads (RANK, WORLD_SIZE,
LOCAL_RANK); gloo carries what is on a CPU, nccl what is on NVIDIA's GPUs. Left out: how a model is
divided among ranks (`scratch.training.parallel`); ranks that come and go while a training runs;
machines without a shared folder for the checkpoints.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
import torch.distributed as dist
from torch import Tensor
from torch.distributed.rendezvous import rendezvous

WAYS = ("ddp", "fsdp")
# in gloo's words, and nccl's
_GONE = ("closed by peer", "reset by peer", "Broken pipe", "Timed out", "remote process")


class RankLost(ValueError):
    """The loss of another rank during training; it reported no error, so it was likely killed."""


class ReportedElsewhere(Exception):
    """The end of this rank because of an error that another rank reports."""


@dataclass(frozen=True)
class Ranks:
    """The ranks of a training, as seen by one of them.

    Raises: ValueError if the way is not one of WAYS.
    """

    rank: int = 0  # of this process
    world_size: int = 1
    local: int = 0  # rank among those of this machine: the number of its GPU
    way: str = "ddp"  # every rank has the whole model; "fsdp": a share of each of its tensors

    def __post_init__(self) -> None:
        if self.way not in WAYS:
            raise ValueError(f"ranks is {self.way!r}; choose one of {', '.join(WAYS)}")

    @property
    def first(self) -> bool:
        """Return whether this is rank 0, which prints and writes."""
        return self.rank == 0

    def settle(self, device: torch.device) -> None:
        """Select this rank's GPU, if there are several ranks and they compute on GPUs.

        Raises: ValueError if there are more ranks than GPUs, or the device is Apple's.
        """
        if self.world_size == 1 or device.type == "cpu":
            return
        if device.type != "cuda":
            raise ValueError(
                f"device is {device.type!r}, of which there is one; start 1 rank, or give cpu"
            )
        if self.local >= (here := torch.cuda.device_count()):
            raise ValueError(
                f"rank {self.rank} has no GPU, there are {here}; start {here} ranks, or give"
                " device cpu"
            )
        torch.cuda.set_device(self.local)

    def share_of(self, chosen: Tensor, parts: int) -> Tensor:
        """Take this rank's share of a batch: an equal share of each of its parts.

        chosen: (B,) windows of the batch; parts: grad_accum. Returns: (B / world_size,).
        Raises: ValueError if B is not a multiple of parts x world_size.

        >>> Ranks(rank=1, world_size=2).share_of(torch.arange(8), parts=2).tolist()
        [2, 3, 6, 7]
        """
        if len(chosen) % (needed := parts * self.world_size):
            raise ValueError(
                f"batch_size is {len(chosen)}, grad_accum {parts}, on {self.world_size} ranks; each"
                f" takes an equal share of each part, so give a multiple of {needed}"
            )
        shares = chosen.view(parts, self.world_size, -1)  # (B,) -> (parts, world_size, share)
        return shares[:, self.rank].flatten()

    def sum(self, value: Tensor) -> Tensor:
        """Return the sum of a tensor over all ranks; all must call, and get the same result."""
        if self.world_size > 1:
            value = value.clone()
            dist.all_reduce(value)
        return value

    def any(self, asked: bool) -> bool:
        """Return whether `asked` is true on any rank; all must call."""
        return asked if self.world_size == 1 else bool(self.sum(torch.tensor([int(asked)])))

    def barrier(self) -> None:
        """Wait until all ranks have called this."""
        self.any(False)


ALONE = Ranks()


@contextmanager
def joined() -> Iterator[Ranks]:
    """Connect the ranks that torchrun started, until the block ends; without it there is one rank.

    After an error the process has to end.

    Raises: the block's error; RankLost if another rank has ended without one; ReportedElsewhere if
    another rank reports the error.
    """
    if int(os.environ.get("WORLD_SIZE", "1")) == 1 or "RANK" not in os.environ:
        yield ALONE
        return
    store, rank, number = next(rendezvous("env://"))
    dist.init_process_group(
        "cpu:gloo,cuda:nccl" if torch.cuda.is_available() else "gloo",
        store=store,
        rank=rank,
        world_size=number,
    )
    try:
        yield Ranks(rank, number, int(os.environ.get("LOCAL_RANK", rank)))
    except Exception as error:
        if not _reports_first(store):
            raise ReportedElsewhere from error
        if isinstance(error, RuntimeError) and any(word in str(error) for word in _GONE):
            what = f"rank {rank} of {number} has lost another rank ({str(error).splitlines()[0]})"
            raise RankLost(f"{what}; call again to go on from the newest checkpoint") from None
        raise
    dist.destroy_process_group()


def _reports_first(store: Any) -> bool:
    """Return whether this rank is the first to have an error; store: torchrun's."""
    try:
        return bool(store.add("reported", 1) == 1)
    except RuntimeError:  # the store is gone as well
        return True
