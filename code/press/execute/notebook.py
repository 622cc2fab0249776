"""Turn a page into a Jupyter notebook: to execute (`Run`), to test by nbmake, to download.

Each cell has its line in the page (metadata `press`), so that a failure can name page and line. The
inline expressions of a block of prose become one hidden cell after it, which shows their values.
"""

import json
import re
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

import nbformat

from press.execute.receipt import MEASURED
from press.source.page import Cell, Page
from press.source.prose import escape, inline_value, inlines, replace_inlines

HIDDEN = "press-inline"
ANSI = re.compile(r"\x1b\[[0-9;]*m")  # the colours in a traceback
RAW_BLOCK = re.compile(r"(?P<fence>`{3,}) *\{=html\}\n(?:(?P<html>.*)\n)?(?P=fence)", re.S)
RAW_SPAN = re.compile(r"(?P<ticks>`+)(?P<html>[^`].*?)(?P=ticks)\{=html\}$", re.S)
UNMEASURED = '<data class="measured" title="measured anew when you run the cell">–</data>'

Progress = Callable[[int, int], None]  # cells done, of so many


@dataclass(frozen=True)
class Run:
    """An executed page: its notebook with outputs, its seconds, the notes of file_tracing.

    cached: whether the run comes from press.execute.run_cache; began: when the kernel was started,
    in nanoseconds since 1970; receipt: as of press.execute.receipt, {} in a preview.
    """

    page: Page
    notebook: nbformat.NotebookNode
    seconds: float
    noted: tuple[str, ...] = ()
    cached: bool = False
    began: int = 0
    receipt: dict[str, Any] = field(default_factory=dict)


def to_notebook(page: Page) -> nbformat.NotebookNode:
    """Return the notebook (format 4.5) of a page, not executed.

    Cells with `eval: false` become fenced Markdown; `error: true` becomes the tag
    `raises-exception`, which nbclient and nbmake honour.

    >>> from press.source.page import parse_page
    >>> text = "---\\ntitle: t\\n---\\n\\n```{python}\\nn = 2\\n```\\n\\nSo `{python} n`.\\n"
    >>> for cell in to_notebook(parse_page(text, "a.qmd")).cells:
    ...     print(cell.metadata.press["line"], cell.cell_type, cell.source)
    1 markdown # t
    6 code n = 2
    9 markdown So `{python} n`.
    9 code (n,)
    """
    notebook = nbformat.v4.new_notebook()
    notebook.metadata = {
        "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
        "language_info": {"name": "python"},
        "press": {"page": page.path},
    }
    notebook.cells = [_markdown(f"# {page.title}", 1)]
    for block in page.blocks:
        if isinstance(block, Cell):
            notebook.cells.append(_code(block))
            continue
        text = block.text.strip("\n")
        line = block.line + len(block.text) - len(block.text.lstrip("\n"))
        notebook.cells.append(_markdown(text, line))
        if items := [{"line": at.line, "code": at.expression} for at in inlines(text, line)]:
            lines = ",\n".join(str(item["code"]) for item in items)  # a line each, for tracebacks
            hidden = nbformat.v4.new_code_cell(f"({lines},)")
            origin = {"line": items[0]["line"], "inlines": items}
            hidden.metadata = {"tags": [HIDDEN], "press": origin}
            notebook.cells.append(hidden)
    for number, cell in enumerate(notebook.cells):
        cell["id"] = f"cell-{number}"
    return notebook


def _markdown(text: str, line: int) -> nbformat.NotebookNode:
    cell = nbformat.v4.new_markdown_cell(text)
    cell.metadata = {"press": {"line": line}}
    return cell


def _code(cell: Cell) -> nbformat.NotebookNode:
    if not cell.runs:
        return _markdown(f"```python\n{cell.source}\n```", cell.line)
    node = nbformat.v4.new_code_cell(cell.source)
    tags = ["raises-exception"] if cell.options.get("error") else []
    tags += ["remove-cell"] if cell.options.get("include") is False else []
    node.metadata = {"tags": tags, "press": {"line": cell.code_line, "options": cell.options}}
    return node


def code_cells(notebook: nbformat.NotebookNode) -> list[nbformat.NotebookNode]:
    """Return the code cells of a notebook, the hidden ones too."""
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def graft(executed: nbformat.NotebookNode, cell: nbformat.NotebookNode) -> None:
    """Copy the outputs of an earlier run to an unchanged code cell."""
    cell.outputs, cell.execution_count = executed.outputs, executed.execution_count
    if "values" in executed.metadata["press"]:
        cell.metadata["press"]["values"] = executed.metadata["press"]["values"]


def is_hidden(cell: nbformat.NotebookNode) -> bool:
    """Return whether a cell is the hidden one of inline expressions."""
    return HIDDEN in cell.metadata.get("tags", [])


def inline_values(cell: nbformat.NotebookNode) -> list[dict[str, str]]:
    """Return the display data of each inline expression of an executed hidden cell, in order."""
    return list(cell.metadata["press"].get("values", []))


def for_download(executed: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Return the executed notebook as Jupyter shows it best: inline expressions are replaced by
    their values, and an exhibit's raw HTML is text/html, or HTML in the prose.
    """
    notebook = deepcopy(executed)
    cells: list[nbformat.NotebookNode] = []
    for cell in notebook.cells:
        if is_hidden(cell):
            values = map(_in_prose, inline_values(cell))
            cells[-1].source = replace_inlines(cells[-1].source, values)
            continue
        for output in cell.get("outputs", []):
            raw = raw_html(output.get("data", {}).get("text/markdown", ""), span=True)
            if raw is not None:
                del output["data"]["text/markdown"]
                output["data"]["text/html"] = raw
        if cell.cell_type == "code":
            cell.metadata.pop("execution", None)
        cells.append(cell)
    notebook.cells = cells
    return notebook


def _in_prose(data: dict[str, str]) -> str:
    value, is_markdown = inline_value(data)
    span = RAW_SPAN.match(value.strip()) if is_markdown else None
    return span["html"] if span else value if is_markdown else escape(value)


def without_measured(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Return a notebook of `for_download` without measured values, which the page's receipt has, so
    that two builds give the same bytes.

    An output that shows one loses its plain text, in which measured values have no mark.
    """
    notebook = deepcopy(notebook)
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = MEASURED.sub(UNMEASURED, cell.source)
        for output in cell.get("outputs", []):
            markup = output.get("data", {}).get("text/html", "")
            if MEASURED.search(markup):
                output["data"]["text/html"] = MEASURED.sub(UNMEASURED, markup)
                output["data"].pop("text/plain", None)
    return notebook


def raw_html(markdown: str, span: bool = False) -> str | None:
    """Return the HTML in a Markdown text that is one raw block (or one raw span), else None.

    >>> raw_html("```{=html}\\n<b>1</b>\\n```"), raw_html("**1**")
    ('<b>1</b>', None)
    """
    text = markdown.strip()
    raw = RAW_BLOCK.fullmatch(text) or (RAW_SPAN.match(text) if span else None)
    return (raw["html"] or "") if raw else None


def dump(notebook: nbformat.NotebookNode) -> str:
    """Return the notebook as JSON text, the same bytes for the same notebook."""
    nbformat.validate(notebook)
    return json.dumps(notebook, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
