"""Keep between two presses what was printed, so that a long journal costs what changed in it.

Printings: a page whose run, source, neighbours and theme are the same is the same file; it is
linked from .press/shelf into the new site, with the anchors and links that were read from it.
Bodies: Pandoc gives the same HTML for the same Markdown. Templates: Jinja need not compile them
again.

Nothing is taken from the shelf that is not known to be whole: each printed file must have the size
and the time of change that were noted, all else its hash.
"""

import contextlib
import hashlib
import os
import threading
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jinja2

from press.base.files import copy, write_atomically
from press.base.hardlinks import link
from press.base.store import Store

# -- Bodies by Pandoc
# ----------------------------------------------------------------------------------------------


class Bodies:
    """What Pandoc made of Markdown, by the hash of all that went into it."""

    def __init__(self, work: Path) -> None:
        self.folder = work / "shelf" / "bodies"
        self.used: set[str] = set()

    def get(self, key: str) -> str | None:
        self.used.add(key)
        try:
            digest, _, body = (self.folder / key).read_text(encoding="utf-8").partition("\n")
        except (OSError, ValueError):
            return None
        return body if hashlib.sha256(body.encode()).hexdigest() == digest else None

    def put(self, key: str, body: str) -> None:
        write_atomically(self.folder / key, f"{hashlib.sha256(body.encode()).hexdigest()}\n{body}")


# -- Templates as compiled
# -----------------------------------------------------------------------------------------


class Templates(jinja2.BytecodeCache):
    """The theme's templates as Jinja compiled them, which takes it longer than Pandoc a page.

    Jinja's own cache of files takes a damaged one for an error; here it counts as nothing.
    """

    def __init__(self, work: Path) -> None:
        self.store = Store[bytes](work / "shelf" / "templates.pickle")
        self.lock = threading.Lock()  # pages are printed side by side

    def load_bytecode(self, bucket: jinja2.bccache.Bucket) -> None:
        if bucket.key in self.store.known:
            bucket.bytecode_from_string(self.store.known[bucket.key])

    def dump_bytecode(self, bucket: jinja2.bccache.Bucket) -> None:
        with (
            self.lock,
            contextlib.suppress(OSError),
        ):  # a store that cannot be written is no fault of the theme
            self.store.known[bucket.key] = bucket.bytecode_to_string()
            self.store.save(self.store.known)


# -- Printed pages
# -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Printing:
    """A printed page: by what it is known, its files with size and time of change, what it copied,
    its links.

    files: path in the site -> [bytes, nanoseconds]; ids, links, base: as press.publish.links reads
    them from the page; copies: files of the project that it shows; body: Pandoc's key; text: the
    hash of what is searched in it.
    """

    key: str
    files: dict[str, list[int]]
    ids: list[str]
    links: list[str]
    base: str
    copies: tuple[str, ...] = ()
    body: str = ""
    text: str = ""


class Printings:
    """The printed pages of the last press, by the path of the page; each further sheet of a list is
    one of its own.
    """

    def __init__(self, work: Path) -> None:
        self.folder = work / "shelf" / "printed"
        self.store = Store[Printing](work / "shelf" / "printed.pickle")
        self.known = self.store.known
        self.used: set[str] = set()  # those that are in the site of this press

    def standing(self, path: str, key: str, root: Path) -> Printing | None:
        """The printing of a page, if it is the one that `key` asks for, and its files are whole."""
        found = self.known.get(path)
        if found is None or found.key != key:
            return None
        folder = str(self.folder)
        try:
            for name, noted in found.files.items():
                if mark(f"{folder}/{name}") != noted:
                    return None
        except OSError:
            return None
        return found if all((root / name).is_file() for name in found.copies) else None

    def link(self, path: str, folder: Path, root: Path, there: Collection[str] = ()) -> None:
        """Put the printing of a page into a site's folder, but for the files that are there
        already.
        """
        for name in self.known[path].files:
            if name not in there:
                link(self.folder / name, folder / name)
        for name in self.known[path].copies:
            copy(root / name, folder / name)
        self.used.add(path)

    def put(self, path: str, folder: Path, made: dict[str, Any], names: Iterable[str]) -> None:
        """Keep what stands in a site's folder for a page; made: the fields of a Printing but
        `files`.
        """
        marks = {}
        for name in names:
            link(folder / name, self.folder / name)
            marks[name] = mark(f"{self.folder}/{name}")
        self.known[path] = Printing(files=marks, **made)
        self.used.add(path)

    def save(self) -> None:
        """Keep the printings that this press used, and let the others go."""
        before = {name for item in self.known.values() for name in item.files}
        self.known = {path: self.known[path] for path in sorted(self.used)}
        self.store.save(self.known)
        for name in before - {name for item in self.known.values() for name in item.files}:
            (self.folder / name).unlink(missing_ok=True)


def sweep(bodies: Bodies, printings: Printings) -> None:
    """Let go of the bodies that no page of the last press is made of."""
    wanted = bodies.used | {item.body for item in printings.known.values()}
    for file in bodies.folder.iterdir() if bodies.folder.is_dir() else ():
        if file.name not in wanted:
            file.unlink()


def mark(file: str) -> list[int]:
    """Size and time of change of a file. Raises: OSError if it is not there."""
    state = os.stat(file)
    return [state.st_size, state.st_mtime_ns]
