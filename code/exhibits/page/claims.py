"""The log's claims, each with its verdict.

A page calls `claim` in the cell that checks it; the registry journal/claims.toml says what was
claimed, on which day, and of what kind: "exact" (the same on every machine), "measured" (a band),
"opinion" (nothing to check). While a printer runs the page, the verdict is also written down, and
`verdicts` gathers all of them on one page.

Left out: binding claims to cells before anything runs; `press check` does that.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from exhibits.base.exhibit import Exhibit, escape, one_line
from exhibits.base.site_paths import href, page_of, root
from exhibits.page.claim_records import Record, write_record

if TYPE_CHECKING:
    from scratch.text.corpus import Text

REGISTRY = Path("journal/claims.toml")
# the page on which all claims stand, each in a row called as its box is
GATHERED = Path("journal/claims.qmd")
KINDS = {"exact": "exact", "measured": "indicative: varies with platform", "opinion": "opinion"}
VERDICTS = {
    True: "holds",
    "part": "holds in part",
    "not shown": "not shown here",
    False: "does not hold",
    None: "opinion",
}
Holds = Literal[True, False, "part", "not shown"] | bool | None


class UnknownClaim(ValueError):
    """No claim of the registry has this id."""


@dataclass(frozen=True)
class Claim:
    """One line of the registry: its id, its day, what was claimed in a line, "exact", "measured" or
    "opinion".
    """

    id: str
    date: date
    claim: str
    kind: str


def registry(base: Path | None = None) -> dict[str, Claim]:
    """Read journal/claims.toml, in its order.

    Raises: ValueError if it is missing, broken, or a claim lacks a field.
    """
    path = (base or root()) / REGISTRY
    if not path.is_file():
        raise ValueError(f"{path} is missing; it lists the claims, so restore it")
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"{path} is no valid TOML: {error}; mend it there") from None
    claims = {}
    for name, fields in found.items():
        if (
            not isinstance(fields, dict)
            or set(fields) != {"date", "claim", "kind"}
            or fields["kind"] not in KINDS
        ):
            raise ValueError(
                f"claim {name!r} of {path} needs date, claim and kind, the kind one of"
                f" {sorted(KINDS)}"
            )
        day = (
            fields["date"]
            if isinstance(fields["date"], date)
            else date.fromisoformat(fields["date"])
        )
        claims[name] = Claim(name, day, one_line(fields["claim"]), fields["kind"])
    return claims


def claim(
    id: str,
    holds: Holds,
    value: object = None,
    note: str | None = None,
    *,
    text: Text | None = None,
) -> Exhibit:
    """Give the verdict on a claim of the log, and show it: what was claimed, and beneath it what
    the run found.

    id: as in journal/claims.toml; holds: True, "part", "not shown" where this run can neither show
    nor refute it, False
        for what it refutes; None for an opinion
    value: what was found: text, a number (shown with thousands separators), or `measured(...)`
    where it varies note: a sentence beside it; text: the text it was checked on, if it is not the
    journal's own

    Raises: UnknownClaim for an id that the registry does not have; ValueError if holds does not fit
    the kind.
    """
    base = root()
    claims = registry(base)
    if id not in claims:
        near = difflib.get_close_matches(id, claims, n=3, cutoff=0.4)
        hint = (
            f"did you mean {' or '.join(map(repr, near))}?"
            if near
            else f"the ids are in {REGISTRY}"
        )
        raise UnknownClaim(f"no claim has the id {id!r}; {hint}")
    found = claims[id]
    if not (holds is None or holds is True or holds is False or holds in ("part", "not shown")):
        raise ValueError(
            f"holds is {holds!r}; give True, 'part', 'not shown' or False, or None for an opinion"
        )
    if (found.kind == "opinion") != (holds is None):
        fit = "None" if found.kind == "opinion" else "True, 'part', 'not shown' or False"
        raise ValueError(f"{id} is of kind {found.kind}, and holds is {holds!r}; give {fit}")
    shown = _value(value)
    anchor = anchor_of(id)
    page = page_of(base)
    if page is not None:
        name = text.title if text is not None else _title()
        write_record(
            base, Record(id, VERDICTS[holds], shown.text, shown.key, name, page.as_posix(), anchor)
        )
    line = line_of(found, VERDICTS[holds], shown, f"{_gathered(base, page)}#{anchor}")
    more = f'<p class="ex-note">{escape(one_line(note))}</p>' if note else ""
    markup = (
        f'<div class="ex-claim {tone(VERDICTS[holds])}" id="{anchor}"><p'
        f' class="ex-said">{escape(found.claim)}</p><p>{line}</p>{more}</div>'
    )
    plain = (
        f"[{VERDICTS[holds]}] {id}"
        + (f": {shown.text}" if shown.text else "")
        + f" ({KINDS[found.kind]})"
    )
    return Exhibit(markup, f"{found.claim}\n{plain}" + (f"\n{note}" if note else ""))


def anchor_of(id: str) -> str:
    """What the box of a claim is called on its day's page, and its row on the page of all claims.

    >>> anchor_of("one-twelfth")
    'claim-one-twelfth'
    """
    return f"claim-{id}"


def _gathered(base: Path, page: Path | None) -> str:
    """The address of the page of all claims; "", which is this page, where nothing is printed or
    there is no such page.
    """
    return href(GATHERED, base) if page is not None and (base / GATHERED).is_file() else ""


def _value(value: object) -> Exhibit:
    if isinstance(value, Exhibit):
        return value
    grouped = isinstance(value, int) and not isinstance(value, bool)
    text = (
        ""
        if value is None
        else (
            f"{value:,}" if grouped else f"{value:,.4g}" if isinstance(value, float) else str(value)
        )
    )
    text = with_minus(one_line(text))
    return Exhibit(escape(text), text, inline=True)


def with_minus(text: str) -> str:
    """Set the minus of a negative number as a table does; a hyphen inside a word, a date or a range
    stays.

    >>> with_minus("-2.44 and +0.08 bits (GPT-2, 3-4, 2025-07-05)")
    '−2.44 and +0.08 bits (GPT-2, 3-4, 2025-07-05)'
    """
    return re.sub(r"(?<![\w.,)\]%-])-(?=\.?\d)", "\u2212", text)


def line_of(claim: Claim, verdict: str, value: Exhibit, href: str) -> str:
    """Verdict, id, value, kind."""
    found = f'<span class="ex-claim-value">{value.html}</span> ' if value.text else ""
    kind = (
        "" if claim.kind == "opinion" else f'<span class="ex-claim-kind">{KINDS[claim.kind]}</span>'
    )
    return (
        f'<b class="ex-verdict">{verdict}</b> <a href="{escape(href)}">{escape(claim.id)}</a>'
        f" {found}{kind}".rstrip()
    )


def tone(verdict: str) -> str:
    return "ex-" + {
        "holds": "good",
        "holds in part": "part",
        "not shown here": "unshown",
        "does not hold": "bad",
    }.get(verdict, "opinion")


def _title() -> str:
    from scratch.text.corpus import load_text  # only a page that is printed needs it

    return load_text().title
