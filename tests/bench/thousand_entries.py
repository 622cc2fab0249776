"""What a journal of 10, 100 and 1,000 entries costs: printing all of it, and printing it again
after one edit.

The entries are made up and need no torch. Executing them is linear and side by side (a kernel
each), so it is timed at the smallest size alone; at the others the runs are put into the cache as
if they had been executed. Without sizes, the three of the table are measured and written to
data/bench-journal.toml; with sizes (`thousand_entries.py 10 200`) they are only shown.
"""

import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path
from statistics import median

import nbformat
from report import head, write

from press.execute.notebook import Run, is_hidden, to_notebook
from press.execute.run_cache import Cache
from press.source.project import read_project

SIZES = (10, 100, 1000)
EDITS = 10  # one changed page, so many times; the median counts
FIRST = date(2020, 1, 1)
CONFIG = """\
project: {type: website, output-dir: _site}
website:
  title: A long journal
  site-url: https://journal.example/long/
  sidebar: {contents: [index.qmd, "journal/2*.qmd"]}
  page-footer: "Made up."
"""
INDEX = """\
---
title: A long journal
listing: {contents: "journal/2*.qmd", categories: true}
---
Welcome.
"""
PAGE = """\
---
title: "Entry {number}"
date: {day}
description: "What entry {number} is about."
categories: [topic-{topic}, all]
takeaways: ["Entry {number} taught me something."]
---

## What it is

{prose}

```{{python}}
numbers = [{number} + step for step in range(20)]
total = sum(numbers)
print(total)
```

## What it says

The sum is `{{python}} total`; see @eq-sum, and {link}.

$$ s = \\sum_i x_i $$ {{#eq-sum}}

{prose}
"""
WORDS = (
    "the model reads a word and guesses what comes next so that each step costs a little less than"
    " before".split()
)


def make(root: Path, size: int) -> None:
    """Write a journal of so many entries, the same for the same size."""
    chance = random.Random(size)
    (root / "journal").mkdir(parents=True)
    (root / "_quarto.yml").write_text(CONFIG, encoding="utf-8")
    (root / "index.qmd").write_text(INDEX, encoding="utf-8")
    for number in range(size):
        day = FIRST + timedelta(number)
        before = (
            f"[the day before]({FIRST + timedelta(number - 1)}-entry.qmd)"
            if number
            else "nothing before it"
        )
        prose = " ".join(chance.choice(WORDS) for _ in range(150)).capitalize() + "."
        text = PAGE.format(number=number, day=day, topic=number % 9, prose=prose, link=before)
        (root / f"journal/{day}-entry.qmd").write_text(text, encoding="utf-8")


def fill(root: Path) -> None:
    """Put a run of every page into the cache, as if it had been executed."""
    project = read_project(root)
    cache = Cache(project.config)
    for page in project.pages:
        notebook = to_notebook(page)
        for count, cell in enumerate(
            (cell for cell in notebook.cells if cell.cell_type == "code"), 1
        ):
            cell.execution_count = count
            if is_hidden(cell):
                cell.metadata["press"]["values"] = [
                    {"text/plain": "4711"} for _ in cell.metadata["press"]["inlines"]
                ]
            else:
                cell.outputs = [nbformat.v4.new_output("stream", name="stdout", text="4711\n")]
        cache.put(Run(page, notebook, 0.1), {})


def render(root: Path) -> dict[str, float]:
    """Print in a process of its own: seconds of the whole and of processors."""
    command = [sys.executable, "-m", "press", "render", "--with", "builtin"]
    started, before = time.perf_counter(), os.times()
    done = subprocess.run(command, cwd=root, capture_output=True, text=True)
    whole, now = time.perf_counter() - started, os.times()
    if done.returncode:
        raise SystemExit(done.stdout + done.stderr)
    cpu = now.children_user + now.children_system - before.children_user - before.children_system
    return {"whole": whole, "cpu": cpu}


def edit(root: Path, number: int, times: int) -> None:
    """Change a word of prose in an entry."""
    file = root / f"journal/{FIRST + timedelta(number)}-entry.qmd"
    text = file.read_text(encoding="utf-8")
    file.write_text(f"{text}\nEdit {times}.\n", encoding="utf-8")


def prepare(root: Path, size: int, executed: bool) -> dict[str, dict[str, float]]:
    """Make a journal of a size, and print it: whole ("executed" too, if wanted), and unchanged."""
    found: dict[str, dict[str, float]] = {}
    make(root, size)
    if executed:
        found["executed"] = render(root)
        shutil.rmtree(root / ".press" / "pandoc")
        (root / ".press" / "printed.json").unlink()
    else:
        fill(root)
    found |= {"printed": render(root), "unchanged": render(root)}
    edit(root, size // 2, 0)
    render(root)  # from the second edit on there is a site to build on
    return found


def measure(folder: Path, sizes: tuple[int, ...]) -> dict[int, dict[str, dict[str, float]]]:
    """What a journal of each size costs. The edits take turns, so that a busy moment meets all
    sizes.
    """
    found = {size: prepare(folder / str(size), size, executed=size == sizes[0]) for size in sizes}
    runs: dict[int, list[dict[str, float]]] = {size: [] for size in sizes}
    for times in range(1, EDITS + 1):
        for size in sizes:
            edit(folder / str(size), size // 2, times)
            runs[size].append(render(folder / str(size)))
    for size in sizes:
        found[size]["edited"] = {
            name: median(run[name] for run in runs[size]) for name in runs[size][0]
        }
        for what, seconds in found[size].items():
            took = f"{seconds['whole']:7.2f} s, {seconds['cpu']:6.2f} s of cpu"
            print(f"{size} entries, {what:10} {took}", flush=True)
    return found


def table(sizes: dict[int, dict[str, dict[str, float]]]) -> list[dict[str, float]]:
    """A row a size, in seconds; edited: one changed entry, the median."""
    return [
        {"entries": size, **{what: round(took["whole"], 2) for what, took in found.items()}}
        for size, found in sizes.items()
    ]


def main() -> None:
    asked = tuple(map(int, filter(str.isdigit, sys.argv[1:])))
    sizes = asked or SIZES
    first = head(EDITS)
    with tempfile.TemporaryDirectory() as folder:
        rows = table(measure(Path(folder), sizes))
    print(*rows, sep="\n", flush=True)
    if not asked:
        says = (
            "Written by tests/bench/thousand_entries.py: a made-up journal of so many entries, in"
            " seconds."
        )
        write("bench-journal.toml", says, first, {"journal": rows})


if __name__ == "__main__":
    main()
