"""How the pages look, in numbers: lines that can be read, nothing that moves or sticks out, little
to load, clean print.
"""

import gzip
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from printers import Selectors

pytestmark = [pytest.mark.browser, pytest.mark.site]
WEIGHT = 150_000  # bytes, gzipped, before a reader does anything
DESK, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
# The characters of each full line of the longer paragraphs: all but the last line, by where the
# letters lie.
LINES = """(prose) => { const found = [], range = document.createRange();
for (const paragraph of document.querySelectorAll(`${prose} > p, ${prose} section > p`)) {
    if (paragraph.textContent.length < 250) continue;
    const lines = new Map(), walk = document.createTreeWalker(paragraph, NodeFilter.SHOW_TEXT);
    while (walk.nextNode()) for (let at = 0; at < walk.currentNode.length; at += 1) {
        range.setStart(walk.currentNode, at); range.setEnd(walk.currentNode, at + 1);
        const box = range.getClientRects()[0];
        if (box) { const line = Math.round((box.top + box.bottom) / 16); lines.set(line, (lines.get(line) ?? 0) + 1); }
    }
    found.push(...[...lines.values()].slice(0, -1).filter((count) => count > 20));
}
return found.sort((one, other) => one - other); }"""
STICKS_OUT = """() => [...document.querySelectorAll("main :not(.ex-sr)")].filter((part) => part.scrollWidth > part.clientWidth + 2
    && ["visible", "hidden"].includes(getComputedStyle(part).overflowX) && part.clientWidth > 0 && part.matches("pre, code, table, figure, div, p"))
    .filter((part) => part.getBoundingClientRect().left + part.scrollWidth > innerWidth + 1).map((part) => part.tagName + "." + part.className)"""

# What ends further right than the paragraphs do; code fills the screen on purpose.
BEYOND = """(prose) => { const end = Math.max(...[...document.querySelectorAll(`${prose} > p, ${prose} section > p`)]
    .map((paragraph) => paragraph.getBoundingClientRect().right));
return [...document.querySelectorAll(`${prose} :is(.ex-scroll, .cell-output > pre, table:not([class]))`)]
    .filter((part) => part.getBoundingClientRect().right > end + 1).map((part) => part.textContent.slice(0, 40)); }"""


def entries(names: list[str]) -> list[str]:
    return [name for name in names if name.startswith("journal/2")]


