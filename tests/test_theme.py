"""The page theme: what its template promises to a reader, to a screen reader and to the other
printer.
"""

import datetime
import hashlib
import json
import re
from collections import defaultdict
from importlib import resources
from itertools import pairwise
from typing import Any
from xml.etree.ElementTree import Element

import html5lib
import jinja2
import pytest
from markupsafe import Markup

from press.render import listing as listings
from press.render.page_html import unbroken_names
from press.source.dates import day

THEME = resources.files("press.render") / "theme"
EXHIBITS = resources.files("exhibits") / "assets" / "exhibits.css"
SITE_URL = "https://journal.example/"
DAY = datetime.date(2025, 7, 2)
ENOUGH = 4.5  # contrast of text to its ground: WCAG 2.2, success criterion 1.4.3
HOSTILE = """<script>alert("1")</script> & 'quotes'"""


def read(name: str) -> str:
    return (THEME / name).read_text(encoding="utf-8")


def render(name: str, **context: Any) -> str:
    environment = jinja2.Environment(
        loader=jinja2.FunctionLoader(read), autoescape=True, undefined=jinja2.StrictUndefined
    )
    environment.filters["day"] = day
    return environment.get_template(name).render(**context)


def page(**changes: Any) -> str:
    """A whole page with everything on it, or with what `changes` says."""
    full = {
        "title": "A day", "date": DAY, "href": "a.html", "path": "journal/a.qmd", "blocks": ["text"],
        "subtitle": "and a night", "description": "What the day was about", "categories": ["tokenizer", "words"],
        "filters": ["tokenizer", "words"], "body": Markup('<section id="one"><h2>One</h2><p>Text.</p></section>'),
        "toc": [{"id": "one", "html": Markup("<em>One</em>"), "children": [{"id": "one", "html": "x", "children": []}]}],
        "previous": {"text": "Before", "href": "b.html"}, "next": {"text": "After", "href": "c.html", "section": "Labs"},
        "has_cells": True, "source_url": "", "listing": "", "is_home": False, "receipt": Markup("<p>ran</p>"),
        "root": "../", "url": SITE_URL, "repository": "", **changes,
    }  # fmt: skip
    root = full.pop("root")
    entry = {"text": "A day", "href": "a.html", "when": "2 July 2025"}
    site = {
        "title": "A journal", "description": "What it is", "url": full.pop("url"), "language": "en",
        "repository": full.pop("repository"), "favicon": "favicon.svg", "all_entries": None,
        "navbar": [{"text": "Summary", "href": f"{root}summary.html"}],
        "sidebar": [
            {"title": "Entries", "links": [entry]},
            {"title": "", "links": [{"text": "Summary", "href": "s.html", "when": ""}]},
        ],
        "footer": Markup("<p>CC0</p>"),
    }  # fmt: skip
    itself = {name: full.pop(name) for name in ("title", "date", "href", "path", "blocks")}
    meta = {name: full.pop(name) for name in ("subtitle", "description", "categories")}
    return render(
        "page.html.j2", site=site, page=itself, meta=defaultdict(str, meta), here=str, root=root, section="Entries",
        script=f"{root}assets/press.js", stylesheets=[f"{root}assets/exhibits.css", f"{root}assets/press.css"],
        feed=f"{root}feed.xml", head=Markup(f'<script defer src="{root}assets/exhibits.js"></script>'),
        policy="", card=None, stem="a", ran=True, **full,
    )  # fmt: skip


def listing(**changes: Any) -> str:
    entry = {
        "title": "A day", "href": "journal/a.html", "date": "2025-07-02", "date_text": "2 July 2025",
        "description": "What it was about", "claims_line": "7 claims", "categories": ["words", HOSTILE],
        "reading_minutes": 9, "picture": None,
    }  # fmt: skip
    return render(
        "listing.html.j2",
        entries=[{**entry, **changes}],
        categories=[{"name": HOSTILE, "count": 1}],
    )


def bare() -> str:
    """A page that has a title and a body, and nothing that may be missing."""
    nothing = dict.fromkeys(["subtitle", "description", "url", "receipt"], "")
    return page(
        **nothing,
        date=None,
        blocks=[],
        categories=[],
        toc=[],
        previous=None,
        next=None,
        has_cells=False,
    )


