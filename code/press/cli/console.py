"""Write what a command did to standard output, and what is wrong to standard error, a line each.

A fault in the author's files begins with file and line; whatever else stops a command begins with
`press:`.
"""

import functools
import sys
from collections.abc import Callable
from typing import Any

from rich.console import Console

from press.base.errors import PressError, of_the_system
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
