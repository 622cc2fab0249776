"""Store Pandoc's answers: the same text gives the same HTML, and asking is most of a printing.

An answer is a file in .press/pandoc, named by its page and kind. Its first line has the hash of
what it was made from and that of its text, so that a damaged file is made anew.
"""

import hashlib
from collections.abc import Callable, Iterable
from pathlib import Path

from press.base.files import files_below, own_source, write_atomically


def remembered(work: Path, name: str, source: str, make: Callable[[], str]) -> str:
    """Return the answer to `source`, from the file of this name or else from `make`.

    work: the folder .press; name: KIND/PATH of the page.

    >>> import tempfile
    >>> work = Path(tempfile.mkdtemp())
    >>> [remembered(work, "body/a.qmd", text, text.upper) for text in ("a", "a", "b")]
    ['A', 'A', 'B']
    """
    file = work / "pandoc" / name
    made_of = _hash(f"{own_source()}\n{source}")
    try:
        first, _, text = file.read_text(encoding="utf-8").partition("\n")
    except (OSError, ValueError):
        first, text = "", ""
    if first != f"{made_of} {_hash(text)}":
        text = make()
        write_atomically(file, f"{made_of} {_hash(text)}\n{text}")
    return text


def forget_others(work: Path, pages: Iterable[str]) -> None:
    """Remove the answers of all pages but these."""
    wanted = set(pages)
    for name in files_below(work / "pandoc"):
        if name.partition("/")[2] not in wanted:
            (work / "pandoc" / name).unlink()


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()
