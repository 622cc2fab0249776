"""Encode SIZE bytes of made-up text into shards: how fast, and how much memory all processes take
together.

python tests/bench/shards_memory.py 200   # another size, in MB. The text and its shards need one
and a half times that on disk.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bpe_texts import mill

SIZE = 2_000  # MB
LIMIT = 500  # MB of memory
WORK = """
import sys
from pathlib import Path
from scratch.shards.build import build
if __name__ == "__main__":
    build([Path(sys.argv[1])], Path(sys.argv[2]))
"""


def write(path: Path, megabytes: int) -> None:
    """Sentences in the novella's words, and a line of its own for every 10 KB, so that pieces go on
    being new.
    """
    stories = [mill(1_000_000, seed) for seed in range(4)]
    blocks = [story[at : at + 10_000] for story in stories for at in range(0, len(story), 10_000)]
    with path.open("w", encoding="utf-8", newline="\n") as file:
        written = number = 0
        while written < megabytes * 1_000_000:
            block = f"{blocks[number * 7919 % len(blocks)]}\nLine{number:x}, chapter {number:b}.\n"
            written += len(block.encode())
            number += 1
            file.write(block)


def memory(root: int) -> int:
    """Bytes in memory of a process and all that come from it. Pages that they share count for each."""
    parents: dict[int, int] = {}
    pages: dict[int, int] = {}
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            parents[int(entry.name)] = int(
                (entry / "stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()[1]
            )
            pages[int(entry.name)] = int((entry / "statm").read_text(encoding="utf-8").split()[1])
        except OSError:  # it has ended meanwhile
            continue
    family = {root}
    while more := {pid for pid, parent in parents.items() if parent in family} - family:
        family |= more
    return sum(pages.get(pid, 0) for pid in family) * os.sysconf("SC_PAGE_SIZE")


def main() -> None:
    if not Path("/proc/self/statm").exists():
        sys.exit("only Linux tells the memory of processes in /proc")
    megabytes = int(sys.argv[1]) if len(sys.argv) > 1 else SIZE
    with tempfile.TemporaryDirectory() as folder:
        text, script = Path(folder) / "long.txt", Path(folder) / "work.py"
        write(text, megabytes)
        script.write_text(WORK, encoding="utf-8")
        start = time.perf_counter()
        process = subprocess.Popen([sys.executable, script, text, Path(folder) / "shards"])
        peak = 0
        while process.poll() is None:
            peak = max(peak, memory(process.pid))
            time.sleep(0.1)
        seconds = time.perf_counter() - start
        assert process.returncode == 0
        size = text.stat().st_size / 1e6
        print(
            f"{size:,.0f} MB in {seconds:.0f} s, {size / seconds:.1f} MB/s; at most"
            f" {peak / 1e6:.0f} MB of memory"
        )
        assert peak < LIMIT * 1e6, f"the limit is {LIMIT} MB"


if __name__ == "__main__":
    main()
