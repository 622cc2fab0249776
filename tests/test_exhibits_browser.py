"""Exhibits in a browser: what draws itself, what can be clicked, and what stays without a script."""

import functools
import http.server
import math
import os
import shutil
import threading
from pathlib import Path

import plotly
import plotly.graph_objects as go
import pytest
import torch

import exhibits
from exhibits import chips, embedding_plot, plot, side_by_side, table
from exhibits.projection import project

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("exhibits-browser")]
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
WORDS = [*"cat dog hen red blue green".split(), *(f"word{n}" for n in range(40))]
GROUPS = dict.fromkeys(WORDS[:3], "animals") | dict.fromkeys(WORDS[3:6], "colours")
SIZES = {"desk": (1280, 900), "phone": (390, 800)}


def steps() -> list[tuple[int, torch.Tensor]]:
    chance = torch.Generator().manual_seed(0)
    return [(100 * n, torch.randn(len(WORDS), 8, generator=chance)) for n in range(4)]


def lonely() -> tuple[str, float, float]:
    """The word that lies farthest from all others at the first step, and its place on the map, in shares of it."""
    spots = [place[:2] for place in project([vectors for _, vectors in steps()]).places[0]]
    away = [min(math.dist(spot, other) for other in spots if other is not spot) for spot in spots]
    at = away.index(max(away))
    return WORDS[at], (1 + 0.94 * spots[at][0]) / 2, (1 - 0.94 * spots[at][1]) / 2


def page() -> str:
    lines = go.Figure([go.Scatter(x=[0, 1, 2], y=[n, 2, 3], mode="lines", name=f"line {n}") for n in range(2)])
    lines.update_layout(xaxis_title="step", yaxis_title="loss")
    parts = [
        side_by_side(chips(["The", " cat"], [464, 3797], label="One"), chips([b"\xe2", "x" * 200], label="Two")),
        table([["cell " * 3] * 12], label="A wide table"),
        table([[1]], label="A narrow table"),
        plot(lines, "two lines"),
        plot(go.Figure(go.Bar(x=["a", "</script>"], y=[1, 2])), "bars"),
        embedding_plot(WORDS, range(1, len(WORDS) + 1), GROUPS, steps(), "a map"),
    ]
    body = '<div style="height:2500px"></div>'.join(part.html for part in parts)
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Exhibits</title>'
        '<meta name="viewport" content="width=device-width"><link rel="icon" href="data:,">'
        '<link rel="stylesheet" href="assets/exhibits.css"><script defer src="assets/exhibits.js"></script></head>'
        f'<body style="background:var(--paper)"><main><h1>Exhibits</h1>{body}</main></body></html>'
    )


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    shutil.copytree(Path(exhibits.__file__).parent / "assets", folder / "assets")
    shutil.copy(Path(plotly.__file__).parent / "package_data" / "plotly.min.js", folder / "assets")
    (folder / "index.html").write_text(page(), encoding="utf-8")

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, format, *args):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=folder)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/index.html"
        server.shutdown()


@pytest.fixture(scope="module")
def browser():
    binary = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)
    if binary is None:
        message = "NO CHROMIUM: the exhibits are not tested in a browser; install it, or name it in CHROMIUM"
        if os.environ.get("JOURNAL_BROWSER") == "required":
            pytest.fail(message)
        pytest.skip(message)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=binary, args=["--no-sandbox", "--disable-gpu"])
        yield started
        started.close()


@pytest.fixture
def visit(browser, address):
    """Open the page; at the end, no error may have been seen and no other host asked."""
    contexts, troubles = [], []

    def opened(size="desk", block=(), **options):
        width, height = SIZES[size]
        context = browser.new_context(viewport={"width": width, "height": height}, **options)
        contexts.append(context)
        found = context.new_page()
        found.on("pageerror", lambda error: troubles.append(str(error)))
        found.on(
            "request",
            lambda request: (
                None if request.url.startswith((address[:-11], "data:", "blob:")) else troubles.append(request.url)
            ),
        )
        for name in block:
            found.route(f"**/{name}", lambda route: route.abort())
        found.goto(address)
        return found

    yield opened
    for context in contexts:
        context.close()
    assert not troubles


def near(page, selector):
    page.locator(selector).first.scroll_into_view_if_needed()
    page.wait_for_selector(f"{selector}.ex-drawn", timeout=20_000)


def test_plotly_is_loaded_when_a_plot_comes_near_and_nothing_moves(visit):
    page = visit()
    asked = []
    page.on("request", lambda request: asked.append(request.url.rpartition("/")[2]))
    page.wait_for_timeout(300)
    before = page.locator(".ex-plot").first.bounding_box()
    assert asked == []
    near(page, ".ex-plot")
    assert asked == ["plotly.min.js"]
    after = page.locator(".ex-plot").first.bounding_box()
    assert (before["width"], before["height"]) == (after["width"], after["height"])
    assert (
        page.locator(".ex-live .xtick text").first.text_content()
        == page.locator(".ex-still .ex-ticks text").first.text_content()
    )


