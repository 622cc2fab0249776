"""`press preview`: the site on this machine, following the author's edits.

watchfiles watches, Starlette and uvicorn serve. A page that is being edited gets a kernel that is kept warm
(press.session), and only its cells from the changed one on run again; the other pages run in fresh kernels, as many at
once as fit, and behind what the author is looking at. What goes wrong is shown in the browser with file and line until
it is mended. The site is press's own copy in .press/preview; _site is left alone.
"""

import asyncio
import contextlib
import json
import shutil
import socket
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from importlib import resources
from pathlib import Path
from typing import Any

import uvicorn
from markupsafe import Markup
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response, StreamingResponse
from starlette.routing import Route
from watchfiles import awatch

from press.cache import Cache
from press.claims import unrecorded
from press.executors import jobs_that_fit, run_page
from press.files import write_atomically
from press.numerals import typed_numbers
from press.page import Page
from press.printing import Printer
from press.problems import PressError, Problem
from press.project import Project, read_project
from press.receipt import commit
from press.run import Run
from press.session import Session
from press.swap import lock
from press.website import furnish, print_page

VERDICTS = "preview-claims"
WARM = 4  # kernels that are kept: with torch, each takes a third of a gigabyte
DEBOUNCE = 50  # milliseconds that an editor's burst of writes is given to end


