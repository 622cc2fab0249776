"""Read all pages of a project, and check them against each other."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from press.base.errors import PressError, Problem
from press.base.files import read_utf8
from press.source import yaml_schema
from press.source.claims import claim_problems
from press.source.config import TABLE, Config, config_name, read_config
from press.source.crossref import crossref_problems
from press.source.front_matter import merged, noted, option_problems, texts_in, with_formats
from press.source.globs import expand, inside
from press.source.keys import FRONT_MATTER
from press.source.page import Page, read_page
from press.source.unsupported_markdown import refusals

HIDDEN = re.compile(r"/[._]")
ENTRY = re.compile(r"journal/(?:.*/)?\d{4}-[^/]*\.qmd")


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

    def notes(self) -> list[str]:
        """Return a sentence for each key that has no effect, with the files that have it, and for
        each entry of the navigation whose page is gone.
        """
        files = defaultdict(list)
        own = [(config_name(self.root), key) for key in noted(self.config.data, TABLE)]
        for path, key in own + [(page.path, key) for page in self.pages for key in page.noted]:
            files[key].append(path)
        return [
            f"{key} has no effect: {why} ({paths[0]}"
            + (f" and {len(paths) - 1} more)" if paths[1:] else ")")
            for (key, why), paths in files.items()
        ] + [
            f"{config_name(self.root)} names {path}, which is gone: take its line out"
            for path in texts_in(self.config.get("website"))
            if ENTRY.fullmatch(path) and not (self.root / path).is_file()
        ]

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


def read_project(root: Path, wrong: list[Problem] | None = None) -> Project:
    """Read `_quarto.yml` and every page.

    wrong: takes the problems of pages, if it is given; then the pages without one are returned.
    Raises: PressError with the problems of all pages together.
    """
    config = read_config(root)
    pages: list[Page] = []
    problems: list[Problem] = []
    broken: list[str] = []
    for path in page_paths(config):
        try:
            page = read_page(root / path, root, above(root, path, config.options))
            if page.pretrained and not config.pretrained:
                page = page.left_out()
            pages.append(page)
            problems += [*crossref_problems(page), *refusals(page)]
        except PressError as error:
            problems += error.problems
            broken.append(path)
    problems += [*_clashes(pages), *_unread(config, pages)]
    problems += claim_problems(page for page in pages if not page.draft)
    if not pages and not problems:
        remedy = "write journal/2025-07-02-a-title.qmd"
        problems.append(Problem("journal", 0, "there is no page", remedy))
    faulty = {problem.path for problem in problems}
    if problems and (wrong is None or not faulty <= {page.path for page in pages} | {*broken}):
        raise PressError(problems)
    wrong = [] if wrong is None else wrong
    wrong += problems
    return Project(config, tuple(page for page in pages if page.path not in faulty))


def above(root: Path, path: str, options: dict[str, Any]) -> dict[str, Any]:
    """Return what holds on a page that says nothing else: the options of all pages, and what each
    `_metadata.yml` above the page adds.

    Raises: PressError for one that is broken, or has a key that no page may have.
    """
    for folder in reversed(Path(path).parents):
        name = (folder / "_metadata.yml").as_posix()
        if (root / name).is_file():
            more = yaml_schema.load(read_utf8(root / name, name), name)
            checks = (option_problems(more, name), yaml_schema.problems(more, FRONT_MATTER, name))
            if wrong := [problem for check in checks for problem in check]:
                raise PressError(wrong)
            options = merged(with_formats(options), with_formats(more))
    return options


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
