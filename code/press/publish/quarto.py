"""Publish with Quarto where it is installed, into a folder beside the site."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from press.base.errors import PressError
from press.source.project import Project


def find_quarto() -> str | None:
    """Return Quarto's command: QUARTO, else `quarto` beside this Python, else on PATH, else None.

    Raises: PressError if QUARTO names nothing that can be run.
    """
    named = os.environ.get("QUARTO")
    if not named:
        beside = str(Path(sys.executable).parent)
        return shutil.which("quarto", path=beside) or shutil.which("quarto")
    command = shutil.which(named)
    if command is None:
        raise PressError.at(
            "QUARTO", 0, f"names {named!r}, which is no command", "mend it, or unset it"
        )
    return command


def render_with_quarto(project: Project, folder: Path) -> None:
    """Let Quarto render the whole project into `folder`.

    Raises: PressError if there is no Quarto, or it fails; what it said is already on the terminal.
    """
    command = find_quarto()
    if command is None:
        remedy = (
            "install it (pip install -e '.[quarto]'), or name it in QUARTO, or leave out --with"
            " quarto: the built-in printer needs nothing"
        )
        raise PressError.at("quarto", 0, "neither beside this Python nor on PATH", remedy)
    environment = {**os.environ, "QUARTO_PYTHON": os.environ.get("QUARTO_PYTHON", sys.executable)}
    target = os.path.relpath(folder, project.root)
    done = subprocess.run(
        [command, "render", "--output-dir", target], cwd=project.root, env=environment
    )
    if done.returncode:
        what = f"quarto render ended with status {done.returncode}"
        raise PressError.at("quarto", 0, what, "see its message above; the old site stays")
    if not (folder / "index.html").is_file():
        raise PressError.at(
            "quarto", 0, f"quarto render left no index.html in {target}", "look at project: render"
        )
