"""List the keys of front matter, `_quarto.yml` and cells, by kind of value (from keys.yml).

What Quarto's templates write and what has no effect here is in NOTED, with the reason; press names
such a key once (`Project.notes`).
"""

import datetime
import re
from collections.abc import Iterator
from typing import Any

from press.source.yaml_schema import OTHERS, Table, read_table

KINDS: dict[str, Any] = {
    **{"<text>": str, "<list>": list, "<number>": float, "<whole number>": int, "<keys>": dict},
    **{"<date>": datetime.date, "<any>": object, OTHERS: OTHERS},
}


def _kind(given: Any) -> Any:
    """Return a kind of keys.yml as press.source.yaml_schema has it."""
    if isinstance(given, dict):
        return {key: _kind(kind) for keys, kind in given.items() for key in keys.split()}
    if isinstance(given, list):
        kinds = [one for one in given if isinstance(one, dict) or one in KINDS]
        values = frozenset(one for one in given if one not in kinds)
        return (*map(_kind, kinds), *([values] if values else []))
    return KINDS[given]


def _reasons(rows: dict[str, str]) -> dict[str, str]:
    return {key: reason for reason, keys in rows.items() for key in keys.split()}


_data = read_table("press.source", "keys.yml")
NOTED = _reasons(_data["without effect"])  # keys without an effect, and why
CELL_NOTED = _reasons(_data["without effect in a cell"])
HONOURED = _data["without effect at this value"]
LOOK, NO_MEANING = NOTED["page-layout"], NOTED["modified"]
NONE: Table = {**dict.fromkeys(NOTED, object), OTHERS: OTHERS}
EXECUTE: Table = _kind(_data["execute"])  # options of all cells
FIGURE: Table = _kind(_data["figure"])
HTML: Table = {**_kind(_data["html"]), **FIGURE}
EXECUTED: Table = {**NONE, **EXECUTE, **FIGURE, "enabled": frozenset({True})}
FORMAT: Table = {"theme": object, **NONE, **HTML}
OPTIONS: Table = {**EXECUTE, **_kind(_data["cell"]), **dict.fromkeys(CELL_NOTED, object)}
OPTIONS[OTHERS] = OTHERS
FRONT_MATTER: Table = {**_kind(_data["front matter"]), **NONE, **HTML, **EXECUTE}
PROJECT: Table = {**NONE, **_kind(_data["project"])}
PROJECT["format"]["html"] = {**FORMAT, **PROJECT["format"]["html"]}
FRONT_MATTER["execute"] = PROJECT["execute"] = EXECUTED
OF_ALL = (*EXECUTE, "code-fold", "code-summary", "fig-align")  # which the front matter sets
STALE = ("cache", "freeze")  # options of `execute`
DATES = ("date", "date-modified")
INLINE = "`{python}"
LABEL = re.compile(r"^[A-Za-z][\w-]*$")


def option_faults(options: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Yield the key of an option, what is wrong with it, and the remedy."""
    label = options.get("label", "")
    if re.match("(fig|tbl)-", str(label)) and not LABEL.match(label):
        remedy = "begin with a letter; then letters, digits, - and _"
        yield "label", f"label is {label!r}", remedy
    for key, value in options.items():
        if INLINE in str(value):
            yield key, f"{key} holds an inline expression", "only prose is computed"
    if "tbl-cap" in options and str(label).startswith("fig-"):
        yield "tbl-cap", "a tbl-cap of a figure", "write fig-cap, or '#| label: tbl-...'"
