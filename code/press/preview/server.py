"""Serve a preview until interrupted: its site, a script in each page that listens, and the news."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.types import Scope

from press.preview.app import Preview
from press.publish.atomic_publish import lock
from press.publish.static_server import NO_STORE, SiteFiles, listen, server


class PreviewFiles(SiteFiles):
    """The files of a preview: a page is printed again if it is old, and gets the script."""

    def __init__(self, state: Preview) -> None:
        super().__init__(directory=state.folder, html=True)
        self.state = state

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        if not isinstance(response, FileResponse) or Path(response.path).suffix != ".html":
            return response
        page = Path(response.path)
        href = page.relative_to(self.state.folder.resolve()).as_posix()
        href = href if response.status_code == 200 else ""
        self.state.ask(href)
        data = f'data-page="{href}" data-mark="{self.state.prints.printings.get(href, "")}"'
        script = f'<script defer src="/_preview/preview.js" {data}></script></head>'
        body = page.read_bytes().replace(b"</head>", script.encode(), 1)
        return HTMLResponse(body, response.status_code, NO_STORE)


def app(state: Preview) -> Starlette:
    """Return the web application of a preview that has started."""

    async def events(request: Request) -> Response:
        """Send the state at once, then each change (server-sent events)."""
        queue: asyncio.Queue[str] = asyncio.Queue()
        state.news.listeners[queue] = request.query_params.get("page", "")

        async def stream() -> AsyncIterator[str]:
            try:
                yield f"data: {state.news.message()}\n\n"
                while True:
                    yield f"data: {await queue.get()}\n\n"
            finally:
                state.news.listeners.pop(queue, None)

        return StreamingResponse(stream(), media_type="text/event-stream", headers=NO_STORE)

    theme = SiteFiles(packages=[("press.render", "theme")])
    routes = [
        Route("/_preview/events", events),
        Mount("/_preview", theme),
        Mount("/", PreviewFiles(state)),
    ]
    return Starlette(routes=routes)


async def preview(root: Path, port: int, say: Callable[[str], None]) -> None:
    """Print the pages, serve them, and follow the author's edits until interrupted.

    Raises: PressError if the port is taken, a preview is open, or the project cannot be read.
    """
    with contextlib.ExitStack() as held, listen(port, "preview") as listener:
        state = Preview(root, say)
        held.enter_context(lock(state.project.config.work / "previewing"))
        say("Printing the pages...")
        watching = asyncio.create_task(state.follow())
        try:
            await asyncio.sleep(0)  # it watches from here on, so that no edit is lost meanwhile
            await state.open()
            address = f"http://localhost:{listener.getsockname()[1]}/"
            say(f"{address}   follows your edits (stop with Ctrl+C)")
            state.go_on(state.start())
            http = server(app(state))
            # it ends when it cannot watch
            watching.add_done_callback(lambda _: setattr(http, "should_exit", True))
            await http.serve(sockets=[listener])
        finally:
            watching.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await watching
            await state.close()
