"""Lock a file or folder, so that only one process or thread at a time does some work.

Source: flock(2). Its lock belongs to an open file, so it works between threads too, and it is
released when the process ends, however that ends. Left out: network folders without locks.
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
