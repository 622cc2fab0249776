"""Load encodings by name: GPT-2's, or one that was learned and saved.

What: `find_encoding` gives the file of a name, `load_encoding` loads it, and `fingerprint` is equal
for two encodings only if they give every text the same ids, whatever their names. Left out:
learning one (`scratch.tokenizer.bpe_train.train`), and the file itself
(`scratch.tokenizer.bpe_file`).
"""

import hashlib
from functools import cache
from pathlib import Path

from scratch.text.corpus import data_folder
from scratch.tokenizer.bpe import BytePairEncoding

SUFFIX = ".bpe"


class NoEncoding(ValueError):
    """A name that no encoding has, or that is already taken; the message has the remedy."""


def find_encoding(name: str) -> str:
    """Return the path of an encoding's file; "gpt2" has none and is returned as it is.

    name: "gpt2", the path of a file, or a NAME given to `press tokens train`
    Raises: NoEncoding if there is none.

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
    """Load an encoding by its name (see `find_encoding`), once per process.

    Raises: NoEncoding; DamagedEncoding; for "gpt2" TokenizerFiles.

    >>> len(load_encoding("gpt2"))
    50257
    """
    source = find_encoding(name)
    return BytePairEncoding.gpt2() if source == "gpt2" else BytePairEncoding.load(source)


def fingerprint(encoding: BytePairEncoding) -> str:
    """Return the SHA-256, in hex, of merges, special tokens and pattern.

    >>> gpt2 = load_encoding("gpt2")
    >>> fingerprint(gpt2) == fingerprint(BytePairEncoding(gpt2.merges, gpt2.specials))
    True
    >>> fingerprint(gpt2) == fingerprint(BytePairEncoding(gpt2.merges[:-1], gpt2.specials))
    False
    """
    return hashlib.sha256(
        repr((encoding.merges, encoding.specials, encoding.pattern)).encode()
    ).hexdigest()
