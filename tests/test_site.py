"""The journal's own site, page by page: whole, valid, reachable, and nothing of it asks another
host.

Tests go over all pages and gather what is wrong, so that a failure names every place at once.
"""

import json
import os
import re
import stat
import xml.etree.ElementTree as ElementTree
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

import html5lib
import nbformat
import pytest
import yaml

pytestmark = pytest.mark.site
ROOT = Path(__file__).resolve().parents[1]
HERE = "https://site.example/"  # where the tests pretend that the site stands
OWN_SCRIPTS = (
    "press.js",
    "press-search.js",
    "press.css",
)  # with assets/, but for plotly: what this journal wrote


class Page:
    """A page of the site, parsed as a browser does, and what the parser had to say."""

    def __init__(self, name: str, text: str) -> None:
        parser = html5lib.HTMLParser(namespaceHTMLElements=False)
        self.name, self.text = name, text
        self.tree = parser.parse(text)
        self.errors = [f"{name}:{place[0]}: {code} {data}" for place, code, data in parser.errors]
        self.base = next((element.get("href") for element in self.tree.iter("base")), "")
        self.ids = [element.get("id") for element in self.tree.iter() if element.get("id")]

    def all(self, *tags: str) -> Iterator[ElementTree.Element]:
        """Elements of these names in the order of the page; comments have no name."""
        return (
            element
            for element in self.tree.iter()
            if isinstance(element.tag, str) and (not tags or element.tag in tags)
        )

    def url(self, link: str) -> str:
        """A link's whole address, by the rule of RFC 3986 and not by press's own."""
        return urljoin(urljoin(HERE + self.name, self.base), link)


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[str, Page]:
    files = sorted(file for file in site.rglob("*.html"))
    names = {file.relative_to(site).as_posix(): file for file in files}
    return {name: Page(name, file.read_text(encoding="utf-8")) for name, file in names.items()}


