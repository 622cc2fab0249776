"""The journal's own site in Chromium: what a reader meets who opens a page, taps, searches, or has
only the files.
"""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect
from printers import SELECTORS, Selectors

pytestmark = [pytest.mark.browser, pytest.mark.site]
PHONE = {"width": 360, "height": 740}


Open = Callable[..., tuple[Page, Any]]  # with a Watch of conftest


@pytest.fixture
def open_page(visit: Callable[..., Any]) -> Open:
    """Open a page of the site, and watch it."""

    def make(name: str = "index.html", *home: str, **options: Any) -> tuple[Page, Any]:
        page = visit(name, *home, **options)
        return page, page.watch

    return make


def ground(page: Page, selectors: Selectors) -> str:
    """The colour of a page's ground, as a browser writes it."""
    read = "part => getComputedStyle(part).backgroundColor"
    return str(page.locator(selectors.ground).evaluate(read))


@pytest.mark.printer("builtin", "Quarto begins with the light theme")
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_theme_follows_the_system_until_the_reader_chooses(
    open_page: Open, entry: str, scheme: Any
) -> None:
    page, _ = open_page(entry, color_scheme=scheme)
    root = page.locator("html")
    expect(root).to_have_attribute("data-theme", scheme)
    other = "light" if scheme == "dark" else "dark"
    page.locator(".theme-toggle").click()
    expect(root).to_have_attribute("data-theme", other)
    expect(page.locator(".theme-toggle")).to_have_attribute(
        "aria-pressed", str(other == "dark").lower()
    )
    page.reload()
    expect(root).to_have_attribute("data-theme", other)
    page.locator(".site-title a").click()
    page.wait_for_url("**/index.html")
    expect(root).to_have_attribute("data-theme", other)


def test_the_theme_changes_the_colours_and_is_kept(
    open_page: Open, entry: str, selectors: Selectors
) -> None:
    page, _ = open_page(entry, color_scheme="light")
    before = ground(page, selectors)
    page.locator(selectors.theme_toggle).first.click()
    background = page.locator(selectors.ground)
    expect(background).not_to_have_css("background-color", before)
    page.reload()
    expect(background).not_to_have_css("background-color", before)


def words_of(page: Page, selectors: Selectors = SELECTORS["builtin"]) -> list[str]:
    """The long words of an entry's prose, the longest first."""
    text = page.locator(selectors.prose).inner_text()
    return sorted(set(re.findall(r"\b[a-z]{7,}\b", text)), key=lambda word: (-len(word), word))


def test_search_finds_a_word_of_the_entry_and_leads_there(
    open_page: Open, entry: str, address: str, selectors: Selectors
) -> None:
    page, watch = open_page(entry)
    word = words_of(page, selectors)[0]
    page.wait_for_load_state("networkidle")  # else leaving breaks a request off
    page.goto(address + "index.html")
    page.keyboard.press("/")
    expect(page.locator(selectors.search_input)).to_be_focused()
    page.keyboard.type(word)
    found = page.locator(f"{selectors.search_results}[href*='{Path(entry).stem}']").first
    expect(found).to_be_visible()
    found.click()
    page.wait_for_url(f"**/{entry}*")
    assert watch.faults == []


@pytest.mark.printer("builtin", "Quarto's search is its own")
def test_search_says_when_it_finds_nothing_and_closes(open_page: Open) -> None:
    page, _ = open_page()
    page.locator(".search-open").click()
    page.keyboard.type("щщщщщщ")  # pagefind takes what begins alike; no word of the site begins so
    expect(page.locator(".search-status")).to_contain_text("Nothing found")
    page.locator("#search-words").fill("token")
    expect(page.locator(".search-status")).to_contain_text("found")
    page.keyboard.press("Escape")
    expect(page.locator("#search")).to_be_hidden()
    expect(page.locator(".search-open")).to_be_focused()


