"""Markdown to HTML by Pandoc, Quarto's own engine, from the binary that pypandoc_binary carries."""

import hashlib
import shutil
import subprocess
from functools import cache
from importlib import resources, util
from pathlib import Path

from press.base.errors import PressError, Problem
from press.base.files import own_source
from press.render.pandoc_errors import pandoc_problems
from press.render.shelf import Bodies

# The page's front matter is press's own; in the body these two would swallow text without a word.
MARKDOWN = "markdown-yaml_metadata_block-pandoc_title_block"


@cache
def binary() -> str:
    """The path of the Pandoc in the wheel. Raises: PressError if it is missing.

    pypandoc itself would take a newer Pandoc from the PATH, and pages would be printed by another
    than the pinned one.
    """
    package = util.find_spec("pypandoc")
    file = (
        shutil.which("pandoc", path=str(Path(str(package.origin)).parent / "files"))
        if package
        else None
    )
    if file is None:
        raise PressError(
            Problem("Pandoc", 0, "the binary is not there", "reinstall pypandoc_binary")
        )
    return file


def body_key(markdown: str) -> str:
    """By what a body is known: the Markdown, and press itself with its filter and Pandoc."""
    return hashlib.sha256(f"{own_source()}\n{markdown}".encode(errors="surrogatepass")).hexdigest()


def to_html(markdown: str, path: str, bodies: Bodies | None = None, *options: str) -> str:
    """Turn a page's woven Markdown into the HTML of its body, or take it from `bodies` if it was
    made before.

    options: more of Pandoc's own; with them `bodies` must be None.
    Raises: PressError with what Pandoc said, as `convert` does.
    """
    if bodies is not None:
        known = bodies.get(body_key(markdown))
        if known is None:
            known = to_html(markdown, path)
            bodies.put(body_key(markdown), known)
        return known
    lua = resources.files("press.render").joinpath("filter.lua")
    with resources.as_file(lua) as filter_file:
        wanted = [
            "--mathml",
            "--section-divs",
            "--preserve-tabs",
            "--strip-comments",
            f"--lua-filter={filter_file}",
        ]
        return convert(markdown, MARKDOWN, "html5", path, *wanted, *options)


def convert(text: str, source: str, target: str, path: str, *options: str) -> str:
    """Turn a text from one of Pandoc's formats into another.

    Raises: PressError with what Pandoc said. A warning of Pandoc's is an error too: it means
    something was dropped.
    """
    command = [
        binary(),
        f"--from={source}",
        f"--to={target}",
        "--wrap=none",
        "--fail-if-warnings",
        *options,
    ]
    done = subprocess.run(command, input=text, capture_output=True, text=True, encoding="utf-8")
    if done.returncode:
        raise PressError(
            pandoc_problems(done.stderr or f"it ended with status {done.returncode}", text, path)
        )
    return done.stdout
