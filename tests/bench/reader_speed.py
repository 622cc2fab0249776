"""How fast the live tokenizers follow an edit, and what they weigh. Run it by hand or `make bench`.

edit: a character is typed into a text of LENGTH characters, as a key types it; until the chips of
both tokenizers are laid out. thread: what a processor does for it in the page's own thread (script,
style, layout, painting), which other work on the machine does not lengthen. replace: the whole text
is another one. load: from entering the box until GPT-2's file is unpacked. Median and 95th
percentile of RUNS, in Chromium on this machine, whose load is said. A frame of 60 a second lasts
16.7 ms.
"""

import gzip
import os
import tempfile
from pathlib import Path
from statistics import median, quantiles

from in_chromium import opened, processor
from playwright.sync_api import Browser, Page

from exhibits import reader_tokenizers
from exhibits.base.vocab_file import NAME, made
from press.publish.assets import make_assets
from scratch import SimpleTokenizer, count, load_text, sample, split

RUNS = 40
LENGTH = 1_000
PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>t</title>
<link rel="stylesheet" href="assets/exhibits.css"><script defer src="assets/exhibits.js"></script><main>%s</main></html>"""
LOAD = """() => new Promise((done) => {
  const start = performance.now();
  const note = document.querySelector(".ex-reader-note");
  new MutationObserver(() => note.textContent.endsWith("this page.") && done(performance.now() - start))
    .observe(note, { childList: true });
  document.querySelector("textarea").focus();
})"""
PUT = """async (change) => {
  const area = document.querySelector("textarea");
  const sides = document.querySelector(".ex-sides");
  area.focus();
  const taken = await new Promise((done) => {
    const watch = new MutationObserver(() => {
      if (sides.getAttribute("aria-busy") !== "false") return;
      watch.disconnect();
      void sides.getBoundingClientRect().height; // layout is part of it
      done(performance.now() - began);
    });
    watch.observe(sides, { attributes: true });
    const began = performance.now();
    if (change.text === undefined) document.execCommand("insertText", false, change.typed); // as a key does it
    else {
      area.value = change.text;
      area.dispatchEvent(new Event("input"));
    }
  });
  if (change.at !== undefined) area.setSelectionRange(change.at, change.at);
  for (const rest of [requestAnimationFrame, requestAnimationFrame, requestIdleCallback]) await new Promise((done) => rest(done)); // it is painted
  await new Promise((done) => setTimeout(done, 300));
  await new Promise((done) => requestIdleCallback(done));
  return taken;
}"""


def measure() -> dict[str, list[float]]:
    """Milliseconds of each edit, of another text, and of the loading."""
    text = load_text().content
    tokens = split(text)
    with tempfile.TemporaryDirectory() as folder:
        make_assets(Path(folder))
        box = reader_tokenizers(SimpleTokenizer.of(tokens), count(tokens), text=sample(text))
        (Path(folder) / "index.html").write_text(PAGE % box.html, encoding="utf-8")
        with opened(Path(folder)) as (browser, address):
            page = browser.new_page()
            page.goto(address)
            page.wait_for_selector("textarea")
            loaded = page.evaluate(LOAD)
            return {"load": [loaded]} | times(browser, page, text)


def times(browser: Browser, page: Page, text: str) -> dict[str, list[float]]:
    """RUNS changes of passage, and a key in the middle of each."""
    edits, threads, others = [], [], []
    for run in range(RUNS):
        others.append(
            page.evaluate(PUT, {"text": text[run * LENGTH : (run + 1) * LENGTH], "at": LENGTH // 2})
        )
        before = processor(browser)
        edits.append(page.evaluate(PUT, {"typed": "x"}))
        threads.append(processor(browser) - before)
    return {"edit": edits, "edit, thread": threads, "replace": others}


if __name__ == "__main__":
    for name, taken in measure().items():
        p95 = f", p95 {quantiles(taken, n=20)[-1]:.1f} ms" if len(taken) > 1 else ""
        print(
            f"live tokenizers, {name:>12}: {median(taken):6.1f} ms{p95} ({LENGTH:,} characters,"
            f" {len(taken)} times)"
        )
    print(f"load of the machine: {os.getloadavg()[0]:.1f}")
    print(f"{NAME}: {len(made()[NAME]):,} bytes, {len(gzip.decompress(made()[NAME])):,} unpacked")
