"""Exhibits in a browser: what draws itself, what can be clicked, and what stays without a script."""

import functools
import http.server
import io
import json
import math
import shutil
import threading
from pathlib import Path
from urllib.parse import quote

import plotly
import plotly.graph_objects as go
import pytest
import torch
from PIL import Image
from playwright.sync_api import expect
from tabs import Tabs

import exhibits
from exhibits import (
    chips,
    embedding_plot,
    merge_replay,
    plot,
    reader_tokenizers,
    side_by_side,
    table,
)
from exhibits.base.vocab_file import made
from exhibits.wordmap.projection import project
from scratch import SimpleTokenizer

pytestmark = pytest.mark.browser
WORDS = [*"cat dog hen red blue green".split(), *(f"word{n}" for n in range(40))]
GROUPS = dict.fromkeys(WORDS[:3], "animals") | dict.fromkeys(WORDS[3:6], "colours")
PICTURE = "document.querySelector('.ex-field canvas').toDataURL()"
DRAWN = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
SIZES = {"desk": (1280, 900), "phone": (390, 800)}


def steps() -> list[tuple[int, torch.Tensor]]:
    chance = torch.Generator().manual_seed(0)
    return [(100 * n, torch.randn(len(WORDS), 8, generator=chance)) for n in range(4)]


def lonely() -> tuple[str, float, float]:
    """The word that lies farthest from all others at the first step, and its place on the map, in
    shares of it.
    """
    spots = [place[:2] for place in project([vectors for _, vectors in steps()]).points[0]]
    away = [min(math.dist(spot, other) for other in spots if other is not spot) for spot in spots]
    at = away.index(max(away))
    return WORDS[at], (1 + 0.94 * spots[at][0]) / 2, (1 - 0.94 * spots[at][1]) / 2


def page() -> str:
    lines = go.Figure(
        [go.Scatter(x=[0, 1, 2], y=[n, 2, 3], mode="lines", name=f"line {n}") for n in range(2)]
    )
    lines.update_layout(xaxis_title="step", yaxis_title="loss")
    parts = [
        side_by_side(
            chips(["The", " cat"], [464, 3797], label="One"),
            chips([b"\xe2", "x" * 200], label="Two"),
        ),
        table([["cell " * 3] * 12], label="A wide table"),
        table([[1]], label="A narrow table"),
        plot(lines, "two lines"),
        plot(go.Figure(go.Bar(x=["a", "</script>"], y=[1, 2])), "bars"),
        embedding_plot(WORDS, range(1, len(WORDS) + 1), GROUPS, steps(), "a map"),
    ]
    return framed('<div style="height:2500px"></div>'.join(part.html for part in parts))


def more() -> str:
    """A second page: a map that opens on two words, the live box and a replay of merges."""
    parts = [
        embedding_plot(
            WORDS,
            range(1, len(WORDS) + 1),
            GROUPS,
            steps(),
            "a map",
            "pair",
            word="hen",
            other="blue",
        ),
        reader_tokenizers(SimpleTokenizer.of(["a", "cat"]), {"a": 2, "cat": 1}, text="a dog"),
        merge_replay(),
    ]
    return framed("".join(part.html for part in parts))


def grouped() -> str:
    """A third page: a map whose neighbours are words of the groups, of words that nobody counted."""
    return framed(
        embedding_plot(
            WORDS, [0] * len(WORDS), GROUPS, steps(), "a map", "kin", word="cat", grouped=True
        ).html
    )


