"""Read all pages of a project, with their folders' _metadata.yml, and check them together."""

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
from press.source.claim_calls import claim_problems
from press.source.front_matter import merged, noted, option_problems, texts_in, with_formats
from press.source.globs import expand, inside
from press.source.keys import FRONT_MATTER, PROJECT
from press.source.markdown_checks import crossref_problems, refusals
from press.source.page import Page, read_page
from press.source.quarto_yml import Config, config_name, read_config

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
        """Return a sentence for each key without effect, and each entry that is gone."""
        name, files = config_name(self.root), defaultdict(list)
        own = [(name, note) for note in noted(self.config.data, PROJECT)]
        folders = {folder for page in self.pages for folder in Path(page.path).parents}
        for path in sorted((folder / "_metadata.yml").as_posix() for folder in folders):
            if (self.root / path).is_file():
                data = yaml_schema.load(read_utf8(self.root / path, path), path)
                own += [(path, note) for note in noted(data)]
        for path, note in own + [(page.path, note) for page in self.pages for note in page.noted]:
            files[note].append(path)
        notes = []
        for (key, why), (first, *others) in files.items():
            more = f" and {len(others)} more" if others else ""
            notes.append(f"{key} has no effect: {why} ({first}{more})")
        for entry in filter(ENTRY.fullmatch, texts_in(self.config.get("website"))):
            if not (self.root / entry).is_file():
                notes.append(f"{name} names {entry}, which is gone: take its line out")
        return notes

    def match(self, patterns: object) -> list[Page]:
        """Return the published pages whose path fits one of the globs, in path order."""
        paths = expand(self.root, patterns)
        return [page for page in self.published if page.path in paths]


def page_paths(config: Config) -> list[str]:
    """Return the pages to render, sorted by folder; what begins with . or _ is passed over."""
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
    paths = page_paths(config)
    for path in paths:
        try:
            page = read_page(root / path, root, above(root, path, config.options))
        except PressError as error:
            problems += error.problems
            continue
        pages.append(page.left_out() if page.pretrained and not config.pretrained else page)
        problems += [*crossref_problems(pages[-1]), *refusals(pages[-1])]
    problems += [*_clashes(pages), *_unread(config, pages)]
    problems += claim_problems(page for page in pages if not page.draft)
    if not pages and not problems:
        remedy = "write journal/2025-07-02-a-title.qmd"
        problems.append(Problem("journal", 0, "there is no page", remedy))
    faulty = {problem.path for problem in problems}
    if problems and (wrong is None or not faulty <= {*paths}):
        raise PressError(problems)
    if wrong is not None:
        wrong += problems
    return Project(config, tuple(page for page in pages if page.path not in faulty))


def above(root: Path, path: str, options: dict[str, Any]) -> dict[str, Any]:
    """Return what holds on a page that says nothing else: the options of all pages, and what each
    `_metadata.yml` above the page adds.
    """
    for folder in reversed(Path(path).parents):
        name = (folder / "_metadata.yml").as_posix()
        if (root / name).is_file():
            more = yaml_schema.load(read_utf8(root / name, name), name)
            wrong = list(option_problems(more, name))
            if wrong := wrong + list(yaml_schema.problems(more, FRONT_MATTER, name)):
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
    names: dict[str, str] = {}
    titles: dict[str, str] = {}
    for page in pages:
        if page.href == "404.html" or page.href.startswith(("assets/", "pagefind/")):
            folder, slash, _ = page.href.partition("/")
            what = f"press itself writes {folder}{slash}"
            yield Problem(page.path, 0, what, "rename the page, or put it in another folder")
        name = unicodedata.normalize("NFC", page.href).casefold()
        if (first := names.setdefault(name, page.path)) != page.path:
            what = f"two pages have one name: {first} and this one"
            remedy = "rename one: some disks and servers cannot tell them apart"
            yield Problem(page.path, 0, what, remedy)
        title = " ".join(page.title.split()).casefold()
        if (first := titles.setdefault(title, page.path)) != page.path:
            what = f"two pages have one title, {page.title!r}: {first} and this one"
            remedy = "retitle one, so that lists and search can tell them apart"
            yield Problem(page.path, 1, what, remedy)
