"""Read a .qmd page: prose, and Python cells with their options (#|), each with its line.

Source of the grammar: Quarto's guide (computations, cell options). Cells of other languages and
cells inside lists are refused with file and line.
"""

import datetime
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from press.base.errors import PressError, Problem, control_name
from press.base.files import read_utf8, sha256
from press.source import front_matter, keys, yaml_schema
from press.source.bibliography import sources
from press.source.front_matter import NAMING, about
from press.source.prose import (
    CELL_INFO,
    SHOWN,
    cell_fault,
    expanded,
    fences,
    prose_lines,
    prose_notes,
)

OPTION = re.compile(r"#\s*\| ?")
TITLE = re.compile(r"\s*#\s+(?P<title>\S.*?)(?:\s*\{[^}]*\})?\s*(?:\n|$)")
LEFT_OUT = (
    "*This page asks a pretrained model, which this site leaves out: its `_quarto.yml` has"
    " `press: {pretrained: false}`.*\n"
)
NO_OPTIONS: Mapping[str, Any] = {}


@dataclass(frozen=True)
class Prose:
    """Markdown between cells; `line` is its first line in the file, from 1."""

    text: str
    line: int

    @property
    def lines(self) -> list[tuple[int, str]]:
        """The lines outside fences with their numbers, as of `prose_lines`."""
        return prose_lines(self.text, self.line)


@dataclass(frozen=True)
class Cell:
    """A Python cell: code without its `#|` lines, options, lines of its fence and first code."""

    source: str
    options: dict[str, Any]
    line: int
    code_line: int

    @property
    def label(self) -> str:
        return re.sub(r"[^\w-]+", "-", str(self.options.get("label", ""))).strip("-")

    @property
    def subcaptions(self) -> list[str]:
        """The captions of a labelled figure's parts."""
        given = self.options.get("fig-subcap") or self.options.get("tbl-subcap")
        return list(map(str, given)) if isinstance(given, list) and self.label else []

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
    def description(self) -> str:
        return " ".join(str(self.meta.get("description", "")).split())

    @property
    def categories(self) -> list[str]:
        return self.meta.get("categories") or []

    @property
    def listing(self) -> dict[str, Any]:
        """The front matter's values under `listing`; {} for a page that lists no others."""
        return self.meta.get("listing") or {}

    @property
    def gathers(self) -> bool:
        """Whether the page reads the verdicts of the others, and so runs after them."""
        return self.settings.get("gathers") is True

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

    @property
    def lines(self) -> list[tuple[int, str]]:
        """The lines of all prose, as of `prose_lines`."""
        return [line for block in self.prose for line in block.lines]


def read_page(file: Path, root: Path, above: Mapping[str, Any] = NO_OPTIONS) -> Page:
    """Read and parse one page; above: the content of _quarto.yml, as of `settled`.

    Raises: PressError for what is no file, for a name or a text that is not UTF-8, for broken front
    matter, unknown keys or options, an unclosed fence, a cell in another language.
    """
    path = file.relative_to(root).as_posix()
    printable = os.fsencode(path).decode("utf-8", "backslashreplace")
    if printable != path:
        raise PressError.at(printable, 0, "the name of the page is not UTF-8", NAMING)
    if not file.is_file():
        what = "the page is no file, or a link that leads to none"
        raise PressError.at(path, 0, what, "put a file in its place, or rename it")
    modified = datetime.date.fromtimestamp(file.stat().st_mtime)
    page = parse_page(read_utf8(file, path), path, above, modified)
    texts = sources(path, page.meta, root)
    digest = sha256("".join([page.digest, *texts.values()]))
    return replace(page, sources=texts, digest=digest) if texts else page


