"""Read a .qmd page: front matter, prose and Python cells, each with its line in the file.

Source of the grammar: Quarto's guide (computations, cell options). Left out: cells of other
languages and cells inside lists, which are refused with file and line.
"""

import datetime
import errno
import hashlib
import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from press.base.errors import PressError, Problem
from press.base.files import read_utf8
from press.source import yaml_schema
from press.source.config import glob_problem, too_long

FLAG = frozenset({True, False})
FRONT_MATTER: yaml_schema.Table = {
    "title": str,
    "subtitle": str,
    "author": str,
    "date": datetime.date,
    "description": str,
    "categories": list,
    "takeaways": list,
    "draft": FLAG,
    "toc": FLAG,
    "image": str,
    "image-alt": str,
    "listing": {
        "id": str,
        "contents": (str, list),
        "type": frozenset({"default"}),
        "sort": frozenset({"date desc"}),
        "feed": FLAG,
        "categories": FLAG,
        "fields": list,
        "sort-ui": frozenset({False}),
        "filter-ui": frozenset({False}),
        "date-format": str,
    },
    "press": {"timeout": int, "gathers": FLAG, "typed": list, "reads": list},
}
OPTIONS: yaml_schema.Table = {
    "label": str,
    "echo": FLAG,
    "eval": FLAG,
    "include": FLAG,
    "output": frozenset({True, False, "asis"}),
    "error": FLAG,
    "warning": FLAG,
    "fig-cap": str,
    "tbl-cap": str,
    "code-fold": frozenset({True, False, "show"}),
    "code-summary": str,
}
UNREADABLE = {
    errno.ENOENT: (
        "the page is not there, or a link to what is not",
        "put a file in its place, or take the link away",
    ),
    errno.ELOOP: (
        "the page is a link that leads back to itself",
        "put a file in its place, or take the link away",
    ),
    errno.EACCES: ("the page may not be read", "make it readable for this user"),
}
CONTROL = yaml_schema.CONTROL  # what no page may hold
FENCE = re.compile(r"^(?P<indent>\s*)(?P<fence>`{3,}|~{3,})(?P<info>[^`]*)$")
LISTED = re.compile(r"^\s*(?:[-*+]|\w+[.)])\s+(?:`{3,}|~{3,})[^`]*$")
CELL_INFO = re.compile(r"^\{(?P<language>\w+)(?P<rest>[ ,].*)?\}$")
LABEL = re.compile(r"^[A-Za-z][\w-]*$")


@dataclass(frozen=True)
class Prose:
    """Markdown between cells; `line` is its first line in the file, from 1."""

    text: str
    line: int


@dataclass(frozen=True)
class Cell:
    """A Python cell: its code without the `#|` lines, its options, the lines of its fence and of
    its first code.
    """

    source: str
    options: dict[str, Any]
    line: int
    code_line: int

    @property
    def label(self) -> str:
        return str(self.options.get("label", ""))


@dataclass(frozen=True)
class Page:
    """A page as read: `path` relative to the project's root with forward slashes, its front matter,
    its blocks.

    digest: the SHA-256 of its file; "" for a page that has none.
    """

    path: str
    meta: dict[str, Any]
    blocks: tuple[Prose | Cell, ...]
    digest: str = field(default="", compare=False)

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
        """Where the page stands in the site, relative to the site's root."""
        return self.path.removesuffix(".qmd") + ".html"

    @cached_property
    def cells(self) -> tuple[Cell, ...]:
        return tuple(block for block in self.blocks if isinstance(block, Cell))


def read_page(file: Path, root: Path) -> Page:
    """Read and parse one page.

    Raises: PressError for what is no file, or bears a name that is not UTF-8; with file and line
    for text that is not UTF-8, broken front matter, unknown keys or options, an unclosed fence, a
    cell in another language.
    """
    path = file.relative_to(root).as_posix()
    shown = os.fsencode(path).decode("utf-8", "backslashreplace")
    if shown != path:
        remedy = "rename it: letters, digits, hyphens, as in 2025-07-02-a-title.qmd"
        raise PressError(Problem(shown, 0, "the name of the page is not UTF-8", remedy))
    try:
        if not stat.S_ISREG(file.stat().st_mode):
            what = (
                "a folder"
                if file.is_dir()
                else "no file that can be read twice, as a pipe or a device"
            )
            raise PressError(
                Problem(path, 0, f"the page is {what}", "put a file in its place, or rename it")
            )
        return parse_page(read_utf8(file, path), path)
    except OSError as error:
        fault = UNREADABLE.get(error.errno or 0)
        if fault is None:
            raise
        raise PressError(Problem(path, 0, *fault)) from None


