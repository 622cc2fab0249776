"""What moved between two executions of a page: numbers, verdicts on claims, exhibits, errors shown
on purpose.

A run is boiled down to a list of what it showed (`findings`), which the cache keeps beside the
notebook; two lists are aligned, so that a cell that was put in between does not set everything
behind it askew. Measured values are left out: they vary without meaning anything. Left out, too:
what only one of the two runs has.
"""

import difflib
import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from press.execute.notebook import inline_values, is_hidden
from press.execute.provenance import MEASURED
from press.execute.result import Run
from press.source.claims import calls
from press.source.inline import inline_value

NUMBER = re.compile(r"(?<![\w.])[-−]?\d+(?:,\d{3})*(?:\.\d+)?(?:[eE][-+]?\d+)?")
LONGEST = 60  # characters of a value in a message


@dataclass(frozen=True)
class Finding:
    """One thing that a run showed: kind (value, output, exhibit, error), by what it is known again,
    itself, its line.
    """

    kind: str
    key: str
    shown: str
    line: int


@dataclass(frozen=True)
class Change:
    """One thing that moved; `relative` is (now - before) / |before| for a number, None where there
    is none.
    """

    kind: str  # number, text, claim, exhibit, error
    line: int
    what: str
    before: str
    now: str
    relative: float | None = None

    def __str__(self) -> str:
        place = f"line {self.line}: " if self.line else ""
        if self.kind == "exhibit":
            return f"{place}{self.what} looks different"
        moved = "" if self.relative is None else f" ({self.relative * 100:+.3g} %)"
        return f"{place}{self.what}: {_short(self.before)} -> {_short(self.now)}{moved}"


def findings(run: Run) -> list[Finding]:
    """What a run showed, in order; of an exhibit, a hash."""
    return list(_findings(run))


def _findings(run: Run) -> Iterator[Finding]:
    claiming = [call.line for call in calls(run.page)]
    for cell in run.notebook.cells:
        if cell.cell_type != "code":
            continue
        place = cell.metadata["press"]
        if is_hidden(cell):
            for item, data in zip(place["inlines"], inline_values(cell), strict=True):
                yield Finding(
                    "value", item["code"], MEASURED.sub("", inline_value(data)[0]), item["line"]
                )
            continue
        first, last = place["line"], place["line"] + cell.source.count("\n")
        claims = any(
            first <= line <= last for line in claiming
        )  # what they show is compared by verdict and value
        key = str(place["options"].get("label") or cell.source)
        for output in cell.outputs:
            if output.output_type == "stream" and output.name == "stdout":
                yield Finding("output", key, str(output.text), first)
            elif output.output_type == "error":
                yield Finding("error", key, f"{output.ename}: {output.evalue}", first)
            elif output.output_type != "stream" and not claims:
                rich = {kind: data for kind, data in output.data.items() if kind != "text/plain"}
                if rich:
                    coded = json.dumps(_plain(rich), sort_keys=True, ensure_ascii=False)
                    yield Finding(
                        "exhibit",
                        key,
                        hashlib.sha256(coded.encode(errors="replace")).hexdigest(),
                        first,
                    )
                else:
                    yield Finding("output", key, str(output.data.get("text/plain", "")), first)


def _plain(rich: dict[str, Any]) -> dict[str, str]:
    """What an output shows, by kind, without what was measured."""
    texts = {
        kind: data if isinstance(data, str) else json.dumps(data, sort_keys=True)
        for kind, data in rich.items()
    }
    return {kind: MEASURED.sub("", text) for kind, text in texts.items()}


def changes(
    before: list[Finding],
    now: list[Finding],
    verdicts_before: dict[str, str],
    verdicts_now: dict[str, str],
) -> list[Change]:
    """What moved between two runs; verdicts: the records of press.source.claims, JSON texts by file
    name.

    >>> one, two = [Finding("value", "n", "1,000", 4)], [Finding("value", "n", "1,250", 5)]
    >>> str(changes(one, two, {}, {})[0])
    'line 5: `{python} n`: 1,000 -> 1,250 (+25 %)'
    """
    found: list[Change] = []
    left, right = ([(item.kind, item.key) for item in items] for items in (before, now))
    for word, a, b, c, d in difflib.SequenceMatcher(
        None, left, right, autojunk=False
    ).get_opcodes():
        if word == "equal" or (word == "replace" and b - a == d - c):
            for old, new in zip(before[a:b], now[c:d], strict=True):
                if old.kind == new.kind and old.shown != new.shown:
                    found += _moved(old, new)
    return [*found, *_verdicts(verdicts_before, verdicts_now)]


def _moved(old: Finding, new: Finding) -> Iterator[Change]:
    what = f"`{{python}} {new.key}`" if new.kind == "value" else _name(new)
    if new.kind == "exhibit":
        yield Change("exhibit", new.line, what, old.shown[:12], new.shown[:12])
    elif new.kind == "error":
        yield Change("error", new.line, what, old.shown, new.shown)
    else:
        yield from _numbers(new.line, what, old.shown, new.shown)


def _name(finding: Finding) -> str:
    """How a message calls an output: by its cell's label, or the cell's last line."""
    return finding.key.strip().split("\n")[-1].strip()[:LONGEST]


def _numbers(line: int, what: str, before: str, now: str) -> Iterator[Change]:
    """The numbers that moved in a text, one by one; the whole text if more than its numbers
    changed.

    >>> [str(change) for change in _numbers(3, "print(n)", "2 of 10", "2 of 9")]
    ['line 3: print(n): 10 -> 9 (-10 %)']
    """
    if NUMBER.sub("#", before) != NUMBER.sub("#", now):
        yield Change("text", line, what, before, now)
        return
    for old, new in zip(NUMBER.findall(before), NUMBER.findall(now), strict=True):
        if old != new:
            one, two = (float(text.replace(",", "").replace("−", "-")) for text in (old, new))
            yield Change("number", line, what, old, new, (two - one) / abs(one) if one else None)


def _verdicts(before: dict[str, str], now: dict[str, str]) -> Iterator[Change]:
    for name in sorted(before.keys() & now.keys()):
        old, new = json.loads(before[name]), json.loads(now[name])
        what = f"claim {name.removesuffix('.json')}"
        if old["verdict"] != new["verdict"]:
            yield Change("claim", 0, what, old["verdict"], new["verdict"])
        if not (old.get("key") or new.get("key")) and old.get("value", "") != new.get("value", ""):
            yield from _numbers(0, what, str(old.get("value", "")), str(new.get("value", "")))


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONGEST else f"{line[:LONGEST]}…"


def as_lists(items: list[Finding]) -> list[dict[str, Any]]:
    """Findings as JSON keeps them; `from_lists` reads them back."""
    return [asdict(item) for item in items]


def from_lists(kept: list[dict[str, Any]]) -> list[Finding]:
    """Findings from JSON.

    >>> from_lists(as_lists([Finding("value", "n", "1", 4)]))
    [Finding(kind='value', key='n', shown='1', line=4)]
    """
    return [Finding(**item) for item in kept]
