"""A site whose text is full of HTML, Markdown and scripts shows all of it as text, in every part
that comes alive.

The site is printed from the journal's own pages on tests/texts/hostile.txt, with short trainings
(and without the labs, which the soak has), and read in Chromium. The text's title is hostile, too. Nothing of either may become an element,
run, or ask another host.
"""

import os
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import any_text
import pytest
from alive import WAIT, wake_maps, wake_plots

pytestmark = pytest.mark.browser
NAME = "hostile"
HOSTILE = (any_text.TEXTS / f"{NAME}.txt").read_text(encoding="utf-8")
DIALOGS = (
    "window.dialogs = []; for (const kind of ['alert', 'confirm', 'prompt']) window[kind] = (said)"
    " => { dialogs.push(said); };"
)
# Every element and attribute that is none of the theme's, the exhibits' or plotly's, from which a
# site could be attacked.
INJECTED = """() => {
    const own = (address) => address === null || new URL(address, document.baseURI).origin === location.origin;
    const rest = new Set("marquee iframe frame object embed applet audio video source noscript template plaintext xmp b[onclick]".split(" "));
    const strange = (e) => {
        const is = (...names) => names.includes(e.localName);
        if ([...e.attributes].some((a) => a.name.startsWith("on") || /^\\s*(javascript:|vbscript:|data:(?!image\\/png))/i.test(a.value))) return true;
        if (rest.has(e.localName)) return true;
        if (is("script")) return !(e.type === "application/json" || (e.hasAttribute("src") ? own(e.getAttribute("src"))
            : e.parentElement === document.head && e === document.head.querySelector("script")));
        if (is("style")) return e.parentElement !== document.head || !(/^plotly/.test(e.id) || /^\\.maplibregl/.test(e.textContent));
        if (is("link")) return e.parentElement !== document.head || !(own(e.getAttribute("href")) || e.rel === "canonical");
        if (is("meta")) return e.parentElement !== document.head || /refresh/i.test(e.httpEquiv);
        if (is("img", "image", "use")) {
            const source = e.getAttribute("src") ?? e.getAttribute("href");
            return !own(source) && !(e.closest(".ex-live") && source.startsWith("data:image/png")); // a heat map of plotly's
        }
        if (is("base")) return location.pathname.split("/").pop() !== "404.html";
        if (is("form")) return e.method !== "dialog";
        if (is("title")) return !e.closest("head, svg");
        if (is("a")) return /evil/.test(e.href);
        return is("h1") && e !== document.querySelector("h1");
    };
    return [...document.querySelectorAll("*")].filter(strange).map((e) => e.outerHTML.slice(0, 160));
}"""
TWICE = """() => { const ids = [...document.querySelectorAll("[id]")].map((e) => e.id).filter(Boolean);
    return ids.filter((id, at) => ids.indexOf(id) < at); }"""


@dataclass
class Read:
    """What was noted of a page: faults as of conftest's Watch, what the policy stopped, dialogs,
    strange elements, words.
    """

    faults: list[str]
    stopped: list[str]
    dialogs: list[str]
    injected: list[str]
    twice: list[str]
    words: str


# The section of the sidebar, and links to a lab, of which the words stay.
LAB = re.compile(
    r"^ *- section: Labs\n *contents:\n(?: *- href: journal/labs/.*\n *text: .*\n)+|\[([^]]*)\]\([^()]*labs/[^()]*\)",
    re.M,
)


def leave_out_the_labs(root: Path) -> None:
    """Take the labs out of a journal, and the links to them."""
    shutil.rmtree(root / "journal" / "labs")
    for file in (root / "_quarto.yml", *root.rglob("*.qmd")):
        text = LAB.sub(r"\1", file.read_text(encoding="utf-8"))
        file.write_text(text, encoding="utf-8")


