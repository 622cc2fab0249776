"""`make test`: style, types, the site, then every test and every page as a notebook.

Each step must pass; one that fails ends the run with its status. Pages and trained models are
taken from where press keeps them, under a hash of all that decides them; from a clean clone all of
them are made. Options go on to pytest: python tests/run.py -k swap
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PYTHON = Path(sys.executable)
GIVEN = os.environ.get("JOURNAL_SITE")  # a site that is printed already, by either printer
SITE = Path(GIVEN).resolve() if GIVEN else ROOT / ".press" / "test-site"
NOTEBOOKS = ROOT / ".press" / "notebooks"
# Of whoever calls: other texts, other trainings, another folder of models; what is tested is the
# journal as it is.
SETTINGS = ("JOURNAL_DATA", "JOURNAL_FULL", "JOURNAL_MODELS", "JOURNAL_SMOKE")
# A file's tests share what it sets up, so they stay on one worker; the notebooks, which take
# longest, come first. (xdist_group would be finer, but pytest-xdist 3.8 writes the group where
# pytest 9.2 does not look for it.)
DIST = ("--dist", "loadfile", "--no-loadscope-reorder")


def start(*command: str | Path, **environment: str) -> "subprocess.Popen[bytes]":
    """Start a command of the virtual environment in the root."""
    shown = [os.path.relpath(part, ROOT) if isinstance(part, Path) else part for part in command]
    print("+", *shown, flush=True)
    own = {name: value for name, value in os.environ.items() if name not in SETTINGS}
    return subprocess.Popen([PYTHON, "-m", *command], cwd=ROOT, env={**own, **environment})


def finish(*processes: "subprocess.Popen[bytes]") -> None:
    """Wait for all; leave with the status of the first that failed."""
    statuses = [process.wait() for process in processes]
    if status := next(filter(None, statuses), 0):
        sys.exit(status)


def run_pytest(*arguments: str | Path) -> None:
    """Run tests beside each other, on the site that JOURNAL_SITE names or `build_site` makes."""
    # The files of the tests are UTF-8, and so is what they read of a process, whatever the shell's
    # own encoding.
    environment = {"JOURNAL_SITE": str(SITE), "JUPYTER_PREFER_ENV_PATH": "1", "PYTHONUTF8": "1"}
    workers = str((os.cpu_count() or 1) + 2)  # some wait for a browser or a kernel at times
    finish(start("pytest", *arguments, "-n", workers, *DIST, "-q", **environment))


def build_site() -> list["subprocess.Popen[bytes]"]:
    """Start printing the site into the folder that the tests read, unless JOURNAL_SITE names one."""
    if not GIVEN:
        return [start("press", "render", "--output", SITE)]
    if not (SITE / "index.html").is_file():
        sys.exit(f"JOURNAL_SITE: {GIVEN} holds no index.html; print the site first: make site")
    return []


def of_pretrained() -> list[Path]:
    """Return the notebooks that ask the pretrained model, which takes a minute or two of a core.

    Their pages run when the site is printed; as notebooks they run in `make soak`.
    """
    pages = [page for page in (ROOT / "journal").rglob("*.qmd")]
    asking = [page for page in pages if "pretrained: true" in page.read_text(encoding="utf-8")]
    return [(NOTEBOOKS / page.relative_to(ROOT)).with_suffix(".ipynb") for page in asking]


def main() -> None:
    """Run every step of `make test`."""
    finish(start("ruff", "check", "code", "tests"))
    finish(start("ruff", "format", "--check", "--quiet", "code", "tests"))
    types = start("mypy")  # on one core, beside all that follows
    finish(*build_site())
    shutil.rmtree(NOTEBOOKS, ignore_errors=True)
    finish(start("press", "notebook", "--output", NOTEBOOKS))
    apart = [f"--ignore={notebook}" for notebook in of_pretrained()]
    run_pytest("--nbmake", NOTEBOOKS, *apart, "tests", "code", *sys.argv[1:])
    finish(types)


if __name__ == "__main__":
    main()
