"""What a printed page leaves of its verdicts: one small JSON file a claim, under
.press/claims/PATH-OF-THE-PAGE/.

The page of claims is built from these files, so it says what the pages' own runs found. A printer
that must not disturb another (`press preview` beside `press render`) names a folder of its own in
the environment, PRESS_RECORDS.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from scratch.atomic_write import atomic_write

RECORDS = Path(".press/claims")
ELSEWHERE = "PRESS_RECORDS"


@dataclass(frozen=True)
class Record:
    """A verdict as a page's run left it; key is that of a measured value, which varies from run to
    run.
    """

    id: str
    verdict: str
    value: str
    key: str | None
    text: str
    page: str
    anchor: str


def records_folder(base: Path) -> Path:
    """Where the verdicts of all pages lie."""
    return Path(os.environ.get(ELSEWHERE) or base / RECORDS)


def record_path(base: Path, page: str, id: str) -> Path:
    """Where the verdict of a claim on a page lies; the page by its whole path, for two folders may
    share a name.

    >>> record_path(Path("/j"), "journal/labs/bpe.qmd", "one").as_posix()
    '/j/.press/claims/journal/labs/bpe.qmd/one.json'
    """
    return records_folder(base) / page / f"{id}.json"


def write_record(base: Path, record: Record) -> None:
    """Write a record whole, so that no reader sees half of one."""
    path = record_path(base, record.page, record.id)
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(asdict(record), ensure_ascii=False, indent=1) + "\n"
    with atomic_write(path) as draft:
        draft.write_text(text, encoding="utf-8")


def read_records(base: Path) -> Mapping[str, Record]:
    """Every verdict by its id; one whose page is gone, or that lies where no page leaves it, does
    not count.

    Raises: ValueError if a record is broken, or a claim has two verdicts.
    """
    found: dict[str, Record] = {}
    for path in sorted(records_folder(base).rglob("*.json")):
        try:
            record = Record(**json.loads(path.read_text(encoding="utf-8")))
        except (TypeError, ValueError) as error:
            raise ValueError(
                f"{path} is no record of a verdict: {error}; delete it and render its page"
            ) from None
        if path != record_path(base, record.page, record.id) or not (base / record.page).is_file():
            continue
        if record.id in found:
            makers = [item for item in (found[record.id], record) if _makes(base, item)]
            if (
                len(makers) == 1
                # the claim has moved to another page; under Quarto nobody clears the old record away
            ):
                found[record.id] = makers[0]
                continue
            pages = f"{found[record.id].page} and {record.page}"
            raise ValueError(f"claim {record.id!r} has two verdicts, in {pages}; keep one")
        found[record.id] = record
    return found


def _makes(base: Path, record: Record) -> bool:
    """Whether the page of a record names its claim."""
    return (
        re.search(
            rf"""["']{re.escape(record.id)}["']""", (base / record.page).read_text(encoding="utf-8")
        )
        is not None
    )
