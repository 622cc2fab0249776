"""Show all claims of the log on one page, by day, each with the verdict of this run.

What: a claim is a link to where it is checked, and below it is what the run found. The claims of
which something failed come first. Above the others are their verdicts, each with what it means and
how often it is given, to choose one; exhibits.css then hides the other rows, without a script. In a
browser without :has() all are shown.
Left out: choosing two verdicts at once.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from itertools import groupby
from pathlib import Path

from exhibits.base.exhibit import Exhibit, escape, measured
from exhibits.base.site_paths import href, root
from exhibits.base.wording import counted, listed
from exhibits.page.claim_records import Record
from exhibits.page.claim_registry import MEASURED, Claim, read_records, registry
from exhibits.page.claims import MEANS, NOT_RUN, VARIES, VERDICTS, anchor_of, tally, tone

WRONG = "Where I was wrong, wholly or in part"
HALVES = {"Failed": "\u2717", "Not tested": "\u25cb", "Not shown": "\u25cb", "Held": "\u2713"}
HALF = re.compile(rf"(?:^|(?<=[.!?] ))({'|'.join(HALVES)}): ")
Subjects = Mapping[str, tuple[str, str]]


def verdicts(subjects: Subjects | None = None) -> Exhibit:
    """Show all claims, each with a link to where it is checked, and a choice of verdict.

    A claim whose page has not run has the verdict "not run".

    subjects: id -> (words of the claim, the words to show for them), for a claim that says "it"

    Raises: ValueError as `registry` and `read_records` do, or if a claim does not have the words.
    """
    base = root()
    claims = registry(base)
    if not claims:
        return Exhibit("<p>No claim yet.</p>", "No claim yet.")
    records = read_records(base, claims)
    rows = [(claim, records.get(claim.id) or _not_run(claim)) for claim in claims.values()]
    texts = list(dict.fromkeys(record.text for _, record in rows if record.text))
    checked = f"checked on {listed(texts, none='no text yet')}"
    total = counted(len(claims), "claim")
    counts = tally(record.verdict for _, record in rows)
    said = {claim.id: _said(claim, subjects or {}) for claim in claims.values()}
    wrong = [row for row in rows if _failed(row[1])]
    others = [row for row in rows if not _failed(row[1])]
    groups = [(WRONG, escape(WRONG), wrong)] if wrong else []
    groups += [
        (spelt(day), _time(day), list(of_day))
        for day, of_day in groupby(others, key=lambda row: row[0].date)
    ]
    bodies, plain = [], [f"{total}, {checked}: {counts}"]
    for name, title, of_group in groups:
        lines = "".join(
            _row(claim, record, said[claim.id], base, dated=name == WRONG, on=len(texts) > 1)
            for claim, record in of_group
        )
        bodies.append(
            f'<tbody><tr><th colspan="2" scope="rowgroup">{title}</th></tr>{lines}</tbody>'
        )
        plain += ["", name, *(_plain(*row, said[row[0].id]) for row in of_group)]
    lead = f'<div class="ex-claims">{_table(bodies.pop(0))}</div>' if wrong else ""
    legend = "Show of the others" if wrong else "Show"
    choice = _filter([record.verdict for _, record in others], legend) if others else ""
    summed = f'<div class="ex-claims"><p class="ex-note">{escape(plain[0])}.</p></div>'
    markup = (
        f'{summed}{lead}<div class="ex-claims">{choice}'
        f"{_table(''.join(bodies)) if bodies else ''}</div>"
    )
    return Exhibit(markup, "\n".join(plain))


def _failed(record: Record) -> bool:
    """Return whether a claim failed, or a half of it."""
    return record.verdict == VERDICTS[False].name or (
        record.verdict == VERDICTS["part"].name
        and any(name == "Failed" for name in HALF.findall(record.value))
    )


def _table(bodies: str) -> str:
    names = "".join(
        f'<th scope="col"><span class="ex-sr">{name}</span></th>' for name in ("verdict", "claim")
    )
    return f"<table><thead><tr>{names}</tr></thead>{bodies}</table>"


def _filter(given: Iterable[str], legend: str) -> str:
    """Return the markup of the choice: each verdict that occurs, how often, and what it means."""
    numbers = Counter(given)
    found = [verdict for verdict in (*VERDICTS.values(), NOT_RUN) if numbers[verdict.name]]
    total = f"all {counted(sum(numbers.values()), 'claim')}"
    labels = _option("all", "", f"<b>{total}</b>")
    for verdict in found:
        what = (
            f'<b class="ex-verdict">{verdict.name}</b><span>{numbers[verdict.name]}</span>'
            f" {MEANS[verdict.name]}"
        )
        labels += _option(verdict.tone.removeprefix("ex-"), verdict.tone, what)
    return f'<fieldset class="ex-claims-filter"><legend>{legend}</legend>{labels}</fieldset>'


def _option(slug: str, tone: str, what: str) -> str:
    """Return the markup of a choice; slug: its word in exhibits.css."""
    checked = " checked" if slug == "all" else ""
    return (
        f'<label><input type="radio" name="claims-verdict" value="{slug}"{checked}>'
        f'<span class="{tone}">{what}</span></label>'
    )


def _said(claim: Claim, subjects: Subjects) -> str:
    """Return a claim in words that can be read alone."""
    words, instead = subjects.get(claim.id, ("", ""))
    if words not in claim.says:
        raise ValueError(
            f"the claim {claim.id!r} does not have the words {words!r}; it says: {claim.says}"
        )
    said = claim.says.replace(words, instead, 1) if words else claim.says
    return said.replace("'", "’")


def _not_run(claim: Claim) -> Record:
    return Record(claim.id, NOT_RUN.name, "", None, "", claim.page.as_posix(), anchor_of(claim.id))


def spelt(day: date | None) -> str:
    """Write a date in words.

    >>> spelt(date(2025, 7, 2)), spelt(None)
    ('2 July 2025', 'Without a date')
    """
    return f"{day.day} {day:%B %Y}" if day else "Without a date"


def _time(day: date | None) -> str:
    return f'<time datetime="{day}">{spelt(day)}</time>' if day else spelt(day)


def _halves(value: str, key: str = "") -> str:
    """Return the markup of what a run found: a line for each half, what failed first.

    key: of a value that differs from run to run

    >>> _halves("Held: two legs. Failed: four.").replace("<span", "\\n<span").splitlines()[1]
    '<span class="ex-half" data-half="Failed"><b>✗ Failed:</b> four.</span>'
    """

    def shown(words: str, part: str = "") -> str:
        return measured(words, key + part).html if key and words else escape(words)

    before, *rest = HALF.split(value)
    names = list(HALVES)
    halves = sorted(zip(rest[::2], rest[1::2], strict=True), key=lambda half: names.index(half[0]))
    return shown(before) + "".join(
        f'<span class="ex-half" data-half="{name}"><b>{HALVES[name]} {name}:</b>'
        f" {shown(said.strip(), f'-{name.split()[-1].lower()}')}</span>"
        for name, said in halves
    )


def _row(claim: Claim, record: Record, said: str, base: Path, *, dated: bool, on: bool) -> str:
    """Return the markup of a claim's row: verdict, the claim as a link, what the run found.

    dated: whether to say its day; on: whether to name its text
    """
    value = _halves(record.value, f"{claim.id}-{record.key}" if record.key else "")
    there = f"{href(claim.page, base)}#{record.anchor}"
    found = [f'<span class="ex-claim-value">{value}</span>'] if value else []
    kinds = [f"{_time(claim.date)}."] if dated else []
    kinds += [VARIES] if claim.kind == MEASURED else []
    kinds += [f"On {escape(record.text)}."] if on and record.text else []
    found += [f'<span class="ex-claim-kind">{kind}</span>' for kind in kinds]
    return (
        f'<tr class="{tone(record.verdict)}" id="{anchor_of(claim.id)}">'
        f'<td><b class="ex-verdict">{record.verdict}</b></td><td><p class="ex-said"><a'
        f' href="{escape(there)}">{escape(said)}</a></p>'
        f"{f'<p>{chr(32).join(found)}</p>' if found else ''}</td></tr>"
    )


def _plain(claim: Claim, record: Record, said: str) -> str:
    return f"  [{record.verdict}] {claim.id}: {said}" + (
        f" ({record.value})" if record.value else ""
    )
