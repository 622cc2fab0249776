"""List the claims that a page checks, with their verdicts, at its beginning.

What: the claims are known only when all cells of the page have run, so `day_log` returns an empty
list. The built-in printer fills it from the claims' boxes on the same page
(`press.render.fill_in`); under Quarto exhibits.js does. The list is folded below a summary that
counts the verdicts. Left out: pages without claims, which show no list.
"""

from __future__ import annotations

from exhibits.base.exhibit import Exhibit


def day_log() -> Exhibit:
    """Show the claims of this page, each with its verdict and a link to its box.

    >>> day_log().text
    'What I claimed that day:'
    """
    markup = (
        '<details class="ex-log" data-pagefind-ignore hidden><summary data-part="verdict-counts">'
        "What I claimed that day, and what became of it</summary><ul></ul></details>"
    )
    return Exhibit(markup, "What I claimed that day:")
