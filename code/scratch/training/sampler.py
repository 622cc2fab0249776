"""Order a text's windows into batches: all of them once, shuffled, then again, shuffled anew.

What: which windows a step takes follows from the seed and the number of the step alone. So a
training that was stopped needs only its step to go on with the same windows, and so do several
machines that share a step. Source: plain sampling without replacement; that an epoch's order be a
function of its number is the idea of torch.utils.data.DistributedSampler (`set_epoch`). Left out:
reading ahead of the step.
"""

import hashlib

import torch
from torch import Tensor


class BatchOrder:
    """The windows of each batch: `order[step]` is (B,) int64, B = batch_size.

    number: of windows; batch_size: windows in a step. A batch may end one epoch and begin the next.
    Raises: ValueError if one of them is below 1.

    >>> order = BatchOrder(number=5, batch_size=2, seed=0)
    >>> sorted(torch.cat([order[step] for step in range(5)]).tolist())  # two epochs
    [0, 0, 1, 1, 2, 2, 3, 3, 4, 4]
    """

    def __init__(self, number: int, batch_size: int, seed: int) -> None:
        for name, value in (("number", number), ("batch_size", batch_size)):
            if value < 1:
                raise ValueError(f"{name} is {value}; an order needs 1 window or more")
        self.number, self.batch_size, self.seed = number, batch_size, seed
        self._epoch, self._shuffled = -1, torch.empty(0, dtype=torch.int64)

    def __getitem__(self, step: int) -> Tensor:
        if step < 0:
            raise IndexError(f"step {step}; the first is 0")
        position, end, parts = step * self.batch_size, (step + 1) * self.batch_size, []
        while position < end:
            epoch, start = divmod(position, self.number)
            parts.append(self._of_epoch(epoch)[start : start + end - position])
            position += len(parts[-1])
        return torch.cat(parts)

    def _of_epoch(self, epoch: int) -> Tensor:
        if epoch != self._epoch:
            generator = torch.Generator().manual_seed(mixed_seed(self.seed, epoch))
            self._epoch, self._shuffled = epoch, torch.randperm(self.number, generator=generator)
        return self._shuffled


def mixed_seed(*parts: object) -> int:
    """Hash several numbers or words into one seed of 32 bits, which is all that torch reads.

    >>> mixed_seed(0, 1) != mixed_seed(1, 0)
    True
    """
    return int.from_bytes(hashlib.sha256(" ".join(map(str, parts)).encode()).digest()[:4])