class Preview:
    """The state of one preview: the project as last read, a session a page, what is wrong now."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.project: Project = self.read()
        self.printer = Printer(self.project)
        self.folder = self.project.config.work / "preview"
        self.sessions: dict[str, Session] = {}
        self.threads: dict[str, ThreadPoolExecutor] = {}
        self.runs: dict[str, Run] = {}
        self.problems: dict[str, list[Problem]] = {}
        self.listeners: dict[asyncio.Queue[str], str] = {}  # which page each browser shows, by its address
        self.waiting: dict[str, None] = {}  # pages that may be stale, to be looked at behind what is being edited
        self.behind: set[asyncio.Task[None]] = set()
        self.room = asyncio.Semaphore(jobs_that_fit(Cache(self.project.config), list(self.project.published)))
        self.printings: dict[str, int] = {}  # how often a page was printed in this preview, by its address
        self.born = uuid.uuid4().hex  # a page of an earlier preview is an old one, whatever its number

    def read(self) -> Project:
        """The project as it is now; its pages' verdicts go to a place of their own, which `press render` never reads."""
        project = read_project(self.root)
        return replace(project, config=replace(project.config, verdicts=VERDICTS))

    async def start(self) -> None:
        """Print every page: from the cache where nothing changed, else by running it."""
        for folder in (self.folder, self.project.config.records):  # with pages of an earlier preview that are gone
            shutil.rmtree(folder, ignore_errors=True)
        furnish(self.project, self.printer, self.folder)
        for late in (False, True):
            pages = [page for page in self.project.published if self.project.gathering(page) is late]
            await asyncio.gather(*(self.refresh(page) for page in pages))

    async def follow(self) -> None:
        """Watch the project until cancelled, and act on each burst of changes."""
        async for changes in awatch(self.root, watch_filter=self._watched, debounce=DEBOUNCE, step=20):
            await self.changed({Path(path).relative_to(self.root).as_posix() for _, path in changes})

    async def changed(self, paths: set[str]) -> None:
        """Bring the site up to date after these files changed."""
        before = {page.path: page for page in self.project.published}
        try:
            self.project = await asyncio.to_thread(self.read)
            self.printer = Printer(self.project)
        except (PressError, OSError) as error:  # OSError: a page went away while it was read
            self.problems["project"] = problems_of(error)
            await self.tell()
            return
        self.problems.pop("project", None)
        now = {page.path: page for page in self.project.published}
        for path in before.keys() - now.keys():
            await self._drop(path)
        for path, session in list(self.sessions.items()):
            if session.read(paths):
                await self._in_thread(path, session.close)
        furniture = any(
            path == "_quarto.yml" or path.startswith(("code/press/", "code/exhibits/assets/")) for path in paths
        )
        if furniture:
            furnish(self.project, self.printer, self.folder)
        inputs = any(path.startswith(("code/", "data/")) for path in paths)
        gathering = [page for page in now.values() if self.project.gathering(page)]
        edited = [page for page in now.values() if page != before.get(page.path) and page not in gathering]
        shown = set(self.listeners.values())
        stale = [
            page for page in now.values() if (furniture or inputs) and page not in edited and page not in gathering
        ]
        first = [page for page in stale if page.href in shown or self.sessions[page.path].kernel]
        lists = [
            page for page in now.values() if page.meta.get("listing") and page not in (*edited, *first, *gathering)
        ]
        await asyncio.gather(*(self.update(page) for page in edited))
        await asyncio.gather(*(self.update(page) for page in (*first, *lists)))
        for page in edited:
            self._go_on(self.warm(page))
        self.waiting |= {page.path: None for page in (*stale, *gathering) if page not in (*first, *lists)}
        self._go_on(self.catch_up())

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
        task = asyncio.create_task(work)
        self.behind.add(task)
        task.add_done_callback(self.behind.discard)

    async def update(self, page: Page) -> None:
        """Print a page that is being edited: as the cache has it, else from its warm kernel."""
        session = self.sessions.setdefault(page.path, Session(self.project.config))

        async def run() -> Run:
            kept = await asyncio.to_thread(Cache(self.project.config).get, page)
            return kept or await self._in_thread(page.path, session.run, page)

        await self._show(page, run)
        await self._let_go(page.path)

    async def refresh(self, page: Page) -> None:
        """Print a page that nobody is editing: as the cache has it, else from a fresh kernel, for the cache."""
        self.sessions.setdefault(page.path, Session(self.project.config))
        async with self.room:
            await self._show(page, lambda: asyncio.to_thread(fresh, page, self.project))

    async def warm(self, page: Page) -> None:
        """Give an edited page its kernel, and run its cells in it, so that the next edit of a cell is shown at once."""
        session = self.sessions.get(page.path)
        if session is not None and session.kernel is None and page.cells:
            with contextlib.suppress(PressError):  # it is on the page already
                await self._in_thread(page.path, session.run, page)
            await self._let_go(page.path)

    async def _let_go(self, path: str) -> None:
        """Of the warm kernels, keep those of the pages that were edited last."""
        self.sessions[path] = self.sessions.pop(path)  # the newest last
        warm = [path for path, session in self.sessions.items() if session.kernel]
        for path in warm[:-WARM]:
            await self._in_thread(path, self.sessions[path].close)

    async def _show(self, page: Page, give: Callable[[], Awaitable[Run]]) -> None:
        """Print what a page's run gives, and tell the browsers; or keep what is wrong with it."""
        file = self.folder / page.href
        try:
            run = await give()
            if page not in self.project.published:  # it was edited meanwhile, and that edit prints it
                return
            faults = [*typed_numbers(run), *unrecorded(self.project.config, page)]
            before = file.read_bytes() if file.is_file() else b""
            printer = (
                Printer(self.project) if page.meta.get("listing") else self.printer
            )  # a list says what moved since
            print_page(printer, run, self.folder)
            for sheet in printer.sheets(page)[1:]:
                write_atomically(self.folder / sheet.href, printer.print_sheet(page, sheet))
            self.problems.pop(page.path, None)
            if faults:
                self.problems[page.path] = faults
            if page.href not in self.printings or file.read_bytes() != before:
                self.printings[page.href] = self.printings.get(page.href, 0) + 1
        except (PressError, OSError) as error:
            if page not in self.project.published:
                return
            self.problems[page.path] = problems_of(error, page.path)
            if not file.is_file():
                self._placeholder(page)
        await self.tell()

    async def tell(self) -> None:
        """Send the browsers what is wrong now, and which printing of each page is the newest."""
        message = self.message()
        for queue in self.listeners:
            queue.put_nowait(message)

    def message(self) -> str:
        """The state as the browser's script reads it."""
        problems = [str(item) for items in self.problems.values() for item in items]
        return json.dumps({"printings": {href: self.mark(href) for href in self.printings}, "problems": problems})

    def mark(self, href: str) -> str:
        """Which printing of a page this preview serves now."""
        return f"{self.born}-{self.printings.get(href, 0)}"

    async def close(self) -> None:
        """Kill the kernels."""
        for task in self.behind:
            task.cancel()
        await asyncio.gather(*self.behind, return_exceptions=True)
        for path, session in list(self.sessions.items()):
            await self._in_thread(path, session.close)

    async def _drop(self, path: str) -> None:
        if path in self.sessions:
            await self._in_thread(path, self.sessions.pop(path).close)
        href = path.removesuffix(".qmd") + ".html"
        (self.folder / href).unlink(missing_ok=True)
        self.printings.pop(href, None)
        self.problems.pop(path, None)

    async def _in_thread(self, path: str, work, *arguments):  # type: ignore[no-untyped-def]
        """Run a session's work in that page's own thread: a kernel's client belongs to one event loop."""
        thread = self.threads.setdefault(path, ThreadPoolExecutor(max_workers=1))
        return await asyncio.get_running_loop().run_in_executor(thread, work, *arguments)

    def _placeholder(self, page: Page) -> None:
        text = self.printer.page(page, "<p>This page did not run yet; see below.</p>", Markup(), False)
        file = self.folder / page.href
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")

    def _watched(self, change: object, path: str) -> bool:
        parts = Path(path).relative_to(self.root).parts if Path(path).is_relative_to(self.root) else (".",)
        hidden = any(part.startswith(".") or part in ("__pycache__", "_site", "assets") for part in parts[:-1])
        watched = parts[0] in ("journal", "code", "data", "_quarto.yml") or path.endswith(".qmd")
        known = "code/exhibits/assets/" in path or not hidden
        return watched and known and not parts[-1].startswith(".") and not parts[-1].endswith(("~", ".swp", ".pyc"))

    # What the browser asks for.

    async def events(self, request: Request) -> Response:
        """Server-sent events: the state at once, then each change."""
        queue: asyncio.Queue[str] = asyncio.Queue()
        self.listeners[queue] = request.query_params.get("page", "")

        async def stream() -> AsyncIterator[str]:
            try:
                yield f"data: {self.message()}\n\n"
                while True:
                    yield f"data: {await queue.get()}\n\n"
            finally:
                self.listeners.pop(queue, None)

        return StreamingResponse(stream(), media_type="text/event-stream", headers={"Cache-Control": "no-store"})

    async def script(self, request: Request) -> Response:
        """The script that listens."""
        source = resources.files("press").joinpath("theme", "preview.js").read_text(encoding="utf-8")
        return Response(source, media_type="text/javascript", headers={"Cache-Control": "no-store"})

    async def file(self, request: Request) -> Response:
        """A file of the site; pages get the script that listens."""
        path = request.path_params["path"] or "index.html"
        whole = (self.folder / path).resolve()
        if whole.is_dir():
            whole = whole / "index.html"
        found = whole.is_file() and whole.is_relative_to(self.folder.resolve())
        file = whole if found else self.folder / "404.html"
        if file.suffix == ".html":
            href = file.relative_to(self.folder.resolve()).as_posix() if found else ""
            script = (
                f'<script defer src="/_preview/preview.js" data-page="{href}" data-mark="{self.mark(href)}"></script>'
            )
            body = file.read_bytes().replace(b"</head>", f"{script}</head>".encode(), 1)
            return HTMLResponse(body, status_code=200 if found else 404, headers={"Cache-Control": "no-store"})
        return FileResponse(file, headers={"Cache-Control": "no-store"})

    def app(self) -> Starlette:
        """The web application."""
        return Starlette(
            routes=[
                Route("/_preview/events", self.events),
                Route("/_preview/preview.js", self.script),
                Route("/{path:path}", self.file),
            ]
        )


