"""Whether everybody can use the pages: the focus, names for a screen reader, calm. For axe see
test_every_page.
"""

import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from alive import wake_plots

pytestmark = [pytest.mark.browser, pytest.mark.site]
STOP = """() => { const at = document.activeElement, box = at.getBoundingClientRect(), style = getComputedStyle(at);
    const shown = box.width > 0 && box.height > 0 && box.bottom > 0 && box.top < innerHeight;
    const ring = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
    return [`${at.tagName}.${at.className} ${at.textContent.trim().slice(0, 30)}`, shown && ring]; }"""
DESK = {"width": 1280, "height": 900}


def test_every_stop_of_the_tab_key_can_be_seen(
    visit: Callable[..., Any], entry: str, printer: str
) -> None:
    """The first stops of a page, its skip link among them: each is in the window and has an
    outline.
    """
    page = visit(entry, viewport=DESK, reduced_motion="reduce")  # else it still glides to the place
    page.evaluate("document.querySelectorAll('details').forEach((fold) => { fold.open = true; })")
    # one that comes alive later takes its place anew, with what has the focus
    wake_plots(page)
    page.evaluate("scrollTo(0, 0)")
    wrong, texts = [], []
    for _ in range(45):
        page.keyboard.press("Tab")
        page.evaluate("() => new Promise((done) => requestAnimationFrame(done))")
        name, seen = page.evaluate(STOP)
        end = time.monotonic() + 60
        while not seen and time.monotonic() < end:
            page.wait_for_timeout(200)
            name, seen = page.evaluate(STOP)
        texts.append(name)
        wrong += [] if seen else [name]
    assert len(set(texts)) > 20
    assert printer == "quarto" or "Skip to the text" in texts[0]  # Quarto has no skip link
    assert wrong == []


@pytest.mark.printer("builtin", "Quarto has no skip link")
def test_the_skip_link_leads_past_the_navigation(visit: Callable[..., Any], entry: str) -> None:
    page = visit(entry)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


def test_a_chip_is_read_out_with_its_number_and_its_text(
    visit: Callable[..., Any], names: list[str], site: Path
) -> None:
    """What a screen reader gets of a chip: 'token 464, The', and not the marks that are drawn for
    the eye.
    """
    name = next(
        name for name in names if 'class="ex-chip"' in (site / name).read_text(encoding="utf-8")
    )
    page = visit(name)
    spoken = page.locator(".ex-chip-list").first.aria_snapshot()
    items = re.findall(r"- (?:listitem:|option) (.*)", spoken)  # a live box has options
    assert items and all(re.match(r'"?token \d+, \S', item) for item in items), items[:5]
    assert "␣" not in spoken
    assert page.locator(".ex-chip-list:not([aria-label])").count() == 0


def test_where_motion_is_unwelcome_nothing_glides(
    visit: Callable[..., Any], entry: str, printer: str
) -> None:
    moves = """() => [getComputedStyle(document.documentElement).scrollBehavior === "smooth",
        [...document.querySelectorAll("*")].some((one) => { const style = getComputedStyle(one);
            return style.animationName !== "none" || parseFloat(style.transitionDuration) > 0; })]"""
    page = visit(entry, reduced_motion="reduce")
    page.locator("div.sourceCode:visible").first.hover()
    assert page.evaluate(moves) == [False, False]
    glides = visit(entry, reduced_motion="no-preference").evaluate(moves)[0]
    assert glides is (printer == "builtin")  # Quarto's pages do not glide unless asked to
