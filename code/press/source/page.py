"""Read a .qmd page: front matter, prose and Python cells, each with its line in the file.

Source of the grammar: Quarto's guide (computations, cell options). Cells of other languages and
cells inside lists are refused with file and line.
"""

import datetime
import errno
import hashlib
import os
import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from press.base.errors import PressError, Problem, control_name
from press.base.files import read_utf8
from press.source import yaml_schema
from press.source.bibliography import sources
from press.source.fences import CELL_INFO, SHOWN, cell_fault, fences
from press.source.front_matter import (
    NAMING,
    front_matter_problems,
    noted,
    read_front_matter,
    settled,
)
from press.source.keys import OF_ALL, OPTIONS, noted_options, option_faults
from press.source.shortcodes import expanded, prose_notes

OPTION = re.compile(r"#\s*\| ?")
TITLE = re.compile(r"\s*#\s+(?P<title>\S.*?)(?:\s*\{[^}]*\})?\s*(?:\n|$)")
LEFT_OUT = (
    "*This page asks a pretrained model, which this site leaves out: its `_quarto.yml` has"
    " `press: {pretrained: false}`.*\n"
)
RELINK = "put a file in its place, or take the link away"
UNREADABLE = {
    errno.ENOENT: ("the page is not there, or a link to what is not", RELINK),
    errno.ELOOP: ("the page is a link that leads back to itself", RELINK),
    errno.EACCES: ("the page may not be read", "make it readable for this user"),
}
NO_OPTIONS: Mapping[str, Any] = {}


@dataclass(frozen=True)
class Prose:
    """Markdown between cells; `line` is its first line in the file, from 1."""

    text: str
    line: int


@dataclass(frozen=True)
class Cell:
    """A Python cell: its code without the `#|` lines, its options, the line of its fence and that
    of its first code.
    """

    source: str
    options: dict[str, Any]
    line: int
    code_line: int

    @property
    def label(self) -> str:
        return str(self.options.get("label", ""))

    @property
    def subcaptions(self) -> list[str]:
        """The captions of a labelled figure's parts."""
        given = self.options.get("fig-subcap") or self.options.get("tbl-subcap")
        given = given if self.label else []
        return list(map(str, given)) if isinstance(given, list) else []

    @property
    def runs(self) -> bool:
        return self.options.get("eval") is not False


@dataclass(frozen=True)
class Page:
    """A page as read: `path` relative to the project's root, with forward slashes; its front
    matter, as `press.source.front_matter.settled` gives it; its blocks.

    digest: the SHA-256 of its file; "" for a page that has none. noted: each key without an effect,
    and why. sources: the files of its bibliography, with their texts.
    """

    path: str
    meta: dict[str, Any]
    blocks: tuple[Prose | Cell, ...]
    digest: str = field(default="", compare=False)
    noted: tuple[tuple[str, str], ...] = field(default=(), compare=False)
    sources: dict[Path, str] = field(default_factory=dict, compare=False)

    @property
    def title(self) -> str:
        return str(self.meta["title"])

    @property
    def date(self) -> datetime.date | None:
        date = self.meta.get("date")
        return date if isinstance(date, datetime.date) else None

    @property
    def draft(self) -> bool:
        return self.meta.get("draft") is True

    @property
    def href(self) -> str:
        """The page's address in the site, relative to the site's root."""
        return self.path.removesuffix(".qmd") + ".html"

    @property
    def settings(self) -> dict[str, Any]:
        """The front matter's values under `press`."""
        return self.meta.get("press") or {}

    @property
    def pretrained(self) -> bool:
        """Whether the page needs the pretrained model."""
        return self.settings.get("pretrained") is True

    def as_published(self) -> "Page":
        """Return a draft as a page with a marked title, and any other page as it is."""
        marked = {"draft": False, "title": f"{self.title} (draft)"} if self.draft else {}
        return replace(self, meta={**self.meta, **marked})

    def left_out(self) -> "Page":
        """Return the page with one sentence in place of its text, for a site without the model."""
        return replace(self, blocks=(Prose(LEFT_OUT, 1),), digest=f"{self.digest} left out")

    @cached_property
    def cells(self) -> tuple[Cell, ...]:
        return tuple(block for block in self.blocks if isinstance(block, Cell))

    @cached_property
    def prose(self) -> tuple[Prose, ...]:
        return tuple(block for block in self.blocks if isinstance(block, Prose))