def framed(body: str) -> str:
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Exhibits</title><meta'
        ' name="viewport" content="width=device-width"><link rel="icon" href="data:,"><link'
        ' rel="stylesheet" href="assets/exhibits.css"><script defer'
        ' src="assets/exhibits.js"></script></head><body'
        f' style="background:var(--paper)"><main><h1>Exhibits</h1>{body}</main></body></html>'
    )


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    shutil.copytree(Path(exhibits.__file__).parent / "assets", folder / "assets")
    shutil.copy(Path(plotly.__file__).parent / "package_data" / "plotly.min.js", folder / "assets")
    (folder / "_quarto.yml").write_text("", encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)  # the map writes its file there
        for name in ("PRESS_DOCUMENT", "QUARTO_DOCUMENT_FILE", "QUARTO_DOCUMENT_PATH"):
            patch.delenv(name, raising=False)
        (folder / "index.html").write_text(page(), encoding="utf-8")
        (folder / "more.html").write_text(more(), encoding="utf-8")
        (folder / "grouped.html").write_text(grouped(), encoding="utf-8")
    for name, data in made().items():
        (folder / "assets" / name).write_bytes(data)

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def end_headers(self):
            self.send_header("Cache-Control", "no-store")  # each test asks anew
            super().end_headers()

        def log_message(self, format, *args):
            pass

    with http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(Quiet, directory=folder)
    ) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/index.html"
        server.shutdown()


@pytest.fixture(scope="module")
def tabs(browser, address):
    """Pages that note exceptions, and requests to another host."""

    def noted(tab):
        tab.faults = []
        tab.on("pageerror", lambda error: tab.faults.append(str(error)))

        def note(request):
            if not request.url.startswith((address[:-11], "data:", "blob:")):
                tab.faults.append(request.url)

        tab.on("request", note)

    return Tabs(browser, noted)


@pytest.fixture
def visit(tabs, address):
    """Open the page; at the end, no error may have been seen and no other host asked."""
    pages = []

    def opened(size="desk", block=(), fragment="", **options):
        width, height = SIZES[size]
        found = tabs.take(viewport={"width": width, "height": height}, **options)
        found.faults.clear()
        pages.append(found)
        for name in block:
            found.route(f"**/{name}", lambda route: route.abort())
        found.goto(address + fragment)
        return found

    yield opened
    faults = [fault for page in pages for fault in page.faults]
    for page in pages:
        tabs.give_back(page)
    assert not faults


def near(page, selector):
    page.locator(selector).first.scroll_into_view_if_needed()
    if selector == ".ex-plot":
        page.locator(".ex-plot-box").first.hover()
    page.wait_for_selector(f"{selector}.ex-drawn")


def test_plotly_is_loaded_when_a_plot_is_pointed_at_and_nothing_moves(visit):
    page = visit()
    asked = []
    page.on("request", lambda request: asked.append(request.url.rpartition("/")[2]))
    page.evaluate(DRAWN)  # in the first frame what is watched is told whether it is near
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


def test_a_plot_that_scrolls_beneath_a_pointer_at_rest_asks_for_nothing(visit):
    page = visit()
    asked = []
    page.on("request", lambda request: asked.append(request.url.rpartition("/")[2]))
    page.mouse.move(500, 400)
    page.locator(".ex-plot").first.evaluate("plot => plot.scrollIntoView({block: 'center'})")
    page.wait_for_timeout(300)
    under = "document.elementFromPoint(500, 400).closest('.ex-plot-box') !== null"
    assert page.evaluate(under) and asked == []
    page.mouse.move(501, 400)
    page.wait_for_selector(".ex-plot.ex-drawn")


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


SPOT = """() => { const { xaxis, yaxis } = document.querySelector(".ex-live")._fullLayout;
    return [xaxis._offset + xaxis.d2p(1), yaxis._offset + yaxis.d2p(2)]; }"""


def test_a_tap_on_a_plot_reads_a_point(visit):
    """The first tap, which draws the plot, as well as the next; both lines go through (1, 2)."""
    page = visit("phone", has_touch=True, is_mobile=True)
    box = page.locator(".ex-plot-box").first

    def tap(across, down):
        box.scroll_into_view_if_needed()
        room = box.bounding_box()
        page.touchscreen.tap(room["x"] + across, room["y"] + down)
        page.wait_for_selector(".ex-plot.ex-drawn")

    tap(5, 5)
    spot = page.evaluate(SPOT)
    label = page.locator(".ex-live .hovertext")
    assert label.count() == 0
    tap(*spot)
    expect(label.first).to_contain_text("(1.0, 2)")
    page.reload()
    tap(*spot)
    expect(label.first).to_contain_text("(1.0, 2)")


