"""What of a page's code is open: code that teaches, a few lines at a time, whose names a reader knows."""

import ast
import builtins
import re
from pathlib import Path

import pytest

from press.source.page import Cell, Page, Prose, read_page
from press.source.project import page_paths
from press.source.quarto_yml import read_config

ROOT = Path(__file__).resolve().parents[1]
MOST = 6  # lines of an open cell
PAGES = page_paths(read_config(ROOT))


def is_open(cell: Cell) -> bool:
    """Whether a reader sees the code of a cell before any tap."""
    hidden = cell.options.get("echo") is False or cell.options.get("include") is False
    return not hidden and cell.options.get("code-fold") is not True


@pytest.mark.parametrize("path", PAGES)
def test_an_open_cell_has_few_lines_and_a_folded_one_says_what_is_inside(path: str) -> None:
    for cell in read_page(ROOT / path, ROOT).cells:
        lines = [line for line in cell.source.split("\n") if line.strip()]
        assert not is_open(cell) or len(lines) <= MOST, f"{path}:{cell.code_line}: {len(lines)}"
        if cell.options.get("code-fold") is True:
            assert cell.options.get("code-summary"), f"{path}:{cell.code_line}"


@pytest.mark.parametrize("path", PAGES)
def test_a_cell_with_a_label_ends_with_what_it_shows(path: str) -> None:
    for cell in read_page(ROOT / path, ROOT).cells:
        if cell.options.get("label"):
            last = ast.parse(cell.source).body[-1]
            assert isinstance(last, ast.Expr), f"{path}:{cell.code_line}: {cell.options['label']}"


# -- The names of open code


def bound(tree: ast.AST) -> set[str]:
    """The names that code makes: by assignment, import, definition."""
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.alias):
            names.add((node.asname or node.name).split(".")[0])
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        elif isinstance(node, ast.arg):
            names.add(node.arg)
        elif isinstance(node, ast.ExceptHandler) and node.name:
            names.add(node.name)
    return names


def unexplained(page: Page) -> list[str]:
    """The names in a page's open cells that no open cell above makes and no prose above names."""
    known, faults = set(dir(builtins)), []
    for block in page.blocks:
        if isinstance(block, Prose):
            known |= set(re.findall(r"(?<!`)`([A-Za-z_]\w*)[^`]*`", block.text))
        elif isinstance(block, Cell) and is_open(block):
            tree = ast.parse(block.source)
            known |= bound(tree)
            used = [node.id for node in ast.walk(tree) if isinstance(node, ast.Name)]
            faults += [
                f"{page.path}:{block.code_line}: {name}" for name in used if name not in known
            ]
    return faults


@pytest.mark.parametrize("path", PAGES)
def test_each_name_in_open_code_is_made_there_or_named_before(path: str) -> None:
    """A reader who opens no fold knows what stands behind a name."""
    assert unexplained(read_page(ROOT / path, ROOT)) == []


def test_a_name_from_a_fold_is_unexplained_until_the_prose_names_it(tmp_path: Path) -> None:
    fold = "```{python}\n#| code-fold: true\n#| code-summary: x\nwidth = 3\n```\n\n"
    use = "```{python}\nsquare = width**2\nprint(square)\n```\n"
    page = tmp_path / "a.qmd"
    page.write_text(f"---\ntitle: A\n---\n\n{fold}{use}", encoding="utf-8")
    assert unexplained(read_page(page, tmp_path)) == ["a.qmd:12: width"]
    page.write_text(f"---\ntitle: A\n---\n\n{fold}Of `width` 3.\n\n{use}", encoding="utf-8")
    assert unexplained(read_page(page, tmp_path)) == []


@pytest.mark.parametrize("path", [path for path in PAGES if path.startswith("journal/2")])
def test_a_section_of_an_entry_has_one_fold_at_most(path: str) -> None:
    """A fold within a callout is folded twice, and counts for none."""
    source = (ROOT / path).read_text(encoding="utf-8")
    source = re.sub(r"^::: \{\.callout.*?^:::$", "", source, flags=re.M | re.S)
    for section in re.split(r"^## ", source, flags=re.M):
        assert section.count("#| code-fold: true") <= 1, section.split("\n")[0]
