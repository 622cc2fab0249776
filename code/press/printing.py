"""Set an executed page as HTML: body by Pandoc, page by the theme's template, measured values into the receipt."""

import html
import json
import re
from dataclasses import dataclass
from functools import cached_property
from importlib import resources
from typing import Any

import jinja2
from markupsafe import Markup

from press.changes import Change
from press.claims import count
from press.execute import Run
from press.navigation import Link, contents, day, links, neighbours, relative, shown
from press.page import Page, Prose
from press.pandoc import to_html
from press.problems import PressError, Problem
from press.project import Project
from press.receipt import MEASURED, seeds
from press.receipt import shown as shown_receipt
from press.weave import weave

WORDS_PER_MINUTE = 220  # reading speed of adults, silent, English: Brysbaert 2019 gives 238; code slows a reader
FEED = "index.xml"
VERDICTS = {"holds": "hold", "holds in part": "in part", "does not hold": "do not hold", "opinion": "opinion"}
UNREAD = "measured when the page ran; serve the site to see it"


@dataclass(frozen=True)
class Printed:
    """A page in print: the whole HTML page, its body alone, and what varied in the run (JSON)."""

    page: Page
    html: str
    body: str
    receipt: str


class Printer:
    """The theme and the project's navigation, ready to print pages."""

    def __init__(self, project: Project) -> None:
        self.project = project
        theme = resources.files("press").joinpath("theme")
        loader = jinja2.FunctionLoader(lambda name: theme.joinpath(name).read_text(encoding="utf-8"))
        self.environment = jinja2.Environment(loader=loader, autoescape=True, undefined=jinja2.StrictUndefined)

    @cached_property
    def sidebar(self) -> list[Link]:
        return links(self.project, self.project.config.get("website", "sidebar", "contents", default=[]))

    @cached_property
    def navbar(self) -> list[Link]:
        sides = [self.project.config.get("website", "navbar", side, default=[]) for side in ("left", "right")]
        return links(self.project, [item for side in sides for item in side])

    def print(self, run: Run) -> Printed:
        """Set one executed page."""
        page, config = run.page, self.project.config
        defaults: dict[str, Any] = {"code-fold": config.get("format", "html", "code-fold", default=False)}
        for option in ("echo", "warning"):
            defaults[option] = config.get("execute", option, default=True)
        body = to_html(weave(run, defaults), page.path)
        body, receipt = self.receipt(page, body, run)
        listing = self.listing(page)
        if listing and '<div id="listing"' in body:
            body, listing = re.sub(r'<div id="listing"[^>]*>\s*</div>', lambda _: str(listing), body), Markup()
        has_cells = any(cell.cell_type == "code" for cell in run.notebook.cells)
        text = self.page(page, body, listing, has_cells, run=run)
        return Printed(page, text, body, receipt)

    def page(
        self,
        page: Page,
        body: str,
        listing: Markup,
        has_cells: bool,
        root: str | None = None,
        run: Run | None = None,
    ) -> str:
        """Set a body in the whole page; `root` is given for 404.html alone, `run` for a page with a receipt."""
        config = self.project.config
        root = "../" * page.href.count("/") if root is None else root
        before, after = neighbours(self.sidebar, page)
        stem = page.href.rsplit("/", 1)[-1].removesuffix(".html")
        header = re.sub(r'(?<=["\'])/(?=[\w])', root, config.header)
        wants_toc = page.meta.get("toc", config.get("format", "html", "toc", default=True))
        return self.environment.get_template("page.html.j2").render(
            site={
                "title": config.title,
                "description": config.get("website", "description", default=""),
                "url": config.site_url,
                "language": config.get("lang", default="en"),
                "navbar": [shown(link, page.href) for link in self.navbar],
                "sidebar": [shown(link, page.href) for link in self.sidebar if link.page],
                "footer": Markup(to_html(config.get("website", "page-footer", default=""), "_quarto.yml")),
            },
            page={
                "title": page.title,
                "subtitle": page.meta.get("subtitle", ""),
                "date": page.date.isoformat() if page.date else "",
                "date_text": day(page.date),
                "description": page.meta.get("description", ""),
                "categories": page.meta.get("categories") or [],
                "body": Markup(body),
                "toc": contents(body) if wants_toc else [],
                "previous": before,
                "next": after,
                "notebook": f"{stem}.ipynb" if has_cells else None,
                "receipt_href": f"{stem}.receipt.json" if has_cells else None,
                "source": page.path if page.blocks else "",  # 404.html has no .qmd
                "canonical": config.site_url + page.href if config.site_url else "",
                "listing": listing,
                "is_home": page.href == "index.html",
                "receipt": self.foot(page, run, f"{stem}.receipt.json") if run and run.receipt.get("executed") else "",
            },
            root=root,
            favicon=f"{root}favicon.svg",
            stylesheets=[root + css for css in (*config.stylesheets, "press.css")],
            head=Markup(header),
            script=f"{root}press.js",
            feed=f"{root}{FEED}" if config.site_url else None,
        )

    def receipt(self, page: Page, body: str, run: Run) -> tuple[str, str]:
        """Take measured values out of a body, so that two builds are equal, and give them as JSON beside it."""
        values: dict[str, dict[str, str]] = {}

        def take(match: re.Match[str]) -> str:
            key, value = match["key"], {"text": html.unescape(match["text"]), "value": html.unescape(match["value"])}
            if values.setdefault(key, value) != value:
                what = f"two measured values have one key, {key!r}"
                raise PressError(Problem(page.path, 0, what, "give each exhibits.measured(...) a key of its own"))
            return f'<data class="measured" data-key="{key}" title="{UNREAD}">–</data>'

        body = MEASURED.sub(take, body)
        said: dict[str, Any] = {}
        if run.receipt.get("executed"):
            said = {"shown": shown_receipt(run.receipt)}
            moved = run.receipt.get("changes") or {}
            said["shown_changes"] = [str(Change(**item)) for item in moved.get("list", [])]
        receipt = {"page": page.path, **run.receipt, **said, "measured": values}
        return body, json.dumps(receipt, ensure_ascii=False, indent=1, sort_keys=True) + "\n"

    def foot(self, page: Page, run: Run, href: str) -> Markup:
        """The receipt as it stands in the page: what is the same in each build, and a place for each thing that varies."""
        read = run.receipt.get("inputs", {})
        inputs = {path: digest for path, digest in read.items() if not path.endswith(".toml")}  # no list of texts
        template = self.environment.get_template("receipt.html.j2")
        return Markup(template.render(inputs=inputs, seeds=seeds(page), href=href))

    def listed(self, page: Page) -> list[Page]:
        """The pages that a page's `listing` names, newest first."""
        listing = page.meta.get("listing")
        if not listing:
            return []
        contents_of = listing.get("contents", "*.qmd")
        folder = page.path.rpartition("/")[0]
        globs = [contents_of] if isinstance(contents_of, str) else contents_of
        found = self.project.match([f"{folder}/{glob}" if folder else glob for glob in globs])
        found = [other for other in found if other.path != page.path]
        for other in found:
            if other.date is None:
                what = f"{page.path} lists this page, which has no date"
                raise PressError(
                    Problem(other.path, 1, what, "write date: YYYY-MM-DD, or narrow the listing's contents")
                )
        return sorted(found, key=lambda other: (str(other.date), other.path), reverse=True)

    def listing(self, page: Page) -> Markup:
        """The entries that a page lists, set; empty for a page without a listing."""
        found = self.listed(page)
        if not found:
            return Markup()
        names = sorted({name for other in found for name in other.meta.get("categories") or []})
        every = [name for other in found for name in other.meta.get("categories") or []]
        wanted = page.meta["listing"].get("categories", False)
        entries = [
            {
                "title": other.title,
                "href": relative(other.href, page.href),
                "date": str(other.date),
                "date_text": day(other.date),
                "description": other.meta.get("description", ""),
                "claims_line": self.claims_line(other),
                "categories": other.meta.get("categories") or [],
                "reading_minutes": minutes(other),
            }
            for other in found
        ]
        categories = [{"name": name, "count": every.count(name)} for name in names] if wanted else []
        template = self.environment.get_template("listing.html.j2")
        return Markup(template.render(entries=entries, categories=categories, page_link=""))

    def claims_line(self, page: Page) -> str:
        """What became of a page's claims in this run: '7 claims: 5 hold, 2 opinion'; '' for a page without."""
        verdicts = count(self.project.config.work, page)
        if not verdicts:
            return ""
        total = sum(verdicts.values())
        said = [f"{verdicts[verdict]} {words}" for verdict, words in VERDICTS.items() if verdict in verdicts]
        return f"{total} claim{'s' if total > 1 else ''}: {', '.join(said)}"


def minutes(page: Page) -> int:
    """Reading time of the prose, in whole minutes, at least 1."""
    words = sum(len(block.text.split()) for block in page.blocks if isinstance(block, Prose))
    return max(1, round(words / WORDS_PER_MINUTE))
