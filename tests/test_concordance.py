"""The concordance names what its files define, and its page shows every row."""

import ast
from pathlib import Path

import pytest
from any_text import execute

from press.source.page import read_page
from scratch import concordance as module
from scratch.concordance import CODE, FIELDS, PARTS, Row, concordance
from scratch.model.config import GPTConfig

ROOT = Path(__file__).resolve().parents[1]


def defined(path: str) -> set[str]:
    """What a file of code/ defines: functions, classes, and Class.field for annotated fields."""
    names: set[str] = set()
    for node in ast.parse((CODE / path).read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.add(node.name)
        if isinstance(node, ast.ClassDef):
            fields = [part.target for part in node.body if isinstance(part, ast.AnnAssign)]
            names |= {f"{node.name}.{field.id}" for field in fields if isinstance(field, ast.Name)}
    return names


@pytest.mark.parametrize("row", concordance(), ids=lambda row: row.here)
def test_the_file_of_a_row_defines_its_name(row: Row) -> None:
    assert row.here in defined(row.file)


def test_a_row_has_a_name_in_the_book_or_in_nanogpt_and_no_part_comes_twice() -> None:
    rows = concordance()
    assert [row for row in rows if not row.book and not row.nanogpt] == []
    assert len({row.here for row in rows}) == len(rows) == len(PARTS) + len(FIELDS)


def test_a_setting_that_is_gone_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "FIELDS", (("emb_dim", "n_embd", GPTConfig, "width", "numbers"),))
    with pytest.raises(AttributeError, match="GPTConfig has no field width"):
        concordance()


def test_the_page_shows_every_row_once() -> None:
    notebook, _, faults = execute(read_page(ROOT / "journal/concordance.qmd", ROOT))
    assert faults == []
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    shown = [output["data"]["text/plain"] for output in outputs]
    lines = [" ".join(line.split()) for text in shown for line in text.splitlines()[1:]]
    assert lines == [
        f"{row.what} {row.file.removeprefix('scratch/')} "
        + ", ".join(
            f"{whose} {name}"
            for whose, name in [("book", row.book), ("nanoGPT", row.nanogpt), ("mine", row.here)]
            if name
        )
        for row in concordance()
    ]
