"""What a cell may not show under Quarto: plotly's own figures and text/html, each with another
host's scripts in tow.

Found in the code, where a page has not run yet, and in the outputs of its last run, where that
still holds.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from press.base.errors import Problem
from press.base.files import read_utf8
from press.execute.cache import Cache
from press.source.page import Cell, Page
from press.source.project import read_project

FIGURES = ("go", "px", "plotly", "ff", "make_subplots", "express", "graph_objects")
RICH = {
    "text/html": "Quarto adds require.js and jQuery from another host",
    "application/vnd.plotly.v1+json": "plotly.js comes from another host",
}


def cells(page: Page) -> Iterator[Problem]:
    """Figures of plotly and HTML that a cell would show by itself."""
    drawn: set[str] = set()
    for cell in page.cells:
        try:
            statements = ast.parse(cell.source).body
        except SyntaxError:
            continue  # press run says so, with its line
        for statement in statements:
            if isinstance(statement, ast.Assign):
                names = {target.id for target in statement.targets if isinstance(target, ast.Name)}
                drawn = (
                    drawn | names
                    if _root(statement.value) in {*FIGURES, *drawn}
                    and _makes(statement.value, drawn)
                    else drawn - names
                )
        yield from _shown(page, cell, statements, drawn)


def _shown(
    page: Page, cell: Cell, statements: list[ast.stmt], drawn: set[str]
) -> Iterator[Problem]:
    last = statements[-1] if statements else None
    if cell.options.get("eval") is False or cell.options.get("output") is False:
        return
    if (
        isinstance(last, ast.Expr)
        and not cell.source.rstrip().endswith(";")
        and _makes(last.value, drawn)
    ):
        what = (
            "the cell shows a plotly figure: plotly.js comes from another host, and a labelled one"
            " is an empty subfigure"
        )
        yield Problem(
            page.path,
            cell.code_line + last.lineno - 1,
            what,
            "show it by exhibits.plot(figure, alt=...)",
        )
    for node in (node for statement in statements for node in ast.walk(statement)):
        if isinstance(node, ast.Call) and _name(node.func) in ("HTML", "IFrame", "to_html"):
            what = f"{_name(node.func)}(...) is an output of text/html: {RICH['text/html']}"
            yield Problem(
                page.path, cell.code_line + node.lineno - 1, what, "show an exhibit, or Markdown"
            )


def _root(node: ast.expr) -> str:
    """The first name of a chain of attributes and calls: go of go.Figure(...).update_layout(...)."""
    while isinstance(node, (ast.Attribute, ast.Call, ast.Subscript)):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""


def _name(node: ast.expr) -> str:
    return (
        node.attr
        if isinstance(node, ast.Attribute)
        else node.id
        if isinstance(node, ast.Name)
        else ""
    )


def _makes(node: ast.expr, drawn: set[str]) -> bool:
    """Whether an expression is a plotly figure: one that is named, made, or changed by a method
    that gives it back.
    """
    root = _root(node)
    if isinstance(node, ast.Name):
        return root in drawn
    if not isinstance(node, ast.Call):
        return False
    method = _name(node.func)
    gives_back = (
        method.startswith(("update_", "add_", "for_each_", "set_subplots")) or method == "show"
    )
    if root in drawn:
        return gives_back
    makes = (
        method in ("Figure", "FigureWidget", "make_subplots")
        or root in ("px", "ff")
        or ".express." in ast.unparse(node.func)
    )
    return root in FIGURES and (
        makes
        or (gives_back and isinstance(node.func, ast.Attribute) and _makes(node.func.value, drawn))
    )


def own_html(root: Path) -> Iterator[Problem]:
    """Classes of the journal's own code that give Jupyter HTML, and a printer too."""
    for file in sorted((root / "code").rglob("*.py")):
        path = file.relative_to(root).as_posix()
        for number, line in enumerate(read_utf8(file, path).split("\n"), 1):
            if re.match(r"\s+def _repr_html_\(", line):
                remedy = (
                    "give text/markdown with a raw block in _repr_mimebundle_ where a printer runs"
                    " the page"
                )
                yield Problem(
                    path,
                    number,
                    f"_repr_html_ is an output of text/html: {RICH['text/html']}",
                    remedy,
                )


def given(root: Path) -> Iterator[Problem]:
    """What the cells of a page really gave, where its last run still holds."""
    project = read_project(root)
    cache = Cache(project.config)
    for page in project.published:
        run = cache.get(page)
        codes = [cell for cell in run.notebook.cells if cell.cell_type == "code"] if run else []
        for node in codes:
            kinds = {kind for output in node.get("outputs", []) for kind in output.get("data", {})}
            for kind in sorted(kinds & RICH.keys()):
                yield Problem(
                    page.path,
                    node.metadata["press"]["line"],
                    f"the cell gave {kind}: {RICH[kind]}",
                    "show an exhibit",
                )
