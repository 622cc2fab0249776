"""Inline values under Quarto: marked as computed, and shown as they are."""

import subprocess
import sys
from typing import Any

import pytest

CODE = """
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
import exhibits
from IPython.display import Markdown
shell.user_ns["Markdown"] = Markdown
asked = {"0": %r}
answer = shell.user_expressions(asked)["0"]
print(answer.get("data", {}).get("text/markdown", answer["status"]))
"""


def told(expression: str, monkeypatch: Any, quarto: bool = True) -> str:
    if quarto:
        monkeypatch.setenv("QUARTO_DOCUMENT_FILE", "a.qmd")
    command = [sys.executable, "-c", CODE % expression]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.rstrip("\n")


@pytest.mark.parametrize(
    ("expression", "shown"),
    [
        ("f'{78_395:,}'", "78,395"),
        ("3", "3"),
        ("''", ""),
        ("""'\\'a\\' "b"'""", "&#x27;a&#x27; &quot;b&quot;"),
        ("'$d$'", "$d$"),
        ("'a`b <i>'", "a&#96;b &lt;i&gt;"),
    ],
)
def test_a_plain_value_is_marked_and_shown_as_it_is(
    monkeypatch: Any, expression: str, shown: str
) -> None:
    classes = "computed" if shown.startswith(("3", "78")) else "computed words"
    assert told(expression, monkeypatch) == f'`<span class="{classes}">{shown}</span>`{{=html}}'


def test_markdown_an_error_and_another_printer_stay_as_they_are(monkeypatch: Any) -> None:
    assert told("Markdown('**7**')", monkeypatch) == "**7**"
    assert told("1 / 0", monkeypatch) == "error"
    monkeypatch.delenv("QUARTO_DOCUMENT_FILE")
    assert told("7", monkeypatch, quarto=False) == "ok"
