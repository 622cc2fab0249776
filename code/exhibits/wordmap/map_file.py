"""Write the file of a map of words: every word's vector and point at every step of training.

What: the file has the vectors of V words at S steps, one byte per component. So a reader's browser
computes neighbours and cosines at any step from all C dimensions, and not from the picture.
assets/wordmap-data.js reads the file; `unpack_map` does so in Python.

The error: a vector of length 1 is scaled so that its largest component is 127, and rounded, which
changes its direction by less than a degree. `largest_error` compares the cosines of all pairs at
all steps with those of the full vectors, and the page states the result (0.006 for vectors of 64
dimensions).

Layout, inside gzip: the length of a header, 4 bytes, low byte first; the header, JSON, padded with
spaces to an even length; the points, int16, S x 3 x V, in 32,767ths; the vectors, int8, S x C x V,
from the second step on as the difference from the step before, modulo 256. Differences pack better:
708,000 bytes against 867,000 of 1,176 words at 12 steps. Left out: the lengths of the vectors,
which a cosine does not need.
"""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from exhibits.wordmap.projection import AXES, Projection

if TYPE_CHECKING:
    from torch import Tensor

HEAVIEST_FILE = 5_000_000  # bytes; 5,000 words of 64 dimensions at 11 steps have 3 to 3.8 million
POINT = 32_767  # the integer of a coordinate of 1
LARGEST = 127  # the integer of a vector's largest component
ROWS = 512  # vectors that are compared with all others at a time


@dataclass(frozen=True)
class MapFile:
    """The packed file of a map.

    data: its contents
    mark: an id in its header and in its page, so that a page refuses the file of another page
    error: the largest difference between its cosines and those of the full vectors
    """

    data: bytes
    mark: str
    error: float


def pack_map(header: Mapping[str, object], projection: Projection) -> MapFile:
    """Pack the points and vectors of a map.

    header: about words and steps, as values for JSON; `unpack_map` returns it with further fields

    Raises: ValueError if the file is heavier than HEAVIEST_FILE.

    >>> from exhibits.wordmap.projection import project
    >>> projection = project([[[1.0, 0.0], [0.0, 1.0]]])
    >>> head, points, vectors = unpack_map(pack_map({"steps": [0]}, projection).data)
    >>> head["count"], points.shape, vectors.shape
    (2, torch.Size([1, 2, 3]), torch.Size([1, 2, 2]))
    """
    import torch

    levels = [_rounded(unit) for unit in projection.units]
    before = torch.zeros_like(levels[0])
    planes = []
    for level in levels:
        difference = (level - before).to(torch.int64).to(torch.int8)  # modulo 256
        planes.append(difference.T.contiguous().numpy().tobytes())
        before = level
    points = torch.tensor(projection.points, dtype=torch.float64)  # (S, V, 3)
    levels_of_points = (points * POINT).round().to(torch.int16).transpose(1, 2).contiguous()
    body = levels_of_points.numpy().astype("<i2").tobytes() + b"".join(planes)
    shape = {
        "count": len(levels[0]),
        "width": projection.width,
        "pairs": [round(mean, 4) for mean in projection.pairs],
    }
    mark = hashlib.sha256(json.dumps([header, shape]).encode() + body).hexdigest()[:16]
    head = json.dumps(
        {**header, **shape, "mark": mark}, ensure_ascii=False, separators=(",", ":")
    ).encode("utf-8", "replace")
    head += b" " * (len(head) % 2)
    data = gzip.compress(len(head).to_bytes(4, "little") + head + body, 9, mtime=0)
    if len(data) > HEAVIEST_FILE:
        raise ValueError(
            f"the map's file weighs {len(data):,} bytes; the limit is {HEAVIEST_FILE:,}: show fewer"
            " words or steps"
        )
    return MapFile(data, mark, largest_error(projection.units, [_unit(level) for level in levels]))


def unpack_map(data: bytes) -> tuple[dict[str, Any], Tensor, Tensor]:
    """Read the file of a map.

    Returns: the header; the points, (S, V, 3); the vectors, (S, V, C), each of length 1, or 0.
    Raises: ValueError if it is not a whole file of a map.
    """
    import torch

    try:
        raw = gzip.decompress(data)
        length = int.from_bytes(raw[:4], "little")
        head = json.loads(raw[4 : 4 + length])
        steps, count, width = len(head["steps"]), head["count"], head["width"]
        size = 2 * steps * AXES * count
        body = bytearray(raw[4 + length :])
        if len(body) != size + steps * width * count:
            raise ValueError("it is cut off")
    except (OSError, EOFError, KeyError, TypeError, ValueError) as error:
        raise ValueError(
            f"this is no file of a map ({error}); print the page again, which writes it"
        ) from error
    points = torch.frombuffer(body, dtype=torch.int16, count=size // 2).view(steps, AXES, count)
    levels = torch.frombuffer(body, dtype=torch.int8, offset=size).view(steps, width, count)
    vectors = levels.cumsum(0, dtype=torch.int8).transpose(1, 2)
    return (
        head,
        points.transpose(1, 2).double() / POINT,
        torch.stack([_unit(table) for table in vectors]),
    )


def largest_error(full: Sequence[Tensor], carried: Sequence[Tensor]) -> float:
    """Return the largest difference of cosines between full and carried vectors.

    It is over all steps and all pairs of words.

    full, carried: S tables (V, C) of vectors of length 1; carried: those in the file

    >>> import torch
    >>> largest_error([torch.eye(2)], [torch.eye(2)])
    0.0
    """
    largest = 0.0
    for one, other in zip(full, carried, strict=True):
        exact, rounded = one.float(), other.float()
        for start in range(0, len(exact), ROWS):
            rows = slice(start, start + ROWS)
            apart = exact[rows] @ exact.T - rounded[rows] @ rounded.T
            largest = max(largest, float(apart.abs().max()))
    return largest


def _rounded(unit: Tensor) -> Tensor:
    """Scale each row so that its largest component is LARGEST, and round: (V, C) -> (V, C)."""
    largest = unit.abs().amax(dim=1, keepdim=True).clamp_min(1e-12)
    levels: Tensor = (unit / largest * LARGEST).round()
    return levels


def _unit(levels: Tensor) -> Tensor:
    """Return vectors of length 1: (V, C) -> (V, C)."""
    vectors: Tensor = levels.double()
    vectors /= vectors.norm(dim=1, keepdim=True).clamp_min(1e-12)
    return vectors
