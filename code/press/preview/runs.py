"""Run a preview's pages: edited ones in warm kernels (`Kernels`), others in fresh ones, by a queue.

A warm kernel stays while its page's author writes, and runs the cells from the first changed one
on. What earlier runs of later cells defined is still in it, so its runs are not cached.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

from press.base.errors import PressError
from press.base.files import files_below, write_atomically
from press.execute.dependencies import followed
from press.execute.kernel import Kernel, cell_timeout, kill_all
from press.execute.notebook import Run, code_cells, to_notebook
from press.execute.pool import run_page
from press.execute.receipt import commit
from press.execute.run_cache import Cache
from press.source.claim_calls import calls, records, unrecorded
from press.source.page import Page
from press.source.project import Project
from press.source.quarto_yml import VERDICTS, Config

WARM = 4  # kernels at once: with torch, each takes a third of a gigabyte


class Session:
    """The kernel of one page, if it has one, and its thread: a client belongs to one event loop."""

    def __init__(self, config: Config) -> None:
        self.config, self.thread = config, ThreadPoolExecutor(max_workers=1)
        self.kernel: Kernel | None = None

    async def do(self, work: Callable[..., Any], *arguments: Page) -> Any:
        """Do some work in the session's thread."""
        return await asyncio.get_running_loop().run_in_executor(self.thread, work, *arguments)

    def run(self, page: Page) -> Run:
        """Execute what changed, in a new kernel if there is none; the cells before a failing one
        are done.
        """
        notebook = to_notebook(page)
        if self.kernel is None and code_cells(notebook):
            self.kernel = Kernel(page, self.config).__enter__()  # none, if it raises
        if self.kernel is not None:
            try:
                self.kernel.run(page, notebook, cell_timeout(page, self.config))
            except BaseException as error:
                if not (isinstance(error, PressError) and self.kernel.alive):
                    self.close()  # who knows what it is at
                raise
        made = {f"{call.id}.json" for call in calls(page)}
        for file in records(self.config, page).glob("*.json"):
            if file.name not in made:  # of a claim that is gone from the page
                file.unlink()
        return Run(page, notebook, 0.0, self.kernel.noted() if self.kernel is not None else ())

    def close(self) -> None:
        """Kill the kernel; the next run starts another."""
        if self.kernel is not None:
            self.kernel.close()
            self.kernel = None

    def read(self, changed: set[str]) -> bool:
        """Return whether the kernel has read or missed one of these files, relative to the root."""
        noted = () if self.kernel is None else self.kernel.noted()
        return not changed.isdisjoint(followed(noted, self.config.root))


class Kernels:
    """The sessions of the pages that were edited, the newest last."""

    def __init__(self) -> None:
        self.sessions: dict[str, Session] = {}

    def is_warm(self, path: str) -> bool:
        """Return whether a page has a kernel."""
        return path in self.sessions and self.sessions[path].kernel is not None

    async def run(self, page: Page, config: Config) -> Run:
        """Run what changed of a page in its kernel, and start one if there is none."""
        session = self.sessions.setdefault(page.path, Session(config))
        run: Run = await session.do(session.run, page)
        return run

    async def close_all_but_newest(self, path: str) -> None:
        """Count a page as the one edited last, and close the kernels of all but the last WARM."""
        if path in self.sessions:  # the page may be gone by now
            self.sessions[path] = self.sessions.pop(path)
        for session in [one for one in self.sessions.values() if one.kernel is not None][:-WARM]:
            await session.do(session.close)

    async def close_readers(self, paths: set[str]) -> None:
        """Close the kernels that have read one of these files."""
        for session in [one for one in self.sessions.values() if one.read(paths)]:
            await session.do(session.close)

    async def drop(self, path: str) -> None:
        """Close the kernel of a page that is gone, and end its thread."""
        if session := self.sessions.pop(path, None):
            await asyncio.shield(session.do(session.close))  # though who waits for it be cancelled
            session.thread.shutdown(wait=False)

    async def close(self) -> None:
        """Kill the kernels, whatever their cells are at, and end the threads."""
        kill_all()
        for path in list(self.sessions):
            await self.drop(path)


def fresh_run(page: Page, project: Project) -> Run:
    """Return a page's run, from the cache or executed; `press render` finds it there, too.

    Not cached is a run that lacks a verdict, or that gathered those of warm kernels.
    """
    config, cache = project.config, Cache(project.config)
    printing = replace(config, verdicts=VERDICTS)
    run = cache.get(page)
    if run is None:
        run = run_page(page, config, None)
        gathered = page.gathers and _files(config.records) != _files(printing.records)
        if gathered or any(unrecorded(config, page)):
            return run
        run = cache.put(run, commit(project.root))
    if "draft" not in page.meta:  # a draft's verdicts are for the preview alone
        for name, text in _files(records(config, page)).items():
            write_atomically(records(printing, page) / name, text)
    return run


def _files(folder: Path) -> dict[str, bytes]:
    return {path: (folder / path).read_bytes() for path in files_below(folder)}


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
            while page := self._begin(project(), lambda one: one.gathers is late):
                await self.do(page, refresh)

        for late in (False, True):
            await asyncio.gather(*(work(late) for _ in range(jobs)))

    def take(self, project: Project, href: str) -> Page | None:
        """Return the page at an address, to run before all others; None if it waits for nothing.

        One that gathers waits on, and runs again with the last.
        """
        page = self._begin(project, lambda one: one.href == href and one.path not in self.asked)
        if page and page.gathers:
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
