"""Serve a built site on this machine alone, below the path of its address, with its 404 page."""

import socket
from pathlib import Path
from urllib.parse import unquote

import uvicorn
from starlette.applications import Starlette
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Scope

from press.base.errors import PressError

LOCAL = ("localhost", "127.0.0.1")  # the names by which a browser on this machine asks
NO_STORE = {"Cache-Control": "no-store"}


class SiteFiles(StaticFiles):
    """The files of a site, which no browser may store: a new site shows at once."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        response.headers.update(NO_STORE)
        return response


def site_app(site: Path, base: str = "/") -> Starlette:
    """Return the web application of a site; base: the path below which it stands (`/journal/`).

    Raises: PressError if there is no site yet.
    """
    if not (site / "index.html").is_file():
        raise PressError.at(site.name, 0, "there is no site to show", "build it first: make site")

    async def home(request: Request) -> Response:
        return RedirectResponse(base)

    async def missing(request: Request, error: Exception) -> Response:
        page = site / "404.html"
        if page.is_file():
            return FileResponse(page, status_code=404)
        return PlainTextResponse("Not found", status_code=404)

    files = Mount(unquote(base).rstrip("/"), SiteFiles(directory=site, html=True))
    routes: list[BaseRoute] = [files] if base == "/" else [Route("/", home), files]
    return Starlette(routes=routes, exception_handlers={404: missing})


def server(app: ASGIApp) -> uvicorn.Server:
    """Return a server of an application that answers to this machine's own names alone.

    A page elsewhere, whose name leads to this machine, would otherwise read the drafts.
    """
    local = TrustedHostMiddleware(app, allowed_hosts=LOCAL)
    return uvicorn.Server(uvicorn.Config(local, log_level="warning", timeout_graceful_shutdown=1))


def listen(port: int, command: str) -> socket.socket:
    """Bind a port of the loopback address for a command of press; 0 takes any free one.

    Raises: PressError if the port is taken.
    """
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", port))
        listener.listen()  # who asks before the server has started, waits for it
    except OSError as error:
        listener.close()
        what = f"port {port} cannot be used: {error.strerror}"
        remedy = f"name another: press {command} --port 8003"
        raise PressError.at(command, 0, what, remedy) from None
    return listener
