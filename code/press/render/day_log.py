"""Fill the list at the head of a dated page from the claims of the same page.

The list (`exhibits.page.day_log`) is shown before its claims are checked, and so is empty.
"""

import html
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

import nbformat

from press.execute.result import Run
from press.render.listing import claims_in_words

EMPTY = '<details class="ex-log" data-pagefind-ignore hidden>'
BOX = re.compile(
    r'<div class="ex-claim (?P<tone>[\w-]+)" id="(?P<anchor>claim-[\w-]+)"><p class="ex-said">'
    r'(?P<says>[^<]*)</p>.*?<b class="ex-verdict">(?P<verdict>[^<]+)</b>',
    re.S,
)
COUNTS = re.compile(r'(?<=<summary data-part="verdict-counts">)[^<]*')


@dataclass(frozen=True)
class Line:
    """A line of the list: the claim's sentence as markup, its verdict, the class and the id of its
    box.
    """

    says: str
    verdict: str
    tone: str
    anchor: str

    @property
    def html(self) -> str:
        return (
            f'<li class="ex-said {self.tone}" data-verdict-of="{self.anchor}">'
            f'<b class="ex-verdict">{self.verdict}</b><a href="#{self.anchor}">{self.says}</a></li>'
        )


def with_day_log(run: Run) -> Run:
    """Return a run in which the list has a line for each claim of the page.

    The list of a page without a claim goes.
    """
    outputs = [output for cell in run.notebook.cells for output in cell.get("outputs", [])]
    if not any(EMPTY in _markup(output) for output in outputs):
        return run
    lines = [Line(**box.groupdict()) for output in outputs for box in BOX.finditer(_markup(output))]
    cells = [
        nbformat.NotebookNode({**cell, "outputs": list(_filled(cell.outputs, lines))})
        if cell.get("outputs")
        else cell
        for cell in run.notebook.cells
    ]
    return replace(run, notebook=nbformat.NotebookNode({**run.notebook, "cells": cells}))


def _markup(output: nbformat.NotebookNode) -> str:
    return str(output.get("data", {}).get("text/markdown", ""))


def _filled(
    outputs: list[nbformat.NotebookNode], lines: list[Line]
) -> Iterator[nbformat.NotebookNode]:
    """Yield the outputs of a cell with these lines in its list."""
    for output in outputs:
        markup = _markup(output)
        if EMPTY not in markup:
            yield output
        elif lines:
            listed = "".join(line.html for line in lines)
            shown = EMPTY.replace(" hidden", "")
            markup = markup.replace(EMPTY, shown).replace("<ul></ul>", f"<ul>{listed}</ul>")
            verdicts = Counter(line.verdict for line in lines)
            markup = COUNTS.sub(claims_in_words(verdicts, "of that day"), markup)
            words = [f"- {html.unescape(line.says)}" for line in lines]
            plain = "\n".join([output.data["text/plain"], *words])
            data = {**output.data, "text/markdown": markup, "text/plain": plain}
            yield nbformat.NotebookNode({**output, "data": nbformat.NotebookNode(data)})
