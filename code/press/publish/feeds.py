"""Write the lists of a site's pages: the RSS feed (version 2.0, rssboard.org), the sitemap
(sitemaps.org), and llms.txt, the contents for a language model (llmstxt.org).

An item of the feed carries the whole entry (content:encoded, of RSS 1.0's content module), made
from the page's plain Markdown: without scripts, live parts and relative links. A day in the sitemap
must be true or absent: git knows when a page changed last, and an edited page has the day of its
file. Without git, or in a shallow clone, where the last commit seems to add every file, an entry
has its own day and another page none.
"""

import datetime
import functools
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any
from xml.sax.saxutils import escape

import jinja2

from press.base.files import write_atomically
from press.base.git import git
from press.render.page_html import FEED
from press.render.pandoc import convert, remembered
from press.render.plain_markdown import GFM, address, markdown_head, markdown_path
from press.source.dates import day
from press.source.page import Page
from press.source.project import Project
from press.source.quarto_yml import Config
from press.source.yaml_schema import CONTROL

NEWEST = 20
NOTHING: Mapping[str, Any] = MappingProxyType({})
EDITED = ("diff", "HEAD", "--relative", "--no-renames", "-z", "--name-only")
LOG = ("log", "--relative", "--no-renames", "-m", "--first-parent", "-z", "--name-only")
TEMPLATES = jinja2.Environment(
    loader=jinja2.PackageLoader("press.render", "theme"),
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    keep_trailing_newline=True,
)
TEMPLATES.filters["xml"] = escape
TEMPLATES.filters["markdown"] = lambda text: re.sub(r"([\\\[\]])", r"\\\1", text)


def _filled(name: str, config: Config, **values: Any) -> str:
    here = functools.partial(address, config=config)
    return TEMPLATES.get_template(name).render(config=config, address=here, **values)


def rss(config: Config, entries: list[Page], texts: Mapping[str, str] = NOTHING) -> str:
    """Return the feed of the newest entries.

    entries: oldest first; texts: the HTML of entries by path, from `full_text`. Dates are midnight
    UTC of the entry's day.
    """
    return _filled("feed.xml.j2", config, pages=entries[: -NEWEST - 1 : -1], texts=texts)


def full_text(page: Page, markdown: str, config: Config) -> str:
    """Return the HTML of an entry for the feed, from its Markdown (press.render.plain_markdown)."""

    def html() -> str:
        made = convert(body, GFM, "html", page.path, "--syntax-highlighting=none", "--mathml")
        return re.sub(r' (?:class|id|style|data-[\w-]+)="[^"]*"', "", made)

    body = markdown.removeprefix(markdown_head(page, config))
    return CONTROL.sub("\ufffd", remembered(config.work, f"feed/{page.path}", body, html))


def sitemap(
    config: Config, pages: list[Page], changed: Mapping[str, datetime.date] = NOTHING
) -> str:
    """Return the sitemap of pages; changed: the day of a page's last change, by path, if known."""
    return _filled("sitemap.xml.j2", config, pages=pages, changed=changed)


def llms(project: Project) -> str:
    """Return the text of llms.txt: the entries, oldest first, then the other pages."""

    def about(page: Page) -> str:
        return ". ".join(filter(None, [day(page.date), page.description]))

    others = [page for page in project.published if not page.date]
    return _filled(
        "llms.txt.j2",
        project.config,
        description=" ".join(project.config.get("website", "description", default="").split()),
        groups=[("Entries", project.entries()), ("Pages", others)],
        markdown_path=markdown_path,
        about=about,
    )


def write_lists(project: Project, folder: Path) -> None:
    """Write llms.txt into a site, and what needs the site's address: feed, sitemap, robots.txt."""
    config, entries = project.config, project.entries()
    write_atomically(folder / "llms.txt", llms(project))
    if not config.site_url:
        return
    full = {
        page.path: full_text(page, file.read_text(encoding="utf-8"), config)
        for page in entries[-NEWEST:]
        if (file := folder / markdown_path(page)).is_file()  # none as a preview begins
    }
    write_atomically(folder / FEED, rss(config, entries, full))
    changed = last_changes(project.root, project.published)
    write_atomically(folder / "sitemap.xml", sitemap(config, list(project.published), changed))
    robots = f"User-agent: *\nAllow: /\nSitemap: {config.site_url}sitemap.xml\n"
    write_atomically(folder / "robots.txt", robots)


def last_changes(root: Path, pages: Iterable[Page]) -> dict[str, datetime.date]:
    """Return the day of the last change of each page, by path, where it is known.

    A page that lists or gathers others changes with each of them.
    """
    pages = list(pages)
    known = {**{page.path: page.date for page in pages if page.date}, **_bygit(root, pages)}
    days = {page.path: day for page in pages if (day := known.get(page.path)) is not None}
    newest = max(days.values(), default=None)
    for page in pages:
        gathers = page.gathers or page.listing
        if newest is not None and gathers and page.path in days:
            days[page.path] = newest
    return days


def _bygit(root: Path, pages: Iterable[Page]) -> dict[str, datetime.date]:
    """Return the day of each page in git: of its newest commit, or of the file if edited."""
    if (git(root, "rev-parse", "--is-shallow-repository") or "true").strip() == "true":
        return {}
    days: dict[str, datetime.date] = {}
    day = datetime.date.today()
    log = git(root, *LOG, "--format=%x01%cs", "--", "*.qmd") or ""
    for part in log.replace("\n", "\0").split("\0"):
        if part.startswith("\x01"):
            day = datetime.date.fromisoformat(part[1:])
        elif part:
            days.setdefault(part, day)
    edited = (git(root, *EDITED) or "").split("\0")
    for path in (page.path for page in pages):
        if path in edited or path not in days:
            stamp = (root / path).stat().st_mtime
            days[path] = datetime.datetime.fromtimestamp(stamp, datetime.UTC).date()
    return days
