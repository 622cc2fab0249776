"""The file of a map of words: every word's vector and place at every step of training, small enough
to be fetched.

What: the vectors of V words at S steps, each component one byte, so that a reader's browser counts
neighbours and the cosine of any two words at any step in all C directions, and not from the
picture. assets/mapdata.js reads the file; `unpack` does in Python. The error: a vector of length 1
is divided by its largest component, and that becomes 127. Rounding turns it a little, by less than
a degree; `largest_error` compares the cosines of all pairs at all steps with those of the full
vectors, and the page states what it finds (0.006 for vectors of 64 dimensions).

Layout, inside gzip: the length of a header, 4 bytes, low byte first; the header, JSON, filled up
with spaces to an even length; the places, int16, S x 3 x V, in 32,767ths; the vectors, int8, S x C
x V, from the second step on each less that of the step before, modulo 256. Differences pack better:
708,000 bytes against 867,000 of 1,176 words at 12 steps. Left out: the lengths of the vectors,
which the cosine does not know.
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

# bytes; 5,000 words of 64 dimensions at 11 steps are 3,000,000 to 3,800,000
HEAVIEST_FILE = 5_000_000
PLACE = 32_767  # what a place of 1 is written as
LARGEST = 127  # what a vector's largest component is written as
ROWS = 512  # compared with all at a time


@dataclass(frozen=True)
class MapFile:
    """A file of a map, packed.

    data: its bytes; mark: what stands in its header and in the page, so that the one is known to
    belong to the other error: by how much a cosine counted from it differs at most from that of the
    full vectors
    """

    data: bytes
    mark: str
    error: float


def pack(told: Mapping[str, object], seen: Projection) -> MapFile:
    """Pack the places and vectors of a map, and what is told of its words (put into the header as
    it is).

    Raises: ValueError if it is heavier than HEAVIEST_FILE.
    """
    import torch

    levels = [_rounded(unit) for unit in seen.units]
    before = torch.zeros_like(levels[0])
    planes = []
    for level in levels:
        # modulo 256
        planes.append(
            (level - before).to(torch.int64).to(torch.int8).T.contiguous().numpy().tobytes()
        )
        before = level
    # (S, V, 3)
    places = (torch.tensor(seen.places, dtype=torch.float64) * PLACE).round().to(torch.int16)
    body = places.transpose(1, 2).contiguous().numpy().astype("<i2").tobytes() + b"".join(planes)
    shape = {
        "count": len(levels[0]),
        "width": seen.width,
        "pairs": [round(mean, 4) for mean in seen.pairs],
    }
    mark = hashlib.sha256(json.dumps([told, shape]).encode() + body).hexdigest()[:16]
    head = json.dumps(
        {**told, **shape, "mark": mark}, ensure_ascii=False, separators=(",", ":")
    ).encode("utf-8", "replace")
    head += b" " * (len(head) % 2)
    data = gzip.compress(len(head).to_bytes(4, "little") + head + body, 9, mtime=0)
    if len(data) > HEAVIEST_FILE:
        raise ValueError(
            f"the map's file weighs {len(data):,} bytes; the limit is {HEAVIEST_FILE:,}: show fewer"
            " words or steps"
        )
    return MapFile(data, mark, largest_error(seen.units, [_unit(level) for level in levels]))


def unpack(data: bytes) -> tuple[dict[str, Any], Tensor, Tensor]:
    """Read a file of a map.

    Returns: what its header tells; the places (S, V, 3); the vectors (S, V, C), each of length 1
    (or 0).

    Raises: ValueError if it is not the file of a map, or not whole.
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
    places = torch.frombuffer(body, dtype=torch.int16, count=size // 2).view(steps, AXES, count)
    levels = torch.frombuffer(body, dtype=torch.int8, offset=size).view(steps, width, count)
    vectors = levels.cumsum(0, dtype=torch.int8).transpose(1, 2)
    return (
        head,
        places.transpose(1, 2).double() / PLACE,
        torch.stack([_unit(table) for table in vectors]),
    )


def largest_error(full: Sequence[Tensor], carried: Sequence[Tensor]) -> float:
    """The largest difference between the cosines of two tables' rows, over all pairs and steps; of
    rows of length 1.
    """
    found = 0.0
    for one, other in zip(full, carried, strict=True):
        exact, rounded = one.float(), other.float()
        for start in range(0, len(exact), ROWS):
            rows = slice(start, start + ROWS)
            apart = exact[rows] @ exact.T - rounded[rows] @ rounded.T
            found = max(found, float(apart.abs().max()))
    return found


def _rounded(unit: Tensor) -> Tensor:
    """(V, C) whole numbers from -127 to 127, the largest of a row at one of the ends."""
    largest = unit.abs().amax(dim=1, keepdim=True).clamp_min(1e-12)
    levels: Tensor = (unit / largest * LARGEST).round()
    return levels


def _unit(levels: Tensor) -> Tensor:
    vectors: Tensor = levels.double()
    vectors /= vectors.norm(dim=1, keepdim=True).clamp_min(1e-12)
    return vectors
