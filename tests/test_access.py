"""Whether everybody can use the pages: axe-core's rules on every page, the focus, names for a screen reader, calm."""

import re
from collections.abc import Callable, Iterator
from importlib import resources
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
AXE = resources.files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
FOUND = """async () => (await axe.run(document, { resultTypes: ["violations"] })).violations
    .map((fault) => `${fault.id}: ${fault.nodes.map((node) => node.html.slice(0, 120)).join(" | ")}`)"""
SETTLED = "() => new Promise((done) => setTimeout(() => requestAnimationFrame(() => requestAnimationFrame(done)), 400))"
STOP = """() => { const at = document.activeElement, box = at.getBoundingClientRect(), style = getComputedStyle(at);
    const shown = box.width > 0 && box.height > 0 && box.bottom > 0 && box.top < innerHeight;
    const ring = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
    return [`${at.tagName}.${at.className} ${at.textContent.trim().slice(0, 30)}`, shown && ring]; }"""
DESK, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}


@pytest.fixture
def visit(browser: Any, address: str) -> Iterator[Callable[..., Any]]:
    contexts = []

    def make(name: str, **options: Any) -> Any:
        context = browser.new_context(**options)
        contexts.append(context)
        context.set_default_timeout(60_000)
        page = context.new_page()
        page.goto(address + name, wait_until="load")
        return page

    yield make
    for context in contexts:
        context.close()


def test_axe_finds_no_fault_on_any_page_in_either_theme(
    visit: Callable[..., Any], names: list[str], open_all: Callable[[Any], None]
) -> None:
    """With every fold open and every part alive: in light as wide as a desk, in dark as narrow as a phone, and dark wide."""
    found = {}
    for name in [*names, "404.html"]:
        page = visit(name, color_scheme="light", viewport=DESK)
        open_all(page)
        page.evaluate(AXE)
        for theme, size in (("light", DESK), ("dark", PHONE), ("dark", DESK)):
            page.evaluate("theme => { document.documentElement.dataset.theme = theme }", theme)
            page.set_viewport_size(size)
            page.evaluate(SETTLED)
            found[f"{name}, {theme}, {size['width']}"] = page.evaluate(FOUND)
        page.context.close()
    assert {place: faults for place, faults in found.items() if faults} == {}


def test_axe_would_find_a_fault(visit: Callable[..., Any]) -> None:
    page = visit("index.html")
    page.evaluate("document.querySelector('main').append(document.createElement('img'))")
    page.evaluate(AXE)
    assert [fault.partition(":")[0] for fault in page.evaluate(FOUND)] == ["image-alt"]


def test_every_stop_of_the_tab_key_can_be_seen(visit: Callable[..., Any], entry: str) -> None:
    """The first stops of a page, its skip link among them: each is in the window and has an outline."""
    page = visit(entry, viewport=DESK, reduced_motion="reduce")  # else it still glides to the place
    page.evaluate("document.querySelectorAll('details').forEach((fold) => { fold.open = true; })")
    wrong, texts = [], []
    for _ in range(45):
        page.keyboard.press("Tab")
        page.evaluate("() => new Promise((done) => requestAnimationFrame(done))")
        name, seen = page.evaluate(STOP)
        if not seen:  # a plot that comes alive at that moment takes its place anew
            page.wait_for_timeout(1_000)
            name, seen = page.evaluate(STOP)
        texts.append(name)
        wrong += [] if seen else [name]
    assert "Skip to the text" in texts[0] and len(set(texts)) > 20
    assert wrong == []


def test_the_skip_link_leads_past_the_navigation(visit: Callable[..., Any], entry: str) -> None:
    page = visit(entry)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


def test_a_chip_is_read_out_with_its_number_and_its_text(
    visit: Callable[..., Any], names: list[str], site: Path
) -> None:
    """What a screen reader gets of a chip: 'token 464, The', and not the marks that are drawn for the eye."""
    name = next(name for name in names if 'class="ex-chip"' in (site / name).read_text(encoding="utf-8"))
    page = visit(name)
    spoken = page.locator(".ex-chip-list").first.aria_snapshot()
    items = re.findall(r"- listitem: (.*)", spoken)
    assert items and all(re.match(r'"?token \d+, \S', item) for item in items), items[:5]
    assert "␣" not in spoken
    assert page.locator(".ex-chip-list:not([aria-label])").count() == 0


def test_where_motion_is_unwelcome_nothing_glides(visit: Callable[..., Any], entry: str) -> None:
    moves = """() => [getComputedStyle(document.documentElement).scrollBehavior === "smooth",
        [...document.querySelectorAll("*")].some((one) => { const style = getComputedStyle(one);
            return style.animationName !== "none" || parseFloat(style.transitionDuration) > 0; })]"""
    page = visit(entry, reduced_motion="reduce")
    page.locator("div.sourceCode").first.hover()
    assert page.evaluate(moves) == [False, False]
    assert visit(entry, reduced_motion="no-preference").evaluate(moves)[0] is True