def test_without_plotly_the_still_stays_and_says_so(visit):
    page = visit(block=["plotly.min.js"])
    page.locator(".ex-plot-box").first.hover()
    page.wait_for_selector(".ex-failed")
    assert page.locator(".ex-plot .ex-still svg[role=img]").first.is_visible()
    assert "could not be loaded" in page.locator(".ex-failed").first.text_content()


def test_only_a_table_that_is_too_wide_is_a_stop_of_the_tab_key(visit):
    page = visit("phone")
    page.wait_for_selector(".ex-scroll[tabindex]")
    assert page.locator(".ex-scroll[tabindex='0']").evaluate_all(
        "all => all.map(one => one.ariaLabel)"
    ) == ["A wide table"]


def test_a_table_that_grows_too_wide_becomes_a_stop_of_the_tab_key(visit):
    page = visit("phone")
    page.wait_for_selector(".ex-scroll[tabindex]")
    narrow = page.locator(".ex-scroll[data-label='A narrow table']")
    narrow.locator("td").evaluate("cell => { cell.textContent = 'measured '.repeat(30); }")
    expect(narrow).to_have_attribute("tabindex", "0")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_table_that_goes_on_has_a_shade_at_the_edge_that_has_more(visit, theme):
    """Seen in the picture: the right edge differs from the paper before the table is scrolled, the
    left edge after.
    """
    page = visit("phone", color_scheme=theme)

    def edges(label):
        box = page.locator(f".ex-scroll[data-label='{label}']")
        box.scroll_into_view_if_needed()
        picture = Image.open(io.BytesIO(box.screenshot())).convert("RGB")
        # below the text, above the line of the last row
        wide, low = (picture.size[0], picture.size[1] - 3)
        colour = page.evaluate("getComputedStyle(document.body).backgroundColor.match(/\\d+/g)")

        def shaded(x):
            return (
                max(
                    abs(a - int(b)) for a, b in zip(picture.getpixel((x, low)), colour, strict=True)
                )
                > 2
            )

        return [any(shaded(x) for x in places) for places in (range(24), range(wide - 24, wide))]

    assert edges("A wide table") == [False, True]
    page.locator(".ex-scroll").first.evaluate("box => { box.scrollLeft = 40; }")
    assert edges("A wide table") == [True, True]
    page.locator(".ex-scroll").first.evaluate("box => { box.scrollLeft = box.scrollWidth; }")
    assert edges("A wide table") == [True, False]
    assert edges("A narrow table") == [False, False]


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
    assert page.locator(".ex-explorer").bounding_box()["height"] == pytest.approx(height, abs=1)
    chosen = page.locator(".ex-map .ex-chosen b")
    assert chosen.text_content() == "cat" and page.locator(".ex-map .ex-panel li").count() == 10

    page.get_by_label("Find a word").fill("blue")
    page.keyboard.press("Enter")
    assert chosen.text_content() == "blue"
    at_last = page.locator(".ex-panel ol").first.text_content()
    page.get_by_label("Step of training").press("Home")
    assert page.locator(".ex-step").text_content() == "step 0"
    assert page.locator(".ex-panel ol").first.text_content() != at_last

    neighbour = page.locator(".ex-panel li button").first
    name = neighbour.text_content()
    neighbour.click()
    assert chosen.text_content() == name

    page.get_by_role("button", name="3-D").click()
    canvas = page.locator(".ex-field canvas")
    canvas.focus()
    before = page.evaluate(PICTURE)
    page.keyboard.press("Shift+ArrowLeft")
    page.wait_for_function(f"before => {PICTURE} !== before", arg=before)

    page.get_by_role("button", name="2-D").click()
    word, across, down = lonely()
    canvas.scroll_into_view_if_needed()
    page.evaluate(DRAWN)
    box = canvas.bounding_box()
    spot = (box["x"] + box["width"] * across, box["y"] + box["height"] * down)
    (page.touchscreen.tap if size == "phone" else page.mouse.click)(*spot)
    assert chosen.text_content() == word


