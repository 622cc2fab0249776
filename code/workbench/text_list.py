"""Write an entry of data/texts.toml, without changing a byte of the others.

What: `write_entry` adds a table at the end, or replaces the table with the same name. Source: TOML
1.0; the standard library's parser decides where an entry begins and ends. Left out: reading the
list (`scratch.text.corpus`).
"""

import contextlib
import json
import re
import tomllib
from pathlib import Path

from scratch.atomic_write import atomic_write
from scratch.file_lock import locked
from scratch.text.utf8 import TextError

Fields = dict[str, str | int]


def write_entry(path: Path, name: str, fields: Fields) -> None:
    """Write an entry of the list, without changing a byte of the others.

    A second process that writes waits for the first. path: of the list, which exists

    Raises: TextError if the old entry is written in a form that cannot be replaced; OSError.

    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "texts.toml"
    >>> _ = path.write_text("# mine\\n", encoding="utf-8")
    >>> write_entry(path, "book", {"title": "A Book"})
    >>> path.read_text(encoding="utf-8")
    '# mine\\n\\n[book]\\ntitle = "A Book"\\n'
    """
    path = path.resolve()  # a link stays one
    with locked(path.parent):
        after = _with_entry(path.read_bytes(), name, fields, path)
        with atomic_write(path) as draft:
            draft.write_bytes(after)


def _with_entry(before: bytes, name: str, fields: Fields, path: Path) -> bytes:
    """Return the list with the entry: instead of its old one, else at the end.

    Every place where the entry may begin or end is tried, until TOML reads what was meant.
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
    return [match.start() for match in re.finditer(pattern, listing, re.MULTILINE)]