def test_a_line_has_60_to_75_characters_on_a_desk(
    visit: Callable[..., Any], names: list[str], selectors: Selectors
) -> None:
    for name in entries(names):
        page = visit(name, viewport=DESK)
        lines = page.evaluate(LINES, selectors.prose)
        page.done()
        assert len(lines) > 5 and 60 <= lines[len(lines) // 2] <= 75, (name, lines)


@pytest.mark.printer("builtin", "Quarto's column is its own")
def test_on_a_phone_a_table_ends_with_the_prose(
    visit: Callable[..., Any], names: list[str], selectors: Selectors
) -> None:
    for name in names:
        page = visit(name, viewport=PHONE)
        beyond = page.evaluate(BEYOND, selectors.prose)
        page.done()
        assert beyond == [], name


@pytest.mark.printer("builtin", "Bootstrap, its icons and search weigh more")
def test_an_entry_is_light_until_a_reader_scrolls_or_taps(
    visit: Callable[..., Any], names: list[str], site: Path, address: str
) -> None:
    """Everything that was asked for, each file gzipped as a server sends it."""
    weights = {}
    for name in entries(names):
        page = visit(name, viewport=PHONE)
        page.wait_for_load_state("networkidle")
        asked = dict.fromkeys(
            url.split("?")[0] for url in page.watch.asked if not url.startswith(("data:", "blob:"))
        )
        page.done()
        assert all(url.startswith(address) for url in asked)
        assert len(asked) >= 4  # the page, two stylesheets, two scripts
        weights[name] = sum(
            len(gzip.compress((site / url.removeprefix(address)).read_bytes(), 6)) for url in asked
        )
    assert weights and {name: weight for name, weight in weights.items() if weight > WEIGHT} == {}


@pytest.mark.printer("builtin", "Quarto's rules for print are its own")
def test_in_print_there_is_the_article_and_nothing_to_press(
    visit: Callable[..., Any], names: list[str]
) -> None:
    for name in names:
        # A4 within its margins
        page = visit(name, viewport={"width": 529, "height": 900}, color_scheme="dark")
        page.emulate_media(media="print")
        page.evaluate("dispatchEvent(new Event('beforeprint'))")
        shown = (
            "[...document.querySelectorAll('{}')].filter((one) => one.checkVisibility()).map((one)"
            " => one.outerHTML.slice(0, 80))"
        )
        buttons = (
            "button:not(.ex-legend button, .ex-panel button, .ex-probs-read button), input, .rail, .site-links, .skip,"
            " .steps, .toc-fold, .colophon, .filter"
        )
        assert page.evaluate(shown.format(buttons)) == [], name
        assert page.evaluate(
            "[...document.querySelectorAll('main details:not(.receipt-fold)')].every((fold) => !fold.checkVisibility()"
            " || fold.querySelector(':scope > :not(summary)').checkVisibility())"
        ), name
        assert page.evaluate(STICKS_OUT) == [], name
        marks = "[...document.querySelectorAll('summary')].map((one) => getComputedStyle(one).listStyleType)"
        assert set(page.evaluate(marks)) <= {"none"}, name
        assert not page.evaluate("document.querySelectorAll('img[loading=lazy]').length"), name
        assert page.evaluate("getComputedStyle(document.body).colorScheme") == "light", name
        page.done()


@pytest.mark.printer("builtin", "Quarto's rules for print are its own")
def test_a_printed_link_says_where_it_leads(visit: Callable[..., Any]) -> None:
    page = visit("index.html")
    link = "<a id=there href='https://host.example/'>x</a>"
    page.evaluate(
        "link => document.querySelector('.prose').insertAdjacentHTML('beforeend', link)", link
    )
    page.emulate_media(media="print")
    said = page.evaluate("getComputedStyle(document.querySelector('#there'), '::after').content")
    assert said in (
        '" (" attr(href) ")"',
        '" (https://host.example/)"',
        '" (" "https://host.example/" ")"',
    )


@pytest.mark.printer("builtin", "Quarto's search is its own")
def test_search_forgives_another_ending_and_a_word_that_is_not_yet_whole(
    visit: Callable[..., Any],
) -> None:
    """As far as pagefind goes: it takes stems and beginnings."""
    page = visit("index.html")
    page.locator(".search-open").click()
    for typed in ("tokenizers", "tokenizing", "tokeni"):
        page.locator("#search-words").fill(typed)
        page.locator(".search-results a", has_text="tokenizer").first.wait_for()


FIELD = (
    "logit, residual, layer norm, cross-entropy, perplexity, dot product, sliding window, softmax,"
    " attention, embedding, KV cache, token, vocabulary, one-hot, cosine, surprisal, Zipf"
)


@pytest.mark.printer("builtin", "Quarto's search is its own")
def test_search_finds_a_page_for_each_word_of_the_field(
    visit: Callable[..., Any], until: Callable[..., None]
) -> None:
    page = visit("index.html")
    page.locator(".search-open").click()
    status, results = page.locator(".search-status"), page.locator(".search-results a")
    for word in FIELD.split(", "):
        page.locator("#search-words").fill("")
        until(page, "!document.querySelector('.search-status').textContent")
        page.locator("#search-words").fill(word)
        status.filter(has_text="ound").wait_for()
        assert results.count(), word


# the parts of paragraphs that a browser has left for later
LATER = """(root) => [...document.querySelectorAll(`${root} p`)].filter((part) =>
  part.checkVisibility() && !part.checkVisibility({ contentVisibilityAuto: true })).length"""


@pytest.mark.printer("builtin", "Quarto's pages have a frame of their own")
def test_what_is_far_from_the_view_is_laid_out_when_it_comes_near_on_a_phone(
    visit: Callable[..., Any], until: Callable[..., None]
) -> None:
    """So a slow phone is not held while a long page opens: the work is counted, not the time."""
    page = visit("journal/labs/generation.html", viewport=PHONE)
    later = page.evaluate(LATER, "main")
    assert later > 10
    page.evaluate("document.querySelector('main .prose > section:last-of-type').scrollIntoView()")
    until(page, f"() => ({LATER})('main') < {later}")
    until(page, f"() => ({LATER})('main .prose > section:last-of-type') === 0")


@pytest.mark.printer("builtin", "Quarto's pages have a frame of their own")
@pytest.mark.parametrize("arrives", ["by address", "by link"])
def test_a_link_into_a_long_page_leads_to_its_section_on_a_phone(
    visit: Callable[..., Any], until: Callable[..., None], arrives: str
) -> None:
    """All above it is laid out first, so nothing grows there while the page glides."""
    name, options = "journal/novella.html", {"viewport": PHONE, "reduced_motion": "no-preference"}
    page = visit(name + "#chapter-9" * (arrives == "by address"), **options)
    if arrives == "by link":
        page.evaluate("location.hash = 'chapter-9'")
    top = "document.getElementById('chapter-9').getBoundingClientRect().top"
    until(page, f"() => {top} >= 0 && {top} < 150")
    page.wait_for_timeout(300)
    assert 0 <= page.evaluate(top) < 150


@pytest.mark.printer("builtin", "Quarto's pages have a frame of their own")
@pytest.mark.parametrize(
    ("name", "id", "on"),
    [
        ("journal/labs/generation.html", "term-end-of-text-token", "main"),
        ("journal/labs/attention.html", "fig-real", "main"),
    ],
)
def test_an_address_within_a_long_page_is_reached_without_laying_out_all_above_it_on_a_phone(
    visit: Callable[..., Any], until: Callable[..., None], name: str, id: str, on: str
) -> None:
    """It does not glide there; a link from there does, and is right, too."""
    page = visit(f"{name}#{id}", viewport=PHONE, reduced_motion="no-preference")
    top = "(id) => document.getElementById(id).getBoundingClientRect().top"
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    assert 0 <= page.evaluate(top, id) < 150
    assert page.evaluate(LATER, "main") > 5
    page.wait_for_timeout(800)
    assert 0 <= page.evaluate(top, id) < 150
    page.evaluate("id => { location.hash = id; }", on)
    until(page, f"() => Math.abs(({top})('{on}')) < 150")


@pytest.mark.printer("builtin", "Quarto's pages have a frame of their own")
def test_who_scrolls_while_a_page_settles_is_not_held(visit: Callable[..., Any]) -> None:
    page = visit("journal/labs/attention.html#fig-real", viewport=PHONE)
    page.mouse.move(200, 400)
    page.mouse.wheel(0, 900)
    page.wait_for_timeout(600)
    top = page.evaluate("document.getElementById('fig-real').getBoundingClientRect().top")
    assert not 0 <= top < 150
    page.reload()
    page.wait_for_timeout(600)
    top = page.evaluate("document.getElementById('fig-real').getBoundingClientRect().top")
    assert not 0 <= top < 150  # the browser returns to where the reader was


def test_a_live_box_writes_numbers_without_the_words_of_all_languages(
    visit: Callable[..., Any], until: Callable[..., None]
) -> None:
    """Intl.NumberFormat takes a slow phone a tenth of a second to make."""
    count = "window.made = 0; Intl.NumberFormat = new Proxy(Intl.NumberFormat, { construct: (...what) => { window.made += 1; return Reflect.construct(...what); } });"
    page = visit("journal/tokenizer.html", script=count)
    page.locator(".ex-reader").first.scroll_into_view_if_needed()
    until(page, "() => document.querySelector('.ex-reader[data-live] textarea')")
    assert page.evaluate("window.made") == 0
