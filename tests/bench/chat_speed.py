"""How fast the pretrained model answers in Chromium, and what memory it takes. By hand or `make
bench`.

The printed talk page's own workers are asked, on 1 worker and on 2: seconds to load from this
machine with nothing kept, seconds to the first token of a prompt of PROMPT tokens, tokens a second
over the LENGTH that follow (medians of RUNS), and one answer of LONG tokens. Memory is that of the
page's process, private and resident, as Linux tells it. JOURNAL_SITE names the site (_site).
Writes data/bench-chat.toml.
"""

import os
import re
from pathlib import Path
from statistics import median
from typing import Any

from in_chromium import opened
from playwright.sync_api import Browser
from report import head, write

from scratch.model.smollm import load_smollm_tokenizer
from scratch.tokenizer.chat_template import encode_chat

RUNS = 5
PROMPT, LENGTH, LONG = 40, 32, 1_000  # tokens
LOAD = """async (workers) => {
  const began = performance.now();
  window.worker?.terminate();
  window.worker = new Worker("../assets/chat-worker.js", { type: "module" });
  window.asked = (message, over) => new Promise((done, failed) => {
    worker.onmessage = ({ data }) => {
      if (data.failed || data.broken) failed(new Error(data.failed ?? data.broken));
      if (over(data)) done(data);
    };
    worker.postMessage(message);
  });
  window.run = 0;
  await asked({ load: new URL("../assets/smollm2.json", document.baseURI).href, key: `bench-${workers}`, workers }, (data) => data.ready);
  return (performance.now() - began) / 1000;
}"""
ANSWER = """async ([ids, length]) => {
  const began = performance.now();
  let written = 0, first = 0, ended = "";
  await asked({ answer: ++run, ids, ends: [], seed: 1, temperature: 0, topP: 1 }, (data) => {
    if (data.top) {
      written += 1;
      if (written === 1) first = performance.now();
      if (written === length) { worker.postMessage({ stop: true }); ended = performance.now(); }
    }
    return data.done;
  });
  return [(first - began) / 1000, (length - 1) / ((ended - first) / 1000), written];
}"""


def memory(browser: Browser) -> dict[str, int]:
    """Return the private and the resident memory of the largest page process, and its peak, in MB."""
    line = browser.new_browser_cdp_session()
    processes = line.send("SystemInfo.getProcessInfo")["processInfo"]
    line.detach()
    sizes = []
    for process in (one for one in processes if one["type"] == "renderer"):
        folder = Path(f"/proc/{process['id']}")
        rollup = (folder / "smaps_rollup").read_text()
        status = (folder / "status").read_text()
        private = sum(map(int, re.findall(r"^Private_\w+:\s+(\d+)", rollup, re.M)))
        resident, peak = (
            int(re.search(rf"^{name}:\s+(\d+)", status, re.M)[1])  # type: ignore[index]
            for name in ("VmRSS", "VmHWM")
        )
        sizes.append({"private_mb": private, "resident_mb": resident, "peak_resident_mb": peak})
    largest = max(sizes, key=lambda size: size["private_mb"])
    return {name: round(kilobytes / 1024) for name, kilobytes in largest.items()}


def measure(browser: Browser, address: str, workers: int, prompt: list[int]) -> dict[str, Any]:
    """Return the figures of one number of workers, in a browser context that keeps nothing yet."""
    context = browser.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.set_default_timeout(0)
    page.goto(address)
    row: dict[str, Any] = {"workers": workers}
    row["load_seconds"] = round(page.evaluate(LOAD, workers), 1)
    row |= {f"loaded_{name}": size for name, size in memory(browser).items()}
    answers = [page.evaluate(ANSWER, [[run, *prompt[1:]], LENGTH]) for run in range(RUNS)]
    row["first_token_seconds"] = round(median(answer[0] for answer in answers), 2)
    row["tokens_a_second"] = round(median(answer[1] for answer in answers), 2)
    _, speed, written = page.evaluate(ANSWER, [prompt, LONG])
    row["long_answer_tokens"], row["long_tokens_a_second"] = written, round(speed, 2)
    row |= {f"long_{name}": size for name, size in memory(browser).items()}
    context.close()
    return row


def main() -> None:
    start = head(RUNS) | {"prompt_tokens": PROMPT, "tokens": LENGTH}
    question = [{"role": "user", "content": "Tell me a long story about a cat and a dog. " * 4}]
    prompt = encode_chat(load_smollm_tokenizer(), question)[:PROMPT]
    site = Path(os.environ.get("JOURNAL_SITE", "_site"))
    rows = []
    for workers in (1, 2):  # a browser each: its processes end with it
        with opened(site) as (browser, address):
            rows.append(measure(browser, address + "journal/talk.html", workers, prompt))
            print(rows[-1], flush=True)
    write("bench-chat.toml", "Written by tests/bench/chat_speed.py.", start, {"workers": rows})


if __name__ == "__main__":
    main()
