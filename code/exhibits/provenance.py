"""On which text did this page run?

A page is re-executed on whatever text the learner has; a number means nothing without that text's name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from exhibits.exhibit import Exhibit, escape

if TYPE_CHECKING:  # the package stays cheap to import
    from scratch.corpus import Text

HASH_DIGITS = 12  # of SHA-256: enough to tell two editions apart by eye


def ran_on(text: Text) -> Exhibit:
    """Say on which text the page ran: title, author, licence, length in characters, start of its SHA-256."""
    length = f"{len(text.content):,}"
    digest = text.sha256[:HASH_DIGITS]
    title, author, licence = escape(text.title), escape(text.author), escape(text.licence)
    markup = (
        f'<p class="ex-ran-on"><span class="ex-ran-on-lead">This page ran on</span> <cite>{title}</cite> by {author}'
        f" ({licence}): <span>{length} characters</span>, <span>SHA-256 <code>{digest}…</code></span></p>"
    )
    plain = f"This page ran on {text.title} by {text.author} ({text.licence}): {length} characters, SHA-256 {digest}…"
    return Exhibit(markup, plain)
