"""Ask git about the author's repository."""

import subprocess
from pathlib import Path


def git(folder: Path, *arguments: str) -> str | None:
    """Return what git prints; None where there is no git, or it does not know this folder."""
    command = ["git", "--no-optional-locks", "-C", str(folder), *arguments]
    try:
        done = subprocess.run(command, capture_output=True, encoding="utf-8", errors="replace")
    except OSError:
        return None
    return done.stdout if done.returncode == 0 else None
