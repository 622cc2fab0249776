"""Find the dead links of a preview after each edit, while some pages are still to be printed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from press.base.errors import PressError, Problem
from press.base.files import files_below
from press.execute.result import Run
from press.publish.build import in_source, print_page
from press.publish.copied_files import named_files
from press.publish.links import dead_links, read_links, resolve
from press.render.page_html import Printer
from press.source.page import Page
from press.source.project import Project, page_paths


@dataclass(frozen=True)
class PageLinks:
    """The links of a printed page.

    own: those of its body alone; files: paths in the project that it names, missing ones too.
    """

    ids: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    own: tuple[str, ...] = ()
    files: frozenset[str] = frozenset()


def page_links(root: Path, page: Page, markup: str, body: str) -> PageLinks:
    """Return the links of a printed page; markup: the whole of it, body: the page's own part."""
    ids, links, _ = read_links(markup)
    inside = set(read_links(body)[1])
    own = [link for link in links if link in inside]
    return PageLinks(tuple(ids), tuple(links), tuple(own), named_files(root, page, own))


def dead_links_by_page(
    project: Project,
    folder: Path,
    pages: Mapping[str, PageLinks],
    old: Iterable[str],
    unprinted: Iterable[str],
) -> dict[str, list[Problem]]:
    """Return the dead links of each page, by its path, as `press render` names them.

    pages: the links of each page, by its address; old: pages whose surroundings have changed, of
    which only the body counts; unprinted: pages that never ran, and have no anchors yet.
    Raises: OSError, ValueError if a file goes away or is written while it is read.
    """
    base, old, unprinted = project.config.base_path, set(old), set(unprinted)
    known: dict[str, tuple[list[str], list[str], str]] = {
        name: ([], [], "") for name in files_below(folder) if name.endswith(".html")
    }
    for href, read in pages.items():
        links = read.own if href in old else read.links
        sound = [
            link for link in links if not unprinted or _target(href, link, base) not in unprinted
        ]
        known[href] = (list(read.ids), sound, "")
    problems: dict[str, list[Problem]] = {}
    for problem in dead_links(folder, base, known):
        if problem.path in pages:
            own = in_source(project, problem)
            problems.setdefault(own.path, []).append(own)
    return problems


def faults_in_print(printer: Printer, runs: Iterable[Run], folder: Path) -> set[Problem]:
    """Return what is wrong with the print of each page and with its links, for a site that is not
    whole; folder: a draft of it, which is lost.
    """
    project, links, problems = printer.project, dict[str, PageLinks](), set[Problem]()
    for run in runs:
        if run.page.meta.get("listing"):  # it needs every page that it lists
            continue
        try:
            item, _, _ = print_page(printer, run, folder)
        except PressError as error:
            problems.update(error.problems)
        else:
            links[run.page.href] = page_links(project.root, run.page, item.html, item.body)
    paths = page_paths(project.config)
    missing = {path.removesuffix(".qmd") + ".html" for path in paths} - links.keys()
    dead = dead_links_by_page(project, folder, links, links, missing)
    return problems.union(*dead.values())


def _target(href: str, link: str, base: str) -> str:
    return resolve(href, unquote(urlsplit(link).path), base, False)
