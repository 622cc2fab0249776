"""`press preview`: the site on this machine, following the author's edits.

watchfiles watches, Starlette and uvicorn serve. A page that is being edited gets a kernel that is
kept warm (press.execute.warm_kernel), and only its cells from the changed one on run again; the
other pages run in fresh kernels, as many at once as fit, and behind what the author is looking at.
What goes wrong is shown in the browser with file and line until it is mended; nothing that the
author writes ends the preview. A page around which the others changed (one was added or has another
title) is printed again, without running, when it is asked for. The site is press's own copy in
.press/preview; _site is left alone.
"""

import asyncio
import contextlib
import filecmp
import json
import shutil
import socket
import traceback
import uuid
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import uvicorn
from markupsafe import Markup
from starlette.middleware.trustedhost import TrustedHostMiddleware
from watchfiles import awatch

from press.base.errors import PressError, Problem
from press.base.files import write_atomically
from press.execute.cache import Cache
from press.execute.executors import jobs_that_fit, run_page
from press.execute.hardcoded_numbers import typed_numbers
from press.execute.kernel import kill_all
from press.execute.provenance import commit
from press.execute.result import Run
from press.execute.warm_kernel import Session
from press.preview.broken_links import Shown, dead_ends, look
from press.preview.server import app
from press.publish.atomic_publish import lock
from press.publish.build import print_page
from press.publish.copied_files import named_files
from press.publish.furnish import furnish
from press.publish.server import LOCAL
from press.render.page_html import Printer
from press.source.claims import unrecorded
from press.source.generated import sources
from press.source.page import Page
from press.source.project import Project, read_project

VERDICTS = "preview-claims"
WARM = 4  # kernels that are kept: with torch, each takes a third of a gigabyte
DEBOUNCE = 50  # milliseconds that an editor's burst of writes is given to end


@dataclass(frozen=True)
class Print:
    """What is served of a page: its files (paths in the site), what was read from it, what stood
    around it.

    run: whether it is a run of the page, and no place that is kept for one.
    """

    files: tuple[str, ...]
    shown: Shown
    around: str
    run: bool = True


