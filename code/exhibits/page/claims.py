"""Show a claim of the log with its verdict.

What: a page calls `claim` in the cell that checks it, with the sentence that was claimed and its
kind: "exact" (the same on every machine), "measured" (varies with the platform), "opinion" (nothing
to check). While a printer runs the page, the verdict is also recorded
(`exhibits.page.claim_records`), and `exhibits.page.claims_table.verdicts` shows all of them on one
page. Left out: checking how a claim is written, which `press check` does.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from exhibits.base.exhibit import Exhibit, check_hyphened, escape, one_line
from exhibits.base.site_paths import href, page_of, root
from exhibits.base.wording import MINUS
from exhibits.page.claim_records import Record, write_record
from exhibits.page.claim_registry import EXACT, KINDS, MEASURED, OPINION

if TYPE_CHECKING:
    from scratch.text.corpus import Text

ALL_CLAIMS = Path(
    "journal/claims.qmd"
)  # the page of all claims: a row has the id of its claim's box


@dataclass(frozen=True)
class Verdict:
    """A verdict in words: its name, the verb for one claim and for several, its CSS class."""

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
NOT_RUN = Verdict("not run", "did not run", "did not run", "ex-unshown")
MEANS = {
    VERDICTS[True].name: "the run shows it.",
    VERDICTS["part"].name: "a part of it held, and another failed or wasn’t tested.",
    VERDICTS["not shown"].name: "this run can neither show nor refute it.",
    VERDICTS[False].name: "the run refutes it.",
    VERDICTS[None].name: "mine; a page can illustrate it, and nothing here can prove it.",
    NOT_RUN.name: "its page hasn’t run.",
}
VARIES = "Its numbers vary a little with the machine."
Holds = Literal[True, False, "part", "not shown"] | bool | None


def claim(
    id: str,
    holds: Holds,
    value: object = None,
    note: str | None = None,
    *,
    says: str,
    kind: str = EXACT,
    text: Text | None = None,
) -> Exhibit:
    """Show a claim of the log and the verdict on it.

    While a printer runs the page, the verdict is also recorded. id, says and kind must be literals,
    since the page of all claims reads them without running the cell.

    id: letters, digits and single hyphens, unique in the journal
    holds: True; "part"; "not shown" if this run neither shows nor refutes the claim; False if it
        refutes it; None for an opinion
    value: the result of the run: text, a number, or `measured(...)` if it differs from run to run
    note: a sentence below the verdict
    says: what was claimed, in one sentence
    kind: one of KINDS
    text: the text on which it was checked, if that is not the journal's own

    Raises: ValueError if id, says or kind is wrong, or holds does not fit the kind.

    >>> claim("eleven", 5 + 6 == 11, 1200, says="Five and six are eleven.").text
    'Five and six are eleven.\\n[holds] eleven: 1,200 (exact)'
    """
    check_hyphened("id", id, example="one-twelfth")
    said = one_line(says)
    _check(id, said, kind, holds)
    base = root()
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
    about = _about(id, kind, verdict.name, f"{_all_claims(base, page)}#{anchor}")
    markup = (
        f'<div class="ex-claim {verdict.tone}" id="{anchor}"><p'
        f' class="ex-said">{escape(said)}</p><div class="ex-claim-line">'
        f"<p>{_found(verdict.name, result)}</p>{about}</div>{more}</div>"
    )
    plain = f"[{verdict.name}] {id}"
    plain += (f": {result.text}" if result.text else "") + f" ({KINDS[kind]})"
    return Exhibit(markup, f"{said}\n{plain}" + (f"\n{note}" if note else ""))


def _check(id: str, says: str, kind: str, holds: Holds) -> None:
    if not says:
        raise ValueError(f"the claim {id!r} says nothing; give says, the sentence that was claimed")
    if kind not in KINDS:
        raise ValueError(f"kind of {id!r} is {kind!r}; give one of {', '.join(map(repr, KINDS))}")
    if not (holds is None or holds is True or holds is False or holds in ("part", "not shown")):
        raise ValueError(
            f"holds is {holds!r}; give True, 'part', 'not shown' or False, or None for an opinion"
        )
    if (kind == OPINION) != (holds is None):
        fit = "None" if kind == OPINION else "True, 'part', 'not shown' or False"
        raise ValueError(f"{id} is of kind {kind}, and holds is {holds!r}; give {fit}")


def anchor_of(id: str) -> str:
    """Return the HTML id of a claim's box on its page; its row among all claims has the same.

    >>> anchor_of("one-twelfth")
    'claim-one-twelfth'
    """
    return f"claim-{id}"


def _all_claims(base: Path, page: Path | None) -> str:
    """Return the address of the page of all claims; "" without a printer or such a page."""
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
    """Replace the hyphen before a negative number by a minus sign, but no other hyphen.

    >>> with_minus("-2.44 and +0.08 bits (GPT-2, 3-4, 2025-07-05)")
    '−2.44 and +0.08 bits (GPT-2, 3-4, 2025-07-05)'
    """
    return re.sub(r"(?<![\w.,)\]%-])-(?=\.?\d)", MINUS, text)


def _found(verdict: str, value: Exhibit) -> str:
    """Return the markup of a run's result: the verdict and the value."""
    result = f' <span class="ex-claim-value">{value.html}</span>' if value.text else ""
    return f'<b class="ex-verdict">{verdict}</b>{result}'


def _about(id: str, kind: str, verdict: str, href: str) -> str:
    """Return the fold that says what a verdict means, with a link to its row among all claims."""
    means = f"{verdict.capitalize()}: {MEANS[verdict]}" + (f" {VARIES}" if kind == MEASURED else "")
    kind = "" if kind == OPINION else f", {KINDS[kind]}"
    return (
        f'<details class="ex-claim-about"><summary title="{id}{kind}">'
        '<span aria-hidden="true">i</span><span class="ex-sr">About this claim</span></summary>'
        f'<p class="ex-claim-kind">{escape(means)} <a href="{escape(href)}">All claims</a></p>'
        "</details>"
    )


def tally(verdicts: Iterable[str]) -> str:
    """Say in words how many claims have each verdict.

    verdicts: the name of each claim's verdict, such as "holds in part"

    >>> tally(["holds", "opinion", "holds"])
    '2 hold, 1 is an opinion'
    """
    count = Counter(verdicts)
    return ", ".join(
        f"{count[verdict.name]} {verdict.one if count[verdict.name] == 1 else verdict.several}"
        for verdict in (*VERDICTS.values(), NOT_RUN)
        if count[verdict.name]
    )


def tone(name: str) -> str:
    """Return the CSS class of a verdict, by its name.

    >>> tone("does not hold")
    'ex-bad'
    """
    tones = {verdict.name: verdict.tone for verdict in (*VERDICTS.values(), NOT_RUN)}
    return tones.get(name, VERDICTS[None].tone)


def _title() -> str:
    from scratch.text.corpus import load_text  # only a page that is printed needs it

    return load_text().title