@pytest.mark.parametrize("way", ["hover", "tap", "focus"])
def test_a_plot_comes_alive_when_it_is_asked_for_and_scrolling_asks_for_nothing(
    open_page: Open, way: str
) -> None:
    """Until then plotly.min.js is not asked for, and the still drawing is there without it."""
    page, watch = open_page("journal/labs/pretraining.html")
    far = page.locator(".ex-plot:visible").last
    far.scroll_into_view_if_needed()
    page.wait_for_load_state("networkidle")
    assert far.locator("svg").count()
    assert not any("plotly" in url for url in watch.asked)
    expect(far).not_to_have_class(re.compile("ex-drawn"))
    box = far.locator(".ex-plot-box")
    {"hover": box.hover, "tap": lambda: box.dispatch_event("click"), "focus": box.focus}[way]()
    expect(far).to_have_class(re.compile("ex-drawn"))
    expect(far.locator(".ex-live svg").first).to_be_visible()
    assert [url for url in watch.asked if "plotly" in url] == [
        address_of(page) + "assets/plotly.min.js"
    ]
    assert watch.faults == []


def address_of(page: Page) -> str:
    parts = urlsplit(page.url)
    return f"{parts.scheme}://{parts.netloc}/"


def test_a_page_loads_little_before_it_is_touched(open_page: Open, entry: str) -> None:
    """Neither plotly nor the search index nor the tokenizer's table is asked for by opening the
    front page.
    """
    _, watch = open_page()
    heavy = [url for url in watch.asked if re.search(r"plotly|pagefind|\.bin|\.wasm|worker", url)]
    assert heavy == []


def test_the_code_can_be_copied(
    open_page: Open, entry: str, selectors: Selectors, printer: str
) -> None:
    page, _ = open_page(entry, permissions=["clipboard-read", "clipboard-write"])
    block = page.locator("div.sourceCode:visible").first
    block.hover()
    button = page.locator(selectors.copy).locator("visible=true").first  # Quarto's stands beside it
    button.click()
    if printer == "builtin":
        expect(button).to_have_text("Copied")
    assert (
        page.evaluate("navigator.clipboard.readText()").strip()
        == block.locator("code").inner_text().strip()
    )
    if printer == "builtin":
        expect(button).to_have_text("Copy")


WORTH_FILTERING = 8  # entries


def test_the_categories_filter_the_entries(open_page: Open, selectors: Selectors) -> None:
    page, _ = open_page()
    posts = page.locator(selectors.posts)
    total = posts.count()
    if total < WORTH_FILTERING:
        assert page.locator(selectors.filters).count() == 0
        return
    filters = page.locator(selectors.filters)
    names = [re.sub(r"\s*\(?\d+\)?$", "", text) for text in filters.all_inner_texts()]
    counts = {}
    for name, one in zip(names, filters.all(), strict=True):
        one.click()
        chosen = posts.locator("visible=true")
        category = re.compile(rf"^\s*{re.escape(name)}\s*$")
        having = posts.filter(has=page.locator(selectors.post_category, has_text=category))
        expect(chosen).to_have_count(having.count())
        counts[name] = having.count()
    assert counts and min(counts.values()) > 0 and min(counts.values()) < total, counts


@pytest.mark.printer("builtin", "Quarto has no receipts")
def test_measured_values_come_from_the_receipt(open_page: Open, entry: str, site: Path) -> None:
    receipt = json.loads(
        (site / entry.replace(".html", ".receipt.json")).read_text(encoding="utf-8")
    )
    page, _ = open_page(entry)
    for key, value in receipt["measured"].items():
        expect(page.locator(f'data.measured[data-key="{key}"]').first).to_have_text(value["text"])


@pytest.mark.printer("builtin", "Quarto makes no 404.html of its own")
def test_an_address_that_is_no_page_shows_the_way_back(
    open_page: Open, browser: Browser, address: str
) -> None:
    context = browser.new_context()
    page = context.new_page()
    answer = page.goto(address + "journal/deep/gone.html")
    assert answer is not None and answer.status == 404
    expect(page.locator("h1")).to_have_text("No page here")
    assert ground(page, SELECTORS["builtin"]) != "rgba(0, 0, 0, 0)"  # its style is there
    page.locator(".prose a", has_text="front page").click()
    page.wait_for_url(address + "index.html")
    context.close()


