"""How fast the live tokenizers follow an edit, and what they weigh. Run it by hand or `make bench`.

edit: a character is typed into a text of LENGTH characters; until the chips of both tokenizers are laid out. thread: what
of it is work of the page's own thread, as Chromium counts it (script, style, layout). replace: the whole text is another
one. load: from entering the box until GPT-2's file is unpacked. Median and 95th percentile of RUNS, in Chromium on this
machine, whose load is said. A frame of 60 a second lasts 16.7 ms.
"""

import functools
import gzip
import os
import tempfile
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from statistics import median, quantiles

from playwright.sync_api import Page, sync_playwright

from exhibits import reader_tokenizers
from exhibits.vocabfile import NAME, made
from press.assets import make_assets
from scratch import Vocabulary, count, load_text, sample, split

RUNS = 40
LENGTH = 1_000
PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>t</title>
<link rel="stylesheet" href="assets/exhibits.css"><script defer src="assets/exhibits.js"></script><main>%s</main></html>"""
EDIT = """async ([before, after]) => {
  const area = document.querySelector("textarea");
  const sides = document.querySelector(".ex-sides");
  const put = (text) => new Promise((done) => {
    const watch = new MutationObserver(() => {
      if (sides.getAttribute("aria-busy") !== "false") return;
      watch.disconnect();
      void sides.getBoundingClientRect().height; // layout is part of it
      done(performance.now() - began);
    });
    watch.observe(sides, { attributes: true });
    const began = performance.now();
    area.value = text;
    area.dispatchEvent(new Event("input"));
  });
  if (before === null) return put(after);
  await put(before);
  await new Promise((done) => setTimeout(done, 400)); // it is painted
}"""
WORK = ("ScriptDuration", "LayoutDuration", "RecalcStyleDuration")


class Quiet(SimpleHTTPRequestHandler):
    """No log."""

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


def measure() -> dict[str, list[float]]:
    """Milliseconds of each edit, of another text, and of the loading."""
    text = load_text().content
    tokens = split(text)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        make_assets(Path(folder))
        box = reader_tokenizers(Vocabulary.of(tokens), count(tokens), text=sample(text))
        (Path(folder) / "index.html").write_text(PAGE % box.html, encoding="utf-8")
        server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=folder))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        options = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        chromium = os.environ.get("CHROMIUM", "/usr/bin/chromium")
        browser = playwright.chromium.launch(executable_path=chromium, args=options)
        page = browser.new_page()
        page.goto(f"http://127.0.0.1:{server.server_port}/")
        page.wait_for_selector("textarea")
        loaded = page.evaluate("""() => new Promise((done) => {
          const start = performance.now();
          const note = document.querySelector(".ex-reader-note");
          new MutationObserver(() => note.textContent.endsWith("this page.") && done(performance.now() - start))
            .observe(note, { childList: true });
          document.querySelector("textarea").focus();
        })""")
        found = {"load": [loaded]} | times(page, text)
        browser.close()
        server.shutdown()
    return found


def times(page: Page, text: str) -> dict[str, list[float]]:
    """Edits in the middle of RUNS passages, and RUNS changes of passage."""
    inside = page.context.new_cdp_session(page)
    inside.send("Performance.enable")

    def work() -> float:
        metrics = {one["name"]: one["value"] for one in inside.send("Performance.getMetrics")["metrics"]}
        return 1000 * sum(metrics[name] for name in WORK)

    edits, threads, others = [], [], []
    for run in range(RUNS):
        one, other = (text[start : start + LENGTH] for start in (run * LENGTH, (run + RUNS) * LENGTH))
        middle = LENGTH // 2
        page.evaluate(EDIT, [one, None])
        before = work()
        edits.append(page.evaluate(EDIT, [None, one[:middle] + "x" + one[middle:]]))
        threads.append(work() - before)
        others.append(page.evaluate(EDIT, [None, other]))
    return {"edit": edits, "edit, thread": threads, "replace": others}


if __name__ == "__main__":
    for name, taken in measure().items():
        p95 = f", p95 {quantiles(taken, n=20)[-1]:.1f} ms" if len(taken) > 1 else ""
        print(f"live tokenizers, {name:>12}: {median(taken):6.1f} ms{p95} ({LENGTH:,} characters, {len(taken)} times)")
    print(f"load of the machine: {os.getloadavg()[0]:.1f}")
    print(f"{NAME}: {len(made()[NAME]):,} bytes, {len(gzip.decompress(made()[NAME])):,} unpacked")
