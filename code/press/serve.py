"""Show the built site on this machine alone, as a web server would: sub-path, 404 page, no caching."""

import functools
import io
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import BinaryIO

from press.problems import PressError, Problem


class _Handler(SimpleHTTPRequestHandler):
    """Files of the site; its own 404 page; nothing is kept by the browser, so that a new site shows at once."""

    def end_headers(self) -> None:
        self.send_header("Cache-Control", "no-store")
        super().end_headers()

    def send_head(self) -> io.BytesIO | BinaryIO | None:
        try:
            return super().send_head()
        except ValueError:  # the name holds a NUL byte
            self.send_error(404)
            return None

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        page = Path(self.directory) / "404.html"
        if code != 404 or not page.is_file():
            super().send_error(code, message, explain)
            return
        body = page.read_bytes()
        self.send_response(404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: the author looks at the browser."""


def server(site: Path, port: int) -> ThreadingHTTPServer:
    """A server of the site on the loopback address; port 0 takes any free one.

    Raises: PressError if there is no site yet, or the port is taken.
    """
    if not (site / "index.html").is_file():
        raise PressError(Problem(str(site.name), 0, "there is no site to show", "build it first: make site"))
    try:
        return ThreadingHTTPServer(("127.0.0.1", port), functools.partial(_Handler, directory=str(site)))
    except OSError as error:
        what = f"port {port} cannot be used: {error.strerror}"
        raise PressError(Problem("serve", 0, what, "name another: press serve --port 8001")) from None
