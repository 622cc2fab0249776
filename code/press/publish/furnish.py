"""Write all of a site that is no page: assets, cards, theme, feed, sitemap, llms.txt, 404."""

from collections.abc import Callable
from importlib import resources
from pathlib import Path

from markupsafe import Markup

from press.base.files import copy, link, write_atomically
from press.publish.assets import make_assets
from press.publish.feeds import write_lists
from press.render.listing import PER_PAGE, picture_file
from press.render.page_html import Printer
from press.render.social_cards import make_cards
from press.source.generated import sources
from press.source.page import Page
from press.source.project import Project

THEME_FILES = ("press.css", "press.js", "press-search.js", "favicon.svg")


def dress(folder: Path) -> None:
    """Write into a site's folder what a page needs to look as it will: the styles and scripts."""
    _theme(folder)
    for name, file in sources().items():
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
    for file in dict.fromkeys(_resources(project)).keys() - set(cards):
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


def _resources(project: Project) -> list[Path]:
    """Return the files that _quarto.yml copies as they are, and the pictures of the pages."""
    named = [file for glob in project.config.resources for file in sorted(project.root.glob(glob))]
    pictures = [picture_file(project, page) for page in project.published]
    return [file for file in (*named, *pictures) if file.is_file()]
