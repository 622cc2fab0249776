"""Write a pretrained byte-pair tokenizer as one small file for the page.

What: a merge is three ids, those of its two parts and of the result; its rank is its index. The
texts of the entries follow from these. Source: tokens and merges from GGUF's metadata, written in
GPT-2's printable letters for bytes. Left out: the chat template, which assets/chat-tokenizer.js
has.

Layout, inside gzip: the length of the head in bytes, 4 bytes, low byte first; the head, JSON in
ASCII (merges, their number; bytes, the id of each byte or -1; specials, text to id; ends, the ids
that end an answer); six planes of one byte a merge: high and low bytes of the left ids, the right
ids and the made ids; the table of code points (`exhibits.base.vocab_file.code_points`).
"""

from __future__ import annotations

import gzip
import json
import struct
from typing import Any

from exhibits.base.vocab_file import code_points
from scratch.model.smollm import CONTROL
from scratch.tokenizer.id_string import BYTE_OF_ID, LETTERS


def pack_tokenizer(metadata: dict[str, Any]) -> bytes:
    """Return the contents of a tokenizer's file, always the same for the same metadata.

    metadata: of a GGUF file. Raises: ValueError if a part or the result of a merge is not an entry.
    """
    tokens, types = metadata["tokenizer.ggml.tokens"], metadata["tokenizer.ggml.token_type"]
    ids = {token: id for id, token in enumerate(tokens)}
    columns: tuple[list[int], list[int], list[int]] = ([], [], [])
    for merge in metadata["tokenizer.ggml.merges"]:
        left, right = merge.split(" ")
        for column, piece in zip(columns, (left, right, left + right), strict=True):
            if piece not in ids:
                raise ValueError(f"{piece!r} of the merge {merge!r} is no entry; fetch the file")
            column.append(ids[piece])
    planes = [bytes(id >> shift & 0xFF for id in ids) for ids in columns for shift in (8, 0)]
    specials = {token: id for id, token in enumerate(tokens) if types[id] == CONTROL}
    letters = dict(zip(BYTE_OF_ID, LETTERS, strict=True))
    head = {
        "merges": len(columns[0]),
        "bytes": [ids.get(letters[byte], -1) for byte in range(256)],
        "specials": specials,
        "ends": sorted({metadata["tokenizer.ggml.eos_token_id"], specials["<|endoftext|>"]}),
    }
    packed = json.dumps(head, separators=(",", ":")).encode("ascii")
    table = code_points().encode("ascii")
    whole = b"".join([struct.pack("<I", len(packed)), packed, *planes, table])
    return gzip.compress(whole, 9, mtime=0)
