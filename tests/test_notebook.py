"""Page to notebook: cells in order with their lines, options as tags, and a notebook that a reader
can open.
"""

import nbformat
import pytest

from press.execute.notebook import (
    Run,
    dump,
    for_download,
    inline_values,
    is_hidden,
    raw_html,
    to_notebook,
)
from press.render.weave import weave
from press.source.page import parse_page

TEXT = """---
title: A day
---

Before `{python} n` and `{python} m`.

```{python}
#| error: true
#| include: false
1 / 0
```

```{python}
#| eval: false
never()
```

After.
"""


@pytest.fixture
def notebook() -> nbformat.NotebookNode:
    return to_notebook(parse_page(TEXT, "journal/a.qmd"))


def test_a_notebook_is_valid_and_names_its_page(notebook: nbformat.NotebookNode) -> None:
    nbformat.validate(notebook)
    assert (notebook.nbformat, notebook.nbformat_minor) == (4, 5)
    assert notebook.metadata.press.page == "journal/a.qmd"
    assert notebook.metadata.kernelspec.name == "python3"
    assert len({cell.id for cell in notebook.cells}) == len(notebook.cells)


def test_every_cell_knows_its_line(notebook: nbformat.NotebookNode) -> None:
    """Title 1; prose 5, its inline values 5; the first cell's code 10; the second's fence 13; prose
    18.
    """
    kinds = [(cell.cell_type, cell.metadata.press.line) for cell in notebook.cells]
    assert kinds == [
        ("markdown", 1),
        ("markdown", 5),
        ("code", 5),
        ("code", 10),
        ("markdown", 13),
        ("markdown", 18),
    ]


def test_options_become_tags_that_nbclient_honours(notebook: nbformat.NotebookNode) -> None:
    assert notebook.cells[3].metadata.tags == ["raises-exception", "remove-cell"]


def test_a_cell_that_is_not_evaluated_is_shown_and_not_run(notebook: nbformat.NotebookNode) -> None:
    assert notebook.cells[4].source == "```python\nnever()\n```"


def test_inline_expressions_are_run_too_one_a_line(notebook: nbformat.NotebookNode) -> None:
    assert is_hidden(notebook.cells[2])
    assert notebook.cells[2].source == "(n,\nm,)"


def test_the_notebook_of_a_page_is_the_same_bytes_each_time(
    notebook: nbformat.NotebookNode,
) -> None:
    assert dump(notebook) == dump(to_notebook(parse_page(TEXT, "journal/a.qmd")))
    assert nbformat.reads(dump(notebook), as_version=4) == notebook


def executed(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    notebook.cells[2].metadata["press"]["values"] = [
        {"text/plain": "'1*2'"},
        {"text/plain": "", "text/markdown": "**3**"},
    ]
    block = "```{=html}\n<b>x</b>\n```"
    notebook.cells[3].outputs = [
        nbformat.v4.new_output("display_data", {"text/plain": "x", "text/markdown": block}),
        nbformat.v4.new_output("display_data", {"text/plain": "y", "text/markdown": "*y*"}),
    ]
    return notebook


def test_a_downloaded_notebook_shows_values_and_has_no_hidden_cell(
    notebook: nbformat.NotebookNode,
) -> None:
    download = for_download(executed(notebook))
    nbformat.validate(download)
    assert not any(map(is_hidden, download.cells))
    assert download.cells[1].source == r"Before 1\*2 and **3**."


def test_a_downloaded_exhibit_is_html_for_jupyter(notebook: nbformat.NotebookNode) -> None:
    first, second = for_download(executed(notebook)).cells[2].outputs
    assert first.data == {"text/plain": "x", "text/html": "<b>x</b>"}
    assert second.data == {"text/plain": "y", "text/markdown": "*y*"}


def test_a_download_leaves_the_executed_notebook_as_it_was(notebook: nbformat.NotebookNode) -> None:
    before = dump(executed(notebook))
    for_download(notebook)
    assert dump(notebook) == before


def test_values_are_set_in_the_order_of_the_page(notebook: nbformat.NotebookNode) -> None:
    page = parse_page(TEXT, "journal/a.qmd")
    executed(notebook)
    assert len(inline_values(notebook.cells[2])) == 2
    assert weave(Run(page, notebook, 0.0), {}).startswith("\nBefore [1\\*2]{.computed} and **3**.")


@pytest.mark.parametrize(
    ("markdown", "markup"),
    [
        ("```{=html}\n<b>1</b>\n```", "<b>1</b>"),
        ("\n````{=html}\n```\n\n````\n", "```\n"),
        ("```{=html}\n<b>1</b>\n```\n\nmore", None),
        ("```html\n<b>1</b>\n```", None),
        ("a", None),
        ("", None),
        ("{=html}", None),
    ],
)
def test_one_raw_block_is_html_and_anything_else_is_not(markdown: str, markup: str | None) -> None:
    assert raw_html(markdown) == markup