def fresh(page: Page, project: Project) -> Run:
    """The run of a page as `press render` would give it, kept for it and for the next preview."""
    cache = Cache(project.config)
    kept = cache.get(page)
    if kept is None:
        run = run_page(page, project.config, None)
        if project.gathering(page) or any(unrecorded(project.config, page)):
            return run  # it says what the preview's runs found, which need not be kept, or gives no verdict
        kept = cache.put(run, commit(project.root))
    return kept


def problems_of(error: PressError | OSError, path: str = "press") -> list[Problem]:
    """What the browser is told of an error; without a remedy where only the system knows it."""
    return error.problems if isinstance(error, PressError) else [Problem(path, 0, str(error))]


async def preview(root: Path, port: int, say: Callable[[str], None]) -> None:
    """Serve the preview on the loopback address until interrupted.

    Raises: PressError if the port is taken, another preview is open, or the project cannot be read at all.
    """
    with contextlib.ExitStack() as held, socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", port))
        except OSError as error:
            what = f"port {port} cannot be used: {error.strerror}"
            raise PressError(Problem("preview", 0, what, "name another: press preview --port 8002")) from None
        state = Preview(root)
        held.enter_context(lock(state.project.config.work / "previewing"))
        say("Printing the pages...")
        await state.start()
        say(f"http://localhost:{listener.getsockname()[1]}/   follows your edits (stop with Ctrl+C)")
        server = uvicorn.Server(uvicorn.Config(state.app(), log_level="warning", timeout_graceful_shutdown=1))
        watching = asyncio.create_task(state.follow())
        watching.add_done_callback(lambda _: setattr(server, "should_exit", True))  # an end means a mistake of ours
        try:
            await server.serve(sockets=[listener])
        finally:
            watching.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await watching
            await state.close()