class Preview:
    """The state of one preview: the project as last read, a session a page, what is wrong now."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.project: Project = self.read()
        self.printer = Printer(self.project)
        self.folder = self.project.config.work / "preview"
        self.started = asyncio.Event()
        self.unread: set[str] = set()  # files that changed while the project could not be read
        self.sessions: dict[str, Session] = {}
        self.threads: dict[str, ThreadPoolExecutor] = {}
        self.runs: dict[str, Run] = {}  # the last one of each page, to print it again
        self.prints: dict[str, Print] = {}
        self.named: set[str] = set()  # files that pages show, and the folders above them
        self.copied: set[str] = set()  # those that were copied into the site
        self.problems: dict[tuple[str, str], list[Problem]] = {}  # by what went wrong, and the page
        self.listeners: dict[
            asyncio.Queue[str], str
        ] = {}  # which page each browser shows, by its address
        self.waiting: dict[
            str, None
        ] = {}  # pages that may be stale, to be looked at behind what is being edited
        self.behind: set[asyncio.Task[None]] = set()
        self.furnishing, self.checking = asyncio.Lock(), asyncio.Lock()
        self.room = asyncio.Semaphore(
            jobs_that_fit(Cache(self.project.config), list(self.project.published))
        )
        self.printings: dict[
            str, int
        ] = {}  # how often a page was printed in this preview, by its address
        self.born = (
            uuid.uuid4().hex
        )  # a page of an earlier preview is an old one, whatever its number

    def read(self) -> Project:
        """The project as it is now, its drafts among the pages, and called so.

        Its pages' verdicts go to a place of their own, which `press render` never reads.
        """
        project = read_project(self.root)
        pages = tuple(
            (
                replace(page, meta={**page.meta, "draft": False, "title": f"{page.title} (draft)"})
                if page.draft
                else page
            )
            for page in project.pages
        )
        return replace(project, config=replace(project.config, verdicts=VERDICTS), pages=pages)

    def _read(self) -> tuple[Project, Printer]:
        """The project and its frame, made now: a mistake in the navigation shows when it is read,
        too.
        """
        printer = Printer(self.read())
        _ = printer.frame, printer.footer
        return printer.project, printer

    async def start(self) -> None:
        """Print every page: from the cache where nothing changed, else by running it."""
        self.project, self.printer = await asyncio.to_thread(
            self._read
        )  # as it is since `follow` watches
        for folder in (
            self.folder,
            self.project.config.records,
        ):  # with pages of an earlier preview that are gone
            shutil.rmtree(folder, ignore_errors=True)
        furnish(self.project, self.printer, self.folder)
        for late in (False, True):
            pages = [
                page for page in self.project.published if self.project.gathering(page) is late
            ]
            await asyncio.gather(*(self.refresh(page) for page in pages))
        await self.check()
        self.started.set()

    async def follow(self) -> None:
        """Watch the project until cancelled, and act on each burst of changes; those during the
        start, after it.
        """
        async for changes in awatch(
            self.root, watch_filter=self._watched, debounce=DEBOUNCE, step=20
        ):
            await self.started.wait()
            try:
                await self.changed(
                    {Path(path).relative_to(self.root).as_posix() for _, path in changes}
                )
            except Exception as error:
                self._excuse(error)

    async def changed(self, paths: set[str]) -> None:
        """Bring the site up to date after these files changed."""
        said, paths = self.message(), self.unread | paths
        self.unread = paths
        before, frame = {page.path: page for page in self.project.published}, self.printer.frame
        try:
            self.project, self.printer = await asyncio.to_thread(self._read)
        except Exception as error:  # as OSError: a page went away while it was read
            self._note("project", "", problems_of(error, "the project"))
            self.tell()
            return
        self.unread = set()
        self._note("project", "", [])
        self._note("press", "", [])
        now = {page.path: page for page in self.project.published}
        for path in before.keys() - now.keys():
            await self._drop(path)
        for path, session in list(self.sessions.items()):
            if session.read(paths):
                await self._in_thread(path, session.close)
        furniture = ("furniture", "") in self.problems or any(
            path == "_quarto.yml" or path.startswith(("code/press/", "code/exhibits/assets/"))
            for path in paths
        )
        shown = set(self.listeners.values())
        if furniture or any(map(self._is_resource, paths)):
            await self.furnish()
            for href in shown & self.printings.keys():  # to be loaded with the new style
                self.printings[href] += 1
        inputs = any(path.startswith(("code/", "data/")) for path in paths)
        gathering = [page for page in now.values() if self.project.gathering(page)]
        edited = [
            page for page in now.values() if page != before.get(page.path) and page not in gathering
        ]
        edited.sort(key=lambda page: page.href not in shown)
        edited, others = edited[:WARM], edited[WARM:]  # so many were not written by hand
        stale = [
            page
            for page in now.values()
            if (furniture or inputs) and page not in edited and page not in gathering
        ]
        first = [page for page in stale if page.href in shown or self._is_warm(page.path)]
        lists = [
            page
            for page in now.values()
            if page.meta.get("listing") and page not in (*edited, *first, *gathering)
        ]
        self._reprint_around(paths, [page for page in now.values() if page not in edited], shown)
        if self.message() != said:
            self.tell()
        await asyncio.gather(*(self.update(page) for page in edited))
        await asyncio.gather(*(self.update(page) for page in (*first, *lists)))
        for page in edited:
            self._go_on(self.warm(page))
        self.waiting |= {
            page.path: None
            for page in (*others, *stale, *gathering)
            if page not in (*first, *lists)
        }
        self._go_on(self._end(not furniture and self.printer.frame != frame))

    async def _end(self, furniture: bool) -> None:
        """What may come after the pages that are being edited."""
        if furniture:  # the page 404, the feed and the cards name the pages
            await self.furnish()
        await self.check()
        if self.waiting:
            await self.catch_up()
            await self.check()

    async def furnish(self) -> None:
        """Make everything that is no page."""
        async with self.furnishing:
            try:
                await asyncio.to_thread(furnish, self.project, self.printer, self.folder)
                self._note("furniture", "", [])
            except Exception as error:
                self._note("furniture", "", problems_of(error, "the project"))

    async def check(self) -> None:
        """Look for links that lead nowhere, and tell the browsers if there are others than before."""
        async with self.checking:
            pages = {page.href: page for page in self.project.published if page.path in self.prints}
            shown = {href: self.prints[page.path].shown for href, page in pages.items()}
            old = [href for href, page in pages.items() if self._is_old(page)]
            unprinted = [href for href, page in pages.items() if not self.prints[page.path].run]
            try:
                found = await asyncio.to_thread(
                    dead_ends, self.project, self.folder, shown, old, unprinted
                )
            except (
                OSError,
                ValueError,
            ):  # something was written meanwhile, after which there is another look
                return
            before = self.message()
            for page in pages.values():
                failed = ("run", page.path) in self.problems
                self._note("links", page.path, [] if failed else found.get(page.path, []))
        if self.message() != before:
            self.tell()

    async def catch_up(self) -> None:
        """Look at the pages that wait, those that gather from the others last."""
        for late in (False, True):
            pages = [page for page in self.project.published if page.path in self.waiting]
            due = [page for page in pages if self.project.gathering(page) is late]
            for page in due:
                del self.waiting[page.path]
            await asyncio.gather(*(self.refresh(page) for page in due))

    async def settled(self) -> None:
        """Wait until nothing goes on behind."""
        while self.behind:
            await asyncio.gather(*self.behind)

    def _go_on(self, work: Coroutine[Any, Any, None]) -> None:
        def done(task: asyncio.Task[None]) -> None:
            self.behind.discard(task)
            if not task.cancelled() and (error := task.exception()):
                self._excuse(error)

        task = asyncio.create_task(work)
        self.behind.add(task)
        task.add_done_callback(done)

    def _excuse(self, error: BaseException) -> None:
        """Show a mistake of ours, and go on."""
        self._note("press", "", problems_of(error))
        self.tell()

    async def update(self, page: Page) -> None:
        """Print a page that is being edited: as the cache has it, else from its warm kernel."""
        session = self.sessions.setdefault(page.path, Session(self.project.config))

        async def run() -> Run:
            kept = await asyncio.to_thread(Cache(self.project.config).get, page)
            return kept or await self._in_thread(page.path, session.run, page)

        await self._show(page, run)
        await self._let_go(page.path)

    async def refresh(self, page: Page) -> None:
        """Print a page that nobody is editing: as the cache has it, else from a fresh kernel, for
        the cache.
        """
        self.sessions.setdefault(page.path, Session(self.project.config))
        async with self.room:
            await self._show(page, lambda: asyncio.to_thread(fresh, page, self.project))

    async def warm(self, page: Page) -> None:
        """Give an edited page its kernel, and run its cells in it, so that the next edit of a cell
        is shown at once.
        """
        session = self.sessions.get(page.path)
        if session is not None and session.kernel is None and page.cells:
            with contextlib.suppress(Exception):  # it is on the page already
                await self._in_thread(page.path, session.run, page)
            await self._let_go(page.path)

    async def _let_go(self, path: str) -> None:
        """Of the warm kernels, keep those of the pages that were edited last."""
        if path in self.sessions:  # the page may be gone by now
            self.sessions[path] = self.sessions.pop(path)  # the newest last
        warm = [path for path in self.sessions if self._is_warm(path)]
        for path in warm[:-WARM]:
            await self._in_thread(path, self.sessions[path].close)

    def _is_warm(self, path: str) -> bool:
        return path in self.sessions and self.sessions[path].kernel is not None

    async def _show(self, page: Page, give: Callable[[], Awaitable[Run]]) -> None:
        """Print what a page's run gives, and tell the browsers; or keep what is wrong with it."""
        try:
            run = await give()
            found = []
        except Exception as error:  # whatever a cell's display raises
            run, found = None, problems_of(error, page.path)
        if page not in self.project.published:  # it was edited meanwhile, and that edit prints it
            return
        self._note("run", page.path, found)
        if run:
            self.runs[page.path] = run
            self._print(page)
        else:
            for what in ("print", "links"):  # of an earlier text
                self._note(what, page.path, [])
            if page.path not in self.prints:
                self._placeholder(page)
        self.tell()

    def _print(self, page: Page, anew: bool = False) -> None:
        """Print the last run of a page; anew: a browser is to load it even if its text is the same."""
        run = self.runs[page.path]
        newest = (
            run.page == page
        )  # else the page's text has a fault, and the page as it last was stays
        file = self.folder / page.href
        self._names(named_files(self.root, page))
        found: list[Problem] = []
        try:
            if newest:
                found += [*typed_numbers(run), *unrecorded(self.project.config, page)]
            before = file.read_bytes() if file.is_file() else b""
            listing = run.page.meta.get("listing")
            printer = (
                Printer(self.project) if listing else self.printer
            )  # a list says what moved since
            item, files, copied = print_page(printer, run, self.folder)
            for sheet in printer.sheets(run.page)[1:]:
                write_atomically(self.folder / sheet.href, printer.print_sheet(run.page, sheet))
            shown = look(self.root, run.page, item.html, item.body)
            self.prints[page.path] = Print(tuple(files), shown, self._around(page))
            self._names(shown.files)
            self.copied |= set(copied)
            if anew or page.href not in self.printings or file.read_bytes() != before:
                self.printings[page.href] = self.printings.get(page.href, 0) + 1
        except Exception as error:
            found = problems_of(error, page.path)
            if page.path not in self.prints:
                self._placeholder(page)
            kept = self.prints[page.path]
            shown = replace(kept.shown, files=kept.shown.files | named_files(self.root, page))
            self.prints[page.path] = replace(kept, shown=shown, around=self._around(page))
        if newest:
            self._note("print", page.path, found)

    def _reprint(self, page: Page, anew: bool = False) -> None:
        """Print a page again without running it."""
        if page.path in self.runs:
            self._print(page, anew)
        else:
            self._placeholder(page)

    def _reprint_around(self, paths: set[str], pages: list[Page], shown: set[str]) -> None:
        """Print those pages again of which a file that they show changed; those in a browser, if
        what is around them did.
        """
        named = {
            name for name in self.named if any(f"{name}/".startswith(f"{path}/") for path in paths)
        }
        moved = {name for name in named if self._differs(name)}
        for name in moved:
            if name in self.copied and not (self.root / name).is_file():
                (self.folder / name).unlink(missing_ok=True)
                self.copied.discard(name)
        for page in [page for page in pages if page.path in self.prints]:
            touched = not moved.isdisjoint(self.prints[page.path].shown.files)
            if touched or (page.href in shown and self._is_old(page)):
                self._reprint(page, anew=touched)

    def _differs(self, name: str) -> bool:
        """Whether a file that pages show is not the one in the site."""
        file, there = self.root / name, self.folder / name
        if not file.is_file():
            return name in self.copied
        return not (there.is_file() and filecmp.cmp(file, there, shallow=False))

    def _names(self, files: frozenset[str]) -> None:
        """Watch these files, and the folders that may come with them."""
        self.named |= {*files, *(str(above) for file in files for above in Path(file).parents)} - {
            "."
        }

    def _around(self, page: Page) -> str:
        """What stands around a page: navigation, neighbours, configuration; "" for one that is
        printed at every change.
        """
        if page.meta.get("listing"):
            return ""
        try:
            return self.printer.key(page, "")
        except (PressError, OSError):  # printing it says so
            return ""

    def _is_old(self, page: Page) -> bool:
        """Whether what stands around a page changed since it was printed."""
        return page.path in self.prints and self.prints[page.path].around != self._around(page)

    def _note(self, what: str, path: str, found: list[Problem]) -> None:
        """Keep what is wrong with a page (or, with no path, with the project) in one respect; with
        nothing, let it go.
        """
        self.problems.pop((what, path), None)
        if found:
            self.problems[what, path] = found

    def tell(self) -> None:
        """Send the browsers what is wrong now, and which printing of each page is the newest."""
        message = self.message()
        for queue in self.listeners:
            queue.put_nowait(message)

    def message(self) -> str:
        """The state as the browser's script reads it."""
        problems = [str(item) for items in self.problems.values() for item in items]
        return json.dumps(
            {"printings": {href: self.mark(href) for href in self.printings}, "problems": problems}
        )

    def mark(self, href: str) -> str:
        """Which printing of a page this preview serves now."""
        return f"{self.born}-{self.printings.get(href, 0)}"

    async def close(self) -> None:
        """Kill the kernels, whatever their cells are at, and end the threads."""
        for task in self.behind:
            task.cancel()
        kill_all()
        await asyncio.gather(*self.behind, return_exceptions=True)
        for path in list(self.threads):
            await self._in_thread(path, self.sessions[path].close)
            self.threads.pop(path).shutdown()

    async def _drop(self, path: str) -> None:
        session = self.sessions.pop(path, None)
        if session and path in self.threads:
            await self._in_thread(path, session.close)
            self.threads.pop(path).shutdown(wait=False)
        self.runs.pop(path, None)
        if path in self.prints:
            for name in self.prints.pop(path).files:
                (self.folder / name).unlink(missing_ok=True)
        self.printings.pop(path.removesuffix(".qmd") + ".html", None)
        for what in ("run", "print", "links"):
            self._note(what, path, [])

    async def _in_thread(self, path: str, work, *arguments):  # type: ignore[no-untyped-def]
        """Run a session's work in that page's own thread: a kernel's client belongs to one event
        loop.
        """
        thread = self.threads.setdefault(path, ThreadPoolExecutor(max_workers=1))
        return await asyncio.get_running_loop().run_in_executor(thread, work, *arguments)

    def _placeholder(self, page: Page) -> None:
        text = self.printer.page(
            page, "<p>This page did not run yet; see below.</p>", Markup(), False
        )
        write_atomically(self.folder / page.href, text)
        shown = Shown(files=named_files(self.root, page))
        self.prints[page.path] = Print((page.href,), shown, self._around(page), run=False)

    def _watched(self, change: object, path: str) -> bool:
        parts = (
            Path(path).relative_to(self.root).parts
            if Path(path).is_relative_to(self.root)
            else (".",)
        )
        inside = "/".join(parts)
        if inside in self.named:
            return True
        if parts[-1].startswith(".") or parts[-1].endswith(("~", ".swp", ".pyc")):
            return False
        if any(part.startswith(".") or part in ("__pycache__", "_site") for part in parts[:-1]):
            return False
        source = parts[0] in ("journal", "code", "data", "_quarto.yml") or path.endswith(".qmd")
        made = "assets" in parts[:-1] and not inside.startswith("code/exhibits/assets/")
        return (source and not made) or self._is_resource(inside)

    def _is_resource(self, path: str) -> bool:
        """Whether a file is copied into the site as it is, and was not put into assets/ by press."""
        inside = path.removeprefix("assets/") if path.startswith("assets/") else ""
        own = inside.startswith((".", "cards/")) or inside in sources()
        return self.project.config.is_resource(path) and not own

    def renew(self, href: str) -> None:
        """Print the page at an address again, if things changed around it since it was printed."""
        for page in self.project.published:
            if page.href == href and self._is_old(page):
                self._reprint(page)
                self.tell()


