"""Fill assets/: the exhibits' scripts, styles and tables, the site's letters, plotly.min.js.

The built-in printer calls `make_assets`; Quarto runs this file before it renders (`pre-render` in
_quarto.yml), and gets the pages' cards, too. Git ignores the folder.
"""

import json
import os
import sys
from pathlib import Path

from press.base.errors import PressError
from press.base.files import write_atomically
from press.publish.fonts import fonts
from press.render.social_cards import make_cards
from press.source.project import read_project
from press.source.quarto_yml import asset_sources


def make_assets(root: Path) -> list[Path]:
    """Bring root/assets up to date, and return our files in it, sorted.

    A file that has not changed keeps its time; one of ours that is not needed goes.
    """
    from exhibits.base.vocab_file import made  # late: it takes as long to import as all of press

    folder, record = root / "assets", root / ".press" / "assets.json"
    files = {name: source.read_bytes() for name, source in asset_sources().items()}
    files |= made() | fonts(root)
    for name, data in files.items():
        target = folder / name
        if not target.is_file() or target.read_bytes() != data:
            write_atomically(target, data)
    try:
        before = set(json.loads(record.read_text(encoding="utf-8"))["files"])
    except (OSError, ValueError, TypeError, KeyError):  # no record, or a broken one
        before = set()
    for name in before - files.keys():
        (folder / name).unlink(missing_ok=True)
    write_atomically(record, json.dumps({"files": sorted(files)}))
    return sorted(folder / name for name in files)


def before_quarto() -> None:
    """Make the assets, and a card for each page; print why not, where a page is not in order."""
    root = Path(os.environ.get("QUARTO_PROJECT_DIR") or Path.cwd())
    make_assets(root)
    try:
        project = read_project(root)
        _, notes = make_cards(project.config, list(project.published))
        for note in notes:
            print(note, file=sys.stderr)
    except PressError as error:
        print(f"no new cards: {error}", file=sys.stderr)


if __name__ == "__main__":
    before_quarto()
    sys.exit(0)
