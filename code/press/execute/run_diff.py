"""Compare two executions of a page: numbers, verdicts on claims, exhibits, errors shown on purpose.

Two lists of results (`findings`) are aligned, so that a new cell does not shift those after it.
Passed over: measured values, which vary anyway, and what only one of the two runs has.
"""

import difflib
import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

import nbformat

from press.execute.notebook import Run, code_cells, inline_values, is_hidden
from press.execute.receipt import MEASURED
from press.source.claim_calls import calls
from press.source.prose import inline_value

NUMBER = re.compile(r"(?<![\w.])[-−]?\d+(?:,\d{3})*(?:\.\d+)?(?:[eE][-+]?\d+)?")
LONGEST = 60  # characters of a value in a message


@dataclass(frozen=True)
class Finding:
    """One result of a run: its kind (value, output, exhibit, error), the key by which it is aligned
    with another run's, its text (of an exhibit, a hash), its line.
    """

    kind: str
    key: str
    text: str
    line: int


@dataclass(frozen=True)
class Change:
    """One result that moved; `relative` is (now - before) / |before| of numbers."""

    kind: str  # number, text, claim, exhibit, error
    line: int
    what: str
    before: str
    now: str
    relative: float | None = None

    def __str__(self) -> str:
        line = f"line {self.line}: " if self.line else ""
        if self.kind == "exhibit":
            return f"{line}{self.what} looks different"
        moved = "" if self.relative is None else f" ({self.relative * 100:+.3g} %)"
        return f"{line}{self.what}: {_short(self.before)} -> {_short(self.now)}{moved}"


def findings(run: Run) -> list[Finding]:
    """Return the results of a run, in order."""
    claiming = [call.line for call in calls(run.page)]
    return [item for cell in code_cells(run.notebook) for item in _findings(cell, claiming)]


def _findings(cell: nbformat.NotebookNode, claiming: list[int]) -> Iterator[Finding]:
    """Yield the results of a cell; claims, on the lines `claiming`, are compared by verdict."""
    origin = cell.metadata["press"]
    if is_hidden(cell):
        for item, data in zip(origin["inlines"], inline_values(cell), strict=True):
            text = MEASURED.sub("", inline_value(data)[0])
            yield Finding("value", item["code"], text, item["line"])
        return
    line, last = origin["line"], origin["line"] + cell.source.count("\n")
    claims = any(line <= at <= last for at in claiming)
    key = str(origin["options"].get("label") or cell.source)
    for output in cell.outputs:
        rich = {kind: data for kind, data in output.get("data", {}).items() if kind != "text/plain"}
        if output.output_type == "error":
            yield Finding("error", key, f"{output.ename}: {output.evalue}", line)
        elif output.get("name") == "stdout":
            yield Finding("output", key, str(output.text), line)
        elif rich and not claims:
            texts = {
                kind: MEASURED.sub(
                    "", data if isinstance(data, str) else json.dumps(data, sort_keys=True)
                )
                for kind, data in rich.items()
            }
            coded = json.dumps(texts, sort_keys=True, ensure_ascii=False).encode(errors="replace")
            yield Finding("exhibit", key, hashlib.sha256(coded).hexdigest(), line)
        elif "data" in output and not claims:
            yield Finding("output", key, str(output.data.get("text/plain", "")), line)


def changes(
    before: list[Finding],
    now: list[Finding],
    verdicts_before: dict[str, str],
    verdicts_now: dict[str, str],
) -> list[Change]:
    """Return what moved between two runs; verdicts: JSON texts by file name.

    >>> one, two = [Finding("value", "n", "1,000", 4)], [Finding("value", "n", "1,250", 5)]
    >>> str(changes(one, two, {}, {})[0])
    'line 5: `{python} n`: 1,000 -> 1,250 (+25 %)'
    """
    moved: list[Change] = []
    old_keys, new_keys = ([(item.kind, item.key) for item in items] for items in (before, now))
    matcher = difflib.SequenceMatcher(None, old_keys, new_keys, autojunk=False)
    for word, a, b, c, d in matcher.get_opcodes():
        if word == "equal" or (word == "replace" and b - a == d - c):
            for old, new in zip(before[a:b], now[c:d], strict=True):
                if old.kind == new.kind and old.text != new.text:
                    moved += _moved(old, new)
    return [*moved, *_verdicts(verdicts_before, verdicts_now)]


def _moved(old: Finding, new: Finding) -> Iterator[Change]:
    # An expression, or its cell's label, or the cell's last line.
    what = new.key.strip().split("\n")[-1].strip()[:LONGEST]
    what = f"`{{python}} {new.key}`" if new.kind == "value" else what
    if new.kind in ("value", "output"):
        yield from _numbers(new.line, what, old.text, new.text)
    else:
        cut = 12 if new.kind == "exhibit" else None
        yield Change(new.kind, new.line, what, old.text[:cut], new.text[:cut])


def _numbers(line: int, what: str, before: str, now: str) -> Iterator[Change]:
    """Yield the numbers that moved in a text, or the whole text if its words changed too."""
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
