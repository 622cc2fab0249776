"""Remove from assets/ what no page writes there, and refuse two pages that write one file.

What anybody else has put there is never touched.
"""

from collections.abc import Iterable

from press.base.errors import Problem
from press.execute.cache import Cache


def clashes(cache: Cache, pages: Iterable[str]) -> list[Problem]:
    """Return a problem for each file that two of these pages write with different content."""
    written, problems = cache.assets(), []
    first: dict[str, tuple[str, str]] = {}
    for page in pages:
        for path, digest in written.get(page, ({}, {}))[0].items():
            other, theirs = first.setdefault(path, (page, digest))
            if theirs != digest:
                what = f"its run leaves {path}, and that of {other} leaves it with another content"
                problems.append(Problem(page, 0, what, "give each file a name of its own"))
    return problems


def sweep(cache: Cache, pages: Iterable[str]) -> None:
    """Remove the files of assets/ that a run wrote and the last run of none of these pages did."""
    written = cache.assets()
    wanted = {path for page in pages for path in written.get(page, ({}, {}))[0]}
    for last, earlier in written.values():
        for path, digest in {**earlier, **last}.items():
            if path not in wanted and cache.inputs.hash(path) == digest:
                (cache.config.root / path).unlink()
