"""Write and read a byte-pair encoding as a text file: pattern, special tokens, one line per merge.

What: `read` reads what `write` writes. A token is written with one printable letter per byte, as in
GPT-2's own file, so that the merges can be read and compared: a space is Ġ, a line end Ċ. Source:
GPT-2's vocab.bpe has the same lines of merges below another first line; `read_gpt2` reads them.
Left out: the ids, which follow from the order of the lines: bytes, then merges, then special
tokens.
"""

import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from scratch.tokenizer.gpt2_files import TokenizerFiles, carried, wanted_files
from scratch.tokenizer.id_string import BYTES, LETTERS
from scratch.tokenizer.tiktoken_gpt2 import cache_folder, load_gpt2

HEAD = "byte-pair encoding, version 1"


class DamagedEncoding(ValueError):
    """A file or list that is not a whole encoding; the message has the line and the remedy."""


def write(path: Path, merges: Sequence[str], pattern: str, specials: Sequence[str]) -> None:
    """Write an encoding, replacing what the file held.

    merges: pairs, each a string of two ids, in the order in which they were learned
    pattern: the regular expression of the chunks; specials: the special tokens, as text
    Raises: OSError.
    """
    lines = [
        HEAD,
        f"pattern {json.dumps(pattern)}",
        *(f"special {json.dumps(text)}" for text in specials),
    ]
    lines.append(f"merges {len(merges)}")
    tokens = list(LETTERS)
    for pair in merges:
        first, second = tokens[ord(pair[0])], tokens[ord(pair[1])]
        lines.append(f"{first} {second}")
        tokens.append(first + second)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")


def read(path: Path) -> tuple[list[str], str, list[str]]:
    """Read an encoding that `write` wrote.

    Returns: merges, pattern, special tokens, as `write` takes them.
    Raises: DamagedEncoding with the line that is wrong; OSError if the file cannot be read.

    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "a.bpe"
    >>> write(path, [chr(64) + chr(65)], "x", ["<end>"])
    >>> [[ord(id) for id in pair] for pair in read(path)[0]], read(path)[1:]
    ([[64, 65]], ('x', ['<end>']))
    """
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except UnicodeDecodeError as error:
        raise DamagedEncoding(
            f"{path}: byte {error.start} is not UTF-8; save the encoding again"
        ) from None
    if lines[0] != HEAD:
        raise DamagedEncoding(
            f"{path}:1: {lines[0][:60]!r} is not {HEAD!r}; give a file that `save` wrote"
        )
    pattern, specials = None, []
    for number, line in enumerate(lines[1:], start=2):
        key, _, value = line.partition(" ")
        try:
            if key == "merges":
                merges = _merges(path, lines[number:-1], number + 1)
                if len(merges) != int(value) or lines[-1] or pattern is None:
                    break
                return merges, pattern, specials
            read = json.loads(value)
        except ValueError as error:
            if isinstance(error, DamagedEncoding):
                raise
            read = None
        if not isinstance(read, str) or key not in ("pattern", "special"):
            raise DamagedEncoding(
                f"{path}:{number}: {line[:60]!r} is no line of the head; save the encoding again"
            )
        if key == "pattern":
            pattern = read
        else:
            specials.append(read)
    raise DamagedEncoding(
        f"{path} is cut short: not all of its parts are there; save the encoding again"
    )


def read_gpt2() -> list[str]:
    """Read GPT-2's merges from the file that tiktoken reads, and check its SHA-256.

    Returns: pairs, each a string of two ids, in the order in which they were learned.
    Raises: TokenizerFiles if the file is damaged, or is missing and cannot be downloaded.

    >>> len(read_gpt2())
    50000
    """
    wanted = wanted_files()[0]
    path = carried(wanted.name)
    if path is None:
        load_gpt2()  # tiktoken's own download lays the file where its cache is
        path = Path(
            os.environ.get("TIKTOKEN_CACHE_DIR")
            or os.environ.get("DATA_GYM_CACHE_DIR")
            or cache_folder()
        )
        path /= wanted.key
    data = path.read_bytes()
    if hashlib.sha256(data).hexdigest() != wanted.sha256:
        raise TokenizerFiles(
            f"{path} (GPT-2's {wanted.name}) is damaged: its SHA-256 is another; reinstall what"
            " has it"
        )
    lines = data.decode().split("\n")
    return _merges(path, lines[1:-1], 2)


def _merges(path: Path, lines: Sequence[str], first: int) -> list[str]:
    return list(_each(path, lines, first))


def _each(path: Path, lines: Sequence[str], first: int) -> Iterator[str]:
    """Turn lines of two tokens into pairs of ids; first: the number of the first line."""
    ids = {letter: chr(id) for id, letter in enumerate(LETTERS)}
    for number, line in enumerate(lines):
        first_token, _, second_token = line.partition(" ")
        if first_token not in ids or second_token not in ids or first_token + second_token in ids:
            why = (
                "makes a token that is there already"
                if first_token + second_token in ids
                else "names a token that no line made"
            )
            raise DamagedEncoding(
                f"{path}:{first + number}: the merge {line[:60]!r} {why}; save the encoding again"
            )
        ids[first_token + second_token] = chr(BYTES + number)
        yield ids[first_token] + ids[second_token]
