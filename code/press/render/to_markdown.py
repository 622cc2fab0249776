"""Weave an executed page into one Markdown document for Pandoc.

Prose stays Markdown, with the inline values in it; a cell becomes a Div of Quarto's class names
around its code and outputs. All that a kernel printed is fenced or escaped, so that markup in a
text stays text.
"""

import base64
import html
import re
from collections.abc import Iterator
from typing import Any

import nbformat

from press.execute.notebook import ANSI, inline_values, is_hidden, raw_html
from press.execute.result import Run
from press.source.inline import escape, inline_value, replace_inlines
from press.source.page import Cell
from scratch.text.utf8 import control_picture

# would make a list or a block of a caption
MARKER = re.compile(r"^(?P<before>\w*)(?P<mark>[.)\-+*#>|:])(?=[\s:|])")
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
# of the planes of Unicode
ENDS = "".join(chr(plane << 16 | last) for plane in range(17) for last in (0xFFFE, 0xFFFF))
BROKEN = re.compile(rf"[\x80-\x9f\ud800-\udfff\ufdd0-\ufdef{ENDS}]")  # no characters of HTML
IMAGES = ("image/svg+xml", "image/png", "image/jpeg")


def weave(run: Run, defaults: dict[str, Any]) -> str:
    """Return the Markdown of an executed page; defaults: the options of all cells."""
    nodes = run.notebook.cells[1:]  # the first is the title, which the template sets
    parts: list[str] = []
    position = 0
    for block in run.page.blocks:
        node = nodes[position]
        position += 1
        if isinstance(block, Cell):
            parts.append(_cell(block, node, defaults))
            continue
        hidden = nodes[position] if position < len(nodes) and is_hidden(nodes[position]) else None
        if hidden is not None:
            position += 1
        values = iter(inline_values(hidden)) if hidden is not None else iter(())
        parts.append(replace_inlines(block.text, lambda _, values=values: computed(next(values))))  # type: ignore[misc]
    return "\n\n".join(parts) + "\n"


def computed(data: dict[str, str]) -> str:
    """Return an inline value as Markdown, marked as computed.

    >>> computed({"text/plain": "78395"}), computed({"text/markdown": "**7**", "text/plain": "x"})
    ('[78395]{.computed}', '**7**')
    """
    text, is_markdown = inline_value(data)
    if not is_markdown:
        return f"[{escape(clean(text))}]{{.computed}}"
    raw = raw_html(text)
    return text.strip() if raw is None else raw_inline(" ".join(raw.split("\n")))


def raw_inline(markup: str) -> str:
    """Return HTML as an inline raw span, whatever ticks it holds."""
    ticks = "`" * (longest_run(markup) + 1)
    return f"{ticks}{markup}{ticks}{{=html}}"


def fenced(text: str, info: str = "") -> str:
    """Return a text in a fence that it cannot close.

    >>> fenced("a```b")
    '````\\na```b\\n````'
    """
    fence = "`" * max(3, longest_run(text) + 1)
    return f"{fence}{info}\n{text}\n{fence}"


def longest_run(text: str) -> int:
    """Return the length of the longest run of backticks."""
    return max((len(run) for run in re.findall("`+", text)), default=0)


def _cell(cell: Cell, node: nbformat.NotebookNode, defaults: dict[str, Any]) -> str:
    options = {**defaults, **cell.options}
    if options.get("include") is False:
        return ""
    echo, parts = options.get("echo", True), []
    if echo and cell.source:
        parts.append(_code(cell.source, options))
    if options.get("eval", True) and options.get("output", True):
        parts += _outputs(node.get("outputs", []), options)
    label = cell.label
    anchor = f" #{label}" if label and not label.startswith(("fig-", "tbl-")) else ""
    if not parts or (options.get("output") == "asis" and not echo and not anchor):
        return "\n\n".join(parts)  # as if it stood in the page
    return "\n\n".join([f"::::: {{.cell{anchor}}}", *parts, ":::::"])


def _code(source: str, options: dict[str, Any]) -> str:
    code = fenced(source, "{.python .cell-code}")
    fold = options.get("code-fold", False)
    if not fold:
        return code
    summary = html.escape(str(options.get("code-summary", "Code")))
    opened = (
        "<details"
        f' class="code-fold"{" open" if fold == "show" else ""}><summary>{summary}</summary>'
    )
    return "\n\n".join([fenced(opened, "{=html}"), code, fenced("</details>", "{=html}")])


def _outputs(outputs: list[nbformat.NotebookNode], options: dict[str, Any]) -> Iterator[str]:
    if options.get("output") == "asis":
        yield "".join(_asis(output) for output in outputs)
        outputs = [
            output
            for output in outputs
            if output.output_type == "error" or output.get("name") == "stderr"
        ]
    displays: list[str] = []
    for output in outputs:
        if output.output_type == "stream":
            if output.name == "stderr" and options.get("warning") is False:
                continue
            displays.append(
                _div(f"cell-output-{output.name}", fenced(clean(output.text.rstrip("\n"))))
            )
        elif output.output_type == "error":
            error = f"{output.ename}: {output.evalue}" if output.evalue else output.ename
            displays.append(_div("cell-output-error", fenced(clean(error))))
        else:
            displays.append(_div("cell-output-display", _display(output.data)))
    label = str(options.get("label", ""))
    caption = " ".join(str(options.get("fig-cap") or options.get("tbl-cap") or "").split())
    caption = MARKER.sub(r"\g<before>\\\g<mark>", caption)
    if label.startswith(("fig-", "tbl-")) and displays:
        yield "\n\n".join(
            [f":::: {{#{label}}}", *displays, *([caption] if caption else []), "::::"]
        )
    else:
        yield from displays


def _div(kind: str, content: str) -> str:
    return f"::: {{.cell-output .{kind}}}\n{content}\n:::"


def _display(data: dict[str, Any]) -> str:
    """Return the richest form of a display for a page; Markdown before HTML, as in Quarto."""
    if "text/markdown" in data:
        return str(data["text/markdown"])
    if "text/html" in data:
        return fenced(str(data["text/html"]), "{=html}")
    for kind in IMAGES:
        if kind in data:
            raw = str(data[kind])
            coded = (
                base64.b64encode(raw.encode()).decode()
                if kind == "image/svg+xml"
                else "".join(raw.split())
            )
            return fenced(f'<img src="data:{kind};base64,{coded}" alt="{_alt(data)}">', "{=html}")
    if "text/latex" in data:
        return str(data["text/latex"])
    return fenced(clean(str(data.get("text/plain", ""))))


def _alt(data: dict[str, Any]) -> str:
    return html.escape(str(data.get("text/plain", "")), quote=True)


def _asis(output: nbformat.NotebookNode) -> str:
    if output.output_type == "stream":
        return clean(output.text) if output.name == "stdout" else ""
    return _display(output.data) if "data" in output else ""


def clean(text: str) -> str:
    """Return a text without terminal colours, its control characters as pictures (U+2400...).

    What is no character of HTML becomes U+FFFD.

    >>> clean("\\x1b[31mred\\x1b[0m\\x00")
    'red␀'
    """
    text = ANSI.sub("", text)
    text = CONTROL.sub(lambda match: control_picture(match[0]), text)
    return BROKEN.sub("\ufffd", text)