# -- Elsewhere: below a path, from a disk, without a script


def test_the_site_works_below_a_path(
    open_page: Open,
    entry: str,
    site: Path,
    selectors: Selectors,
    serving: Callable[..., Any],
    until: Callable[..., None],
) -> None:
    """As on a host that gives each project a folder; links, styles, scripts, search and receipts
    are relative.
    """
    with serving(site, "/sub/") as home:
        page, watch = open_page(entry, home)
        for plot in page.locator(".ex-plot:visible").all()[:1]:
            plot.locator(".ex-plot-box").hover()
            expect(plot).to_have_class(re.compile("ex-drawn"))
        page.locator(selectors.search_open).first.click()
        page.keyboard.type(words_of(page, selectors)[0])
        expect(page.locator(selectors.search_results).first).to_be_visible()
        page.keyboard.press("Escape")
        page.locator(selectors.home).first.click()
        page.wait_for_url(home + "index.html")
        # A picture on its way when the page is left would count as a request that failed.
        page.evaluate("for (const image of document.images) image.loading = 'eager'")
        until(page, "[...document.images].every((image) => image.complete)")
        page.wait_for_load_state("networkidle")
        page.locator(selectors.post_link).first.click()
        page.wait_for_url(home + entry)
        assert watch.faults == []
        assert all(url.startswith((home, "data:", "blob:")) for url in watch.asked)


# What a page must show by itself: its prose, its drawings and its chips have a size. In a fold they have none yet.
SHOWN = """(prose) => [
    document.querySelector(prose).innerText.trim() === "" && "no prose",
    ...[...document.querySelectorAll(".ex-plot-box:not(details *, .ex-unsaid *)")].map((box) => box.querySelector("svg").getBoundingClientRect().height < 50 && "a flat drawing"),
    ...[...document.querySelectorAll(".ex-chip:not(details *)")].map((chip) => chip.getBoundingClientRect().width < 5 && "a chip without width"),
].filter(Boolean)"""


def test_the_site_can_be_read_from_a_disk(
    open_page: Open, names: list[str], site: Path, selectors: Selectors
) -> None:
    """By file://, without a server: prose, chips, drawings and the theme are there; search says
    what it needs.
    """
    page, watch = open_page("index.html", site.as_uri() + "/")
    for name in names:
        page.goto(f"{site.as_uri()}/{name}")
        assert page.evaluate(SHOWN, selectors.prose) == [], name
        assert ground(page, selectors) != "rgba(0, 0, 0, 0)", name
    assert [
        fault for fault in watch.faults if "another host" in fault or "exception" in fault
    ] == []


@pytest.mark.printer("builtin", "Quarto's search is its own")
def test_the_search_of_a_site_on_a_disk_says_what_it_needs(open_page: Open, site: Path) -> None:
    page, _ = open_page("index.html", site.as_uri() + "/")
    page.locator(".search-open").click()
    expect(page.locator(".search-status")).to_contain_text("make serve")


def test_everything_can_be_read_without_a_script(
    open_page: Open, names: list[str], address: str, selectors: Selectors
) -> None:
    page, _ = open_page(java_script_enabled=False)
    for name in names:
        page.goto(address + name)
        assert page.evaluate(SHOWN, selectors.prose) == [], name
        assert page.locator(".needs-script:visible").count() == 0, name
        assert page.locator("[role='tabpanel']:not(:visible)").count() == 0, name


@pytest.mark.printer("builtin", "Quarto has no skip link")
def test_the_first_stop_of_the_tab_key_leads_to_the_text(open_page: Open, entry: str) -> None:
    page, _ = open_page(entry)
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()


# -- Parts that this journal may not use yet, on a small journal of their own

PARTS = """\
::: {.panel-tabset}
## First
one

## Second {#second}
two [link](#third)

## Third
three {#here}
:::

## A fold

::: {.callout-note collapse="true"}
## Folded
inside

### Deep
below
:::

```{python}
#| code-fold: true
n = 1
```
"""

