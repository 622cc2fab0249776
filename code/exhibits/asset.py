"""Files that an exhibit makes for its page, too heavy to stand in it: they lie in the journal's assets/.

Both printers copy assets/, and a file that a page links to. The script of the exhibit fetches it when a reader comes
near. Left out: removing the file of an exhibit that is no more.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from exhibits.journal import page_of, root

FOLDER = "assets"


def write_asset(name: str, data: bytes) -> str:
    """Write a file into assets/, whole or not at all; one that has these bytes already is left alone.

    name: lower-case letters, digits, hyphens, and an ending

    Returns: its address as seen from the page that runs, or from the working folder.
    Raises: ValueError if the name has another form, or no journal is here.
    """
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*\.[a-z0-9]+", name):
        raise ValueError(f"name is {name!r}; use small letters, digits and single hyphens, as in 'word-map.bin'")
    base = root()
    file = base / FOLDER / name
    if not file.is_file() or file.read_bytes() != data:
        file.parent.mkdir(exist_ok=True)
        beside = file.with_name(f".{name}.{os.getpid()}")
        beside.write_bytes(data)
        beside.replace(file)
    running = page_of(base)
    start = base / running.parent if running else Path.cwd()
    return Path(os.path.relpath(file, start)).as_posix()