def test_the_map_counts_the_cosines_of_the_full_vectors(visit):
    """The oracle: torch, on the vectors that were given. 0.01 is more than the page states, and
    less than a line shows.
    """
    page = visit()
    near(page, ".ex-explorer")
    found = page.evaluate("""async () => {
          const { readMap } = await import("./assets/wordmap-data.js");
          const given = JSON.parse(document.querySelector(".ex-explorer > script").textContent);
          const data = await readMap(given.file, given.mark);
          return { cosines: data.steps.map((_, step) => data.words.map((_, word) => [...data.cosines(step, word)])),
            pairs: data.steps.map((_, step) => data.cosine(step, 3, 7)), near: data.near(3, 5).map(({ word }) => word),
            places: data.steps.map((_, step) => [0, 1, 2].map((axis) => data.coordinate(step, axis, 9))) };
        }""")
    units = [
        vectors.double() / vectors.double().norm(dim=1, keepdim=True) for _, vectors in steps()
    ]
    for unit, rows, pair in zip(units, found["cosines"], found["pairs"], strict=True):
        assert torch.allclose(torch.tensor(rows, dtype=torch.float64), unit @ unit.T, atol=0.01)
        assert pair == pytest.approx(rows[3][7], abs=1e-12)
    rows = found["cosines"][3][5]
    assert found["near"] == sorted(set(range(len(WORDS))) - {5}, key=lambda word: -rows[word])[:10]
    seen = project([vectors for _, vectors in steps()])
    for at, place in enumerate(found["places"]):
        assert place == pytest.approx(seen.points[at][9], abs=1e-4)


def test_search_suggests_also_what_was_meant(visit):
    page = visit()
    near(page, ".ex-explorer")
    box = page.get_by_role("combobox", name="Find a word")
    options = page.get_by_role("option")
    box.fill("w")
    assert options.count() == 8 and box.get_attribute("aria-expanded") == "true"
    box.fill("bleu")  # two neighbours swapped
    assert options.first.text_content().startswith("blue")
    box.press("ArrowDown")
    assert box.get_attribute("aria-activedescendant") == options.first.get_attribute("id")
    assert options.first.get_attribute("aria-selected") == "true"
    box.press("Enter")
    expect(page.locator(".ex-map .ex-chosen b")).to_have_text("blue")
    assert options.count() == 0 and box.input_value() == "blue"
    box.fill("zzzzz")
    expect(page.locator("p.ex-found:visible")).to_have_text("No word like “zzzzz” is on the map.")
    box.press("Escape")
    assert page.locator(".ex-found:visible").count() == 0
    page.get_by_role("combobox", name="Compare with").fill("RED")
    options.first.click()
    expect(page.locator(".ex-pair .ex-chosen b")).to_have_text("red")


def test_enter_takes_no_word_that_is_only_like_the_one_typed(visit):
    page = visit()
    near(page, ".ex-explorer")
    box, chosen = (
        page.get_by_role("combobox", name="Find a word"),
        page.locator(".ex-map .ex-chosen b"),
    )
    box.fill("bleu")
    box.press("Enter")
    expect(page.locator("p.ex-found:visible")).to_have_text(
        "“bleu” is not on this map; near in spelling: blue."
    )
    expect(page.locator(".ex-explorer > [role=status]")).to_have_text(
        "“bleu” is not on this map; near in spelling: blue."
    )
    assert chosen.text_content() == "cat" and box.input_value() == "bleu"
    assert page.get_by_role("option").count() == 0
    box.press("ArrowDown")  # the list is back, and a word of it can be marked
    box.press("Enter")
    assert chosen.text_content() == "blue" and page.locator(".ex-found:visible").count() == 0
    box.fill("gre")
    box.press("Enter")
    assert chosen.text_content() == "green"
    box.fill("een")  # green has it in it, but does not begin so
    box.press("Enter")
    assert box.input_value() == "een"


