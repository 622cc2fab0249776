"""Check that each claim of the registry, journal/claims.toml, is made by one cell.

Reported before anything runs, with file and line: a claim without a cell, a cell with an unknown
id, two cells for one id, a claim on another day's page.
"""

import ast
import datetime
import difflib
import json
import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from press.base.errors import PressError, Problem
from press.base.files import read_utf8
from press.base.pyparse import parse
from press.source.config import Config
from press.source.page import Cell, Page

REGISTRY = "journal/claims.toml"


@dataclass(frozen=True)
class Call:
    """A `claim("id", ...)` in a cell, at a line of a page."""

    id: str
    page: Page
    line: int


def calls(page: Page) -> Iterator[Call]:
    """Yield every claim that a page's cells make, in order.

    >>> from press.source.page import parse_page
    >>> text = '---\\ntitle: t\\n---\\n```{python}\\nclaim("one-twelfth", True)\\n```\\n'
    >>> [(call.id, call.line) for call in calls(parse_page(text, "a.qmd"))]
    [('one-twelfth', 5)]
    """
    for cell in page.cells:
        for call in calls_in(cell, "claim"):
            first = call.args[0] if call.args else None
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                yield Call(first.value, page, cell.code_line + call.lineno - 1)


def calls_in(cell: Cell, *names: str) -> Iterator[ast.Call]:
    """Yield the calls of some functions or methods, by their names, in a cell that runs."""
    if not cell.runs or not any(name in cell.source for name in names):
        return
    try:
        tree = parse(cell.source)
    except SyntaxError:  # a magic, or a mistake that the run will show
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _name(node.func) in names:
            yield node


def _name(function: ast.expr) -> str:
    return str(getattr(function, "attr", getattr(function, "id", "")))


def claim_problems(root: Path, pages: Iterable[Page]) -> Iterator[Problem]:
    """Yield a problem for each claim of the registry or of a page that lacks its other half."""
    made = [call for page in pages for call in calls(page)]
    file = root / REGISTRY
    if not file.is_file():
        for call in made:
            what = f"claims {call.id!r}, but there is no {REGISTRY}"
            yield Problem(call.page.path, call.line, what, "write the registry of claims")
        return
    text = read_utf8(file, REGISTRY)
    try:
        registry = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        at = re.search(r"\(at line (\d+)", str(error))
        yield Problem(REGISTRY, int(at[1]) if at else 0, f"the TOML is broken: {error}", "mend it")
        return
    days: dict[str, datetime.date | None] = {}
    for id, entry in registry.items():
        try:
            days[id] = _day(entry)
        except ValueError:
            remedy = 'write the day of its page: date = "2025-07-02"'
            what = f"the date of {id!r} is {entry['date']!r}"
            yield Problem(REGISTRY, _line(text, id), what, remedy)
    yield from _call_problems(made, registry, days)
    claimed = {call.id for call in made}
    for id in [id for id in registry if id not in claimed]:
        remedy = f'write claim("{id}", ...) in a cell'
        yield Problem(REGISTRY, _line(text, id), f"no cell checks the claim {id!r}", remedy)


def _call_problems(
    made: list[Call], registry: dict[str, Any], days: dict[str, datetime.date | None]
) -> Iterator[Problem]:
    first: dict[str, Call] = {}
    for call in made:
        other = first.setdefault(call.id, call)
        if call.id not in registry:
            near = difflib.get_close_matches(call.id, registry, 1)
            what = f"no claim has the id {call.id!r}"
            remedy = f"did you mean {near[0]!r}?" if near else f"write it into {REGISTRY}"
        elif call is not other:
            what = f"a second verdict on {call.id!r}; the first is at"
            what, remedy = f"{what} {other.page.path}:{other.line}", "keep one"
        elif days.get(call.id) not in (None, call.page.date):
            what = f"{call.id!r} is a claim of {days[call.id]}"
            remedy = "make it on that day's page, or mend the registry's date"
        else:
            continue
        yield Problem(call.page.path, call.line, what, remedy)


def _line(text: str, id: str) -> int:
    """Return the line of the registry on which an entry begins; 0 if it has no heading."""
    lines = enumerate(text.splitlines(), 1)
    return next((number for number, line in lines if line.strip() in (f"[{id}]", f'["{id}"]')), 0)


def _day(entry: object) -> datetime.date | None:
    """Return the day of a claim, if it has one: a date of TOML, or a text.

    Raises: ValueError for another value.
    """
    date = entry.get("date") if isinstance(entry, dict) else None
    if date is None or type(date) is datetime.date:
        return date
    return datetime.date.fromisoformat(date if isinstance(date, str) else "")


def records(config: Config, page: Page) -> Path:
    """Return the folder to which `exhibits.claim` writes the verdicts of a page."""
    return config.records / page.path


def unrecorded(config: Config, page: Page) -> Iterator[Problem]:
    """Yield a problem for each claim of an executed page that gave no verdict."""
    for call in calls(page):
        if not (records(config, page) / f"{call.id}.json").is_file():
            what = f"the claim {call.id!r} gave no verdict"
            yield Problem(page.path, call.line, what, "call claim(...) unconditionally")


def count(config: Config, page: Page) -> dict[str, int]:
    """Return how many claims of an executed page got each verdict.

    Raises: PressError if a record cannot be read.
    """
    verdicts: dict[str, int] = {}
    for call in calls(page):
        file = records(config, page) / f"{call.id}.json"
        try:
            verdict = json.loads(file.read_text(encoding="utf-8"))["verdict"]
        except (OSError, ValueError, KeyError) as error:
            what = f"the record of {call.id!r}: {error}"
            raise PressError.at(page.path, call.line, what, "render again") from None
        verdicts[verdict] = verdicts.get(verdict, 0) + 1
    return verdicts