SEARCHED = """\
Before it.

## Where it stands

```{python}
lantern = ["lantern", "lantern lantern", {"attic_window": "z"}]
```

A lantern stands on the hill, and nobody knows who lit it.

```{python}
def a_rather_long_name(another_rather_long_name, last):
                    for_a_line_that_is_set_far_in = another_rather_long_name.strip().casefold().partition(last)
                    return (for_a_line_that_is_set_far_in, "lantern", a_rather_long_name.__qualname__.capitalize())
```
"""


@pytest.fixture(scope="module")
def parts(
    tmp_path_factory: pytest.TempPathFactory,
    journal_in: Callable[[Path], Any],
    serving: Callable[..., Any],
) -> Iterator[str]:
    journal = journal_in(tmp_path_factory.mktemp("parts"))
    journal.page(SEARCHED, "journal/2025-07-03-b.qmd")
    journal.page(
        PARTS.replace("{#second}", "").replace(" {#here}", "").replace(" [link](#third)", "")
    )
    with serving(printed(journal)) as found:
        yield found


def printed(journal: Any) -> Path:
    """Printed by a process of its own: this one has a browser's loop running."""
    process = journal.command("render", "--with", "builtin")
    _, err = process.communicate()
    assert process.returncode == 0, err
    return journal.site


def test_tabs_show_one_panel_and_move_by_arrows(open_page: Open, parts: str) -> None:
    page, watch = open_page("journal/2025-07-02-a.html", parts)
    tabs, panels = page.get_by_role("tab"), page.locator("[role='tabpanel']")
    expect(panels.nth(0)).to_be_visible()
    expect(panels.nth(1)).to_be_hidden()
    tabs.nth(1).click()
    expect(panels.nth(1)).to_be_visible()
    expect(panels.nth(0)).to_be_hidden()
    page.keyboard.press("ArrowRight")
    expect(tabs.nth(2)).to_be_focused()
    expect(tabs.nth(2)).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowRight")
    expect(panels.nth(0)).to_be_visible()
    page.keyboard.press("End")
    expect(panels.nth(2)).to_be_visible()
    assert watch.faults == []


def test_a_link_into_a_fold_opens_it(open_page: Open, parts: str) -> None:
    page, _ = open_page("journal/2025-07-02-a.html#deep", parts)
    expect(page.locator("details.callout")).to_have_attribute("open", "")
    expect(page.get_by_text("below", exact=True)).to_be_in_viewport()


def test_folded_code_opens(open_page: Open, parts: str) -> None:
    page, _ = open_page("journal/2025-07-02-a.html", parts)
    code = page.locator("details.code-fold .sourceCode").first
    expect(code).to_be_hidden()
    page.locator("details.code-fold summary").click()
    expect(code).to_be_visible()


# -- Searching


def asked(page: Page, words: str) -> tuple[str, list[str]]:
    """What the search says, and its results, once it has answered."""
    if not page.locator("#search").is_visible():
        page.locator(".search-open").click()
    page.locator("#search-words").fill("")
    expect(page.locator(".search-status")).to_have_text("")
    page.locator("#search-words").fill(words)
    expect(page.locator(".search-status")).to_contain_text("ound")
    return (
        page.locator(".search-status").inner_text(),
        page.locator(".search-results > li").all_inner_texts(),
    )


@pytest.mark.parametrize("words", ["zzqqxx", "lantern zzqqxx", "lawnmower", "hillside house"])
def test_what_no_page_has_is_not_found(open_page: Open, parts: str, words: str) -> None:
    """pagefind alone would take letters off the end, and come back with the z of a cell's code."""
    page, _ = open_page("index.html", parts)
    assert asked(page, words) == (f"Nothing found for “{words}”.", [])


@pytest.mark.parametrize(
    ("words", "meant"), [("latern", "lantern"), ("Who lit the latern", "who lit the lantern")]
)
def test_a_search_that_finds_nothing_offers_the_nearest_word_and_takes_it(
    open_page: Open, parts: str, words: str, meant: str
) -> None:
    page, watch = open_page("index.html", parts)
    page.locator(".search-open").click()
    page.locator("#search-words").fill(words)
    status = page.locator(".search-status")
    expect(status).to_have_text(f"Nothing found for “{words}”. Did you mean {meant}?")
    status.get_by_role("button").click()
    expect(status).to_have_text("1 page found.")
    expect(page.locator("#search-words")).to_have_value(meant)
    assert watch.faults == []


