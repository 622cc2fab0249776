"""The texts of the journal, as `press texts` and `press texts add` handle them.

What: `listing` says of each listed text whether its file is here and whole. `add_text` takes a file or downloads one,
takes Project Gutenberg's header and footer off, and records the SHA-256 in data/texts.toml.
Left out: other formats than plain text in UTF-8.

A text is stored as `scratch.utf8` reads it: no byte order mark, every line end a newline. Nothing is ever overwritten.
"""

import hashlib
import json
import os
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

from press.download import LARGEST, fetch
from press.gutenberg import strip_gutenberg
from scratch.corpus import LISTING, Entry, Text, data_folder, list_texts, load_text
from scratch.utf8 import TextError, decode

_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@dataclass(frozen=True)
class Listed:
    """A line of `press texts`."""

    entry: Entry
    state: str  # "here", "not here", or what is wrong with the file
    characters: int | None  # None unless it is here and whole
    default: bool  # whether the pages run on it


def listing(folder: Path | None = None) -> list[Listed]:
    """Look at every listed text; a damaged file is a state, not an error.

    Raises: TextError if the list itself cannot be read.

    >>> [text.entry.author for text in listing() if text.entry.name == "the-index-of-small-lights"]
    ['this journal']
    """
    lines: list[Listed] = []
    for entry in list_texts(folder):
        characters, state = None, "not here"
        default = entry.path.is_file() and not any(line.default for line in lines)
        if entry.path.is_file():
            try:
                characters, state = len(load_text(entry.name, folder).content), "here"
            except TextError as error:
                state = str(error)
        lines.append(Listed(entry, state, characters, default))
    return lines


def add_text(
    source: str | Path,
    name: str,
    *,
    title: str | None = None,
    author: str | None = None,
    licence: str | None = None,
    folder: Path | None = None,
) -> Text:
    """Copy or download a text to NAME.txt beside the list, and record it there with its SHA-256.

    source: a file, or a URL of http or https. title and author are read from a Gutenberg header if not given.
    A listed text whose file is not here yet, such as foundation, gets its file and keeps its entry.
    Raises: TextError if the name is no slug or is taken, the source cannot be had or is no text, or a field has a
        line break; then nothing is left behind.
    """
    folder = folder or data_folder()
    if not _SLUG.fullmatch(name):
        raise TextError(f"the name {name!r} is no slug; use small letters, digits and single hyphens: my-book")
    listed = next((entry for entry in list_texts(folder) if entry.name == name), None)
    target = folder / f"{name}.txt"
    if target.exists():
        raise TextError(f"{target} is there already, and nothing is overwritten; choose another name, or remove it")
    if listed and (title or author or licence):
        raise TextError(
            f"{name!r} is listed in {LISTING} with its title and author; leave them out, or edit them there"
        )
    data = fetch(str(source)) if re.match(r"\w+://", str(source)) else _read(Path(source))
    body, header = strip_gutenberg(decode(data, str(source)), str(source))
    stored = body.encode()
    decode(stored, f"{source} between its START and END lines")  # a header alone is no text
    sha256 = hashlib.sha256(stored).hexdigest()
    if listed is None:
        fields = {
            "title": title or header.get("title") or name,
            "author": author or header.get("author") or "not stated",
            "licence": licence or "not stated; check before you share it",
            "source": str(source) if "://" in str(source) else f"a file named {Path(source).name}",
            "sha256": sha256,
        }
    elif listed.sha256 not in (None, sha256):
        raise TextError(f"{source} is another text than {name!r} in {LISTING} (SHA-256 {sha256[:12]}...); rename it")
    _store(target, stored)
    try:
        if listed is None:
            _append(folder / LISTING, name, fields)
        return load_text(name, folder)
    except BaseException:
        target.unlink()
        raise


def _read(path: Path) -> bytes:
    try:
        if path.stat().st_size > LARGEST:
            raise TextError(f"{path} has {path.stat().st_size:,} bytes; the limit is {LARGEST:,}: give one book")
        return path.read_bytes()
    except OSError as error:
        raise TextError(f"{path} cannot be read ({error.strerror}); give a plain-text file or a URL") from None


def _store(target: Path, data: bytes) -> None:
    """Write a new file, never over another."""
    try:
        file = target.open("xb")
    except FileExistsError:
        raise TextError(f"{target} appeared meanwhile, and nothing is overwritten; choose another name") from None
    except OSError as error:
        raise TextError(f"{target} cannot be written ({error.strerror}); free the folder and try again") from None
    try:
        with file:
            file.write(data)
    except BaseException:
        target.unlink()
        raise


def _append(path: Path, name: str, fields: dict[str, str]) -> None:
    """Add an entry at the end of the list, every byte before it kept; the new list is the lock of two at once."""
    for field, value in fields.items():
        if not value.isprintable():
            raise TextError(f"the {field} {value!r} has a character that cannot be printed; give it on one line")
    lines = [f"[{name}]", *(f"{field} = {json.dumps(value, ensure_ascii=False)}" for field, value in fields.items())]
    beside = path.with_name(path.name + ".new")
    try:
        file = beside.open("xb")
    except FileExistsError:
        raise TextError(f"{beside} is there: another add is at work, or one was killed; then delete it") from None
    try:
        with file:
            before = path.read_bytes()
            after = before + b"\n" * (1 if before.endswith(b"\n") else 2) + "\n".join(lines).encode() + b"\n"
            tomllib.loads(after.decode())  # the list must stay readable
            file.write(after)
        os.replace(beside, path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
