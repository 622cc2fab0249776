"""Print an executed page as HTML: its body by Pandoc, the page by the theme's template."""

import hashlib
import re
from dataclasses import dataclass
from functools import cached_property
from importlib import resources
from typing import Any

import jinja2
from markupsafe import Markup

from press.base.errors import PressError
from press.base.files import own_source
from press.execute.provenance import seeds
from press.execute.result import Run
from press.render.csp import content_policy, linked, outputs_of, policy_problems
from press.render.listing import (
    PER_PAGE,
    Sheet,
    categories_of,
    listed_pages,
    named_pages,
    sheets_folder,
    sheets_of,
)
from press.render.memo import remembered
from press.render.navigation import Link, contents, links, neighbours, newest, sections, seen_from
from press.render.pandoc import citing, to_html
from press.render.plain_markdown import LISTING
from press.render.receipt import take_measured
from press.render.social_cards import picture
from press.render.to_markdown import weave
from press.source.crossref import prose_lines
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
        theme = resources.files("press.render").joinpath("theme")
        loader = jinja2.FunctionLoader(
            lambda name: theme.joinpath(name).read_text(encoding="utf-8")
        )
        self.environment = jinja2.Environment(
            loader=loader, autoescape=True, undefined=jinja2.StrictUndefined
        )
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
        front = next((page for page in self.project.published if page.meta.get("listing")), None)
        if not hidden or front is None:
            return None
        number = len(self.listed(front))
        href = f"{sheets_folder(front)}all/index.html" if number > PER_PAGE else front.href
        return Link(f"All {number:,} entries", href)

    @cached_property
    def filters(self) -> frozenset[str]:
        """The categories by which the front page filters its list."""
        for page in self.project.published:
            if page.href == "index.html" and (page.meta.get("listing") or {}).get("categories"):
                others = named_pages(self.project, page)
                return frozenset(name for other in others for name in categories_of(other))
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
        return _hash(own_source(), content_policy(), self.project.config.data, values)

    def key(self, page: Page, seal: str) -> str:
        """Return a hash of all that a page is printed from; seal: the hash of its run."""
        around = [link and (link.text, link.href) for link in neighbours(self.sidebar, page)]
        first = [(sheet.values, len(self.listed(page))) for sheet in self.sheets(page)[:1]]
        tags = sorted(self.filters.intersection(categories_of(page)))
        return _hash(seal, page.path, page.digest, around, first, tags, self.frame)

    def sheet_key(self, page: Page, sheet: Sheet) -> str:
        """Return a hash of all that a further sheet of a page's list is printed from."""
        return _hash(page.title, sheet.href, sheet.values, self.frame)

    def listed(self, page: Page) -> list[Page]:
        """Return the pages that a page lists, newest first."""
        return listed_pages(self.project, page)

    def sheets(self, page: Page) -> list[Sheet]:
        """Return the sheets of a page's list (`press.render.listing.sheets_of`); [] for no list."""
        if page.path not in self.sheets_by_page:
            has_list = page.meta.get("listing")
            self.sheets_by_page[page.path] = list(sheets_of(self.project, page)) if has_list else []
        return self.sheets_by_page[page.path]

    def print(self, run: Run) -> Printed:
        """Return the print of an executed page.

        Raises: PressError for what Pandoc refuses, or a browser would block.
        """
        page = run.page
        body = linked(page, self._body(weave(run), page.path, *citing(page, self.project.root)))
        if problems := list(policy_problems(page, body, outputs_of(run))):
            raise PressError(problems)
        body, receipt = take_measured(unbroken_names(body), run)
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
        return self.environment.get_template("page.html.j2").render(
            site=self._site(page),
            page=self._page(page, body, listing, has_cells, run),
            root=root,
            favicon=root + config.get("website", "favicon", default="favicon.svg").lstrip("/"),
            stylesheets=[root + css for css in (*config.stylesheets, "press.css")],
            head=Markup(header := re.sub(r'(?<=["\'])/(?=[\w])', root, config.header)),
            policy=content_policy(header),
            script=f"{root}press.js",
            feed=f"{root}{FEED}" if config.site_url else None,
        )

    def _site(self, page: Page) -> dict[str, Any]:
        """Return the template's values of the site, with addresses relative to a page."""
        config, everything = self.project.config, self.all_entries
        return {
            "title": config.title,
            "description": config.get("website", "description", default=""),
            "url": config.site_url,
            "language": config.get("lang", default="en"),
            "navbar": [seen_from(link, page.href) for link in self.navbar],
            "sidebar": sections(self.shortlist, page.href),
            "all_entries": seen_from(everything, page.href) if everything else None,
            "footer": self.footer,
        }

    def _page(
        self, page: Page, body: str, listing: Markup, has_cells: bool, run: Run | None
    ) -> dict[str, Any]:
        """Return the template's values of the page itself."""
        config = self.project.config
        stem = page.href.rsplit("/", 1)[-1].removesuffix(".html")
        near = neighbours(self.sidebar, page)
        own = next((link.section for link in self.sidebar if link.href == page.href), "")
        before, after = (
            link
            and seen_from(link, page.href)
            | {"section": link.section if link.section != own else ""}
            for link in near
        )
        lines = (line for block in page.prose for _, line in prose_lines(block.text, block.line))
        down = any(line.startswith("# ") for line in lines)  # all headings go down a level
        depth = page.meta.get("toc-depth", 3) + down if page.meta.get("toc", True) else 0
        executed = run and run.receipt.get("executed")
        return {
            "title": page.title,
            "subtitle": page.meta.get("subtitle", ""),
            "date": page.date.isoformat() if page.date else "",
            "date_text": day(page.date),
            "modified": page.meta.get("date-modified"),
            "modified_text": day(page.meta.get("date-modified")),
            "authors": page.meta.get("author", []),
            "language": page.meta.get("lang", ""),
            "keywords": page.meta.get("keywords", []),
            "description": page.meta.get("description", ""),
            "categories": [
                {"name": name, "filters": name in self.filters} for name in categories_of(page)
            ],
            "body": Markup(body),
            "toc": contents(body, depth) if depth else [],
            "previous": before,
            "next": after,
            "notebook": f"{stem}.ipynb" if has_cells else None,
            "receipt_href": f"{stem}.receipt.json" if has_cells else None,
            "source": page.path if page.blocks else "",  # 404.html has no .qmd
            "source_url": config.source_url(page.path),
            "searched": bool(page.blocks) and page.meta.get("search", True),
            "repository": config.get("website", "repo-url", default=""),
            "canonical": config.site_url + page.href if config.site_url else "",
            "card": self.card(page) if run else None,
            "markdown": f"{stem}.md" if run else None,
            "listing": listing,
            "is_home": page.href == "index.html",
            "receipt": self._foot(run, f"{stem}.receipt.json") if run and executed else "",
        }

    def card(self, page: Page) -> dict[str, Any] | None:
        """Return the picture of a page for links elsewhere (`press.render.social_cards`)."""
        return picture(page, self.project.config)

    def _body(self, markdown: str, path: str, *options: str) -> str:
        work, source = self.project.config.work, "\n".join((markdown, *options))
        return remembered(work, f"body/{path}", source, lambda: to_html(markdown, path, *options))

    def _foot(self, run: Run, href: str) -> Markup:
        """Return the receipt in the page: what no build changes, and a gap for each other value."""
        read = run.receipt.get("inputs", {}).items()
        texts = {path: digest for path, digest in read if not path.endswith(".toml")}
        template = self.environment.get_template("receipt.html.j2")
        return Markup(template.render(inputs=texts, seeds=seeds(run.page), href=href))

    def _list(self, sheet: Sheet) -> Markup:
        return Markup(self.environment.get_template("listing.html.j2").render(sheet.values))


def _hash(*parts: Any) -> str:
    return hashlib.sha256(repr(parts).encode(errors="surrogatepass")).hexdigest()


def unbroken_names(body: str) -> str:
    """Return a body with a span around each name such as GPT-2 or top-k, for no line to break it.

    >>> unbroken_names('<p title="GPT-2">GPT-2 and <code>GPT-2</code></p>')
    '<p title="GPT-2"><span class="whole">GPT-2</span> and <code>GPT-2</code></p>'
    """
    return NAMED.sub(
        lambda match: match["markup"] or f'<span class="whole">{match["name"]}</span>', body
    )