@pytest.mark.parametrize("words", ["lantern", "lanterns", "lanter", "Lantern hill", "who lit"])
def test_an_excerpt_is_of_the_prose_and_its_section_is_named(
    open_page: Open, parts: str, words: str
) -> None:
    page, _ = open_page("index.html", parts)
    status, [result] = asked(page, words)
    assert status == "1 page found." and result.startswith(
        "Page journal/2025-07-03-b: Where it stands"
    )
    assert "stands on the hill, and nobody knows who lit it." in result
    page.locator(".search-results a").click()
    page.wait_for_url("**/journal/2025-07-03-b.html#where-it-stands")


def test_a_name_of_the_code_is_found_too(open_page: Open, parts: str) -> None:
    page, _ = open_page("index.html", parts)
    status, [result] = asked(page, "attic_window")
    assert status == "1 page found." and "attic_window" in result


@pytest.mark.parametrize("fragment", ["100%", "category=100%", "%ff", "where-it-stands%"])
@pytest.mark.parametrize("name", ["index.html", "journal/2025-07-03-b.html"])
def test_a_fragment_that_is_no_code_of_a_text_stops_no_script(
    open_page: Open, parts: str, name: str, fragment: str
) -> None:
    page, watch = open_page(f"{name}#{fragment}", parts)
    page.wait_for_load_state("networkidle")
    assert watch.faults == []


# -- Small screens

# Where a line of code goes on below in the midst of a word: what stands before the break and after
# it.
BROKEN = """() => { const found = [], range = document.createRange();
for (const line of document.querySelectorAll("code.sourceCode > span")) {
    let before = null;
    const walk = document.createTreeWalker(line, NodeFilter.SHOW_TEXT);
    while (walk.nextNode()) for (let at = 0; at < walk.currentNode.length; at += 1) {
        range.setStart(walk.currentNode, at); range.setEnd(walk.currentNode, at + 1);
        const box = range.getClientRects()[0], letter = walk.currentNode.data[at];
        if (!box) continue;
        if (before && box.top > before.bottom - 2 && /^\\w\\w$/.test(before.letter + letter)) found.push(before.letter + "|" + letter + ": " + line.textContent);
        before = { bottom: box.bottom, letter };
    }
}
return found; }"""


@pytest.mark.parametrize("width", [390, 360])
def test_code_breaks_in_no_word_on_a_phone_and_is_copied_as_it_is(
    open_page: Open, parts: str, width: int
) -> None:
    page, _ = open_page(
        "journal/2025-07-03-b.html", parts, viewport={"width": width, "height": 800}
    )
    assert page.evaluate(BROKEN) == []
    cells = re.findall(r"```{python}\n(.*?)\n```", SEARCHED, re.S)
    assert page.locator("div.sourceCode code").all_text_contents() == cells
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    lefts = page.locator(".indent").evaluate_all(
        "spans => spans.map((span) => span.getBoundingClientRect().width)"
    )
    assert lefts and max(lefts) < 70  # eight letters of 7 px, though the line is set in by twenty


def test_a_word_is_seen_to_break(open_page: Open, parts: str) -> None:
    page, _ = open_page("journal/2025-07-03-b.html", parts, viewport={"width": 180, "height": 800})
    assert page.evaluate(BROKEN) != []


@pytest.mark.parametrize("width", [390, 360])
def test_the_title_of_the_site_stands_on_one_line_on_a_phone(
    open_page: Open, entry: str, width: int, selectors: Selectors
) -> None:
    page, _ = open_page(entry, viewport={"width": width, "height": 800})
    home = page.locator(selectors.home).first
    assert home.evaluate("link => link.getClientRects().length") == 1
    expect(page.get_by_role("button", name="Search")).to_be_visible()
