"""List the texts of the journal and add new ones, for `press texts` and `press texts add`.

What: `listing` gives the state of each text in the list. `add_text` takes a file or a URL, refuses
an unsuitable text, removes Project Gutenberg's header and licence, and writes an entry into
data/texts.toml. Source: none. Left out: other formats than plain text in UTF-8.

A text is stored as `scratch.text.utf8` decodes it: no byte order mark, every line end a newline. An
existing text is never overwritten.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from scratch.text.corpus import (
    LISTING,
    UNTITLED,
    Entry,
    Text,
    data_folder,
    is_there,
    list_texts,
    load_text,
)
from scratch.text.fitness import read_file, refuse_unfit
from scratch.text.gutenberg import strip_gutenberg
from scratch.text.punctuation import plain_marks
from scratch.text.utf8 import TextError, decode
from workbench.download import fetch
from workbench.text_list import Fields, write_entry

_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
Ask = Callable[[str, str], str]  # a field, and its default -> the answer


@dataclass(frozen=True)
class Listed:
    """The state of a text in the list: a line that `press texts` prints."""

    entry: Entry
    state: str  # "here", "not here", or what is wrong with the file
    characters: int | None  # None unless it is here and can serve
    default: bool  # whether the pages run on it


@dataclass(frozen=True)
class Added:
    """An added text, and the changes made to it."""

    text: Text
    stripped: int  # characters of Project Gutenberg's that were taken off
    replaced: Counter[str]  # marks that were made plain, with how often each


def listing(folder: Path | None = None) -> list[Listed]:
    """Return the state of every text in the list; a damaged file is one of the states.

    folder: of the list; where None, the journal's

    Raises: TextError if the list itself cannot be read.

    >>> [text.entry.author for text in listing() if text.entry.name == "the-index-of-small-lights"]
    ['this journal']
    """
    lines: list[Listed] = []
    for entry in list_texts(folder):
        characters, state = None, "not here"
        default = is_there(entry.path) and not any(line.default for line in lines)
        if is_there(entry.path):
            try:
                text = load_text(entry.name, folder)
                characters, state = len(text.content), "here"
                entry = replace(entry, title=text.title, author=text.author)
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
    plain: bool = False,
    ask: Ask = lambda field, default: default,
    folder: Path | None = None,
) -> Added:
    """Copy or download a text to NAME.txt in the folder of the list, and write its entry.

    source: a file, or a URL of http or https; name: a slug such as my-book
    title, author: where None, taken from a Project Gutenberg header, else from `ask`
    plain: whether to replace typographic marks by plain ones (`scratch.text.punctuation`)
    ask: ask(field, default) returns the value of a field
    folder: of the list; where None, the journal's

    If the list has an entry of this name without a hash, such as foundation, its fields are
    replaced; if it has a hash, the file must have this hash, and the entry stays.

    Raises: TextError if the name is not a slug or is taken, the source cannot be read or is
    unsuitable, or a field has a line break. The folder is then unchanged.
    """
    folder = folder or data_folder()
    listed = next((entry for entry in list_texts(folder) if entry.name == name), None)
    recorded = listed.sha256 if listed else None
    target = folder / f"{name}.txt"
    given = {"title": title, "author": author, "licence": licence}
    _refuse(name, target, given, recorded)
    data = _bytes_of(source)
    whole = decode(data, str(source))
    body, header = strip_gutenberg(whole)
    content, replaced = plain_marks(body) if plain else (body, Counter[str]())
    refuse_unfit(content, source)
    sha256 = hashlib.sha256(content.encode()).hexdigest()
    if recorded not in (None, sha256):
        raise TextError(
            f"{source} is another text than {name!r} in {LISTING} (SHA-256 {sha256[:12]}...);"
            " rename it"
        )
    fields = {} if recorded else _fields(source, given, header, ask)
    if plain:
        fields["plain_marks"] = replaced.total()
        fields["original_sha256"] = hashlib.sha256(data).hexdigest()
    if not listed:  # an entry without a hash stays one: its file may change
        fields["sha256"] = sha256
    _store(target, content.encode())
    try:
        if not recorded:
            write_entry(folder / LISTING, name, fields)
        return Added(load_text(name, folder), len(whole) - len(body), replaced)
    except BaseException:
        target.unlink()
        raise


def _refuse(name: str, target: Path, given: Mapping[str, str | None], recorded: str | None) -> None:
    """Refuse a text by its name and fields alone, before its source is read."""
    if not _SLUG.fullmatch(name):
        raise TextError(
            f"the name {name!r} is no slug; use small letters, digits and single hyphens: my-book"
        )
    if is_there(target):
        raise TextError(
            f"{target} is there already, and nothing is overwritten; choose another name, or"
            " remove it"
        )
    if recorded and any(given.values()):
        raise TextError(
            f"{name!r} is listed in {LISTING} with its title, author and hash; leave them out, or"
            " edit them there"
        )
    for field, value in given.items():
        if value and not value.isprintable():
            raise TextError(
                f"the {field} {value!r} has a character that cannot be printed; give it on one line"
            )


def _fields(
    source: str | Path, given: Mapping[str, str | None], header: Mapping[str, str], ask: Ask
) -> Fields:
    """Return what the list says of a text, each field on one line."""
    fields: Fields = {}
    for field, default in {"title": UNTITLED, "author": ""}.items():
        known = _one_line(given[field] or header.get(field, ""))
        fields[field] = known or _one_line(ask(field, default)) or default
    address = "://" in str(source)
    fields["licence"] = _one_line(given["licence"] or "") or "not stated; check before you share it"
    fields["source"] = _one_line(str(source) if address else f"a file named {Path(source).name}")
    return fields


def report(added: Added, folder: Path | None = None) -> list[str]:
    """Return lines that say what was added and changed, and on which text the pages run."""
    text = added.text
    by = f" by {text.author}" if text.author else ""
    lines = [
        f"{text.name}: {text.title}{by}, {len(text.content):,} characters, SHA-256"
        f" {text.sha256[:12]}..."
    ]
    if added.stripped:
        lines.append(
            f"Project Gutenberg's header and licence were taken off: {added.stripped:,} characters."
        )
    if added.replaced:
        lines.append(
            f"Marks made plain: {added.replaced.total():,}, of {_counted(added.replaced)}."
        )
    marks = plain_marks(text.content)[1]
    visible = Counter({mark: times for mark, times in marks.items() if _is_visible(mark)})
    if visible:
        lines.append(
            f"It has {visible.total():,} typographic marks, of {_counted(visible)}. The tokenizer"
            f" of words does not cut at them; for plain ones remove {text.name}.txt from data/, and"
            " add it again with --plain-marks."
        )
    if text.title == UNTITLED:
        lines.append(
            f"The pages call it {UNTITLED!r}; to name it, edit [{text.name}] in data/{LISTING}."
        )
    default = next((line.entry for line in listing(folder) if line.default), None)
    if default and default.name != text.name:
        lines.append(
            f"The pages run on {default.name}; a text comes before it where its entry in"
            f" data/{LISTING} does, as foundation's."
        )
    return lines


def _is_visible(mark: str) -> bool:
    return mark.isprintable() and not mark.isspace()


def _counted(marks: Counter[str]) -> str:
    """Write marks with their counts, commonest first; an invisible one by its code point."""
    commonest = sorted(marks.items(), key=lambda item: (-item[1], item[0]))
    return ", ".join(
        f"{mark if _is_visible(mark) else f'U+{ord(mark):04X}'} {times:,}"
        for mark, times in commonest
    )


def _bytes_of(source: str | Path) -> bytes:
    if re.match(r"\w+://", str(source)):
        return fetch(str(source))
    try:
        return read_file(Path(source))
    except OSError as error:
        raise TextError(
            f"{source} cannot be read ({error.strerror}); give a plain-text file or a URL"
        ) from None


def _one_line(value: str) -> str:
    """Return a value on one line, without characters that cannot be printed."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in value).split())


def _store(target: Path, data: bytes) -> None:
    """Write a new file, never over another."""
    try:
        file = target.open("xb")
    except FileExistsError:
        raise TextError(
            f"{target} appeared meanwhile, and nothing is overwritten; choose another name"
        ) from None
    except OSError as error:
        raise TextError(
            f"{target} cannot be written ({error.strerror}); free the folder and try again"
        ) from None
    try:
        with file:
            file.write(data)
    except BaseException:
        target.unlink()
        raise
