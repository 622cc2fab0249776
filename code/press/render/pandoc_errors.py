"""Turn what Pandoc prints on standard error into problems of the page.

Pandoc names lines of the woven text, or none; so what it complains of is searched in the page. A
problem has no line where that is not certain: none is better than a wrong one.
"""

import re
from collections.abc import Iterable
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
SET = "Pandoc could not set the page: {message}"
AT = r" at (?:line (?P<line>\d+))?"
ONCE = "take one of them out, or rename it"
MESSAGES = (  # what Pandoc says, what is wrong, the remedy; what the line has, if none is named
    ("Div" + AT, "a ::: block or <div> is never closed",
     "end it with a line of :::, or with </div>", ""),
    ("Duplicate identifier '(?P<name>[^']+)'", "two headings have the identifier #{name}",
     "rename one of them: ## Heading {{#another-name}}", r"\{{[^{{}}]*#{name}(?![\w:.-])"),
    ("Duplicate note [^']*'(?P<name>[^']+)'" + AT, "[^{name}]: is defined twice", ONCE, ""),
    (r"Duplicate link [^']*'\[?(?P<name>[^']+?)\]?'" + AT, "[{name}]: is defined twice", ONCE, ""),
    ("Note [^']*'(?P<name>[^']+)' defined" + AT, "[^{name}]: is defined and nowhere used",
     "use [^{name}] in the text, or take it out", ""),
    (r"raw TeX is printed nowhere: (?P<name>.*) \(for math", SET,
     "write Markdown, or math between dollar signs", "{name}"),
    (".*panel-tabset", SET, "begin each tab with a heading, as ### First", r"\.panel-tabset"),
    (r"@(?P<name>\S+) refers to nothing", SET, "label a figure, table or heading so",
     r"@{name}(?![\w-])"),
    ("", SET, "look for unclosed Markdown near it", "(?!)"),
)  # fmt: skip
FRAME = re.compile(  # what the Lua filter and --fail-if-warnings put around a message
    r"\A.*?Error running filter .*?:\n|^stack traceback:.*|^Failing because .*", re.M | re.S
)
Fault = tuple[int, str, str]  # line (0 for none), what is wrong, the remedy


def pandoc_problems(stderr: str, woven: str, path: str) -> Iterable[Problem]:
    """Return a problem for each message; woven: the text that Pandoc read, path: of its page.

    >>> stderr = "[WARNING] Duplicate identifier 'a' at line 3"
    >>> [problem.what for problem in pandoc_problems(stderr, "", "no-page.qmd")]
    ['two headings have the identifier #a']
    """
    messages = [
        FRAME.sub("", part).strip() for part in re.split(r"^\[WARNING\] ", stderr, flags=re.M)
    ]
    source = _read(path)
    faults = dict.fromkeys(_fault(message, woven, source) for message in messages if message)
    return [Problem(path, *fault) for fault in faults]


def _fault(message: str, woven: str, source: "_Source") -> Fault:
    """Return a message of Pandoc's as a fault, with the line of the page where that is certain."""
    if match := MATH.match(message):
        return _math(match, source)
    rows = ((re.match(row[0], message, re.S), row[1:]) for row in MESSAGES)
    match, (what, remedy, has) = next((m, row) for m, row in rows if m)  # the last row fits all
    words = {"message": _short(message, 120), **match.groupdict("")}
    loose = {key: r"\s+".join(map(re.escape, text.split())) for key, text in words.items()}
    line = source.only(has.format(**loose)) if has else source.same(woven, match["line"])
    return line, what.format(**words), remedy.format(**words)


def _math(match: re.Match[str], source: "_Source") -> Fault:
    math = re.sub(r"\n  ", "\n", match["math"])
    why, remedy = _short(match["why"]), "mend it; a dollar sign itself is \\$"
    if why == "unexpected eof":
        why = "something in it is not closed"
        remedy = "close every { and \\left in it; a dollar sign itself is \\$"
    elif "control sequence" in why:
        remedy = "write it in commands of LaTeX's own, without packages"
    line = source.first(r"(?<!\\)\$\s*" + r"\s+".join(map(re.escape, math.split())) + r"\s*\$")
    if not line and (unknown := re.search(r"\\[A-Za-z]+", why)):  # the filter rewrote the rest
        line = source.first(re.escape(unknown[0]) + r"(?![A-Za-z])")
    return line, f"Pandoc cannot read the math ${_short(math)}$: {why}", remedy


def _short(text: str, most: int = 60) -> str:
    text = " ".join(text.split())
    return text if len(text) <= most else text[: most - 3] + "..."


@dataclass(frozen=True)
class _Source:
    """The text of a page; prose: what Pandoc reads of it as Markdown, each other line empty."""

    text: str
    prose: str

    def first(self, pattern: str) -> int:
        """Return the line of the first match in the prose; 0 for none."""
        match = re.search(pattern, self.prose)
        return self.prose[: match.start()].count("\n") + 1 if match else 0

    def only(self, pattern: str) -> int:
        """Return the line of the match in the prose, if there is exactly one."""
        return self.first(pattern) if len(re.findall(pattern, self.prose)) == 1 else 0

    def same(self, woven: str, line: str | None) -> int:
        """Return the line of the page that became a line of the woven text; 0 if uncertain."""
        lines, own = woven.split("\n"), self.text.split("\n")
        at = int(line or 0) - 1
        if not (0 <= at < len(lines) and lines[at].strip()):
            return 0
        numbers = [number for number, text in enumerate(own, 1) if text == lines[at]]
        is_certain = len(numbers) == lines.count(lines[at])
        return numbers[lines[:at].count(lines[at])] if is_certain else 0


def _read(path: str) -> _Source:
    """Return the text of a page, or of what else has this path; "" if it cannot be read."""
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
            for number in range(block.line + 1, block.code_line):
                if own[number - 1].startswith("#|"):
                    lines[number] = own[number - 1]
    return _Source(text, "\n".join(lines.values()))