def home() -> str:
    return page(is_home=True, root="", listing=Markup(listing()), toc=[], date=None)


def missing() -> str:
    body = Markup(render("404.html.j2", pages=[{"title": "A day", "href": "a.html"}], root="/"))
    return page(title="Not found", root="/", body=body, toc=[], date=None, previous=None, next=None)


PAGES = pytest.mark.parametrize("make", [page, bare, home, missing])


def parse(markup: str) -> Element:
    """The tree of a page; html5lib in strict mode raises at the first error in the markup."""
    return html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(markup)


@PAGES
def test_every_kind_of_page_is_valid_with_one_heading_and_its_landmarks(make: Any) -> None:
    tree = parse(make())
    assert len(tree.findall(".//h1")) == 1
    assert len(tree.findall(".//main")) == 1
    assert tree.get("lang") == "en"


@PAGES
def test_the_skip_link_comes_first_and_leads_to_the_text(make: Any) -> None:
    body = parse(make()).find("body")
    assert body is not None
    first = body[0]
    target = (first.get("href") or "").removeprefix("#")
    assert first.tag == "a" and [
        element.tag for element in body.iter() if element.get("id") == target
    ] == ["main"]


@PAGES
def test_ids_are_unique_and_every_label_that_is_referred_to_exists(make: Any) -> None:
    elements = list(parse(make()).iter())
    ids = [element.get("id") for element in elements if element.get("id")]
    assert len(ids) == len(set(ids))
    assert {element.get("aria-labelledby") for element in elements} - {None} <= set(ids)


@PAGES
def test_navigations_have_names(make: Any) -> None:
    for nav in parse(make()).iter("nav"):
        assert nav.get("aria-label") or nav.get("aria-labelledby")


@PAGES
def test_no_handler_and_no_script_address_stands_in_the_markup(make: Any) -> None:
    for element in parse(make()).iter():
        for name, value in element.attrib.items():
            assert not name.startswith("on"), (element.tag, name)
            assert not value.strip().lower().startswith("javascript:"), (element.tag, name)


@PAGES
def test_no_page_names_another_host(make: Any) -> None:
    for element in parse(make()).iter():
        for name in ("src", "href", "action", "content", "srcset"):
            value = element.get(name) or ""
            if value.startswith(("http:", "https:", "//")):
                assert value.startswith(SITE_URL), (element.tag, value)


@pytest.mark.parametrize(
    "name", ["press.css", "press.js", "press-search.js", "light.scss", "dark.scss", "voices.scss"]
)
def test_no_asset_fetches_from_another_host(name: str) -> None:
    text = read(name)
    assert not re.search(r"https?://|url\(|@import|eval\(|new Function", text)


def test_the_inline_script_is_the_same_on_every_page() -> None:
    """A Content-Security-Policy names an inline script by its hash, so there is one, and it depends
    on nothing.
    """
    hashes = set()
    for make in (page, bare, home, missing):
        inline = [
            script.text or "" for script in parse(make()).iter("script") if not script.get("src")
        ]
        assert len(inline) == 1
        hashes.add(hashlib.sha256(inline[0].encode()).hexdigest())
    assert len(hashes) == 1


def test_the_theme_is_set_before_the_first_stylesheet() -> None:
    head = parse(page()).find("head")
    assert head is not None
    tags = [(element.tag, element.get("rel")) for element in head]
    assert tags.index(("script", None)) < tags.index(("link", "stylesheet"))


def test_a_text_in_the_context_stays_a_text() -> None:
    tree = parse(
        page(
            title=HOSTILE,
            subtitle=HOSTILE,
            description=HOSTILE,
            categories=[HOSTILE],
            filters=[HOSTILE],
            path=HOSTILE,
        )
    )
    heading = tree.find(".//h1")
    assert heading is not None and heading.text == HOSTILE
    assert [script.text for script in tree.iter("script") if "alert" in (script.text or "")] == []


