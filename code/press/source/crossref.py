"""Find labels, and the references to them (@fig-x, @tbl-x, @sec-x, @eq-x) that do not match."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from press.base.errors import Problem
from press.source.bibliography import keys
from press.source.page import Cell, Page
from press.source.prose import outside_fences

KINDS = "fig tbl sec eq lst thm lem cor prp cnj def exm exr sol rem alg".split()
ATTRIBUTE = re.compile(r"\{[^{}]*?#(?P<label>[A-Za-z][\w:.-]*)[^{}]*\}")
REFERENCE = re.compile(r"(?<![\w.\\@/])@(?P<label>[A-Za-z][\w-]*\w)")
NO_CITATIONS = (
    "press knows @fig-, @tbl-, @sec- and @eq- references; link a source, or write \\@ for the sign"
    " itself"
)
BRACKETED = re.compile(r"\[[^\]]*-?@[^\]]*\]")
NUMBERED = re.compile(rf"^({'|'.join(KINDS)})-")


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
            if not prose and (listing := ATTRIBUTE.search(run.split("\n", 1)[0])):
                yield Mark(listing["label"], block.line + offset)
        yield from _marks(ATTRIBUTE, block.lines)


def references(page: Page) -> Iterator[Mark]:
    """Return every @word that Pandoc would read as a reference or a citation, in order."""
    return _marks(REFERENCE, page.lines)


def _marks(pattern: re.Pattern[str], lines: list[tuple[int, str]]) -> Iterator[Mark]:
    for line, prose in lines:
        cited = [match.span() for match in BRACKETED.finditer(prose)]
        for match in pattern.finditer(prose):
            inside = any(start < match.start() < end for start, end in cited)
            yield Mark(match["label"], line, inside)


def crossref_problems(page: Page) -> Iterator[Problem]:
    """Yield a problem for each repeated label, reference to nothing, and citation."""
    seen: dict[str, int] = {}
    cited = keys(page.sources)
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
