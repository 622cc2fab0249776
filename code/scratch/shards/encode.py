"""Encode texts larger than memory into files of ids, part by part.

What: `encode_part` streams one part of one text into one shard, a file of little-endian uint16
(uint32 where the encoding has more than 65,536 entries). The shard appears only when it is whole,
and after it a note with its size and hash, so that work that was killed can continue. Source: where
a text may be cut follows from GPT-2's pattern, see `scratch.tokenizer.pretokenize`. Left out:
dividing texts into parts (`scratch.shards.build`); reading shards (`scratch.shards.shard_reader`).

Memory: BLOCK bytes of text and their ids, however large the text and the part are.
"""

import hashlib
import json
import os
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from scratch.atomic_write import atomic_write
from scratch.text.utf8 import TextError
from scratch.tokenizer.registry import load_encoding
from scratch.tokenizer.simple import END_OF_TEXT

BLOCK = 1 << 20  # bytes of text that are encoded at once
LARGEST_BLOCK = 64 * BLOCK  # bytes; a text without white space for so long is none
SEARCH = 1 << 16  # bytes that are searched for a cut at a time

# Where white space follows something else: no chunk goes across, so the chunks on both sides are
# those of the whole.
_CUT = re.compile(
    rb"(?:[!-~]|(?!\xc2[\x85\xa0]|\xe1\x9a\x80|\xe2\x80[\x80-\x8a\xa8\xa9\xaf]|\xe2\x81\x9f|\xe3\x80\x80)"
    rb"[\xc2-\xf4][\x80-\xbf]{1,3})(?=[\t-\r ])"
)


@dataclass(frozen=True)
class Part:
    """A part of one text that becomes one shard."""

    number: int  # of the shard
    document: int  # the number of the text
    text: str  # its path
    start: int  # bytes
    end: int  # bytes, after the last one
    last: bool  # whether the text ends here
    encoding: str  # "gpt2", or the path of a saved one
    folder: str  # of the shards
    read_specials: bool  # whether special tokens in the text are read as such


@dataclass(frozen=True)
class Written:
    """The note of a finished shard: which bytes of the text it has, how many ids, their hash."""

    number: int
    start: int
    end: int
    tokens: int
    sha256: str  # of the shard's bytes


def width(entries: int) -> np.dtype[np.unsignedinteger]:
    """Return the type of the numbers in a shard: uint16 if the encoding's entries fit, else uint32.

    >>> width(50_257).itemsize, width(100_000).itemsize
    (2, 4)
    """
    return np.dtype("<u2" if entries <= 1 << 16 else "<u4")


def next_cut(text: Path, start: int) -> int:
    """Return the first position from `start` on where a text can be cut between two chunks.

    start: in bytes. Returns: bytes from the beginning of the file; where there is no such position,
    the end. Raises: OSError.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = Path(folder, "a.txt").write_text("one two", encoding="utf-8")
    ...     next_cut(Path(folder, "a.txt"), 1)
    3
    """
    with text.open("rb") as file:
        file.seek(start)
        window = b""
        while more := file.read(SEARCH):
            # a character and the white space after it may lie across two reads
            window = window[-8:] + more
            if match := _CUT.search(window):
                return file.tell() - len(window) + match.end()
        return file.tell()


def blocks(part: Part) -> Iterator[tuple[bytes, int]]:
    """Yield the blocks of a part, about BLOCK bytes each, cut only where `next_cut` would cut.

    Yields: (bytes of the block, its offset in the text).
    Raises: TextError if there is no white space for LARGEST_BLOCK bytes, or the file becomes
    shorter meanwhile; OSError.
    """
    with open(part.text, "rb") as file:
        offset, block = part.start, b""
        file.seek(offset)
        while offset < part.end:
            read = file.read(min(BLOCK, part.end - offset - len(block)))
            block += read
            if offset + len(block) < part.end and read:
                cut = _last_cut(block)
                if cut is None and len(block) < LARGEST_BLOCK:
                    continue  # no white space so far: the block grows
                if cut is None:
                    what = (
                        f"{part.text} has no white space for {len(block):,} bytes after byte"
                        f" {offset:,}"
                    )
                    raise TextError(f"{what}; that is no text, or it must be broken into lines")
            elif offset + len(block) < part.end:
                raise TextError(
                    f"{part.text} became shorter while it was read; start again with the text at"
                    " rest"
                )
            else:
                cut = len(block)
            yield block[:cut], offset
            offset, block = offset + cut, block[cut:]


