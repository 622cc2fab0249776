"""A folder in Chromium, as a host of static pages would serve it: texts gzipped, nothing logged."""

import functools
import gzip
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

TEXTS = (".html", ".css", ".js", ".json", ".svg", ".xml")
OPTIONS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking")


class _Packed(SimpleHTTPRequestHandler):
    """Files, and texts gzipped."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        file = Path(self.translate_path(self.path))
        if file.is_dir():
            file /= "index.html"
        if file.suffix not in TEXTS or not file.is_file():
            super().do_GET()
            return
        body = gzip.compress(file.read_bytes(), 6)
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(str(file)))
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextmanager
def opened(folder: Path) -> Iterator[tuple[Browser, str]]:
    """A browser, and the address at which it finds the folder."""
    with (
        ThreadingHTTPServer(
            ("127.0.0.1", 0), functools.partial(_Packed, directory=str(folder))
        ) as server,
        sync_playwright() as playwright,
    ):
        threading.Thread(target=server.serve_forever, daemon=True).start()
        chromium = os.environ.get("CHROMIUM", "/usr/bin/chromium")
        browser = playwright.chromium.launch(executable_path=chromium, args=list(OPTIONS))
        yield browser, f"http://127.0.0.1:{server.server_port}/"
        browser.close()
        server.shutdown()


def processor(browser: Browser) -> float:
    """Milliseconds of a processor that the pages' own threads have had so far, whatever else the
    machine does.

    Where the system does not tell of threads (only Linux does): of the pages' processes.
    """
    line = browser.new_browser_cdp_session()
    found = line.send("SystemInfo.getProcessInfo")["processInfo"]
    line.detach()
    spent = 0.0
    for process in (one for one in found if one["type"] == "renderer"):
        # a process's first thread is the page's
        thread = Path(f"/proc/{process['id']}/task/{process['id']}/schedstat")
        spent += (
            int(thread.read_text().split()[0]) / 1e6
            if thread.exists()
            else 1000 * process["cpuTime"]
        )
    return spent


if __name__ == "__main__":
    with opened(Path(__file__).parent) as (browser, address):
        sys.stdout.write(f"Chromium {browser.version} at {address}\n")