@pytest.mark.parametrize("size", SIZES)
def test_a_map_opens_on_two_words_and_nothing_moves(visit, address, size):
    page = visit(size)
    still = page.context.new_page()
    still.route("**/pair.bin*", lambda route: route.abort())  # stays as it was printed
    still.goto(address.replace("index", "more"))
    assert still.locator(".ex-chosen b").all_text_contents() == ["hen", "blue"]
    place = """() => [".ex-explorer", ".ex-pair", ".ex-curve svg"].map((part) => {
        const box = document.querySelector(part).getBoundingClientRect();
        return [box.x, box.y + scrollY, box.width, box.height]; })"""
    printed = still.evaluate(place)
    line = still.locator(".ex-curve-line").get_attribute("d")
    still.close()
    page.goto(address.replace("index", "more"))
    near(page, ".ex-explorer")
    assert page.locator(".ex-chosen b").all_text_contents() == ["hen", "blue"]
    for before, after in zip(printed, page.evaluate(place), strict=True):
        assert after == pytest.approx(before, abs=2)
    assert page.locator(".ex-curve-line").get_attribute("d").count("L") == line.count("L") == 3
    assert page.evaluate("location.hash") == ""


def test_a_very_long_unknown_word_is_clipped_and_nothing_is_shown_of_an_empty_text(visit, address):
    page = visit("phone")
    page.goto(address.replace("index", "more"))
    page.locator(".ex-reader").scroll_into_view_if_needed()
    area = page.locator(".ex-reader textarea")
    area.fill("a " + "x" * 3000)
    words = page.locator("[data-side=words]")
    long = words.locator(".ex-unknown")
    expect(long.locator(".ex-sub")).to_have_text(["3", "unknown"])
    # the answer of both is there
    expect(page.locator("[data-side=gpt2] .ex-ids")).not_to_have_text("ids 64 3290")
    assert long.bounding_box()["height"] < 130
    long.click()
    expect(words.locator(".ex-detail")).to_contain_text("x" * 3000)
    assert words.locator(".ex-detail").bounding_box()["height"] < 200
    words.get_by_text("The ids in a row").click()
    area.fill("")
    for part in (words.locator(".ex-ids"), words.get_by_role("button", name="Copy ids")):
        expect(part).to_be_hidden()
    area.fill("a")
    expect(words.locator(".ex-ids")).to_have_text("ids 0")
    expect(words.get_by_role("button", name="Copy ids")).to_be_visible()


def test_the_word_of_a_replay_stands_apart_from_its_buttons_on_a_phone(visit, address):
    page = visit("phone")
    page.goto(address.replace("index", "more"))
    page.locator(".ex-replay").scroll_into_view_if_needed()
    word, button = page.get_by_label("A word", exact=True), page.get_by_role("button", name="Bytes")
    word.wait_for()
    above, below = word.bounding_box(), button.bounding_box()
    assert below["y"] - above["y"] - above["height"] >= 6


@pytest.mark.parametrize(
    ("one", "other", "most", "away"),
    [("cat", "cat", 2, 0), ("cat", "act", 2, 1), ("cat", "cart", 2, 1), ("cat", "ca", 2, 1), ("cat", "dog", 2, 3),
     ("kitten", "sitting", 3, 3), ("ca", "abc", 3, 3), ("a" * 50, "a" * 49, 2, 3)],
)  # fmt: skip
def test_slips_between_two_words(visit, one, other, most, away):
    """By hand: cat-act swaps two; ca-abc takes three, since a swapped pair is not touched again; a
    word beyond 40 letters is not compared.
    """
    page = visit()
    js = "async (given) => (await import('./assets/wordmap-search.js')).apart(...given)"
    assert page.evaluate(js, [one, other, most]) == away


