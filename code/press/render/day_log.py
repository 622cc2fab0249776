"""Fill the list at the head of a dated page from the claims of the same page.

The list (`exhibits.page.day_log`) is shown before its claims are checked, and so is empty.
"""

import copy
import html
import re
from collections import Counter
from dataclasses import replace

import nbformat

from press.execute.notebook import Run
from press.render.listing import claims_in_words

EMPTY = '<details class="ex-log" data-pagefind-ignore hidden>'
BOX = re.compile(
    r'<div class="ex-claim (?P<tone>[\w-]+)" id="(?P<anchor>claim-[\w-]+)"><p class="ex-said">'
    r'(?P<says>[^<]*)</p>.*?<b class="ex-verdict">(?P<verdict>[^<]+)</b>',
    re.S,
)
COUNTS = re.compile(r'(?<=<summary data-part="verdict-counts">)[^<]*')
LINE = (
    '<li class="ex-said {tone}" data-verdict-of="{anchor}"><b class="ex-verdict">{verdict}</b>'
    '<a href="#{anchor}">{says}</a></li>'
)


def with_day_log(run: Run) -> Run:
    """Return a run in which the list has a line for each claim of the page.

    The list of a page without a claim goes.
    """
    if not any(EMPTY in _markup(output) for output in _outputs(run.notebook)):
        return run
    notebook = copy.deepcopy(run.notebook)
    claims = [box.groupdict() for one in _outputs(notebook) for box in BOX.finditer(_markup(one))]
    for cell in notebook.cells:
        for output in [one for one in cell.get("outputs", []) if EMPTY in _markup(one)]:
            if claims:
                output.data.update(_filled(output.data, claims))
            else:
                cell.outputs.remove(output)
    return replace(run, notebook=notebook)


def _outputs(notebook: nbformat.NotebookNode) -> list[nbformat.NotebookNode]:
    return [output for cell in notebook.cells for output in cell.get("outputs", [])]


def _markup(output: nbformat.NotebookNode) -> str:
    return str(output.get("data", {}).get("text/markdown", ""))


def _filled(data: nbformat.NotebookNode, claims: list[dict[str, str]]) -> dict[str, str]:
    """Return the list's markup and words with a line for each of these claims."""
    boxes = "".join(LINE.format(**claim) for claim in claims)
    markup = data["text/markdown"].replace(EMPTY, EMPTY.replace(" hidden", ""))
    markup = markup.replace("<ul></ul>", f"<ul>{boxes}</ul>")
    counted = claims_in_words(Counter(claim["verdict"] for claim in claims), "of that day")
    lines = [f"- [{claim['verdict']}] {html.unescape(claim['says'])}" for claim in claims]
    words = [data["text/plain"], *lines]
    return {"text/markdown": COUNTS.sub(counted, markup), "text/plain": "\n".join(words)}
