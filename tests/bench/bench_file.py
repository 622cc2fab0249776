"""What a benchmark found, as a TOML file of data/ that a page or a person reads: the machine, its load, rows of figures."""

import datetime
import json
import os
import platform
import sys
from pathlib import Path
from typing import Any

DATA = Path(__file__).resolve().parents[2] / "data"


def machine() -> str:
    """Words for the machine: processor, cores, Python."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text(encoding="utf-8").splitlines() if info.exists() else []
    model = next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), platform.machine())
    return f"{model}, {os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}"


def head(runs: int) -> dict[str, Any]:
    """What every file begins with; runs: how often each figure was measured."""
    today = datetime.datetime.now(tz=datetime.UTC).date().isoformat()
    return {"date": today, "machine": machine(), "runs": runs, "load": round(os.getloadavg()[0], 1)}


def write(name: str, remark: str, first: dict[str, Any], tables: dict[str, list[dict[str, Any]]]) -> None:
    """Write data/NAME: a remark, the keys of `head` and others, then tables of rows."""
    lines = [f"# {remark}", *(f"{key} = {json.dumps(value)}" for key, value in first.items())]
    for table, rows in tables.items():
        for row in rows:
            lines += ["", f"[[{table}]]", *(f"{key} = {json.dumps(value)}" for key, value in row.items())]
    (DATA / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"written to data/{name}: {first}")


if __name__ == "__main__":
    sys.stdout.write(f"{machine()}, load {os.getloadavg()[0]:.1f}\n")
