"""Every page of the journal's own site, read to its end with each part alive: what goes wrong.

A page is walked through once, since bringing it to life takes seconds; each test looks at what was
noted there. One page of each kind is walked through; all of them in the soak.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib import resources
from typing import Any

import pytest
from alive import WAIT, wake_maps, wake_plots
from printers import Selectors

pytestmark = [pytest.mark.browser, pytest.mark.site]
SHIFT = 0.05  # of Core Web Vitals' "good", 0.1, a half
DESK, PHONE, NARROW = (
    {"width": 1280, "height": 900},
    {"width": 390, "height": 844},
    {"width": 360, "height": 740},
)
AXE = resources.files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
FOUND = """async (rules) => (await axe.run(document, { resultTypes: ["violations"], ...(rules && { runOnly: rules }) })).violations
    .map((fault) => `${fault.id}: ${fault.nodes.map((node) => node.html.slice(0, 120)).join(" | ")}`)"""
SETTLED = """async () => {
    const transitions = document.getAnimations().filter((one) => Number.isFinite(one.effect.getComputedTiming().endTime));
    const late = new Promise((done) => setTimeout(done, 3000));  // what is out of sight may never end
    await Promise.race([Promise.allSettled(transitions.map((one) => one.finished)), late]);
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))); }"""
TOO_WIDE = """() => document.documentElement.scrollWidth <= innerWidth ? [] :
    [...document.querySelectorAll("body *")].filter((part) => part.getBoundingClientRect().right > innerWidth + 1)
        .map((part) => `${part.tagName}.${part.className}`).slice(0, 5).concat("is wider than the page")"""
CUT_OFF = """() => [...document.querySelectorAll("div.sourceCode pre")]
    .filter((pre) => pre.scrollWidth > pre.clientWidth + 1).map((pre) => pre.textContent.slice(0, 80))"""
SHORTEN = """() => document.querySelectorAll("main ol, main ul, main tbody, main svg g").forEach((row) =>
    [...row.children].slice(50).forEach((part) => part.remove()))"""
# " cat"
IDS = (
    "(box) => [...box.querySelectorAll('.ex-ids')].some((ids) => ids.textContent.includes('3797'))"
)


@dataclass
class Walk:
    """What was noted on a page: faults as of conftest's Watch, layout shifts, what the policy
    stopped, axe's faults.
    """

    faults: list[str]
    shifts: list[list[Any]]
    stopped: list[str]
    axe: list[str]
    too_wide: list[str]
    cut_off: list[str]


def read_through(page: Any) -> None:
    """Scroll slowly to the end, as a reader does, and wait for every plot in sight."""
    page.evaluate(
        """async () => { for (let y = 0; y < document.documentElement.scrollHeight; y += innerHeight * 0.8) {
            scrollTo({ top: y, behavior: "instant" });
            await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))); } }"""
    )
    wake_plots(page)
    page.wait_for_load_state("networkidle")


def open_all(page: Any, until: Callable[..., None], selectors: Selectors) -> None:
    """Bring every part of a page to life: plots, the map of words, live tokenizers, replays,
    search, folds.
    """
    page.evaluate("document.querySelectorAll('details').forEach((fold) => { fold.open = true; })")
    wake_plots(page)
    wake_maps(page)
    for box in page.locator(".ex-reader").all():
        box.scroll_into_view_if_needed()
        box.locator("textarea").fill("A naïve cat")
        until(page, IDS, box.element_handle())
    for box in page.locator(".ex-replay button:enabled").all():
        box.scroll_into_view_if_needed()
    page.locator(selectors.search_open).first.click()
    page.keyboard.type("cat")
    page.locator(selectors.search_results).first.wait_for(timeout=WAIT)
    page.keyboard.press("Escape")


def walk_through(
    visiting: Callable[..., Any], until: Any, selectors: Selectors, name: str, theme: str
) -> Walk:
    """Read a page on a desk, in light, or on a phone, in dark; then as narrow as the narrowest phone.

    Axe looks at everything in the page's theme, and at the colours of a desk's page in dark, too:
    there at the first parts of a row, since the others are of the same kinds and take it long.
    """
    size = DESK if theme == "light" else PHONE
    page = visiting(name, viewport=size, color_scheme=theme)
    read_through(page)
    shifts = page.evaluate("shifts")
    open_all(page, until, selectors)
    page.evaluate(AXE)
    axe = page.evaluate(FOUND)
    # Read before the page is closed, which ends requests, too.
    stopped, faults = page.evaluate("violations"), [*page.watch.faults]
    page.set_viewport_size(NARROW)
    page.evaluate(SETTLED)
    too_wide = page.evaluate(TOO_WIDE)
    if too_wide:  # a plot may be drawn anew a moment later
        page.wait_for_timeout(1_000)
        too_wide = page.evaluate(TOO_WIDE)
    cut_off = page.evaluate(CUT_OFF)
    page.set_viewport_size(size)
    if theme == "light":
        page.evaluate("scrollTo(0, 0)")
        page.locator(selectors.theme_toggle).first.click()
        page.evaluate(SHORTEN)
        page.evaluate(SETTLED)
        axe += page.evaluate(FOUND, ["color-contrast"])
    page.done()
    return Walk(faults, shifts, stopped, axe, too_wide, cut_off)


def first_of_each_kind(names: Iterable[str]) -> list[str]:
    """The front page, the first dated entry, the first other page, the first of a folder below."""
    kinds: dict[tuple[str, bool], str] = {}
    for name in names:
        folder, _, file = name.rpartition("/")
        kinds.setdefault((folder, file[:1].isdigit()), name)
    return list(kinds.values())


@pytest.fixture(
    scope="module",
    params=[
        "desk",
        "phone",
        *(pytest.param(f"all {kind}s", marks=pytest.mark.soak) for kind in ("desk", "phone")),
    ],
)
def walks(
    visiting: Callable[..., Any],
    names: list[str],
    until: Callable[..., None],
    selectors: Selectors,
    printer: str,
    request: pytest.FixtureRequest,
) -> dict[str, Walk]:
    """By page what was noted, on a desk or on a phone."""
    pages = [*names, *(["404.html"] if printer == "builtin" else [])]
    if not request.param.startswith("all "):
        pages = first_of_each_kind(pages)
    theme = "light" if "desk" in request.param else "dark"
    return {name: walk_through(visiting, until, selectors, name, theme) for name in pages}


def test_every_page_opens_without_an_error_and_without_asking_another_host(
    walks: dict[str, Walk],
) -> None:
    assert {place: walk.faults for place, walk in walks.items() if walk.faults} == {}


@pytest.mark.printer("builtin", "a page of Quarto has no policy")
def test_no_page_runs_into_its_policy_with_every_part_alive(walks: dict[str, Walk]) -> None:
    assert {place: walk.stopped for place, walk in walks.items() if walk.stopped} == {}


def test_axe_finds_no_fault_on_any_page_in_either_theme(walks: dict[str, Walk]) -> None:
    assert {place: walk.axe for place, walk in walks.items() if walk.axe} == {}


def test_axe_would_find_a_fault(visit: Callable[..., Any]) -> None:
    page = visit("index.html")
    page.evaluate("document.querySelector('main').append(document.createElement('img'))")
    pale = "<p style='color: #eee; background: #fff'>pale</p>"
    page.evaluate(
        "pale => document.querySelector('main').insertAdjacentHTML('beforeend', pale)", pale
    )
    page.evaluate(AXE)
    assert [fault.partition(":")[0] for fault in page.evaluate(FOUND)] == [
        "color-contrast",
        "image-alt",
    ]
    assert [fault.partition(":")[0] for fault in page.evaluate(FOUND, ["color-contrast"])] == [
        "color-contrast"
    ]


def test_nothing_moves_while_a_page_is_read(walks: dict[str, Walk]) -> None:
    moved = {
        place: walk.shifts
        for place, walk in walks.items()
        if sum(value for value, _ in walk.shifts) >= SHIFT
    }
    assert moved == {}


def test_a_shift_would_be_seen(visit: Callable[..., Any], until: Callable[..., None]) -> None:
    page = visit("index.html", viewport=DESK)
    page.evaluate(
        "document.querySelector('main').prepend(Object.assign(document.createElement('div'),"
        " {style: 'height: 400px'}))"
    )
    until(page, f"shifts.reduce((sum, [value]) => sum + value, 0) > {SHIFT}")


def test_nothing_is_wider_than_a_narrow_phone_and_no_code_is_cut_off(
    walks: dict[str, Walk],
) -> None:
    assert {place: walk.too_wide for place, walk in walks.items() if walk.too_wide} == {}
    assert {place: walk.cut_off for place, walk in walks.items() if walk.cut_off} == {}
