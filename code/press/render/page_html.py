"""Set an executed page as HTML: body by Pandoc, page by the theme's template, measured values into
the receipt.
"""

import hashlib
import html
import json
import posixpath
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from importlib import resources
from typing import Any

import jinja2
from markupsafe import Markup

from press.base.errors import PressError, Problem
from press.base.files import own_source
from press.execute.provenance import MEASURED, seeds
from press.execute.provenance import shown as shown_receipt
from press.execute.result import Run
from press.execute.run_diff import Change
from press.render.csp import blocked, content_policy
from press.render.navigation import (
    Link,
    beside,
    contents,
    links,
    neighbours,
    newest,
    places_in,
    relative,
    shown,
)
from press.render.pandoc import body_key, to_html
from press.render.plain_markdown import address
from press.render.shelf import Bodies, Printings, Templates
from press.render.social_cards import SIZE, alt, card, measures
from press.render.to_markdown import weave
from press.source.claims import count
from press.source.dates import day
from press.source.page import Page, Prose
from press.source.project import Project

WORDS_PER_MINUTE = (
    220  # reading speed of adults, silent, English: Brysbaert 2019 gives 238; code slows a reader
)
FEED = "index.xml"
PER_PAGE = 20  # entries on a page of a listing, and dated pages in the sidebar
VERDICTS = {  # of one claim, of several
    "holds": ("holds", "hold"),
    "holds in part": ("in part", "in part"),
    "not shown here": ("not shown", "not shown"),
    "does not hold": ("does not hold", "do not hold"),
    "opinion": ("opinion", "opinions"),
}
NAMED = re.compile(  # what stays as it is, or a name that ends in a hyphen and a number or a letter
    r"""(?P<kept><(?P<tag>pre|code|script|style|svg|math|textarea)\b.*?</(?P=tag)>|<(?:[^<>"']|"[^"]*"|'[^']*')*>)"""
    r"""|\b(?P<name>[A-Z][A-Za-z]+-\d+|[a-z]+-[a-z])\b""",
    re.S,
)
UNREAD = "measured when the page ran; serve the site to see it"


@dataclass(frozen=True)
class Printed:
    """A page in print: the whole HTML page, its body alone, and what varied in the run (JSON);
    Pandoc's key of the body.
    """

    page: Page
    html: str
    body: str
    receipt: str
    body_key: str


@dataclass(frozen=True)
class Sheet:
    """A sheet of a page's list: its name ("1", "2"... or "all"), its address, and what the template
    is told.
    """

    name: str
    href: str
    said: dict[str, Any]