@pytest.mark.parametrize("size", SIZES)
def test_two_words_are_compared_over_training(visit, size):
    page = visit(size)
    near(page, ".ex-explorer")
    pair = page.locator(".ex-pair")
    assert pair.is_hidden()
    page.get_by_role("combobox", name="Compare with").fill("dog")
    page.keyboard.press("Enter")
    units = [
        vectors.double() / vectors.double().norm(dim=1, keepdim=True) for _, vectors in steps()
    ]
    true = [float(unit[0] @ unit[1]) for unit in units]
    pair.locator("summary").click()
    shown = [
        [cell.replace("\u2212", "-") for cell in row.split("\t")]
        for row in pair.locator("tbody").inner_text().splitlines()
    ]
    assert [int(row[0]) for row in shown] == [0, 100, 200, 300]
    assert [float(row[1]) for row in shown] == pytest.approx(true, abs=0.015)
    means = [
        float((unit @ unit.T).sum() - len(unit)) / len(unit) / (len(unit) - 1) for unit in units
    ]
    assert [float(row[2]) for row in shown] == pytest.approx(means, abs=0.006)
    assert pair.get_by_role("img", name="Cosine of cat and dog").is_visible()
    assert page.locator(".ex-panel ol").count() == 2
    lists = [
        set(part.locator("li > button").all_text_contents())
        for part in page.locator(".ex-panel ol").all()
    ]
    shared = {
        item.locator("button").first.text_content()
        for item in page.locator(".ex-panel li:has(.ex-both)").all()
    }
    assert shared == lists[0] & lists[1]

    page.get_by_label("Step of training").press("Home")
    now = pair.locator(".ex-between b").text_content().replace("\u2212", "-")
    assert float(now) == pytest.approx(true[0], abs=0.015)
    assert pair.locator("details").get_attribute("open") is not None
    page.get_by_role("button", name="Show dog here").click()
    assert page.locator(".ex-chosen b").all_text_contents() == ["dog", "cat"]
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_role("button", name="End the comparison").click()
    assert pair.is_hidden()


def test_neighbours_are_those_of_the_groups_until_all_are_asked_for(visit, address):
    page = visit("phone")
    page.goto(address.replace("index", "grouped"))
    names = page.locator(".ex-map .ex-panel li > :first-child")
    printed = names.all_text_contents()
    near(page, ".ex-explorer")
    assert names.all_text_contents() == printed and set(printed) == {*GROUPS} - {"cat"}
    assert page.locator(".ex-map .ex-chosen").text_content() == "cat animals"  # and no count
    page.get_by_role("button", name="Among all words").click()
    assert names.count() == 10 and not {*names.all_text_contents()} <= {*GROUPS}
    page.get_by_role("button", name="Among grouped words").click()
    assert names.all_text_contents() == printed


def test_a_tap_on_a_cosine_shows_how_it_came_about(visit):
    page = visit()
    near(page, ".ex-explorer")
    item = page.locator(".ex-map li").nth(2)
    name = item.locator("button").first.text_content()
    item.locator(".ex-cosine").click()
    assert page.locator(".ex-chosen b").all_text_contents() == ["cat", name]
    assert item.locator(".ex-cosine").text_content() == page.locator(".ex-between b").text_content()


def test_a_word_that_is_held_waits_for_the_other(visit):
    page = visit("phone")
    near(page, ".ex-explorer")
    page.get_by_role("button", name="Compare", exact=True).click()
    expect(page.locator(".ex-pair")).to_contain_text("“cat” is held")
    page.locator(".ex-map li button").first.click()
    assert page.locator(".ex-chosen b").last.text_content() == "cat"
    assert page.locator(".ex-curve").is_visible()


def test_a_walk_by_arrow_keys_goes_that_way_and_is_told(visit):
    """From the word that lies farthest to the left (or right, ...) there is no further one; from
    any other the next lies in the quarter of the field that the key points to.
    """
    page = visit()
    near(page, ".ex-explorer")
    places = [place[:2] for place in project([vectors for _, vectors in steps()]).points[-1]]
    chosen, said = (
        page.locator(".ex-map .ex-chosen b"),
        page.locator(".ex-explorer > [role=status]"),
    )
    page.locator(".ex-field canvas").focus()
    page.evaluate(DRAWN)
    for key, way in (
        ("ArrowRight", (1, 0)),
        ("ArrowUp", (0, 1)),
        ("ArrowLeft", (-1, 0)),
        ("ArrowDown", (0, -1)),
    ):
        for _ in range(60):
            before = chosen.text_content()
            page.keyboard.press(key)
            if "further that way" in said.text_content():
                break
            after = chosen.text_content()
            dx, dy = (
                places[WORDS.index(after)][axis] - places[WORDS.index(before)][axis]
                for axis in (0, 1)
            )
            ahead, aside = dx * way[0] + dy * way[1], abs(dx * way[1]) + abs(dy * way[0])
            assert ahead > 0 and aside <= ahead * 1.001
            assert (
                said.text_content().startswith(f"{after}, ") and "Nearest: " in said.text_content()
            )
        else:
            pytest.fail("the walk has no end")


