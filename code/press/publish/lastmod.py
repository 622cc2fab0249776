"""The day on which each page last changed, as git knows it; for the sitemap, whose dates must be
true or absent.

A page that was edited since the last commit has the day of its file. Without git (a tarball), or
where a shallow clone does not reach back to the page's last change, nobody knows: then an entry has
its own day, another page none.
"""

import datetime
import subprocess
from collections.abc import Iterable
from pathlib import Path

from press.source.page import Page


def last_changes(root: Path, pages: Iterable[Page]) -> dict[str, datetime.date]:
    """The day of the last change of each page, by path; a page whose day is not known is not in it.

    A page that lists or gathers others changes with each of them. Asks git three times in all,
    however many pages.
    """
    pages = list(pages)
    known = {**{page.path: page.date for page in pages if page.date}, **_by_git(root)}
    days = {page.path: day for page in pages if (day := known.get(page.path)) is not None}
    newest = max(days.values(), default=None)
    for page in pages:
        gathers = (page.meta.get("press") or {}).get("gathers") is True
        if newest is not None and (page.meta.get("listing") or gathers) and page.path in days:
            days[page.path] = newest
    return days


def _by_git(root: Path) -> dict[str, datetime.date]:
    """The day of each .qmd file that git has: of its newest commit, or of the file where that is
    newer than the commit.
    """
    said = _git(root, "rev-parse", "--git-path", "shallow", "--show-prefix")
    if said is None:
        return {}
    shallow, _, prefix = said.partition("\n")
    file = root / shallow
    cut_off = set(file.read_text(encoding="ascii").split()) if file.is_file() else set()
    days: dict[str, datetime.date] = {}
    unknown: set[str] = set()
    day, end = None, False
    how = [
        "--relative",
        "--no-renames",
        "-m",
        "--first-parent",
        "-z",
        "--format=%x01%H %cs",
        "--name-only",
    ]
    log = _git(root, "log", *how, "--", "*.qmd") or ""
    for part in log.replace("\n", "\0").split("\0"):
        if part.startswith("\x01"):
            commit, _, said = part[1:].partition(" ")
            day, end = datetime.date.fromisoformat(said), commit in cut_off
        elif part and day is not None and part not in days and part not in unknown:
            if end:  # of all files that are older, a shallow clone says this day
                unknown.add(part)
            else:
                days[part] = day
    edited = (
        _git(
            root, "status", "--porcelain", "-z", "--no-renames", "--untracked-files=all", "--", "."
        )
        or ""
    )
    for line in edited.split("\0"):
        path = line[3:].removeprefix(prefix.strip())
        if path.endswith(".qmd") and (root / path).is_file():
            stamp = (root / path).stat().st_mtime
            days[path] = datetime.datetime.fromtimestamp(stamp, datetime.UTC).date()
    return days


def _git(root: Path, *arguments: str) -> str | None:
    """What git says; None where there is no git, or it does not know this folder."""
    try:
        done = subprocess.run(
            ["git", *arguments], cwd=root, capture_output=True, text=True, encoding="utf-8"
        )
    except OSError:
        return None
    return done.stdout if done.returncode == 0 else None
