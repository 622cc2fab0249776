"""Read the inline expressions of prose, `{python} expr` outside fences, and replace them by values.

Source: Quarto's guide, "Inline code". As Quarto does, press escapes a plain value's Markdown and
takes the quotes off a string; an object with `_repr_markdown_` is set as Markdown.
"""

import contextlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from press.base.pyparse import literal

# A blank line ends a paragraph, and with it an unclosed code span.
SPAN = re.compile(
    r"(?<![`\\])(?P<ticks>`+)(?!`)(?P<code>(?:(?!\n[ \t]*\n).)+?)(?<!`)(?P=ticks)(?!`)", re.S
)
INLINE = re.compile(r"^\{python\}\s+(?P<expr>.+)$", re.S)
# ```x``` at the start of a line is inline code.
FENCE = re.compile(r"^\s*(?:(?:[-*+]|\w+[.)])\s+)?(?P<fence>`{3,}(?=[^`]*$)|~{3,})")
SPECIAL = re.compile(r"([\\`*_{}\[\]()#+\-.!<>~^$|@\"'&])")


@dataclass(frozen=True)
class Inline:
    """An expression of the prose, and its line in the file."""

    expression: str
    line: int


def closes(line: str, fence: str) -> bool:
    """Return whether a line closes a fenced block that begins with `fence`."""
    stripped = line.strip()
    return stripped.startswith(fence) and not stripped.strip(fence[0])


def outside_fences(text: str) -> Iterator[tuple[int, str, bool]]:
    """Yield the fenced blocks and what is between: offset of the first line, text, is it prose."""
    lines = text.split("\n")
    start, fence = 0, ""
    for number, line in enumerate(lines):
        opening = None if fence else FENCE.match(line)
        end = number if opening else number + 1
        if (opening and end > start) or (fence and closes(line, fence)):
            yield start, "\n".join(lines[start:end]), not fence
            start = end
        fence = opening["fence"] if opening else "" if start > number else fence
    if start < len(lines):
        yield start, "\n".join(lines[start:]), not fence


def inlines(text: str, first_line: int) -> list[Inline]:
    """Return every inline expression of a prose block, in order.

    >>> inlines("There are `{python} n` of\\n`{python} f'{m:,}'`, not `` `{python} x` ``.", 10)
    [Inline(expression='n', line=10), Inline(expression="f'{m:,}'", line=11)]
    """
    return [
        Inline(expression, first_line + offset + run[: span.start()].count("\n"))
        for offset, run, prose in outside_fences(text)
        for span in (SPAN.finditer(run) if prose else ())
        if (expression := _expression(span))
    ]


def _expression(span: re.Match[str]) -> str:
    """Return the expression of a code span, on one line; "" for a span of another kind."""
    inline = INLINE.match(span["code"]) if span["ticks"] == "`" else None
    # Spaces within a line are kept, for a string may hold them.
    return re.sub(r"\s*\n\s*", " ", inline["expr"].strip()) if inline else ""


def replace_inlines(text: str, value: Callable[[str], str]) -> str:
    """Return the prose with `value(expression)` for each inline expression; fences are unchanged.

    >>> replace_inlines("n is `{python} n`", lambda expression: "7")
    'n is 7'
    """

    def swap(span: re.Match[str]) -> str:
        expression = _expression(span)
        return value(expression) if expression else span[0]

    runs = outside_fences(text)
    return "\n".join(SPAN.sub(swap, run) if prose else run for _, run, prose in runs)


def inline_value(data: dict[str, str]) -> tuple[str, bool]:
    """Return the text of a value, from its display data, and whether that is Markdown.

    >>> inline_value({"text/plain": "'1,024'"})
    ('1,024', False)
    """
    if "text/markdown" in data:
        return data["text/markdown"], True
    plain = data.get("text/plain", "")
    if plain.startswith(("'", '"')):
        with contextlib.suppress(SyntaxError, ValueError):
            plain = str(literal(plain))
    return plain, False


def escape(text: str) -> str:
    """Return Markdown that shows a text as it is: 1\\*2 for 1*2."""
    return SPECIAL.sub(r"\\\1", " ".join(text.split()))
