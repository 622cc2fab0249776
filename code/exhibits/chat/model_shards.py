"""Divide a pretrained model into files that a reader's browser loads one after another.

What: `pack_shards` cuts a model's tensors into shards of at most MOST bytes, and makes an index of
where each part is. assets/chat-download.js loads them, and assets/chat-share.js gives each worker
its rows. Source: none; the numbers stay in ggml's blocks (Q4_1, Q8_0 and F32) as in the file. Left
out: compression, which does not make four-bit numbers smaller.

The index is JSON: version, the model's sizes (`sizes`), its name, the tokenizer's
file, the shards in order (file, bytes, sha256), and pieces in order (tensor, kind,
first row, rows, columns, shard, offset in the shard). A tensor may go on in the next shard, never
inside a row.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from exhibits.chat.tokenizer_file import pack_tokenizer
from scratch.model.gguf_file import GGUFFile
from scratch.model.llama import LlamaConfig

VERSION = 1
MOST = 10_000_000  # bytes of a shard: what is lost with a broken connection
CONTEXT = 2_048  # tokens that the page reads at most; keys and values take 46 kB each


@dataclass(frozen=True)
class Packed:
    """The files of a model: name -> contents, the index last.

    index: the name of the index; total: bytes of all other files; key: a hash of the contents
    """

    files: dict[str, bytes]
    index: str
    total: int
    key: str


def sizes(model: GGUFFile) -> dict[str, Any]:
    """Return the sizes of a model by the names of `scratch.model.llama`, with the context CONTEXT.

    Raises: KeyError if the file lacks one; ValueError if it is not of a Llama.
    """
    config = LlamaConfig.from_metadata(model.metadata)
    return asdict(config) | {"context_length": min(CONTEXT, config.context_length)}


def pack_shards(model: GGUFFile, name: str, most: int = MOST) -> Packed:
    """Divide a model into files, not yet written.

    name: the beginning of each file's name; most: bytes in a shard, at most

    Raises: ValueError if a single row has more bytes than `most`.
    """
    shards: list[bytearray] = [bytearray()]
    pieces: list[list[Any]] = []
    for tensor, rows, columns, kind, data in _tables(model):
        size = len(data) // rows
        if size > most:
            raise ValueError(f"a row of {tensor} has {size:,} bytes; a shard holds {most:,}")
        first = 0
        while first < rows:
            fitting = min(rows - first, (most - len(shards[-1])) // size)
            if fitting:
                pieces.append(
                    [tensor, kind, first, fitting, columns, len(shards) - 1, len(shards[-1])]
                )
                shards[-1] += data[first * size : (first + fitting) * size]
                first += fitting
            else:
                shards.append(bytearray())
    files = {f"{name}-{number:02}.bin": bytes(shard) for number, shard in enumerate(shards)}
    entries = [_entry(file, data) for file, data in files.items()]
    tokenizer = f"{name}-tokenizer.bin"
    files[tokenizer] = pack_tokenizer(model.metadata)
    total = sum(map(len, files.values()))
    index = {
        "version": VERSION,
        "name": model.metadata.get("general.name", name),
        "sizes": sizes(model),
        "tokenizer": _entry(tokenizer, files[tokenizer]),
        "shards": entries,
        "pieces": pieces,
    }
    files[f"{name}.json"] = json.dumps(index, separators=(",", ":")).encode("ascii")
    return Packed(
        files, f"{name}.json", total, hashlib.sha256(files[f"{name}.json"]).hexdigest()[:16]
    )


def _entry(file: str, data: bytes) -> dict[str, Any]:
    return {"file": file, "bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}


def _tables(model: GGUFFile) -> Iterator[tuple[str, int, int, str, memoryview]]:
    """Yield each tensor as a table: name, rows, columns, kind, bytes."""
    for name, stored in model.tensors.items():
        rows, columns = stored.shape if len(stored.shape) == 2 else (1, stored.shape[0])
        yield name, rows, columns, stored.format.name, stored.data.data
