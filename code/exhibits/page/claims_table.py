"""Show all claims of the log on one page, by day, each with the verdict of this run."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from itertools import groupby
from pathlib import Path

from exhibits.base.exhibit import Exhibit, escape, measured
from exhibits.base.site_paths import href, root
from exhibits.base.wording import listed
from exhibits.page.claim_records import Record, read_records
from exhibits.page.claims import Claim, anchor_of, line_of, registry, tally, tone


def verdicts() -> Exhibit:
    """Show the table of all claims, each with a link to the cell that checked it.

    Raises: ValueError if a claim of the registry has no verdict yet.
    """
    base = root()
    claims, records = registry(base), read_records(base)
    missing = [name for name in claims if name not in records]
    if missing:
        raise ValueError(
            f"no verdict on {', '.join(missing)}; render the pages of their days first"
        )
    counts = tally(records[name].verdict for name in claims)
    texts = list(dict.fromkeys(records[name].text for name in claims))
    checked = f"checked on {listed(texts)}"
    days, plain = [], [f"{len(claims)} claims, {checked}: {counts}"]
    for day, group in groupby(claims.values(), key=lambda claim: claim.date):
        rows = list(group)
        days.append(_day(day, rows, records, base, several=len(texts) > 1))
        plain += ["", spelt(day)] + [_plain(claim, records[claim.id]) for claim in rows]
    names = "".join(
        f'<th scope="col"><span class="ex-sr">{name}</span></th>' for name in ("verdict", "claim")
    )
    head = f"<thead><tr>{names}</tr></thead>"
    markup = (
        f'<div class="ex-claims"><p class="ex-head"><b>{len(claims)} claims</b>'
        f" <span>{escape(counts)}</span></p>"
        f'<p class="ex-note">C{escape(checked[1:])}.</p>'
        f"<table>{head}{''.join(days)}</table></div>"
    )
    return Exhibit(markup, "\n".join(plain))


def spelt(day: date) -> str:
    """Write a day in words.

    >>> spelt(date(2025, 7, 2))
    '2 July 2025'
    """
    return f"{day.day} {day:%B %Y}"


def _day(
    day: date, claims: list[Claim], records: Mapping[str, Record], base: Path, several: bool
) -> str:
    title = (
        f'<tr><th colspan="2" scope="rowgroup"><time datetime="{day}">{spelt(day)}</time></th></tr>'
    )
    rows = ""
    for claim in claims:
        record = records[claim.id]
        value = (
            measured(record.value, f"{claim.id}-{record.key}")
            if record.key
            else Exhibit(escape(record.value), record.value)
        )
        line = line_of(
            claim, record.verdict, value, f"{href(Path(record.page), base)}#{record.anchor}"
        )
        verdict, rest = line.split("</b> ", 1)
        rest += f' <span class="ex-claim-kind">on {escape(record.text)}</span>' if several else ""
        rows += (
            f'<tr class="{tone(record.verdict)}" id="{anchor_of(claim.id)}"><td>{verdict}</b></td>'
            f'<td><p class="ex-said">{escape(claim.claim)}</p><p>{rest}</p></td></tr>'
        )
    return f"<tbody>{title}{rows}</tbody>"


def _plain(claim: Claim, record: Record) -> str:
    return f"  [{record.verdict}] {claim.id}: {claim.claim}" + (
        f" ({record.value})" if record.value else ""
    )