def parse_page(
    text: str,
    path: str,
    above: Mapping[str, Any] = NO_OPTIONS,
    modified: datetime.date | None = None,
) -> Page:
    """Return the page of a text: its front matter and its blocks; above, modified: as of `settled`.

    Raises: PressError as `read_page` does, for what a text can have of that.

    >>> text = "---\\ntitle: A day\\n---\\nWords.\\n\\n```{python}\\n#| label: sum\\n1 + 1\\n```\\n"
    >>> page = parse_page(text, "a.qmd")
    >>> page.title, page.cells[0].source, page.cells[0].line, page.cells[0].code_line
    ('A day', '1 + 1', 6, 8)
    """
    digest = sha256(text)
    lines = _clean(text, path).split("\n")
    meta, start = front_matter.read_front_matter(lines, path)
    if "pagetitle" in meta:
        meta.setdefault("title", meta["pagetitle"])
    heading = TITLE.match("\n".join(lines[start:])) if "title" not in meta else None
    if heading:  # it is the title of a page that has no other
        meta["title"] = heading["title"]
        start += heading[0].rstrip("\n").count("\n") + 1
    options = front_matter.settled(meta, above, modified)
    common = {key: options[key] for key in keys.OF_ALL if key in options}
    blocks: list[Prose | Cell] = []
    problems = list(front_matter.front_matter_problems(path, meta))
    notes = list(front_matter.noted(meta))
    for number, end, fence in fences(lines, start, path):
        info = CELL_INFO.match(fence["info"].strip())
        if info and info["language"] in SHOWN:
            lines[number] = f"{fence['indent']}{fence['fence']}{info['language']}"
            notes.append((f"a cell in {info[0]}", "it is shown as in Quarto, and does not run"))
        elif info and (fault := cell_fault(info, fence)):
            problems.append(Problem(path, number + 1, *fault))
        elif info:
            blocks += _prose(lines, start, number)
            blocks.append(_cell(lines, number, end, path, problems, common))
            start = end + 1
    blocks += _prose(lines, start, len(lines))
    above_it, below_it = about(meta)
    blocks = [*_prose([above_it], 0, 1), *blocks, *_prose([below_it], 0, 1)]
    if problems:
        raise PressError(problems)
    for index, block in enumerate(blocks):
        if isinstance(block, Cell):
            for key in block.options:
                if key in keys.CELL_NOTED or key not in keys.OPTIONS:
                    notes.append((f"#| {key}", keys.CELL_NOTED.get(key, keys.NO_MEANING)))
        else:
            notes += prose_notes(block.text)
            blocks[index] = replace(block, text=expanded(block.text, options))
    digest += "".join(f" {options[key]}" for key in keys.DATES if key in options)
    return Page(path, options, tuple(blocks), digest, tuple(dict.fromkeys(notes)))


def _clean(text: str, path: str) -> str:
    """Return a text with plain line ends, and raise PressError for a control character in it."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n")
    if control := yaml_schema.CONTROL.search(text):
        line = text[: control.start()].count("\n") + 1
        name = "a NUL byte" if control[0] == "\0" else control_name(control[0])
        what = f"the page holds {name}"
        raise PressError.at(path, line, what, "take it out; HTML has no place for it")
    return text


def _cell(
    lines: list[str], number: int, end: int, path: str, problems: list[Problem],
    common: dict[str, Any],
) -> Cell:  # fmt: skip
    """Read the cell between two fences, and add to `problems`; common: the options of all cells."""
    code, indent = number + 1, len(lines[number]) - len(lines[number].lstrip())
    for index in range(number, end) if indent else ():  # in a list, which the cell interrupts
        lines[index] = re.sub(rf"^\s{{1,{indent}}}", "", lines[index])
    while code < end and OPTION.match(lines[code]):
        code += 1
    text = "\n".join(OPTION.sub("", line, count=1) for line in lines[number + 1 : code])
    options = yaml_schema.load(text, path, number + 2)
    problems += yaml_schema.problems(options, keys.OPTIONS, path)
    for key, what, remedy in keys.option_faults(options):
        problems.append(Problem(path, options.line(key), what, remedy))
    if options.get("echo") == "fenced":  # then its options are part of what is shown
        code = number + 1
    source = "\n".join(lines[code:end]).strip("\n")
    while code < end and not lines[code].strip():
        code += 1
    # The cell's own options first: a label's place among them is its line.
    return Cell(source, options | common | options, number + 1, code + 1)


def _prose(lines: list[str], start: int, end: int) -> list[Prose]:
    text = "\n".join(lines[start:end])
    return [Prose(text, start + 1)] if text.strip() else []