def test_a_page_links_to_its_source_where_the_repository_is_known() -> None:
    plain, linked = page(), page(source_url="https://code.example/j/blob/main/journal/a.qmd")
    assert "<span>Source of this page: <code>journal/a.qmd</code>, also <a href=" in plain
    assert '<a href="https://code.example/j/blob/main/journal/a.qmd"><code>journal/a.qmd' in linked
    assert "Clone" not in plain
    assert '<a href="https://code.example/j">' in page(repository="https://code.example/j")


def test_the_sidebar_has_a_heading_for_each_section() -> None:
    assert page().count('<p class="rail-title">Entries</p>\n<ul aria-label="Entries">') == 2


def test_the_filter_reads_back_the_categories_of_an_entry() -> None:
    item = html5lib.parseFragment(listing(), namespaceHTMLElements=False).find(
        ".//li[@data-categories]"
    )
    assert item is not None
    assert json.loads(item.get("data-categories") or "") == ["words", HOSTILE]


def test_a_tag_that_filters_nothing_is_text_and_no_link() -> None:
    for filters in (True, False):
        listed = parse(page(categories=["a & b"], filters=["a & b"] if filters else [])).find(
            ".//ul[@class='categories']"
        )
        assert listed is not None and "".join(listed.itertext()).strip() == "a & b"
        links = [link.get("href") for link in listed.iter("a")]
        assert links == (["../index.html#category=a%20%26%20b"] if filters else [])


def test_the_tags_of_a_list_without_a_filter_are_no_links() -> None:
    entry = {
        "title": "A",
        "href": "a.html",
        "date_text": "",
        "description": "",
        "claims_line": "",
        "reading_minutes": 1,
        "picture": None,
    }
    said = render("listing.html.j2", entries=[{**entry, "categories": ["words"]}], categories=[])
    assert "words" in said and "#category" not in said


def test_a_name_with_a_number_or_a_letter_stays_whole_and_its_text_the_same() -> None:
    body = (
        '<p title="a > GPT-2">GPT-2’s and <b>SHA-256</b>, top-k, deep-set x-2,'
        " <code>GPT-2</code></p><pre>GPT-2</pre><svg><text>A-1</text></svg>"
    )
    marked = unbroken_names(body)
    assert re.findall('<span class="whole">(.*?)</span>', marked) == ["GPT-2", "SHA-256", "top-k"]
    assert re.sub('<span class="whole">(.*?)</span>', r"\1", marked) == body


@pytest.mark.parametrize(
    ("verdicts", "said"),
    [
        ({}, ""),
        ({"holds": 1}, "1 claim: 1 holds"),
        (
            {"opinion": 3, "holds": 3, "does not hold": 1, "holds in part": 1},
            "8 claims: 3 hold, 1 in part, 1 does not hold, 3 opinions",
        ),
        ({"does not hold": 2, "opinion": 1}, "3 claims: 2 do not hold, 1 opinion"),
    ],
)
def test_claims_are_counted_in_english(
    journal: Any, monkeypatch: pytest.MonkeyPatch, verdicts: dict[str, int], said: str
) -> None:
    monkeypatch.setattr(listings, "count_verdicts", lambda config, page: verdicts)
    monkeypatch.setattr(listings, "records", lambda config, page: config.root)  # it has run
    journal.page("Words.")
    project = journal.project()
    front = next(page for page in project.pages if page.path == "index.qmd")
    (sheet,) = listings.sheets_of(project, front)
    assert sheet.values["entries"][0]["claims_line"] == said


def test_what_has_nothing_to_say_leaves_no_empty_box() -> None:
    classes = {
        name for element in parse(bare()).iter() for name in (element.get("class") or "").split()
    }
    assert not classes & {
        "dateline",
        "subtitle",
        "title-meta",
        "steps",
        "receipt",
        "toc",
        "notebook",
    }


# -- Colours


def declared(text: str) -> dict[str, str]:
    """The custom properties of a stylesheet, the first declaration of each."""
    found: dict[str, str] = {}
    for name, value in re.findall(
        r"(?<![\w-])(--[\w-]+)\s*:\s*([^;}]+)", re.sub(r"/\*.*?\*/", "", text, flags=re.S)
    ):
        found.setdefault(name, " ".join(value.split()))
    return found


