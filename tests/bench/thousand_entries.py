"""What a journal of 10, 100 and 1,000 entries costs: printing all of it, and printing it again after one edit.

The entries are made up and need no torch. Executing them is linear and side by side (a kernel each), so it is timed
at the smallest size alone; at the others the runs are put into the cache as if they had been executed. Phases are
timed apart: reading the pages, looking the runs up, printing pages, listing and feed and the rest, links, index.
"""

import json
import os
import random
import subprocess
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path
from statistics import median

import nbformat

from press.cache import Cache
from press.execute import Run
from press.notebook import is_hidden, to_notebook
from press.project import read_project

SIZES = tuple(map(int, filter(str.isdigit, sys.argv[1:]))) or (10, 100, 1000)
APART = ("listing", "furniture", "index")  # the phases that are measured apart
EDITS = 5  # one changed page, so many times; the median counts
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
WORDS = "the model reads a word and guesses what comes next so that each step costs a little less than before".split()


def write(root: Path, size: int) -> None:
    """Write a journal of so many entries, the same for the same size."""
    chance = random.Random(size)
    (root / "journal").mkdir(parents=True)
    (root / "_quarto.yml").write_text(CONFIG, encoding="utf-8")
    (root / "index.qmd").write_text(INDEX, encoding="utf-8")
    for number in range(size):
        day = FIRST + timedelta(number)
        before = f"[the day before]({FIRST + timedelta(number - 1)}-entry.qmd)" if number else "nothing before it"
        prose = " ".join(chance.choice(WORDS) for _ in range(150)).capitalize() + "."
        text = PAGE.format(number=number, day=day, topic=number % 9, prose=prose, link=before)
        (root / f"journal/{day}-entry.qmd").write_text(text, encoding="utf-8")


def fill(root: Path) -> None:
    """Put a run of every page into the cache, as if it had been executed."""
    project = read_project(root)
    cache = Cache(project.config)
    for page in project.pages:
        notebook = to_notebook(page)
        for count, cell in enumerate((cell for cell in notebook.cells if cell.cell_type == "code"), 1):
            cell.execution_count = count
            if is_hidden(cell):
                cell.metadata["press"]["values"] = [{"text/plain": "7"} for _ in cell.metadata["press"]["inlines"]]
            else:
                cell.outputs = [nbformat.v4.new_output("stream", name="stdout", text="7\n")]
        cache.put(Run(page, notebook, 0.1))


def render(root: Path) -> dict[str, float]:
    """Print in a process of its own: seconds by phase, of the whole, of processors, and MiB at the peak."""
    code = "import json, sys; from press.cli import main; main(['render', '--with', 'builtin', '--timings'])"
    started, before = time.perf_counter(), os.times()
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True)
    whole = time.perf_counter() - started
    if done.returncode:
        raise SystemExit(done.stdout + done.stderr)
    found: dict[str, float] = json.loads(done.stderr.splitlines()[-1])
    now = os.times()
    cpu = now.children_user + now.children_system - before.children_user - before.children_system
    return {**found, "whole": whole, "cpu": cpu}


def edit(root: Path, number: int, times: int) -> None:
    """Change a word of prose in an entry."""
    file = root / f"journal/{FIRST + timedelta(number)}-entry.qmd"
    text = file.read_text(encoding="utf-8")
    file.write_text(f"{text}\nEdit {times}.\n", encoding="utf-8")


def line(what: str, seconds: dict[str, float]) -> str:
    parts = ", ".join(f"{name} {took:.2f}" for name, took in seconds.items() if name not in ("whole", "peak", "cpu"))
    apart = sum(seconds.get(name, 0.0) for name in APART)
    own = f"{seconds['whole'] - apart:7.2f} s without listing, feed and index, {seconds['cpu']:6.2f} s of processors"
    return f"{what:24} {seconds['whole']:7.2f} s  {own}  {seconds['peak']:5.0f} MiB  ({parts})"


def main() -> None:
    for size in SIZES:
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            write(root, size)
            if size == SIZES[0]:
                print(line(f"{size} entries executed", render(root)), flush=True)
            else:
                fill(root)
            print(line(f"{size} entries printed", render(root)), flush=True)
            print(line(f"{size} entries unchanged", render(root)), flush=True)
            runs = []
            for times in range(EDITS):
                edit(root, size // 2, times)
                runs.append(render(root))
            medians = {name: median(run[name] for run in runs) for name in runs[0]}
            print(line(f"{size} entries, one edited", medians), flush=True)


if __name__ == "__main__":
    main()