@pytest.fixture(scope="module", params=["days", pytest.param("labs", marks=pytest.mark.soak)])
def site(
    tmp_path_factory: pytest.TempPathFactory,
    request: pytest.FixtureRequest,
    print_site: Callable[..., None],
) -> Path:
    """The journal's site on the hostile text."""
    folder = tmp_path_factory.mktemp("hostile")
    root = any_text.journal_of(NAME, folder)
    if request.param == "days":
        leave_out_the_labs(root)
    environment = {
        name: value
        for name, value in os.environ.items()
        if name not in ("JOURNAL_DATA", "PRESS_RECORDS")
    }
    environment |= {"JOURNAL_SMOKE": "1", "JOURNAL_MODELS": str(folder / "models")}
    print_site(root, folder / "site", environment)
    return folder / "site"


def bring_to_life(page: Any) -> None:
    """Scroll to the end, wake what wakes, write the hostile text into each live tokenizer, and
    search for it.
    """
    page.evaluate("document.querySelectorAll('details').forEach((fold) => { fold.open = true; })")
    page.evaluate(
        """async () => { for (let y = 0; y < document.documentElement.scrollHeight; y += innerHeight) {
            scrollTo({ top: y, behavior: "instant" }); await new Promise(requestAnimationFrame); } }"""
    )
    wake_plots(page)
    wake_maps(page)
    for box in page.locator(".ex-reader").all():
        box.scroll_into_view_if_needed()
        box.locator("textarea").fill(HOSTILE[:1_500])
        ids = box.locator(".ex-ids", has_text=re.compile(r"\b27\b"))  # of "<", maybe hidden
        ids.first.wait_for(state="attached", timeout=WAIT)
    page.locator(".search-open").click()
    page.keyboard.type("clerk")  # of the title, so that an excerpt has it
    page.locator(".search-results a").first.wait_for(timeout=WAIT)


@pytest.fixture(scope="module")
def read(visiting: Callable[..., Any], names: list[str]) -> dict[str, Read]:
    """By page, what was noted of it once every part was alive."""
    found = {}
    for name in [*names, "404.html"]:
        page = visiting(name, script=DIALOGS)
        bring_to_life(page)
        page.wait_for_load_state("networkidle")
        noted = [page.evaluate(what) for what in ("violations", "dialogs", INJECTED, TWICE)]
        found[name] = Read([*page.watch.faults], *noted, page.locator("body").inner_text())
        page.done()
    return found


def test_no_page_opens_a_dialog_or_asks_another_host(read: dict[str, Read]) -> None:
    assert {name: page.dialogs for name, page in read.items() if page.dialogs} == {}
    assert {name: page.faults for name, page in read.items() if page.faults} == {}
    assert {name: page.stopped for name, page in read.items() if page.stopped} == {}


def test_no_element_comes_out_of_the_text(read: dict[str, Read]) -> None:
    assert {name: page.injected for name, page in read.items() if page.injected} == {}


def test_no_name_of_a_place_comes_out_of_the_text(read: dict[str, Read]) -> None:
    """The text has an element of a claim's id in it, and one of a measured value's key."""
    assert {name: page.twice for name, page in read.items() if page.twice} == {}


def test_what_would_be_markup_is_there_to_be_read(read: dict[str, Read]) -> None:
    """So the pages did show it, and the tests above looked at something."""
    dated = [page for name, page in read.items() if name.startswith("journal/2025")]
    title = " ".join(any_text.TITLES[NAME].split())
    assert dated and all(title in " ".join(page.words.split()) for page in dated)
    assert any(
        mark in page.words
        for page in read.values()
        for mark in ("alert(", "onerror", "{python}", "evil.example")
    )


@pytest.mark.parametrize(
    "markup",
    [
        '<img src="http://evil.example/a.png">',
        "<b onclick='alert(1)'>b</b>",
        "<style>body { color: red }</style>",
        "<iframe srcdoc='x'></iframe>",
        '<a href="javascript:alert(1)">a</a>',
        "<link rel='stylesheet' href='http://evil.example/a.css'>",
        "<form action='http://evil.example/'></form>",
        "<script></script>",
        "<h1>Another</h1>",
    ],
)
def test_an_element_that_came_in_would_be_seen(visit: Callable[..., Any], markup: str) -> None:
    page = visit("404.html")
    assert page.evaluate(INJECTED) == []
    page.evaluate(
        "(markup) => document.querySelector('main').insertAdjacentHTML('beforeend', markup)", markup
    )
    assert len(page.evaluate(INJECTED)) == 1
