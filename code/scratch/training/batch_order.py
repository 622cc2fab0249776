"""Order a text's windows into batches: each epoch reads every window once, in a new random order.

What: the seed and the number of the step alone decide which windows a step takes. So a training
that was stopped needs only its step to go on with the same windows, and so do several machines that
share a step. Source: sampling without replacement; torch.utils.data.DistributedSampler
(`set_epoch`), where the number of the epoch decides its order. Left out: loading the next windows
ahead of time.
"""

import hashlib

import torch
from torch import Tensor


class BatchOrder:
    """The windows of each batch: `order[step]` is (B,) int64, B = batch_size.

    number: how many windows there are; batch_size: windows in a step. A batch may hold the last
    windows of one epoch and the first of the next.
    Raises: ValueError if number or batch_size is below 1.

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
    """Hash several numbers or words into one seed of 32 bits; torch on a CPU uses no more.

    >>> mixed_seed(0, 1) != mixed_seed(1, 0)
    True
    """
    return int.from_bytes(hashlib.sha256(" ".join(map(str, parts)).encode()).digest()[:4])
