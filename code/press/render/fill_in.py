"""Fill in a day's list of claims once its page has run, and move measured values into the receipt.

The list at the head of a dated page (`exhibits.page.day_log`) is shown before the page's claims are
checked, and so is empty. Measured values move from the page into its receipt (JSON), so that two
builds are equal.
"""

import copy
import html
import json
import re
from collections import Counter
from dataclasses import replace
from typing import Any

import nbformat

from press.base.errors import PressError
from press.execute.notebook import Run
from press.execute.receipt import MEASURED, in_words
from press.execute.run_diff import Change
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
UNREAD = "measured when the page ran; serve the site to see it"


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


def take_measured(body: str, run: Run) -> tuple[str, str]:
    """Return a body with a gap for each measured value, and the receipt with the values.

    Raises: PressError for two values with one key.
    """
    values: dict[str, dict[str, str]] = {}

    def take(match: re.Match[str]) -> str:
        key = match["key"]
        value = {name: html.unescape(match[name]) for name in ("text", "value")}
        if values.setdefault(key, value) != value:
            what = f"two measured values have one key, {key!r}"
            remedy = "give each exhibits.measured(...) a key of its own"
            raise PressError.at(run.page.path, 0, what, remedy)
        return f'<data class="measured" data-key="{key}" title="{UNREAD}">–</data>'

    body = MEASURED.sub(take, body)
    readable: dict[str, Any] = {}
    if run.receipt.get("executed"):
        changes = (run.receipt.get("changes") or {}).get("list", [])
        readable["shown"] = in_words(run.receipt)
        readable["shown_changes"] = [str(Change(**item)) for item in changes]
    receipt = {"page": run.page.path, **run.receipt, **readable, "measured": values}
    return body, json.dumps(receipt, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
