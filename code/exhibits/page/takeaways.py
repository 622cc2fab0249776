"""Collect the takeaways of all entries on one page.

What: an entry lists them in its front matter. A takeaway that depends on a result names a claim,
and has a sentence for each verdict: `{claim: clusters, holds: "...", otherwise: "..."}`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from exhibits.base.exhibit import Exhibit, escape, one_line
from exhibits.base.site_paths import href, root
from exhibits.base.wording import curled
from exhibits.page.claim_records import Record
from exhibits.page.claim_registry import read_records
from exhibits.page.claims import VERDICTS
from exhibits.page.claims_table import spelt
from exhibits.page.page_sources import front_matter
from exhibits.page.picture import picture_of

ENTRIES = "journal/20*.qmd"
OTHERWISE = "otherwise"  # the sentence for every verdict that a takeaway does not name
BY_VERDICT = {"claim", OTHERWISE, *(verdict.name for verdict in VERDICTS.values())}


@dataclass(frozen=True)
class Entry:
    """An entry of the log: its path relative to the root, title, date, and takeaways."""

    page: Path
    title: str
    date: date
    takeaways: tuple[str | Mapping[str, str], ...]


def entries(base: Path | None = None) -> list[Entry]:
    """Read the entries of the log, the oldest first, without drafts.

    base: the journal's root; where None, that of the working folder
    Raises: ValueError if an entry lacks a valid front matter, title, date or list of takeaways.
    """
    base = base or root()
    pages = []
    for path in sorted(base.glob(ENTRIES)):
        fields = front_matter(path, path.read_text(encoding="utf-8-sig"))
        if fields.get("draft"):
            continue
        takeaways = fields.get("takeaways") or []
        if not isinstance(takeaways, list) or not all(
            isinstance(line, str) or _by_verdict(line) for line in takeaways
        ):
            raise ValueError(
                f"takeaways of {path} is {takeaways!r}; give a list of sentences, quoted where one"
                f" has a colon, or with claim, a verdict or two, and {OTHERWISE}"
            )
        day = fields.get("date")
        if not isinstance(day, date) or not fields.get("title"):
            raise ValueError(f"{path} needs a title and a date (YYYY-MM-DD) in its front matter")
        pages.append(Entry(path.relative_to(base), str(fields["title"]), day, tuple(takeaways)))
    return sorted(pages, key=lambda entry: (entry.date, entry.page))


def _by_verdict(line: object) -> bool:
    return (
        isinstance(line, dict)
        and all(isinstance(part, str) for part in line.values())
        and {"claim", OTHERWISE} <= set(line) <= BY_VERDICT
    )


def _sentence(line: str | Mapping[str, str], records: Mapping[str, Record]) -> str:
    """Return the sentence of a takeaway, chosen by its claim's verdict if it names one."""
    if isinstance(line, str):
        return one_line(line)
    if line["claim"] not in records:
        raise ValueError(
            f"no verdict on {line['claim']}, which a takeaway follows; render the page of its day"
            " first"
        )
    return one_line(line.get(records[line["claim"]].verdict, line[OTHERWISE]))


def takeaways() -> Exhibit:
    """Show each entry's picture, title, date and takeaways, with a link to it.

    Raises: ValueError if a takeaway depends on a claim that has no verdict yet.
    """
    base = root()
    blocks, plain = [], []
    days = entries(base)
    followed = any(not isinstance(line, str) for entry in days for line in entry.takeaways)
    records = read_records(base) if followed else {}
    for entry in days:
        lines = [_sentence(line, records) for line in entry.takeaways] or ["No takeaway yet."]
        link = f'<a href="{escape(href(entry.page, base))}">{escape(entry.title)}</a>'
        when = f'<time datetime="{entry.date}">{spelt(entry.date)}</time>'
        items = "".join(f"<li>{escape(curled(line))}</li>" for line in lines)
        small = picture_of(entry.page.as_posix()).html
        blocks.append(
            f'<li>{small}<div><p class="ex-entry">{link} {when}</p><ul>{items}</ul></div></li>'
        )
        plain += [f"{spelt(entry.date)}: {entry.title}", *(f"  - {line}" for line in lines)]
    if not blocks:
        return Exhibit("<p>No entry yet.</p>", "No entry yet.")
    return Exhibit(f'<ol class="ex-takeaways">{"".join(blocks)}</ol>', "\n".join(plain))
