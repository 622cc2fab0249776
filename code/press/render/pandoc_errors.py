"""What Pandoc says, as problems of the page: with its line where that is certain, and what the
author can do.

Pandoc tells of lines of the woven text that it was given, and of some faults no line at all; so
what it names is looked for in the page itself. Without certainty there is no line, which is better
than a wrong one.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from press.base.errors import PressError, Problem
from press.base.files import read_utf8
from press.source.config import find_root
from press.source.crossref import prose_lines
from press.source.page import Prose, parse_page

MATH = re.compile(
    r"Could not convert TeX math (?P<math>.*), rendering as"
    r" TeX:\n.*?\n\s*\^\n(?P<why>.*?)(?:\n\s*expecting|\Z)",
    re.S,
)
DIV = re.compile(r"Div at (?:line (?P<line>\d+) )?")
IDENTIFIER = re.compile(r"Duplicate identifier '(?P<id>[^']+)'")
DEFINED = re.compile(
    r"(?:N|Duplicate (?:n|link ))(?P<kind>ote|reference)[^']*'(?P<name>[^']+)'(?: defined)? at"
    r" (?:line (?P<line>\d+))?"
)
TEX = re.compile(r"raw TeX is printed nowhere: (?P<tex>.*) \(for math", re.S)
REFERENCE = re.compile(r"@(?P<label>\S+) refers to nothing")


def pandoc_problems(stderr: str, woven: str, path: str) -> Iterable[Problem]:
    """A problem for each thing that Pandoc says; woven: what it was given, path: of the page that
    this came from.

    >>> [str(one) for one in pandoc_problems("[WARNING] Duplicate identifier 'a' at line 3", "", "no-page.qmd")]
    ['no-page.qmd: two headings have the identifier #a; rename one of them: ## Heading {#another-name}']
    """
    return dict.fromkeys(_problem(one, woven, path) for one in _sayings(stderr))


def _sayings(stderr: str) -> Iterator[str]:
    """Each warning or error of Pandoc's, without what every one of them carries."""
    for said in re.split(r"^\[WARNING\] ", stderr, flags=re.M):
        said = re.sub(
            r"\A.*?Error running filter .*?:\n|^stack traceback:.*|^Failing because .*",
            "",
            said,
            flags=re.M | re.S,
        )
        if said.strip():
            yield said.strip()


def _problem(said: str, woven: str, path: str) -> Problem:
    """A saying of Pandoc's with the line of the page, where that is certain, and what the author
    can do.
    """
    source = _source(path)
    if found := MATH.match(said):
        math = re.sub(r"\n  ", "\n", found["math"])
        why, remedy = " ".join(found["why"].split()), "mend it; a dollar sign itself is \\$"
        if why == "unexpected eof":
            why, remedy = (
                "something in it is not closed",
                "close every { and \\left in it; a dollar sign itself is \\$",
            )
        elif "control sequence" in why:
            remedy = "write it in commands of LaTeX's own, without packages"
        line = source.first(r"(?<!\\)\$\s*" + r"\s+".join(map(re.escape, math.split())) + r"\s*\$")
        return Problem(
            path, line, f"Pandoc cannot read the math ${_short(math)}$: {_short(why)}", remedy
        )
    if found := DIV.match(said):
        line = source.same(woven, int(found["line"])) if found["line"] else 0
        return Problem(
            path,
            line,
            "a ::: block or <div> is never closed",
            "end it with a line of :::, or with </div>",
        )
    if found := IDENTIFIER.match(said):
        line = source.only(rf"\{{[^{{}}]*#{re.escape(found['id'])}(?![\w:.-])")
        what = f"two headings have the identifier #{found['id']}"
        return Problem(path, line, what, "rename one of them: ## Heading {#another-name}")
    if found := DEFINED.match(said):
        line = source.same(woven, int(found["line"])) if found["line"] else 0
        name = f"[{'^' if found['kind'] == 'ote' else ''}{found['name'].strip('[]')}]"
        if said.startswith("Duplicate"):
            return Problem(
                path, line, f"{name}: is defined twice", "take one of them out, or rename it"
            )
        return Problem(
            path,
            line,
            f"{name}: is defined and nowhere used",
            f"use {name} in the text, or take it out",
        )
    what = f"Pandoc could not set the page: {_short(' '.join(said.split()), 120)}"
    line, remedy = 0, "look for unclosed Markdown near it"
    if found := TEX.match(said):
        line = source.only(r"\s+".join(map(re.escape, found["tex"].split())))
        remedy = "write Markdown, or math between dollar signs"
    elif "panel-tabset" in said:
        line, remedy = source.only(r"\.panel-tabset"), "begin each tab with a heading, as ### First"
    elif found := REFERENCE.match(said):
        line, remedy = (
            source.only(rf"@{re.escape(found['label'])}(?![\w-])"),
            "label a figure, table or heading so",
        )
    return Problem(path, line, what, remedy)


def _short(text: str, most: int = 60) -> str:
    text = " ".join(text.split())
    return text if len(text) <= most else text[: most - 3] + "..."


@dataclass(frozen=True)
class _Source:
    """The text of what is printed, and of it what Pandoc reads as Markdown, each other line empty."""

    text: str
    prose: str

    def first(self, pattern: str) -> int:
        """The line on which the prose first has something; 0 for nowhere."""
        found = re.search(pattern, self.prose)
        return self.prose[: found.start()].count("\n") + 1 if found else 0

    def only(self, pattern: str) -> int:
        """The line on which the prose has something, if it has it once."""
        return self.first(pattern) if len(re.findall(pattern, self.prose)) == 1 else 0

    def same(self, woven: str, number: int) -> int:
        """The line that is a line of the woven text; 0 if that cannot be told, as of what a cell
        printed.
        """
        lines, own = woven.split("\n"), self.text.split("\n")
        if not (0 < number <= len(lines) and lines[number - 1].strip()):
            return 0
        wanted = lines[number - 1]
        places = [at for at, line in enumerate(own, 1) if line == wanted]
        return (
            places[lines[: number - 1].count(wanted)] if len(places) == lines.count(wanted) else 0
        )


def _source(path: str) -> _Source:
    """The page, or what else has this path below the project's root; nothing if it cannot be read."""
    try:
        text = read_utf8(find_root() / path, path).removeprefix("\ufeff").replace("\r\n", "\n")
        blocks = parse_page(text, path).blocks if path.endswith(".qmd") else (Prose(text, 1),)
    except (OSError, PressError):
        return _Source("", "")
    own = text.split("\n")
    lines = dict.fromkeys(range(1, len(own) + 1), "")
    for block in blocks:
        if isinstance(block, Prose):
            lines.update(prose_lines(block.text, block.line))
        else:  # a caption, which stands in an option
            lines.update(
                (at, line)
                for at, line in enumerate(own, 1)
                if block.line < at < block.code_line and line[:2] == "#|"
            )
    return _Source(text, "\n".join(lines.values()))
