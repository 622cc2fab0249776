"""Write what of a site is no page: theme, assets, cards, lists, the 404 page, and files of the
project to which a page links.
"""

import os
from collections.abc import Callable, Iterable
from importlib import resources
from pathlib import Path
from urllib.parse import unquote, urlsplit

from markupsafe import Markup

from press.base.errors import PressError
from press.base.files import copy, link, write_atomically
from press.publish.assets import make_assets
from press.publish.feeds import write_lists
from press.publish.links import read_links
from press.render.listing import PER_PAGE, picture_file
from press.render.page_html import Printer
from press.render.social_cards import make_cards
from press.source.globs import as_list, too_long
from press.source.page import Page
from press.source.project import Project
from press.source.quarto_yml import asset_sources

THEME_FILES = ("press.css", "press.js", "press-search.js", "favicon.svg")


def write_theme(folder: Path) -> None:
    """Write into a site's folder what a page needs to look as it will: the styles and scripts."""
    _theme(folder)
    for name, file in asset_sources().items():
        copy(file, folder / "assets" / name)


def _theme(folder: Path) -> None:
    theme = resources.files("press.render").joinpath("theme")
    for name in THEME_FILES:
        write_atomically(folder / name, theme.joinpath(name).read_text(encoding="utf-8"))


def furnish(printer: Printer, folder: Path, say: Callable[[str], None] = lambda note: None) -> None:
    """Write into a site's folder all that is no page; say: is called with notes for the author."""
    project, config = printer.project, printer.project.config
    make_assets(project.root)
    cards, notes = make_cards(config, list(project.published)) if config.site_url else ([], [])
    for note in notes:
        say(f"  note  {note}")
    globs = config.resources  # what _quarto.yml copies as it is, and the pictures of the pages
    named = {file for glob in globs for file in project.root.glob(glob)}
    named |= {picture_file(project, page) for page in project.published}
    for file in [file for file in named - set(cards) if file.is_file()]:
        copy(file, folder / file.relative_to(project.root))
    for file in cards:  # none is changed in its place
        link(file, folder / file.relative_to(project.root))
    _theme(folder)
    write_atomically(folder / "404.html", _missing_page(printer))
    write_lists(project, folder)
    write_atomically(folder / ".nojekyll", "")


def _missing_page(printer: Printer) -> str:
    """Return the page for a wrong address, which a server shows at any depth."""
    base = printer.project.config.base_path
    pages = printer.project.entries()[-PER_PAGE:]
    body = printer.environment.get_template("404.html.j2").render(root=base, pages=pages)
    page = Page("404.qmd", {"title": "No page here"}, ())
    text = printer.page(page, body, Markup(), False, root=base)
    return text.replace("<head>\n", f'<head>\n<base href="{base}">\n', 1)


def copy_files(project: Project, page: Page, body: str, folder: Path) -> list[str]:
    """Copy the files that a page's body, `image` and `resources` name, and return their paths.

    Raises: PressError for a link that is no address.
    """
    paths = [
        path
        for path in sorted(linked_files(project.root, page, read_links(body)[1]))
        if (project.root / path).is_file()
    ]
    here = (project.root / page.path).parent
    for glob in as_list(page.meta.get("resources") or []):
        files = (file for file in here.glob(str(glob)) if file.is_file())
        paths += [os.path.relpath(file, project.root) for file in sorted(files)]
    for path in paths:
        copy(project.root / path, folder / path)
    return paths


def linked_files(root: Path, page: Page, links: Iterable[str] = ()) -> frozenset[str]:
    """Return the paths in the project that a page's links and `image` name, missing ones too.

    Pages and hidden files are passed over. Raises: PressError for a link that is no address.
    """
    image = str(page.meta.get("image", ""))
    if image.startswith("/"):
        image = os.path.relpath(image[1:], os.path.dirname(page.path) or ".")
    return frozenset(path for link in (*links, image) if (path := _path(root, page, link)))


def _path(root: Path, page: Page, link: str) -> str:
    try:
        parts = urlsplit(link)
    except ValueError as error:
        what = f"the link {link!r} is no address: {error}"
        raise PressError.at(page.href, 0, what, "mend it in the page") from None
    named = unquote(parts.path)
    if parts.scheme or parts.netloc or not named or named.startswith("/") or too_long(named):
        return ""  # what no file can be called is a dead link
    path = os.path.relpath(os.path.normpath((root / page.path).parent / named), root)
    hidden = any(part.startswith(".") for part in path.split("/"))
    if path.endswith(".html"):  # a page of the site, or a file of the author's, as for an iframe
        page_of_site = (root / path).with_suffix(".qmd").exists() or not (root / path).is_file()
        return "" if hidden or page_of_site else path
    return "" if hidden or path.endswith(".qmd") else path
