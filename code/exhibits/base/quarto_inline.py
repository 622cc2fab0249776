"""Mark inline values as computed under Quarto, as press does.

Quarto asks IPython for each inline expression and takes its Markdown, if it has one. A plain value
gets some: a span with the class that exhibits.css colours. So a quote stays a quote, $d$ is no
math, and an empty value prints nothing instead of its own source. A value that brings Markdown of
its own stays as it is.
"""

from __future__ import annotations

import ast
import contextlib
import os
import sys
from typing import Any

from exhibits.base.exhibit import escape, one_line


def mark_inline_values() -> None:
    """Let the running IPython mark inline values, if Quarto started it."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython and "QUARTO_DOCUMENT_FILE" in os.environ else None
    if shell is not None and not hasattr(shell.user_expressions, "marks"):
        shell.user_expressions = marking(shell.user_expressions)


def marking(ask: Any) -> Any:
    """Return a function that answers expressions as `ask` does, each plain value marked.

    >>> ask = lambda _: {"0": {"status": "ok", "data": {"text/plain": "'a'"}}}
    >>> marking(ask)({})["0"]["data"]["text/markdown"]
    '`<span class="computed">a</span>`{=html}'
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


def _span(plain: str) -> str:
    """Return a value's plain text as a raw span; a string's without its quotes."""
    if plain.startswith(("'", '"')):
        with contextlib.suppress(SyntaxError, ValueError):
            plain = str(ast.literal_eval(plain))
    return f'`<span class="computed">{escape(one_line(plain))}</span>`{{=html}}'
