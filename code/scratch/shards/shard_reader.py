"""Read a folder of shards as one long sequence of ids that stays on disk.

What: `Shards` opens a folder that `scratch.shards.build.build` finished, by memory maps, so that
ids are read only when they are used. `scratch.training.dataset.GPTDataset` takes it in place of a
tensor. Source: numpy.memmap. Left out: writing; another order than that of the texts.
"""

import copy
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, overload

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from torch import Tensor

INDEX = "index.json"
VERSION = 1


class BadShards(ValueError):
    """A folder of shards that is unfinished, damaged, or of other texts; the message says which."""


class Shards:
    """All ids of a finished folder, one text after another, indexed like a tensor: `shards[5:9]`.

    Each text ends with the id of `<|endoftext|>`, if the encoding has it. `index` is the folder's
    index, as `scratch.shards.build.build` returns it.
    """

    def __init__(self, folder: Path | str) -> None:
        """Map the shards into memory.

        Raises: BadShards if the folder is unfinished, or a shard is missing or has another size.
        """
        self.folder = Path(folder)
        self.index = read_index(self.folder)
        kind = np.dtype(self.index["dtype"])
        self._maps: list[NDArray[Any]] = []
        for shard in self.index["shards"]:
            path = self.folder / shard["file"]
            if not path.is_file() or path.stat().st_size != shard["tokens"] * kind.itemsize:
                raise BadShards(
                    f"{path} is missing or has another size than the index says; delete {INDEX},"
                    " build again"
                )
            if shard["tokens"]:  # an empty file cannot be mapped
                self._maps.append(np.memmap(path, dtype=kind, mode="r"))
        # of each map in the whole, and the end
        self._starts = np.cumsum([0, *map(len, self._maps)])
        self._first, self._end = 0, int(self._starts[-1])

    def __len__(self) -> int:
        return self._end - self._first

    def part(self, start: int, end: int) -> "Shards":
        """Return the ids from start up to, not including, end, without reading them yet.

        Raises: ValueError unless 0 <= start <= end <= len(self).
        """
        if not 0 <= start <= end <= len(self):
            raise ValueError(
                f"a part from {start:,} to {end:,} was asked for; the shards have {len(self):,} ids"
            )
        view = copy.copy(self)
        view._first, view._end = self._first + start, self._first + end
        return view

    @overload
    def __getitem__(self, positions: int) -> int: ...
    @overload
    def __getitem__(self, positions: "slice | Tensor") -> "Tensor": ...

    def __getitem__(self, positions: "int | slice | Tensor") -> "int | Tensor":
        """Read one id, or an int64 tensor: (T,) for a slice, else in the shape of `positions`.

        A negative position counts from the end.
        Raises: IndexError for a position beyond the ids; ValueError for a slice with another step
        than 1.
        """
        import torch

        if isinstance(positions, slice):
            start, end, step = positions.indices(len(self))
            if step != 1:
                raise ValueError(
                    f"the step is {step}; shards are read with step 1, so slice the result again"
                )
            return torch.from_numpy(self._stretch(self._first + start, self._first + end))
        if isinstance(positions, int):
            return int(self._at(np.array([positions]))[0])
        return torch.from_numpy(self._at(positions.numpy().ravel())).view(positions.shape)

    def _stretch(self, start: int, end: int) -> NDArray[np.int64]:
        stretch = np.empty(max(end - start, 0), dtype=np.int64)
        for first, stop, ids in zip(self._starts, self._starts[1:], self._maps, strict=False):
            low, high = max(start, int(first)), min(end, int(stop))
            if low < high:
                stretch[low - start : high - start] = ids[low - first : high - first]
        return stretch

    def _at(self, positions: NDArray[np.int64]) -> NDArray[np.int64]:
        positions = np.where(positions < 0, positions + len(self), positions)
        if len(positions) and not 0 <= positions.min() <= positions.max() < len(self):
            raise IndexError(
                f"positions go from {positions.min()} to {positions.max()}; the shards have"
                f" {len(self):,} ids"
            )
        positions = positions + self._first
        shards = np.searchsorted(self._starts, positions, side="right") - 1
        ids = np.empty(len(positions), dtype=np.int64)
        for shard in np.unique(shards):
            here = shards == shard
            ids[here] = self._maps[shard][positions[here] - self._starts[shard]]
        return ids


def read_index(folder: Path) -> dict[str, Any]:
    """Read the index of a finished folder, as `scratch.shards.build.build` returns it.

    Raises: BadShards if it is missing, damaged or of another version.
    """
    path = folder / INDEX
    try:
        index = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise BadShards(
            f"{folder} has no {INDEX}: it is not finished; build it (again) to its end"
        ) from None
    except ValueError as error:
        raise BadShards(f"{path} is damaged ({error}); delete it, and build again") from None
    if not isinstance(index, dict) or index.get("version") != VERSION:
        raise BadShards(f"{path} is not of version {VERSION}; delete the folder, and build again")
    return index
