"""Download one text, or one file, over http or https, with a progress bar on the terminal.

What: a download goes to a temporary file first, so a broken one leaves nothing behind. Source: the
standard library's urllib; rich draws the bar. Left out: resuming; authentication; decoding
(`scratch.text.utf8`).
"""

import http.client
import re
import tempfile
from typing import IO
from urllib.error import URLError
from urllib.request import Request, urlopen

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

from scratch.text.fitness import LARGEST
from scratch.text.utf8 import TextError

PATIENCE = 30.0  # seconds without an answer


class DownloadFailed(ValueError):
    """A download that failed; the message has reason and remedy."""


def fetch(url: str) -> bytes:
    """Download a text, with a progress bar on stderr if that is a terminal.

    Returns: its bytes.
    Raises: TextError if the URL is not http or https, cannot be reached, stops early, sends more
    than LARGEST bytes, or is a web page.
    """
    try:
        with tempfile.TemporaryFile() as file:
            fetch_into(file, url, LARGEST, "give the address of one book, or of a part of this")
            file.seek(0)
            data = file.read()
    except DownloadFailed as error:
        raise TextError(str(error)) from None
    if re.match(rb"\s*<(!doctype html|html)", data, re.IGNORECASE):
        raise TextError(f"{url} is a web page; give the address of the book's plain text in UTF-8")
    return data


def fetch_into(file: IO[bytes], url: str, largest: int, advice: str) -> None:
    """Download a URL of http or https into an open file.

    largest: bytes, at most; advice: what to do if there are more, for the message
    Raises: DownloadFailed if the URL is not http or https, cannot be reached, stops early, or sends
    more than `largest` bytes.
    """
    if not url.lower().startswith(("http://", "https://")):
        raise DownloadFailed(f"{url} is no URL of http or https; download it and give the file")
    columns = TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn()
    bar = Progress(*columns, console=Console(stderr=True), transient=True)
    try:
        request = Request(url, headers={"User-Agent": "journal-of-a-language-model"})
        with urlopen(request, timeout=PATIENCE) as answer, bar:
            total = int(answer.headers.get("Content-Length") or 0)
            task = bar.add_task(escape(url.rsplit("/", 1)[-1]), total=total or None)
            while piece := answer.read(65_536):
                file.write(piece)
                bar.update(task, advance=len(piece))
                if file.tell() > largest:
                    raise DownloadFailed(f"{url} sends more than {largest:,} bytes; {advice}")
            if file.tell() < total:
                raise DownloadFailed(f"{url} sent {file.tell():,} of {total:,} bytes; try again")
    except (OSError, ValueError, http.client.HTTPException) as error:
        if isinstance(error, DownloadFailed):
            raise
        reason = error.reason if isinstance(error, URLError) else error
        raise DownloadFailed(
            f"{url} cannot be downloaded ({reason}); check the address, or give a file"
        ) from None
