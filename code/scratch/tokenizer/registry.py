"""Load encodings by name: GPT-2's, or one that was learned and saved.

What: `find_encoding` says which file a name means, `load_encoding` loads it, and `fingerprint`
tells two encodings apart, whatever their names. Left out: learning one
(`scratch.tokenizer.bpe_train.train`), and the file itself (`scratch.tokenizer.bpe_file`).
"""

import hashlib
from functools import cache
from pathlib import Path

from scratch.text.corpus import data_folder
from scratch.tokenizer.bpe import BytePairEncoding

SUFFIX = ".bpe"


class NoEncoding(ValueError):
    """A name without an encoding, or one that is taken; the message has names and remedy."""


def find_encoding(name: str) -> str:
    """Return the file of an encoding, or "gpt2".

    name: "gpt2", a file, or a NAME that `press tokens train` gave
    Raises: NoEncoding.

    >>> find_encoding("gpt2")
    'gpt2'
    """
    if name == "gpt2":
        return name
    saved = data_folder() / f"{name}{SUFFIX}"
    path = next((path for path in (Path(name), saved) if path.is_file()), None)
    if path is None:
        known = ", ".join(["gpt2", *sorted(file.stem for file in data_folder().glob(f"*{SUFFIX}"))])
        raise NoEncoding(
            f"no encoding {name!r}; there are {known}; learn one with `press tokens train --name"
            f" {name}`"
        )
    return str(path)


@cache
def load_encoding(name: str) -> BytePairEncoding:
    """Load an encoding by its name, once a process; see `find_encoding`.

    Raises: NoEncoding; DamagedEncoding.

    >>> len(load_encoding("gpt2"))
    50257
    """
    source = find_encoding(name)
    return BytePairEncoding.gpt2() if source == "gpt2" else BytePairEncoding.load(source)


def fingerprint(encoding: BytePairEncoding) -> str:
    """Return the SHA-256, in hex, of all that decides which ids a text has.

    >>> gpt2 = load_encoding("gpt2")
    >>> fingerprint(gpt2) == fingerprint(BytePairEncoding(gpt2.merges, gpt2.specials))
    True
    >>> fingerprint(gpt2) == fingerprint(BytePairEncoding(gpt2.merges[:-1], gpt2.specials))
    False
    """
    return hashlib.sha256(
        repr((encoding.merges, encoding.specials, encoding.pattern)).encode()
    ).hexdigest()
