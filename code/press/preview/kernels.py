"""Run the pages that were edited last in warm kernels, each in a thread of its own."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from press.execute.kernel import kill_all
from press.execute.result import Run
from press.execute.warm_kernel import Session
from press.source.config import Config
from press.source.page import Page

WARM = 4  # kernels at once: with torch, each takes a third of a gigabyte
T = TypeVar("T")


class Kernels:
    """The session of each page, and its thread: a kernel's client belongs to one event loop."""

    def __init__(self) -> None:
        self.sessions: dict[str, Session] = {}
        self.threads: dict[str, ThreadPoolExecutor] = {}

    def is_warm(self, path: str) -> bool:
        """Return whether a page has a kernel."""
        return path in self.sessions and self.sessions[path].kernel is not None

    async def run(self, page: Page, config: Config) -> Run:
        """Run what changed of a page in its kernel, and start one if there is none."""
        session = self.sessions.setdefault(page.path, Session(config))
        return await self._in_thread(page.path, session.run, page)

    async def close_all_but_newest(self, path: str) -> None:
        """Count a page as the one edited last, and close the kernels of all but the last WARM."""
        if path in self.sessions:  # the page may be gone by now
            self.sessions[path] = self.sessions.pop(path)  # the newest last
        warm = [other for other in self.sessions if self.is_warm(other)]
        for other in warm[:-WARM]:
            await self._in_thread(other, self.sessions[other].close)

    async def close_readers(self, paths: set[str]) -> None:
        """Close the kernels that have read one of these files."""
        for path, session in list(self.sessions.items()):
            if session.read(paths):
                await self._in_thread(path, session.close)

    async def drop(self, path: str) -> None:
        """Close the kernel of a page that is gone, and end its thread."""
        session = self.sessions.pop(path, None)
        if session and path in self.threads:
            await self._in_thread(path, session.close)
            self.threads.pop(path).shutdown(wait=False)

    async def close(self) -> None:
        """Kill the kernels, whatever their cells are at, and end the threads."""
        kill_all()
        for path in list(self.threads):
            await self.drop(path)

    async def _in_thread(self, path: str, work: Callable[..., T], *arguments: Page) -> T:
        thread = self.threads.setdefault(path, ThreadPoolExecutor(max_workers=1))
        return await asyncio.get_running_loop().run_in_executor(thread, work, *arguments)
