"""Limits for a while: of the size of files, for this process and whatever it starts meanwhile."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def small_files(most: int | None) -> Iterator[None]:
    """Let no file grow beyond so many bytes; None changes nothing.

    A process keeps the limit under which it was started. (A preexec_fn would set it for that process alone; but from Python
    3.12 on it warns where there are threads, as torch has them.)
    """
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (before[0] if most is None else most, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
