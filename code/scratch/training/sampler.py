"""In which order a text's windows are learned from: all of them once, shuffled, then again,
shuffled anew.

What: which windows a step takes follows from the seed and the number of the step, and from nothing
that went before. A training that was stopped therefore needs to know its step and no more to go on
with the very windows that it would have had; so would several machines that share a step. Source:
plain sampling without replacement; that an epoch's order be a function of its number is the idea of
torch.utils.data.DistributedSampler (`set_epoch`). Left out: reading ahead of the step.
"""

import hashlib

import torch
from torch import Tensor


class Order:
    """The windows of each step: `order[step]` is (B,) int64, B = batch_size.

    number: of windows; batch_size: windows in a step. A batch may end one round and begin the next.
    Raises: ValueError if one of them is below 1.

    >>> order = Order(number=5, batch_size=2, seed=0)
    >>> sorted(torch.cat([order[step] for step in range(5)]).tolist())  # two rounds
    [0, 0, 1, 1, 2, 2, 3, 3, 4, 4]
    """

    def __init__(self, number: int, batch_size: int, seed: int) -> None:
        for name, value in (("number", number), ("batch_size", batch_size)):
            if value < 1:
                raise ValueError(f"{name} is {value}; an order needs 1 window or more")
        self.number, self.batch_size, self.seed = number, batch_size, seed
        self._round, self._shuffled = -1, torch.empty(0, dtype=torch.int64)

    def __getitem__(self, step: int) -> Tensor:
        if step < 0:
            raise IndexError(f"step {step}; the first is 0")
        place, end, found = step * self.batch_size, (step + 1) * self.batch_size, []
        while place < end:
            around, start = divmod(place, self.number)
            found.append(self._order(around)[start : start + end - place])
            place += len(found[-1])
        return torch.cat(found)

    def _order(self, around: int) -> Tensor:
        if around != self._round:
            generator = torch.Generator().manual_seed(mixed(self.seed, around))
            self._round, self._shuffled = around, torch.randperm(self.number, generator=generator)
        return self._shuffled


def mixed(*parts: object) -> int:
    """Make one seed of several numbers or words, so that neighbours have nothing in common: 32
    bits, for torch reads no more.

    >>> mixed(0, 1) != mixed(1, 0)
    True
    """
    return int.from_bytes(hashlib.sha256(" ".join(map(str, parts)).encode()).digest()[:4])
