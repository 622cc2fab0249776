"""How long a fresh clone takes from nothing to a site, phase by phase, and what its pages weigh.

Clones the last commit into a temporary folder: what is not committed is not measured.
"""

import gzip
import os
import re
import subprocess
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BEFORE_A_TAP = re.compile(
    r'<(?:script[^>]* src|link rel="(?:stylesheet|icon)"[^>]* href)="([^"]+)"'
)


def timed(command: list[str], folder: Path) -> tuple[float, str]:
    """Wall seconds and standard output of a command."""
    started = time.perf_counter()
    environment = {name: value for name, value in os.environ.items() if name != "JOURNAL_SITE"}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}")
    return time.perf_counter() - started, done.stdout


def weight(page: Path) -> tuple[int, int]:
    """Bytes, gzipped, of a page and of what it loads before any tap or scroll: (page alone, all)."""
    markup = page.read_bytes()
    files = [page.parent / href for href in BEFORE_A_TAP.findall(markup.decode())]
    alone = len(gzip.compress(markup))
    return alone, alone + sum(len(gzip.compress(file.read_bytes())) for file in files)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        clone = Path(folder) / "clone"
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
        for what, stamp in (("for the site", "installed"), ("for the tests", "tested")):
            seconds, _ = timed(["make", f".venv/{stamp}"], clone)
            size = sum(file.lstat().st_size for file in (clone / ".venv").rglob("*"))
            print(f"install {what:14} {seconds:7.1f} s, {size / 2**20:,.0f} MiB in .venv")
        for which in ("first", "second"):
            seconds, said = timed(["make", "site"], clone)
            phases = re.search(r"Executed .*", said)
            print(f"{which + ' make site':22} {seconds:7.1f} s   {phases[0] if phases else ''}")
        for page in sorted((clone / "_site").rglob("*.html")):
            alone, whole = weight(page)
            name = page.relative_to(clone / "_site")
            print(
                f"{name!s:45} {alone / 1024:7.1f} KiB gzipped, {whole / 1024:7.1f} with styles and"
                " scripts"
            )


if __name__ == "__main__":
    main()
