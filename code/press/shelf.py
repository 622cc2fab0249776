"""Keep between two presses what was read and what was printed, so that a long journal costs what changed in it.

Pages: a page whose bytes are the same was parsed and found in order before. Printings: a page whose run, source,
neighbours and theme are the same is the same file; it is linked from .press/shelf into the new site, with the anchors
and links that were read from it. Bodies: Pandoc gives the same HTML for the same Markdown.

Nothing is taken from the shelf that is not known to be whole: each printed file must have the size and the time of
change that were noted, all else its hash. Much is kept by pickle, which is read in a third of the time of JSON; whoever
can write to .press can write to the pages, which are programs.
"""

import contextlib
import hashlib
import os
import pickle
import shutil
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

from press.files import copy, write_atomically, write_bytes_atomically
from press.page import Page


@cache
def own_source() -> str:
    """A hash of press itself (code, theme, filter) and of the packages that print."""
    here = Path(__file__).parent
    files = sorted(file for file in here.rglob("*") if file.is_file() and file.suffix != ".pyc")
    said = [metadata.version(name) for name in ("pypandoc_binary", "jinja2", "nbformat", "pyyaml")]
    found = hashlib.sha256("\n".join(said).encode())
    for file in files:
        found.update(file.relative_to(here).as_posix().encode() + b"\0" + file.read_bytes())
    return found.hexdigest()


def kept_in(file: Path) -> dict[str, Any]:
    """What the same press kept in a file, by path; nothing if it is damaged, or another press's."""
    try:
        made_by, digest, kept = file.read_bytes().split(b"\n", 2)
        whole = made_by == own_source().encode() and digest == hashlib.sha256(kept).hexdigest().encode()
        return dict(pickle.loads(kept)) if whole else {}
    except (OSError, ValueError):
        return {}


def keep_in(file: Path, what: dict[str, Any]) -> None:
    """Keep something for the next press, for `kept_in`."""
    kept = pickle.dumps(what, protocol=5)
    digest = hashlib.sha256(kept).hexdigest()
    write_bytes_atomically(file, b"\n".join([own_source().encode(), digest.encode(), kept]))


# -- Pages as read -------------------------------------------------------------------------------------------------


def load_pages(work: Path) -> dict[str, Page]:
    """The pages that were in order at the last press, by path."""
    return kept_in(work / "shelf" / "pages.pickle")


def save_pages(work: Path, pages: dict[str, Page]) -> None:
    """Keep the pages that are in order; a shelf that cannot be written is no fault of the pages."""
    with contextlib.suppress(OSError):
        keep_in(work / "shelf" / "pages.pickle", pages)


# -- Bodies by Pandoc ----------------------------------------------------------------------------------------------


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


# -- Printed pages -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Printing:
    """A printed page: by what it is known, its files with size and time of change, what it copied, its links.

    files: path in the site -> [bytes, nanoseconds]; ids, links, base: as press.links reads them from the page;
    copies: files of the project that it shows; body: Pandoc's key; text: the hash of what is searched in it.
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
    """The printed pages of the last press, by the path of the page; each further sheet of a list is one of its own."""

    def __init__(self, work: Path) -> None:
        self.folder = work / "shelf" / "printed"
        self.index = work / "shelf" / "printed.pickle"
        self.known: dict[str, Printing] = kept_in(self.index)
        self.used: set[str] = set()  # those that are in the site of this press

    def standing(self, path: str, key: str, root: Path) -> Printing | None:
        """The printing of a page, if it is the one that `key` asks for, and its files are whole."""
        found = self.known.get(path)
        if found is None or found.key != key:
            return None
        try:
            folder = str(self.folder)
            whole = all(mark(f"{folder}/{name}") == noted for name, noted in found.files.items())
        except OSError:
            return None
        return found if whole and all((root / name).is_file() for name in found.copies) else None

    def link(self, path: str, folder: Path, root: Path, there: Collection[str] = ()) -> None:
        """Put the printing of a page into a site's folder, but for the files that are there already."""
        for name in self.known[path].files:
            if name not in there:
                link(self.folder / name, folder / name)
        for name in self.known[path].copies:
            copy(root / name, folder / name)
        self.used.add(path)

    def put(self, path: str, folder: Path, made: dict[str, Any], names: Iterable[str]) -> None:
        """Keep what stands in a site's folder for a page; made: the fields of a Printing but `files`."""
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
        keep_in(self.index, self.known)
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


# -- Files under two names -----------------------------------------------------------------------------------------


def link(source: Path, target: Path) -> None:
    """The same file under a second name, or a copy where the disk cannot do that."""
    try:
        os.link(source, target)
    except FileNotFoundError:
        target.parent.mkdir(parents=True, exist_ok=True)
        link(source, target)
    except FileExistsError:
        target.unlink()
        link(source, target)
    except OSError:
        shutil.copy2(source, target)


def inodes(folder: Path, prefix: str = "", folders: list[str] | None = None) -> dict[str, int]:
    """The number by which the disk knows each file below a folder, by its path in there; equal numbers, same file.

    prefix: what is put before each path; folders: a list that is given the paths of the folders.
    """
    found: dict[str, int] = {}
    left = [""]
    while left:
        above = left.pop()
        with contextlib.suppress(FileNotFoundError), os.scandir(f"{folder}/{above}") as items:
            for item in items:
                if item.is_dir(follow_symlinks=False):
                    left.append(f"{above}{item.name}/")
                    if folders is not None:
                        folders.append(f"{above}{item.name}")
                else:
                    found[f"{prefix}{above}{item.name}"] = item.inode()
    return found


def clear(folder: Path, wanted: Mapping[str, int]) -> set[str]:
    """Remove every file from a folder but those that are wanted, by path, and have the number that `inodes` gives.

    Returns: the paths of those that stay; whatever else is wanted has to be put there.
    """
    folders: list[str] = []
    there = inodes(folder, folders=folders)
    stay = {name for name, number in wanted.items() if there.get(name) == number}
    for name in there.keys() - stay:
        os.unlink(f"{folder}/{name}")
    needed = {name.rpartition("/")[0] for name in stay}
    for above in sorted(set(folders) - needed, reverse=True):
        with contextlib.suppress(OSError):  # it is not empty
            os.rmdir(f"{folder}/{above}")
    return stay


def mirror(originals: Path, folder: Path) -> None:
    """Make a folder hold every file of another, under a second name, and nothing else."""
    names = inodes(originals)
    for name in names.keys() - clear(folder, names):
        link(originals / name, folder / name)
