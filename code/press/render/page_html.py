"""Print an executed page as HTML by the theme's template: head, navigation, body, receipt."""

import itertools
import re
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

import jinja2
from markupsafe import Markup

from press.base.errors import PressError
from press.base.files import own_source, sha256
from press.execute.notebook import Run
from press.execute.receipt import seeds
from press.render.csp import content_policy, linked, policy_problems
from press.render.fill_in import take_measured
from press.render.listing import (
    PER_PAGE,
    Sheet,
    listed_pages,
    listing_targets,
    sheets_folder,
    sheets_of,
)
from press.render.navigation import Link, contents, links, neighbours, newest, relative
from press.render.pandoc import citing, remembered, to_html
from press.render.plain_markdown import LISTING
from press.render.social_cards import card_picture
from press.render.weave import weave
from press.source.dates import day
from press.source.page import Page
from press.source.project import Project

FEED = "index.xml"
NAMED = re.compile(  # markup, or a name that ends in a hyphen and a number or a letter
    r"""(?P<markup><(?P<tag>pre|code|script|style|svg|math|textarea)\b.*?</(?P=tag)>|<(?:[^<>"']|"[^"]*"|'[^']*')*>)"""
    r"""|\b(?P<name>[A-Z][A-Za-z]+-\d+|[a-z]+-[a-z])\b""",
    re.S,
)


@dataclass(frozen=True)
class Printed:
    """A printed page: the whole HTML, its body alone, and its receipt (JSON)."""

    page: Page
    html: str
    body: str
    receipt: str


