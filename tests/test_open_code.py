"""What of a page's code is open: code that teaches, a few lines at a time; the rest is folded."""

from pathlib import Path

import pytest

from press.source.config import read_config
from press.source.page import Cell, read_page
from press.source.project import page_paths

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
