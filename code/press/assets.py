"""Fill assets/: what exhibits need in the page, what they make for it, and plotly.min.js from the installed wheel.

The one list of these files for both printers: the built-in one calls `make_assets`; Quarto runs this file before
it renders (`project: pre-render` in _quarto.yml), and gets the pages' cards, too. The folder is made, so git ignores it.
"""

import filecmp
import os
import shutil
import sys
from importlib import resources
from pathlib import Path

from press.files import write_atomically


def sources() -> dict[str, Path]:
    """File name in assets/ -> where it comes from."""
    own = Path(str(resources.files("exhibits"))) / "assets"
    plotly = Path(str(resources.files("plotly"))) / "package_data" / "plotly.min.js"
    files = {file.name: file for file in sorted(own.iterdir()) if file.suffix in (".css", ".js")}
    return {**files, "plotly.min.js": plotly}


def make_assets(root: Path) -> list[Path]:
    """Bring root/assets up to date; a file that has not changed keeps its time, one of ours that is not needed goes.

    What anybody else has put there stays.
    Returns: the files, sorted.
    """
    from exhibits.vocabfile import made  # late: it takes as long as all of press

    folder = root / "assets"
    folder.mkdir(exist_ok=True)
    copied, written = sources(), made()
    for name, source in copied.items():
        target = folder / name
        if not target.is_file() or not filecmp.cmp(source, target, shallow=False):
            beside = folder / f".{name}.{os.getpid()}"
            shutil.copyfile(source, beside)
            beside.replace(target)
    for name, data in written.items():
        target = folder / name
        if not target.is_file() or target.read_bytes() != data:
            beside = folder / f".{name}.{os.getpid()}"
            beside.write_bytes(data)
            beside.replace(target)
    wanted = {*copied, *written}
    noted = root / ".press" / "assets.txt"  # what was put here the last time
    for name in set(noted.read_text(encoding="utf-8").split("\n") if noted.is_file() else ()) - wanted - {""}:
        (folder / name).unlink(missing_ok=True)
    write_atomically(noted, "\n".join(sorted(wanted)))
    return sorted(folder / name for name in wanted)


def before_quarto() -> None:
    """What Quarto asks for before it renders: the assets, and a card for each page.

    Cards need every page to be in order for press; where one is not, that is said and Quarto goes on.
    """
    from press.cards import make_cards
    from press.problems import PressError
    from press.project import read_project

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
