"""Build the whole site in a folder: print what changed, take over the rest, check links."""

import os
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import unquote

from press.base.errors import PressError, Problem
from press.base.files import files_below, write_atomically
from press.execute.notebook import Run, dump, for_download, without_measured
from press.execute.run_cache import Cache, clashes, sweep
from press.publish.links import Links, dead_links, read_links
from press.publish.search_index import index
from press.publish.site_files import copy_files, furnish
from press.publish.site_record import Record
from press.render.fill_in import with_day_log
from press.render.listing import PER_PAGE, listed_pages
from press.render.page_html import Printed, Printer
from press.render.pandoc import forget_others
from press.render.plain_markdown import markdown_path, page_markdown
from press.source.page import Page
from press.source.project import Project, page_paths


def take_unchanged(
    printer: Printer, record: Record, folder: Path, afresh: Iterable[Page] = ()
) -> set[str]:
    """Take the pages that did not change from the old site into `folder`; return their paths.

    Pages that list or gather others are never among them; afresh: pages to execute in any case.
    """
    project, forced = printer.project, {page.path for page in afresh}
    cache = Cache(project.config, still=True)
    taken = set()
    for page in project.published:
        if page.path in forced or page.listing or page.gathers:
            continue
        seal = cache.seal(page)
        if seal and record.take(page.path, printer.key(page, seal), project.root, folder):
            taken.add(page.path)
    return taken


def build(
    printer: Printer,
    runs: dict[str, Run],
    record: Record,
    folder: Path,
    taken: Collection[str] = (),
    say: Callable[[str], None] = lambda note: None,
    wrong: Collection[Problem] = (),
) -> int:
    """Print every executed page into `folder`, with all that belongs to a site.

    taken: the pages of `take_unchanged`; say: is called with notes for the author; wrong: what is
    known to be wrong, so that the pages are printed to find the rest.
    Returns: the number of pages that were printed.
    Raises: PressError with the problems of all pages, or if indexing fails.
    """
    project = printer.project
    config, every = project.config, [page.path for page in project.published]
    cache, problems = Cache(config), {*wrong}
    problems.update(clashes(cache, every))
    if not problems:
        sweep(cache, every)
    bodies: dict[str, str] = {}  # of the printed pages, by address
    _ = printer.footer  # once, not in every thread

    def print_one(run: Run) -> list[Problem]:
        path, seal = run.page.path, cache.seal(run.page)
        try:  # one that changed since it ran has no seal, and is not taken the next time
            key = printer.key(run.page, seal) if seal else ""
            listing = run.page.listing
            if not (listing and key and record.take(path, key, project.root, folder)):
                item, files, copies = print_page(printer, run, folder)
                record.add(path, key, folder, files, copies)
                bodies[item.page.href] = item.body
        except PressError as error:
            return error.problems
        return []

    lists = [run for run in runs.values() if run.page.listing]
    others = [run for run in runs.values() if not run.page.listing]
    with ThreadPoolExecutor(os.cpu_count()) as pool:  # Pandoc is a process of its own
        problems.update(*pool.map(print_one, others))
        if not problems:  # a list needs every page
            problems.update(*pool.map(print_one, lists))
    if problems:
        unprinted = {
            path.removesuffix(".qmd") + ".html" for path in page_paths(config)
        } - bodies.keys()
        links = {href: read_links(body) for href, body in bodies.items()}
        raise PressError(problems | {*link_problems(project, folder, links, unprinted)})
    _print_sheets(printer, record, folder)
    furnish(printer, folder, say)
    if dead := dead_links(folder, config.base_path, record.links()):
        raise PressError(in_source(project, problem) for problem in dead)
    index(folder, [page.href for page in project.published], record, config.work)
    record.save()
    forget_others(config.work, [*every, "_quarto.yml"])
    return len(bodies)


def _print_sheets(printer: Printer, record: Record, folder: Path) -> None:
    """Print the further sheets of lists, or take them from the old site."""
    for page in printer.project.published:
        for sheet in printer.sheets(page)[1:]:
            name, key = f"{page.path}#{sheet.name}", printer.sheet_key(page, sheet)
            if not record.take(name, key, printer.project.root, folder):
                write_atomically(folder / sheet.href, printer.print_sheet(page, sheet))
                record.add(name, key, folder, [sheet.href])


def link_problems(
    project: Project, folder: Path, links: Mapping[str, Links], unprinted: Collection[str]
) -> list[Problem]:
    """Return the dead links of these pages, for a site that is not whole.

    links: the links of each page, by its address; unprinted: pages that have no anchors yet.
    """
    pages: dict[str, Links] = {
        name: ([], [], "") for name in files_below(folder) if name.endswith(".html")
    }
    pages.update(links)
    dead = dead_links(folder, project.config.base_path, pages, unprinted)
    return [in_source(project, problem) for problem in dead]


def print_page(printer: Printer, run: Run, folder: Path) -> tuple[Printed, list[str], list[str]]:
    """Print one executed page into a folder, with its notebook, its receipt and its pictures.

    Returns: the page, the paths of its own files, itself first, and of those that were copied.
    """
    run = with_day_log(run)
    item = printer.print(run)
    listed = listed_pages(printer.project, item.page)
    newest, more = listed[:PER_PAGE], len(listed[PER_PAGE:])
    files = {
        item.page.href: item.html,
        markdown_path(item.page): page_markdown(run, printer.project.config, newest, more),
    }
    if any(cell.cell_type == "code" for cell in run.notebook.cells):
        stem = item.page.href.removesuffix(".html")
        files[f"{stem}.ipynb"] = dump(without_measured(for_download(run.notebook)))
        files[f"{stem}.receipt.json"] = item.receipt
    for name, text in files.items():
        write_atomically(folder / name, text)
    try:
        return item, list(files), copy_files(printer.project, item.page, item.body, folder)
    except PressError as error:
        raise PressError(in_source(printer.project, one) for one in error.problems) from None


def in_source(project: Project, problem: Problem) -> Problem:
    """Return a problem of a printed page at the line of its .qmd that has the link."""
    path = problem.path.removesuffix(".html") + ".qmd"
    link = re.search(r"'([^']*)'", problem.what)
    if not (project.root / path).is_file():
        return problem
    lines = (project.root / path).read_text(encoding="utf-8").split("\n")
    address = unquote(link[1]) if link else ""
    forms = (f"]({address.replace('.html', '.qmd')}", f"]({address}", address)
    for wanted in forms if address else ():
        for number, line in enumerate(lines, 1):
            if wanted in line:
                return Problem(path, number, problem.what, problem.remedy)
    return Problem(path, 0, problem.what, problem.remedy)
