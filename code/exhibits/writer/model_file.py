"""Write a GPT and its encoding as one small file, which a reader's browser can run.

What: `pack_model` writes the file, `unpack_model` reads it; assets/writer-file.js reads it
there. Weights are rounded to float16, and stored as all high bytes, then all low bytes, which
compresses better. Source: the layout of the merges is that of `exhibits.base.vocab_file`. Left out:
encodings with another pattern than GPT-2's; dropout, which belongs to training.

Layout, inside gzip: MAGIC; the length of the head in bytes, 4 bytes, low byte first; the head, JSON
in ASCII; merges and table of code points, as `vocab_file.laid_out`; the high bytes of all weights;
their low bytes. The head has the version, the model's configuration, the encoding's special tokens,
the name and shape of each tensor in order (without a tied head), the length of the part with the
merges, and the SHA-256 of all that follows the head.

Why 16 bits, and not 8 with a scale for each row: the page should write what the model writes.
Measured on a model of this journal (940,800 numbers, 400 steps on the novella), 100 prompts of its
last tenth, 60 greedy tokens each: of the rows in 32 bits, 16 bits write 98, 8 bits 63; no logit
moves by more than 0.004 against 0.07. The loss is that of 32 bits in both (0.0002 off at most). The
file has 1.62 MB against 0.93; with the halves not apart it would have 1.74.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import struct
import zlib
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import numpy as np
import torch
from torch import Tensor

from exhibits.base.vocab_file import code_points, laid_out
from scratch.model.config import GPTConfig
from scratch.model.gpt import GPTModel
from scratch.tokenizer.bpe import BytePairEncoding
from scratch.tokenizer.pretokenize import GPT2_PATTERN

MAGIC = b"journal-gpt\n"
VERSION = 1
HEAVIEST = 5_000_000  # bytes of a file: some seconds on a slow line
MOST_ENTRIES = 65_536  # ids have two bytes


class DamagedModel(ValueError):
    """A file that `pack_model` did not write, or that is damaged; the message says how."""


def pack_model(model: GPTModel, encoding: BytePairEncoding) -> bytes:
    """Pack a model and its encoding into the bytes of a file; equal weights give equal bytes.

    Raises: ValueError if model and encoding differ in vocabulary size, the encoding has another
    pattern than GPT-2's, a weight is too large for float16, or the file exceeds HEAVIEST bytes.
    """
    entries = model.config.vocab_size
    if entries != len(encoding):
        raise ValueError(
            f"the model has {entries:,} entries, the encoding {len(encoding):,}; give the encoding"
            " that it was trained on"
        )
    if entries > MOST_ENTRIES:
        raise ValueError(
            f"the model has {entries:,} entries; the file holds {MOST_ENTRIES:,} at most"
        )
    if encoding.pattern != GPT2_PATTERN:
        raise ValueError(
            f"the encoding cuts by {encoding.pattern!r}; the page can only cut by GPT-2's pattern"
        )
    # named_parameters names a tied head once
    tensors = {name: tensor.detach().cpu() for name, tensor in model.named_parameters()}
    halves = np.concatenate([_halves(name, tensor) for name, tensor in tensors.items()])
    merges = laid_out(encoding.merges, code_points())
    body = b"".join(
        [
            merges,
            (halves >> 8).astype(np.uint8).tobytes(),
            (halves & 0xFF).astype(np.uint8).tobytes(),
        ]
    )
    head = {
        "version": VERSION,
        "config": {
            name: value for name, value in asdict(model.config).items() if name != "drop_rate"
        },
        "specials": encoding.specials,
        "tensors": _shapes(tensors),
        "merges": len(merges),
        "sha256": hashlib.sha256(body).hexdigest(),
    }
    text = json.dumps(head, sort_keys=True, separators=(",", ":")).encode("ascii")
    packed = gzip.compress(MAGIC + struct.pack("<I", len(text)) + text + body, 9, mtime=0)
    if len(packed) > HEAVIEST:
        raise ValueError(
            f"the model's file would have {len(packed):,} bytes; the limit is {HEAVIEST:,}: show a"
            " smaller model, or fewer entries"
        )
    return packed


def unpack_model(data: bytes) -> tuple[GPTModel, BytePairEncoding]:
    """Unpack a model, its rounded weights in float32, and its encoding.

    Raises: DamagedModel if `pack_model` did not write these bytes.

    >>> from scratch.tokenizer.bpe_train import train
    >>> encoding = train("low lower lowest", 259)
    >>> config = GPTConfig(259, 8, emb_dim=4, n_heads=2, n_layers=1)
    >>> model = GPTModel(config, torch.Generator().manual_seed(0))
    >>> unpacked, read = unpack_model(pack_model(model, encoding))
    >>> unpacked.config == config, read.tokens == encoding.tokens
    (True, True)
    """
    head, body = _opened(data)
    try:
        config = GPTConfig(**head["config"])
        merges = _merges(body[: head["merges"]])
        with torch.device("meta"):  # spares the initial weights, which are replaced below
            model = GPTModel(config, torch.Generator())
        wanted = dict(model.named_parameters())
        if head["tensors"] != _shapes(wanted):
            raise DamagedModel(
                "the file's tensors are not those of its configuration; pack the model again"
            )
        count = sum(tensor.numel() for tensor in wanted.values())
        planes = (
            np.frombuffer(body, np.uint8, offset=head["merges"]).reshape(2, count).astype(np.uint16)
        )
        values = torch.from_numpy((planes[0] << 8 | planes[1]).view(np.float16).astype(np.float32))
        own: dict[str, Tensor] = {}
        start = 0
        for name, tensor in wanted.items():
            own[name] = values[start : start + tensor.numel()].view(tensor.shape).clone()
            start += tensor.numel()
        if config.tied:
            own["out_head.weight"] = own["tok_emb.weight"]
        model.load_state_dict(own, assign=True)
        return model.eval(), BytePairEncoding(merges, head["specials"])
    except (KeyError, TypeError, struct.error) as error:
        raise DamagedModel(f"the file's head does not fit: {error}; pack the model again") from None


def _shapes(tensors: Mapping[str, Tensor]) -> list[list[Any]]:
    return [[name, list(tensor.shape)] for name, tensor in tensors.items()]


def _halves(name: str, tensor: Tensor) -> np.ndarray[Any, np.dtype[np.uint16]]:
    """Return the numbers of a tensor as the bits of float16, flat."""
    rounded = tensor.to(torch.float16)
    if not bool(rounded.isfinite().all()):
        largest = float(tensor.abs().max())
        raise ValueError(
            f"{name} has a number of {largest:g}; float16 ends at 65,504: train with a smaller rate"
        )
    return rounded.contiguous().numpy().view(np.uint16).ravel()


def _opened(data: bytes) -> tuple[dict[str, Any], bytes]:
    """Return head and body of a file, after checking its hash."""
    try:
        whole = gzip.decompress(data)
    except (OSError, EOFError, zlib.error) as error:
        raise DamagedModel(f"the file cannot be unpacked ({error}); fetch it again") from None
    start = len(MAGIC) + 4
    if not whole.startswith(MAGIC) or len(whole) < start:
        raise DamagedModel(
            f"the file begins with {whole[: len(MAGIC)]!r}; give one that `pack_model` wrote"
        )
    (length,) = struct.unpack_from("<I", whole, len(MAGIC))
    try:
        head: dict[str, Any] = json.loads(whole[start : start + length])
        version, digest = head["version"], head["sha256"]
    except (ValueError, KeyError, TypeError):
        raise DamagedModel("the file's head cannot be read; fetch it again") from None
    if version != VERSION:
        raise DamagedModel(
            f"the file has version {version}, this journal reads {VERSION}; pack the model again"
        )
    body = whole[start + length :]
    if hashlib.sha256(body).hexdigest() != digest:
        raise DamagedModel("the file's SHA-256 is another than its head says; fetch it again")
    return head, body


def _merges(data: bytes) -> list[str]:
    (number,) = struct.unpack_from("<I", data)
    planes = [data[4 + number * which : 4 + number * (which + 1)] for which in range(4)]
    return [chr(a << 8 | b) + chr(c << 8 | d) for a, b, c, d in zip(*planes, strict=True)]