def test_the_live_plot_follows_the_theme(visit):
    page = visit(color_scheme="light")
    near(page, ".ex-plot")
    stroke = "getComputedStyle(document.querySelector('.ex-live path.js-line')).stroke"
    light = page.evaluate(stroke)
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    page.wait_for_function(f"{stroke} !== '{light}'")


def test_the_legend_switches_a_trace_by_keyboard(visit):
    page = visit()
    near(page, ".ex-plot")
    lines = page.locator(".ex-live").first.locator("path.js-line")
    button = page.get_by_role("button", name="line 0")
    assert lines.count() == 2
    button.press("Enter")
    assert button.get_attribute("aria-pressed") == "false" and lines.count() == 1
    button.press("Enter")
    assert lines.count() == 2


def test_without_plotly_the_still_stays_and_says_so(visit):
    page = visit(block=["plotly.min.js"])
    page.locator(".ex-plot").first.scroll_into_view_if_needed()
    page.wait_for_selector(".ex-failed")
    assert page.locator(".ex-plot .ex-still svg[role=img]").first.is_visible()
    assert "could not be loaded" in page.locator(".ex-failed").first.text_content()


def test_only_a_table_that_is_too_wide_is_a_stop_of_the_tab_key(visit):
    page = visit("phone")
    page.wait_for_selector(".ex-scroll[tabindex]")
    assert page.locator("[role=group][tabindex='0']").evaluate_all("all => all.map(one => one.ariaLabel)") == [
        "A wide table"
    ]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("script", [True, False])
def test_the_page_is_never_wider_than_the_window(visit, size, script):
    page = visit(size, java_script_enabled=script)
    if script:
        near(page, ".ex-plot")
        near(page, ".ex-explorer")
    boxes = [part.bounding_box() for part in page.locator("main > div").all()]
    assert all(box["x"] + box["width"] <= SIZES[size][0] for box in boxes)
    if script:
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_two_sides_stack_on_a_phone(visit):
    tops = {}
    for size in SIZES:
        tops[size] = [side.bounding_box()["y"] for side in visit(size).locator(".ex-side").all()]
    assert tops["desk"][0] == tops["desk"][1] and tops["phone"][0] < tops["phone"][1]


@pytest.mark.parametrize("size", SIZES)
def test_the_map_can_be_searched_stepped_and_clicked(visit, size):
    page = visit(size, has_touch=size == "phone")
    height = page.locator(".ex-explorer").bounding_box()["height"]
    near(page, ".ex-explorer")
    chosen = page.locator(".ex-chosen b")
    assert page.locator(".ex-explorer").bounding_box()["height"] == height
    assert chosen.text_content() == "cat" and page.locator(".ex-panel li").count() == 10

    page.get_by_label("Find a word").fill("blue")
    assert chosen.text_content() == "blue"
    at_last = page.locator(".ex-panel ol").text_content()
    page.get_by_label("Step of training").press("Home")
    assert page.locator(".ex-step").text_content() == "step 0"
    assert page.locator(".ex-panel ol").text_content() != at_last

    neighbour = page.locator(".ex-panel li button").first
    name = neighbour.text_content()
    neighbour.click()
    assert chosen.text_content() == name

    page.get_by_role("button", name="3-D").click()
    canvas = page.locator(".ex-field canvas")
    canvas.focus()
    picture = "document.querySelector('.ex-field canvas').toDataURL()"
    before = page.evaluate(picture)
    page.keyboard.press("ArrowLeft")
    assert page.evaluate(picture) != before

    page.get_by_role("button", name="2-D").click()
    word, across, down = lonely()
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    spot = (box["x"] + box["width"] * across, box["y"] + box["height"] * down)
    (page.touchscreen.tap if size == "phone" else page.mouse.click)(*spot)
    assert chosen.text_content() == word


@pytest.mark.parametrize("motion", ["reduce", "no-preference"])
def test_play_runs_to_the_last_step_and_glides_only_where_motion_is_welcome(visit, motion):
    page = visit(reduced_motion=motion)
    near(page, ".ex-explorer")
    page.evaluate(
        """() => { window.pictures = new Set(); const canvas = document.querySelector('.ex-field canvas');
        window.watch = setInterval(() => window.pictures.add(canvas.toDataURL()), 60); }"""
    )
    page.get_by_role("button", name="Play").click()
    page.wait_for_function("document.querySelector('.ex-play').textContent === 'Play'", timeout=15_000)
    assert page.locator(".ex-step").text_content() == "step 300"
    pictures = page.evaluate("clearInterval(window.watch), window.pictures.size")
    assert pictures <= 5 if motion == "reduce" else pictures > 5


def test_a_group_of_the_map_can_be_switched_off(visit):
    page = visit()
    near(page, ".ex-explorer")
    picture = "document.querySelector('.ex-field canvas').toDataURL()"
    before = page.evaluate(picture)
    button = page.get_by_role("button", name="animals")
    button.click()
    assert button.get_attribute("aria-pressed") == "false" and page.evaluate(picture) != before
