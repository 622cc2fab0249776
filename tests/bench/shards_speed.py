"""How fast `press tokens build` is, on one core and on all, beside tiktoken in the same processes.

python tests/bench/shards_speed.py 100   # another size, in MB. The text and its shards need three
times that on disk. The peer is the same build with tiktoken's encoder in it, so reading, hashing
and writing are the same, and so are the shards. Processes start anew each time. The runs take turns;
medians of RUNS. Writes data/bench-shards.toml, which the page journal/labs/bpe.qmd reads.
"""

import json
import os
import random
import sys
import tempfile
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any
from unittest.mock import patch

import numpy as np
from bpe_texts import docstrings
from numpy.typing import NDArray
from report import head, rounds, write

from scratch import load_gpt2
from scratch.shards import encode
from scratch.shards.build import build, in_processes
from scratch.shards.encode import Part, Written
from scratch.tokenizer.simple import END_OF_TEXT

SIZE = 64  # MB
RUNS = 7


class Peer:
    """Tiktoken, as `encode_part` calls an encoding."""

    def __init__(self) -> None:
        self.tiktoken = load_gpt2()
        self.special_ids = {END_OF_TEXT: self.tiktoken.eot_token}

    def __len__(self) -> int:
        return self.tiktoken.n_vocab

    def encode_array(self, text: str) -> NDArray[np.uint32]:
        return self.tiktoken.encode_to_numpy(text, disallowed_special=())


def encode_part_by_peer(part: Part) -> Written:
    with patch.object(encode, "load_encoding", lambda _: Peer()):
        return encode.encode_part(part)


def by_peer(jobs: int, _: Any, parts: Sequence[Part]) -> Iterator[Written]:
    return in_processes(jobs)(encode_part_by_peer, parts)


def corpus(path: Path, megabytes: int) -> None:
    """Write lines of the standard library's docstrings, in another order each time round."""
    lines = docstrings(10_000_000).splitlines(keepends=True)
    draw = random.Random(0)
    with path.open("w", encoding="utf-8", newline="\n") as file:
        while file.tell() < megabytes * 1_000_000:
            draw.shuffle(lines)
            file.write("".join(lines))


def main() -> None:
    megabytes = int(sys.argv[1]) if len(sys.argv) > 1 else SIZE
    started = head(RUNS)
    cores = (
        len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    )
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        text = Path(folder, "long.txt")
        corpus(text, megabytes)
        size = text.stat().st_size / 1e6
        shards: list[list[str]] = []

        def encoded(**how: Any) -> None:
            with tempfile.TemporaryDirectory(dir=folder) as output:
                index = build([text], Path(output, "shards"), part_bytes=4 << 20, **how)
                shards.append([shard["sha256"] for shard in index["shards"]])

        for jobs in sorted({1, cores}):
            taken = rounds(
                RUNS,
                own=partial(encoded, mapper=in_processes(jobs)),
                tiktoken=partial(encoded, mapper=partial(by_peer, jobs)),
            )
            speeds = {name: size / median(seconds) for name, seconds in taken.items()}
            rows.append(
                {"processes": jobs, "megabytes": round(size, 1)}
                | {name: round(speed, 1) for name, speed in speeds.items()}
                | {"own_to_tiktoken": round(speeds["own"] / speeds["tiktoken"], 2)}
            )
            print(json.dumps(rows[-1]), flush=True)
        assert all(one == shards[0] for one in shards), "the shards differ from tiktoken's"
    says = "Written by tests/bench/shards_speed.py; read by journal/labs/bpe.qmd."
    write("bench-shards.toml", says, started, {"build": rows})


if __name__ == "__main__":
    main()
