"""Link a page to the others: navbar, sidebar, neighbours, table of contents, addresses."""

import posixpath
import re
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from press.base.errors import PressError
from press.source.dates import day
from press.source.globs import as_list, expand
from press.source.page import Page
from press.source.project import ENTRY, Project
from press.source.quarto_yml import NAME

FOREIGN = re.compile(r"[a-z][a-z+.-]*:|//|#")
HEADING = re.compile(
    r"<section"
    r' id="(?P<id>[^"]+)"[^>]*class="level(?P<level>[2-6])[^"]*"[^>]*>'
    r"\s*<h[2-6][^>]*>(?P<html>.*?)</h[2-6]>",
    re.S,
)


@dataclass(frozen=True)
class Link:
    """An item of the navigation.

    href: relative to the site's root; page: if it is one of ours; section: its heading, if any.
    """

    text: str
    href: str
    page: Page | None = None
    section: str = ""

    @property
    def when(self) -> str:
        return day(self.page.date if self.page else None)


def relative(href: str, page_href: str) -> str:
    """Return an address of the site relative to a page; foreign ones and fragments as they are.

    >>> relative("assets/x.css", "journal/a.html"), relative("index.html", "index.html")
    ('../assets/x.css', 'index.html')
    """
    if FOREIGN.match(href):
        return href
    return posixpath.relpath(f"/{href}", f"/{page_href.rpartition('/')[0]}")


def links(project: Project, items: list[Any], section: str = "") -> list[Link]:
    """Return the links of a list of _quarto.yml: paths, globs, {text, href}, {section, contents}.

    Raises: PressError for an item that names no page.
    """
    pages = {page.path: page for page in project.published}
    order: list[Link] = []
    for item in items:
        if isinstance(item, dict) and "contents" in item:
            inside = str(item.get("section", section))
            order += links(project, as_list(item["contents"]), inside)
            continue
        href = item.get("href") if isinstance(item, dict) else item
        text = item.get("text") or str(item.get("icon", "")) if isinstance(item, dict) else ""
        if not isinstance(href, str):
            what = f"the navigation item {item!r} has no href"
            raise PressError.at(NAME, 0, what, "write a page's path")
        if href in pages:
            order.append(Link(text or pages[href].title, pages[href].href, pages[href], section))
        elif re.match(r"[a-z]+:", href):
            order.append(Link(text or href, href, None, section))
        elif "*" in href or (project.root / href).is_dir():
            order += [Link(one.title, one.href, one, section) for one in project.match(href)]
        elif not (project.root / href).is_file():
            if not ENTRY.fullmatch(href):  # an entry that was removed; Project.notes says so
                what = f"the navigation names {href!r}, which is no page"
                raise PressError.at(NAME, 0, what, f"pages: {', '.join(sorted(pages))}")
        elif href not in expand(project.root, href):  # a draft is a page, but not published
            order.append(Link(text or href, href, None, section))
    return order


def newest(order: list[Link], most: int) -> list[Link]:
    """Return links without their older dated pages, so that `most` of these remain."""
    dated = sorted(
        (link.page.date, at) for at, link in enumerate(order) if link.page and link.page.date
    )
    dropped = {at for _, at in dated[:-most]}
    return [link for at, link in enumerate(order) if at not in dropped]


def neighbours(order: list[Link], page: Page) -> tuple[Link | None, Link | None]:
    """Return the links before and after a page in its own section of the sidebar.

    After the last page of a section comes the first one of the next section.
    """
    itself = next((link for link in order if link.href == page.href), None)
    if itself is None:
        return None, None
    near = [link for link in order if link.section == itself.section]
    at = near.index(itself)
    after = near[at + 1 :] or order[order.index(near[-1]) + 1 :]
    return near[at - 1] if at else None, after[0] if after else None


def contents(body: str, depth: int = 3) -> list[dict[str, Any]]:
    """Return the table of contents of a body: its sections from level 2 down to a depth.

    >>> contents('<section id="a" class="level2">\\n<h2>A <em>b</em></h2></section>')
    [{'id': 'a', 'html': Markup('A <em>b</em>'), 'children': []}]
    """
    top: list[dict[str, Any]] = []
    above: list[tuple[int, list[dict[str, Any]]]] = [(1, top)]
    for match in HEADING.finditer(body):
        level = int(match["level"])
        if level > depth:
            continue
        heading = re.sub(r"</?a\b[^>]*>", "", match["html"]).strip()
        item: dict[str, Any] = {"id": match["id"], "html": Markup(heading), "children": []}
        while above[-1][0] >= level:
            above.pop()
        above[-1][1].append(item)
        above.append((level, item["children"]))
    return top