def parse_page(text: str, path: str) -> Page:
    """Split the text of a page into front matter and blocks.

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
    lines = text.split("\n")
    control = CONTROL.search(text)
    if control:
        line = text[: control.start()].count("\n") + 1
        name = (
            "a NUL byte"
            if control[0] == "\x00"
            else f"the control character U+{ord(control[0]):04X}"
        )
        raise PressError(
            Problem(path, line, f"the page holds {name}", "take it out; HTML has no place for it")
        )
    meta, start = _front_matter(lines, path)
    blocks: list[Prose | Cell] = []
    found: list[Problem] = []
    prose_from = number = start
    while number < len(lines):
        match = FENCE.match(lines[number])
        if LISTED.match(lines[number]):
            remedy = "begin the fence on a line of its own; a cell, in the first column"
            raise PressError(Problem(path, number + 1, "a fence behind the mark of a list", remedy))
        if not match:
            number += 1
            continue
        end = _closing(lines, number, match, path)
        info = CELL_INFO.match(match["info"].strip())
        if info:
            fault = _cell_fault(info, match, path, number + 1)
            found += fault
            if not fault:
                blocks += _prose(lines, prose_from, number)
                cell, faults = _cell(lines, number, end, path)
                blocks.append(cell)
                found += faults
                prose_from = end + 1
        number = end + 1
    blocks += _prose(lines, prose_from, len(lines))
    page = Page(path, meta, tuple(blocks), digest)
    found += _meta_problems(page, "\n".join(lines[1 : max(start - 1, 1)]))
    if found:
        raise PressError(found)
    return page


def _front_matter(lines: list[str], path: str) -> tuple[dict[str, Any], int]:
    if not lines or lines[0].rstrip() != "---":
        raise PressError(
            Problem(
                path,
                1,
                "the page has no front matter",
                "begin it with --- and a title, close with ---",
            )
        )
    for end, line in enumerate(lines[1:], 1):
        if line.rstrip() in ("---", "..."):
            return yaml_schema.load("\n".join(lines[1:end]), path, first_line=2), end + 1
    raise PressError(
        Problem(path, 1, "the front matter is not closed", "end it with a line of ---")
    )


def _meta_problems(page: Page, yaml_text: str) -> list[Problem]:
    found = list(yaml_schema.problems(page.meta, FRONT_MATTER, yaml_text, page.path, 2))
    if not str(page.meta.get("title", "")).strip():
        found.append(
            Problem(page.path, 1, "the page has no title", "write title: ... in the front matter")
        )

    def line(*keys: object, value: object = None) -> int:
        return yaml_schema.line_of(yaml_text, *keys, value=value, first_line=2)

    for key in ("categories", "takeaways"):
        items = page.meta.get(key)
        for number, item in enumerate(items if isinstance(items, list) else []):
            by_verdict = (
                key == "takeaways"
                and isinstance(item, dict)
                and item
                and all(map(_is_text, item.values()))
            )
            if not (_is_text(item) or by_verdict):
                what = f"{key} holds {item!r}"
                found.append(
                    Problem(page.path, line(key, number), what, "each item must be text: quote it")
                )
    for key, value in page.meta.items():
        if "`{python}" in "".join(_texts(value)):
            found.append(
                Problem(
                    page.path,
                    line(key),
                    f"{key} holds an inline expression",
                    "only prose is computed",
                )
            )
    for above, key in (("listing", "contents"), ("press", "reads")):
        holds = page.meta.get(above)
        globs = holds.get(key, []) if isinstance(holds, dict) else []
        for glob in globs if isinstance(globs, list) else [globs]:
            if fault := glob_problem(glob, page.path):
                found.append(replace(fault, line=line(above, key, value=glob)))
    image = page.meta.get("image")
    if isinstance(image, str) and not re.match("https?://", image) and too_long(image):
        found.append(
            Problem(
                page.path,
                line("image"),
                f"the image {image[:40] + '...'!r} is no file",
                "mend the path",
            )
        )
    press = page.meta.get("press")
    if isinstance(press, dict) and isinstance(press.get("timeout"), int) and press["timeout"] < 1:
        what = f"timeout is {press['timeout']}"
        found.append(Problem(page.path, line("press", "timeout"), what, "give seconds, 1 or more"))
    if re.search(r"[#?%&<>\"'\\\s]", page.path):
        remedy = "rename it: letters, digits, hyphens, as in 2025-07-02-a-title.qmd"
        found.append(Problem(page.path, 0, "the name of the page cannot stand in a link", remedy))
    stem = page.path.rsplit("/", 1)[-1]
    if re.match(r"\d{4}-", stem):
        if "date" not in page.meta:
            found.append(
                Problem(
                    page.path,
                    1,
                    "a dated page has no date",
                    f"write date: {stem[:10]} in the front matter",
                )
            )
        elif page.date and page.date.isoformat() != stem[:10]:
            what = f"the date {page.date} is not the file name's {stem[:10]}"
            found.append(Problem(page.path, line("date"), what, "rename the file or mend the date"))
    return found


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _texts(value: Any) -> Iterator[str]:
    """Every text inside a value of YAML."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, (list, dict)):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _texts(item)


