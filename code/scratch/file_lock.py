"""Let one process at a time do what two must not do at once.

Source: flock(2), which tells open files apart, so it keeps threads apart too, and whose lock ends
with the process that holds it, however that ends. Left out: machines that share a folder over a
network without locks.
"""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Wait for the lock of a file or folder, and hold it until the block ends.

    Raises: OSError if the path cannot be opened.

    >>> import tempfile
    >>> with locked(Path(tempfile.mkdtemp())):
    ...     print("alone")
    alone
    """
    handle = os.open(path, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