def tokens(theme: str) -> dict[str, str]:
    """Token -> colour in a theme, read from exhibits.css: `light-dark(light, dark)`."""
    css = EXHIBITS.read_text(encoding="utf-8")
    pairs = re.findall(r"--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)", css)
    return {name: light if theme == "light" else dark for name, light, dark in pairs}


def channels(colour: str) -> list[float]:
    return [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]


def luminance(rgb: list[float]) -> float:
    """WCAG 2.2, "relative luminance"."""
    linear = [
        channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4
        for channel in rgb
    ]
    return sum(
        weight * channel for weight, channel in zip((0.2126, 0.7152, 0.0722), linear, strict=True)
    )


def contrast(one: list[float], other: list[float]) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_black_on_white_has_the_greatest_contrast() -> None:
    """By the definition: (1 + 0.05) / (0 + 0.05) = 21."""
    assert contrast([0, 0, 0], [1, 1, 1]) == pytest.approx(21)


def test_every_variable_that_the_page_uses_is_defined() -> None:
    css = read("press.css")
    known = set(declared(css)) | set(declared(EXHIBITS.read_text(encoding="utf-8")))
    known |= set(re.findall(r"@property (--[\w-]+)", css))
    known.add("--columns")  # of a row, which layout.lua gives its width
    used = set(re.findall(r"var\((--[\w-]+)", css + read("voices.scss")))
    assert used and used <= known, used - known


def test_the_page_takes_its_colours_from_the_tokens_alone() -> None:
    css = re.sub(r"/\*.*?\*/", "", read("press.css"), flags=re.S)
    assert re.findall(r"#[0-9a-fA-F]{3,8}\b(?=[^{}]*[;}])", css) == []
    assert not set(declared(css)) & set(declared(EXHIBITS.read_text(encoding="utf-8")))


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("voice", ["ink", "ink-soft", "machine", "good", "part", "bad", "focus"])
def test_text_stands_out_from_the_page(theme: str, voice: str) -> None:
    colours = tokens(theme)
    assert contrast(channels(colours[voice]), channels(colours["paper"])) >= ENOUGH


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_code_stands_out_from_its_box(theme: str) -> None:
    """The colours of code are mixtures, as press.css writes them: color-mix(in srgb, A share%, B)."""
    colours = {name: channels(value) for name, value in tokens(theme).items()}
    mixtures = re.findall(
        r"color-mix\(in srgb, var\(--([\w-]+)\) (\d+)%, var\(--([\w-]+)\)\)", read("press.css")
    )
    assert mixtures
    for first, share, second in [
        *mixtures,
        ("ink", "100", "ink"),
        ("ink-soft", "100", "ink"),
        ("bad", "100", "ink"),
    ]:
        part = int(share) / 100
        mixed = [
            part * a + (1 - part) * b for a, b in zip(colours[first], colours[second], strict=True)
        ]
        assert contrast(mixed, colours["raised"]) >= ENOUGH, (first, share, second)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_quartos_layer_has_the_colours_of_the_exhibits(theme: str) -> None:
    used = set(re.findall(r"#[0-9a-f]{6}", read(f"{theme}.scss")))
    assert used and used <= set(tokens(theme).values())


def test_quartos_layers_name_the_same_variables() -> None:
    light, dark = (
        re.findall(r"^\$[\w-]+", read(f"{theme}.scss"), flags=re.M) for theme in ("light", "dark")
    )
    assert light == dark and len(light) == len(set(light))


def test_quarto_gets_the_same_two_voices() -> None:
    stacks = declared(EXHIBITS.read_text(encoding="utf-8"))
    scss = " ".join(read("voices.scss").split())
    assert f"$font-family-sans-serif: {stacks['--voice-learner']};" in scss
    assert f"$font-family-monospace: {stacks['--voice-machine']};" in scss


@pytest.mark.parametrize("name", ["light.scss", "dark.scss", "voices.scss"])
def test_a_layer_has_its_defaults_before_its_rules(name: str) -> None:
    """Quarto reads a layer by these comments, and takes what stands before the first one for
    nothing.
    """
    text = read(name)
    places = [text.index("/*-- scss:defaults --*/"), text.index("/*-- scss:rules --*/"), len(text)]
    assert places[0] == 0 and all(one < other for one, other in pairwise(places))