def read_page(file: Path, root: Path, above: Mapping[str, Any] = NO_OPTIONS) -> Page:
    """Read and parse one page; above: the content of _quarto.yml, as of `settled`.

    Raises: PressError for what is no file, for a name or a text that is not UTF-8, for broken front
    matter, unknown keys or options, an unclosed fence, a cell in another language.
    """
    path = file.relative_to(root).as_posix()
    printable = os.fsencode(path).decode("utf-8", "backslashreplace")
    if printable != path:
        raise PressError.at(printable, 0, "the name of the page is not UTF-8", NAMING)
    try:
        if not stat.S_ISREG(file.stat().st_mode):
            pipe = "no file that can be read twice, as a pipe or a device"
            what = f"the page is {'a folder' if file.is_dir() else pipe}"
            raise PressError.at(path, 0, what, "put a file in its place, or rename it")
        modified = datetime.date.fromtimestamp(file.stat().st_mtime)
        page = parse_page(read_utf8(file, path), path, above, modified)
        texts = sources(path, page.meta, root)
        digest = hashlib.sha256("".join([page.digest, *texts.values()]).encode()).hexdigest()
        return replace(page, sources=texts, digest=digest) if texts else page
    except OSError as error:
        if error.errno not in UNREADABLE:
            raise
        raise PressError.at(path, 0, *UNREADABLE[error.errno]) from None


def parse_page(
    text: str,
    path: str,
    above: Mapping[str, Any] = NO_OPTIONS,
    modified: datetime.date | None = None,
) -> Page:
    """Return the page of a text: its front matter and its blocks; above, modified: as of `settled`.

    Raises: PressError as `read_page` does, for what a text can have of that.

    >>> page = parse_page('''---
    ... title: A day
    ... ---
    ... Words.
    ...
    ... ```{python}
    ... #| label: sum
    ... 1 + 1
    ... ```
    ... ''', "a.qmd")
    >>> page.title, [type(block).__name__ for block in page.blocks]
    ('A day', ['Prose', 'Cell'])
    >>> page.cells[0].source, page.cells[0].line, page.cells[0].code_line, page.cells[0].label
    ('1 + 1', 6, 8, 'sum')
    """
    digest = hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()
    text = text.removeprefix("\ufeff").replace("\r\n", "\n")
    if control := yaml_schema.CONTROL.search(text):
        line = text[: control.start()].count("\n") + 1
        name = "a NUL byte" if control[0] == "\0" else control_name(control[0])
        what = f"the page holds {name}"
        raise PressError.at(path, line, what, "take it out; HTML has no place for it")
    lines = text.split("\n")
    meta, start = read_front_matter(lines, path)
    heading = TITLE.match("\n".join(lines[start:])) if "title" not in meta else None
    if heading:  # it is the title of a page that has no other
        meta["title"] = heading["title"]
        start += heading[0].rstrip("\n").count("\n") + 1
    options = settled(meta, above, modified)
    common = {key: options[key] for key in OF_ALL if key in options}
    blocks: list[Prose | Cell] = []
    problems: list[Problem] = []
    shown: list[tuple[str, str]] = []
    prose_from = start
    for number, end, fence in fences(lines, start, path):
        info = CELL_INFO.match(fence["info"].strip())
        if info and info["language"] in SHOWN:
            lines[number] = f"{fence['indent']}{fence['fence']}{info['language']}"
            shown.append((f"a cell in {info[0]}", "it is shown as in Quarto, and does not run"))
        elif info and (fault := cell_fault(info, fence)):
            problems.append(Problem(path, number + 1, *fault))
        elif info:
            blocks += _prose(lines, prose_from, number)
            blocks.append(_cell(lines, number, end, path, problems, common))
            prose_from = end + 1
    blocks += _prose(lines, prose_from, len(lines))
    problems += front_matter_problems(path, meta)
    if problems:
        raise PressError(problems)
    notes = [*noted(meta), *shown]
    for index, block in enumerate(blocks):
        if isinstance(block, Cell):
            notes += noted_options(block.options)
            continue
        notes += prose_notes(block.text)
        blocks[index] = replace(block, text=expanded(block.text, options))
    digest += "".join(f" {options[key]}" for key in ("date", "date-modified") if key in options)
    return Page(path, options, tuple(blocks), digest, tuple(dict.fromkeys(notes)))


def _cell(
    lines: list[str], number: int, end: int, path: str, problems: list[Problem],
    common: dict[str, Any],
) -> Cell:  # fmt: skip
    """Read the cell between two fences; what is wrong with its options is added to `problems`.

    common: the options of all cells.
    """
    code, indent = number + 1, len(lines[number]) - len(lines[number].lstrip())
    for index in range(number, end) if indent else ():  # in a list, which the cell interrupts
        lines[index] = re.sub(rf"^\s{{1,{indent}}}", "", lines[index])
    while code < end and OPTION.match(lines[code]):
        code += 1
    text = "\n".join(OPTION.sub("", line, count=1) for line in lines[number + 1 : code])
    options = yaml_schema.load(text, path, number + 2)
    problems += yaml_schema.problems(options, OPTIONS, path)
    for key, what, remedy in option_faults(options):
        problems.append(Problem(path, options.line(key), what, remedy))
    if options.get("echo") == "fenced":  # then its options are part of what is shown
        code = number + 1
    source = "\n".join(lines[code:end]).strip("\n")
    while code < end and not lines[code].strip():
        code += 1
    common = {key: value for key, value in common.items() if key not in options}
    return Cell(source, {**options, **common}, number + 1, code + 1)


def _prose(lines: list[str], start: int, end: int) -> list[Prose]:
    text = "\n".join(lines[start:end])
    return [Prose(text, start + 1)] if text.strip() else []
