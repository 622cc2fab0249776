"""Collect the log's claims from the source of the pages, without running a cell.

What: a claim is a call `claim("id", holds, says="...")` in a cell of a page, with id, says and kind
as literals; press.source.claim_calls reports other calls. The claims are in the order of the pages'
dates, then of the calls on a page. Left out: verdicts (`exhibits.page.claim_records`).
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from exhibits.base.exhibit import one_line
from exhibits.base.site_paths import root
from exhibits.page.claim_records import Record, read_record
from exhibits.page.page_sources import Published, published

EXACT, MEASURED, OPINION = "exact", "measured", "opinion"
KINDS = {EXACT: "exact", MEASURED: "indicative: varies with platform", OPINION: "opinion"}
CALL = re.compile(r"\bclaim\s*\(")
FENCED = re.compile(r"^(`{3,}|~{3,})([^\n]*)\n(.*?)^\1[`~]*[^\S\n]*$", re.S | re.M)
NO_RUN = re.compile(r"^#\s*\|\s*eval:\s*false\s*$", re.M)


@dataclass(frozen=True)
class Claim:
    """A claim: its id, the sentence that was claimed, its kind (of KINDS), its page and date."""

    id: str
    says: str
    kind: str
    page: Path
    date: date | None


def registry(base: Path | None = None) -> dict[str, Claim]:
    """Return the claims of the published pages: id -> claim, in the order of their dates.

    base: the journal's root; where None, that of the working folder
    Raises: ValueError if two claims have the same id.

    >>> {one.kind for one in registry().values()} <= set(KINDS)
    True
    """
    claims: dict[str, Claim] = {}
    pages = published(base or root(), having=CALL)
    for page in sorted(pages, key=lambda page: (_day(page) or date.max, page.path)):
        for claim in _made_by(page):
            other = claims.setdefault(claim.id, claim)
            if other is not claim:
                raise ValueError(
                    f"{other.page} and {claim.page} both make the claim {claim.id!r}; keep one"
                )
    return claims


def _made_by(page: Published) -> Iterator[Claim]:
    """Yield the claims of a page, in order."""
    for fence in FENCED.finditer(page.text):
        code = fence[3]
        if fence[2].strip() != "{python}" or "claim" not in code or NO_RUN.search(code):
            continue
        try:
            nodes = list(ast.walk(ast.parse(code)))
        except SyntaxError:  # a magic, or a mistake that the run will show
            continue
        calls = [node for node in nodes if isinstance(node, ast.Call)]
        for call in sorted(calls, key=lambda call: (call.lineno, call.col_offset)):
            if getattr(call.func, "id", getattr(call.func, "attr", "")) == "claim":
                given = {"kind": EXACT, **_literals(call)}
                if {"id", "says"} <= given.keys():
                    says = one_line(given["says"])
                    yield Claim(given["id"], says, given["kind"], page.path, _day(page))


def _day(page: Published) -> date | None:
    try:
        return date.fromisoformat(str(page.fields.get("date"))[:10])
    except ValueError:
        return None


def _literals(call: ast.Call) -> dict[str, str]:
    """Return the arguments of a call that are text literals, by the names of the parameters."""
    values = {"id": call.args[0]} if call.args else {}
    values |= {word.arg: word.value for word in call.keywords if word.arg}
    return {
        name: value.value
        for name, value in values.items()
        if isinstance(value, ast.Constant) and isinstance(value.value, str)
    }


def read_records(base: Path, claims: dict[str, Claim] | None = None) -> dict[str, Record]:
    """Return the recorded verdicts of the last runs: id of the claim -> record.

    Claims that have not run are left out. Raises: ValueError if a record is broken.
    """
    known = registry(base) if claims is None else claims
    records = {id: read_record(base, claim.page.as_posix(), id) for id, claim in known.items()}
    return {id: record for id, record in records.items() if record is not None}
