"""Check a page's Markdown: labels and references (@fig-x), footnotes, unclosed divs, and what the
built-in printer lacks of Quarto's (in refused.yml).
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from press.base.errors import Problem
from press.base.pyparse import parse
from press.source.bibliography import bibliography_keys
from press.source.page import Cell, Page, Prose
from press.source.prose import inlines, outside_fences
from press.source.yaml_schema import read_table

REFUSED = read_table("press.source", "refused.yml")
KNOWN = {  # attributes, and their values
    kind: {key: values for keys, values in rows.items() for key in keys.split()}
    for kind, rows in REFUSED["attributes"].items()
}
ATTRIBUTES = re.compile(r"^\s*:{3,}\s*\{(?P<block>[^}]*)\}|!\[[^{]*?\)\{(?P<image>[^}]*)\}")
ATTRIBUTE = re.compile(r"(?P<key>[\w:-]+)\s*=\s*(?P<value>\"[^\"]*\"|'[^']*'|[^\s}]+)")
PASSED = re.compile(  # HTML's own, and those that a rule names
    r"aria-|data-|layout|when-|unless-|(?:class|dir|id|lang|role|style|title)$"
)
NOTE, NOTE_TEXT = re.compile(r"\[\^([^\]\s]+)\](?!:)"), re.compile(r"\[\^([^\]\s]+)\]:")
KINDS = "fig tbl sec eq lst thm lem cor prp cnj def exm exr sol rem alg".split()
LABEL = re.compile(r"\{[^{}]*?#(?P<label>[A-Za-z][\w:.-]*)[^{}]*\}")
REFERENCE = re.compile(r"(?<![\w.\\@/])@(?P<label>[A-Za-z][\w-]*\w)")
NO_CITATIONS = (
    "press knows @fig-, @tbl-, @sec- and @eq- references; link a source, or write \\@ for the sign"
    " itself"
)
BRACKETED = re.compile(r"\[[^\]]*-?@[^\]]*\]")
NUMBERED = re.compile(rf"^({'|'.join(KINDS)})-")
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
        for pattern, (what, remedy) in REFUSED["prose"].items():
            if match := re.search(pattern, text):
                yield line, what.format(what=match["what"]), remedy


def _attributes(lines: Lines) -> Iterator[Fault]:
    """Yield a fault for each attribute of a block or an image that would have no effect."""
    for line, text in lines:
        for match in ATTRIBUTES.finditer(text):
            kind = "block" if match["block"] else "image"
            for one in ATTRIBUTE.finditer(match["block"] or match["image"]):
                key, value = one["key"], one["value"].strip("\"'")
                allowed = KNOWN[kind].get(key, [] if PASSED.match(key) else None)
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
            for pattern, (what, remedy) in REFUSED["any line"].items():
                if re.search(pattern, text):
                    yield line, what, remedy


@dataclass(frozen=True)
class Mark:
    """A label or a reference, and its line in the file."""

    label: str
    line: int
    cites: bool = False  # in brackets, as [@key]


def labels(page: Page) -> Iterator[Mark]:
    """Yield every label of the page, of cells and in `{#...}`, in order."""
    for block in page.blocks:
        if isinstance(block, Cell):
            for key in ("label", "lst-label"):
                if label := str(block.options.get(key, "")):
                    yield Mark(label, block.line + 1 + list(block.options).index(key))
            for number, _ in enumerate(block.subcaptions, 1):  # as Quarto calls them
                yield Mark(f"{block.label}-{number}", block.line)
            continue
        for offset, run, prose in outside_fences(block.text):
            if not prose and (listing := LABEL.search(run.split("\n", 1)[0])):
                yield Mark(listing["label"], block.line + offset)
        yield from _marks(LABEL, block.lines)


def references(page: Page) -> Iterator[Mark]:
    """Yield every @word that Pandoc would read as a reference or a citation, in order."""
    yield from _marks(REFERENCE, page.lines)


def _marks(pattern: re.Pattern[str], lines: list[tuple[int, str]]) -> Iterator[Mark]:
    for line, prose in lines:
        cited = [match.span() for match in BRACKETED.finditer(prose)]
        for match in pattern.finditer(prose):
            inside = any(start < match.start() < end for start, end in cited)
            yield Mark(match["label"], line, inside)


def crossref_problems(page: Page) -> Iterator[Problem]:
    """Yield a problem for each repeated label, reference to nothing, and citation."""
    seen: dict[str, int] = {}
    cited = bibliography_keys(page.sources)
    for mark in labels(page):
        if mark.label in seen:
            what = f"the label {mark.label} stands twice, first at line {seen[mark.label]}"
            yield Problem(page.path, mark.line, what, "rename one of them")
        seen.setdefault(mark.label, mark.line)
    for mark in references(page):
        if any(key.startswith(mark.label) for key in cited):
            continue
        if not NUMBERED.match(mark.label):
            if not mark.cites and not page.meta.get("bibliography"):
                continue  # a name, which stays as it is written
            yield Problem(page.path, mark.line, f"@{mark.label} is a citation", NO_CITATIONS)
        elif mark.label not in seen:
            known = ", ".join(label for label in seen if NUMBERED.match(label)) or "none"
            what = f"@{mark.label} refers to nothing"
            yield Problem(page.path, mark.line, what, f"labels of this page: {known}")
