"""Find the words that a new entry begins with and its author has not replaced."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from press.base.errors import Problem
from press.base.files import read_utf8
from press.source.page import Page

DESCRIPTION = "One sentence: what I claim today."
TAKEAWAY = "One sentence: what I want to remember of this day."
BUILT = "What did I build today, and on which text does it run?"
ASKED = "What do I claim, and which run would show that I am wrong?"
SAYS = "One line: what this day claims."
ALL = (DESCRIPTION, TAKEAWAY, BUILT, ASKED, SAYS)


def placeholder_problems(root: Path, pages: Iterable[Page]) -> Iterator[Problem]:
    """Yield a problem for each line of these pages that only a new entry should have."""
    for page in pages:
        lines = enumerate(read_utf8(root / page.path, page.path).splitlines(), 1)
        for number, words in ((n, w) for n, line in lines for w in ALL if w in line):
            remedy = "write your own, or delete it; with draft: true the site is printed without it"
            yield Problem(page.path, number, f"{words!r} is a placeholder", remedy)
