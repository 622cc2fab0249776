"""Cut a long row of token ids into windows: inputs, and the next token at every position.

What: a window is context_length ids; its targets are the ids one position further: at every
position the id that comes next. The next window begins stride ids after this one.
`create_dataloader` yields batches of windows. Source: Raschka, Build a Large Language Model (From
Scratch), section 2.6. Left out: worker processes and padding (every window is full, so the last few
ids may be left out).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Union

import torch
from torch import Tensor

if TYPE_CHECKING:
    from scratch.shards.shard_reader import Shards


@dataclass(frozen=True)
class GPTDataset:
    """The windows of a text: `windows[i]` is a pair (inputs, targets), each (T,) int64, T =
    context_length.

    Raises: ValueError if context_length or stride is below 1, or the text has fewer than
    context_length + 1 ids.

    >>> windows = GPTDataset.of([5, 6, 7, 8, 9], context_length=2, stride=2)
    >>> [(inputs.tolist(), targets.tolist()) for inputs, targets in windows]
    [([5, 6], [6, 7]), ([7, 8], [8, 9])]
    """

    ids: Union[Tensor, "Shards"]  # (N,) int64, in memory or on disk
    context_length: int  # T: ids in a window
    stride: int  # ids from the start of a window to the start of the next

    def __post_init__(self) -> None:
        for name, value in (("context_length", self.context_length), ("stride", self.stride)):
            if value < 1:
                raise ValueError(f"{name} is {value}; windows need 1 or more")
        needed = self.context_length + 1
        if len(self.ids) < needed:
            raise ValueError(
                f"the text has {len(self.ids)} ids; a window of context_length"
                f" {self.context_length} and its targets need {needed}, so take a longer text or a"
                " shorter context"
            )

    @classmethod
    def of(cls, ids: Sequence[int], context_length: int, stride: int) -> "GPTDataset":
        """Make windows from a list of ids.

        >>> len(GPTDataset.of(range(10), context_length=4, stride=1))
        6
        """
        return cls(torch.tensor(list(ids), dtype=torch.int64), context_length, stride)

    def __len__(self) -> int:
        return (len(self.ids) - self.context_length - 1) // self.stride + 1

    def __getitem__(self, index: int) -> tuple[Tensor, Tensor]:
        if not 0 <= index < len(self):
            raise IndexError(f"window {index} is outside 0 to {len(self) - 1}")
        start = index * self.stride
        return (
            self.ids[start : start + self.context_length],
            self.ids[start + 1 : start + 1 + self.context_length],
        )


def create_dataloader(
    windows: GPTDataset,
    batch_size: int,
    generator: torch.Generator | None = None,
    drop_last: bool = False,
) -> Iterator[tuple[Tensor, Tensor]]:
    """Yield the windows once, batch_size at a time: in order, or shuffled by a generator.

    drop_last: whether to leave out the last batch if it is smaller
    Yields: (inputs, targets), each (B, T) int64.
    Raises: ValueError, at the call, if batch_size is below 1 or drop_last leaves no batch.

    >>> windows = GPTDataset.of(range(10), context_length=4, stride=1)
    >>> [tuple(inputs.shape) for inputs, _ in create_dataloader(windows, batch_size=4)]
    [(4, 4), (2, 4)]
    """
    number = len(windows)
    if batch_size < 1:
        raise ValueError(f"batch_size is {batch_size}; a batch needs 1 or more windows")
    if drop_last and batch_size > number:
        raise ValueError(
            f"batch_size is {batch_size} and the text has {number} windows, so drop_last leaves"
            f" none; ask for {number} or fewer, a shorter stride, or drop_last=False"
        )
    order = (
        torch.arange(number) if generator is None else torch.randperm(number, generator=generator)
    )
    end = number - number % batch_size if drop_last else number
    return (
        gather(windows, order[start : start + batch_size]) for start in range(0, end, batch_size)
    )


def gather(windows: GPTDataset, chosen: Tensor) -> tuple[Tensor, Tensor]:
    """Return some windows as a batch.

    chosen: (B,) int64, their indices. Returns: inputs and targets, each (B, T) int64.

    >>> windows = GPTDataset.of(range(9), context_length=2, stride=2)
    >>> gather(windows, torch.tensor([3, 0]))[1].tolist()
    [[7, 8], [1, 2]]
    """
    # (B,) -> (B, T)
    positions = chosen[:, None] * windows.stride + torch.arange(windows.context_length)
    return windows.ids[positions], windows.ids[positions + 1]
