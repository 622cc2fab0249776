"""Call Pandoc, remember its answers, and turn its messages into problems at the page's line.

What it prints on standard error becomes problems of the page. It names lines of the woven text, or
none; so what it complains of is searched in the page. A problem has no line where that is not
certain: none is better than a wrong one.

The same text gives the same HTML, and asking is most of a printing, so its answers are kept: a file
in .press/pandoc, named by its page and kind. The first line has the hash of what it was made from
and that of its text, so that a damaged file is made anew.
"""

import re
import shutil
import subprocess
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from importlib import resources, util
from pathlib import Path

from press.base.errors import PressError, Problem
from press.base.files import files_below, own_source, read_utf8, sha256, write_atomically
from press.source.bibliography import beside
from press.source.page import Page, Prose, parse_page
from press.source.quarto_yml import find_root
from press.source.yaml_schema import read_table

# The page's front matter is press's own; in the body these two would swallow text without a word.
ANNOTATED = re.compile(r'<div class="sourceCode"[^>]* data-annotated="1".*?</div>', re.S)
MARK = re.compile(
    r'[ \t]*<span class="co">(?:#|//|--|%)[ \t]*(?P<numbers>(?:&lt;\d+&gt;[ \t,]*)+)</span>'
)
FILTERS = ("layout.lua", "filter.lua")
MARKDOWN = "markdown-yaml_metadata_block-pandoc_title_block"
MATH = re.compile(
    r"Could not convert TeX math (?P<math>.*), rendering as"
    r" TeX:\n.*?\n\s*\^\n(?P<why>.*?)(?:\n\s*expecting|\Z)",
    re.S,
)
MESSAGES: list[dict[str, str]] = read_table("press.render", "pandoc_errors.yml")
FRAME = re.compile(  # what the Lua filter and --fail-if-warnings put around a message
    r"\A.*?Error running filter .*?:\n|^stack traceback:.*|^Failing because .*", re.M | re.S
)
Fault = tuple[int, str, str]  # line (0 for none), what is wrong, the remedy


@cache
def binary() -> str:
    """Return the path of the Pandoc in the wheel. Raises: PressError if it is missing.

    pypandoc itself would take a newer one from the PATH, and not the pinned one.
    """
    package = util.find_spec("pypandoc")
    folder = Path(str(package.origin)).parent / "files" if package else Path("/nowhere")
    file = shutil.which("pandoc", path=str(folder))
    if file is None:
        raise PressError.at("Pandoc", 0, "the binary is not there", "reinstall pypandoc_binary")
    return file


def to_html(markdown: str, path: str, *options: str) -> str:
    """Return the HTML of a page's body from its Markdown; options: more of Pandoc's own.

    Raises: PressError as `convert` does.
    """
    ways = ("--mathml", "--section-divs", "--preserve-tabs", "--strip-comments")
    with resources.as_file(resources.files("press.render")) as folder:
        filters = [f"--lua-filter={folder / name}" for name in FILTERS]
        body = convert(markdown, MARKDOWN, "html5", path, *ways, *filters, *options)
    return ANNOTATED.sub(lambda code: MARK.sub(_numbers, code[0]), body)


def citing(page: Page, root: Path) -> tuple[str, ...]:
    """Return the options by which Pandoc sets a page's citations; none without a bibliography."""
    if not page.sources:
        return ()
    files = [f"--bibliography={file}" for file in page.sources]
    style = beside(root, page.path, str(page.meta.get("csl", "")))
    look = [f"--csl={style}"] if style.is_file() else []
    seal = f"--metadata=of:{page.digest}"  # the sources' texts are in it
    return ("--citeproc", *files, *look, "--metadata=link-citations", seal)


def _numbers(mark: re.Match[str]) -> str:
    """Return the numbers of a line's annotations, which nobody selects or copies with the code."""
    numbers = re.findall(r"\d+", mark["numbers"])
    return "".join(f'<span class="code-annotation" data-number="{one}"></span>' for one in numbers)


def convert(text: str, source: str, target: str, path: str, *options: str) -> str:
    """Return a text of one of Pandoc's formats in another.

    Raises: PressError with each error of Pandoc's, and each warning: something was dropped.
    """
    ways = (f"--from={source}", f"--to={target}", "--wrap=none", "--fail-if-warnings", "--sandbox")
    command = [binary(), *ways, *options]
    done = subprocess.run(command, input=text, capture_output=True, text=True, encoding="utf-8")
    if done.returncode:
        raise PressError(
            pandoc_problems(done.stderr or f"it ended with status {done.returncode}", text, path)
        )
    return done.stdout


def remembered(work: Path, name: str, source: str, make: Callable[[], str]) -> str:
    """Return the answer to `source`, from the file of this name or else from `make`.

    work: the folder .press; name: KIND/PATH of the page.

    >>> import tempfile
    >>> work = Path(tempfile.mkdtemp())
    >>> [remembered(work, "body/a.qmd", text, text.upper) for text in ("a", "a", "b")]
    ['A', 'A', 'B']
    """
    file = work / "pandoc" / name
    made_of = sha256(f"{own_source()}\n{source}")
    try:
        first, _, text = file.read_text(encoding="utf-8").partition("\n")
    except (OSError, ValueError):
        first, text = "", ""
    if first != f"{made_of} {sha256(text)}":
        text = make()
        write_atomically(file, f"{made_of} {sha256(text)}\n{text}")
    return text


def forget_others(work: Path, pages: Iterable[str]) -> None:
    """Remove the answers of all pages but these."""
    wanted = set(pages)
    for name in files_below(work / "pandoc"):
        if name.partition("/")[2] not in wanted:
            (work / "pandoc" / name).unlink()


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
    rows = ((re.match(row["says"], message, re.S), row) for row in MESSAGES)
    match, row = next((match, row) for match, row in rows if match)  # the last row fits all
    words = {"message": _short(message, 120), **match.groupdict("")}
    loose = {key: r"\s+".join(map(re.escape, text.split())) for key, text in words.items()}
    own = row.get("line of")
    line = source.only(own.format(**loose)) if own else source.same(woven, match["line"])
    return line, row["what"].format(**words), row["remedy"].format(**words)


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
            lines.update(block.lines)
        else:  # a caption, which stands in an option
            for number in range(block.line + 1, block.code_line):
                if own[number - 1].startswith("#|"):
                    lines[number] = own[number - 1]
    return _Source(text, "\n".join(lines.values()))
