"""Encode texts larger than memory into files of ids, part by part.

What: `encode_part` streams one part of one text into one shard, a plain file of little-endian
uint16 (uint32 where the encoding has more than 65,536 entries). The shard appears when it is whole,
and then a note beside it, so work that was killed goes on where it stopped. Source: the places
where a text may be cut follow from GPT-2's pattern, see `scratch.tokenizer.pretokenize`. Left out:
which parts there are, and who encodes them (`scratch.shards.build`); reading them again
(`scratch.shards.dataset`).

Memory: BLOCK bytes of text and what they turn into, whatever the size of the text or of the part.
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
SEARCH = 1 << 16  # bytes that are looked through for a place to cut, again and again

# Where white space follows something else: no chunk goes across, so the chunks on both sides are
# those of the whole.
_CUT = re.compile(
    rb"(?:[!-~]|(?!\xc2[\x85\xa0]|\xe1\x9a\x80|\xe2\x80[\x80-\x8a\xa8\xa9\xaf]|\xe2\x81\x9f|\xe3\x80\x80)"
    rb"[\xc2-\xf4][\x80-\xbf]{1,3})(?=[\t-\r ])"
)


@dataclass(frozen=True)
class Part:
    """A stretch of one text that becomes one shard."""

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
    """What is noted of a shard."""

    number: int
    start: int
    end: int
    tokens: int
    sha256: str  # of the shard's bytes


def width(entries: int) -> np.dtype[np.unsignedinteger]:
    """Choose the type of the numbers in a shard, by the number of entries.

    >>> width(50_257).itemsize, width(100_000).itemsize
    (2, 4)
    """
    return np.dtype("<u2" if entries <= 1 << 16 else "<u4")


def next_cut(text: Path, start: int) -> int:
    """Find the first place at or after a byte where the text can be cut; its end if there is none.

    Raises: OSError

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
            if found := _CUT.search(window):
                return file.tell() - len(window) + found.end()
        return file.tell()


def blocks(part: Part) -> Iterator[tuple[bytes, int]]:
    """Read a part in blocks of about BLOCK bytes, cut where `next_cut` would; each with its place
    in the text.
    """
    with open(part.text, "rb") as file:
        place, kept = part.start, b""
        file.seek(place)
        while place < part.end:
            read = file.read(min(BLOCK, part.end - place - len(kept)))
            kept += read
            if place + len(kept) < part.end and read:
                found = _last_cut(kept)
                if found is None and len(kept) < LARGEST_BLOCK:
                    continue  # no white space so far: the block grows
                if found is None:
                    what = (
                        f"{part.text} has no white space for {len(kept):,} bytes after byte"
                        f" {place:,}"
                    )
                    raise TextError(f"{what}; that is no text, or it must be broken into lines")
            elif place + len(kept) < part.end:
                raise TextError(
                    f"{part.text} became shorter while it was read; start again with the text at"
                    " rest"
                )
            else:
                found = len(kept)
            yield kept[:found], place
            place, kept = place + found, kept[found:]


def _last_cut(data: bytes) -> int | None:
    """The last place to cut, looked for backwards in steps that grow."""
    reach = 256
    while True:
        places = [found.end() for found in _CUT.finditer(data, max(0, len(data) - reach))]
        if places or reach >= len(data):
            return places[-1] if places else None
        reach *= 8


def encode_part(part: Part) -> Written:
    """Encode one part into its shard, unless that is there already; safe to kill at any moment, and
    to do twice at once.

    Raises: TextError with text and byte if the text is not UTF-8 or has a NUL; OSError.
    """
    if done := noted(part):
        return done
    target, note = shard_files(part)
    encoding = load_encoding(part.encoding)
    kind = width(len(encoding))
    digest = hashlib.sha256()
    tokens = 0
    with atomic_write(target) as draft, draft.open("wb") as file:
        for data, place in blocks(part):
            text = _text(data, place, part)
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


def _text(data: bytes, place: int, part: Part) -> str:
    """What `scratch.text.utf8.decode` makes of a block that lies at a place of a text."""
    if place == 0:
        data = data.removeprefix(b"\xef\xbb\xbf")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        where = place + error.start
        raise TextError(
            f"{part.text}: byte {where:,} is not UTF-8 ({error.reason}); convert the text"
        ) from None
    if (nul := text.find("\0")) >= 0:
        where = place + len(text[:nul].encode())
        raise TextError(
            f"{part.text}: byte {where:,} is NUL, which no text has; convert it to UTF-8"
        )
    return text.replace("\r\n", "\n").replace("\r", "\n")


def shard_files(part: Part) -> tuple[Path, Path]:
    """Name the shard of a part, and its note."""
    return Path(part.folder, f"shard-{part.number:05}.ids"), Path(
        part.folder, f"shard-{part.number:05}.json"
    )


def noted(part: Part) -> Written | None:
    """Read what is noted of a part's shard, if the shard is there and is of this part."""
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
    """Write a whole file, or none."""
    with atomic_write(path) as draft:
        draft.write_text(text, encoding="utf-8", newline="\n")
