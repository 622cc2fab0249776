"""`make bench`: run every benchmark of this folder, one after the other, or those named.

python tests/bench/run.py site_build gpt2_start
"""

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent


def main() -> None:
    files = [file for file in HERE.glob("*.py") if file.stem != "run"]
    # others help those
    known = sorted(file.stem for file in files if "__main__" in file.read_text(encoding="utf-8"))
    unknown = [name for name in sys.argv[1:] if name not in known]
    if unknown:
        sys.exit(f"no benchmark is named {', '.join(unknown)}; there are {', '.join(known)}")
    for name in sys.argv[1:] or known:
        print(f"\n== {name}", flush=True)
        subprocess.run([sys.executable, HERE / f"{name}.py"], check=True)


if __name__ == "__main__":
    main()
