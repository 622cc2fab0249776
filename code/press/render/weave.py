"""Weave an executed page into Markdown for Pandoc: cells, outputs by MIME type, inline values.

Prose stays Markdown, with the inline values in it; a cell becomes a Div of Quarto's class names
around its code and outputs. All that a kernel printed is fenced or escaped, so that markup in a
text stays text.
"""

import base64
import html
import json
import re
import struct
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

import nbformat

from exhibits.base.exhibit import raw_block
from exhibits.base.quarto_inline import classes_of
from exhibits.plots.plot import plot
from press.base.errors import PressError, Problem
from press.execute.notebook import ANSI, Run, inline_values, is_hidden, raw_html
from press.render.figures import div, figures, is_float, of_figure
from press.source.page import NO_OPTIONS, Cell
from press.source.prose import escape, inline_value, replace_inlines
from scratch.text.utf8 import control_picture

CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
# of the planes of Unicode
ENDS = "".join(chr(plane << 16 | last) for plane in range(17) for last in (0xFFFE, 0xFFFF))
BROKEN = re.compile(rf"[\x80-\x9f\ud800-\udfff\ufdd0-\ufdef{ENDS}]")  # no characters of HTML
BARE = re.compile(r"<[^<>]*>")  # what Python shows of an object without words of its own
TEXT_INSTEAD = 'id="sk-container-id'  # of scikit-learn, which unfolds by a script
PLOTLY = "application/vnd.plotly.v1+json"
FIGURE = "A figure that the cell draws"  # where its author gives no words


def weave(run: Run, defaults: Mapping[str, Any] = NO_OPTIONS) -> str:
    """Return the Markdown of an executed page; defaults: the options of all cells.

    Raises: PressError for each output that has no form on a page, at the line of its cell.
    """
    nodes = run.notebook.cells[1:]  # the first is the title, which the template sets
    parts: list[str] = []
    problems: list[Problem] = []
    position = 0
    for block in run.page.blocks:
        node = nodes[position]
        position += 1
        if isinstance(block, Cell):
            try:
                parts.append(_cell(block, node, {**defaults, **block.options}))
            except _NoForm as error:
                problems.append(Problem(run.page.path, block.line, *error.args))
            continue
        hidden = nodes[position] if position < len(nodes) and is_hidden(nodes[position]) else None
        if hidden is not None:
            position += 1
        values = map(computed, inline_values(hidden) if hidden is not None else ())
        parts.append(replace_inlines(block.text, values))
    if problems:
        raise PressError(problems)
    if run.page.sources and not any("#refs" in block.text for block in run.page.prose):
        parts.append("## References {.unnumbered}\n\n::: {#refs}\n:::")
    return "\n\n".join(parts) + "\n"


def computed(data: dict[str, str]) -> str:
    """Return an inline value as Markdown, marked as computed.

    >>> computed({"text/plain": "78395"}), computed({"text/markdown": "**7**", "text/plain": "x"})
    ('[78395]{.computed}', '**7**')
    """
    text, is_markdown = inline_value(data)
    if not is_markdown:
        classes = " ".join(f".{name}" for name in classes_of(text))
        return f"[{escape(clean(text))}]{{{classes}}}"
    raw = raw_html(text)
    if raw is None:
        return text.strip()
    ticks, markup = "`" * (longest_run(raw) + 1), " ".join(raw.split("\n"))
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


def _cell(cell: Cell, node: nbformat.NotebookNode, options: dict[str, Any]) -> str:
    if options.get("include") is False:
        return ""
    echo, parts = options.get("echo", True), []
    if echo and cell.source:
        parts.append(_code(cell.source, options))
    if options.get("eval", True) and options.get("output", True):
        parts += _outputs(node.get("outputs", []), options)
    label = cell.label
    anchor = f" #{label}" if label and not is_float(options) else ""
    look = f" .column-{options['column']}" if "column" in options else ""
    if not parts or (options.get("output") == "asis" and not (echo or anchor or look)):
        return "\n\n".join(parts)  # as if it stood in the page
    if look == " .column-margin" and echo and len(parts) > 1:  # its code stays in the text
        return "\n\n".join([div(".cell", parts[0]), div(f".cell{look}{anchor}", *parts[1:])])
    return div(f".cell{look}{anchor}", *parts)


