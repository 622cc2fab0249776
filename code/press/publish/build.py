"""Build the whole site beside the old one, check it, and put it in the old one's place.

Nothing of the old site is touched until the new one is whole: pages ran, links lead somewhere,
search is indexed.
"""

import os
import re
import uuid
from collections.abc import Callable, Collection, Iterable
from concurrent.futures import ThreadPoolExecutor
from importlib import resources
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from markupsafe import Markup

from press.base.errors import PressError, Problem
from press.base.files import copy, write_atomically
from press.base.hardlinks import clear, inodes, link
from press.execute.cache import Cache
from press.execute.generated_assets import clashes, sweep_left
from press.execute.notebook import dump, for_download, without_measured
from press.execute.result import Run
from press.publish.assets import make_assets
from press.publish.feeds import NEWEST, full_text, rss, sitemap
from press.publish.lastmod import last_changes
from press.publish.links import dead_links, read_links
from press.publish.llms import beside, llms
from press.publish.search_index import hash_of, index
from press.render.page_html import FEED, PER_PAGE, Printed, Printer
from press.render.plain_markdown import let_go, plain
from press.render.shelf import sweep
from press.render.social_cards import FOLDER as CARDS
from press.render.social_cards import card, make_cards
from press.source.globs import too_long
from press.source.page import Page
from press.source.project import Project

THEME_FILES = ("press.css", "press.js", "favicon.svg")


def standing(printer: Printer, afresh: Iterable[Page] = ()) -> set[str]:
    """The paths of the pages that need neither run nor be printed again.

    Pages that list or gather others are never among them; afresh: pages that are executed in any
    case.
    """
    project, forced = printer.project, {page.path for page in afresh}
    runs, printings = Cache(project.config, still=True), printer.printings
    found = set()
    for page in project.published:
        if (
            page.path in forced
            or page.meta.get("listing")
            or project.gathering(page)
            or page.path not in printings.known
        ):
            continue
        seal = runs.standing(page)
        if seal and printings.standing(page.path, printer.key(page, seal), project.root):
            found.add(page.path)
    return found


def build(
    printer: Printer,
    runs: dict[str, Run],
    folder: Path,
    kept: Collection[str] = (),
    clock: Callable[[str], None] = lambda phase: None,
    say: Callable[[str], None] = lambda note: None,
) -> int:
    """Print every executed page, with all that belongs to a site.

    folder: empty, or an earlier site, of which only those files stay that would be made again.
    kept: what `standing` gave, for pages without a run; clock: is told when a phase ends; say: is
    told what is no fault and should be known. Returns: how many pages were printed; the others
    stand as they were. Raises: PressError for a link that leads nowhere, for two pages that leave
    one file in assets/ with two contents, or if indexing fails.
    """
    project, printings = printer.project, printer.printings
    every = [page.path for page in project.published]
    if clashing := clashes(project.config.work, every):
        raise PressError(clashing)
    sweep_left(project.root, project.config.work, every)
    seals = Cache(project.config)
    _ = printer.frame, printer.footer  # once, not in every thread
    lists = [page for page in project.published if page.meta.get("listing") and page.path in runs]
    sheets = {
        f"{page.path}#{sheet.name}": (page, sheet)
        for page in lists
        for sheet in printer.sheets(page)[1:]
    }
    stays = {*kept}
    for page in lists:
        seal = seals.standing(page)
        if seal and printings.standing(page.path, printer.key(page, seal), project.root):
            stays.add(page.path)
    for name, (page, sheet) in sheets.items():
        if printings.standing(name, printer.sheet_key(page, sheet), project.root):
            stays.add(name)
    clock("listing")
    items = {name: printings.known[name] for name in stays}
    own = {name for item in items.values() for name in item.files}
    own |= {card(page) for page in project.published} if project.config.site_url else set()
    originals = inodes(printings.folder) | inodes(project.root / CARDS, f"{CARDS}/")
    wanted = {name: number for name, number in originals.items() if name in own}
    there = clear(
        folder, wanted | inodes(folder / "pagefind", "pagefind/")
    )  # `index` puts the index in order
    for name in stays:
        printings.link(name, folder, project.root, there)
    pages = [
        (name, item) for item in items.values() for name in item.files if name.endswith(".html")
    ]
    known = {name: (item.ids, item.links, item.base) for name, item in pages}
    texts = {name: item.text for name, item in pages if item.text}

    def keep(name: str, key: str, markup: str, files: list[str], **more: Any) -> None:
        ids, links, base = known[files[0]] = read_links(markup)
        printings.put(
            name, folder, {"key": key, "ids": ids, "links": links, "base": base, **more}, files
        )

    printable = [
        runs[page.path]
        for page in project.published
        if page.path in runs and page.path not in stays
    ]
    with ThreadPoolExecutor(os.cpu_count()) as pool:  # Pandoc is a process of its own
        for item, names, copies in pool.map(
            lambda run: print_page(printer, run, folder), printable
        ):
            seal = (
                seals.standing(item.page) or uuid.uuid4().hex
            )  # changed since: what is printed now is of no use then
            text = texts[item.page.href] = hash_of(item.html)
            more = {"copies": copies, "body": item.body_key, "text": text}
            keep(item.page.path, printer.key(item.page, seal), item.html, names, **more)
    clock("pages")
    for name, (page, sheet) in sheets.items():
        if name not in stays:
            markup = printer.print_sheet(page, sheet)
            write_atomically(folder / sheet.href, markup)
            keep(name, printer.sheet_key(page, sheet), markup, [sheet.href])
    clock("listing")
    furnish(project, printer, folder, say)
    clock("furniture")
    with ThreadPoolExecutor(1) as pool:
        indexed = pool.submit(
            index, folder, project.config.work / "shelf", texts
        )  # pagefind is a process of its own, too
        found = [
            in_source(project, problem)
            for problem in dead_links(folder, project.config.base_path, known)
        ]
        if found:
            raise PressError(found)
        printings.save()
        sweep(printer.bodies, printings)
        let_go(project.config, list(project.published))
        clock("meanwhile")
        indexed.result()
    clock("index")
    return len(printable)


