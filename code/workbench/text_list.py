"""Write an entry of data/texts.toml, and keep every byte of the others.

What: `write_entry` puts a new table at the end, or one in the place of the table of that name. The
new list is written beside the old one and takes its place whole; its name is the lock of two adds
at once. Left out: reading the list, which is `scratch.text.corpus`.
"""

import contextlib
import json
import os
import re
import tomllib
from pathlib import Path

from scratch.text.utf8 import TextError

Fields = dict[str, str | int]


def write_entry(path: Path, name: str, fields: Fields) -> None:
    """Give an entry of the list its fields, every byte of the others kept.

    Raises: TextError if another add is at work, or the entry is written in a way that cannot be
    replaced.
    """
    path = path.resolve()  # a link stays one
    beside = path.with_name(path.name + ".new")
    try:
        file = beside.open("xb")
    except FileExistsError:
        raise TextError(
            f"{beside} is there: another add is at work, or one was killed; then delete it"
        ) from None
    try:
        with file:
            file.write(_with_entry(path.read_bytes(), name, fields, path))
        os.replace(beside, path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


def _with_entry(before: bytes, name: str, fields: Fields, path: Path) -> bytes:
    """The list with an entry of these fields: in its old place if it has one, else at the end.

    Tried are the places at which the entry may begin and end; a place is right if TOML then says
    so.
    """
    lines = [
        f"[{name}]",
        *(f"{field} = {json.dumps(value, ensure_ascii=False)}" for field, value in fields.items()),
    ]
    entry = "\n".join(lines).encode() + b"\n"
    tables = tomllib.loads(before.decode())
    if name in tables:
        begins = _starts(rb"^[ \t]*\[[ \t]*[\"']?%s[\"']?[ \t]*\]" % name.encode(), before)
        # Comments above the next entry are of that one.
        ends = _starts(rb"(?:^[ \t]*(?:#.*)?\r?\n)*(?:^[ \t]*\[|\Z)", before)
        tried = [
            before[:begin] + entry + before[end:] for begin in begins for end in ends if end > begin
        ]
    else:
        tried = [before + b"\n" * (1 if before.endswith(b"\n") else 2) + entry]
    for after in tried:
        with contextlib.suppress(ValueError):
            if tomllib.loads(after.decode()) == {**tables, name: fields}:
                return after
    raise TextError(
        f"{path}: the entry {name!r} cannot be written there; write it as [{name}] and a line a"
        " field"
    )


def _starts(pattern: bytes, listing: bytes) -> list[int]:
    return [found.start() for found in re.finditer(pattern, listing, re.MULTILINE)]
