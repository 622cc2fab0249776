"""Send the browsers of a preview what is wrong, and which printings are the newest."""

import asyncio
import json
import traceback
from collections.abc import Callable

from press.base.errors import PressError, Problem
from press.preview.broken_links import dead_links_by_page
from press.preview.prints import Prints
from press.source.project import Project


class News:
    """The problems, by kind and page, and the browsers that listen."""

    def __init__(
        self, printings: Callable[[], dict[str, str]], progress: Callable[[], dict[str, int]]
    ) -> None:
        self.printings, self.progress = printings, progress
        self.problems: dict[tuple[str, str], list[Problem]] = {}
        # which page each browser shows, by its address
        self.listeners: dict[asyncio.Queue[str], str] = {}

    def note(self, what: str, path: str, problems: list[Problem]) -> None:
        """Replace the problems of a kind; path: the page, "" for the project."""
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
        return json.dumps(
            {"printings": self.printings(), "problems": problems, "progress": self.progress()}
        )


def problems_of(error: BaseException, path: str = "press") -> list[Problem]:
    """Return an error as problems; print the traceback of one that press did not raise."""
    if isinstance(error, PressError):
        return error.problems
    if isinstance(error, OSError):  # without a remedy, which only the system knows
        return [Problem(path, 0, str(error))]
    traceback.print_exception(error)
    first = str(error).strip().split("\n")[0]
    return [Problem(path, 0, f"{type(error).__name__}: {first}")]


async def note_dead_links(news: News, project: Project, prints: Prints) -> None:
    """Note the dead links of each printed page; none of one whose run failed."""
    printed = prints.prints
    pages = {page.href: page for page in project.published if page.path in printed}
    links = {href: printed[page.path].links for href, page in pages.items()}
    old = [href for href, page in pages.items() if prints.is_old(page)]
    unprinted = [href for href, page in pages.items() if not printed[page.path].run]
    try:
        dead = await asyncio.to_thread(
            dead_links_by_page, project, prints.folder, links, old, unprinted
        )
    except (OSError, ValueError):  # something is written meanwhile; then it looks again
        return
    for page in pages.values():
        failed = ("run", page.path) in news.problems
        news.note("links", page.path, [] if failed else dead.get(page.path, []))
