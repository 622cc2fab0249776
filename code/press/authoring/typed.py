"""Take what an author types, and hold it in a file until a page has it: no fault loses a word."""

import contextlib
import datetime
import os
import shlex
import subprocess
import uuid
from collections.abc import Iterator
from pathlib import Path

from press.base.errors import PressError, Problem
from press.base.files import read_utf8, write_atomically

FOLDER = "typed"  # in .press
HINT = "<!-- One bullet a line, then save and close. Without a bullet nothing is written. -->"
BLANK = f"- \n\n{HINT}\n"


@contextlib.contextmanager
def buffer(work: Path, typed: bytes | None) -> Iterator[Path]:
    """Yield a file with what was typed, or for an editor; it goes when the block ends well.

    Raises: PressError as the block does, and with the file's name if there is a word in it.
    """
    now = datetime.datetime.now()
    file = work / FOLDER / f"{now:%Y-%m-%d-%H%M%S}-{uuid.uuid4().hex[:6]}.md"
    write_atomically(file, BLANK if typed is None else typed)
    name = os.path.relpath(file)
    try:
        yield file
    except (PressError, OSError, KeyboardInterrupt) as error:
        problems = [Problem("note", 0, str(error) or "interrupted")]
        problems = error.problems if isinstance(error, PressError) else problems
        if file.read_bytes().strip() in (b"", BLANK.strip().encode()):
            file.unlink()
        else:
            remedy = f"mend it, then: press note ... < {name}"
            problems = [*problems, Problem(name, 0, "this file has what you typed", remedy)]
        raise PressError(problems) from None
    file.unlink()


def unfinished(work: Path) -> list[str]:
    """Return the files of notes that were typed, and are on no page."""
    return [os.path.relpath(file) for file in sorted((work / FOLDER).glob("*.md"))]


def text_of(file: Path) -> str:
    """Return what was typed. Raises: PressError for what is not UTF-8."""
    return read_utf8(file, os.path.relpath(file)).replace(HINT, "")


def edit(file: Path) -> None:
    """Let the author edit a file in $VISUAL or $EDITOR.

    Raises: PressError if neither is set, or the editor fails.
    """
    command = os.environ.get("VISUAL") or os.environ.get("EDITOR") or ""
    ways = 'set EDITOR=nano, or give bullets: -b "More cool stuff.", or on standard input'
    if not command.strip():
        raise PressError.at("EDITOR", 0, "no editor is named", ways)
    try:
        status = subprocess.run([*shlex.split(command), str(file)]).returncode
    except (OSError, ValueError) as error:
        raise PressError.at("EDITOR", 0, f"{command!r} does not start: {error}", ways) from None
    if status:
        raise PressError.at("EDITOR", 0, f"{command!r} ended with status {status}", ways)
