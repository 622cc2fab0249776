"""Record which page wrote which file of assets/ when it ran, in .press/left.json.

A page's run may write files for the browser there (`exhibits.base.asset`).
press.execute.file_tracing notes them with their hash; for press.execute.cache a page is stale if
one is missing or has changed. `sweep_left` removes what no page writes; what anybody else has put
into assets/ is never touched.
"""

import contextlib
import fcntl
import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from press.base.errors import Problem
from press.base.files import write_atomically

FOLDER = "assets"
GONE = ""  # the entry of files that a page's newest run did not write, until `sweep_left`


def written_assets(noted: Iterable[str], root: Path) -> dict[str, str]:
    """Return the SHA-256 of each file that a run wrote into assets/ and did not remove, by its path
    relative to the root.

    noted: as of press.execute.file_tracing, which notes what a cell wrote when the cell has ended.

    >>> written_assets(["left\\tf00\\t/no/such/assets/a.bin"], Path("/no/such"))
    {}
    """
    written = {}
    for line in noted:
        kind, _, rest = line.partition("\t")
        digest, _, path = rest.partition("\t")
        if kind == "left" and Path(path).is_relative_to(root / FOLDER) and Path(path).is_file():
            written[Path(path).relative_to(root).as_posix()] = digest
    return dict(sorted(written.items()))


def remember(work: Path, page: str, files: dict[str, str]) -> None:
    """Record what the last run of a page wrote; work: the folder .press."""
    with _locked(work):
        known = _read(work)
        before = known.get(page, {})
        if before != files:
            gone = known.get(GONE, {}) | before
            gone = {path: gone[path] for path in gone.keys() - files.keys()}
            _write(work, {**known, page: files, GONE: gone})


def clashes(work: Path, pages: Iterable[str]) -> list[Problem]:
    """Return the files that two pages write with different content."""
    known, problems = _read(work), []
    first: dict[str, tuple[str, str]] = {}
    for page in pages:
        for path, digest in known.get(page, {}).items():
            other, theirs = first.setdefault(path, (page, digest))
            if theirs != digest:
                what = f"its run leaves {path}, and that of {other} leaves it with another content"
                problems.append(Problem(page, 0, what, "give each file a name of its own"))
    return problems


def sweep_left(root: Path, work: Path, pages: Iterable[str]) -> None:
    """Remove the files that none of these pages writes."""
    published = set(pages)
    with _locked(work):
        known = _read(work)
        wanted = {page: files for page, files in known.items() if page in published and files}
        if wanted != known:
            paths = {path for files in known.values() for path in files}
            for path in paths.difference(*wanted.values()):
                (root / path).unlink(missing_ok=True)
            _write(work, wanted)


@contextlib.contextmanager
def _locked(work: Path) -> Iterator[None]:
    """Hold the record alone: pages run beside each other, in threads and processes."""
    work.mkdir(parents=True, exist_ok=True)
    with open(work / "left.lock", "w", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _read(work: Path) -> dict[str, dict[str, str]]:
    try:
        known = json.loads((work / "left.json").read_text(encoding="utf-8"))
        return {
            str(page): {str(path): str(digest) for path, digest in files.items()}
            for page, files in known.items()
        }
    except (OSError, ValueError, AttributeError):
        return {}


def _write(work: Path, known: dict[str, dict[str, str]]) -> None:
    record = {page: files for page, files in known.items() if files}
    write_atomically(work / "left.json", json.dumps(record, indent=1, sort_keys=True) + "\n")
