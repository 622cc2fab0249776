"""Save the verdicts of a page's run, a JSON file per claim, in .press/claims/PATH-OF-THE-PAGE/.

What: the page of claims is built from these files. A printer that must not disturb another (`press
preview` beside `press render`) names its own folder in the environment, PRESS_RECORDS. Left out:
earlier verdicts, which the next run replaces.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from scratch.atomic_write import atomic_write

RECORDS = Path(".press/claims")
ELSEWHERE = "PRESS_RECORDS"


@dataclass(frozen=True)
class Record:
    """The verdict of a page's run on a claim.

    id, verdict, value: the claim's id, the verdict's name, and the result as text
    key: the name of a measured value, which differs from run to run; else None
    text: the title of the text on which the claim was checked
    page, anchor: the page's path relative to the root, and the id of the claim's box on it
    """

    id: str
    verdict: str
    value: str
    key: str | None
    text: str
    page: str
    anchor: str


def records_folder(base: Path) -> Path:
    """Return the folder of the verdicts of all pages."""
    return Path(os.environ.get(ELSEWHERE) or base / RECORDS)


def record_path(base: Path, page: str, id: str) -> Path:
    """Return the file of a page's verdict on a claim.

    page: its path relative to the root, as pages of two folders may share a name

    >>> record_path(Path("/j"), "journal/labs/bpe.qmd", "one").as_posix()
    '/j/.press/claims/journal/labs/bpe.qmd/one.json'
    """
    return records_folder(base) / page / f"{id}.json"


def write_record(base: Path, record: Record) -> None:
    """Write a record atomically, so that nobody reads half of it."""
    path = record_path(base, record.page, record.id)
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(asdict(record), ensure_ascii=False, indent=1) + "\n"
    with atomic_write(path) as draft:
        draft.write_text(text, encoding="utf-8")


def read_record(base: Path, page: str, id: str) -> Record | None:
    """Return a page's verdict on a claim, or None if no run has recorded one.

    Raises: ValueError if the record is broken.
    """
    path = record_path(base, page, id)
    try:
        return Record(**json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"{path} is no record of a verdict: {error}; delete it and render its page"
        ) from None
