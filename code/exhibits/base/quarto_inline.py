"""Mark the computed values in a sentence under Quarto, as press marks them.

What: Quarto asks IPython for the value of each inline expression, and takes its Markdown, if it has
one. Here a plain value gets Markdown: a span with the class that exhibits.css colours. A value of
several words has a second class and looks like prose. So a quotation mark stays as it is, $d$ is
not math, and an empty value prints nothing instead of its own source. A value that has Markdown
already is not changed. Left out: code cells, whose outputs are exhibits.
"""

from __future__ import annotations

import ast
import contextlib
import os
import sys
from typing import Any

from exhibits.base.exhibit import escape, one_line

FEW_WORDS = 4  # a value with a digit and at most as many words looks like a number


def mark_inline_values() -> None:
    """Make the running IPython mark inline values, if Quarto started it."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython and "QUARTO_DOCUMENT_FILE" in os.environ else None
    if shell is not None and not hasattr(shell.user_expressions, "marks"):
        shell.user_expressions = marking(shell.user_expressions)


def marking(ask: Any) -> Any:
    """Wrap IPython's function for inline expressions, so that it marks plain values.

    ask: takes expressions by name, and returns their results by name, as in Jupyter's protocol

    >>> ask = lambda _: {"0": {"status": "ok", "data": {"text/plain": "'a'"}}}
    >>> marking(ask)({})["0"]["data"]["text/markdown"]
    '`<span class="computed words">a</span>`{=html}'
    """

    def marked(expressions: dict[str, str]) -> dict[str, Any]:
        answers: dict[str, Any] = ask(expressions)
        for answer in answers.values():
            data = answer.get("data", {})
            if "text/plain" in data and "text/markdown" not in data:
                data["text/markdown"] = _span(data["text/plain"])
        return answers

    marked.marks = True  # type: ignore[attr-defined]
    return marked


def classes_of(value: str) -> list[str]:
    """Return the classes of a computed value's span: words look like prose, numbers do not.

    >>> classes_of("78,395"), classes_of("3 of 5 words"), classes_of("Here they are.")
    (['computed'], ['computed'], ['computed', 'words'])
    """
    is_prose = len(value.split()) > FEW_WORDS or not any(map(str.isdigit, value))
    return ["computed", "words"] if is_prose else ["computed"]


def _span(plain: str) -> str:
    """Return a value's plain text as a raw span; a string's without its quotes."""
    if plain.startswith(("'", '"')):
        with contextlib.suppress(SyntaxError, ValueError):
            plain = str(ast.literal_eval(plain))
    classes = " ".join(classes_of(plain))
    return f'`<span class="{classes}">{escape(one_line(plain))}</span>`{{=html}}'
