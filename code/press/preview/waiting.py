"""Choose which of the pages that wait is run next: what is being looked at, then the front page."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable

from press.source.page import Page
from press.source.project import Project

FRONT = "index.html"


class Waiting:
    """The pages that may be stale, by path; early: those that ran out of their turn, or in it."""

    def __init__(self) -> None:
        self.paths: dict[str, None] = {}
        self.early: set[str] = set()
        self.ready = self.total = 0

    def add(self, paths: Iterable[str]) -> None:
        """Let pages wait; a first one begins a new count."""
        if not self.paths:
            self.ready = self.total = 0
        new = dict.fromkeys(paths)
        self.total += len(new.keys() - self.paths.keys())
        self.paths |= new

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
                if self.is_done(page):
                    seconds = time.monotonic() - begun
                    say(f"  {page.path}  ({self.ready} of {self.total}, at {seconds:.1f} s)")

        for late in (False, True):
            await asyncio.gather(*(work(late) for _ in range(jobs)))

    def next(self, project: Project, late: bool) -> Page | None:
        """Return the page to run next, which waits no more; None if there is none.

        late: those that gather from the others, which run last.
        """
        waiting = [page for page in project.published if page.path in self.paths]
        page = next((page for page in waiting if project.gathering(page) is late), None)
        return self._begin(project, page, late) if page else None

    def take(self, project: Project, href: str) -> Page | None:
        """Return the page at an address, to run before all others; None if it waits for nothing.

        One that gathers waits on, and runs again with the last.
        """
        waiting = self.paths.keys() - self.early
        pages = (page for page in project.published if page.path in waiting)
        page = next((page for page in pages if page.href == href), None)
        return self._begin(project, page, False) if page else None

    async def beside(self, page: Page, work: Awaitable[None], say: Callable[[str], None]) -> None:
        """Wait for the work on a page that was taken, and say that it is ready."""
        await work
        if self.is_done(page):
            say(f"  {page.path}  ({self.ready} of {self.total})")

    def _begin(self, project: Project, page: Page, late: bool) -> Page:
        if late or not project.gathering(page):
            del self.paths[page.path]
        self.early.add(page.path)
        return page

    def is_done(self, page: Page) -> bool:
        """Return whether a page that ran waits no more, and count it."""
        done = page.path not in self.paths
        self.ready += done
        return done

    def state(self) -> dict[str, int]:
        """Return how many pages are ready, of how many; {} if none is waited for."""
        return {"ready": self.ready, "total": self.total} if self.ready < self.total else {}
