"""A GPT and its encoding as one small file, which a reader's browser can run.

What: `pack_model` writes the file, `unpack_model` reads it; assets/modelfile.js reads it in the
page. Numbers are rounded to 16 bits (float16), the halves apart: all high bytes, then all low
bytes, which packs better. Source: the layout of tokens and merges is that of
`exhibits.base.vocab_file`. Left out: encodings with another pattern than GPT-2's; dropout, which
belongs to training.

Layout, inside gzip: MAGIC; the length of the head in bytes, 4 bytes, low byte first; the head, JSON
in ASCII; merges and table of code points, as `vocabfile.laid_out`; the high bytes of all numbers;
their low bytes. The head has the version, the model's configuration, the encoding's specials, the
name and shape of each tensor in order (a tied head is none), the length of the part with the
merges, and the SHA-256 of all that follows the head.

Why 16 bits, and not 8 with a scale for each row: what the page writes should be what the model
writes. Measured on a model of this journal (940,800 numbers, 400 steps on the novella), 100 prompts
of its last tenth, 60 greedy tokens each: of the rows in 32 bits, 16 bits write 98, 8 bits 63; no
logit moves by more than 0.004 against 0.07. The loss is that of 32 bits in both (0.0002 off at
most). The file has 1.62 MB against 0.93; with the halves not apart it would have 1.74.
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
HEAVIEST = 5_000_000  # bytes of a file: some seconds on a slow telephone line
MOST_ENTRIES = 65_536  # ids have two bytes


class DamagedModel(ValueError):
    """A file that `pack_model` did not write, or not all of it; the message says what is wrong."""


def pack_model(model: GPTModel, encoding: BytePairEncoding) -> bytes:
    """Write a model with its encoding; the same bytes for the same numbers.

    Raises: ValueError if the two have not the same entries, the encoding has another pattern than
    GPT-2's, a number is no finite float16, or the file is heavier than HEAVIEST.
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
    # a tied head is named once
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
    said = json.dumps(head, sort_keys=True, separators=(",", ":")).encode("ascii")
    packed = gzip.compress(MAGIC + struct.pack("<I", len(said)) + said + body, 9, mtime=0)
    if len(packed) > HEAVIEST:
        raise ValueError(
            f"the model's file would have {len(packed):,} bytes; the limit is {HEAVIEST:,}: show a"
            " smaller model, or fewer entries"
        )
    return packed


def unpack_model(data: bytes) -> tuple[GPTModel, BytePairEncoding]:
    """Read what `pack_model` wrote: the model with the rounded numbers, in float32, and the
    encoding.

    Raises: DamagedModel

    >>> from scratch.tokenizer.bpe_train import train
    >>> encoding = train("low lower lowest", 259)
    >>> config = GPTConfig(259, 8, emb_dim=4, n_heads=2, n_layers=1)
    >>> model, read = unpack_model(pack_model(GPTModel(config, torch.Generator().manual_seed(0)), encoding))
    >>> model.config == config, read.tokens == encoding.tokens
    (True, True)
    """
    head, body = _opened(data)
    try:
        config = GPTConfig(**head["config"])
        merges = _merges(body[: head["merges"]])
        with torch.device("meta"):  # no numbers are drawn that would be thrown away
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
        place = 0
        for name, tensor in wanted.items():
            own[name] = values[place : place + tensor.numel()].view(tensor.shape).clone()
            place += tensor.numel()
        if config.tied:
            own["out_head.weight"] = own["tok_emb.weight"]
        model.load_state_dict(own, assign=True)
        return model.eval(), BytePairEncoding(merges, head["specials"])
    except (KeyError, TypeError, struct.error) as error:
        raise DamagedModel(f"the file's head does not fit: {error}; pack the model again") from None


def _shapes(tensors: Mapping[str, Tensor]) -> list[list[Any]]:
    return [[name, list(tensor.shape)] for name, tensor in tensors.items()]


def _halves(name: str, tensor: Tensor) -> np.ndarray[Any, np.dtype[np.uint16]]:
    """The numbers of a tensor as the bits of float16."""
    rounded = tensor.to(torch.float16)
    if not bool(rounded.isfinite().all()):
        largest = float(tensor.abs().max())
        raise ValueError(
            f"{name} has a number of {largest:g}; float16 ends at 65,504: train with a smaller rate"
        )
    return rounded.contiguous().numpy().view(np.uint16).ravel()


def _opened(data: bytes) -> tuple[dict[str, Any], bytes]:
    """Head and body of a file, its hash checked."""
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
