"""Refuse the Quarto Markdown that the built-in printer lacks, by file and line, with a remedy.

A printer that drops an unknown construct publishes a page with a hole.
"""

import ast
import re
from collections.abc import Iterator

from press.base.errors import Problem
from press.base.pyparse import parse
from press.source.page import Page, Prose
from press.source.prose import inlines, outside_fences

CALLOUTS = ("note", "tip", "warning", "important", "caution")
DIV = r"^\s*:{3,}.*"
FENCE = r"^\s*(?:`{3,}|~{3,})\s*"
SLIDES = "notes|hidden|magic-move"
Rule = tuple[str, str, str]  # pattern, what, remedy
# fmt: off
RULES: list[Rule] = [  # of the prose
    (r"\{\{<\s*(?P<what>\S+)",
     "the shortcode {what}", "press knows no shortcodes: write the Markdown itself"),
    (DIV + r"\b(?P<what>(?:when|unless)-(?:meta|profile))\b",
     "content for {what}", "both printers print one page: take the condition out"),
    (DIV + r"\.(?P<what>panel-(?!(?:tabset|fill|center)\b)[\w-]+)",
     "the panel {what}", "only .panel-tabset is known"),
    (DIV + rf"\.(?P<what>callout-(?!(?:{'|'.join(CALLOUTS)})\b)[\w-]+)",
     "the callout {what}", f"callouts are {', '.join('callout-' + name for name in CALLOUTS)}"),
    (DIV + rf"\.(?P<what>{SLIDES})\b",
     "the block {what}", "no page shows it: take it out, or its class"),
]
BARE_RULES: list[Rule] = [  # of lines as they are, which Pandoc would read as something else
    (r"^\s*>.*(?:`{3}|~{3})\s*\{python",
     "a cell inside a quotation", "it would not run: begin its fence in the first column"),
    (FENCE + r"\{\{",
     "a fence of doubled braces", "to show a cell, set it in a fence of four ````markdown"),
    (FENCE + r"\{[^}]*#(?:fig|tbl)-",
     "a figure in a fence", "its label begins with lst-"),
]
# fmt: on
ATTRIBUTES = re.compile(r"^\s*:{3,}\s*\{(?P<block>[^}]*)\}|!\[[^{]*?\)\{(?P<image>[^}]*)\}")
ATTRIBUTE = re.compile(r"(?P<key>[\w:-]+)\s*=\s*(?P<value>\"[^\"]*\"|'[^']*'|[^\s}]+)")
PASSED = re.compile(  # HTML's own, and those that RULES names
    r"aria-|data-|layout|when-|unless-|(?:class|dir|id|lang|role|style|title)$"
)
BOTH, ANY = ("true", "false"), ()
KNOWN: dict[str, dict[str, tuple[str, ...]]] = {  # attributes, and their values
    "block": {
        **dict.fromkeys(("title", "fig-cap", "tbl-cap", "width", "name", "group"), ANY),
        **dict.fromkeys(("collapse", "icon"), BOTH),
        "appearance": ("default", "simple", "minimal"),
    },
    "image": {
        **dict.fromkeys(("width", "height", "fig-alt", "alt", "loading"), ANY),
        "fig-align": ("default", "left", "center", "right"),
        **dict.fromkeys(("fig-env", "fig-pos", "fig-scap"), ANY),  # of LaTeX
        **dict.fromkeys(("group", "description", "desc-position", "text-align", "align"), ANY),
    },
}
NOTE, NOTE_TEXT = re.compile(r"\[\^([^\]\s]+)\](?!:)"), re.compile(r"\[\^([^\]\s]+)\]:")
Lines = list[tuple[int, str]]
Fault = tuple[int, str, str]  # line, what, remedy
SPOKEN = r"[^$]*?`\{python\}[^`]+`[^$]*?"
MATHS = re.compile(rf"(?<![\\$])(?:\$\${SPOKEN}\$\$|\$(?=[^\s$]){SPOKEN}(?<=\S)\$(?!\d))")


def refusals(page: Page) -> Iterator[Problem]:
    """Yield a problem for each construct that the printer lacks, and each inline non-expression."""
    lines = page.lines
    faults = [*_unknown(lines), *_attributes(lines), *_unwritten_notes(lines)]
    faults += [*_unclosed_divs(lines), *_metadata(lines), *_commented_cells(page)]
    for block in page.prose:
        faults += [*_unspeakable(block), *_bare(block)]
    for line, what, remedy in faults:
        yield Problem(page.path, line, what, remedy)


