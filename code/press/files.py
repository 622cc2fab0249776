"""Write a file so that a reader, or a kill -9, meets the old text or the new one and never a part of it."""

import os
import tempfile
from pathlib import Path


def write_atomically(file: Path, text: str) -> None:
    """Put `text` (UTF-8) at `file`, making its folder if need be.

    >>> folder = Path(tempfile.mkdtemp())
    >>> write_atomically(folder / "a" / "b.txt", "new")
    >>> (folder / "a" / "b.txt").read_text()
    'new'
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    handle, beside = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
    try:
        with open(handle, "w", encoding="utf-8") as out:
            out.write(text)
        os.replace(beside, file)
    except BaseException:
        os.unlink(beside)
        raise
