"""Make room for what the log claimed on a day, line by line, at the head of its page.

A page knows its claims when all its cells have run, so the list is empty here. The built-in printer
fills it from the boxes of the same page (`press.render.fill_in`); under Quarto exhibits.js does. It
is folded beneath a summary that counts the verdicts; a page without a claim has none.
"""

from __future__ import annotations

from exhibits.base.exhibit import Exhibit


def day_log() -> Exhibit:
    """Show the claims that the page makes, each with its verdict and a link to its box.

    >>> day_log().text
    'What I claimed that day:'
    """
    markup = (
        '<details class="ex-log" data-pagefind-ignore hidden><summary data-part="verdict-counts">'
        "What I claimed that day, and what became of it</summary><ul></ul></details>"
    )
    return Exhibit(markup, "What I claimed that day:")
