"""Find fenced blocks, inline expressions and shortcodes in a page's Markdown.

Source: Quarto's guide ("Inline code", shortcodes). As Quarto does, press escapes the Markdown of an
inline `{python} expr`'s plain value and takes the quotes off a string; an object with
`_repr_markdown_` is set as Markdown. Shortcodes without a row stay as they are, and are refused.
"""

import contextlib
import html
import re
import shlex
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from press.base.errors import PressError
from press.base.pyparse import literal

# A blank line ends a paragraph, and with it an unclosed code span.
SPAN = re.compile(
    r"(?<![`\\])(?P<ticks>`+)(?!`)(?P<code>(?:(?!\n[ \t]*\n).)+?)(?<!`)(?P=ticks)(?!`)", re.S
)
INLINE = re.compile(r"^\{python\}\s+(?P<expr>.+)$", re.S)
# Of a list, too; ```x``` at the start of a line is inline code.
FENCE = re.compile(
    r"^(?P<indent>\s*)(?P<mark>(?:[-*+]|\w+[.)])\s+)?(?P<fence>`{3,}(?=[^`]*$)|~{3,})(?P<info>.*)$"
)
CELL_INFO = re.compile(r"^\{(?P<language>\w+)(?P<rest>[ ,].*)?\}$")
SHOWN = frozenset(
    """bash sh shell zsh console powershell sql yaml json toml html xml css scss javascript js
    markdown md text rust c cpp java go dockerfile makefile lua latex bibtex""".split()
)
ADDRESS = re.compile(r"\]\([^)\s]*|<https?:[^>]*>|https?://\S+")
HIDDEN = re.compile(rf"<!--.*?-->|{SPAN.pattern}", re.S)
SPECIAL = re.compile(r"([\\`*_{}\[\]()#+\-.!<>~^$|@\"'&])")
SHORTCODE = re.compile(r"(?<!\{)\{\{<\s*(?P<name>[\w-]+)(?P<rest>.*?)\s*>\}\}(?!\})")
ELSEWHERE = re.compile(
    r"""!\[[^\]]*\]\(\s*<?https?://|<(?:img|iframe)\b[^>]*src=["']?(?:https?:)?//"""
)
ICONS = ("fa", "bi", "iconify", "ai", "fab", "fas")


def _fenced(lines: list[str], start: int = 0) -> Iterator[tuple[int, int, re.Match[str]]]:
    """Yield of each fenced block the indices of its first and last line, and the first's match; the
    last is that after all lines if the block is not closed.
    """
    opening, first = None, 0
    for number in range(start, len(lines)):
        if opening is None:
            opening, first = FENCE.match(lines[number]), number
            continue
        stripped, fence = lines[number].strip(), opening["fence"]
        if stripped.startswith(fence) and not stripped.strip(fence[0]):
            yield first, number, opening
            opening = None
    if opening:
        yield first, len(lines), opening


def outside_fences(text: str) -> Iterator[tuple[int, str, bool]]:
    """Yield the fenced blocks and what is between: offset of the first line, text, is it prose."""
    lines, at = text.split("\n"), 0
    for first, last, _ in _fenced(lines):
        if at < first:
            yield at, "\n".join(lines[at:first]), True
        yield first, "\n".join(lines[first : last + 1]), False
        at = last + 1
    if at < len(lines):
        yield at, "\n".join(lines[at:]), True


@lru_cache(256)  # every check of a page asks for those of its blocks
def prose_lines(text: str, first_line: int) -> list[tuple[int, str]]:
    """Return the lines outside fences with their numbers; comments, code spans, link targets and
    addresses are blanked.

    >>> prose_lines("see `@a`\\n[b](c@d)", 5)
    [(5, 'see     '), (6, '[b     )')]
    """
    lines: list[tuple[int, str]] = []
    for offset, run, prose in outside_fences(text):
        if prose:
            run = HIDDEN.sub(lambda span: re.sub(r"[^\n]", " ", span[0]), run)
            run = ADDRESS.sub(lambda link: " " * len(link[0]), run)
            lines += enumerate(run.split("\n"), first_line + offset)
    return lines


