"""A page of exhibits alone, served with their assets, for the tests in a browser."""

import functools
import http.server
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import exhibits
from exhibits.base.exhibit import Exhibit


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Write nothing."""


@contextmanager
def served(folder: Path, *parts: Exhibit) -> Iterator[str]:
    """Write the exhibits as a page into a folder, and yield its address while it is served."""
    shutil.copytree(Path(exhibits.__file__).parent / "assets", folder / "assets")
    (folder / "index.html").write_text(
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>t</title><meta'
        ' name="viewport" content="width=device-width"><link rel="icon" href="data:,"><link'
        ' rel="stylesheet" href="assets/exhibits.css"><script defer'
        ' src="assets/exhibits.js"></script></head><body style="background:var(--paper)">'
        f"<main><h1>t</h1>{''.join(part.html for part in parts)}</main></body></html>",
        encoding="utf-8",
    )
    handler = functools.partial(_Quiet, directory=folder)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/index.html"
        server.shutdown()
