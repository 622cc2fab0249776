"""Build the whole site beside the old one, check it, and put it in the old one's place.

Nothing of the old site is touched until the new one is whole: pages ran, links lead somewhere, search is indexed.
"""

import functools
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from importlib import resources
from pathlib import Path
from types import MappingProxyType
from urllib.parse import unquote, urlsplit

from pagefind_bin import get_executable

from press.assets import make_assets
from press.cache import Cache
from press.execute import Run
from press.feed import rss, sitemap
from press.files import write_atomically
from press.left import clashes, sweep_left
from press.links import dead_links, read_links
from press.notebook import dump, for_download
from press.page import Page
from press.printing import FEED, PER_PAGE, Printed, Printer
from press.problems import PressError, Problem
from press.project import Project, inside
from press.shelf import Printing, sweep

THEME_FILES = ("press.css", "press.js", "favicon.svg")


def standing(printer: Printer, afresh: Iterable[Page] = ()) -> dict[str, Printing]:
    """The printings, by page, of the pages that need neither run nor be printed again.

    Pages that list or gather others are never among them; afresh: pages that are executed in any case.
    """
    project, forced = printer.project, {page.path for page in afresh}
    runs, printings = Cache(project.config), printer.printings
    found: dict[str, Printing] = {}
    for page in project.published:
        if page.path in forced or page.meta.get("listing") or project.gathering(page):
            continue
        last = printings.known.get(page.path)
        if last is None:
            continue
        seal = runs.standing(page, functools.partial(_is_key, printer, page, last.key))
        printing = printings.standing(page.path, printer.key(page, seal), project.root) if seal else None
        if printing is not None:
            found[page.path] = printing
    return found


def _is_key(printer: Printer, page: Page, key: str, seal: str) -> bool:
    """Whether a printing is of this run and of the page as it is now: then its code is the run's, too."""
    return printer.key(page, seal) == key


def build(
    printer: Printer,
    runs: dict[str, Run],
    folder: Path,
    kept: Mapping[str, Printing] = MappingProxyType({}),
    clock: Callable[[str], None] = lambda phase: None,
) -> None:
    """Print every executed page into an empty folder, with all that belongs to a site.

    kept: what `standing` gave, for pages without a run; clock: is told when a phase ends.
    Raises: PressError for a link that leads nowhere, for two pages that leave one file in assets/ with two contents, or
    if indexing fails.
    """
    project, printings = printer.project, printer.printings
    every = [page.path for page in project.published]
    if found := clashes(project.config.work, every):
        raise PressError(found)
    sweep_left(project.root, project.config.work, every)
    for printing in kept.values():
        printings.link(printing, folder, project.root)
    known = {name: (item.ids, item.links, item.base) for item in kept.values() for name in item.files if _is_page(name)}
    pages = [page for page in project.published if page.path in runs and page.path not in kept]
    _ = printer.frame, printer.footer  # once, not in every thread
    seals = Cache(project.config)
    for lists in (False, True):
        wanted = [runs[page.path] for page in pages if bool(page.meta.get("listing")) is lists]
        with ThreadPoolExecutor(os.cpu_count()) as pool:  # Pandoc is a process of its own
            for item, names, copies in pool.map(lambda run: print_page(printer, run, folder), wanted):
                known |= {name: read_links(text) for name, text in item.more.items()}
                known[item.page.href] = ids, links, base = read_links(item.html)
                seal = seals.standing(item.page)
                if seal is not None:
                    made = {"key": printer.key(item.page, seal), "copies": copies, "body": item.body_key}
                    printings.put(item.page.path, folder, {**made, "ids": ids, "links": links, "base": base}, names)
        clock("listing" if lists else "pages")
    furnish(project, printer, folder)
    clock("furniture")
    found = [_in_source(project, problem) for problem in dead_links(folder, project.config.base_path, known)]
    if found:
        raise PressError(found)
    clock("links")
    index(folder)
    clock("index")
    printings.save([*runs, *kept])
    sweep(printer.bodies, printings)
    clock("shelf")


def _is_page(name: str) -> bool:
    return name.endswith(".html")