def fresh(page: Page, project: Project) -> Run:
    """The run of a page as `press render` would give it, kept for it and for the next preview."""
    cache = Cache(project.config)
    kept = cache.get(page)
    if kept is None:
        run = run_page(page, project.config, None)
        if project.gathering(page) or any(unrecorded(project.config, page)):
            # it says what the preview's runs found, which need not be kept, or gives no verdict
            return run
        kept = cache.put(run, commit(project.root))
    return kept


def problems_of(error: BaseException, path: str = "press") -> list[Problem]:
    """What the browser is told of an error; of one that nobody foresaw, the terminal has all."""
    if isinstance(error, PressError):
        return error.problems
    if isinstance(error, OSError):  # without a remedy, which only the system knows
        return [Problem(path, 0, str(error))]
    traceback.print_exception(error)
    said = str(error).strip().split("\n")[0]
    return [Problem(path, 0, f"{type(error).__name__}: {said}")]


async def preview(root: Path, port: int, say: Callable[[str], None]) -> None:
    """Serve the preview on the loopback address until interrupted.

    Raises: PressError if the port is taken, another preview is open, or the project cannot be read
    at all.
    """
    with (
        contextlib.ExitStack() as held,
        socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listener,
    ):
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", port))
        except OSError as error:
            what = f"port {port} cannot be used: {error.strerror}"
            raise PressError.at(
                "preview", 0, what, "name another: press preview --port 8002"
            ) from None
        state = Preview(root)
        held.enter_context(lock(state.project.config.work / "previewing"))
        say("Printing the pages...")
        watching = asyncio.create_task(state.follow())
        try:
            await asyncio.sleep(
                0
            )  # it watches now, so that no edit is lost while the pages are printed
            await state.start()
            say(
                f"http://localhost:{listener.getsockname()[1]}/   follows your edits (stop with"
                " Ctrl+C)"
            )
            local = TrustedHostMiddleware(app(state), allowed_hosts=list(LOCAL))
            server = uvicorn.Server(
                uvicorn.Config(local, log_level="warning", timeout_graceful_shutdown=1)
            )
            watching.add_done_callback(
                lambda _: setattr(server, "should_exit", True)
            )  # an end: it cannot watch
            await server.serve(sockets=[listener])
        finally:
            watching.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await watching
            await state.close()
