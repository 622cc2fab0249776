"""What the browsers of a preview are told: what is wrong, and which printings are the newest."""

import asyncio
import json
import traceback
from collections.abc import Callable

from press.base.errors import PressError, Problem


class News:
    """What is wrong now, by what went wrong and the page, and the browsers that listen."""

    def __init__(self, printings: Callable[[], dict[str, str]]) -> None:
        self.printings = printings
        self.problems: dict[tuple[str, str], list[Problem]] = {}
        # which page each browser shows, by its address
        self.listeners: dict[asyncio.Queue[str], str] = {}

    def note(self, what: str, path: str, problems: list[Problem]) -> None:
        """Keep what is wrong with a page (or, with no path, with the project) in one respect; with
        nothing, forget it.
        """
        self.problems.pop((what, path), None)
        if problems:
            self.problems[what, path] = problems

    def tell(self) -> None:
        """Send the browsers the state."""
        message = self.message()
        for queue in self.listeners:
            queue.put_nowait(message)

    def message(self) -> str:
        """Return the state as the browser's script reads it."""
        problems = [str(item) for items in self.problems.values() for item in items]
        return json.dumps({"printings": self.printings(), "problems": problems})


def problems_of(error: BaseException, path: str = "press") -> list[Problem]:
    """Return what the browser is told of an error; the terminal has all of one that nobody foresaw."""
    if isinstance(error, PressError):
        return error.problems
    if isinstance(error, OSError):  # without a remedy, which only the system knows
        return [Problem(path, 0, str(error))]
    traceback.print_exception(error)
    said = str(error).strip().split("\n")[0]
    return [Problem(path, 0, f"{type(error).__name__}: {said}")]
