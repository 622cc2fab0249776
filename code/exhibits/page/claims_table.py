"""Show all claims of the log on one page, by day, each with the verdict of this run."""

from __future__ import annotations

from datetime import date
from itertools import groupby
from pathlib import Path

from exhibits.base.exhibit import Exhibit, escape, measured
from exhibits.base.site_paths import href, root
from exhibits.base.wording import counted, listed
from exhibits.page.claim_records import Record
from exhibits.page.claim_registry import KINDS, OPINION, Claim, read_records, registry
from exhibits.page.claims import NOT_RUN, anchor_of, tally, tone


def verdicts() -> Exhibit:
    """Show the table of all claims, each with a link to the cell that checks it.

    A claim whose page has not run has the verdict "not run".

    Raises: ValueError as `registry` and `read_records` do.
    """
    base = root()
    claims = registry(base)
    if not claims:
        return Exhibit("<p>No claim yet.</p>", "No claim yet.")
    records = read_records(base, claims)
    rows = [(claim, records.get(claim.id) or _not_run(claim)) for claim in claims.values()]
    counts = tally(record.verdict for _, record in rows)
    texts = list(dict.fromkeys(record.text for _, record in rows if record.text))
    checked = f"checked on {listed(texts, none='no text yet')}"
    total = counted(len(claims), "claim")
    days, plain = [], [f"{total}, {checked}: {counts}"]
    for day, group in groupby(rows, key=lambda row: row[0].date):
        of_day = list(group)
        days.append(_day(day, of_day, base, several=len(texts) > 1))
        plain += ["", spelt(day)] + [_plain(claim, record) for claim, record in of_day]
    names = "".join(
        f'<th scope="col"><span class="ex-sr">{name}</span></th>' for name in ("verdict", "claim")
    )
    head = f"<thead><tr>{names}</tr></thead>"
    markup = (
        f'<div class="ex-claims"><p class="ex-head"><b>{total}</b>'
        f" <span>{escape(counts)}</span></p>"
        f'<p class="ex-note">C{escape(checked[1:])}.</p>'
        f"<table>{head}{''.join(days)}</table></div>"
    )
    return Exhibit(markup, "\n".join(plain))


def _not_run(claim: Claim) -> Record:
    return Record(claim.id, NOT_RUN.name, "", None, "", claim.page.as_posix(), anchor_of(claim.id))


def spelt(day: date | None) -> str:
    """Write a date in words.

    >>> spelt(date(2025, 7, 2)), spelt(None)
    ('2 July 2025', 'Without a date')
    """
    return f"{day.day} {day:%B %Y}" if day else "Without a date"


def _day(day: date | None, rows: list[tuple[Claim, Record]], base: Path, several: bool) -> str:
    name = f'<time datetime="{day}">{spelt(day)}</time>' if day else spelt(day)
    title = f'<tr><th colspan="2" scope="rowgroup">{name}</th></tr>'
    lines = "".join(_row(claim, record, base, several) for claim, record in rows)
    return f"<tbody>{title}{lines}</tbody>"


def _row(claim: Claim, record: Record, base: Path, several: bool) -> str:
    """Return the markup of a claim's row: verdict, sentence, id with a link, value, kind, text."""
    value = (
        measured(record.value, f"{claim.id}-{record.key}")
        if record.key
        else Exhibit(escape(record.value), record.value)
    )
    there = f"{href(claim.page, base)}#{record.anchor}"
    parts = [f'<a href="{escape(there)}">{claim.id}</a>']
    parts += [f'<span class="ex-claim-value">{value.html}</span>'] if value.text else []
    kinds = [KINDS[claim.kind]] if claim.kind in KINDS and claim.kind != OPINION else []
    kinds += [f"on {escape(record.text)}"] if several and record.text else []
    parts += [f'<span class="ex-claim-kind">{kind}</span>' for kind in kinds]
    return (
        f'<tr class="{tone(record.verdict)}" id="{anchor_of(claim.id)}">'
        f'<td><b class="ex-verdict">{record.verdict}</b></td>'
        f'<td><p class="ex-said">{escape(claim.says)}</p><p>{" ".join(parts)}</p></td></tr>'
    )


def _plain(claim: Claim, record: Record) -> str:
    return f"  [{record.verdict}] {claim.id}: {claim.says}" + (
        f" ({record.value})" if record.value else ""
    )
