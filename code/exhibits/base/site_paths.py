"""Where the journal lies, and which page is being run.

A printer names the page it runs in the environment; without one (in Jupyter) there is no page.
"""

from __future__ import annotations

import os
from pathlib import Path

MARKER = "_quarto.yml"  # lies in the journal's root


def root() -> Path:
    """The journal's root: the nearest folder upwards that holds _quarto.yml.

    Raises: ValueError if there is none.
    """
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / MARKER).is_file():
            return folder
    raise ValueError(f"no {MARKER} in {here} or above it; start inside the journal")


def page_of(base: Path) -> Path | None:
    """The page that a printer runs, relative to the root; None without a printer."""
    named = os.environ.get("PRESS_DOCUMENT") or os.environ.get("QUARTO_DOCUMENT_FILE")
    if not named:
        return None
    folder = Path(os.environ.get("QUARTO_DOCUMENT_PATH") or Path.cwd())
    return (folder / named).resolve().relative_to(base.resolve())


def href(page: Path, base: Path) -> str:
    """The address of a page (relative to the root), as seen from the page that runs, or from the
    working folder.
    """
    return seen_from_here(page.with_suffix(".html"), base)


def seen_from_here(file: Path, base: Path) -> str:
    """The address of a file of the site (relative to the root), as seen from where `href` looks."""
    running = page_of(base)
    start = base / running.parent if running else Path.cwd()
    return Path(os.path.relpath(base / file, start)).as_posix()
