"""Find the journal's root, the page that runs, and addresses relative to that page.

A printer names the page it runs in the environment; without one (in Jupyter) there is no page.
"""

from __future__ import annotations

import os
from pathlib import Path

MARKER = "_quarto.yml"  # lies in the journal's root


def root() -> Path:
    """Return the journal's root: the nearest folder upwards that has a _quarto.yml.

    Raises: ValueError if there is none.
    """
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / MARKER).is_file():
            return folder
    raise ValueError(f"no {MARKER} in {here} or above it; start inside the journal")


def page_of(base: Path) -> Path | None:
    """Return the path of the page that a printer runs, relative to base; None without a printer."""
    name = os.environ.get("PRESS_DOCUMENT") or os.environ.get("QUARTO_DOCUMENT_FILE")
    if not name:
        return None
    folder = Path(os.environ.get("QUARTO_DOCUMENT_PATH") or Path.cwd())
    return (folder / name).resolve().relative_to(base.resolve())


def href(page: Path, base: Path) -> str:
    """Return the address of a page, relative to the page that runs.

    page: its path relative to base; base: the journal's root
    """
    return seen_from_here(page.with_suffix(".html"), base)


def seen_from_here(file: Path, base: Path) -> str:
    """Return the address of a file of the site, relative to the page that runs.

    Without a printer it is relative to the working folder.

    file: its path relative to base; base: the journal's root
    """
    running = page_of(base)
    start = base / running.parent if running else Path.cwd()
    return Path(os.path.relpath(base / file, start)).as_posix()
