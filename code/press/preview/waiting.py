"""Choose which of the pages that wait is run next: what is being looked at, then the front page."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable

from press.source.page import Page
from press.source.project import Project


class Waiting:
    """The pages that may be stale, by path, and those that are being run."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self.paths: dict[str, None] = {}
        self.running: set[str] = set()
        self.asked: set[str] = set()  # pages that ran out of their turn
        self.total, self.begun, self.say = 0, 0.0, say

    def add(self, paths: Iterable[str]) -> None:
        """Let pages wait; a first one begins a new count."""
        if not self.paths and not self.running:
            self.total, self.begun, self.asked = 0, time.monotonic(), set()
        new = dict.fromkeys(paths)
        self.total += len(new.keys() - self.paths.keys() - self.running)
        self.paths |= new

    async def run(
        self, project: Callable[[], Project], refresh: Callable[[Page], Awaitable[None]], jobs: int
    ) -> None:
        """Refresh the pages that wait, so many at once; those that gather from others are last."""

        async def work(late: bool) -> None:
            while page := self._begin(project(), lambda one: project().gathering(one) is late):
                await self.do(page, refresh)

        for late in (False, True):
            await asyncio.gather(*(work(late) for _ in range(jobs)))

    def take(self, project: Project, href: str) -> Page | None:
        """Return the page at an address, to run before all others; None if it waits for nothing.

        One that gathers waits on, and runs again with the last.
        """
        page = self._begin(project, lambda one: one.href == href and one.path not in self.asked)
        if page and project.gathering(page):
            self.paths[page.path] = None
        return page

    def _begin(self, project: Project, wanted: Callable[[Page], bool]) -> Page | None:
        waiting = (page for page in project.published if page.path in self.paths)
        page = next(filter(wanted, waiting), None)
        if page:
            del self.paths[page.path]
            self.running.add(page.path)
            self.asked.add(page.path)
        return page

    async def do(self, page: Page, refresh: Callable[[Page], Awaitable[None]]) -> None:
        """Refresh a page that was taken, and say if it is ready."""
        await refresh(page)
        self.running.discard(page.path)
        if page.path not in self.paths:
            at = f"{self.ready} of {self.total}, at {time.monotonic() - self.begun:.1f} s"
            self.say(f"  {page.path}  ({at})")

    @property
    def ready(self) -> int:
        return self.total - len(self.paths.keys() | self.running)
