"""Write pagefind's index of the site, and the words that the search knows, if a text changed.

pagefind cannot change an index. It is given the pages with nothing around their text, which takes
half the time.
"""

import html
import re
import shutil
import subprocess
import tempfile
from collections import Counter
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path

from pagefind_bin import get_executable

from press.base.errors import PressError
from press.base.files import files_below, sha256
from press.publish.site_record import Record

# the weight of a word in code, in a table, or in what a cell gave, a word of prose being 1
MACHINE = 0.1
APART = re.compile(r"<(?P<tag>pre|table)\b.*?</(?P=tag)>", re.S)
BOUND = '<p id="apart"></p>'  # press-search.js ends an excerpt there
# pagefind joins the last word of these to what follows
ENDS = re.compile(r"([^\s.:;!?>])?\s*(</(?:th|caption|figcaption|dt|dd|summary|button)>)")
TAG = re.compile(r"<[^>]*>")
WORD = re.compile(r"[^\W\d_]{4,}")
KNOWN = "known-words.txt"  # in pagefind/; press-search.js reads it
SECTION = re.compile(r"(?=<section\b|</section>)")
HEADING = re.compile(r'(<section id="([^"]+)"[^>]*>\s*<h[2-6])')


def index(site: Path, pages: Iterable[str], record: Record, work: Path) -> None:
    """Write the index of pages into pagefind/, or take the old one if no text has changed.

    Raises: PressError if pagefind fails.
    """
    texts = {name: searched((site / name).read_text(encoding="utf-8")) for name in sorted(pages)}
    versioned = (metadata.version("pagefind_bin"), texts)
    key = sha256(repr(versioned))
    if texts and not record.take("search", key, site, site):
        with tempfile.TemporaryDirectory(dir=work) as folder:
            for name, text in texts.items():
                file = Path(folder) / name
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(text, encoding="utf-8")
            _run(Path(folder), site / "pagefind")
        (site / "pagefind" / KNOWN).write_text("\n".join(words_to_offer(texts.values())), "utf-8")
        record.add(
            "search", key, site, sorted(f"pagefind/{n}" for n in files_below(site / "pagefind"))
        )


def words_to_offer(pages: Iterable[str]) -> list[str]:
    """Return the words of four letters or more in the prose of searched pages, the frequent first.

    A search that finds nothing offers the nearest of them.

    >>> page = "<article data-pagefind-body><p>Attention pays attention.</p><pre>code</pre>"
    >>> words_to_offer([page, "<article><p>Not for the search.</p>"])
    ['attention', 'pays']
    """
    body = "<article data-pagefind-body>"
    prose = (html.unescape(TAG.sub(" ", APART.sub(" ", page))) for page in pages if body in page)
    counts = Counter(word for text in prose for word in WORD.findall(text.lower()))
    return [word for word, _ in sorted(counts.items(), key=lambda item: (-item[1], item[0]))]


def searched(page: str) -> str:
    """Return a page with nothing but the text to search, its prose before its code.

    Code and tables weigh little, at the end of their section. A heading bears its section's id.

    >>> searched('<html lang="en" data-root=""><head>...<article>A word.</article>...')
    '<html lang="en"><head></head><body><article>A word.</article></body></html>'
    """
    language = re.search(r'<html lang="[^"]*"', page)
    article = re.search(r"<article\b.*</article>", page, re.S)
    assert language and article
    text = "".join(_prose_first(part) for part in SECTION.split(article[0]))
    text = ENDS.sub(lambda end: f"{end[1]}.{end[2]} " if end[1] else f"{end[2]} ", text)
    weighed = r'<(?=(?:pre|table)\b|div class="cell-output)(\w+)'
    text = re.sub(weighed, rf'<\1 data-pagefind-weight="{MACHINE}"', text)
    text = HEADING.sub(r'\1 id="\2"', text)
    return f"{language[0]}><head></head><body>{text}</body></html>"


def _prose_first(part: str) -> str:
    """Return a part of a page with its code and tables at the end, behind a mark."""
    machine = [match[0] for match in APART.finditer(part)]
    return "".join([APART.sub("", part), BOUND, *machine]) if machine else part


def _run(pages: Path, target: Path) -> None:
    shutil.rmtree(target, ignore_errors=True)
    command = [str(get_executable()), "--site", str(pages), "--output-path", str(target)]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", errors="replace")
    if done.returncode:
        last = (done.stderr or done.stdout).strip().splitlines()[-1:]
        what = f"pagefind failed: {' '.join(last)}"
        raise PressError.at("search", 0, what, "reinstall pagefind[bin]")
