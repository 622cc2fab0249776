"""Write a file or a folder so that a reader, or a kill -9, meets the old one or the whole new one.

Source: POSIX, rename(): the old name leads to the old file until it leads to the new one. Left out:
waiting until the disk has it (fsync), which is the caller's choice.
"""

import contextlib
import os
import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def atomic_write(target: Path, drafts: Path | None = None) -> Iterator[Path]:
    """Yield the path of a draft, and move the draft to `target` when the block ends.

    The draft, a file or a folder, is in the folder `drafts` (default: that of the target, hidden)
    and is removed if the block raises.

    >>> import tempfile
    >>> target = Path(tempfile.mkdtemp()) / "a.txt"
    >>> with atomic_write(target) as draft:
    ...     _ = draft.write_text("whole", encoding="utf-8")
    ...     target.exists()
    False
    >>> target.read_text(encoding="utf-8"), [file.name for file in target.parent.iterdir()]
    ('whole', ['a.txt'])
    """
    draft = (drafts or target.parent) / f".{target.name}.{uuid.uuid4().hex}"
    try:
        yield draft
        os.replace(draft, target)
    finally:
        if draft.is_dir():
            shutil.rmtree(draft, ignore_errors=True)
        else:
            draft.unlink(missing_ok=True)
