"""Date the last change of each page for the sitemap, whose dates must be true or absent.

Git knows it; an edited page has the day of its file. Without git, or in a shallow clone, where the
last commit seems to add every file, an entry has its own day and another page none.
"""

import datetime
import subprocess
from collections.abc import Iterable
from pathlib import Path

from press.source.page import Page

EDITED = ("diff", "HEAD", "--relative", "--no-renames", "-z", "--name-only")
LOG = ("log", "--relative", "--no-renames", "-m", "--first-parent", "-z", "--name-only")


def last_changes(root: Path, pages: Iterable[Page]) -> dict[str, datetime.date]:
    """Return the day of the last change of each page, by path, where it is known.

    A page that lists or gathers others changes with each of them.
    """
    pages = list(pages)
    known = {**{page.path: page.date for page in pages if page.date}, **_by_git(root, pages)}
    days = {page.path: day for page in pages if (day := known.get(page.path)) is not None}
    newest = max(days.values(), default=None)
    for page in pages:
        gathers = page.settings.get("gathers") is True or page.meta.get("listing")
        if newest is not None and gathers and page.path in days:
            days[page.path] = newest
    return days


def _by_git(root: Path, pages: Iterable[Page]) -> dict[str, datetime.date]:
    """Return the day of each page in git: of its newest commit, or of the file if edited."""
    if (_git(root, "rev-parse", "--is-shallow-repository") or "true").strip() == "true":
        return {}
    days: dict[str, datetime.date] = {}
    day = datetime.date.today()
    log = _git(root, *LOG, "--format=%x01%cs", "--", "*.qmd") or ""
    for part in log.replace("\n", "\0").split("\0"):
        if part.startswith("\x01"):
            day = datetime.date.fromisoformat(part[1:])
        elif part:
            days.setdefault(part, day)
    edited = (_git(root, *EDITED) or "").split("\0")
    for path in (page.path for page in pages):
        if path in edited or path not in days:
            stamp = (root / path).stat().st_mtime
            days[path] = datetime.datetime.fromtimestamp(stamp, datetime.UTC).date()
    return days


def _git(root: Path, *arguments: str) -> str | None:
    """Return what git prints; None where there is no git, or it does not know this folder."""
    try:
        done = subprocess.run(
            ["git", *arguments], cwd=root, capture_output=True, text=True, encoding="utf-8"
        )
    except OSError:
        return None
    return done.stdout if done.returncode == 0 else None
