"""Choose which of the pages that wait is run next: what is being looked at, then the front page."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable

from press.source.page import Page
from press.source.project import Project

FRONT = "index.html"


class Waiting:
    """The pages that may be stale, by path; asked: the addresses that a browser asked for, the last
    one last.
    """

    def __init__(self) -> None:
        self.paths: dict[str, None] = {}
        self.asked: dict[str, None] = {}
        self.early: set[str] = set()  # gathering pages that ran before the others
        self.ready = self.total = 0

    def add(self, paths: Iterable[str]) -> None:
        """Let pages wait; a first one begins a new count."""
        if not self.paths:
            self.ready = self.total = 0
        new = dict.fromkeys(paths)
        self.total += len(new.keys() - self.paths.keys())
        self.paths |= new

    def ask(self, href: str) -> None:
        """Put the page at an address before those that were asked for earlier."""
        self.asked.pop(href, None)
        self.asked[href] = None

    async def run(
        self,
        project: Callable[[], Project],
        refresh: Callable[[Page], Awaitable[None]],
        jobs: int,
        say: Callable[[str], None],
    ) -> None:
        """Refresh the pages that wait, so many at once, and say which is ready."""
        begun = time.monotonic()

        async def work(late: bool) -> None:
            while page := self.next(project(), late):
                await refresh(page)
                if page.path not in self.paths:
                    self.ready += 1
                    seconds = time.monotonic() - begun
                    say(f"  {page.path}  ({self.ready} of {self.total}, at {seconds:.1f} s)")

        for late in (False, True):
            await asyncio.gather(*(work(late) for _ in range(jobs)))

    def next(self, project: Project, late: bool) -> Page | None:
        """Return the page to run next, which waits no more; None if there is none.

        late: those that gather from the others, which run last. One that is asked for, and the
        front page, runs early as well, and waits on.
        """
        waiting = [page for page in project.published if page.path in self.paths]
        due = [
            page
            for page in waiting
            if project.gathering(page) is late
            or (self._rank(page) < 0 and page.path not in self.early)
        ]
        if not due:
            return None
        page = min(due, key=self._rank)
        if late or not project.gathering(page):
            del self.paths[page.path]
        self.early.add(page.path)
        return page

    def _rank(self, page: Page) -> int:
        """Return a page's place: below 0 if an author looks at it, or may, else 0."""
        order = [FRONT, *self.asked]
        return -1 - order.index(page.href) if page.href in order else 0

    def state(self) -> dict[str, int]:
        """Return how many pages are ready, of how many; {} if none is waited for."""
        return {"ready": self.ready, "total": self.total} if self.ready < self.total else {}