def fences(lines: list[str], start: int, path: str) -> Iterator[tuple[int, int, re.Match[str]]]:
    """Yield of each fenced block the indices of its first and last line, and the first's match.

    Raises: PressError for a cell in a list's first line, and a fence that is never closed.
    """
    for first, last, opening in _fenced(lines, start):
        if opening["mark"] and CELL_INFO.match(opening["info"].strip()):
            remedy = "begin its fence on a line of its own, in the first column"
            raise PressError.at(path, first + 1, "a cell behind the mark of a list", remedy)
        if last < len(lines):
            yield first, last, opening
        elif "".join(lines[first + 1 :]).strip():
            remedy = f"end the block with a line of {opening['fence']}"
            raise PressError.at(path, first + 1, "the fence is never closed", remedy)
        else:
            lines[first] = lines[first][: opening.start("fence")]  # one too many, at the end


def cell_fault(info: re.Match[str], fence: re.Match[str]) -> tuple[str, str] | None:
    """Return what keeps a fence in braces from being a cell, and the remedy."""
    if info["language"] != "python":
        remedy = "only {python} cells run here; for code that is only shown write ```"
        return f"a cell in {{{info['language']}}}", remedy + info["language"]
    if info["rest"]:
        return f"options in the fence: {info[0]}", "write them as lines '#| key: value'"
    if fence["fence"].startswith("~"):
        return "a cell in a fence of ~~~", "write ```{python}: Quarto runs no other"
    return None


@dataclass(frozen=True)
class Inline:
    """An expression of the prose, and its line in the file."""

    expression: str
    line: int


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


def replace_inlines(text: str, values: Iterable[str]) -> str:
    """Return the prose with the next of the values for each inline expression.

    >>> replace_inlines("`{python} n` and `{python} m`", ["7", "8"])
    '7 and 8'
    """
    rest = iter(values)

    def swap(span: re.Match[str]) -> str:
        return next(rest) if _expression(span) else span[0]

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


def _video(words: list[str], meta: Mapping[str, Any]) -> str:
    address, title = words[0], "Video"
    for word in words[1:]:
        if word.startswith("title="):
            title = word.removeprefix("title=")
    if re.match(r"(?:https?:)?//", address):
        return f"[{escape(title)} ({escape(re.sub('^https?://', '', address))})]({address})"
    source, name = html.escape(address), html.escape(title)
    return f'`<video controls src="{source}" title="{name}"></video>`{{=html}}'


ROWS: dict[str, Callable[[list[str], Mapping[str, Any]], str]] = {
    "video": _video,
    "pagebreak": lambda words, meta: "",
    "kbd": lambda words, meta: f"`<kbd>{html.escape('+'.join(words[:1]))}</kbd>`{{=html}}",
    "meta": lambda words, meta: str(meta.get(words[0], "")),
    **dict.fromkeys(ICONS, lambda words, meta: ""),
}


def expanded(text: str, meta: Mapping[str, Any]) -> str:
    """Return prose with the shortcodes of ROWS replaced; meta: the front matter of its page.

    >>> expanded("See {{< meta title >}} and `{{< meta title >}}`.", {"title": "A day"})
    'See A day and `{{< meta title >}}`.'
    """

    def swap(match: re.Match[str]) -> str:
        row = ROWS.get(match["name"] or "")
        try:
            words = shlex.split(match["rest"] or "")
        except ValueError:
            words = match["rest"].split()
        needs = match["name"] in ("video", "kbd", "meta")
        return match[0] if row is None or (needs and not words) else row(words, meta)

    pattern = re.compile(rf"{HIDDEN.pattern}|{SHORTCODE.pattern}", re.S)
    runs = outside_fences(text)
    return "\n".join(pattern.sub(swap, run) if prose else run for _, run, prose in runs)


def prose_notes(text: str) -> Iterator[tuple[str, str]]:
    """Yield what of a prose has no effect, or another one than in Quarto, and why.

    >>> list(prose_notes("{{< fa book >}}"))
    [('the shortcode fa', 'press has no icons')]
    """
    for match in SHORTCODE.finditer(text):
        if match["name"] in ICONS:
            yield f"the shortcode {match['name']}", "press has no icons"
    if ELSEWHERE.search(text):
        yield "a picture or frame of another host", "a page asks none, so it is printed as a link"
