"""Find the calls of `claim` in a page's cells, and check them before anything runs.

A claim is a call `claim("id", holds, says="...")` in a cell that runs. Its id, says and kind are
literals, so that all claims of the journal are known without running it.
"""

import ast
import json
import re
import textwrap
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from press.base.errors import PressError, Problem
from press.base.pyparse import parse
from press.source.page import Cell, Page
from press.source.quarto_yml import Config

KINDS = ("exact", "measured", "opinion")  # as in exhibits.page.claim_registry
FOLDER = "journal/"  # where the page of claims looks for them
ID = re.compile(r"[A-Za-z0-9]+(-[A-Za-z0-9]+)*")
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
LOOPS = (ast.For, ast.While, ast.AsyncFor, *COMPREHENSIONS)


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
    for line, call, _ in _claims(page):
        if (id := _text(_given(call).get("id"))) is not None:
            yield Call(id, page, line)


def _claims(page: Page) -> Iterator[tuple[int, ast.Call, bool]]:
    """Yield the line of each call of `claim`, in order, the call, and whether it is in a loop."""
    for cell in page.cells:
        tree = _nodes(cell, "claim")
        looped = [node for loop in tree if isinstance(loop, LOOPS) for node in ast.walk(loop)]
        for call in sorted(_calls(tree, "claim"), key=lambda call: (call.lineno, call.col_offset)):
            if isinstance(call.func, ast.Name) or "says" in _given(call):
                yield cell.code_line + call.lineno - 1, call, call in looped


def calls_in(cell: Cell, *names: str) -> list[ast.Call]:
    """Return the calls of some functions or methods, by their names, in a cell that runs."""
    return _calls(_nodes(cell, *names), *names)


def _calls(nodes: list[ast.AST], *names: str) -> list[ast.Call]:
    calls = [(node, node.func) for node in nodes if isinstance(node, ast.Call)]
    return [call for call, by in calls if getattr(by, "attr", getattr(by, "id", "")) in names]


def _nodes(cell: Cell, *names: str) -> list[ast.AST]:
    """Return the nodes of a cell that runs and holds one of these names."""
    if not cell.runs or not any(name in cell.source for name in names):
        return []
    try:
        return list(ast.walk(parse(cell.source)))
    except SyntaxError:  # a magic, or a mistake that the run will show
        return []


def _given(call: ast.Call) -> dict[str | None, ast.expr]:
    """Return what a call gives for the parameters of `claim`, but for `holds`."""
    named = {word.arg: word.value for word in call.keywords}
    return named | ({"id": call.args[0]} if call.args else {})


def _text(value: ast.expr | None) -> str | None:
    literal = value.value if isinstance(value, ast.Constant) else None
    return literal if isinstance(literal, str) else None


def claim_problems(pages: Iterable[Page]) -> Iterator[Problem]:
    """Yield a problem for each claim that is not written out, or that the journal has twice."""
    first: dict[str, Call] = {}
    for page in pages:
        for line, call, in_loop in _claims(page):
            if fault := _fault(call, page):
                yield Problem(page.path, line, *fault)
            if in_loop:
                what = "a claim in a loop, which would give many verdicts"
                yield Problem(page.path, line, what, "judge after the loop: all(...), any(...)")
        for made in calls(page):
            other = first.setdefault(made.id, made)
            if made is not other:
                where = f"{other.page.path}:{other.line}"
                what = f"a second verdict on {made.id!r}; the first is at {where}"
                yield Problem(page.path, made.line, what, "keep one, or give it another id")


def _fault(call: ast.Call, page: Page) -> tuple[str, str] | None:
    """Return what is wrong with a claim as it is written, and the remedy."""
    given, texts = _given(call), {"id": "", "says": "", "kind": KINDS[0]}
    for name in texts.keys() & given.keys():
        text = _text(given[name])
        if text is None:
            code = textwrap.shorten(ast.unparse(given[name]), 60, placeholder="...")
            what = f"{name} of a claim is {code}, known only when the cell has run"
            return what, f'write it out as one text in quotes: {name}="..."'
        texts[name] = text
    id, says, kind = texts.values()
    if not ID.fullmatch(id):
        what = f"the id of a claim is {id!r}"
        return what, "give letters, digits and single hyphens, as in 'one-twelfth'"
    if not says.strip():
        what = f"the claim {id!r} does not say what is claimed"
        return what, 'add says="..." to the call, one sentence'
    if kind not in KINDS:
        return f"the kind of {id!r} is {kind!r}", f"give one of {', '.join(KINDS)}"
    if not page.path.startswith(FOLDER):
        return f"the claim {id!r} is made outside {FOLDER}", f"make it on a page in {FOLDER}"
    return None


def records(config: Config, page: Page) -> Path:
    """Return the folder to which `exhibits.claim` writes the verdicts of a page."""
    return config.records / page.path


def unrecorded(config: Config, page: Page) -> Iterator[Problem]:
    """Yield a problem for each claim without a verdict, and each verdict without a named claim."""
    named = {call.id: call.line for call in calls(page)}
    judged = {file.stem for file in records(config, page).glob("*.json")}
    for id in sorted(named.keys() - judged):
        what = f"the claim {id!r} gave no verdict"
        yield Problem(page.path, named[id], what, "call claim(...) unconditionally")
    for id in sorted(judged - named.keys()):
        what = f"the claim {id!r} is made by no call of claim(...) in a cell"
        yield Problem(page.path, 0, what, "call it in a cell, as claim, with its id in quotes")


def count_verdicts(config: Config, page: Page) -> dict[str, int]:
    """Return how many claims of an executed page got each verdict."""
    verdicts: Counter[str] = Counter()
    for call in calls(page):
        file = records(config, page) / f"{call.id}.json"
        try:
            verdicts[json.loads(file.read_text(encoding="utf-8"))["verdict"]] += 1
        except (OSError, ValueError, KeyError) as error:
            what = f"the record of {call.id!r}: {error}"
            raise PressError.at(page.path, call.line, what, "render again") from None
    return dict(verdicts)