def print_page(printer: Printer, run: Run, folder: Path) -> tuple[Printed, list[str], list[str]]:
    """Print one executed page into a site's folder, with its notebook, its receipt and the files it shows.

    Returns: the page, the files that are its own, and those of the project that were copied (paths in the site).
    """
    item = printer.print(run)
    files = {item.page.href: item.html}
    if any(cell.cell_type == "code" for cell in run.notebook.cells):
        stem = item.page.href.removesuffix(".html")
        files[f"{stem}.ipynb"] = dump(for_download(run.notebook))
        files[f"{stem}.receipt.json"] = item.receipt
    for name, text in {**files, **item.more}.items():
        write_atomically(folder / name, text)
    return item, list(files), _copy_files(printer.project, item, folder)


def furnish(project: Project, printer: Printer, folder: Path) -> None:
    """Everything that is no page: assets, theme, feed, sitemap, 404."""
    config = project.config
    make_assets(project.root)
    for file in _resources(project):
        target = folder / file.relative_to(project.root)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, target)
    theme = resources.files("press").joinpath("theme")
    for name in THEME_FILES:
        write_atomically(folder / name, theme.joinpath(name).read_text(encoding="utf-8"))
    missing = Page("404.qmd", {"title": "No page here"}, ())
    template = printer.environment.get_template("404.html.j2")
    newest = project.entries()[-PER_PAGE:]
    links = [{"text": page.title, "href": config.base_path + page.href, "date_text": ""} for page in newest]
    body = template.render(root=config.base_path, site={"sidebar": links})
    text = printer.page(missing, body, printer.listing(missing), False, root=config.base_path)
    write_atomically(folder / "404.html", text.replace("<head>\n", f'<head>\n<base href="{config.base_path}">\n', 1))
    if config.site_url:
        write_atomically(folder / FEED, rss(config, project.entries(), FEED))
        write_atomically(folder / "sitemap.xml", sitemap(config, list(project.published)))
        write_atomically(folder / "robots.txt", f"User-agent: *\nAllow: /\nSitemap: {config.site_url}sitemap.xml\n")
    write_atomically(folder / ".nojekyll", "")


def index(folder: Path) -> None:
    """Index the site for search with pagefind; pages say what is text by `data-pagefind-body`."""
    command = [str(get_executable()), "--site", str(folder), "--output-path", str(folder / "pagefind")]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines()[-1:]
        raise PressError(Problem("search", 0, f"pagefind failed: {' '.join(said)}", "reinstall pagefind[bin]"))


def _resources(project: Project) -> Iterable[Path]:
    globs = project.config.get("project", "resources", default=[])
    for glob in map(inside, [globs] if isinstance(globs, str) else globs):
        found = sorted(project.root.glob(glob + "/*" if glob.endswith("**") else glob))
        yield from (file for file in found if file.is_file())


def _copy_files(project: Project, item: Printed, folder: Path) -> list[str]:
    """Copy the files that a page shows or links to and that stand in the project: images, data."""
    copied = []
    for link in read_links(item.body)[1]:
        parts = urlsplit(link)
        if parts.scheme or parts.netloc or not parts.path or parts.path.startswith("/"):
            continue
        file = Path(os.path.normpath((project.root / item.page.path).parent / unquote(parts.path)))
        inside = project.root in file.parents and file.suffix not in (".html", ".qmd")
        hidden = inside and any(part.startswith(".") for part in file.relative_to(project.root).parts)
        if inside and not hidden and file.is_file():
            target = folder / file.relative_to(project.root)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, target)
            copied.append(file.relative_to(project.root).as_posix())
    return copied


def _in_source(project: Project, problem: Problem) -> Problem:
    """Move a problem of a printed page to the line of its .qmd, where the link can be found in it."""
    path = problem.path.removesuffix(".html") + ".qmd"
    link = re.search(r"'([^']*)'", problem.what)
    if not (project.root / path).is_file():
        return problem
    if not link:
        return Problem(path, 0, problem.what, problem.remedy)
    lines = (project.root / path).read_text(encoding="utf-8").split("\n")
    shown = unquote(link[1])
    for wanted in (f"]({shown.replace('.html', '.qmd')}", f"]({shown}", shown):
        for number, line in enumerate(lines, 1):
            if wanted in line:
                return Problem(path, number, problem.what, problem.remedy)
    return Problem(path, 0, problem.what, problem.remedy)
