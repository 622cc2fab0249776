"""Convert Markdown to HTML by Pandoc, Quarto's own engine, from the wheel pypandoc_binary."""

import shutil
import subprocess
from functools import cache
from importlib import resources, util
from pathlib import Path

from press.base.errors import PressError
from press.render.pandoc_errors import pandoc_problems

# The page's front matter is press's own; in the body these two would swallow text without a word.
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
    lua = resources.files("press.render").joinpath("filter.lua")
    ways = ("--mathml", "--section-divs", "--preserve-tabs", "--strip-comments")
    with resources.as_file(lua) as filter_file:
        return convert(
            markdown, MARKDOWN, "html5", path, *ways, f"--lua-filter={filter_file}", *options
        )


def convert(text: str, source: str, target: str, path: str, *options: str) -> str:
    """Return a text of one of Pandoc's formats in another.

    Raises: PressError with each error of Pandoc's, and each warning: something was dropped.
    """
    ways = (f"--from={source}", f"--to={target}", "--wrap=none", "--fail-if-warnings")
    command = [binary(), *ways, *options]
    done = subprocess.run(command, input=text, capture_output=True, text=True, encoding="utf-8")
    if done.returncode:
        raise PressError(
            pandoc_problems(done.stderr or f"it ended with status {done.returncode}", text, path)
        )
    return done.stdout
