"""What fills each page of the built site: the share of its height by kind, and where its first
figure is. Run it by hand, as it opens every page at two widths.

    JOURNAL_SITE=_site python tests/bench/page_shares.py [journal/x.html ...]

height: px of the page's prose and cells, without title and foot. Of that height, each pixel row
counts for one kind: open code, figures (chips and other exhibits too), tables, claims, prose
(headings, gaps between paragraphs). first: px from the top of the page to the first figure.
"""

import os
import sys
from pathlib import Path
from typing import Any

from in_chromium import opened
from playwright.sync_api import Browser

WIDTHS = (1280, 390)
KINDS = ("prose", "code", "figures", "tables", "claims")
MOST_CODE = 0.15
FIRST_FIGURE = 1_200  # px, at the first of WIDTHS
MEASURE = """() => {
  const kinds = {
    code: "pre.cell-code",
    claims: ".ex-claim, .ex-log",
    tables: ".quarto-float-tbl, .ex-scroll, table",
    figures: ".quarto-float-fig, .cell-output-display > *:not(.ex-claim, .ex-log, .ex-scroll, .ex-ran-on, .ex-note)",
  };
  const box = document.querySelector(".prose") || document.querySelector("main");
  const { top, bottom } = box.getBoundingClientRect();
  const rows = new Uint8Array(Math.ceil(bottom - top));
  const names = Object.keys(kinds);
  let first = null;
  for (let number = names.length; number > 0; number--) { // the first name wins a row
    for (const element of box.querySelectorAll(kinds[names[number - 1]])) {
      if (element.closest(".column-margin") || !element.checkVisibility()) continue;
      const area = element.getBoundingClientRect();
      if (area.height < 2) continue;
      if (names[number - 1] === "figures" && (first === null || area.top < first)) first = area.top;
      rows.fill(number, Math.floor(area.top - top), Math.ceil(area.bottom - top));
    }
  }
  const shares = { prose: rows.filter((row) => row === 0).length / rows.length };
  names.forEach((name, number) => { shares[name] = rows.filter((row) => row === number + 1).length / rows.length; });
  return { height: document.documentElement.scrollHeight, first: first === null ? null : first + scrollY, shares };
}"""


def measure(browser: Browser, address: str, width: int) -> dict[str, Any]:
    """Return of a page: its height, its first figure's place, the share of each kind."""
    page = browser.new_page(viewport={"width": width, "height": 900})
    page.goto(address, wait_until="load")
    page.wait_for_timeout(300)
    measured: dict[str, Any] = page.evaluate(MEASURE)
    page.close()
    return measured


def main() -> None:
    site = Path(os.environ.get("JOURNAL_SITE", "_site"))
    pages = sys.argv[1:] or [
        str(file.relative_to(site))
        for file in [*site.glob("index.html"), *sorted(site.glob("journal/**/*.html"))]
    ]
    print(f"{'page':44} {'width':>5} {'height':>7} {'first':>6}", *(f"{kind:>8}" for kind in KINDS))
    with opened(site) as (browser, host):
        for path in pages:
            for width in WIDTHS:
                one = measure(browser, host + path, width)
                first = "-" if one["first"] is None else f"{one['first']:,.0f}"
                shares = [f"{one['shares'][kind]:8.0%}" for kind in KINDS]
                over = one["shares"]["code"] > MOST_CODE
                late = width == WIDTHS[0] and (one["first"] or 0) > FIRST_FIGURE
                notes = [*["much code"] * over, *["late figure"] * late]
                print(f"{path:44} {width:5} {one['height']:7,} {first:>6}", *shares, *notes)


if __name__ == "__main__":
    main()
