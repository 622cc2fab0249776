"""Show the built site on this machine alone, as its web server would: below the sub-path, with its
404 page.
"""

import functools
import io
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import quote, unquote, urlsplit

from press.base.errors import PressError

LOCAL = ("localhost", "127.0.0.1")  # the names by which a browser on this machine asks


class _Handler(SimpleHTTPRequestHandler):
    """Files of the site; its own 404 page; nothing is kept by the browser, so that a new site shows
    at once.

    base: the path below which the site stands, between slashes.
    """

    def __init__(self, *arguments: Any, base: str, **options: Any) -> None:
        self.base = unquote(base)
        super().__init__(*arguments, **options)

    def translate_path(self, path: str) -> str:
        return super().translate_path(
            quote(f"/{unquote(path.partition('?')[0]).removeprefix(self.base)}")
        )

    def end_headers(self) -> None:
        self.send_header("Cache-Control", "no-store")
        super().end_headers()

    def send_head(self) -> io.BytesIO | BinaryIO | None:
        asked = unquote(self.path.partition("?")[0])
        try:
            if urlsplit(f"//{self.headers.get('Host', 'localhost')}").hostname not in LOCAL:
                # a page elsewhere, whose name now leads to this machine
                self.send_error(403, "Another host")
            elif asked.startswith(self.base):
                return super().send_head()
            elif asked in ("/", self.base.rstrip("/")):
                self.send_response(302)
                self.send_header("Location", quote(self.base))
                self.send_header("Content-Length", "0")
                self.end_headers()
            else:
                self.send_error(404)
        except ValueError:  # the path holds a NUL byte, or Host is no name of a host
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


def server(site: Path, port: int, base: str = "/") -> ThreadingHTTPServer:
    """Open a server of the site on the loopback address; port 0 takes any free one.

    base: the path below which the site stands (`Config.base_path`); / leads there.

    Raises: PressError if there is no site yet, or the port is taken.
    """
    if not (site / "index.html").is_file():
        raise PressError.at(
            str(site.name), 0, "there is no site to show", "build it first: make site"
        )
    handler = functools.partial(_Handler, directory=str(site), base=base)
    try:
        return ThreadingHTTPServer(("127.0.0.1", port), handler)
    except OSError as error:
        what = f"port {port} cannot be used: {error.strerror}"
        raise PressError.at("serve", 0, what, "name another: press serve --port 8001") from None