def test_the_keyboard_goes_to_the_nearest_and_back(visit):
    page = visit()
    near(page, ".ex-explorer")
    chosen = page.locator(".ex-map .ex-chosen b")
    nearest = page.locator(".ex-map li button").first.text_content()
    page.locator(".ex-field canvas").focus()
    page.keyboard.press("n")
    assert chosen.text_content() == nearest
    page.keyboard.press("n")
    assert chosen.text_content() not in ("cat", nearest)
    page.keyboard.press("Backspace")
    page.keyboard.press("Backspace")
    assert chosen.text_content() == "cat"
    page.keyboard.press("Backspace")
    expect(page.locator(".ex-explorer > [role=status]")).to_have_text("This is the first word.")
    assert page.locator(".ex-keys").evaluate("keys => getComputedStyle(keys).opacity") == "1"


def test_a_link_opens_the_same_view(visit):
    page = visit(fragment="#text=a%20b")
    near(page, ".ex-explorer")
    page.get_by_role("combobox", name="Find a word").fill("dog")
    page.keyboard.press("Enter")
    page.get_by_role("combobox", name="Compare with").fill("green")
    page.keyboard.press("Enter")
    page.get_by_label("Step of training").press("Home")
    page.get_by_label("Step of training").press("ArrowRight")
    page.get_by_role("button", name="3-D").click()
    page.get_by_role("button", name="Zoom in").click()
    page.wait_for_function("location.hash.includes('view=3d%2C1.4')")
    fragment = page.evaluate("location.hash")
    assert fragment.startswith("#text=a%20b&") and "with=green&step=100&view=3d%2C1.4" in fragment
    page.evaluate(DRAWN)
    picture = page.evaluate(PICTURE)
    other = visit(fragment=fragment)  # far down the page, and alive at once
    other.wait_for_selector(".ex-explorer.ex-drawn")
    assert other.locator(".ex-chosen b").all_text_contents() == ["dog", "green"]
    assert other.locator(".ex-step").text_content() == "step 100"
    expect(other.locator(".ex-field")).to_be_in_viewport()
    other.evaluate(DRAWN)
    assert other.evaluate(PICTURE) == picture
    other.get_by_role("button", name="End the comparison").click()
    other.get_by_role("button", name="Reset").click()
    other.get_by_role("button", name="2-D").click()
    other.get_by_label("Step of training").press("End")
    other.wait_for_function("location.hash === '#text=a%20b&word=dog'")


@pytest.mark.parametrize(
    "fragment",
    ["word=%E0%A4%A", "step=7&view=x,y", "word=" + quote("no such"), "view=2d,1e99,,NaN"],
)
def test_a_link_that_makes_no_sense_shows_the_map_as_it_is(visit, fragment):
    page = visit(fragment=f"#{fragment}")
    near(page, ".ex-explorer")
    assert page.locator(".ex-map .ex-chosen b").text_content() == "cat"
    assert page.locator(".ex-step").text_content() == "step 300"


def test_the_table_goes_on(visit):
    page = visit()
    near(page, ".ex-explorer")
    assert page.locator(".ex-explorer details tbody tr").count() == len(WORDS)
    assert page.get_by_role("button", name="More rows").count() == 0  # all are printed


def test_without_its_file_the_map_stays_still_and_says_so(visit):
    page = visit(block=["map.bin*"])
    page.locator(".ex-explorer").scroll_into_view_if_needed()
    note = page.locator(".ex-controls p")
    expect(note).to_contain_text("could not be loaded")
    assert page.locator(".ex-explorer .ex-still svg[role=img]").is_visible()
    page.unroute("**/map.bin*")
    note.get_by_role("button", name="Try again").click()
    page.wait_for_selector(".ex-explorer.ex-drawn")


