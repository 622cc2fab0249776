"""The log's claims, each with its verdict.

A page calls `claim` in the cell that checks it; the registry journal/claims.toml says what was
claimed, on which day, and of what kind: "exact" (the same on every machine), "measured" (a band),
"opinion" (nothing to check). While a printer runs the page, the verdict is also recorded
(`exhibits.page.claim_records`), and `verdicts` gathers all of them on one page.

Left out: binding claims to cells before anything runs; `press check` does that.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from exhibits.base.exhibit import Exhibit, escape, one_line
from exhibits.base.site_paths import href, page_of, root
from exhibits.base.wording import MINUS
from exhibits.page.claim_records import Record, write_record

if TYPE_CHECKING:
    from scratch.text.corpus import Text

REGISTRY = Path("journal/claims.toml")
ALL_CLAIMS = Path(
    "journal/claims.qmd"
)  # the page of all claims: a row has the id of its claim's box
KINDS = {"exact": "exact", "measured": "indicative: varies with platform", "opinion": "opinion"}


@dataclass(frozen=True)
class Verdict:
    """A verdict in words: its name, the verb of one claim and of several, its class in the CSS."""

    name: str
    one: str
    several: str
    tone: str


VERDICTS = {
    True: Verdict("holds", "holds", "hold", "ex-good"),
    "part": Verdict("holds in part", "holds in part", "hold in part", "ex-part"),
    "not shown": Verdict("not shown here", "is not shown here", "are not shown here", "ex-unshown"),
    False: Verdict("does not hold", "does not hold", "do not hold", "ex-bad"),
    None: Verdict("opinion", "is an opinion", "are opinions", "ex-opinion"),
}
Holds = Literal[True, False, "part", "not shown"] | bool | None


class UnknownClaim(ValueError):
    """No claim of the registry has this id."""


@dataclass(frozen=True)
class Claim:
    """A claim of the registry: its id, its day, what was claimed, and its kind (of KINDS)."""

    id: str
    date: date
    claim: str
    kind: str


def registry(base: Path | None = None) -> dict[str, Claim]:
    """Read journal/claims.toml: its claims by their ids, in its order.

    Raises: ValueError if it is missing, broken, or a claim lacks a field.

    >>> {one.kind for one in registry().values()} <= set(KINDS)
    True
    """
    path = (base or root()) / REGISTRY
    if not path.is_file():
        raise ValueError(f"{path} is missing; it lists the claims, so restore it")
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"{path} is no valid TOML: {error}; mend it there") from None
    claims = {}
    for name, fields in tables.items():
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
    """Show the verdict on a claim of the log, beneath what was claimed.

    While a printer runs the page, the verdict is also recorded.

    id: as in journal/claims.toml
    holds: True; "part"; "not shown" if this run neither shows nor refutes it; False if it refutes
        it; None for an opinion
    value: the result of the run: text, a number, or `measured(...)` where it varies
    note: a sentence beneath the verdict
    text: the text it was checked on, if it is not the journal's own

    Raises: UnknownClaim for an id that is not in the registry; ValueError if holds does not fit the
    claim's kind.

    >>> one = next(one for one in registry().values() if one.kind == "exact")
    >>> claim(one.id, True, value=1200).text.endswith(f"[holds] {one.id}: 1,200 (exact)")
    True
    """
    base = root()
    known = _known(id, registry(base))
    _check_holds(known, holds)
    verdict = VERDICTS[holds]
    result = _value(value)
    anchor = anchor_of(id)
    page = page_of(base)
    if page is not None:
        title = text.title if text is not None else _title()
        write_record(
            base, Record(id, verdict.name, result.text, result.key, title, page.as_posix(), anchor)
        )
    more = f'<p class="ex-note">{escape(one_line(note))}</p>' if note else ""
    about = _about(known, f"{_all_claims(base, page)}#{anchor}")
    markup = (
        f'<div class="ex-claim {verdict.tone}" id="{anchor}"><p'
        f' class="ex-said">{escape(known.claim)}</p><div class="ex-claim-line">'
        f"<p>{_found(verdict.name, result)}</p>{about}</div>{more}</div>"
    )
    plain = f"[{verdict.name}] {id}"
    plain += (f": {result.text}" if result.text else "") + f" ({KINDS[known.kind]})"
    return Exhibit(markup, f"{known.claim}\n{plain}" + (f"\n{note}" if note else ""))


def _known(id: str, claims: Mapping[str, Claim]) -> Claim:
    """Return the claim of an id; for an unknown one, raise an error with the ids most like it."""
    if id in claims:
        return claims[id]
    near = difflib.get_close_matches(id, claims, n=3, cutoff=0.4)
    hint = f"did you mean {' or '.join(map(repr, near))}?" if near else f"the ids are in {REGISTRY}"
    raise UnknownClaim(f"no claim has the id {id!r}; {hint}")


def _check_holds(claim: Claim, holds: Holds) -> None:
    if not (holds is None or holds is True or holds is False or holds in ("part", "not shown")):
        raise ValueError(
            f"holds is {holds!r}; give True, 'part', 'not shown' or False, or None for an opinion"
        )
    if (claim.kind == "opinion") != (holds is None):
        fit = "None" if claim.kind == "opinion" else "True, 'part', 'not shown' or False"
        raise ValueError(f"{claim.id} is of kind {claim.kind}, and holds is {holds!r}; give {fit}")


def anchor_of(id: str) -> str:
    """Return the HTML id of a claim's box on its page, and of its row on the page of all claims.

    >>> anchor_of("one-twelfth")
    'claim-one-twelfth'
    """
    return f"claim-{id}"


def _all_claims(base: Path, page: Path | None) -> str:
    """Return the address of the page of all claims; without a printer or such a page, ""."""
    return href(ALL_CLAIMS, base) if page is not None and (base / ALL_CLAIMS).is_file() else ""


def _value(value: object) -> Exhibit:
    if isinstance(value, Exhibit):
        return value
    if value is None:
        text = ""
    elif isinstance(value, int) and not isinstance(value, bool):
        text = f"{value:,}"
    else:
        text = f"{value:,.4g}" if isinstance(value, float) else str(value)
    text = with_minus(one_line(text))
    return Exhibit(escape(text), text, inline=True)


def with_minus(text: str) -> str:
    """Replace the hyphen of a negative number by a minus; words, dates and ranges keep theirs.

    >>> with_minus("-2.44 and +0.08 bits (GPT-2, 3-4, 2025-07-05)")
    '−2.44 and +0.08 bits (GPT-2, 3-4, 2025-07-05)'
    """
    return re.sub(r"(?<![\w.,)\]%-])-(?=\.?\d)", MINUS, text)


def _found(verdict: str, value: Exhibit) -> str:
    """Return the markup of what a run found: the verdict and the value."""
    result = f' <span class="ex-claim-value">{value.html}</span>' if value.text else ""
    return f'<b class="ex-verdict">{verdict}</b>{result}'


def _about(claim: Claim, href: str) -> str:
    """Return the fold that has a claim's id, a link to its row among all claims, and its kind."""
    kind = "" if claim.kind == "opinion" else f", {KINDS[claim.kind]}"
    return (
        f'<details class="ex-claim-about"><summary title="{escape(claim.id)}{kind}">'
        '<span aria-hidden="true">i</span><span class="ex-sr">About this claim</span></summary>'
        f'<p class="ex-claim-kind"><a href="{escape(href)}">{escape(claim.id)}</a>{kind}</p>'
        "</details>"
    )