class Printer:
    """The theme and the project's navigation, ready to print pages."""

    def __init__(self, project: Project) -> None:
        self.project = project
        theme = resources.files("press.render").joinpath("theme")
        loader = jinja2.FunctionLoader(
            lambda name: theme.joinpath(name).read_text(encoding="utf-8")
        )
        self.environment = jinja2.Environment(
            loader=loader,
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            bytecode_cache=Templates(project.config.work),
        )
        self.bodies = Bodies(project.config.work)
        self.printings = Printings(project.config.work)
        self.sheets_of: dict[str, list[Sheet]] = {}

    @cached_property
    def sidebar(self) -> list[Link]:
        return links(
            self.project, self.project.config.get("website", "sidebar", "contents", default=[])
        )

    @cached_property
    def navbar(self) -> list[Link]:
        sides = [
            self.project.config.get("website", "navbar", side, default=[])
            for side in ("left", "right")
        ]
        return links(self.project, [item for side in sides for item in side])

    @cached_property
    def places(self) -> dict[str, int]:
        return places_in(self.sidebar)

    @cached_property
    def shortlist(self) -> list[Link]:
        """The sidebar as every page shows it: of a long journal the newest entries."""
        return [link for link in newest(self.sidebar, PER_PAGE) if link.page]

    @cached_property
    def all_entries(self) -> Link | None:
        """Where a reader finds the entries that the sidebar leaves out."""
        hidden = sum(1 for link in self.sidebar if link.page) - len(self.shortlist)
        front = next((page for page in self.project.published if page.meta.get("listing")), None)
        if not hidden or front is None:
            return None
        found = len(self.listed(front))
        return Link(
            f"All {found:,} entries",
            f"{_further(front)}all/index.html" if found > PER_PAGE else front.href,
        )

    @cached_property
    def filtered(self) -> frozenset[str]:
        """The categories by which the front page filters its list; a tag with another one leads
        nowhere.
        """
        for page in self.project.published:
            if page.href == "index.html" and (page.meta.get("listing") or {}).get("categories"):
                return frozenset(name for other in self.named(page) for name in _categories(other))
        return frozenset()

    @cached_property
    def footer(self) -> Markup:
        footer = self.project.config.get("website", "page-footer", default="")
        return Markup(to_html(footer, "_quarto.yml", self.bodies))

    @cached_property
    def frame(self) -> str:
        """A hash of what stands around every page: theme, configuration, navigation."""
        around = [*self.navbar, *self.shortlist, self.all_entries]
        said = [(link.text, link.href, link.page and link.page.date) for link in around if link]
        return hashlib.sha256(
            repr((own_source(), content_policy(), self.project.config.data, said)).encode()
        ).hexdigest()

    def key(self, page: Page, seal: str) -> str:
        """By what a printing is known: the run (its seal), the page's own text, its neighbours,
        list, picture, the frame.
        """
        around = [
            (link.text, link.href) if link else None
            for link in beside(self.sidebar, page, self.places)
        ]
        listed = [(sheet.said, len(self.listed(page))) for sheet in self.sheets(page)[:1]]
        pictured = (
            self.card(page) if page.meta.get("image") else None
        )  # it may have another size by now
        tags = sorted(self.filtered.intersection(_categories(page)))  # those that lead somewhere
        return _hash((seal, page.path, page.digest, around, listed, pictured, tags, self.frame))

    def sheet_key(self, page: Page, sheet: "Sheet") -> str:
        """By what the printing of a further sheet of a page's list is known."""
        return _hash((page.title, sheet.href, sheet.said, self.frame))

    def print(self, run: Run) -> Printed:
        """Set one executed page."""
        page, config = run.page, self.project.config
        defaults: dict[str, Any] = {
            "code-fold": config.get("format", "html", "code-fold", default=False)
        }
        for option in ("echo", "warning"):
            defaults[option] = config.get("execute", option, default=True)
        woven = weave(run, defaults)
        body = to_html(woven, page.path, self.bodies)
        refused = list(blocked(page, body))
        if refused:
            raise PressError(refused)
        body, receipt = self.receipt(page, whole_names(body), run)
        listing = Markup("".join(self.listing(sheet) for sheet in self.sheets(page)[:1]))
        if listing and '<div id="listing"' in body:
            body, listing = (
                re.sub(r'<div id="listing"[^>]*>\s*</div>', lambda _: str(listing), body),
                Markup(),
            )
        has_cells = any(cell.cell_type == "code" for cell in run.notebook.cells)
        text = self.page(page, body, listing, has_cells, run=run)
        return Printed(page, text, body, receipt, body_key(woven))

    def print_sheet(self, page: Page, sheet: "Sheet") -> str:
        """Set a page that goes on with a page's long list, or that has all of it."""
        title = "all entries" if sheet.name == "all" else f"page {sheet.name}"
        meta = {"title": f"{page.title}: {title}", "toc": False}
        return self.page(
            Page(f"{sheet.href.removesuffix('.html')}.qmd", meta, ()),
            "",
            self.listing(sheet),
            False,
        )

    def page(
        self,
        page: Page,
        body: str,
        listing: Markup,
        has_cells: bool,
        root: str | None = None,
        run: Run | None = None,
    ) -> str:
        """Set a body in the whole page; `root` is given for 404.html alone, `run` for a page with a
        receipt.
        """
        config = self.project.config
        root = "../" * page.href.count("/") if root is None else root
        before, after = neighbours(self.sidebar, page, self.places)
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
                "sidebar": [shown(link, page.href) for link in self.shortlist],
                "all_entries": shown(self.all_entries, page.href) if self.all_entries else None,
                "footer": self.footer,
            },
            page={
                "title": page.title,
                "subtitle": page.meta.get("subtitle", ""),
                "date": page.date.isoformat() if page.date else "",
                "date_text": day(page.date),
                "description": page.meta.get("description", ""),
                "categories": [
                    {"name": name, "filters": name in self.filtered} for name in _categories(page)
                ],
                "body": Markup(body),
                "toc": contents(body) if wants_toc else [],
                "previous": before,
                "next": after,
                "notebook": f"{stem}.ipynb" if has_cells else None,
                "receipt_href": f"{stem}.receipt.json" if has_cells else None,
                "source": page.path if page.blocks else "",  # 404.html has no .qmd
                "canonical": config.site_url + page.href if config.site_url else "",
                "card": self.card(page) if run else None,
                "markdown": f"{stem}.md" if run else None,
                "listing": listing,
                "is_home": page.href == "index.html",
                "receipt": self.foot(page, run, f"{stem}.receipt.json")
                if run and run.receipt.get("executed")
                else "",
            },
            root=root,
            favicon=f"{root}favicon.svg",
            stylesheets=[root + css for css in (*config.stylesheets, "press.css")],
            head=Markup(header),
            policy=content_policy(header, body),
            script=f"{root}press.js",
            feed=f"{root}{FEED}" if config.site_url else None,
        )

    def card(self, page: Page) -> dict[str, Any] | None:
        """The picture that stands for a page elsewhere: its card, or what its front matter names as
        `image`.

        Raises: PressError for an `image` that is not in the project.
        """
        config = self.project.config
        image, said = (
            str(page.meta.get("image", "")),
            str(page.meta.get("image-alt", "")) or alt(page, config),
        )
        if not config.site_url:
            return None
        if not image or image.removeprefix("/") == card(page):
            return {
                "href": address(card(page), config),
                "alt": said,
                **dict(zip(("width", "height"), SIZE, strict=True)),
            }
        if re.match("https?://", image):
            return {"href": image, "alt": said, "width": None}
        path = (
            image[1:]
            if image.startswith("/")
            else posixpath.join(posixpath.dirname(page.path), image)
        )
        path = posixpath.normpath(path)
        if path.startswith("..") or not (config.root / path).is_file():
            remedy = "mend the path, or take it out: the page has a card of its own"
            raise PressError(
                Problem(page.path, 1, f"the image {image!r} is no file of the project", remedy)
            )
        return {"href": address(path, config), "alt": said, **measures(config.root / path)}

    def receipt(self, page: Page, body: str, run: Run) -> tuple[str, str]:
        """Take measured values out of a body, so that two builds are equal, and give them as JSON
        beside it.
        """
        values: dict[str, dict[str, str]] = {}

        def take(match: re.Match[str]) -> str:
            key, value = (
                match["key"],
                {"text": html.unescape(match["text"]), "value": html.unescape(match["value"])},
            )
            if values.setdefault(key, value) != value:
                what = f"two measured values have one key, {key!r}"
                raise PressError(
                    Problem(page.path, 0, what, "give each exhibits.measured(...) a key of its own")
                )
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
        """The receipt as it stands in the page: what is the same in each build, and a place for
        each thing that varies.
        """
        read = run.receipt.get("inputs", {})
        inputs = {
            path: digest for path, digest in read.items() if not path.endswith(".toml")
        }  # no list of texts
        template = self.environment.get_template("receipt.html.j2")
        return Markup(template.render(inputs=inputs, seeds=seeds(page), href=href))

    def named(self, page: Page) -> list[Page]:
        """The pages that a page's `listing` names."""
        listing = page.meta.get("listing")
        if not listing:
            return []
        contents_of = listing.get("contents", "*.qmd")
        folder = page.path.rpartition("/")[0]
        globs = [contents_of] if isinstance(contents_of, str) else contents_of
        found = self.project.match([f"{folder}/{glob}" if folder else glob for glob in globs])
        return [other for other in found if other.path != page.path]

    def listed(self, page: Page) -> list[Page]:
        """The pages that a page's `listing` names, newest first.

        Raises: PressError for one that has no date.
        """
        found = self.named(page)
        for other in found:
            if other.date is None:
                what = f"{page.path} lists this page, which has no date"
                raise PressError(
                    Problem(
                        other.path,
                        1,
                        what,
                        "write date: YYYY-MM-DD, or narrow the listing's contents",
                    )
                )
        return sorted(found, key=lambda other: (str(other.date), other.path), reverse=True)

    def listing(self, sheet: "Sheet") -> Markup:
        """A sheet of a list, set."""
        return Markup(self.environment.get_template("listing.html.j2").render(sheet.said))

    def sheets(self, page: Page) -> list["Sheet"]:
        """The sheets of the entries that a page lists, its own first, and one with all of them
        last; [] for no list.

        It says what became of the entries' claims, so the entries must have been run.
        """
        if page.path not in self.sheets_of:
            self.sheets_of[page.path] = list(self._sheets(page)) if page.meta.get("listing") else []
        return self.sheets_of[page.path]

    def _sheets(self, page: Page) -> Iterator["Sheet"]:
        found = self.listed(page)
        told = [self.entry(other) for other in found]
        every = Counter(name for entry in told for name in entry["categories"])
        wanted = page.meta["listing"].get("categories", False)
        categories = (
            [{"name": name, "count": every[name]} for name in sorted(every)] if wanted else []
        )
        last = -(-len(found) // PER_PAGE)
        hrefs = {
            str(number): f"{_further(page)}{number}/index.html" for number in range(2, last + 1)
        }
        hrefs = {
            "1": page.href,
            **hrefs,
            **({"all": f"{_further(page)}all/index.html"} if last > 1 else {}),
        }
        for name, href in hrefs.items() if found else ():
            first, end = (
                (0, len(found))
                if name == "all"
                else ((int(name) - 1) * PER_PAGE, int(name) * PER_PAGE)
            )
            entries = [
                {**entry, "href": relative(other.href, href)}
                for other, entry in zip(found[first:end], told[first:end], strict=True)
            ]
            around = (
                {} if name == "all" else {"newer": str(int(name) - 1), "older": str(int(name) + 1)}
            )
            steps = {way: hrefs[to] for way, to in around.items() if to in hrefs}
            steps |= {"all": hrefs["all"], "first": page.href} if last > 1 else {}
            ways = {way: relative(to, href) for way, to in steps.items()}
            sheets = {"name": name, "last": last, **ways} if last > 1 else None
            said = {
                "entries": entries,
                "categories": categories,
                "sheets": sheets,
                "total": len(found),
            }
            yield Sheet(name, href, said)

    def entry(self, page: Page) -> dict[str, Any]:
        """What a list says of an entry."""
        return {
            "title": page.title,
            "date": str(page.date),
            "date_text": day(page.date),
            "description": page.meta.get("description", ""),
            "claims_line": self.claims_line(page),
            "categories": _categories(page),
            "reading_minutes": minutes(page),
        }

    def claims_line(self, page: Page) -> str:
        """What became of a page's claims in this run: '7 claims: 5 hold, 2 opinions'; '' for a page
        without.
        """
        verdicts = count(self.project.config, page)
        if not verdicts:
            return ""
        total = sum(verdicts.values())
        said = [
            f"{verdicts[verdict]} {many if verdicts[verdict] > 1 else one}"
            for verdict, (one, many) in VERDICTS.items()
            if verdict in verdicts
        ]
        return f"{total} claim{'s' if total > 1 else ''}: {', '.join(said)}"


def _categories(page: Page) -> list[str]:
    return page.meta.get("categories") or []


def _hash(said: tuple[Any, ...]) -> str:
    return hashlib.sha256(repr(said).encode(errors="surrogatepass")).hexdigest()


def whole_names(body: str) -> str:
    """A body in whose prose no line ends within a name such as GPT-2 or top-k; its text stays the
    same.

    >>> whole_names('<p title="GPT-2">GPT-2 and <code>GPT-2</code></p>')
    '<p title="GPT-2"><span class="whole">GPT-2</span> and <code>GPT-2</code></p>'
    """
    return NAMED.sub(
        lambda found: found["kept"] or f'<span class="whole">{found["name"]}</span>', body
    )


def _further(page: Page) -> str:
    """Below which address the further pages of a page's listing stand."""
    stem = page.href.removesuffix(".html")
    return f"{stem.removesuffix('index') if stem.split('/')[-1] == 'index' else stem + '/'}page/"


def minutes(page: Page) -> int:
    """Reading time of the prose, in whole minutes, at least 1."""
    words = sum(len(block.text.split()) for block in page.blocks if isinstance(block, Prose))
    return max(1, round(words / WORDS_PER_MINUTE))
