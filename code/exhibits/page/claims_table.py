"""Show all claims of the log on one page, by day, each with the verdict of this run.

What: a claim is a link to where it is checked, and below it is what the run found. Above them are
the verdicts that occur, each with what it means and how often it is given, to choose one;
exhibits.css then hides the other rows, without a script. In a browser without :has() all are shown.
Left out: choosing two verdicts at once.
"""

from __future__ import annotations

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
from exhibits.page.claims import NOT_RUN, VERDICTS, anchor_of, tally, tone

MEANS = {
    VERDICTS[True].name: "the run shows it.",
    VERDICTS["part"].name: "a part of it held, and another failed or wasn’t tested.",
    VERDICTS["not shown"].name: "this run can neither show nor refute it.",
    VERDICTS[False].name: "the run refutes it.",
    VERDICTS[None].name: "mine; a page can illustrate it, and nothing here can prove it.",
    NOT_RUN.name: "its page hasn’t run.",
}
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
    days, plain = [], [f"{total}, {checked}: {counts}"]
    for day, group in groupby(rows, key=lambda row: row[0].date):
        of_day = list(group)
        lines = "".join(
            _row(claim, record, said[claim.id], base, several=len(texts) > 1)
            for claim, record in of_day
        )
        days.append(_day(day, lines))
        plain += ["", spelt(day)]
        plain += [_plain(claim, record, said[claim.id]) for claim, record in of_day]
    names = "".join(
        f'<th scope="col"><span class="ex-sr">{name}</span></th>' for name in ("verdict", "claim")
    )
    markup = (
        f'<div class="ex-claims">{_filter(record.verdict for _, record in rows)}<p'
        f' class="ex-note">C{escape(checked[1:])}.</p><table><thead><tr>{names}</tr></thead>'
        f"{''.join(days)}</table></div>"
    )
    return Exhibit(markup, "\n".join(plain))


def _filter(given: Iterable[str]) -> str:
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
    return f'<fieldset class="ex-claims-filter"><legend>Show</legend>{labels}</fieldset>'


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


def _day(day: date | None, lines: str) -> str:
    name = f'<time datetime="{day}">{spelt(day)}</time>' if day else spelt(day)
    title = f'<tr><th colspan="2" scope="rowgroup">{name}</th></tr>'
    return f"<tbody>{title}{lines}</tbody>"


def _row(claim: Claim, record: Record, said: str, base: Path, several: bool) -> str:
    """Return the markup of a claim's row: verdict, the claim as a link, what the run found."""
    value = (
        measured(record.value, f"{claim.id}-{record.key}")
        if record.key
        else Exhibit(escape(record.value), record.value)
    )
    there = f"{href(claim.page, base)}#{record.anchor}"
    found = [f'<span class="ex-claim-value">{value.html}</span>'] if value.text else []
    kinds = ["Varies with the machine."] if claim.kind == MEASURED else []
    kinds += [f"On {escape(record.text)}."] if several and record.text else []
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
