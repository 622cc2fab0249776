"""Put a finished site in the old one's place in one step, so that a reader or a kill -9 never meets half a site.

Linux (renameat2) and macOS (renamex_np) exchange two folders atomically. Elsewhere two renames follow each other,
and `recover` mends the moment between them.
"""

import contextlib
import ctypes
import fcntl
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from press.problems import PressError, Problem


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


def workshop(work: Path, target: Path) -> Path:
    """An empty folder to build in; what a killed press left behind is cleared, after `target` is made whole again."""
    recover(work, target)
    folder = work / "building"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def recover(work: Path, target: Path) -> None:
    """If a press was killed between two renames, the old site goes back to its place."""
    old = work / "old-site"
    if old.is_dir() and not target.exists():
        old.rename(target)
    shutil.rmtree(old, ignore_errors=True)


def swap(new: Path, target: Path, work: Path) -> None:
    """Make `new` stand at `target`; the folder that stood there is removed afterwards."""
    if not target.exists():
        new.rename(target)
        return
    old = work / "old-site"
    if _exchange(new, target):
        new.rename(old)
    else:
        target.rename(old)
        new.rename(target)
    shutil.rmtree(old, ignore_errors=True)


def _exchange(one: Path, other: Path) -> bool:
    """Exchange two paths atomically; False where the system cannot."""
    libc = ctypes.CDLL(None, use_errno=True)
    if sys.platform == "linux" and hasattr(libc, "renameat2"):
        here, exchange = -100, 2  # AT_FDCWD, RENAME_EXCHANGE
        return bool(libc.renameat2(here, os.fsencode(one), here, os.fsencode(other), exchange) == 0)
    if sys.platform == "darwin" and hasattr(libc, "renamex_np"):
        return bool(libc.renamex_np(os.fsencode(one), os.fsencode(other), 2) == 0)  # RENAME_SWAP
    return False
