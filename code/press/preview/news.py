"""Send the browsers of a preview what is wrong, and which printings are the newest."""

import asyncio
import json
import traceback
from collections.abc import Callable
from typing import Any

from press.base.errors import PressError, Problem


class News:
    """The problems, by kind and page, and the browsers that listen.

    state: returns what else they are sent.
    """

    def __init__(self, state: Callable[[], dict[str, Any]]) -> None:
        self.state, self.sent = state, ""
        self.problems: dict[tuple[str, str], list[Problem]] = {}
        self.listeners: dict[asyncio.Queue[str], str] = {}  # with the address that each shows

    def note(self, what: str, path: str = "", problems: list[Problem] | None = None) -> None:
        """Replace the problems of a kind; path: the page, "" for the project."""
        self.problems.pop((what, path), None)
        if problems:
            self.problems[what, path] = problems

    def tell(self) -> None:
        """Send the browsers the state, if it changed."""
        message = self.message()
        for queue in self.listeners if message != self.sent else ():
            queue.put_nowait(message)
        self.sent = message

    def message(self) -> str:
        """Return the state as the browser's script reads it."""
        problems = [str(item) for items in self.problems.values() for item in items]
        return json.dumps({"problems": problems, **self.state()})


def problems_of(error: BaseException, path: str = "press") -> list[Problem]:
    """Return an error as problems; print the traceback of one that press did not raise."""
    if isinstance(error, PressError):
        return error.problems
    if isinstance(error, OSError):  # without a remedy, which only the system knows
        return [Problem(path, 0, str(error))]
    traceback.print_exception(error)
    first = str(error).strip().split("\n")[0]
    return [Problem(path, 0, f"{type(error).__name__}: {first}")]
