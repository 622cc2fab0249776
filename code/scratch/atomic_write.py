"""Write a file or a folder so that, even after a kill -9, it is the old or the whole new one.

Source: POSIX, rename(), which replaces a file in one step. Left out: waiting until the data is on
the disk (fsync), which the caller may do.
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

    The block creates the draft, a file or a folder; it is removed if the block raises. A folder can
    replace only a folder that is empty.

    drafts: the folder of the draft, on the same disk; where None, that of the target, where the
    draft is hidden
    Raises: OSError if the draft cannot be moved.

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