def test_the_file_of_another_printing_is_not_mixed_in(visit):
    page = visit()
    script = page.locator(".ex-explorer > script")
    given = json.loads(script.text_content())
    script.evaluate(
        "(part, text) => { part.textContent = text; }", json.dumps({**given, "mark": "0" * 16})
    )
    page.locator(".ex-explorer").scroll_into_view_if_needed()
    expect(page.locator(".ex-controls p")).to_contain_text("belongs to another printing")


def test_a_map_opened_as_a_file_says_what_is_needed(browser, address, tmp_path):
    tab = browser.new_page()
    (tmp_path / "_quarto.yml").write_text("", encoding="utf-8")
    shutil.copytree(Path(exhibits.__file__).parent / "assets", tmp_path / "assets")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path)
        (tmp_path / "index.html").write_text(page(), encoding="utf-8")
    tab.goto((tmp_path / "index.html").as_uri())
    tab.locator(".ex-explorer").scroll_into_view_if_needed()
    expect(tab.locator(".ex-controls p")).to_contain_text("make serve")
    assert tab.locator(".ex-explorer canvas").count() == 0
    tab.close()


def test_without_javascript_the_map_is_a_drawing_a_list_and_a_table(visit):
    page = visit(java_script_enabled=False)
    assert page.locator(".ex-explorer .ex-still svg[role=img]").is_visible()
    assert page.locator(".ex-panel li").count() == 10
    assert page.locator(".ex-explorer a[download]").get_attribute("href") == "assets/map.bin"


def test_two_fingers_zoom_the_map_and_one_scrolls_the_page(visit):
    page = visit("phone", has_touch=True)
    near(page, ".ex-explorer")
    page.locator(".ex-field canvas").scroll_into_view_if_needed()
    page.evaluate(DRAWN)
    box = page.locator(".ex-field canvas").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    inside = page.context.new_cdp_session(page)

    def touch(kind, *spots):
        points = [{"x": x + dx, "y": y + dy, "id": number} for number, (dx, dy) in enumerate(spots)]
        inside.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    at = page.evaluate("scrollY")
    touch("touchStart", (-30, 0))
    touch("touchStart", (-30, 0), (30, 0))
    for step in range(1, 11):
        touch("touchMove", (-30 - 3 * step, 0), (30 + 3 * step, 0))
    touch("touchEnd")
    page.wait_for_function("/view=2d%2C(1\\.9|2)/.test(location.hash)")  # from 60 px apart to 120
    assert page.evaluate("scrollY") == at
    touch("touchStart", (0, 0))
    for step in range(1, 11):
        touch("touchMove", (0, 12 * step))
    touch("touchEnd")
    page.wait_for_function("at => scrollY < at", arg=at)


@pytest.mark.parametrize("motion", ["reduce", "no-preference"])
def test_play_runs_to_the_last_step_and_glides_only_where_motion_is_welcome(visit, motion):
    """The page's clock goes on by 90 ms a frame, however long the machine takes to draw one: ten
    frames a step.
    """
    page = visit(reduced_motion=motion)
    near(page, ".ex-explorer")
    page.evaluate(
        """() => { window.pictures = new Set(); const canvas = document.querySelector('.ex-field canvas');
        const frame = requestAnimationFrame.bind(window); let drawn = 0, clock = performance.now();
        performance.now = () => clock;
        window.requestAnimationFrame = (call) => frame((stamp) => {
            if (stamp !== drawn) { drawn = stamp; clock += 90; window.pictures.add(canvas.toDataURL()); }
            call(clock);
        }); }"""
    )
    page.get_by_role("button", name="Play").click()
    page.wait_for_function("document.querySelector('.ex-play').textContent === 'Play'")
    assert page.locator(".ex-step").text_content() == "step 300"
    pictures = page.evaluate("window.pictures.size")
    assert pictures <= 5 if motion == "reduce" else pictures > 5


def test_a_group_of_the_map_can_be_switched_off(visit):
    page = visit()
    near(page, ".ex-explorer")
    page.evaluate(DRAWN)
    before = page.evaluate(PICTURE)
    button = page.get_by_role("button", name="animals")
    button.click()
    assert button.get_attribute("aria-pressed") == "false"
    page.wait_for_function(f"before => {PICTURE} !== before", arg=before)