@pytest.fixture(scope="module")
def config() -> dict:
    return yaml.safe_load((ROOT / "_quarto.yml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def address(config: dict) -> str:
    """Where the site says that it stands."""
    return config["website"]["site-url"].rstrip("/") + "/"


def test_every_page_of_the_journal_was_printed(pages: dict[str, Page], printer: str) -> None:
    sources = [ROOT / "index.qmd", *(ROOT / "journal").rglob("*.qmd")]
    published = [
        file
        for file in sources
        if not re.search(r"^draft: true$", file.read_text(encoding="utf-8"), re.M)
    ]
    wanted = {file.relative_to(ROOT).with_suffix(".html").as_posix() for file in published}
    assert set(pages) == wanted | ({"404.html"} if printer == "builtin" else set())


@pytest.mark.printer("builtin", "the frame around Quarto's text is Bootstrap's")
def test_the_html_is_valid(pages: dict[str, Page]) -> None:
    assert [error for page in pages.values() for error in page.errors] == []


def test_no_id_stands_twice_and_every_reference_of_aria_leads_somewhere(
    pages: dict[str, Page],
) -> None:
    wrong = []
    for page in pages.values():
        wrong += [
            f"{page.name}: {id} twice" for id, times in Counter(page.ids).items() if times > 1
        ]
        for element in page.all():
            for name in ("aria-labelledby", "aria-controls", "aria-describedby", "for"):
                gone = set((element.get(name) or "").split()) - set(page.ids)
                wrong += [f"{page.name}: {name} names {id}" for id in gone]
    assert wrong == []


def test_headings_come_in_order_without_a_skipped_level(pages: dict[str, Page]) -> None:
    wrong = []
    for page in pages.values():
        levels = [int(heading.tag[1]) for heading in page.all("h1", "h2", "h3", "h4", "h5", "h6")]
        if levels[0] != 1 or levels.count(1) != 1:
            wrong.append(f"{page.name}: headings {levels}: not one h1 at the head")
        wrong += [
            f"{page.name}: h{one} is followed by h{two}"
            for one, two in pairwise(levels)
            if two > one + 1
        ]
        wrong += [
            f"{page.name}: an empty h{heading.tag[1]}"
            for heading in page.all("h1", "h2", "h3", "h4")
            if not "".join(heading.itertext()).strip()
        ]
    assert wrong == []


def test_every_link_and_anchor_leads_somewhere(pages: dict[str, Page], site: Path) -> None:
    wrong = []
    for page in pages.values():
        for element in page.all():
            for link in (element.get("href"), element.get("src")):
                whole = page.url(link) if link else ""
                if element.tag == "base" or not whole.startswith(HERE):
                    continue
                parts = urlsplit(whole)
                target = unquote(parts.path).lstrip("/")
                target += "index.html" if not target or target.endswith("/") else ""
                if not (site / target).is_file():
                    wrong.append(f"{page.name}: {link} leads to no file")
                elif (
                    parts.fragment
                    and "=" not in parts.fragment
                    and unquote(parts.fragment) not in pages[target].ids
                ):
                    wrong.append(f"{page.name}: {link} leads to no anchor")
    assert wrong == []


def test_every_page_is_reached_from_the_front_page(pages: dict[str, Page]) -> None:
    reached, waiting = set(), {"index.html"}
    while waiting:
        name = waiting.pop()
        reached.add(name)
        links = {
            urlsplit(pages[name].url(a.get("href") or "")).path.lstrip("/")
            for a in pages[name].all("a")
        }
        waiting |= (links & set(pages)) - reached
    assert set(pages) - reached <= {"404.html"}


def test_the_front_page_names_every_lab_and_the_live_tokenizers() -> None:
    text = (ROOT / "index.qmd").read_text(encoding="utf-8")
    labs = [file.relative_to(ROOT).as_posix() for file in (ROOT / "journal/labs").glob("*.qmd")]
    assert (
        labs
        and [
            path
            for path in [*labs, "journal/tokenizer.qmd"]
            if not re.search(rf"\]\({re.escape(path)}[)#]", text)
        ]
        == []
    )


@pytest.mark.printer("builtin", "Quarto's tags are no links")
def test_every_tag_that_is_a_link_leads_to_a_filter_of_the_front_page(
    pages: dict[str, Page],
) -> None:
    filters = {link.get("data-category") for link in pages["index.html"].all("a")}
    wrong = []
    for page in pages.values():
        for link in page.all("a"):
            target, _, category = (link.get("href") or "").partition("#category=")
            if category and (
                urlsplit(page.url(target)).path != "/index.html" or unquote(category) not in filters
            ):
                wrong.append(f"{page.name}: {unquote(category)}")
    assert wrong == []


def test_no_page_asks_another_host(pages: dict[str, Page], address: str) -> None:
    """Links that a reader may follow are no requests; what a page loads by itself is."""
    wrong = []
    for page in pages.values():
        for element in page.all():
            asks = [
                element.get(name)
                for name in ("src", "poster", "data", "action", "formaction", "background")
            ]
            asks += (
                []
                if element.tag in ("a", "area", "base") or element.get("rel") == "canonical"
                else [element.get("href")]
            )
            asks += [
                part.split()[0] for part in (element.get("srcset") or "").split(",") if part.split()
            ]
            asks += re.findall(r"url\(\s*['\"]?([^'\")]+)", element.get("style") or "")
            if element.tag == "style":
                asks += re.findall(r"(?:url\(|@import)\s*['\"]?([^'\")]+)", element.text or "")
            wrong += [
                f"{page.name}: {ask}"
                for ask in asks
                if ask and not page.url(ask).startswith((HERE, "data:"))
            ]
            if element.tag == "meta" and element.get("http-equiv", "").lower() == "refresh":
                wrong.append(f"{page.name}: a refresh")
            hints = {"preconnect", "dns-prefetch", "prefetch", "modulepreload"} & set(
                element.get("rel", "").split()
            )
            wrong += [f"{page.name}: {hint}" for hint in hints]
    assert wrong == []


def test_no_stylesheet_and_no_script_asks_another_host(site: Path) -> None:
    asks = re.compile(
        r"""(?:url\(|@import|\bimport\b\s*\(?|\bfrom|importScripts\(|fetch\()\s*['"]?(?:https?:)?//[\w.]+"""
    )
    wrong = []
    for file in [*site.rglob("*.css"), *site.rglob("*.js")]:
        name, text = file.relative_to(site).as_posix(), file.read_text(encoding="utf-8")
        wrong += [f"{name}: {match[0]}" for match in asks.finditer(text)]
        if name in OWN_SCRIPTS or (name.startswith("assets/") and "plotly" not in name):
            # the name of SVG's language
            hosts = set(re.findall(r"https?://[\w.-]+", text)) - {"http://www.w3.org"}
            wrong += [f"{name}: {host}" for host in hosts]
    assert wrong == []


@pytest.mark.printer("builtin", "a page of Quarto has no policy")
def test_nothing_runs_that_a_strict_policy_would_stop(pages: dict[str, Page]) -> None:
    """But for the one inline script of the theme, the same on every page: no handlers, no script
    addresses.
    """
    inline, wrong = set(), []
    for page in pages.values():
        for element in page.all():
            wrong += [f"{page.name}: {name}" for name in element.attrib if name.startswith("on")]
            wrong += [
                f"{page.name}: {value}"
                for value in element.attrib.values()
                if value.strip().lower().startswith("javascript:")
            ]
        data = ("application/json", "application/ld+json")
        inline |= {
            script.text
            for script in page.all("script")
            if not script.get("src") and script.get("type") not in data
        }
    assert wrong == []
    assert len(inline) == 1


def test_every_page_says_what_it_is(pages: dict[str, Page], address: str) -> None:
    titles = Counter(page.tree.findtext(".//title") for page in pages.values())
    assert [
        title for title, times in titles.items() if times > 1 or not (title or "").strip()
    ] == []
    for page in pages.values():
        assert page.tree.get("lang") == "en", page.name
        assert len(list(page.all("main"))) == 1, page.name
        described = [
            meta.get("content") for meta in page.all("meta") if meta.get("name") == "description"
        ]
        assert len(described) == 1 and described[0], page.name
        canonical = [
            link.get("href") for link in page.all("link") if link.get("rel") == "canonical"
        ]
        assert page.name == "404.html" or canonical == [address + page.name], page.name


def test_every_image_and_every_button_has_a_name(pages: dict[str, Page]) -> None:
    wrong = []
    for page in pages.values():
        wrong += [
            f"{page.name}: {image.get('src', '')[:60]}"
            for image in page.all("img")
            if image.get("alt") is None
        ]
        for button in page.all("button", "summary"):
            named = (
                "".join(button.itertext()).strip()
                or button.get("aria-label")
                or button.get("aria-labelledby")
            )
            wrong += [] if named else [f"{page.name}: a {button.tag} without a name"]
    assert wrong == []


def test_the_feed_lists_the_dated_pages_newest_first(
    pages: dict[str, Page], site: Path, address: str
) -> None:
    items = ElementTree.parse(site / "index.xml").getroot().findall("channel/item")
    links = [(item.findtext("link") or "").removeprefix(address) for item in items]
    dated = sorted((name for name in pages if re.match(r"journal/\d{4}-", name)), reverse=True)
    assert links == dated[: len(links)] and len(links) == min(len(dated), 20)
    for item, link in zip(items, links, strict=True):
        assert item.findtext("title") == pages[link].tree.findtext(".//h1")


def test_the_sitemap_lists_every_page(pages: dict[str, Page], site: Path, address: str) -> None:
    found = [
        element.text
        for element in ElementTree.parse(site / "sitemap.xml").getroot().findall(".//{*}loc")
    ]
    assert sorted(found) == sorted(address + name for name in pages if name != "404.html")
    assert f"Sitemap: {address}sitemap.xml" in (site / "robots.txt").read_text()


@pytest.mark.printer("builtin", "Quarto makes no 404.html of its own")
def test_the_page_for_what_is_not_there_works_at_any_depth(
    pages: dict[str, Page], address: str
) -> None:
    page = pages["404.html"]
    assert page.base == urlsplit(address).path
    deep = urljoin(HERE + "journal/deep/gone.html", page.base)
    styles = [
        link.get("href") or "" for link in page.all("link") if link.get("rel") == "stylesheet"
    ]
    assert styles and all(
        urljoin(deep, style).startswith(urljoin(HERE, urlsplit(address).path)) for style in styles
    )


@pytest.mark.printer("builtin", "Quarto publishes no notebooks")
def test_every_notebook_is_valid_and_failed_only_where_it_meant_to(site: Path) -> None:
    files = sorted(site.rglob("*.ipynb"))
    assert files
    for file in files:
        notebook = nbformat.read(file, as_version=4)
        nbformat.validate(notebook)
        for cell in notebook.cells:
            failed = any(output.output_type == "error" for output in cell.get("outputs", []))
            assert not failed or "raises-exception" in cell.metadata.tags, (
                f"{file.name}: {cell.source}"
            )


@pytest.mark.printer("builtin", "Quarto publishes no notebooks")
def test_every_page_with_cells_offers_its_notebook(pages: dict[str, Page], site: Path) -> None:
    for page in pages.values():
        notebook = (site / page.name).with_suffix(".ipynb")
        offered = [
            page.url(a.get("href") or "") for a in page.all("a") if a.get("download") is not None
        ]
        wanted = [HERE + notebook.relative_to(site).as_posix()] if notebook.is_file() else []
        notebooks = [link for link in offered if link.endswith(".ipynb")]
        assert list(dict.fromkeys(notebooks)) == wanted, page.name  # at the head and at the foot


@pytest.mark.printer("builtin", "Quarto has no receipts")
def test_every_receipt_holds_the_measured_values_of_its_page(
    pages: dict[str, Page], site: Path
) -> None:
    checked = 0
    for file in site.rglob("*.receipt.json"):
        receipt = json.loads(file.read_text(encoding="utf-8"))
        page = pages[file.relative_to(site).as_posix().replace(".receipt.json", ".html")]
        shown = {data.get("data-key") for data in page.all("data") if data.get("data-key")}
        assert set(receipt["measured"]) == shown, page.name
        assert all(value["text"].strip() for value in receipt["measured"].values()), page.name
        checked += len(shown)
    assert checked


@pytest.mark.printer("builtin", "Quarto's search is its own")
def test_search_knows_every_page_that_is_to_be_found(pages: dict[str, Page], site: Path) -> None:
    wanted = [page for page in pages.values() if "data-pagefind-body" in page.text]
    entry = json.loads((site / "pagefind" / "pagefind-entry.json").read_text())
    apart = {"404.html", "journal/novella.html"}  # its words would be found before the pages' own
    assert entry["languages"]["en"]["page_count"] == len(wanted) == len(pages) - len(apart)
    assert not apart & {page.name for page in wanted}


def test_every_page_says_on_which_text_it_ran_if_it_ran_on_one(
    pages: dict[str, Page], site: Path
) -> None:
    wrong = []
    for page in pages.values():
        source = ROOT / page.name.replace(".html", ".qmd")
        if source.is_file() and "load_text(" in source.read_text(encoding="utf-8"):
            said = " ".join("".join(page.tree.itertext()).split())
            wrong += [] if "SHA-256" in said else [page.name]
    assert wrong == []


def test_no_file_of_the_site_names_the_machine_that_built_it(site: Path) -> None:
    """A path in a traceback or a warning would differ from machine to machine."""
    machine = {str(ROOT), str(Path.home())} - {"/"}  # the home of a user without one
    wrong = []
    for file in site.rglob("*"):
        if file.suffix in (".html", ".ipynb", ".json", ".xml", ".css", ".txt"):
            text = file.read_text(encoding="utf-8")
            wrong += [f"{file.name}: {path}" for path in (*machine, "/ipykernel_") if path in text]
    assert wrong == []


def test_every_file_of_the_site_may_be_read_by_a_server(site: Path) -> None:
    """But for whom the umask shuts out, under which all of it was made."""
    os.umask(mask := os.umask(0))
    wanted = (stat.S_IRUSR | stat.S_IRGRP | stat.S_IROTH) & ~mask
    assert [file.name for file in site.rglob("*") if file.stat().st_mode & wanted != wanted] == []
    assert [file.name for file in site.rglob("*") if file.is_symlink()] == []


@pytest.mark.printer("builtin", "Quarto has no receipts")
def test_what_varies_in_a_run_stands_in_the_receipts_alone(pages: dict[str, Page]) -> None:
    for page in pages.values():
        for data in page.all("data"):
            if "measured" in (data.get("class") or "").split():
                assert data.get("value") is None and data.text == "–", page.name
