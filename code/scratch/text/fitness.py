"""Refuse a text on which the journal's experiments cannot run, with value, limit and remedy.

What: `read_file` reads only plain files, so never an endless one. `refuse_unfit` looks at the
words: there must be enough of them, with spaces between them, more than a few distinct ones, and
not only marks. Source: none; the limits are rules of thumb, each stated once, below. Left out: what
only one experiment needs (`scratch.baselines.needs`); the language of the text.
"""

import re
import stat
from pathlib import Path

from scratch.text.utf8 import TextError

LARGEST = 10_000_000  # bytes; War and Peace has 3.3 million
LEAST_WORDS = 200  # running words; with fewer nothing can be counted, split or learned
LEAST_DISTINCT = 20  # distinct words, without their marks and in small letters
# letters and digits, as a share of what is no white space; prose has 0.95, a program 0.7
LEAST_LETTERS = 0.2
LONGEST_MEAN = 20  # characters between two spaces on average; English has 6, Finnish 8
LONGEST_MEAN_UNSPACED = 6  # the same in scripts that put no spaces; a segmented text has 2 to 5
LONG = 100  # characters without a space; more is no word
MOST_IN_LONG = 0.2  # of a text's characters may be in stretches longer than LONG
LOOKED_AT = 100_000  # characters, evenly from the whole text, of which the letters are counted

_KINDS = {
    stat.S_ISDIR: "a folder",
    stat.S_ISFIFO: "a pipe",
    stat.S_ISSOCK: "a socket",
    stat.S_ISCHR: "a device",
    stat.S_ISBLK: "a device",
}
_UNSPACED = re.compile(  # Thai, Lao, Tibetan, Burmese, Khmer, kana, Chinese characters
    "[\u0e00-\u0fff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+"
)
_ADDRESS = re.compile(r"[^\s]{0,100}://[^\s]{0,2000}|www\.[^\s]{0,2000}")


def read_file(path: Path) -> bytes:
    """Read the bytes of a plain file.

    Raises: TextError if it is not a plain file (a folder or a pipe, say), or has more than LARGEST
    bytes; OSError if it cannot be read.
    """
    status = path.stat()
    if not stat.S_ISREG(status.st_mode):
        kind = next(
            (kind for is_kind, kind in _KINDS.items() if is_kind(status.st_mode)), "no plain file"
        )
        raise TextError(
            f"{path} is {kind} and cannot be read as a text; save the text as a plain file, and"
            " give that"
        )
    refuse_large(status.st_size, path)
    # it is empty, or one of the system's own, such as those in /proc, which may never end
    if not status.st_size:
        return b""
    with path.open("rb") as file:
        data = file.read(LARGEST + 1)
    refuse_large(len(data), path)  # it has grown
    return data


def refuse_large(size: int, origin: str | Path) -> None:
    """Refuse a text of more than LARGEST bytes.

    origin: the name of the text, for the message. Raises: TextError.
    """
    if size > LARGEST:
        raise TextError(
            f"{origin} has {size:,} bytes; the limit is {LARGEST:,}: give one book, or a part of"
            " this"
        )


def refuse_unfit(content: str, origin: str | Path) -> None:
    """Refuse a text on which the journal's experiments would show nothing.

    origin: the name of the text, for the message
    Raises: TextError if it is nearly all marks, has no spaces between words, or has fewer than
    LEAST_WORDS words or LEAST_DISTINCT distinct ones.

    >>> refuse_unfit("Hello, world!", "greeting.txt")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    scratch.text.utf8.TextError: greeting.txt has 2 words; the journal needs 200 or more: ...
    """
    pieces = content.split()
    looked_at = "".join(content[:: 1 + len(content) // LOOKED_AT].split())
    letters = sum(map(str.isalnum, looked_at)) / max(len(looked_at), 1)
    if looked_at and letters < LEAST_LETTERS:
        raise TextError(
            f"{origin} is {letters:.0%} letters and digits, the rest are marks; {LEAST_LETTERS:.0%}"
            " is the least: give a text that is written in words"
        )
    _refuse_unspaced(content, pieces, origin)
    words, distinct = 0, set()
    for piece in pieces:
        if word := "".join(filter(str.isalnum, piece)):
            words += 1
            distinct.add(word.casefold())
            if words >= LEAST_WORDS and len(distinct) >= LEAST_DISTINCT:
                return
    if words < LEAST_WORDS:
        has = f"{words} word{'s' * (words != 1)}"
        raise TextError(
            f"{origin} has {has}; the journal needs {LEAST_WORDS} or more: give a longer text"
        )
    has = f"{len(distinct)} distinct word{'s' * (len(distinct) != 1)}"
    raise TextError(
        f"{origin} has {has}, over and over; the journal needs {LEAST_DISTINCT} or more: give a"
        " text that says more"
    )


def _refuse_unspaced(content: str, pieces: list[str], origin: str | Path) -> None:
    """Refuse a text without spaces between its words; long web addresses do not count."""
    unspaced = 0 if content.isascii() else sum(map(len, _UNSPACED.findall(content)))
    lengths = list(map(len, pieces))
    total = sum(lengths)
    limit = LONGEST_MEAN_UNSPACED if 2 * unspaced > total else LONGEST_MEAN
    remedy = "put a space between two words, as a word segmenter does, or give a text that has them"
    if total > limit * len(pieces) or max(lengths, default=0) > LONG:
        lengths = [
            len(piece) for piece in pieces if len(piece) <= limit or not _ADDRESS.fullmatch(piece)
        ]
    if (mean := sum(lengths) / max(len(lengths), 1)) > limit:
        raise TextError(
            f"{origin} has {mean:,.1f} characters from one space to the next on average, the limit"
            f" is {limit}: it puts no spaces between its words; {remedy}"
        )
    if (share := sum(length for length in lengths if length > LONG) / max(total, 1)) > MOST_IN_LONG:
        raise TextError(
            f"{share:.0%} of {origin} stands in stretches of more than {LONG} characters without a"
            f" space, the limit is {MOST_IN_LONG:.0%}; {remedy}"
        )
