"""How smoothly the map of words moves with WORDS words. Run it by hand or `make bench`.

The words and vectors are made up (no text here has so many), the map is the one that a page shows.
In Chromium on this machine a mouse drags the map for SECONDS, a move a frame, flat, zoomed in and
in three dimensions: frames a second (a browser draws 60 at most), the interval of the slowest
twentieth, and the processor's milliseconds that the page's own thread takes a frame. Then: the time
from asking for the file until the map is drawn, of counting a word's neighbours, and of a search
with a slip in it.
"""

import os
import tempfile
import time
from contextlib import chdir
from itertools import pairwise
from pathlib import Path
from statistics import median, quantiles

import torch
from in_chromium import opened, processor
from playwright.sync_api import Browser, Page

from exhibits import embedding_plot
from press.publish.assets import make_assets

WORDS, WIDTH, STEPS, FAMILIES = 5_000, 64, 10, 40
SECONDS = 4
PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>t</title>
<link rel="stylesheet" href="assets/exhibits.css"><script defer src="assets/exhibits.js"></script>
<main style="max-width: 44rem; margin: auto">%s</main></html>"""
DRAG = """([x, y, seconds]) => new Promise((done) => { // the button is down already; each frame the pointer is elsewhere
  const canvas = document.querySelector(".ex-field canvas");
  const seen = [];
  const frame = (now) => {
    seen.push(now);
    if (now - seen[0] > 1000 * seconds) { done(seen); return; }
    const turn = seen.length / 20;
    const where = { clientX: x + 60 * Math.sin(turn), clientY: y + 40 * Math.cos(1.3 * turn) };
    canvas.dispatchEvent(new PointerEvent("pointermove", { pointerId: 1, pointerType: "mouse", ...where }));
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
})"""
INSIDE = """async () => {
  const { readMap } = await import("./assets/wordmap-data.js");
  const { finder } = await import("./assets/wordmap-search.js");
  const given = JSON.parse(document.querySelector(".ex-explorer script").textContent);
  const data = await readMap(new URL(given.file, document.baseURI).href, given.mark);
  const took = (count, call) => {
    const began = performance.now();
    for (let turn = 0; turn < count; turn++) call(turn);
    return (performance.now() - began) / count;
  };
  data.near(0, 0);
  const find = finder(data.words, data.counts);
  find("wird");
  return { near: took(50, (turn) => data.near(0, 100 + turn)), find: took(20, (turn) => find(`wrod${turn}00`)) };
}"""


def made_up() -> str:
    """A map of WORDS words in families that part during training."""
    chance = torch.Generator().manual_seed(0)
    family = torch.randint(0, FAMILIES, (WORDS,), generator=chance)
    middles = torch.randn(FAMILIES, WIDTH, generator=chance)
    steps = [
        (100 * step, step / STEPS * middles[family] + torch.randn(WORDS, WIDTH, generator=chance))
        for step in range(STEPS)
    ]
    words = [f"word{number}" for number in range(WORDS)]
    groups = {word: f"group {number % 8}" for number, word in enumerate(words[:160])}
    return embedding_plot(words, range(WORDS, 0, -1), groups, steps, "made-up words").html


def measure() -> dict[str, dict[str, float]]:
    """Figures of each way to move, and of what is done once."""
    found: dict[str, dict[str, float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        site = Path(folder)
        (site / "_quarto.yml").write_text("", encoding="utf-8")
        make_assets(site)
        with chdir(site):  # where the map writes its file
            (site / "index.html").write_text(PAGE % made_up(), encoding="utf-8")
        with opened(site) as (browser, address):
            page = browser.new_page(viewport={"width": 1280, "height": 900})
            began = time.perf_counter()
            page.goto(address)
            page.wait_for_selector(".ex-explorer.ex-drawn", timeout=60_000)
            found["once"] = {"opened": 1000 * (time.perf_counter() - began)} | page.evaluate(INSIDE)
            page.wait_for_timeout(500)
            found["flat"] = panned(browser, page)
            for _ in range(3):
                page.get_by_role("button", name="Zoom in").click()
            found["zoomed in"] = panned(browser, page)
            page.get_by_role("button", name="3-D").click()
            found["3-D"] = panned(browser, page)
    return found


def panned(browser: Browser, page: Page) -> dict[str, float]:
    """Drag the map about for SECONDS."""
    box = page.locator(".ex-field canvas").bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    picture = "document.querySelector('.ex-field canvas').toDataURL()"
    still, before = page.evaluate(picture), processor(browser)
    seen = page.evaluate(DRAG, [x, y, SECONDS])
    spent = processor(browser) - before
    assert page.evaluate(picture) != still, "the map did not move"
    page.mouse.up()
    between = [later - earlier for earlier, later in pairwise(seen)]
    return {
        "a second": 1000 * len(between) / (seen[-1] - seen[0]),
        "median": median(between),
        "p95": quantiles(between, n=20)[-1],
        "thread": spent / len(between),
    }


if __name__ == "__main__":
    torch.set_num_threads(1)
    figures = measure()
    once = figures.pop("once")
    print(
        f"map of {WORDS:,} words, load {os.getloadavg()[0]:.1f}: opened and drawn"
        f" {once['opened']:.0f} ms; neighbours of a word {once['near']:.2f} ms; a search with a"
        f" slip {once['find']:.2f} ms"
    )
    for way, row in figures.items():
        print(
            f"panning, {way:>9}: {row['a second']:5.1f} frames a second; interval"
            f" {row['median']:.1f} ms, p95 {row['p95']:.1f} ms; the page's thread"
            f" {row['thread']:.1f} ms a frame"
        )
