"""`make test`: style, types, the site built from nothing, then every test and every page as a
notebook.

Each step must pass; the first that fails ends the run with its status. Options go on to pytest:
python tests/run.py -k swap
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
SITE = ROOT / ".press" / "test-site"
NOTEBOOKS = ROOT / ".press" / "notebooks"
MODELS = (
    ROOT / ".press" / "models"
)  # trained ones; made anew here, and then shared by the site and the notebooks
# Of whoever calls: other texts, other trainings, another folder of models; what is tested is the
# journal as it is.
SETTINGS = ("JOURNAL_DATA", "JOURNAL_FULL", "JOURNAL_MODELS", "JOURNAL_SMOKE")
# A file's tests share what it sets up, so they stay on one worker; the notebooks, which take
# longest, come first. (xdist_group would be finer, but pytest-xdist 3.8 writes the group where
# pytest 9.2 does not look for it.)
DIST = ("--dist", "loadfile", "--no-loadscope-reorder")


def step(*command: str | Path, **environment: str) -> None:
    """Run a command of the virtual environment in the root; leave with its status if it fails."""
    print(
        "+",
        *[os.path.relpath(part, ROOT) if isinstance(part, Path) else part for part in command[1:]],
        flush=True,
    )
    kept = {name: value for name, value in os.environ.items() if name not in SETTINGS}
    done = subprocess.run(command, cwd=ROOT, env={**kept, **environment})
    if done.returncode:
        sys.exit(done.returncode)


def main() -> None:
    python = Path(sys.executable)
    step(python, "-m", "ruff", "check", "code", "tests")
    step(python, "-m", "ruff", "format", "--check", "--quiet", "code", "tests")
    step(python, "-m", "mypy")
    for folder in (NOTEBOOKS, MODELS):
        shutil.rmtree(folder, ignore_errors=True)
    step(python, "-m", "press", "render", "--with", "builtin", "--fresh", "--output", SITE)
    step(python, "-m", "press", "notebook", "--output", NOTEBOOKS)
    options = ["--nbmake", "-n", str(os.cpu_count() or 1), *DIST, "-q", *sys.argv[1:]]
    # The files of the tests are UTF-8, and so is what they read of a process, whatever the shell's
    # own encoding.
    environment = {"JOURNAL_SITE": str(SITE), "JUPYTER_PREFER_ENV_PATH": "1", "PYTHONUTF8": "1"}
    step(python, "-m", "pytest", NOTEBOOKS, "tests", "code", *options, **environment)


if __name__ == "__main__":
    main()
