"""What a browser asks of a preview: the files of its site, each page with a script that listens,
and the news.
"""

import asyncio
from collections.abc import AsyncIterator
from importlib import resources
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response, StreamingResponse
from starlette.routing import Route

if TYPE_CHECKING:
    from press.preview.app import Preview


def app(state: "Preview") -> Starlette:
    """The web application of a preview."""

    async def events(request: Request) -> Response:
        """Server-sent events: the state at once, then each change."""
        queue: asyncio.Queue[str] = asyncio.Queue()
        state.news.listeners[queue] = request.query_params.get("page", "")

        async def stream() -> AsyncIterator[str]:
            try:
                yield f"data: {state.news.message()}\n\n"
                while True:
                    yield f"data: {await queue.get()}\n\n"
            finally:
                state.news.listeners.pop(queue, None)

        return StreamingResponse(
            stream(), media_type="text/event-stream", headers={"Cache-Control": "no-store"}
        )

    async def script(request: Request) -> Response:
        """The script that listens."""
        source = (
            resources.files("press.render")
            .joinpath("theme", "preview.js")
            .read_text(encoding="utf-8")
        )
        return Response(source, media_type="text/javascript", headers={"Cache-Control": "no-store"})

    async def file(request: Request) -> Response:
        """A file of the site; pages get the script that listens."""
        path = request.path_params["path"] or "index.html"
        try:
            whole = (state.folder / path).resolve()
            if whole.is_dir():
                whole = whole / "index.html"
            found = whole.is_file() and whole.is_relative_to(state.folder.resolve())
        except (OSError, ValueError):  # a name that is too long, or holds a NUL byte
            found = False
        file = whole if found else state.folder / "404.html"
        if file.suffix == ".html":
            href = file.relative_to(state.folder.resolve()).as_posix() if found else ""
            state.renew(href)
            script = (
                f'<script defer src="/_preview/preview.js" data-page="{href}"'
                f' data-mark="{state.prints.mark(href)}"></script>'
            )
            body = file.read_bytes().replace(b"</head>", f"{script}</head>".encode(), 1)
            return HTMLResponse(
                body, status_code=200 if found else 404, headers={"Cache-Control": "no-store"}
            )
        return FileResponse(file, headers={"Cache-Control": "no-store"})

    return Starlette(
        routes=[
            Route("/_preview/events", events),
            Route("/_preview/preview.js", script),
            Route("/{path:path}", file),
        ]
    )
