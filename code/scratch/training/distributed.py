"""Let several processes, the ranks, train together: join, agree, and end.

What: torchrun starts the same command several times and tells each its number. `joined` makes them
known to each other; from then on they meet: in the mean of a number, in a question that all have to
answer alike, in a wait. If one fails, the others cannot go on; of all the errors that follow from
it just the first is reported. Source: torch.distributed and torchrun, whose environment this reads
(RANK, WORLD_SIZE, LOCAL_RANK); gloo carries what is on a CPU, nccl what is on NVIDIA's GPUs. Left
out: what the ranks share of a model (`scratch.training.parallel`); ranks that come and go while a
training runs; machines without a folder in common, which each would have to be sent the
checkpoints.
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
    """The end of another rank during the training: most likely killed, as it reported no error."""


class ReportedElsewhere(Exception):
    """An error that another rank reports, and that ends this rank too."""


@dataclass(frozen=True)
class Ranks:
    """The ranks of a training, as one of them sees it.

    Raises: ValueError if the way is unknown.
    """

    rank: int = 0  # of this process
    number: int = 1
    local: int = 0  # rank among those of this machine: the number of its GPU
    way: str = "ddp"  # every rank has the whole model; "fsdp": a share of each of its tensors

    def __post_init__(self) -> None:
        if self.way not in WAYS:
            raise ValueError(f"ranks is {self.way!r}; choose one of {', '.join(WAYS)}")

    @property
    def first(self) -> bool:
        """Return whether this is the rank that prints and writes."""
        return self.rank == 0

    def settle(self, device: torch.device) -> None:
        """Select this rank's GPU, if the ranks compute on GPUs.

        Raises: ValueError if there is none, or ranks cannot share such a device.
        """
        if self.number == 1 or device.type == "cpu":
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

    def own(self, chosen: Tensor, parts: int) -> Tensor:
        """Take this rank's share of a batch, equal shares of each of its parts.

        chosen: (B,). Returns: (B / number,); all shares of the first part make up the first part of
        the batch. Raises: ValueError if it cannot be split.

        >>> Ranks(rank=1, number=2).own(torch.arange(8), parts=2).tolist()
        [2, 3, 6, 7]
        """
        if len(chosen) % (parts * self.number):
            raise ValueError(
                f"batch_size is {len(chosen)}, grad_accum {parts}, on {self.number} ranks; each"
                f" takes an equal share of each part, so give a multiple of {parts * self.number}"
            )
        return chosen.view(parts, self.number, -1)[
            :, self.rank
        ].flatten()  # (B,) -> (parts, number, share)

    def sum(self, value: Tensor) -> Tensor:
        """Add a tensor up over all ranks; all get the result."""
        if self.number > 1:
            value = value.clone()
            dist.all_reduce(value)
        return value

    def any(self, asked: bool) -> bool:
        """Return whether `asked` is true on any rank."""
        return asked if self.number == 1 else bool(self.sum(torch.tensor([int(asked)])))

    def meet(self) -> None:
        """Wait for all ranks."""
        self.any(False)


ALONE = Ranks()


@contextmanager
def joined() -> Iterator[Ranks]:
    """Join the ranks that torchrun started, until the block ends; without torchrun there is one.

    After an error the process has to end. Raises: the block's error; RankLost if another rank has
    ended; ReportedElsewhere if another rank reports the error.
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
    """Return whether this rank is the first with an error; the store is torchrun's."""
    try:
        return bool(store.add("reported", 1) == 1)
    except RuntimeError:  # the store is gone as well
        return True
