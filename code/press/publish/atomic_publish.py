"""Put a finished site in the old one's place in one step, so that a reader or a kill -9 never meets
half a site.

Linux (renameat2) and macOS (renamex_np) exchange two folders atomically. Elsewhere two renames
follow each other, and `recover` mends the moment between them.
"""

import contextlib
import ctypes
import fcntl
import os
import shutil
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path

from press.base.errors import PressError, Problem


@contextlib.contextmanager
def lock(work: Path) -> Iterator[None]:
    """Hold the project for one press at a time.

    Raises: PressError if another press holds it, saying which process.
    """
    work.mkdir(parents=True, exist_ok=True)
    with open(work / "lock", "a+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            holder = file.read().strip() or "unknown"
            what = f"another press (process {holder}) is at work on this journal"
            raise PressError(Problem(".press/lock", 0, what, "wait for it to end")) from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


def workshop(work: Path, target: Path, empty: bool = True) -> Path:
    """A folder to build in; what a killed press left behind is cleared, after `target` is made
    whole again.

    empty: False leaves what is in it, the site before the last one, which
    `press.publish.build.build` brings up to date.

    Raises: PressError if `target` holds something that is no site: it would be thrown away.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    recover(work, target)
    a_site = any((target / name).is_file() for name in ("index.html", "404.html"))
    bare = target.is_dir() and not any(target.iterdir())
    if work.is_relative_to(target.resolve()) or (target.exists() and not a_site and not bare):
        what = "what stands there is no site, and would be thrown away"
        raise PressError(
            Problem(
                str(target), 0, what, "name a new folder: --output, or output-dir in _quarto.yml"
            )
        )
    folder = _bench(work, target) / "building"
    if folder.is_symlink() or folder.is_file():
        folder.unlink()
    if empty or not folder.is_dir():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
    return folder


def recover(work: Path, target: Path) -> None:
    """If a press was killed between two renames, the old site goes back to its place."""
    old = _old(_bench(work, target), target)
    if old.is_dir() and not target.exists():
        old.rename(target)
    shutil.rmtree(old, ignore_errors=True)


def _bench(work: Path, target: Path) -> Path:
    """Where a site is built: `work`, or beside a target on another disk, to which no folder can be
    renamed.
    """
    if target.parent.stat().st_dev == work.stat().st_dev:
        return work
    return target.parent / f".{target.name}.press"


def _old(bench: Path, target: Path) -> Path:
    """Where the old site of a target waits to be removed; each target has its own place."""
    return bench / f"old-{zlib.crc32(os.fsencode(target)):08x}"


def swap(new: Path, target: Path, work: Path) -> None:
    """Make `new`, from `workshop`, stand at `target`; the folder that stood there becomes the next
    workshop.
    """
    if not target.exists():
        new.rename(target)
    elif not _exchange(new, target):
        old = _old(new.parent, target)
        target.rename(old)
        new.rename(target)
        old.rename(new)
    if new.parent != work:
        shutil.rmtree(new.parent)


def _exchange(one: Path, other: Path) -> bool:
    """Exchange two paths atomically; False where the system cannot."""
    libc = ctypes.CDLL(None, use_errno=True)
    if sys.platform == "linux" and hasattr(libc, "renameat2"):
        here, exchange = -100, 2  # AT_FDCWD, RENAME_EXCHANGE
        return bool(libc.renameat2(here, os.fsencode(one), here, os.fsencode(other), exchange) == 0)
    if sys.platform == "darwin" and hasattr(libc, "renamex_np"):
        return bool(libc.renamex_np(os.fsencode(one), os.fsencode(other), 2) == 0)  # RENAME_SWAP
    return False
