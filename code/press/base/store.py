"""Keep between two presses, by path, what is dear to make; where few things changed, these alone
are written.

All of it stands in one file, and what changed since that was written in a second, which names the
first by its hash. Each file begins with the hash of press itself, its own name, and the hash of
what follows: what is damaged, or another press's or file's, counts as nothing; without the second
file what is found is older, so whoever takes from here looks whether it still holds. It is kept by
pickle, which is read in a third of the time of JSON; whoever can write to .press can write to the
pages, which are programs.
"""

import hashlib
import pickle
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Generic, TypeVar

from press.base.files import own_source, write_atomically

FEW = 1 / 8  # of what was written; if more than that changed, all is written anew

T = TypeVar("T")


class Store(Generic[T]):
    """What the press before this one kept in a file, by path.

    known: that, to be changed at will: one thing replaced by another, but none changed in itself.

    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "squares.pickle"
    >>> Store[int](file).save({"two": 4, "three": 9})
    >>> Store[int](file).known
    {'two': 4, 'three': 9}
    """

    def __init__(self, file: Path) -> None:
        self.file, self.later = file, file.with_suffix(".later.pickle")
        self.digest, kept = _read(file)
        self.written: dict[str, T] = kept or {}
        of, later = _read(self.later)[1] or ("", {})
        self.changed: dict[str, T | None] = later if of == self.digest else {}  # None: it is gone
        self.known: dict[str, T] = {
            path: item
            for path, item in {**self.written, **self.changed}.items()
            if item is not None
        }

    def save(self, known: Mapping[str, T]) -> None:
        """Keep this for the next press. Raises: OSError if it cannot be written."""
        changed: dict[str, T | None] = {path: None for path in self.written if path not in known}
        changed |= {
            path: item for path, item in known.items() if self.written.get(path) is not item
        }
        if not self.digest or len(changed) > FEW * len(self.written):
            self.written, self.changed = dict(known), {}
            self.digest = _write(self.file, self.written)
            self.later.unlink(missing_ok=True)
        elif changed.keys() != self.changed.keys() or any(
            self.changed[path] is not changed[path] for path in changed
        ):
            _write(self.later, (self.digest, changed))
            self.changed = changed


def _read(file: Path) -> tuple[str, Any]:
    """The hash of what was written to a file, and that; ("", None) if it is not whole, or of
    another press.
    """
    try:
        made_by, digest, kept = file.read_bytes().split(b"\n", 2)
        whole = made_by == _maker(file) and digest == hashlib.sha256(kept).hexdigest().encode()
        return (digest.decode(), pickle.loads(kept)) if whole else ("", None)
    except (OSError, ValueError):
        return "", None


def _write(file: Path, what: Any) -> str:
    """Write for `_read`; the hash of it."""
    kept = pickle.dumps(what, protocol=5)
    digest = hashlib.sha256(kept).hexdigest()
    write_atomically(file, b"\n".join([_maker(file), digest.encode(), kept]))
    return digest


def _maker(file: Path) -> bytes:
    return f"{own_source()} {file.name}".encode()
