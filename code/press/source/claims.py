"""Find the claims that cells make, and what is wrong with them before anything runs.

A claim is a call `claim("id", holds, says="...")` in a cell that runs. Its id, says and kind are
literals, so that all claims of the journal are known without running it.
"""

import ast
import json
import re
import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from press.base.errors import PressError, Problem
from press.base.pyparse import parse
from press.source.config import Config
from press.source.page import Cell, Page

KINDS = ("exact", "measured", "opinion")  # as in exhibits.page.claim_registry
FOLDER = "journal/"  # where the page of claims looks for them
ID = re.compile(r"[A-Za-z0-9]+(-[A-Za-z0-9]+)*")
LOOPS = (
    *(ast.For, ast.While, ast.AsyncFor),
    *(ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp),
)


@dataclass(frozen=True)
class Call:
    """A `claim("id", ...)` in a cell, at a line of a page."""

    id: str
    page: Page
    line: int


def calls(page: Page) -> Iterator[Call]:
    """Yield every claim that a page's cells make by an id, in order.

    >>> from press.source.page import parse_page
    >>> text = '---\\ntitle: t\\n---\\n```{python}\\nclaim("half", True, says="So.")\\n```\\n'
    >>> [(call.id, call.line) for call in calls(parse_page(text, "a.qmd"))]
    [('half', 5)]
    """
    for line, call in _claims(page):
        id = _given(call, "id")
        if isinstance(id, ast.Constant) and isinstance(id.value, str):
            yield Call(id.value, page, line)


def _claims(page: Page) -> Iterator[tuple[int, ast.Call]]:
    """Yield the calls of `claim` with their lines, in order."""
    for cell in page.cells:
        made = [call for call in calls_in(cell, "claim") if _is_claim(call)]
        for call in sorted(made, key=lambda call: (call.lineno, call.col_offset)):
            yield cell.code_line + call.lineno - 1, call


def _is_claim(node: ast.AST) -> bool:
    """Return whether a node calls `claim`; of a method by that name, if it says what is claimed."""
    if not isinstance(node, ast.Call) or _name(node.func) != "claim":
        return False
    return isinstance(node.func, ast.Name) or _given(node, "says") is not None


def calls_in(cell: Cell, *names: str) -> Iterator[ast.Call]:
    """Yield the calls of some functions or methods, by their names, in a cell that runs."""
    for node in _nodes(cell, names):
        if isinstance(node, ast.Call) and _name(node.func) in names:
            yield node


def _nodes(cell: Cell, names: Iterable[str]) -> Iterator[ast.AST]:
    if not cell.runs or not any(name in cell.source for name in names):
        return
    try:
        yield from ast.walk(parse(cell.source))
    except SyntaxError:  # a magic, or a mistake that the run will show
        return


def _name(function: ast.expr) -> str:
    return str(getattr(function, "attr", getattr(function, "id", "")))


def _given(call: ast.Call, name: str) -> ast.expr | None:
    """Return what a call gives for a parameter of `claim`; None if it leaves it out."""
    named = {word.arg: word.value for word in call.keywords}
    return call.args[0] if name == "id" and call.args else named.get(name)


def claim_problems(pages: Iterable[Page]) -> Iterator[Problem]:
    """Yield a problem for each claim that is not written out, or that the journal has twice."""
    first: dict[str, Call] = {}
    for page in pages:
        for line, call in _claims(page):
            if fault := _fault(call, page):
                yield Problem(page.path, line, *fault)
        for line in _repeated(page):
            what = "a claim in a loop, which would give many verdicts"
            yield Problem(page.path, line, what, "judge after the loop: all(...), any(...)")
        for made in calls(page):
            other = first.setdefault(made.id, made)
            if made is not other:
                what = f"a second verdict on {made.id!r}; the first is at"
                what = f"{what} {other.page.path}:{other.line}"
                yield Problem(page.path, made.line, what, "keep one, or give it another id")


def _repeated(page: Page) -> list[int]:
    """Return the lines of the claims in loops."""
    return sorted(
        {
            cell.code_line + call.lineno - 1
            for cell in page.cells
            for loop in _nodes(cell, ["claim"])
            if isinstance(loop, LOOPS)
            for call in ast.walk(loop)
            if isinstance(call, ast.Call) and _is_claim(call)
        }
    )


def _fault(call: ast.Call, page: Page) -> tuple[str, str] | None:
    """Return what is wrong with a claim as it is written, and the remedy."""
    texts = {}
    for name in ("id", "says", "kind"):
        value = _given(call, name)
        if isinstance(value, ast.Constant) and isinstance(value.value, str):
            texts[name] = value.value
        elif value is not None:
            code = textwrap.shorten(ast.unparse(value), 60, placeholder="...")
            what = f"{name} of a claim is {code}, known only when the cell has run"
            return what, f'write it out as one text in quotes: {name}="..."'
    id = texts.get("id", "")
    if not ID.fullmatch(id):
        what = f"the id of a claim is {id!r}"
        return what, "give letters, digits and single hyphens, as in 'one-twelfth'"
    if not texts.get("says", "").strip():
        what = f"the claim {id!r} does not say what is claimed"
        return what, 'add says="..." to the call, one sentence'
    if texts.get("kind", KINDS[0]) not in KINDS:
        return f"the kind of {id!r} is {texts['kind']!r}", f"give one of {', '.join(KINDS)}"
    if not page.path.startswith(FOLDER):
        return f"the claim {id!r} is made outside {FOLDER}", f"make it on a page in {FOLDER}"
    return None


def records(config: Config, page: Page) -> Path:
    """Return the folder to which `exhibits.claim` writes the verdicts of a page."""
    return config.records / page.path


def unrecorded(config: Config, page: Page) -> Iterator[Problem]:
    """Yield a problem for each claim of an executed page that gave no verdict, and for each verdict
    on what no cell claims by name.
    """
    made = list(calls(page))
    for call in made:
        if not (records(config, page) / f"{call.id}.json").is_file():
            what = f"the claim {call.id!r} gave no verdict"
            yield Problem(page.path, call.line, what, "call claim(...) unconditionally")
    named = {call.id for call in made}
    for file in sorted(records(config, page).glob("*.json")):
        if file.stem not in named:
            what = f"the claim {file.stem!r} is made by no call of claim(...) in a cell"
            yield Problem(page.path, 0, what, "call it in a cell, as claim, with its id in quotes")


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
