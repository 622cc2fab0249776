"""Write a file beside a page for the reader's browser: a model, or a table too large for the page.

What: the file goes into the journal's assets/, from where both printers copy it; the page links to
it by the address that `write_asset` returns. press.execute.file_tracing records the file, and
press.execute.run_cache runs the page again if it is missing or has changed. Left out: file names
that change with the content; a page's next run replaces its file.
"""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path

from exhibits.base.site_paths import root, seen_from_here
from exhibits.base.vocab_file import NAME as GPT2_FILE
from scratch.atomic_write import atomic_write

FOLDER = "assets"
MADE = ("plotly.min.js", GPT2_FILE)  # press puts these there, with the files of exhibits/assets


def write_asset(name: str, data: bytes) -> str:
    """Write data into the journal's assets/, unless the file has this content already.

    The write is atomic: whoever reads or writes the same file meanwhile sees the old file or the
    whole new one.

    name: a file name without folders, like "journal-model.bin"

    Returns: the file's address relative to the page that runs; without a printer, relative to the
    working folder.
    Raises: ValueError if the name has other characters or is that of one of the journal's own
    files, or the working folder is outside a journal.
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
    """Return whether a file has this content.

    It is opened for writing, so that press.execute.file_tracing counts it as made by the page.
    """
    try:
        with open(file, "r+b") as opened:
            return opened.read() == data
    except FileNotFoundError:
        return False
