"""Define the options that commands of `press` share, and print errors as lines.

A command writes what it did to standard output, and what is wrong to standard error, a line each: a
fault in the author's files begins with file and line, whatever else stops a command with `press:`.
"""

import functools
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from press.base.errors import PressError, of_the_system
from press.base.files import path_in
from press.source.page import Page
from press.source.project import Project
from scratch.text.utf8 import TextError

Command = Callable[..., None]
console = Console(highlight=False, soft_wrap=True)
complaints = Console(stderr=True, highlight=False)


def is_terminal() -> bool:
    """Return whether somebody sits at standard input."""
    return sys.stdin is not None and sys.stdin.isatty()


def errors_as_lines(
    of_the_user: type[ValueError] = TextError, stays: str = "the old site stays as it was"
) -> Callable[[Command], Command]:
    """Return a decorator that turns a user's errors into lines on standard error and status 1.

    of_the_user: what a command raises for a wrong value, beside PressError and OSError; any other
    error keeps its traceback. stays: what is not lost when a disk is full.
    """

    def decorate(command: Command) -> Command:
        @functools.wraps(command)
        def run(*arguments: Any, **options: Any) -> None:
            try:
                return command(*arguments, **options)
            except PressError as error:
                lines = list(map(str, error.problems))
            except BrokenPipeError:  # whoever read it has gone; click ends quietly
                raise
            except OSError as error:
                lines = [f"press: {of_the_system(error, stays)}"]
            except of_the_user as error:
                lines = [f"press: {error}"]
            for line in lines:
                complaints.print(line, markup=False, soft_wrap=True)
            sys.exit(1)

        return run

    return decorate


PAGES = click.argument("pages", nargs=-1, type=click.Path(path_type=Path))
TIMEOUT = click.option(
    "--timeout",
    type=click.IntRange(min=1),
    help="Seconds a cell may take; default from _quarto.yml, or 300.",
)
JOBS = click.option(
    "--jobs",
    type=click.IntRange(min=1),
    help="Pages that run at once; default one a core and one more, as memory allows.",
)
EXECUTOR = click.option(
    "--executor",
    "where",
    metavar="dask://HOST:PORT",
    help="Run the pages on a dask.distributed cluster; default this machine.",
)
PRINTER = click.option(
    "--with",
    "printer",
    type=click.Choice(["quarto", "builtin"]),
    default="builtin",
    show_default=True,
    help="The built-in printer, or Quarto where it is installed.",
)
PORT = click.option(
    "--port",
    default=8000,
    show_default=True,
    type=click.IntRange(0, 65535),
    help="0 takes any free port.",
)
says_what_is_wrong = errors_as_lines()


def command(function: Command) -> click.Command:
    """Return a function as a command of press, which turns a user's errors into lines."""
    return click.command()(says_what_is_wrong(function))


def running(command: Command) -> Command:
    """Add the options of how pages are run: timeout, jobs, where."""
    return TIMEOUT(JOBS(EXECUTOR(command)))


def output_folder(help: str) -> Callable[[Command], Command]:
    """Return the option --output of a command, with its help."""
    return click.option("--output", type=click.Path(path_type=Path), help=help)


def select(project: Project, files: tuple[Path, ...]) -> list[Page]:
    """Return the published pages that a command names; all of them if it names none.

    Raises: PressError for a file that is no page of this project, or is a draft.
    """
    if not files:
        return list(project.published)
    by_path = {page.path: page for page in project.pages}
    chosen = []
    for file in files:
        path = path_in(project.root, file.resolve(), str(file))
        if path not in by_path:
            remedy = f"pages: {', '.join(sorted(by_path))}"
            raise PressError.at(path, 0, "is no page of this journal", remedy)
        if by_path[path].draft:
            remedy = "take draft: true out; make preview shows it"
            raise PressError.at(path, 1, "the page is a draft", remedy)
        chosen.append(by_path[path])
    return chosen