def _unknown(lines: Lines) -> Iterator[Fault]:
    for line, text in lines:
        for pattern, what, remedy in RULES:
            if match := re.search(pattern, text):
                yield line, what.format(what=match["what"]), remedy.format()


def _attributes(lines: Lines) -> Iterator[Fault]:
    """Yield a fault for each attribute of a block or an image that would have no effect."""
    for line, text in lines:
        for match in ATTRIBUTES.finditer(text):
            kind = "block" if match["block"] else "image"
            for one in ATTRIBUTE.finditer(match["block"] or match["image"]):
                key, value = one["key"], one["value"].strip("\"'")
                allowed = KNOWN[kind].get(key, ANY if PASSED.match(key) else None)
                if allowed is None:
                    remedy = f"take it out; known are {', '.join(KNOWN[kind])}"
                    yield line, f"the {kind}'s attribute {key}", remedy
                elif allowed and value not in allowed:
                    yield line, f"{key}={value}", f"it may be {', '.join(allowed)}"


def _unwritten_notes(lines: Lines) -> Iterator[Fault]:
    """Yield a fault for each footnote without a text, whose mark Pandoc prints as it is."""
    written = {match[1] for _, text in lines if (match := NOTE_TEXT.match(text))}
    for line, text in lines:
        for match in NOTE.finditer(text):
            if match[1] not in written:
                yield line, f"the footnote {match[0]} is nowhere written", f"write {match[0]}: ..."


def _unclosed_divs(lines: Lines) -> Iterator[Fault]:
    """Yield a fault for each ::: without its other half, which Pandoc closes or drops silently."""
    open_lines: list[int] = []
    for line, text in lines:
        if re.match(r"^\s*:{3,}\s*[^\s:]", text):
            open_lines.append(line)
        elif re.match(r"^\s*:{3,}\s*$", text):
            if open_lines:
                open_lines.pop()
            else:
                yield line, "::: closes nothing", "take it out, or open the block above"
    for line in open_lines:
        yield line, "the ::: block is never closed", "end it with a line of :::"


def _metadata(lines: Lines) -> Iterator[Fault]:
    """Yield a fault for each --- that Quarto would read as the start of more front matter."""
    texts = dict(lines)
    for line, text in lines:
        alone = text.rstrip() == "---" and not texts.get(line - 1, "").strip()
        if alone and texts.get(line + 1, "").strip():
            what = "Quarto would take the lines after this --- for front matter"
            yield line, what, "leave a blank line after the rule"


def _commented_cells(page: Page) -> Iterator[Fault]:
    """Yield a fault for each cell inside <!-- -->, which would run, and show nothing."""
    inside = False
    for block in page.blocks:
        if isinstance(block, Prose):
            text = "\n".join(text for _, text in block.lines)
            inside = text.rfind("<!--") > text.rfind("-->") or (inside and "-->" not in text)
        elif inside and block.runs:
            what = "a cell inside an HTML comment still runs"
            yield block.line, what, "mark it '#| eval: false'"


def _unspeakable(block: Prose) -> Iterator[Fault]:
    for inline in inlines(block.text, block.line):
        if not _is_one_expression(inline.expression):
            what = f"the inline {inline.expression!r} is not an expression"
            yield inline.line, what, "compute in a cell, show the name inline"


def _is_one_expression(code: str) -> bool:
    """Return whether a code is one expression, which `display(code)` shows."""
    try:
        parse(code, "eval")
        call = parse(f"f({code})", "eval").body
    except SyntaxError:
        return False
    return isinstance(call, ast.Call) and len(call.args) == 1 and not call.keywords


def _bare(block: Prose) -> Iterator[Fault]:
    """Yield what is wrong in formulas, and with lines as they are."""
    for offset, run, prose in outside_fences(block.text):
        for match in MATHS.finditer(run) if prose else ():
            line = block.line + offset + run[: match.start()].count("\n")
            yield line, "an inline expression inside math", "show the number beside the formula"
        lines = run.split("\n")
        for line, text in enumerate(lines if prose else lines[:1], block.line + offset):
            yield from (
                (line, what, fix) for rule, what, fix in BARE_RULES if re.search(rule, text)
            )
