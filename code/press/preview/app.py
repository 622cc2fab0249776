"""Follow the author's edits in `press preview`: decide what an edit changes, and print that again.

A page that is being edited has a warm kernel (press.preview.runs); the others run in fresh
ones, in the background. The browser shows each problem with file and line until it is mended; none
ends the preview. The site is a copy in .press/preview.
"""

import asyncio
import contextlib
import shutil
from collections.abc import Awaitable, Callable, Coroutine
from functools import partial
from pathlib import Path
from typing import Any

from watchfiles import awatch

from press.base.errors import Problem
from press.execute.notebook import Run
from press.execute.pool import jobs_that_fit
from press.execute.run_cache import Cache
from press.preview.news import News, problems_of
from press.preview.prints import Prints, read_printer
from press.preview.runs import WARM, Kernels, Waiting, fresh_run
from press.publish.build import link_problems
from press.publish.site_files import furnish
from press.source.page import Page
from press.source.project import Project

DEBOUNCE = 50  # milliseconds that an editor's burst of writes is given to end
FRONT = "index.html"
FURNITURE = ("_quarto.y", "code/press/", "code/exhibits/assets/")


class Preview:
    """The state of one preview: the project, its kernels, its prints and its problems."""

    def __init__(self, root: Path, say: Callable[[str], None] = lambda line: None) -> None:
        self.root, self.say = root, say  # which is called with a line for each page that is ready
        self.kernels, self.prints = Kernels(), Prints(read_printer(root))
        self.folder = self.prints.folder
        self.unread: set[str] = set()  # files that changed while the project could not be read
        self.waiting = Waiting(self._tell)  # pages that may be stale, for when nothing is edited
        self.news = News(self._state)
        self.behind: set[asyncio.Task[None]] = set()
        self.started = asyncio.Event()
        self.furnishing, self.checking = asyncio.Lock(), asyncio.Lock()
        self.jobs = jobs_that_fit(Cache(self.project.config), [*self.project.published])
        self.room, self.asked = asyncio.Semaphore(self.jobs), asyncio.Semaphore(1)

    @property
    def project(self) -> Project:
        return self.prints.printer.project

    def _state(self) -> dict[str, Any]:
        ready, total = self.waiting.ready, self.waiting.total
        progress = {"ready": ready, "total": total} if ready < total else {}
        return {"printings": self.prints.printings, "progress": progress}

    def _tell(self, line: str) -> None:
        self.say(line)
        self.news.tell()

    async def _read(self) -> None:
        self.prints.printer = await asyncio.to_thread(read_printer, self.root)

    async def open(self) -> None:
        """Make a site that can be shown at once: each page says that it did not run yet."""
        await self._read()
        shutil.rmtree(self.project.config.records, ignore_errors=True)  # of an earlier preview
        await asyncio.to_thread(self.prints.begin, self.project.published)
        self.waiting.add(page.path for page in self.project.published)
        self.started.set()

    async def start(self) -> None:
        """Print every page, from the cache or by running it, the front page first and alone."""
        if not self.started.is_set():
            await self.open()
        if front := self.waiting.take(self.project, FRONT):
            await self.waiting.do(front, self.refresh)
        await asyncio.gather(self.furnish(), self.catch_up())
        await self.furnish()  # the feed has what the pages say, and the letters have come
        for href in {*self.news.listeners.values()} & self.prints.printings.keys():
            self.prints.renew(href)
        await self.check()
        self._tell("All pages are ready.")

    async def follow(self) -> None:
        """Watch the project until cancelled, and act on each burst of changes."""
        async for changes in awatch(
            self.root,
            watch_filter=lambda _, path: self.prints.is_watched(path),
            debounce=DEBOUNCE,
            step=20,
        ):
            await self.started.wait()
            inside = {Path(path).relative_to(self.root).as_posix() for _, path in changes}
            try:
                await self.changed(inside)
            except Exception as error:
                self._show_error(error)

    async def changed(self, paths: set[str]) -> None:
        """Bring the site up to date after these files changed."""
        self.unread |= paths
        before = {page.path: page for page in self.project.published}
        frame = self.prints.printer.frame
        try:
            await self._read()
        except Exception as error:  # as OSError: a page went away while it was read
            self.news.note("project", "", problems_of(error, "the project"))
            self.news.tell()
            return
        paths, self.unread = self.unread, set()
        self.news.note("project")
        self.news.note("press")
        for path in before.keys() - {page.path for page in self.project.published}:
            await self._drop(path)
        await self.kernels.close_readers(paths)
        seen = {*self.news.listeners.values()}
        furniture = ("furniture", "") in self.news.problems or any(
            path.startswith(FURNITURE) for path in paths
        )
        if furniture or any(self.prints.is_resource(path) for path in paths):
            await self.furnish()
            for href in seen & self.prints.printings.keys():  # to be loaded with the new style
                self.prints.renew(href)
        await self._update(paths, before, seen, furniture)
        self.go_on(self._end(not furniture and self.prints.printer.frame != frame))

    async def _update(
        self, paths: set[str], before: dict[str, Page], seen: set[str], stale: bool
    ) -> None:
        """Print what the author looks at, let the rest wait, and warm the kernels of the edited.

        before: the pages before the edit; seen: the addresses that browsers show; stale: all are.
        """
        pages = self.project.published
        late = [page for page in pages if page.gathers]
        changed = [page for page in pages if page != before.get(page.path) and page not in late]
        # so many at most are written by hand
        edited = sorted(changed, key=lambda page: page.href not in seen)[:WARM]
        followed = {*paths, *(Path(path).parent.as_posix() for path in paths)} - {"."}
        stale = stale or any(path.startswith("code/") for path in paths)  # an import may be missed
        rest = [page for page in pages if page not in edited and page not in late]
        old = [
            page for page in rest if stale or page in changed or self.prints.reads(page) & followed
        ]
        now = [page for page in old if page.href in seen or self.kernels.is_warm(page.path)]
        now += [page for page in rest if page.listing and page not in now]
        touched = self.prints.touched(paths)
        for page in [page for page in pages if page not in edited]:
            if page.path in touched or (page.href in seen and self.prints.is_old(page)):
                self._reprint(page, page.path in touched)
        self.news.tell()
        await asyncio.gather(*map(self.update, edited))
        await asyncio.gather(*map(self.update, now))
        self.waiting.add(page.path for page in (*old, *late) if page not in now)
        for page in edited:
            self.go_on(self.warm(page))

    async def _end(self, furniture: bool) -> None:
        """Do what may come after the edited pages."""
        if furniture:  # page 404, feed and cards name the pages
            await self.furnish()
        await self.check()
        if self.waiting.paths:
            await self.catch_up()
            await self.check()

    async def furnish(self) -> None:
        """Write all of the site that is no page."""
        async with self.furnishing:
            try:
                await asyncio.to_thread(furnish, self.prints.printer, self.folder)
                self.news.note("furniture")
            except Exception as error:
                self.news.note("furniture", "", problems_of(error, "the project"))

    async def check(self) -> None:
        """Note the dead links of each page whose run did not fail, and tell the browsers."""
        async with self.checking:
            prints = self.prints.prints
            pages = [page for page in self.project.published if page.path in prints]
            links = {page.href: prints[page.path].links for page in pages}
            unprinted = {page.href for page in pages if not prints[page.path].run}
            arguments = (self.project, self.folder, links, unprinted)
            with contextlib.suppress(OSError, ValueError):  # written meanwhile: it looks again
                dead = await asyncio.to_thread(link_problems, *arguments)
                for page in pages:
                    failed = ("run", page.path) in self.news.problems
                    own = [] if failed else [one for one in dead if one.path == page.path]
                    self.news.note("links", page.path, own)
        self.news.tell()

    async def catch_up(self) -> None:
        """Print the pages that wait, what is looked at first, and what gathers from others last."""
        await self.waiting.run(lambda: self.project, self.refresh, self.jobs)

    def go_on(self, work: Coroutine[Any, Any, None]) -> None:
        """Do some work behind."""

        def done(task: asyncio.Task[None]) -> None:
            self.behind.discard(task)
            if not task.cancelled() and (error := task.exception()):
                self._show_error(error)

        task = asyncio.create_task(work)
        self.behind.add(task)
        task.add_done_callback(done)

    def _show_error(self, error: BaseException) -> None:
        self.news.note("press", "", problems_of(error))
        self.news.tell()

    async def update(self, page: Page) -> None:
        """Print a page that is being edited, from the cache or its warm kernel."""

        async def run() -> Run:
            config = self.project.config
            cached = await asyncio.to_thread(Cache(config).get, page)
            return cached or await self.kernels.run(page, config)

        await self._show(page, run)
        await self.kernels.close_all_but_newest(page.path)

    async def refresh(self, page: Page, room: asyncio.Semaphore | None = None) -> None:
        """Print another page, from the cache or a fresh kernel."""
        async with room or self.room:
            await self._show(page, lambda: asyncio.to_thread(fresh_run, page, self.project))

    async def warm(self, page: Page) -> None:
        """Run an edited page in a kernel of its own, so that the next edit takes no start."""
        if page in self.project.published and page.cells and not self.kernels.is_warm(page.path):
            with contextlib.suppress(Exception):  # it is on the page already
                await self.kernels.run(page, self.project.config)
            await self.kernels.close_all_but_newest(page.path)

    async def _show(self, page: Page, give: Callable[[], Awaitable[Run]]) -> None:
        """Print a page's run, or note why it has none, and tell the browsers."""
        run, wrong = None, list[Problem]()
        try:
            run = await give()
        except Exception as error:  # whatever a cell's display raises
            wrong = problems_of(error, page.path)
        if page not in self.project.published:  # it was edited meanwhile, and that edit prints it
            return
        self.news.note("run", page.path, wrong)
        if run:
            self.prints.runs[page.path] = run
            self._reprint(page)
        else:
            for what in ("print", "links"):  # of an earlier text
                self.news.note(what, page.path)
            self.prints.placeholder(page)
        self.news.tell()

    def _reprint(self, page: Page, anew: bool = False) -> None:
        """Print a page again without running it."""
        run = self.prints.runs.get(page.path)
        if run is None:
            self.prints.placeholder(page, anew=True)
            return
        wrong = self.prints.print(page, anew)
        if run.page == page:  # else its text has a fault, and the page as it last was stays
            problems = problems_of(wrong, page.path) if isinstance(wrong, Exception) else wrong
            self.news.note("print", page.path, problems)

    def ask(self, href: str) -> None:
        """Run the page at an address if it waits; print it again if what is around it changed."""
        if page := self.waiting.take(self.project, href):
            self.go_on(self.waiting.do(page, partial(self.refresh, room=self.asked)))
        for page in self.project.published:
            if page.href == href and self.prints.is_old(page):
                self._reprint(page)
                self.news.tell()

    async def _drop(self, path: str) -> None:
        await self.kernels.drop(path)
        self.prints.drop(path)
        self.waiting.paths.pop(path, None)
        for what in ("run", "print", "links"):
            self.news.note(what, path)

    async def close(self) -> None:
        """End all work, and kill the kernels."""
        for task in self.behind:
            task.cancel()
        await self.kernels.close()
        await asyncio.gather(*self.behind, return_exceptions=True)
