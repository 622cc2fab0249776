"""Inline expressions: `{python} expr` inside prose, found outside fences, and replaced by what the
kernel says.

Source: Quarto's guide, "Inline code". Quarto escapes a plain value's Markdown and takes the quotes
off a string; an object with `_repr_markdown_` is set as Markdown. So does press.
"""

import contextlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from press.base.pyparse import literal

BLANK = r"\n[ \t]*\n"  # a paragraph ends here, and with it an unclosed code span
SPAN = re.compile(
    rf"(?<![`\\])(?P<ticks>`+)(?!`)(?P<code>(?:(?!{BLANK}).)+?)(?<!`)(?P=ticks)(?!`)", re.S
)
INLINE = re.compile(r"^\{python\}\s+(?P<expr>.+)$", re.S)
FENCE = re.compile(
    r"^\s*(?P<fence>`{3,}(?=[^`]*$)|~{3,})"
)  # ```x``` at the start of a line is inline code
SPECIAL = re.compile(r"([\\`*_{}\[\]()#+\-.!<>~^$|@\"'&])")


@dataclass(frozen=True)
class Inline:
    """An expression in the prose, and its line in the file."""

    expression: str
    line: int


def outside_fences(text: str) -> Iterator[tuple[int, str, bool]]:
    """Yield (line offset from 0, run of lines, whether it is prose); fenced blocks come as one run
    that is not.
    """
    lines = text.split("\n")
    start, fence = 0, ""
    for number, line in enumerate(lines):
        match = FENCE.match(line)
        if not fence and match:
            if number > start:
                yield start, "\n".join(lines[start:number]), True
            start, fence = number, match["fence"]
        elif (
            fence and match and line.strip().startswith(fence) and not line.strip().strip(fence[0])
        ):
            yield start, "\n".join(lines[start : number + 1]), False
            start, fence = number + 1, ""
    if start < len(lines):
        yield start, "\n".join(lines[start:]), not fence


def inlines(text: str, first_line: int) -> list[Inline]:
    """Every inline expression of a prose block, in order.

    >>> inlines("There are `{python} n` of\\n`{python} f'{m:,}'`, not `` `{python} x` ``.", 10)
    [Inline(expression='n', line=10), Inline(expression="f'{m:,}'", line=11)]
    """
    found = []
    for offset, run, prose in outside_fences(text):
        for span in SPAN.finditer(run) if prose else ():
            inline = INLINE.match(span["code"]) if span["ticks"] == "`" else None
            if inline:
                line = first_line + offset + run[: span.start()].count("\n")
                found.append(Inline(one_line(inline["expr"]), line))
    return found


def replace_inlines(text: str, value: Callable[[str], str]) -> str:
    """The prose with each inline expression replaced by `value(expression)`, fences left alone.

    >>> replace_inlines("n is `{python} n`", lambda expression: "7")
    'n is 7'
    """

    def swap(span: re.Match[str]) -> str:
        inline = INLINE.match(span["code"]) if span["ticks"] == "`" else None
        return value(one_line(inline["expr"])) if inline else span[0]

    return "\n".join(
        SPAN.sub(swap, run) if prose else run for _, run, prose in outside_fences(text)
    )


def one_line(expression: str) -> str:
    """An expression that was wrapped over lines on one line; spaces within a line stay, since a
    string may hold them.

    >>> one_line("text.count('  ')\\n  + 1")
    "text.count('  ') + 1"
    """
    return re.sub(r"\s*\n\s*", " ", expression.strip())


def inline_value(data: dict[str, str]) -> tuple[str, bool]:
    """What a reader sees of a value, from its display data: (text, whether it is Markdown of its
    own).

    >>> inline_value({"text/plain": "'1,024'"}), inline_value({"text/plain": "7", "text/markdown": "**7**"})
    (('1,024', False), ('**7**', True))
    """
    if "text/markdown" in data:
        return data["text/markdown"], True
    plain = data.get("text/plain", "")
    if plain.startswith(("'", '"')):
        with contextlib.suppress(SyntaxError, ValueError):
            plain = str(literal(plain))
    return plain, False


def escape(text: str) -> str:
    """Text as Markdown that shows just that text.

    >>> escape("1*2 <b>")
    '1\\\\*2 \\\\<b\\\\>'
    """
    return SPECIAL.sub(r"\\\1", " ".join(text.split()))
