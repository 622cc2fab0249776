"""Find the fenced blocks of a page, and what keeps one in braces from being a cell."""

import re
from collections.abc import Iterator

from press.base.errors import PressError
from press.source.inline import closes

FENCE = re.compile(r"^(?P<indent>\s*)(?P<fence>`{3,}|~{3,})(?P<info>[^`]*)$")
LISTED = re.compile(r"^(?P<indent>\s*)(?:[-*+]|\w+[.)])\s+(?P<fence>`{3,}|~{3,})(?P<info>[^`]*)$")
SHOWN = frozenset(
    """bash sh shell zsh console powershell sql yaml json toml html xml css scss javascript js
    markdown md text rust c cpp java go dockerfile makefile lua latex bibtex""".split()
)
CELL_INFO = re.compile(r"^\{(?P<language>\w+)(?P<rest>[ ,].*)?\}$")


def fences(lines: list[str], start: int, path: str) -> Iterator[tuple[int, int, re.Match[str]]]:
    """Yield of each fenced block the indices of its first and last line, and the first's match."""
    opening, first = None, 0
    for number in range(start, len(lines)):
        if opening:
            if closes(lines[number], opening["fence"]):
                yield first, number, opening
                opening = None
            continue
        listed = LISTED.match(lines[number])
        if listed and CELL_INFO.match(listed["info"].strip()):
            remedy = "begin its fence on a line of its own, in the first column"
            raise PressError.at(path, number + 1, "a cell behind the mark of a list", remedy)
        opening, first = listed or FENCE.match(lines[number]), number
    if opening and not "".join(lines[first + 1 :]).strip():
        lines[first] = lines[first][: opening.start("fence")]  # one too many, at the end
    elif opening:
        remedy = f"end the block with a line of {opening['fence']}"
        raise PressError.at(path, first + 1, "the fence is never closed", remedy)


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
