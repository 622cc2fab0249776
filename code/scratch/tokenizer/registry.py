"""Encodings by name: GPT-2's, or one that was learned and saved.

What: `find_encoding` says which file a name means, `load_encoding` loads it, and `fingerprint`
tells two encodings apart, whatever their names. Left out: learning one
(`scratch.tokenizer.bpe.train`), and the file itself (`scratch.tokenizer.bpe_file`).
"""

import hashlib
from functools import cache
from pathlib import Path

from scratch.text.corpus import data_folder
from scratch.tokenizer.bpe import BytePairEncoding

SUFFIX = ".bpe"


class NoEncoding(ValueError):
    """No encoding of that name is there, or one would be overwritten; the message has the names and
    the remedy.
    """


def find_encoding(name: str) -> str:
    """Find an encoding: "gpt2", a file, or a NAME that `press tokens train` gave; the path of its
    file, or "gpt2".

    Raises: NoEncoding

    >>> find_encoding("gpt2")
    'gpt2'
    """
    if name == "gpt2":
        return name
    kept = data_folder() / f"{name}{SUFFIX}"
    path = next((path for path in (Path(name), kept) if path.is_file()), None)
    if path is None:
        known = ", ".join(["gpt2", *sorted(file.stem for file in data_folder().glob(f"*{SUFFIX}"))])
        raise NoEncoding(
            f"no encoding {name!r}; there are {known}; learn one with `press tokens train --name"
            f" {name}`"
        )
    return str(path)


@cache
def load_encoding(name: str) -> BytePairEncoding:
    """Load an encoding that `find_encoding` finds, once a process.

    Raises: NoEncoding

    >>> len(load_encoding("gpt2"))
    50257
    """
    found = find_encoding(name)
    return BytePairEncoding.gpt2() if found == "gpt2" else BytePairEncoding.load(found)


def fingerprint(encoding: BytePairEncoding) -> str:
    """A SHA-256 of all that decides which ids a text has, in hexadecimal.

    >>> gpt2 = load_encoding("gpt2")
    >>> fingerprint(gpt2) == fingerprint(BytePairEncoding(gpt2.merges, gpt2.specials))
    True
    >>> fingerprint(gpt2) == fingerprint(BytePairEncoding(gpt2.merges[:-1], gpt2.specials))
    False
    """
    return hashlib.sha256(
        repr((encoding.merges, encoding.specials, encoding.pattern)).encode()
    ).hexdigest()
