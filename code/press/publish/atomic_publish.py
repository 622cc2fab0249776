"""Exchange a finished site with the old one in one step, under a lock; survive a kill -9.

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

from press.base.errors import PressError


@contextlib.contextmanager
def lock(work: Path) -> Iterator[None]:
    """Hold the project for one press at a time.

    Raises: PressError with the process of another press that holds it.
    """
    work.mkdir(parents=True, exist_ok=True)
    with open(work / "lock", "a+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            holder = file.read().strip() or "unknown"
            what = f"another press (process {holder}) is at work on this journal"
            raise PressError.at(".press/lock", 0, what, "wait for it to end") from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


def workshop(work: Path, target: Path) -> Path:
    """Return an empty folder to build in; a target that a killed press took away comes back.

    Raises: PressError if `target` holds something that is no site: it would be thrown away.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    recover(work, target)
    a_site = any((target / name).is_file() for name in ("index.html", "404.html"))
    bare = target.is_dir() and not any(target.iterdir())
    if work.is_relative_to(target.resolve()) or (target.exists() and not a_site and not bare):
        what = "what stands there is no site, and would be thrown away"
        remedy = "name a new folder: --output, or output-dir in _quarto.yml"
        raise PressError.at(str(target), 0, what, remedy)
    folder = _bench(work, target) / "building"
    _remove(folder)
    folder.mkdir(parents=True)
    return folder


def _remove(folder: Path) -> None:
    if folder.is_symlink() or folder.is_file():
        folder.unlink()
    shutil.rmtree(folder, ignore_errors=True)


def recover(work: Path, target: Path) -> None:
    """Move the old site back if a press was killed between two renames."""
    old = _old(_bench(work, target), target)
    if old.is_dir() and not target.exists():
        old.rename(target)
    shutil.rmtree(old, ignore_errors=True)


def _bench(work: Path, target: Path) -> Path:
    """Return where a site is built: `work`, or a folder on the target's disk if that is another."""
    if target.parent.stat().st_dev == work.stat().st_dev:
        return work
    return target.parent / f".{target.name}.press"


def _old(bench: Path, target: Path) -> Path:
    """Return where the old site of a target waits to be removed."""
    return bench / f"old-{zlib.crc32(os.fsencode(target)):08x}"


def exchange_sites(new: Path, target: Path, work: Path) -> None:
    """Exchange `new`, from `workshop`, with `target`, and remove the old site."""
    if not target.exists():
        new.rename(target)
    elif not _exchange(new, target):
        old = _old(new.parent, target)
        target.rename(old)
        new.rename(target)
        old.rename(new)
    _remove(new if new.parent == work else new.parent)


def _exchange(one: Path, other: Path) -> bool:
    """Exchange two paths atomically; return False where the system cannot."""
    libc = ctypes.CDLL(None, use_errno=True)
    if sys.platform == "linux" and hasattr(libc, "renameat2"):
        here, exchange = -100, 2  # AT_FDCWD, RENAME_EXCHANGE
        return bool(libc.renameat2(here, os.fsencode(one), here, os.fsencode(other), exchange) == 0)
    if sys.platform == "darwin" and hasattr(libc, "renamex_np"):
        return bool(libc.renamex_np(os.fsencode(one), os.fsencode(other), 2) == 0)  # RENAME_SWAP
    return False
