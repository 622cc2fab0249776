"""A file that a page leaves beside itself for the reader's browser: a model, a table too large to
stand in the page.

What: the file goes into the journal's assets/, from where both printers copy it; a page that shows
it links to it by the address that `write_asset` returns. press.execute.file_tracing notes the file,
and press.execute.cache runs the page again if it is missing or has another content. Left out: names
that change with the content. A page names its file once, and the next run replaces it.
"""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path

from exhibits.base.site_paths import root, seen_from_here
from exhibits.base.vocab_file import NAME as GPT2_FILE
from scratch.atomic_write import atomic_write

FOLDER = "assets"
MADE = ("plotly.min.js", GPT2_FILE)  # what press puts there besides the files of exhibits/assets


def write_asset(name: str, data: bytes) -> str:
    """Put data into the journal's assets/; a file that has this content already is left as it is.

    A reader, a kill -9 or another kernel that writes the same file meets a whole file, the old one
    or the new one. name: a plain file name, like "journal-model.bin"

    Returns: the file's address, as seen from the page that runs (without a printer: from the
    working folder). Raises: ValueError if the name is no plain one or belongs to the journal's own
    files, or there is no journal here.
    """
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]*(\.[A-Za-z0-9_-]+)*", name):
        raise ValueError(
            f"name is {name!r}; use letters, digits, '-', '_' and single dots, as in"
            " 'journal-model.bin'"
        )
    if name in MADE or (files("exhibits") / FOLDER / name).is_file():
        raise ValueError(
            f"name is {name!r}, which is a file of the journal itself; choose another name"
        )
    base = root()
    target = base / FOLDER / name
    if not _holds(target, data):
        drafts = base / ".press"  # assets/ is copied into the site
        for folder in (target.parent, drafts):
            folder.mkdir(exist_ok=True)
        with atomic_write(target, drafts) as draft:
            draft.write_bytes(data)
    return seen_from_here(Path(FOLDER, name), base)


def _holds(file: Path, data: bytes) -> bool:
    """Whether a file has this content. It is opened for writing, by which
    press.execute.file_tracing knows that a page leaves it.
    """
    try:
        with open(file, "r+b") as opened:
            return opened.read() == data
    except FileNotFoundError:
        return False