def line_of(claim: Claim, verdict: str, value: Exhibit, href: str) -> str:
    """Return the markup of a claim's row among all claims: verdict, id with a link, value, kind."""
    result = f'<span class="ex-claim-value">{value.html}</span> ' if value.text else ""
    kind = (
        "" if claim.kind == "opinion" else f'<span class="ex-claim-kind">{KINDS[claim.kind]}</span>'
    )
    return (
        f'<b class="ex-verdict">{verdict}</b> <a href="{escape(href)}">{escape(claim.id)}</a>'
        f" {result}{kind}".rstrip()
    )


def tally(verdicts: Iterable[str]) -> str:
    """Return how many claims have each verdict, in words.

    verdicts: their names, as "holds in part"

    >>> tally(["holds", "opinion", "holds"])
    '2 hold, 1 is an opinion'
    """
    count = Counter(verdicts)
    return ", ".join(
        f"{count[verdict.name]} {verdict.one if count[verdict.name] == 1 else verdict.several}"
        for verdict in VERDICTS.values()
        if count[verdict.name]
    )


def tone(name: str) -> str:
    """Return the class in the CSS of a verdict, by its name.

    >>> tone("does not hold")
    'ex-bad'
    """
    tones = {verdict.name: verdict.tone for verdict in VERDICTS.values()}
    return tones.get(name, VERDICTS[None].tone)


def _title() -> str:
    from scratch.text.corpus import load_text  # only a page that is printed needs it

    return load_text().title
