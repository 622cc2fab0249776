"""The index for searching in the browser, by pagefind; it is made anew only if a text that it holds
has changed.

pagefind has no way to change an index, so one changed word costs as much as the whole: it reads
every page and writes every fragment. It reads the pages with nothing around their text, which takes
half the time, from .press/shelf/searched; its index stays in .press/shelf/pagefind, and a fragment
(its name is the hash of what it holds) that is the same again stays the same file, so that the site
links to it already.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
from importlib import metadata
from pathlib import Path
from typing import Any

from pagefind_bin import get_executable

from press.base.errors import PressError, Problem
from press.base.files import write_atomically
from press.base.hardlinks import inodes, mirror
from press.render.shelf import mark

MACHINE = (
    0.1  # the weight of a word in code, in a table, or in what a cell gave, a word of prose being 1
)
APART = re.compile(r"<(?P<tag>pre|table)\b.*?</(?P=tag)>", re.S)
BOUND = '<p id="apart"></p>'  # press.js ends an excerpt there
ENDS = re.compile(
    r"([^\s.:;!?>])?\s*(</(?:th|caption|figcaption|dt|dd|summary|button)>)"
)  # pagefind joins them to what follows
SECTION = re.compile(r"(?=<section\b|</section>)")
HEADING = re.compile(r'(<section id="([^"]+)"[^>]*>\s*<h[2-6])')


def index(site: Path, shelf: Path, hashes: dict[str, str]) -> None:
    """Put the index of a site into its folder pagefind/; what is text in a page,
    `data-pagefind-body` says.

    hashes: of the text (`hash_of`) of each page that is searched, by its path in the site.
    Raises: PressError if pagefind fails.
    """
    originals, made, note = shelf / "searched", shelf / "pagefind", shelf / "pagefind.json"
    noted = _noted(note)
    if noted["by"] != metadata.version("pagefind_bin") or not _whole(made, noted["index"]):
        shutil.rmtree(made, ignore_errors=True)
        noted["hashes"] = {}
    if noted["hashes"] != hashes or not _whole(originals, noted["pages"]):
        note.unlink(missing_ok=True)
        there = noted["pages"] if _whole(originals, noted["pages"]) else {}
        for name in inodes(originals).keys() - (there.keys() & hashes.keys()):
            (originals / name).unlink()
        for name in hashes:
            if name not in there or noted["hashes"].get(name) != hashes[name]:
                write_atomically(
                    originals / name, searched((site / name).read_text(encoding="utf-8"))
                )
        _run(originals, shelf / "indexing")
        _take(shelf / "indexing", made)
        marks = {"pages": _marks(originals), "index": _marks(made)}
        by = metadata.version("pagefind_bin")
        write_atomically(note, json.dumps({"by": by, "hashes": hashes, **marks}))
    mirror(made, site / "pagefind")


def searched(page: str) -> str:
    """A page with nothing but the text that is searched, so that prose is found before code, and
    the section that has it.

    Code and tables weigh little and stand at the end of their section: an excerpt around a word of
    the prose has none of them. A heading bears its section's id, since pagefind knows a section by
    its heading.

    >>> searched('<html lang="en" data-root=""><head>...<article data-pagefind-body>A word.</article>...')
    '<html lang="en"><head></head><body><article data-pagefind-body>A word.</article></body></html>'
    """
    language, article = (
        re.search(r'<html lang="[^"]*"', page),
        re.search(r"<article\b.*</article>", page, re.S),
    )
    assert language and article
    text = "".join(_prose_first(part) for part in SECTION.split(article[0]))
    text = ENDS.sub(lambda found: f"{found[1]}.{found[2]} " if found[1] else f"{found[2]} ", text)
    text = re.sub(
        r'<(?=(?:pre|table)\b|div class="cell-output)(\w+)',
        rf'<\1 data-pagefind-weight="{MACHINE}"',
        text,
    )
    text = HEADING.sub(r'\1 id="\2"', text)
    return f"{language[0]}><head></head><body>{text}</body></html>"


def _prose_first(part: str) -> str:
    """A part of a page, its code and tables at the end, behind a mark."""
    machine = [found[0] for found in APART.finditer(part)]
    return "".join([APART.sub("", part), BOUND, *machine]) if machine else part


def hash_of(page: str) -> str:
    """The hash of what is searched in a page."""
    return hashlib.sha256(searched(page).encode()).hexdigest()


def _run(pages: Path, target: Path) -> None:
    shutil.rmtree(target, ignore_errors=True)
    command = [str(get_executable()), "--site", str(pages), "--output-path", str(target)]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", errors="replace")
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines()[-1:]
        raise PressError(
            Problem("search", 0, f"pagefind failed: {' '.join(said)}", "reinstall pagefind[bin]")
        )


def _take(new: Path, made: Path) -> None:
    """Put a new index in the place of the old one; fragments of the same name and size stay the
    files that they are.
    """
    names, old = inodes(new).keys(), inodes(made).keys()
    for name in old - names:
        (made / name).unlink()
    for name in names:
        same = (
            name in old
            and name.startswith("fragment/")
            and os.stat(new / name).st_size == os.stat(made / name).st_size
        )
        if not same:
            (made / name).parent.mkdir(parents=True, exist_ok=True)
            os.replace(new / name, made / name)
    shutil.rmtree(new)


def _marks(folder: Path) -> dict[str, list[int]]:
    return {name: mark(f"{folder}/{name}") for name in inodes(folder)}


def _whole(folder: Path, marks: dict[str, list[int]]) -> bool:
    return bool(marks) and _marks(folder) == marks


def _noted(file: Path) -> dict[str, Any]:
    """What the last press noted: pagefind's version, the hash of each text, and of each file its
    size and time.
    """
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
        return {**found} if {*found} == {"by", "hashes", "pages", "index"} else {**NOTHING}
    except (OSError, ValueError, TypeError):
        return {**NOTHING}


NOTHING: dict[str, Any] = {"by": "", "hashes": {}, "pages": {}, "index": {}}