def _code(source: str, options: dict[str, Any]) -> str:
    names = {"#": "lst-label", "lst-cap=": "lst-cap", "filename=": "filename"}
    more = "".join(
        f" #{options[key]}" if sign == "#" else f" {sign}{json.dumps(str(options[key]))}"
        for sign, key in names.items()
        if key in options
    )
    code = fenced(source, f"{{.python .cell-code{more}}}")
    if options.get("echo") == "fenced":
        shown = re.sub(r"^#\s*\|\s*echo:\s*fenced\n", "", source, flags=re.M)
        code = fenced(f"```{{python}}\n{shown}\n```", "{.markdown .cell-code}")
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
    if any(IMAGES & output.get("data", {}).keys() for output in outputs):  # as Quarto does
        last = "execute_result", {"text/plain"}  # a cell's last value, as of `plt.plot(...)`
        outputs = [one for one in outputs if (one.output_type, one.get("data", {}).keys()) != last]
    if options.get("output") == "asis":
        yield "".join(_asis(output, options) for output in outputs)
        outputs = [
            output
            for output in outputs
            if output.output_type == "error" or output.get("name") == "stderr"
        ]
    shown: list[tuple[str, bool]] = []  # each output, and whether it can be a figure
    align = options.get("fig-align", "default")
    look = "" if align == "default" else f" .quarto-figure-{align}"
    for output in outputs:
        if output.output_type == "stream":
            if output.name == "stderr" and options.get("warning") is False:
                continue
            text = fenced(clean(output.text.rstrip("\n")))
            shown.append((_div(f"cell-output-{output.name}", text), False))
        elif output.output_type == "error":
            error = f"{output.ename}: {output.evalue}" if output.evalue else output.ename
            shown.append((_div("cell-output-error", fenced(clean(error))), False))
        else:
            number = sum(is_figure for _, is_figure in shown)
            words = {key: of_figure(options.get(key), number) for key in ("fig-alt", "fig-cap")}
            display = _display(output, {**options, **words})
            shown.append((_div(f"cell-output-display{look}", display), True))
    yield from figures(shown, options)


def _div(kind: str, content: str) -> str:
    return f"::: {{.cell-output .{kind}}}\n{content}\n:::"


class _NoForm(Exception):
    """What a cell shows and a page cannot hold, and the remedy."""


def _display(output: nbformat.NotebookNode, options: dict[str, Any]) -> str:
    """Return the first form of FORMS that a display has; Markdown before HTML, as in Quarto.

    Raises: _NoForm for a display without one.
    """
    data = output.data
    kind = next((kind for kind in FORMS if kind in data), "")
    repr_alone = kind == "text/plain" and BARE.fullmatch(data[kind].strip())
    others = sorted(data.keys() - FORMS.keys())
    if not kind or (repr_alone and others):
        what = f"the cell shows {', '.join(others) or 'nothing'}, which no page can hold"
        raise _NoForm(what, "show a text, a table, a picture or an exhibit of it")
    if kind == "text/html" and TEXT_INSTEAD in str(data[kind]) and "text/plain" in data:
        kind = "text/plain"
    values = {**options, **output.get("metadata", {}).get(kind, {})}
    return FORMS[kind](data[kind], values)


def _picture(value: Any, options: dict[str, Any], kind: str) -> str:
    """Return an image; its size, where it is known, leaves its room free while it loads."""
    raw = str(value)
    svg = kind == "image/svg+xml"
    coded = base64.b64encode(raw.encode()).decode() if svg else "".join(raw.split())
    size = {key: options[key] for key in ("width", "height") if key in options}
    if kind == "image/png" and not size and len(coded) > 32:
        width, height = struct.unpack(">II", base64.b64decode(coded[:32])[16:24])
        size = {"width": width, "height": height}
    room = "".join(f' {key}="{html.escape(str(number))}"' for key, number in size.items())
    alt = html.escape(alt_of(options), quote=True)
    return fenced(f'<img src="data:{kind};base64,{coded}"{room} alt="{alt}">', "{=html}")


def alt_of(options: Mapping[str, Any]) -> str:
    """Return the text alternative of a cell's figure."""
    text = options.get("fig-alt") or options.get("alt") or options.get("fig-cap") or FIGURE
    return " ".join(str(text).split())


def _plotly(value: Any, options: dict[str, Any]) -> str:
    try:
        return raw_block(plot(value, alt_of(options)).html)
    except ValueError as error:
        what = f"the plotly figure cannot be drawn: {str(error).partition(';')[0]}"
        remedy = str(error).partition("; ")[2] or "draw it by exhibits.plot"
        raise _NoForm(what, remedy) from None


IMAGES = {"image/svg+xml", "image/png", "image/jpeg", "image/gif", "image/webp"}
FORMS: dict[str, Callable[[Any, dict[str, Any]], str]] = {
    "text/markdown": lambda value, _: str(value),
    PLOTLY: _plotly,
    "text/html": lambda value, _: fenced(str(value), "{=html}"),
    **{kind: partial(_picture, kind=kind) for kind in sorted(IMAGES, reverse=True)},
    "text/latex": lambda value, _: str(value),
    "application/json": lambda value, _: fenced(
        clean(json.dumps(value, indent=2, ensure_ascii=False)), "json"
    ),
    "text/plain": lambda value, _: fenced(clean(str(value))),
}


def _asis(output: nbformat.NotebookNode, options: dict[str, Any]) -> str:
    if output.output_type == "stream":
        return clean(output.text) if output.name == "stdout" else ""
    return _display(output, options) if "data" in output else ""


def clean(text: str) -> str:
    """Return a text without terminal colours, its control characters as pictures (U+2400...).

    What is no character of HTML becomes U+FFFD.

    >>> clean("\\x1b[31mred\\x1b[0m\\x00")
    'red␀'
    """
    text = ANSI.sub("", text)
    text = CONTROL.sub(lambda match: control_picture(match[0]), text)
    return BROKEN.sub("\ufffd", text)
