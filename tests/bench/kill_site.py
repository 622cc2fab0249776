"""kill -9 at random moments of `press render`: is the site whole each time, and the cache sound? By
hand: 100 moments.

A small journal is printed by turns in two versions; each time the press is killed somewhere on its
way. After each kill the site must be one of the two, byte for byte (receipts aside), and every file
of the cache whole. Nothing is mended in between: each press starts from what the kill before it
left. At the end a press that is let alone must give the version that it was asked for.
"""

import hashlib
import json
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from press.execute.run_cache import FORMAT

MOMENTS = 100
CONFIG = """\
project: {type: website, output-dir: _site}
website: {title: Small, site-url: "https://journal.example/"}
"""
PAGE = """\
---
title: Page {name}
date: 2025-07-02
---
Version {version} of {name}.

```{{python}}
print("version", {version})
```
"""
NAMES = ("a", "b")
Tree = dict[str, bytes]


def write(root: Path, version: int) -> None:
    """Write the journal in a version."""
    (root / "journal").mkdir(parents=True, exist_ok=True)
    (root / "_quarto.yml").write_text(CONFIG, encoding="utf-8")
    (root / "index.qmd").write_text(
        f"---\ntitle: Small\n---\nVersion {version}.\n", encoding="utf-8"
    )
    for name in NAMES:
        text = PAGE.format(name=name, version=version)
        (root / f"journal/2025-07-02-{name}.qmd").write_text(text, encoding="utf-8")


def tree(site: Path) -> Tree:
    """The site, byte for byte, without the receipts, which differ from run to run."""
    files = [
        file
        for file in site.rglob("*")
        if file.is_file() and not file.name.endswith(".receipt.json")
    ]
    return {file.relative_to(site).as_posix(): file.read_bytes() for file in files}


def start(root: Path) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "press", "render", "--with", "builtin"]
    return subprocess.Popen(command, cwd=root, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def render(root: Path) -> Tree:
    """Print the journal, undisturbed."""
    process = start(root)
    _, said = process.communicate()
    if process.returncode:
        raise AssertionError(f"a press that was let alone failed: {said.decode()}")
    return tree(root / "_site")


def unsound(cache: Path) -> list[str]:
    """Return the files of the cache that are half written: a manifest whose first line is not the
    seal of the others, problems that are no JSON.
    """
    broken = []
    for file in sorted(cache.rglob("*.json")):
        text = file.read_text(encoding="utf-8")
        seal, _, body = text.partition("\n")
        try:
            json.loads(text if file.name.endswith(".failed.json") else body)
        except ValueError as error:
            broken.append(f"{file.name}: {error}")
            continue
        own = hashlib.sha256(f"{FORMAT}\n{body}".encode()).hexdigest()
        if seal != own and not file.name.endswith(".failed.json"):
            broken.append(f"{file.name}: another seal")
    return broken


def kill_at_moments(moments: int, seed: int) -> dict[str, int]:
    """Kill as many presses; how often the site was the old one, the new one, and how often the
    press was done already.

    Raises: AssertionError if a site is neither, or the cache is unsound, or the press cannot
    recover.
    """
    chance = random.Random(seed)
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        versions: list[Tree] = []
        longest = 0.0
        for version in (0, 1):
            write(root, version)
            started = time.perf_counter()
            versions.append(render(root))
            longest = max(longest, time.perf_counter() - started)
        count = {"old": 0, "new": 0, "done": 0}
        before = 1
        for moment in range(moments):
            wanted = 1 - before
            write(root, wanted)
            process = start(root)
            try:
                process.wait(timeout=chance.uniform(0, longest))
                count["done"] += 1
            except subprocess.TimeoutExpired:
                process.kill()
            process.communicate()
            found = tree(root / "_site")
            if found not in versions:
                raise AssertionError(
                    f"after kill {moment} the site is neither the old one nor the new one"
                )
            broken = unsound(root / ".press/cache")
            if broken:
                raise AssertionError(f"after kill {moment} the cache is unsound: {broken}")
            now = versions.index(found)
            count["new" if now == wanted else "old"] += 1
            before = now
        write(root, 1 - before)
        if render(root) != versions[1 - before]:
            raise AssertionError("the press that was let alone at the end gave another site")
        return count


if __name__ == "__main__":
    print(
        f"{MOMENTS} kills: {kill_at_moments(MOMENTS, seed=1)}; the site was whole each time, and"
        " the cache sound"
    )
