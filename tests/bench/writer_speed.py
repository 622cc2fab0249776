"""How fast the model writes in a browser, beside torch on the same machine in the same run. By hand
or `make bench`.

A model of the journal's shape (its numbers do not matter to the time) writes greedily, batch 1, in
Chromium's worker and with scratch.model.generate.generate, with stored keys and values, on one
thread and on all. within: PROMPT + LENGTH tokens, which fit the context. beyond: from a full
context on, where every token is a whole row anew, in both. load: from the button to the first
token, fetching from this machine. Medians of RUNS.
"""

import functools
import os
import tempfile
import threading
import time
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from statistics import median
from typing import Any

import torch
from playwright.sync_api import Page, sync_playwright

from exhibits.writer.writer import model_writer
from press.publish.assets import make_assets
from scratch import load_text
from scratch.model.config import GPTConfig
from scratch.model.generate import generate
from scratch.model.gpt import GPTModel
from scratch.tokenizer.bpe import BytePairEncoding
from scratch.tokenizer.bpe_train import train

RUNS = 5
ENTRIES, CONTEXT = 1_024, 128
PROMPT, LENGTH, BEYOND = 8, 100, 10  # tokens
HTML = """<!doctype html><html lang="en"><meta charset="utf-8"><title>t</title>
<link rel="stylesheet" href="assets/exhibits.css"><script defer src="assets/exhibits.js"></script><main>%s</main></html>"""
WRITE = """async ([prompt, length]) => {
  const { readModel } = await import("./assets/writer-file.js");
  const { best } = await import("./assets/sampling.js");
  window.model ??= await readModel(await (await fetch("./assets/bench.bin")).arrayBuffer());
  const { gpt } = window.model;
  gpt.forget();
  const ids = [...prompt];
  const began = performance.now();
  for (let step = 0; step < length; step++) ids.push(best(gpt.read(ids.slice(-gpt.config.context_length))));
  return [performance.now() - began, ids.slice(prompt.length)];
}"""
LOAD = """() => new Promise((done) => {
  const list = document.querySelector(".ex-chip-list");
  const began = performance.now();
  new MutationObserver(() => list.querySelector(".ex-linked") && done(performance.now() - began))
    .observe(list, { childList: true, subtree: true, attributes: true });
  document.querySelector(".ex-writer-main").click();
})"""


class Quiet(SimpleHTTPRequestHandler):
    """No log."""

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


def in_browser(page: Page, prompt: list[int], length: int) -> tuple[float, list[int]]:
    """Tokens a second, and what was written."""
    took, ids = page.evaluate(WRITE, [prompt, length])
    return 1000 * length / took, ids


def in_torch(
    model: GPTModel, prompt: list[int], length: int, threads: int
) -> tuple[float, list[int]]:
    """The same with torch."""
    torch.set_num_threads(threads)
    began = time.perf_counter()
    (ids,) = generate(model, [prompt], length)
    return length / (time.perf_counter() - began), ids


def measure() -> dict[str, float]:
    """Tokens a second of each way, and the milliseconds of the loading."""
    text = load_text().content
    encoding = train(text, ENTRIES)
    config = GPTConfig(ENTRIES, CONTEXT, emb_dim=128, n_heads=4, n_layers=4)
    model = GPTModel(config, torch.Generator().manual_seed(1)).eval()
    ids = encoding.encode_ordinary(text)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        prepare(Path(folder), model, encoding)
        server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=folder))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        chromium = os.environ.get("CHROMIUM", "/usr/bin/chromium")
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-gpu"]
        )
        found = {"load, ms": loaded(browser, f"http://127.0.0.1:{server.server_port}/")}
        page = browser.new_page()
        page.goto(f"http://127.0.0.1:{server.server_port}/")
        for name, prompt, length in (
            ("within", ids[:PROMPT], LENGTH),
            ("beyond", ids[:CONTEXT], BEYOND),
        ):
            every: dict[str, list[float]] = {}
            for _ in range(RUNS + 1):  # the first one warms up
                speed, written = in_browser(page, prompt, length)
                every.setdefault(f"{name}, Chromium", []).append(speed)
                for threads in sorted({1, os.cpu_count() or 1}):
                    speed, theirs = in_torch(model, prompt, length, threads)
                    every.setdefault(f"{name}, torch on {threads}", []).append(speed)
                    assert len(theirs) == len(written) == length
            found |= {key: median(speeds[1:]) for key, speeds in every.items()}
        browser.close()
        server.shutdown()
    return found


def prepare(folder: Path, model: GPTModel, encoding: BytePairEncoding) -> None:
    """A journal's root with a page of the exhibit."""
    (folder / "_quarto.yml").write_text("", encoding="utf-8")
    make_assets(folder)
    before = Path.cwd()
    os.chdir(folder)
    try:
        box = model_writer(model, encoding, name="bench", beginnings=["The archive"], length=8)
    finally:
        os.chdir(before)
    (folder / "index.html").write_text(HTML % box.html, encoding="utf-8")


def loaded(browser: Any, address: str) -> float:
    """Milliseconds until the first token, each time in a browser context that has nothing stored."""
    times = []
    for _ in range(RUNS):
        context = browser.new_context()
        page = context.new_page()
        page.goto(address)
        page.wait_for_selector("textarea")
        times.append(page.evaluate(LOAD))
        context.close()
    return median(times)


if __name__ == "__main__":
    for name, value in measure().items():
        unit = "" if name.endswith("ms") else " tokens/s"
        print(f"the model in the page, {name:>20}: {value:8.1f}{unit} (median of {RUNS})")