class Printer:
    """The theme and the navigation of a project."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.environment = jinja2.Environment(
            loader=jinja2.PackageLoader("press.render", "theme"),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
        )
        self.environment.filters["day"] = day
        self.sheets_by_page: dict[str, list[Sheet]] = {}

    @cached_property
    def sidebar(self) -> list[Link]:
        """All links of the sidebar, in order."""
        items = self.project.config.get("website", "sidebar", "contents", default=[])
        return links(self.project, items)

    @cached_property
    def navbar(self) -> list[Link]:
        """The links at the head of every page."""
        config = self.project.config
        sides = [config.get("website", "navbar", side, default=[]) for side in ("left", "right")]
        return links(self.project, [item for side in sides for item in side])

    @cached_property
    def shortlist(self) -> list[Link]:
        """The sidebar as every page has it: of a long journal the newest entries."""
        return [link for link in newest(self.sidebar, PER_PAGE) if link.page]

    @cached_property
    def all_entries(self) -> Link | None:
        """The link to all entries; None where the sidebar has them all."""
        hidden = sum(1 for link in self.sidebar if link.page) - len(self.shortlist)
        front = next((page for page in self.project.published if page.listing), None)
        if not hidden or front is None:
            return None
        number = len(listed_pages(self.project, front))
        href = f"{sheets_folder(front)}all/index.html" if number > PER_PAGE else front.href
        return Link(f"All {number:,} entries", href)

    @cached_property
    def filters(self) -> frozenset[str]:
        """The categories by which the front page filters its list."""
        for page in self.project.published:
            if page.href == "index.html" and page.listing.get("categories"):
                others = listing_targets(self.project, page)
                return frozenset(name for other in others for name in other.categories)
        return frozenset()

    @cached_property
    def footer(self) -> Markup:
        """The foot of every page, from _quarto.yml."""
        text = self.project.config.get("website", "page-footer", default="")
        return Markup(self._body(text, "_quarto.yml"))

    @cached_property
    def frame(self) -> str:
        """A hash of what all pages share: theme, configuration, navigation."""
        around = [link for link in (*self.navbar, *self.shortlist, self.all_entries) if link]
        values = [
            (link.text, link.href, link.section, link.page and link.page.date) for link in around
        ]
        return sha256(repr((own_source(), self.project.config.data, values)))

    def key(self, page: Page, seal: str) -> str:
        """Return a hash of all that a page is printed from; seal: the hash of its run."""
        around = [link and (link.text, link.href) for link in neighbours(self.sidebar, page)]
        first = [
            (sheet.values, len(listed_pages(self.project, page))) for sheet in self.sheets(page)[:1]
        ]
        tags = sorted(self.filters.intersection(page.categories))
        return sha256(repr((seal, page.path, page.digest, around, first, tags, self.frame)))

    def sheet_key(self, page: Page, sheet: Sheet) -> str:
        """Return a hash of all that a further sheet of a page's list is printed from."""
        return sha256(repr((page.title, sheet.href, sheet.values, self.frame)))

    def sheets(self, page: Page) -> list[Sheet]:
        """Return the sheets of a page's list (`press.render.listing.sheets_of`); [] for no list."""
        if page.path not in self.sheets_by_page:
            has_list = page.listing
            self.sheets_by_page[page.path] = list(sheets_of(self.project, page)) if has_list else []
        return self.sheets_by_page[page.path]

    def print(self, run: Run) -> Printed:
        """Return the print of an executed page.

        Raises: PressError for what Pandoc refuses, or a browser would block.
        """
        page = run.page
        body = linked(page, self._body(weave(run), page.path, *citing(page, self.project.root)))
        if problems := list(policy_problems(run, body)):
            raise PressError(problems)
        body, receipt = take_measured(body, run)
        body = unbroken_names(body)  # a measured value is none of the page's markup
        listing = Markup("".join(map(self._list, self.sheets(page)[:1])))
        if listing and (place := LISTING.search(body)):
            under = "<h2" in body[: place.start()]  # a heading of the page, above its entries'
            entries = re.sub(r"(?<=<)(/?)h2>", r"\1h3>", str(listing)) if under else str(listing)
            body, listing = LISTING.sub(lambda _: entries, body), Markup()
        has_cells = any(cell.cell_type == "code" for cell in run.notebook.cells)
        return Printed(page, self.page(page, body, listing, has_cells, run=run), body, receipt)

    def print_sheet(self, page: Page, sheet: Sheet) -> str:
        """Return the HTML of a further sheet of a page's list."""
        title = "all entries" if sheet.name == "all" else f"page {sheet.name}"
        meta = {"title": f"{page.title}: {title}", "toc": False}
        itself = Page(f"{sheet.href.removesuffix('.html')}.qmd", meta, ())
        return self.page(itself, "", self._list(sheet), False)

    def page(
        self, page: Page, body: str, listing: Markup, has_cells: bool, root: str | None = None,
        run: Run | None = None,
    ) -> str:  # fmt: skip
        """Return the whole page around a body.

        root: the address of the site's root, for 404.html alone; run: for a page with a receipt.
        """
        config = self.project.config
        root = "../" * page.href.count("/") if root is None else root
        stem = page.href.rsplit("/", 1)[-1].removesuffix(".html")
        before, after = neighbours(self.sidebar, page)
        down = any(line.startswith("# ") for _, line in page.lines)  # all headings go down a level
        depth = page.meta.get("toc-depth", 3) + down if page.meta.get("toc", True) else 0
        return self.environment.get_template("page.html.j2").render(
            site=self.site,
            page=page,
            meta=defaultdict(str, page.meta),
            here=partial(relative, page_href=page.href),
            is_home=page.href == "index.html",
            root=root,
            stylesheets=[root + css for css in (*config.stylesheets, "press.css")],
            head=Markup(header := re.sub(r'(?<=["\'])/(?=[\w])', root, config.header)),
            policy=content_policy(header),
            script=f"{root}press.js",
            feed=f"{root}{FEED}" if config.site_url else None,
            stem=stem,
            filters=self.filters,
            body=Markup(body),
            listing=listing,
            toc=contents(body, depth) if depth else [],
            previous=before,
            next=after,
            section=next((link.section for link in self.sidebar if link.href == page.href), ""),
            has_cells=has_cells,
            ran=run is not None,
            source_url=config.source_url(page.path),
            card=card_picture(page, config) if run else None,
            receipt=self._foot(run, f"{stem}.receipt.json")
            if run and run.receipt.get("executed")
            else "",
        )

    @cached_property
    def site(self) -> dict[str, Any]:
        """The template's values of the site."""
        config = self.project.config
        by_section = itertools.groupby(self.shortlist, lambda link: link.section)
        return {
            "title": config.title,
            "description": config.get("website", "description", default=""),
            "url": config.site_url,
            "language": config.get("lang", default="en"),
            "favicon": config.get("website", "favicon", default="favicon.svg").lstrip("/"),
            "repository": config.get("website", "repo-url", default=""),
            "navbar": self.navbar,
            "sidebar": [{"title": title, "links": [*group]} for title, group in by_section],
            "all_entries": self.all_entries,
            "footer": self.footer,
        }

    def _body(self, markdown: str, path: str, *options: str) -> str:
        work, source = self.project.config.work, "\n".join((markdown, *options))
        return remembered(work, f"body/{path}", source, lambda: to_html(markdown, path, *options))

    def _foot(self, run: Run, href: str) -> Markup:
        """Return the receipt in the page: what no build changes, and a gap for each other value."""
        read = sorted(run.receipt.get("inputs", {}).items())  # a kept run has them in this order
        texts = {path: digest for path, digest in read if not path.endswith(".toml")}
        template = self.environment.get_template("receipt.html.j2")
        return Markup(template.render(inputs=texts, seeds=seeds(run.page), href=href))

    def _list(self, sheet: Sheet) -> Markup:
        return Markup(self.environment.get_template("listing.html.j2").render(sheet.values))


def unbroken_names(body: str) -> str:
    """Return a body with a span around each name such as GPT-2 or top-k, for no line to break it.

    >>> unbroken_names('<p title="GPT-2">GPT-2 and <code>GPT-2</code></p>')
    '<p title="GPT-2"><span class="whole">GPT-2</span> and <code>GPT-2</code></p>'
    """
    return NAMED.sub(
        lambda match: match["markup"] or f'<span class="whole">{match["name"]}</span>', body
    )
