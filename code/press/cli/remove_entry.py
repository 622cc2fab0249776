"""Take an entry out of the journal: its page, and what press made of it.

The page goes last, so that a removal that was stopped is finished by the next one. It is moved into
.press/removed/; all else can be made again, and is deleted.
"""

import glob
import itertools
import posixpath
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from press.authoring.filing import take_from_sidebar
from press.base.errors import PressError, Problem
from press.base.files import path_in, read_utf8
from press.execute.run_cache import Cache, sweep
from press.render.social_cards import FOLDER
from press.source.project import ENTRY, page_paths
from press.source.quarto_yml import Config, config_name

NAME = r"[^\s()\[\]\"'<>#?]*"  # of a page, as far as a link goes


@dataclass(frozen=True)
class Removal:
    """What a removal takes: a page, what press made of it; links: the lines elsewhere to mend."""

    path: str
    deleted: tuple[Path, ...]
    links: tuple[Problem, ...]


def plan_removal(config: Config, file: Path) -> Removal:
    """Return what the removal of an entry takes.

    Raises: PressError for what is no entry of this journal.
    """
    root = config.root
    path = path_in(root, file.parent.resolve() / file.name, str(file))
    pages = page_paths(config)
    if path not in pages or not ENTRY.fullmatch(path):
        entries = ", ".join(filter(ENTRY.fullmatch, pages)) or "none"
        raise PressError.at(path, 0, "is no entry of this journal", f"entries: {entries}")
    stem = path.removesuffix(".qmd")
    made = [*config.work.glob(f"*/{glob.escape(stem)}.*"), root / FOLDER / f"{stem}.png"]
    links = _links_to(root, path, [page for page in pages if page != path])
    return Removal(path, tuple(made), tuple(links))


def _links_to(root: Path, path: str, others: list[str]) -> Iterator[Problem]:
    """Yield a problem for each line of another page, or of the navigation, that names a page."""
    stem = path.removesuffix(".qmd")
    name = re.compile(rf"{NAME}{re.escape(posixpath.basename(stem))}\.(?:qmd|html)")
    for other in others:
        folder = posixpath.dirname(other)
        for number, line in _lines(root, other):
            targets = [posixpath.splitext(found)[0] for found in name.findall(unquote(line))]
            whole = {posixpath.normpath(posixpath.join(folder, target)) for target in targets}
            if stem in whole | {target.lstrip("/") for target in targets}:
                yield Problem(other, number, f"links to {path}")
    navigation = config_name(root)
    for number, line in _lines(root, navigation):
        if re.search(rf"href: *[\"']?{re.escape(path)}", line):
            yield Problem(navigation, number, f"links to {path}")


def _lines(root: Path, path: str) -> Iterator[tuple[int, str]]:
    yield from enumerate(read_utf8(root / path, path).splitlines(), 1)


def take_away(config: Config, removal: Removal) -> Path:
    """Remove an entry, and return the folder in which its page lies."""
    root, pages = config.root, page_paths(config)
    sweep(Cache(config), [page for page in pages if page != removal.path])  # what its run left
    for made in removal.deleted:
        if made.is_dir():
            shutil.rmtree(made)
        else:
            made.unlink(missing_ok=True)
    take_from_sidebar(root, removal.path)
    name = config.work / "removed" / Path(removal.path).stem
    more = (name.with_name(f"{name.name}~{number}") for number in itertools.count(2))
    folder = next(one for one in itertools.chain([name], more) if not one.exists())
    folder.mkdir(parents=True)
    shutil.move(root / removal.path, folder)
    return folder
