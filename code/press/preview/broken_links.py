"""What a page of the preview shows and leads to: the files that belong to it, and the links that
lead nowhere.

`press render` looks at a site when all of it is printed, and stops. The preview looks again after
each edit, at pages of which some may still have to be printed anew, and says the same of what the
author has written.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from press.base.errors import Problem
from press.base.files import files_below
from press.publish.build import in_source
from press.publish.copied_files import named_files
from press.publish.links import dead_links, read_links, resolve
from press.source.page import Page
from press.source.project import Project


@dataclass(frozen=True)
class Shown:
    """What was read from a printed page: its anchors, all its links, those of its body alone, the
    files that it names.

    files: paths in the project, whether anything stands there or not.
    """

    ids: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    own: tuple[str, ...] = ()
    files: frozenset[str] = frozenset()


def look(root: Path, page: Page, markup: str, body: str) -> Shown:
    """Read a printed page; markup: all of it, body: what the page itself wrote."""
    ids, links, _ = read_links(markup)
    inside = set(read_links(body)[1])
    own = [link for link in links if link in inside]
    return Shown(tuple(ids), tuple(links), tuple(own), named_files(root, page, own))


def dead_ends(
    project: Project,
    folder: Path,
    pages: Mapping[str, Shown],
    old: Iterable[str],
    unprinted: Iterable[str],
) -> dict[str, list[Problem]]:
    """By the path of its page, each link that leads nowhere, as `press render` says it.

    pages: what was read of each page, by its address; old: those around which things changed since
    they were printed, of which only the body is looked at; unprinted: those that have no anchors
    yet, because they never ran. Raises: OSError, ValueError if a file goes away or is written while
    it is read.
    """
    base, old, unprinted = project.config.base_path, set(old), set(unprinted)
    known: dict[str, tuple[list[str], list[str], str]] = {
        name: ([], [], "") for name in files_below(folder) if name.endswith(".html")
    }
    for href, shown in pages.items():
        links = shown.own if href in old else shown.links
        sound = [
            link for link in links if not unprinted or _target(href, link, base) not in unprinted
        ]
        known[href] = (list(shown.ids), sound, "")
    found: dict[str, list[Problem]] = {}
    for problem in dead_links(folder, base, known):
        if problem.path in pages:
            place = in_source(project, problem)
            found.setdefault(place.path, []).append(place)
    return found


def _target(href: str, link: str, base: str) -> str:
    return resolve(href, unquote(urlsplit(link).path), base, False)
