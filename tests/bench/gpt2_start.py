"""How long GPT-2's tokenizer takes to start: cold, warm, and again in the same process. Run it by
hand or `make bench`.

cold: a new process and an empty cache, so the two files are copied and checked first; warm: a new
process, the files there; again: the second call in a process. The time is that of load_gpt2() with
its import of tiktoken, and without the start of Python. Medians of RUNS.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

RUNS = 7
TIMED = """
import json, time
from scratch.tokenizer.tiktoken_gpt2 import load_gpt2
times = []
for _ in range(2):
    start = time.perf_counter()
    load_gpt2()
    times.append(time.perf_counter() - start)
print(json.dumps(times))
"""


def start(cache: Path) -> tuple[float, float]:
    """Load twice in a new process with this cache: seconds of the first and of the second call."""
    environment = os.environ | {"TIKTOKEN_CACHE_DIR": str(cache)}
    answer = subprocess.run(
        [sys.executable, "-c", TIMED], env=environment, capture_output=True, text=True, check=True
    )
    first, second = json.loads(answer.stdout)
    return first, second


def measure() -> dict[str, float]:
    """Measure the three starts: seconds, the median of RUNS each."""
    cold, warm, again = [], [], []
    for _ in range(RUNS):
        with tempfile.TemporaryDirectory() as folder:
            cold.append(start(Path(folder))[0])
            first, second = start(Path(folder))
            warm.append(first)
            again.append(second)
    return {"cold": median(cold), "warm": median(warm), "again": median(again)}


if __name__ == "__main__":
    for name, seconds in measure().items():
        print(f"GPT-2's tokenizer, {name:>5} start: {seconds * 1000:9.3f} ms (median of {RUNS})")
