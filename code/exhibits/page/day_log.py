"""Show what the log claimed on a day, line by line, at the head of its page.

A page cannot know its verdicts before it has run, so each line has a gap for one and a link to the
box of its claim, folded beneath a summary that counts them. The built-in printer fills both from
the boxes of the same page (`press.render.day_log`); under Quarto exhibits.js does, and without a
script the links remain.
"""

from __future__ import annotations

from datetime import date

from exhibits.base.exhibit import Exhibit, escape
from exhibits.base.site_paths import root
from exhibits.page.claims import REGISTRY, anchor_of, registry


def day_log(day: str) -> Exhibit:
    """Show the claims of a day, each with a gap for its verdict and a link to its box.

    day: as "2025-07-02"

    Raises: ValueError if it is no day, or the registry has no claim of it.

    >>> day_log("2025-07-04").text.splitlines()[0]
    'What I claimed that day:'
    """
    wanted = date.fromisoformat(day)
    claims = [claim for claim in registry(root()).values() if claim.date == wanted]
    if not claims:
        raise ValueError(f"{REGISTRY} has no claim of {day}; write one, or mend the day")
    lines = "".join(
        f'<li class="ex-said" data-verdict-of="{anchor_of(claim.id)}"><b class="ex-verdict"></b>'
        f'<a href="#{anchor_of(claim.id)}">{escape(claim.claim)}</a></li>'
        for claim in claims
    )
    markup = (
        '<details class="ex-log" data-pagefind-ignore><summary data-part="verdict-counts">What I'
        f" claimed that day, and what became of it</summary><ul>{lines}</ul></details>"
    )
    plain = [f"- {claim.claim}" for claim in claims]
    return Exhibit(markup, "\n".join(["What I claimed that day:", *plain]))
