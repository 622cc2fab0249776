"""What the benchmarks share: taking turns, words for the machine, and the file of results under
data/.
"""

import datetime
import json
import os
import platform
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

DATA = Path(__file__).resolve().parents[2] / "data"


def rounds(
    runs: int, clock: Callable[[], float] = time.perf_counter, /, **work: Callable[[], object]
) -> dict[str, list[float]]:
    """Seconds of each in each run; they take turns, so that a busy moment meets all of them."""
    taken: dict[str, list[float]] = {name: [] for name in work}
    for _ in range(runs):
        for name, step in work.items():
            start = clock()
            step()
            taken[name].append(clock() - start)
    return taken


def machine() -> str:
    """Words for the machine: processor, cores, Python."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text(encoding="utf-8").splitlines() if info.exists() else []
    model = next(
        (line.split(":")[1].strip() for line in lines if line.startswith("model name")),
        platform.machine(),
    )
    return (
        f"{model}, {os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}"
    )


def head(runs: int) -> dict[str, Any]:
    """What every file of results begins with; call it before the work, for the load."""
    today = datetime.datetime.now(tz=datetime.UTC).date().isoformat()
    return {"date": today, "machine": machine(), "runs": runs, "load": round(os.getloadavg()[0], 1)}


def write(
    name: str, says: str, head: dict[str, Any], tables: dict[str, list[dict[str, Any]]]
) -> None:
    """Write data/NAME. says: who wrote it, for the first line."""
    lines = [f"# {says} Times are of one run on one machine."]
    lines += [f"{key} = {json.dumps(value)}" for key, value in head.items()]
    for table, rows in tables.items():
        for row in rows:
            lines += [
                "",
                f"[[{table}]]",
                *(f"{key} = {json.dumps(value)}" for key, value in row.items()),
            ]
    (DATA / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"written to data/{name}: {head}")
