"""What tests of processes share: waiting for as long as it takes, whether one is gone, and limits
for a while.
"""

import os
import resource
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

# seconds, for a machine that does much else; a test that passes waits for none of them
PATIENCE = 300


def eventually(true: Callable[[], object], what: str) -> None:
    """Wait until something is true. Raises: AssertionError after PATIENCE."""
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end, f"after {PATIENCE} s it is still not so: {what}"
        time.sleep(0.05)


def is_gone(pid: int) -> bool:
    """Say whether a process is no more. One that has ended, and only waits to be counted by its
    parent, is gone.
    """
    try:
        os.kill(pid, 0)
        state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except ProcessLookupError:
        return True
    except FileNotFoundError:
        return Path("/proc/self").exists()  # gone since; elsewhere than on Linux there is no /proc
    return state.rsplit(")", 1)[1].split()[0] == "Z"


@contextmanager
def small_files(most: int | None) -> Iterator[None]:
    """Let no file grow beyond so many bytes; None changes nothing.

    A process keeps the limit under which it was started. (A preexec_fn would set it for that
    process alone; but from Python 3.12 on it warns where there are threads, as torch has them.)
    """
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (before[0] if most is None else most, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
