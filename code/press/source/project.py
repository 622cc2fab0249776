"""The pages of a project: which there are, in what order, and that no two of them get in each
other's way.
"""

import contextlib
import fnmatch
import hashlib
import os
import re
import stat
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from press.base.errors import PressError, Problem
from press.base.store import Store
from press.source.claims import claim_problems
from press.source.config import Config, glob_problem, read_config
from press.source.crossref import crossref_problems
from press.source.page import Page, read_page
from press.source.unsupported_markdown import refusals

HIDDEN = re.compile(r"/[._]")


@dataclass(frozen=True)
class Project:
    """A checked project: its configuration and its pages, by path."""

    config: Config
    pages: tuple[Page, ...]

    @property
    def root(self) -> Path:
        return self.config.root

    @cached_property
    def published(self) -> tuple[Page, ...]:
        return tuple(page for page in self.pages if not page.draft)

    def entries(self) -> list[Page]:
        """The dated pages that are published, oldest first: the journal itself."""
        dated = [page for page in self.published if page.date]
        return sorted(dated, key=lambda page: (str(page.date), page.path))

    def gathering(self, page: Page) -> bool:
        """Whether a page reads what the other pages recorded, and so has to run after them."""
        return (page.meta.get("press") or {}).get("gathers") is True

    def match(self, patterns: str | Iterable[str]) -> list[Page]:
        """The published pages whose path fits one of the globs, in path order."""
        paths = expand(self.root, patterns)
        return [page for page in self.published if page.path in paths]


def expand(root: Path, globs: str | Iterable[str]) -> set[str]:
    """The paths of the .qmd files that globs name, as Quarto reads them: a bare `*.qmd` means any
    folder, a folder all in it.

    >>> import tempfile
    >>> root = Path(tempfile.mkdtemp()); (root / "journal/labs").mkdir(parents=True)
    >>> for name in ("index.qmd", "journal/a.qmd", "journal/labs/b.qmd"): _ = (root / name).write_text("")
    >>> [len(expand(root, glob)) for glob in ("*.qmd", "journal", "journal/**", "journal/*.qmd", "index.qmd")]
    [3, 2, 2, 1, 1]
    >>> sorted(expand(root, "journal"))
    ['journal/a.qmd', 'journal/labs/b.qmd']
    """
    paths: set[str] = set()
    for item in [globs] if isinstance(globs, str) else globs:
        glob = inside(item)
        if (root / glob).is_dir():
            found = _below(root, glob, "*")
        elif "/" not in glob and "*" in glob:
            found = _below(root, "", glob)
        else:
            files = root.glob(f"{glob}/*" if glob.endswith("**") else glob)
            found = (file.relative_to(root).as_posix() for file in files)
        paths.update(path for path in found if path.endswith(".qmd"))
    return paths


def _below(root: Path, folder: str, glob: str) -> Iterator[str]:
    """The paths of the files in a folder, at any depth, whose name fits; what begins with . or _
    holds no page.
    """
    for above, folders, names in os.walk(root / folder):
        folders[:] = [name for name in folders if not name.startswith((".", "_"))]
        inside = above[len(str(root)) :].lstrip("/")
        yield from (f"{inside}/{name}".lstrip("/") for name in fnmatch.filter(names, glob))


def inside(item: object) -> str:
    """A glob of _quarto.yml or of a listing, relative to the project's root.

    Raises: PressError for one that `glob_problem` finds a fault in.

    >>> inside("/journal/*.qmd")
    'journal/*.qmd'
    """
    if fault := glob_problem(item):
        raise PressError(fault)
    return str(item).removeprefix("/")


def page_paths(config: Config) -> list[str]:
    """The path of every page that is to be rendered, sorted; what begins with . or _ is passed
    over.
    """
    paths = expand(config.root, config.get("project", "render", default=["*.qmd"]))
    return sorted(
        (path for path in paths if not HIDDEN.search(f"/{path}")), key=lambda path: path.split("/")
    )


def read_project(root: Path) -> Project:
    """Read `_quarto.yml` and every page.

    Raises: PressError with all problems of all pages together, so that one look mends them all.
    """
    config = read_config(root)
    pages: list[Page] = []
    found: list[Problem] = []
    store = Store[Page](config.work / "shelf" / "pages.pickle")  # the pages that were in order
    known = store.known
    in_order: dict[str, Page] = {}
    for path in page_paths(config):
        if path in known and known[path].digest == _digest(f"{root}/{path}"):
            in_order[path] = known[path]
            pages.append(known[path])
            continue
        try:
            page = read_page(root / path, root)
            pages.append(page)
            faults = [*crossref_problems(page), *refusals(page)]
            found += faults
            if not faults:
                in_order[path] = page
        except PressError as error:
            found += error.problems
    with contextlib.suppress(OSError):  # a store that cannot be written is no fault of the pages
        store.save(in_order)
    found += [*_clashes(pages), *_unread(config, pages)]
    found += claim_problems(root, [page for page in pages if not page.draft])
    if not pages and not found:
        found.append(
            Problem("journal", 0, "there is no page", "write journal/2025-07-02-a-title.qmd")
        )
    if found:
        raise PressError(found)
    return Project(config, tuple(pages))


def _digest(file: str) -> str:
    """The SHA-256 of a file, "" for what cannot be read; `read_page` says why.

    For a thousand small files, opening them as Python's files takes longer than reading them.
    """
    try:
        handle = os.open(file, os.O_RDONLY | os.O_NONBLOCK)  # a pipe would wait for a writer
    except OSError:
        return ""
    found = hashlib.sha256()
    try:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            return ""
        while piece := os.read(handle, 1 << 20):
            found.update(piece)
    finally:
        os.close(handle)
    return found.hexdigest()


def _unread(config: Config, pages: list[Page]) -> Iterator[Problem]:
    """What a page says that its programs read, although no such file is there."""
    for page in pages:
        for glob in (page.meta.get("press") or {}).get("reads") or []:
            if not any(config.root.glob(inside(glob))):
                what = f"press: reads names {glob!r}, which is no file of the project"
                yield Problem(
                    page.path, 1, what, "mend the path, as it is from the project's folder"
                )


def _clashes(pages: list[Page]) -> Iterator[Problem]:
    """Two pages with one name: one file name on a disk that ignores case or accents' encoding, or
    one title.
    """
    by_name = defaultdict(list)
    by_title = defaultdict(list)
    for page in pages:
        by_name[unicodedata.normalize("NFC", page.href).casefold()].append(page)
        by_title[" ".join(page.title.split()).casefold()].append(page)
    for page in pages:
        if page.href == "404.html" or page.href.startswith(("assets/", "pagefind/")):
            what = (
                "press itself writes"
                f" {page.href if page.href == '404.html' else page.href.split('/')[0] + '/'}"
            )
            yield Problem(page.path, 0, what, "rename the page, or put it in another folder")
    for group in by_name.values():
        for page in group[1:]:
            what = f"two pages have one name: {group[0].path} and this one"
            yield Problem(
                page.path, 0, what, "rename one: some disks and servers cannot tell them apart"
            )
    for group in by_title.values():
        for page in group[1:]:
            what = f"two pages have one title, {page.title!r}: {group[0].path} and this one"
            yield Problem(
                page.path, 1, what, "retitle one, so that lists and search can tell them apart"
            )
