"""Build the whole site beside the old one, check it, and put it in the old one's place.

Nothing of the old site is touched until the new one is whole: pages ran, links lead somewhere, search is indexed.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Iterable
from importlib import resources
from pathlib import Path
from urllib.parse import unquote, urlsplit

from pagefind_bin import get_executable

from press.assets import make_assets
from press.execute import Run
from press.feed import rss, sitemap
from press.files import write_atomically
from press.links import dead_links, read_links
from press.notebook import dump, for_download
from press.page import Page
from press.printing import FEED, Printed, Printer
from press.problems import PressError, Problem
from press.project import Project

THEME_FILES = ("press.css", "press.js", "favicon.svg")


def build(project: Project, runs: dict[str, Run], folder: Path) -> list[Printed]:
    """Print every executed page into an empty folder, with all that belongs to a site.

    Returns: the printed pages. Raises: PressError for a link that leads nowhere, or if indexing fails.
    """
    printer = Printer(project)
    printed = [print_page(printer, runs[page.path], folder) for page in project.published if page.path in runs]
    furnish(project, printer, folder)
    found = [_in_source(project, problem) for problem in dead_links(folder, project.config.base_path)]
    if found:
        raise PressError(found)
    index(folder)
    return printed


def print_page(printer: Printer, run: Run, folder: Path) -> Printed:
    """Print one executed page into a site's folder, with its notebook, its receipt and the files it shows."""
    item = printer.print(run)
    write_atomically(folder / item.page.href, item.html)
    if any(cell.cell_type == "code" for cell in run.notebook.cells):
        write_atomically((folder / item.page.href).with_suffix(".ipynb"), dump(for_download(run.notebook)))
        write_atomically((folder / item.page.href).with_suffix(".receipt.json"), item.receipt)
    _copy_files(printer.project, item, folder)
    return item


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
    links = [{"text": page.title, "href": config.base_path + page.href, "date_text": ""} for page in project.entries()]
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
    for glob in [globs] if isinstance(globs, str) else globs:
        yield from (
            file for file in sorted(project.root.glob(glob + "/*" if glob.endswith("**") else glob)) if file.is_file()
        )


def _copy_files(project: Project, item: Printed, folder: Path) -> None:
    """Copy the files that a page shows or links to and that stand in the project: images, data."""
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