def _closing(lines: list[str], number: int, opening: re.Match[str], path: str) -> int:
    fence = opening["fence"]
    for end in range(number + 1, len(lines)):
        stripped = lines[end].strip()
        if stripped.startswith(fence) and not stripped.strip(fence[0]):
            return end
    raise PressError(
        Problem(
            path, number + 1, "the fence is never closed", f"end the block with a line of {fence}"
        )
    )


def _cell_fault(info: re.Match[str], fence: re.Match[str], path: str, line: int) -> list[Problem]:
    if info["language"] != "python":
        remedy = (
            "only {python} cells run here; for code that is only shown write ```" + info["language"]
        )
        return [Problem(path, line, f"a cell in {{{info['language']}}}", remedy)]
    if info["rest"]:
        return [
            Problem(
                path,
                line,
                f"options in the fence: {info[0]}",
                "write them as lines '#| key: value'",
            )
        ]
    if fence["fence"].startswith("~"):
        return [
            Problem(
                path, line, "a cell in a fence of ~~~", "write ```{python}: Quarto runs no other"
            )
        ]
    if fence["indent"]:
        return [Problem(path, line, "an indented cell", "begin its fence in the first column")]
    return []


def _cell(lines: list[str], number: int, end: int, path: str) -> tuple[Cell, list[Problem]]:
    code = number + 1
    while code < end and lines[code].startswith("#|"):
        code += 1
    yaml_text = "\n".join(line[2:].removeprefix(" ") for line in lines[number + 1 : code])
    options = yaml_schema.load(yaml_text, path, number + 2)
    found = list(yaml_schema.problems(options, OPTIONS, yaml_text, path, number + 2))

    def fault(key: str, what: str, remedy: str) -> None:
        found.append(
            Problem(path, yaml_schema.line_of(yaml_text, key, first_line=number + 2), what, remedy)
        )

    if isinstance(options.get("label"), str) and not LABEL.match(options["label"]):
        fault(
            "label",
            f"label is {options['label']!r}",
            "begin with a letter; then letters, digits, - and _",
        )
    for key, value in options.items():
        if "`{python}" in str(value):
            fault(key, f"{key} holds an inline expression", "only prose is computed")
    for kind in ("fig", "tbl"):
        if f"{kind}-cap" in options and not str(options.get("label", "")).startswith(f"{kind}-"):
            remedy = f"add '#| label: {kind}-...' so that it can be numbered"
            fault(f"{kind}-cap", f"a {kind}-cap without a label", remedy)
    source = "\n".join(lines[code:end]).strip("\n")
    while code < end and not lines[code].strip():
        code += 1
    return Cell(source, options, number + 1, code + 1), found


def _prose(lines: list[str], start: int, end: int) -> list[Prose]:
    text = "\n".join(lines[start:end])
    return [Prose(text, start + 1)] if text.strip() else []
