"""The files that pages leave in assets/ when they run: whose each is, so that none is missing,
strange or left over.

A page's run may write files for the browser there (`exhibits.base.asset`).
press.execute.file_tracing notes them with their hash; press.execute.cache holds a page stale if one
is not there or has changed. Here stands which page left which file, in .press/left.json. What no
page leaves any more is taken away by `sweep_left`; what anybody else has put into assets/ is never
touched.
"""

import contextlib
import fcntl
import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from press.base.errors import Problem
from press.base.files import write_atomically

FOLDER = "assets"
GONE = ""  # the entry of what a page has left once and leaves no more; it waits for `sweep_left`


def left_files(noted: Iterable[str], root: Path) -> dict[str, str]:
    """The files that a run left in assets/, by path relative to the root, with their SHA-256; those
    that it took away again are none.

    noted: as of press.execute.file_tracing, which tells what a cell wrote when the cell has ended.

    >>> left_files(["left\\tf00\\t/nowhere/assets/a.bin"], Path("/nowhere"))
    {}
    """
    found = {}
    for line in noted:
        kind, _, rest = line.partition("\t")
        digest, _, path = rest.partition("\t")
        if kind == "left" and Path(path).is_relative_to(root / FOLDER) and Path(path).is_file():
            found[Path(path).relative_to(root).as_posix()] = digest
    return dict(sorted(found.items()))


def remember(work: Path, page: str, files: dict[str, str]) -> None:
    """Note what the last run of a page left; work: the folder .press."""
    with _alone(work):
        known = _known(work)
        before = known.get(page, {})
        if before != files:
            gone = {**known.get(GONE, {}), **before}
            _write(
                work,
                {
                    **known,
                    page: files,
                    GONE: {path: gone[path] for path in gone.keys() - files.keys()},
                },
            )


def clashes(work: Path, pages: Iterable[str]) -> list[Problem]:
    """Files that two pages leave with different content: only one of the two can stand in assets/."""
    known, found = _known(work), []
    first: dict[str, tuple[str, str]] = {}
    for page in pages:
        for path, digest in known.get(page, {}).items():
            other, theirs = first.setdefault(path, (page, digest))
            if theirs != digest:
                what = f"its run leaves {path}, and that of {other} leaves it with another content"
                found.append(Problem(page, 0, what, "give each file a name of its own"))
    return found


def sweep_left(root: Path, work: Path, pages: Iterable[str]) -> None:
    """Take away what none of the pages leaves any more."""
    wanted = set(pages)
    with _alone(work):
        known = _known(work)
        kept = {page: files for page, files in known.items() if page in wanted and files}
        if kept != known:
            for path in {path for files in known.values() for path in files}.difference(
                *kept.values()
            ):
                (root / path).unlink(missing_ok=True)
            _write(work, kept)


@contextlib.contextmanager
def _alone(work: Path) -> Iterator[None]:
    """Keep every other thread and process from changing what is known, since pages run beside each
    other.
    """
    work.mkdir(parents=True, exist_ok=True)
    with open(work / "left.lock", "w", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _known(work: Path) -> dict[str, dict[str, str]]:
    try:
        known = json.loads((work / "left.json").read_text(encoding="utf-8"))
        return {
            str(page): {str(path): str(digest) for path, digest in files.items()}
            for page, files in known.items()
        }
    except (OSError, ValueError, AttributeError):
        return {}


def _write(work: Path, known: dict[str, dict[str, str]]) -> None:
    kept = {page: files for page, files in known.items() if files}
    write_atomically(work / "left.json", json.dumps(kept, indent=1, sort_keys=True) + "\n")