def _last_cut(data: bytes) -> int | None:
    """Return the last position where a block can be cut, or None."""
    reach = 256
    while True:
        cuts = [match.end() for match in _CUT.finditer(data, max(0, len(data) - reach))]
        if cuts or reach >= len(data):
            return cuts[-1] if cuts else None
        reach *= 8


def encode_part(part: Part) -> Written:
    """Encode one part into its shard, unless that exists; return the shard's note.

    It may be killed, and two processes may encode the same part at once.

    Raises: TextError with text and byte if the text is not UTF-8 or has a NUL; OSError.
    """
    if done := read_note(part):
        return done
    target, note = shard_files(part)
    encoding = load_encoding(part.encoding)
    kind = width(len(encoding))
    digest = hashlib.sha256()
    tokens = 0
    with atomic_write(target) as draft, draft.open("wb") as file:
        for data, offset in blocks(part):
            text = _text(data, offset, part)
            if part.read_specials:
                ids = np.array(encoding.encode(text, allowed_special="all"), dtype=kind)
            else:
                ids = encoding.encode_array(text).astype(kind)
            packed = ids.tobytes()
            digest.update(packed)
            file.write(packed)
            tokens += len(ids)
        if part.last and END_OF_TEXT in encoding.special_ids:
            packed = np.array([encoding.special_ids[END_OF_TEXT]], dtype=kind).tobytes()
            digest.update(packed)
            file.write(packed)
            tokens += 1
        file.flush()
        os.fsync(file.fileno())
    written = Written(part.number, part.start, part.end, tokens, digest.hexdigest())
    write_whole(note, json.dumps(asdict(written)))
    return written


def _text(data: bytes, offset: int, part: Part) -> str:
    """Decode a block at an offset, as `scratch.text.utf8.decode` decodes a whole text."""
    if offset == 0:
        data = data.removeprefix(b"\xef\xbb\xbf")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        where = offset + error.start
        raise TextError(
            f"{part.text}: byte {where:,} is not UTF-8 ({error.reason}); convert the text"
        ) from None
    if (nul := text.find("\0")) >= 0:
        where = offset + len(text[:nul].encode())
        raise TextError(
            f"{part.text}: byte {where:,} is NUL, which no text has; convert it to UTF-8"
        )
    return text.replace("\r\n", "\n").replace("\r", "\n")


def shard_files(part: Part) -> tuple[Path, Path]:
    """Return the paths of a part's shard and of its note."""
    return Path(part.folder, f"shard-{part.number:05}.ids"), Path(
        part.folder, f"shard-{part.number:05}.json"
    )


def read_note(part: Part) -> Written | None:
    """Read the note of a part's shard; return None if shard or note are missing or do not fit."""
    target, note = shard_files(part)
    try:
        written = Written(**json.loads(note.read_text(encoding="utf-8")))
        size = target.stat().st_size
    except (OSError, ValueError, TypeError):
        return None
    same = (written.number, written.start, written.end) == (part.number, part.start, part.end)
    return (
        written
        if same and size == written.tokens * width(len(load_encoding(part.encoding))).itemsize
        else None
    )


def write_whole(path: Path, text: str) -> None:
    """Write a text file, either completely or not at all. Raises: OSError."""
    with atomic_write(path) as draft:
        draft.write_text(text, encoding="utf-8", newline="\n")
