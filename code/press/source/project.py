"""Read all pages of a project, and check them against each other."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from press.base.errors import PressError, Problem
from press.source.claims import claim_problems
from press.source.config import Config, read_config
from press.source.crossref import crossref_problems
from press.source.globs import expand, inside
from press.source.page import Page, read_page
from press.source.unsupported_markdown import refusals

HIDDEN = re.compile(r"/[._]")


@dataclass(frozen=True)
class Project:
    """A checked project: its configuration, and its pages in the order of their paths."""

    config: Config
    pages: tuple[Page, ...]

    @property
    def root(self) -> Path:
        return self.config.root

    @cached_property
    def published(self) -> tuple[Page, ...]:
        return tuple(page for page in self.pages if not page.draft)

    def entries(self) -> list[Page]:
        """Return the dated pages that are published, oldest first: the journal itself."""
        dated = [page for page in self.published if page.date]
        return sorted(dated, key=lambda page: (str(page.date), page.path))

    def gathering(self, page: Page) -> bool:
        """Return whether a page reads the verdicts of the others, and so runs after them."""
        return page.settings.get("gathers") is True

    def match(self, patterns: object) -> list[Page]:
        """Return the published pages whose path fits one of the globs, in path order."""
        paths = expand(self.root, patterns)
        return [page for page in self.published if page.path in paths]


def page_paths(config: Config) -> list[str]:
    """Return the paths of the pages to render, sorted by folder; what begins with . or _ is passed
    over.
    """
    paths = expand(config.root, config.get("project", "render", default=["*.qmd"]))
    rendered = [path for path in paths if not HIDDEN.search(f"/{path}")]
    return sorted(rendered, key=lambda path: path.split("/"))


def read_project(root: Path) -> Project:
    """Read `_quarto.yml` and every page.

    Raises: PressError with the problems of all pages together.
    """
    config = read_config(root)
    pages: list[Page] = []
    problems: list[Problem] = []
    for path in page_paths(config):
        try:
            page = read_page(root / path, root)
            if page.pretrained and not config.pretrained:
                page = page.left_out()
            pages.append(page)
            problems += [*crossref_problems(page), *refusals(page)]
        except PressError as error:
            problems += error.problems
    problems += [*_clashes(pages), *_unread(config, pages)]
    problems += claim_problems(root, [page for page in pages if not page.draft])
    if not pages and not problems:
        remedy = "write journal/2025-07-02-a-title.qmd"
        problems.append(Problem("journal", 0, "there is no page", remedy))
    if problems:
        raise PressError(problems)
    return Project(config, tuple(pages))


def _unread(config: Config, pages: list[Page]) -> Iterator[Problem]:
    """Yield a problem for each glob of `press: reads` that names no file."""
    for page in pages:
        for glob in page.settings.get("reads") or []:
            if not any(config.root.glob(inside(glob))):
                what = f"press: reads names {glob!r}, which is no file of the project"
                remedy = "mend the path, as it is from the project's folder"
                yield Problem(page.path, 1, what, remedy)


def _clashes(pages: list[Page]) -> Iterator[Problem]:
    """Yield a problem for each page with the title of another, with its file name on a disk that
    ignores case or the encoding of accents, or with a path that press itself writes.
    """
    by_name, by_title = defaultdict(list), defaultdict(list)
    for page in pages:
        by_name[unicodedata.normalize("NFC", page.href).casefold()].append(page)
        by_title[" ".join(page.title.split()).casefold()].append(page)
        if page.href == "404.html" or page.href.startswith(("assets/", "pagefind/")):
            folder, slash, _ = page.href.partition("/")
            what = f"press itself writes {folder}{slash}"
            yield Problem(page.path, 0, what, "rename the page, or put it in another folder")
    for first, *others in by_name.values():
        for page in others:
            what = f"two pages have one name: {first.path} and this one"
            remedy = "rename one: some disks and servers cannot tell them apart"
            yield Problem(page.path, 0, what, remedy)
    for first, *others in by_title.values():
        for page in others:
            what = f"two pages have one title, {page.title!r}: {first.path} and this one"
            remedy = "retitle one, so that lists and search can tell them apart"
            yield Problem(page.path, 1, what, remedy)
