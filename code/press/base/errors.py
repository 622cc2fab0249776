"""What press says when something is wrong: file, line, what was seen, what to do.

A `Problem` is one fault in one place; a `PressError` carries one or more of them to the command
line, which prints a line each and exits with status 1. Internal mistakes are not caught: they keep
their traceback.
"""

import errno
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Problem:
    """One fault: where (path relative to the project's root, line from 1, 0 for the whole file),
    what, remedy.

    >>> str(Problem("journal/a.qmd", 7, "the label fig-x stands twice", "rename one of them"))
    'journal/a.qmd:7: the label fig-x stands twice; rename one of them'
    >>> str(Problem("_quarto.yml", 0, "the file is not there", "write one"))
    '_quarto.yml: the file is not there; write one'
    """

    path: str
    line: int
    what: str
    remedy: str = ""

    def __str__(self) -> str:
        place = f"{self.path}:{self.line}" if self.line else self.path
        return f"{place}: {self.what}" + (f"; {self.remedy}" if self.remedy else "")


REMEDIES = {
    errno.ENOSPC: "make room on the disk",
    errno.EDQUOT: "make room on the disk",
    errno.EFBIG: "raise the limit on the size of files (ulimit -f)",
    errno.EACCES: "make it writable for this user",
    errno.EPERM: "make it writable for this user",
    errno.EROFS: "mount the disk for writing, or work on a copy",
    errno.EMFILE: "raise the limit on open files (ulimit -n), or use fewer --jobs",
}


def of_the_system(error: OSError, stays: str = "the old site stays as it was") -> str:
    """Say what the operating system refused: a full disk, a folder that may not be written.

    stays: what is not lost.

    >>> of_the_system(OSError(errno.ENOSPC, "No space left on device", "_site/a.html"))
    '_site/a.html: No space left on device; make room on the disk; the old site stays as it was'
    """
    remedy = REMEDIES.get(error.errno or 0)
    place = error.filename2 or error.filename
    what = error.strerror or str(error)
    return (f"{place}: " if place else "") + what + (f"; {remedy}; {stays}" if remedy else "")


class PressError(Exception):
    """Raised with every problem found so far; its text has a line for each.

    >>> print(PressError([Problem("b.qmd", 2, "two"), Problem("a.qmd", 1, "one")]))
    a.qmd:1: one
    b.qmd:2: two
    """

    def __init__(self, problems: Problem | Iterable[Problem]) -> None:
        self.problems = [problems] if isinstance(problems, Problem) else sorted(problems)
        super().__init__("\n".join(map(str, self.problems)))
