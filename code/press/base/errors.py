"""Name what is wrong (`Problem`, `PressError`): file, line, fault, remedy.

A `Problem` is one fault; a `PressError` carries one or more of them to the command line, which
prints a line each and exits with status 1. Internal mistakes keep their traceback.
"""

import errno
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, order=True)
class Problem:
    """One fault; `path` is relative to the project's root, `line` from 1, 0 for the whole file.

    >>> str(Problem("journal/a.qmd", 7, "the label fig-x stands twice", "rename one of them"))
    'journal/a.qmd:7: the label fig-x stands twice; rename one of them'
    """

    path: str
    line: int
    what: str
    remedy: str = ""

    def __str__(self) -> str:
        where = f"{self.path}:{self.line}" if self.line else self.path
        return f"{where}: {self.what}" + (f"; {self.remedy}" if self.remedy else "")


class PressError(Exception):
    """One or more problems; its text has a line for each, sorted."""

    def __init__(self, problems: Problem | Iterable[Problem]) -> None:
        self.problems = [problems] if isinstance(problems, Problem) else sorted(problems)
        super().__init__("\n".join(map(str, self.problems)))

    def __reduce__(self) -> tuple[Any, ...]:  # a cluster's worker sends it as a pickle
        return PressError, (self.problems,)

    @classmethod
    def at(cls, path: str, line: int, what: str, remedy: str = "") -> "PressError":
        """Return the error of one problem, given as the parts of `Problem`."""
        return cls(Problem(path, line, what, remedy))


REMEDIES = {
    **dict.fromkeys((errno.ENOSPC, errno.EDQUOT), "make room on the disk"),
    **dict.fromkeys((errno.EACCES, errno.EPERM), "make it writable for this user"),
    errno.EFBIG: "raise the limit on the size of files (ulimit -f)",
    errno.EROFS: "mount the disk for writing, or work on a copy",
    errno.EMFILE: "raise the limit on open files (ulimit -n), or use fewer --jobs",
}


def of_the_system(error: OSError, stays: str = "the old site stays as it was") -> str:
    """Return what the operating system refused (a full disk, a read-only folder), and what `stays`.

    >>> of_the_system(OSError(errno.ENOSPC, "No space left on device", "_site/a.html"))
    '_site/a.html: No space left on device; make room on the disk; the old site stays as it was'
    """
    remedy = REMEDIES.get(error.errno or 0)
    file = error.filename2 or error.filename
    what = error.strerror or str(error)
    return (f"{file}: " if file else "") + what + (f"; {remedy}; {stays}" if remedy else "")


def control_name(character: str) -> str:
    """Return the name, in messages, of a character that no page can hold."""
    return f"the control character U+{ord(character):04X}"
