"""Find, load and check the texts that the journal reads.

What: `data/texts.toml` lists each text (title, author, licence, source, SHA-256); the text itself
is in the same folder as NAME.txt. `load_text()` takes the first listed text whose file is there, so
a learner's own Foundation comes before the novella that replaces it. Source: FIPS 180-4 for
SHA-256, of the file's bytes. Left out: decoding bytes (`scratch.text.utf8`), refusing unsuitable
texts (`scratch.text.fitness`), removing what Project Gutenberg adds (`scratch.text.gutenberg`), and
adding texts to the list (`workbench.texts`).
"""

import hashlib
import os
import tomllib
from dataclasses import dataclass
from pathlib import Path

from scratch.text.fitness import read_file, refuse_unfit
from scratch.text.gutenberg import strip_gutenberg
from scratch.text.utf8 import TextError, decode

LISTING = "texts.toml"
UNTITLED = "your text"  # the title of a text that nobody has named; its author is ""


@dataclass(frozen=True)
class Entry:
    """An entry in the list of texts; its file may be missing."""

    name: str  # a slug: its file is NAME.txt
    title: str
    author: str
    licence: str
    source: str
    sha256: str | None  # of the file's bytes; None: whatever copy the learner has
    path: Path


@dataclass(frozen=True)
class Text:
    """A text in memory, with its title, author, licence and source."""

    name: str
    title: str
    author: str  # "" if nobody has named one
    licence: str
    source: str
    sha256: str  # of the bytes that were read
    # no byte order mark, every line end "\n", no header or licence of Project Gutenberg
    content: str


def data_folder() -> Path:
    """Return the folder of the texts.

    It is $JOURNAL_DATA if that is set; else the nearest folder data/ with a list of texts, in the
    current folder or above; else data/ beside this code.

    Raises: TextError if $JOURNAL_DATA has no list of texts, or there is none anywhere.

    >>> (data_folder() / LISTING).is_file()
    True
    """
    if chosen := os.environ.get("JOURNAL_DATA"):
        if not (Path(chosen) / LISTING).is_file():
            raise TextError(
                f"JOURNAL_DATA is {chosen!r}, where no {LISTING} lies; point it at the folder that"
                " has one"
            )
        return Path(chosen)
    here = Path.cwd()
    for folder in (here, *here.parents, Path(__file__).resolve().parents[3]):
        if (folder / "data" / LISTING).is_file():
            return folder / "data"
    raise TextError(
        f"no data/{LISTING} in {here} or above it; start inside the journal, or set JOURNAL_DATA"
    )


def list_texts(folder: Path | None = None) -> list[Entry]:
    """Read the list of texts, in its own order; the texts' files may be missing.

    folder: of the list; where None, `data_folder()`
    Raises: TextError if the list is missing or not TOML, or an entry lacks a field.

    >>> "the-index-of-small-lights" in [entry.name for entry in list_texts()]
    True
    """
    folder = folder or data_folder()
    path = folder / LISTING
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise TextError(f"{path} is missing; it lists the texts, so restore it from git") from None
    except OSError as error:
        raise TextError(
            f"{path} cannot be read ({error.strerror}); it lists the texts, so restore it from git"
        ) from None
    except ValueError as error:  # not TOML, or not UTF-8
        raise TextError(f"{path} cannot be read as TOML: {error}; mend that line") from None
    entries = []
    for name, table in tables.items():
        fields = table if isinstance(table, dict) else {}
        for field in ("title", "author", "licence", "source"):
            if not isinstance(fields.get(field), str):
                raise TextError(
                    f'{path}: [{name}] has no {field}; add a line {field} = "..." to it'
                )
        if not isinstance(fields.get("sha256", ""), str):
            raise TextError(
                f"{path}: [{name}] has a sha256 that is no string; put it in quotation marks"
            )
        known = {field: fields[field] for field in ("title", "author", "licence", "source")}
        entries.append(
            Entry(name=name, **known, sha256=fields.get("sha256"), path=folder / f"{name}.txt")
        )
    return entries


def load_text(name: str | None = None, folder: Path | None = None) -> Text:
    """Load a text from the list; without a name, the first one whose file is there.

    A text whose title is UNTITLED takes title and author from its Project Gutenberg header, if it
    has one. folder: of the list; where None, `data_folder()`

    Raises: TextError if the name is not in the list, or the file is missing, is not UTF-8, has
    another SHA-256 than the list says, or is unsuitable (`scratch.text.fitness`).

    >>> load_text("the-index-of-small-lights").title
    'The Index of Small Lights'
    """
    entries = list_texts(folder)
    known = ", ".join(entry.name for entry in entries)
    wanted = [
        entry for entry in entries if name == entry.name or (name is None and is_there(entry.path))
    ]
    if not wanted and name is None:
        raise TextError(
            f"none of the listed texts is there ({known}); add one with `press texts add`"
        )
    if not wanted:
        raise TextError(
            f"{name!r} is no listed text; known are {known}; add yours with `press texts add`"
        )
    entry = wanted[0]
    try:
        data = read_file(entry.path)
    except OSError as error:
        reason = error.strerror or error
        raise TextError(
            f"{entry.path} cannot be read ({reason}); put {entry.title!r} there as UTF-8"
        ) from None
    sha256 = hashlib.sha256(data).hexdigest()
    if entry.sha256 is not None and sha256 != entry.sha256:
        raise TextError(
            f"{entry.path} has SHA-256 {sha256[:12]}..., but {LISTING} records"
            f" {entry.sha256[:12]}...; restore the file, or if the change is meant record the new"
            f" hash {sha256}"
        )
    content, header = strip_gutenberg(decode(data, str(entry.path)))
    refuse_unfit(content, entry.path)
    title, author = entry.title, entry.author
    if title == UNTITLED:
        title, author = header.get("title", title), author or header.get("author", "")
    return Text(entry.name, title, author, entry.licence, entry.source, sha256, content)


def is_there(path: Path) -> bool:
    """Return whether a path exists in any form: a file, a folder, a pipe, or a broken link.

    >>> is_there(Path("no/such/file.txt"))
    False
    """
    return os.path.lexists(path)
