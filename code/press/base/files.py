"""Read files as UTF-8, list and copy them, and write them whole, even under a kill -9."""

import hashlib
import os
import shutil
from functools import cache
from importlib import metadata
from pathlib import Path

from press.base.errors import PressError
from scratch.atomic_write import atomic_write

PRINTING = ("pypandoc_binary", "jinja2", "nbformat", "pyyaml")  # packages that shape a page


def read_utf8(file: Path, path: str) -> str:
    """Return the text of a file; `path` is its name in messages.

    Raises: PressError, with line and byte, for what is not UTF-8.
    """
    try:
        return file.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        what = f"byte {error.start} is {error.object[error.start]:#04x}, which is not UTF-8"
        raise PressError.at(path, line, what, "save the file as UTF-8") from None


def write_atomically(file: Path, content: str | bytes) -> None:
    """Write a text (as UTF-8) or bytes to `file`, making its folder if need be."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with atomic_write(file) as draft:
        draft.write_bytes(content.encode() if isinstance(content, str) else content)


def sha256(data: str | bytes) -> str:
    """Return the SHA-256 of bytes, or of a text in UTF-8, in hexadecimal."""
    coded = data.encode(errors="surrogatepass") if isinstance(data, str) else data
    return hashlib.sha256(coded).hexdigest()


def path_in(root: Path, file: Path, otherwise: str = "") -> str:
    """Return the path of a file relative to a folder that holds it; `otherwise` for any other."""
    return file.relative_to(root).as_posix() if file.is_relative_to(root) else otherwise


def copy(source: Path, target: Path) -> None:
    """Copy a file to `target`, making its folder; hard links of an old file stay as they were."""
    target.parent.mkdir(parents=True, exist_ok=True)
    target.unlink(missing_ok=True)
    shutil.copyfile(source, target)


def link(source: Path, target: Path) -> None:
    """Hard-link a file that never changes to `target`, or copy it where the disk has no links."""
    target.parent.mkdir(parents=True, exist_ok=True)
    target.unlink(missing_ok=True)
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


def files_below(folder: Path) -> set[str]:
    """Return the relative paths of the files below a folder; links to folders count as files."""
    paths = set()
    for above, folders, names in os.walk(folder):
        inside = os.path.relpath(above, folder)
        links = [name for name in folders if os.path.islink(f"{above}/{name}")]
        paths |= {os.path.normpath(f"{inside}/{name}") for name in (*names, *links)}
    return paths


@cache
def own_source() -> str:
    """Return a hash of press itself (code, theme, filter) and of the packages that print."""
    here = Path(__file__).parents[1]
    source = hashlib.sha256("\n".join(map(metadata.version, PRINTING)).encode())
    for file in sorted(here.rglob("*")):
        if file.is_file() and file.suffix != ".pyc":
            source.update(file.relative_to(here).as_posix().encode() + b"\0" + file.read_bytes())
    return source.hexdigest()
