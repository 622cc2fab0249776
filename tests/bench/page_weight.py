"""What opening each page of the built site costs on a middling phone. Run it by hand or `make
bench`.

In Chromium, a window of 412 x 823, the processor slowed down SLOWER times, a line of LINE
(Lighthouse's settings for a phone; its figures are simulated, these are measured). Before any tap
or scroll, medians of RUNS: kilobytes: what came over the line, texts gzipped, with headers;
requests: how many files first_paint, largest_paint: ms until the first and the largest text or
picture stands blocked: ms beyond 50 of each task that held the page up (total blocking time), from
the first paint until all is quiet shift: cumulative layout shift, of the worst five seconds The
site: what JOURNAL_SITE names, or _site. Prints a table and writes data/bench-pages.toml.
"""

import os
import sys
from pathlib import Path
from statistics import median
from typing import Any

from in_chromium import opened
from playwright.sync_api import Browser
from report import DATA, head, write

RUNS = 3
SLOWER = 4
LINE = {
    "offline": False,
    "latency": 150,
    "downloadThroughput": 1_638_400 / 8,
    "uploadThroughput": 750_000 / 8,
}
QUIET = 1_000  # ms without a request, after which a page is taken to be at rest
MOST = 150  # kB that a page may weigh before a tap or scroll
SHIFTED = 0.05
WATCH = """() => {
  window.seen = { largest: 0, tasks: [], shifts: [] };
  const watch = (type, call) => new PerformanceObserver((list) => list.getEntries().forEach(call)).observe({ type, buffered: true });
  watch("largest-contentful-paint", (entry) => { seen.largest = entry.startTime; });
  watch("longtask", (entry) => seen.tasks.push([entry.startTime, entry.duration]));
  watch("layout-shift", (entry) => { if (!entry.hadRecentInput) seen.shifts.push([entry.startTime, entry.value]); });
}"""
TOLD = """() => ({ ...seen, first: performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? 0 })"""


def measure(browser: Browser, address: str) -> dict[str, float]:
    """Open a page once, with an empty cache."""
    context = browser.new_context(viewport={"width": 412, "height": 823})
    page = context.new_page()
    inside = context.new_cdp_session(page)
    received: list[float] = []
    inside.on("Network.loadingFinished", lambda event: received.append(event["encodedDataLength"]))
    inside.send("Network.enable")
    inside.send("Network.emulateNetworkConditions", LINE)
    inside.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    page.add_init_script(f"({WATCH})()")
    page.goto(address, wait_until="load")
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(QUIET)
    told = page.evaluate(TOLD)
    context.close()
    return {
        "kilobytes": sum(received) / 1000,
        "requests": len(received),
        "first_paint": told["first"],
        "largest_paint": told["largest"],
        "blocked": sum(
            max(0, took - 50) for start, took in told["tasks"] if start + took > told["first"]
        ),
        "shift": worst(told["shifts"]),
    }


def worst(shifts: list[tuple[float, float]]) -> float:
    """The largest sum of shifts in a session: each within a second of the one before it, five
    seconds in all.
    """
    largest = total = 0.0
    first = last = -10_000.0
    for start, value in shifts:
        if start - last > 1_000 or start - first > 5_000:
            total, first = 0.0, start
        total, last = total + value, start
        largest = max(largest, total)
    return largest


def rounded(runs: list[dict[str, float]]) -> dict[str, float]:
    """The medians of a page's runs."""
    digits = {"kilobytes": 1, "shift": 3}
    return {name: round(median(run[name] for run in runs), digits.get(name)) for name in runs[0]}


def main() -> None:
    site = Path(os.environ.get("JOURNAL_SITE") or DATA.parent / "_site")
    if not (site / "index.html").is_file():
        sys.exit(
            f"{site} has no index.html: build the site first (make site), or name one in"
            " JOURNAL_SITE"
        )
    names = sorted(file.relative_to(site).as_posix() for file in site.rglob("*.html"))
    rows: list[dict[str, Any]] = []
    with opened(site) as (browser, address):
        measure(browser, address)  # the browser starts up
        print(
            f"{'page':45} {'kB':>7} {'files':>6} {'first':>7} {'largest':>8} {'blocked':>8}"
            f" {'shift':>6}"
        )
        for name in (name for name in names if name != "404.html"):
            found = rounded([measure(browser, address + name) for _ in range(RUNS)])
            rows.append({"page": name, **found})
            print(
                f"{name:45} {found['kilobytes']:7.1f} {found['requests']:6}"
                f" {found['first_paint']:5} ms {found['largest_paint']:5} ms {found['blocked']:5}"
                f" ms {found['shift']:6.3f}",
                flush=True,
            )
    heavy = [row["page"] for row in rows if row["kilobytes"] > MOST]
    moving = [row["page"] for row in rows if row["shift"] >= SHIFTED]
    print(
        f"over {MOST} kB: {', '.join(heavy) or 'none'}; shift of {SHIFTED} or more:"
        f" {', '.join(moving) or 'none'}"
    )
    remark = (
        "Written by tests/bench/page_weight.py, which says what the figures are. Of one machine, at"
        " the load that is said."
    )
    settings = {
        "slower": SLOWER,
        "latency_ms": LINE["latency"],
        "kilobits_a_second": LINE["downloadThroughput"] * 8 / 1000,
    }
    write("bench-pages.toml", remark, {**head(RUNS), **settings}, {"page": rows})


if __name__ == "__main__":
    main()
