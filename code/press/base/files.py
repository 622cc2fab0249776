"""Write a file so that a reader, or a kill -9, meets the old text or the new one and never a part
of it.
"""

import os
import shutil
import uuid
from pathlib import Path

from press.base.errors import PressError, Problem


def read_utf8(file: Path, path: str) -> str:
    """The text of a file; `path` is its name in messages.

    Raises: PressError with line and byte for what is not UTF-8.
    """
    try:
        return file.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        what = f"byte {error.start} is {error.object[error.start]:#04x}, which is not UTF-8"
        raise PressError(Problem(path, line, what, "save the file as UTF-8")) from None


def copy(source: Path, target: Path) -> None:
    """Put a copy of a file at `target`, making its folder if need be; a file that stood there keeps
    its other names.

    For a site that is being built: what stands at `target` is not whole for a moment.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    target.unlink(missing_ok=True)
    shutil.copyfile(source, target)


def write_atomically(file: Path, text: str) -> None:
    """Put `text` (UTF-8) at `file`, making its folder if need be.

    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> write_atomically(folder / "a" / "b.txt", "new")
    >>> (folder / "a" / "b.txt").read_text()
    'new'
    """
    write_bytes_atomically(file, text.encode())


def write_bytes_atomically(file: Path, data: bytes) -> None:
    """Put `data` at `file`, making its folder if need be."""
    file.parent.mkdir(parents=True, exist_ok=True)
    beside = file.with_name(
        f".{uuid.uuid4().hex}"
    )  # not of tempfile's making: that nobody else may read
    try:
        beside.write_bytes(data)
        os.replace(beside, file)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