def print_page(printer: Printer, run: Run, folder: Path) -> tuple[Printed, list[str], list[str]]:
    """Print one executed page into a site's folder, with its notebook, its receipt and the files it
    shows.

    Returns: the page, the files that are its own, itself first, and those of the project that were
    copied (paths in the site).
    """
    item = printer.print(run)
    listed = printer.listed(item.page)
    files = {
        item.page.href: item.html,
        beside(item.page): plain(
            run, printer.project.config, listed[:PER_PAGE], len(listed[PER_PAGE:])
        ),
    }
    if any(cell.cell_type == "code" for cell in run.notebook.cells):
        stem = item.page.href.removesuffix(".html")
        files[f"{stem}.ipynb"] = dump(without_measured(for_download(run.notebook)))
        files[f"{stem}.receipt.json"] = item.receipt
    for name, text in files.items():
        write_atomically(folder / name, text)
    return item, list(files), _copy_files(printer.project, item, folder)


def furnish(
    project: Project, printer: Printer, folder: Path, say: Callable[[str], None] = lambda note: None
) -> None:
    """Everything that is no page: assets, cards, theme, feed, sitemap, llms.txt, 404; say: is told
    of cards' gaps.
    """
    config = project.config
    make_assets(project.root)
    cards, notes = make_cards(config, list(project.published)) if config.site_url else ([], [])
    for note in notes:
        say(f"  note  {note}")
    for file in dict.fromkeys(_resources(project)).keys() - set(cards):
        copy(file, folder / file.relative_to(project.root))
    for file in cards:
        target = folder / file.relative_to(project.root)
        if not (target.exists() and target.samefile(file)):
            link(file, target)  # a card is never changed in its place
    theme = resources.files("press.render").joinpath("theme")
    for name in THEME_FILES:
        write_atomically(folder / name, theme.joinpath(name).read_text(encoding="utf-8"))
    missing = Page("404.qmd", {"title": "No page here"}, ())
    template = printer.environment.get_template("404.html.j2")
    newest = project.entries()[-PER_PAGE:]
    links = [
        {"text": page.title, "href": config.base_path + page.href, "date_text": ""}
        for page in newest
    ]
    body = template.render(root=config.base_path, site={"sidebar": links})
    text = printer.page(missing, body, Markup(), False, root=config.base_path)
    write_atomically(
        folder / "404.html",
        text.replace("<head>\n", f'<head>\n<base href="{config.base_path}">\n', 1),
    )
    if config.site_url:
        entries = project.entries()
        written = [
            page for page in entries[-NEWEST:] if (folder / beside(page)).is_file()
        ]  # none as a preview begins
        texts = [(page, (folder / beside(page)).read_text(encoding="utf-8")) for page in written]
        full = {page.path: full_text(page, text, config) for page, text in texts}
        write_atomically(folder / FEED, rss(config, entries, FEED, full))
        changed = last_changes(project.root, project.published)
        write_atomically(folder / "sitemap.xml", sitemap(config, list(project.published), changed))
        write_atomically(
            folder / "robots.txt",
            f"User-agent: *\nAllow: /\nSitemap: {config.site_url}sitemap.xml\n",
        )
    write_atomically(folder / "llms.txt", llms(project))
    write_atomically(folder / ".nojekyll", "")


def _resources(project: Project) -> Iterable[Path]:
    for glob in project.config.resources:
        yield from (file for file in sorted(project.root.glob(glob)) if file.is_file())


def _copy_files(project: Project, item: Printed, folder: Path) -> list[str]:
    """Copy the files that a page shows or links to and that stand in the project: images, data."""
    copied = []
    image = str(item.page.meta.get("image", ""))
    if image.startswith("/"):
        image = os.path.relpath(image[1:], item.page.path.rpartition("/")[0] or ".")
    for named in [*read_links(item.body)[1], image]:
        try:
            parts = urlsplit(named)
        except ValueError as error:
            problem = Problem(
                item.page.href,
                0,
                f"the link {named!r} is no address: {error}",
                "mend it in the page",
            )
            raise PressError(in_source(project, problem)) from None
        path = unquote(parts.path)
        if parts.scheme or parts.netloc or not path or path.startswith("/") or too_long(path):
            continue  # what no file can be called is a dead link
        file = Path(os.path.normpath((project.root / item.page.path).parent / path))
        inside = project.root in file.parents and file.suffix not in (".html", ".qmd")
        hidden = inside and any(
            part.startswith(".") for part in file.relative_to(project.root).parts
        )
        if inside and not hidden and file.is_file():
            copy(file, folder / file.relative_to(project.root))
            copied.append(file.relative_to(project.root).as_posix())
    return copied


def in_source(project: Project, problem: Problem) -> Problem:
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
