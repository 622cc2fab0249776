"""Make the receipt of a run: its time, memory, versions, machine, seeds and texts.

It varies between machines and runs, so it is a JSON file beside the page: two builds of the page
are equal byte for byte. What does not vary (the text and its hash, the seeds) is in the page too.
"""

import ast
import datetime
import json
import os
import platform
import re
from collections.abc import Iterable
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

from press.base.git import git
from press.execute.file_tracing import of_kind
from press.source.claim_calls import calls_in
from press.source.dates import day
from press.source.page import Page

DISTRIBUTION = "journal-of-a-language-model"
HASH_SEED = "0"  # PYTHONHASHSEED of every kernel: sets of text come in one order in each run
SEEDING = ("manual_seed", "manual_seed_all", "seed", "default_rng")
MEBIBYTE = 2**20
# The text that comes with the journal; any other is the learner's own.
SHIPPED = "the-index-of-small-lights.txt"
# A value that exhibits.measured marked: it goes from the page into the receipt.
MEASURED = re.compile(
    r'<data class="measured" data-key="(?P<key>[\w-]+)"'
    r' value="(?P<value>[^"]*)">(?P<text>.*?)</data>',
    re.S,
)


def receipt_of(
    page: Page,
    seconds: float,
    cells: list[tuple[int, float]],
    noted: Iterable[str],
    moment: datetime.datetime,
) -> dict[str, Any]:
    """Return the receipt of an execution that has just ended, on this machine.

    seconds: of the whole run; cells: the line and the seconds of each code cell; noted: the notes
    of press.execute.file_tracing; moment: when it began, in UTC.
    """
    facts = of_kind(noted, "kernel")  # the last has the peak of the whole run
    kernel = json.loads(facts[-1]) if facts else {}
    return {
        "executed": moment.isoformat(timespec="seconds"),
        "seconds": round(seconds, 3),
        "cells": [{"line": line, "seconds": round(took, 4)} for line, took in cells],
        "peak_memory": kernel.get("peak", 0),
        "python": platform.python_version(),
        "packages": packages(),
        "device": {
            "processor": processor(),
            "cores": os.cpu_count(),
            "accelerator": kernel.get("accelerator", ""),
        },
        "seeds": seeds(page),
        "own_texts": [Path(path).name for path in own_texts(noted)],
    }


def own_texts(noted: Iterable[str]) -> list[str]:
    """Return the paths of the learner's own texts that a run read.

    >>> own_texts(["read\\t/j/data/mine.txt", f"read\\t/j/data/{SHIPPED}", "list\\t/j/data"])
    ['/j/data/mine.txt']
    """
    chosen = os.environ.get("JOURNAL_DATA")
    read = map(Path, of_kind(noted, "read"))
    texts = [path for path in read if path.suffix == ".txt" and path.name != SHIPPED]
    return [str(path) for path in texts if path.parent.name == "data" or str(path.parent) == chosen]


def seeds(page: Page) -> list[str]:
    """Return the hash seed of the kernel, and every call of the page that sets a seed.

    >>> from press.source.page import parse_page
    >>> text = "---\\ntitle: t\\n---\\n```{python}\\ntorch.manual_seed(7); f()\\n```\\n"
    >>> seeds(parse_page(text, "a.qmd"))
    ['PYTHONHASHSEED=0', 'torch.manual_seed(7)']
    """
    calls = [ast.unparse(call) for cell in page.cells for call in calls_in(cell, *SEEDING)]
    return list(dict.fromkeys([f"PYTHONHASHSEED={HASH_SEED}", *calls]))


@cache
def packages() -> dict[str, str]:
    """Return the installed versions of the packages that the journal pins, without its extras."""
    own = [item for item in metadata.requires(DISTRIBUTION) or [] if "extra ==" not in item]
    return {name: version(name) for item in own for name in re.findall(r"^[\w.-]+", item)}


def version(name: str) -> str:
    """Return the version of an installed package, or "missing"."""
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "missing"


@cache
def processor() -> str:
    """Return the name of the processor, or of its architecture."""
    cpus = Path("/proc/cpuinfo")
    facts = cpus.read_text(encoding="utf-8") if cpus.exists() else ""
    name = re.search(r"^model name\s*:\s*(.+)$", facts, re.M)
    return name[1] if name else platform.processor() or platform.machine()


def commit(root: Path) -> dict[str, Any]:
    """Return the journal's commit ('' without git), and whether files differ from it."""
    id = (git(root, "rev-parse", "HEAD") or "").strip()
    return {"id": id, "changed": bool(id and git(root, "status", "--porcelain"))}


def in_words(receipt: dict[str, Any]) -> dict[str, str]:
    """Return the rows of a receipt in words, by their keys in the page's foot."""
    moment = datetime.datetime.fromisoformat(receipt["executed"])
    device, made = receipt["device"], receipt.get("commit") or {}
    peak, versions = receipt["peak_memory"], {"Python": receipt["python"], **receipt["packages"]}
    cells = [f"line {cell['line']}: {cell['seconds']:.2f} s" for cell in receipt["cells"]]
    changed = " and changes after it" if made.get("changed") else ""
    return {
        "executed": f"{day(moment.date())}, {moment:%H:%M} UTC",
        "seconds": f"{receipt['seconds']:.2f} s, the kernel's start included",
        "cells": ", ".join(cells),
        "memory": f"{peak / MEBIBYTE:,.0f} MiB at its peak" if peak else "not known",
        "device": device["accelerator"] or f"{device['processor']}, {device['cores']} cores",
        "versions": ", ".join(f"{name} {version}" for name, version in versions.items()),
        "commit": f"{made['id'][:12]}{changed}" if made.get("id") else "none",
    }
