"""A page has one kind of apostrophe in prose, the curly one: Pandoc curls what is written as prose,
and what a cell or an exhibit says is written with it."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from press.source.page import Page, parse_page

ROOT = Path(__file__).resolve().parents[1]
PAGES = [ROOT / "index.qmd", *sorted(ROOT.glob("journal/**/*.qmd"))]
STRAIGHT = re.compile(r"[^\W\d_]'(?:[^\W\d_]|\s[^\W\d_])", re.UNICODE)  # isn't, tokens' own


def said(code: str) -> Iterator[str]:
    """Every string of a cell but a docstring."""
    tree = ast.parse(code)
    docstrings = {
        node.body[0].value
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and node not in docstrings
        ):
            yield node.value


def straight(page: Page) -> list[str]:
    code = [cell.source for cell in page.cells]
    code += [repr(cell.options.get("code-summary", "")) for cell in page.cells]
    code += re.findall(r"`\{python\} ([^`]+)`", "\n".join(block.text for block in page.prose))
    return [text for one in code for text in said(one) if STRAIGHT.search(text)]


@pytest.mark.parametrize("file", PAGES, ids=lambda file: file.stem)
def test_what_a_page_says_from_code_has_curly_apostrophes(file: Path) -> None:
    assert straight(parse_page(file.read_text(encoding="utf-8"), file.name)) == []


def test_a_straight_one_is_seen() -> None:
    text = '---\ntitle: t\n---\n\n```{python}\na = "it isn\'t"\n```\n\n`{python} "tokens\' own"`.\n'
    assert straight(parse_page(text, "a.qmd")) == ["it isn't", "tokens' own"]
