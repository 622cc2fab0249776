"""Convert Markdown to HTML by Pandoc, Quarto's own engine, from the wheel pypandoc_binary.

The same text gives the same HTML, and asking is most of a printing, so its answers are kept: a file
in .press/pandoc, named by its page and kind. The first line has the hash of what it was made from
and that of its text, so that a damaged file is made anew.
"""

import re
import shutil
import subprocess
from collections.abc import Callable, Iterable
from functools import cache
from importlib import resources, util
from pathlib import Path

from press.base.errors import PressError
from press.base.files import files_below, own_source, sha256, write_atomically
from press.render.pandoc_errors import pandoc_problems
from press.source.bibliography import beside
from press.source.page import Page

# The page's front matter is press's own; in the body these two would swallow text without a word.
ANNOTATED = re.compile(r'<div class="sourceCode"[^>]* data-annotated="1".*?</div>', re.S)
MARK = re.compile(
    r'[ \t]*<span class="co">(?:#|//|--|%)[ \t]*(?P<numbers>(?:&lt;\d+&gt;[ \t,]*)+)</span>'
)
FILTERS = ("layout.lua", "filter.lua")
MARKDOWN = "markdown-yaml_metadata_block-pandoc_title_block"


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
