"""Show on which text a page ran.

What: a page runs on the learner's own text, so its numbers mean something only together with the
name of that text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from exhibits.base.exhibit import Exhibit, escape
from exhibits.base.wording import listed
from exhibits.page.novella import reading_page

if TYPE_CHECKING:  # the package stays cheap to import
    from scratch.baselines.needs import Basis
    from scratch.text.corpus import Text

MOST = 2  # needs that are named
HASH_DIGITS = 12  # of SHA-256: enough to tell two editions apart by eye


def ran_on(text: Text) -> Exhibit:
    """Show the text on which the page ran: title, author, licence, length, start of its SHA-256.

    >>> from scratch.text.corpus import load_text
    >>> ran_on(load_text()).text.startswith(f"This page ran on {load_text().title}")
    True
    """
    length = f"{len(text.content):,}"
    digest = text.sha256[:HASH_DIGITS]
    by = f" by {text.author}" if text.author else ""
    licence = f"licence {text.licence}" if text.licence.startswith("not stated") else text.licence
    markup = (
        '<p class="ex-ran-on"><span class="ex-ran-on-lead">This page ran on</span>'
        f' {cited(text).html}<span class="ex-ran-on-more">{escape(by)} ({escape(licence)}):'
        f" {length} characters, SHA-256 <code>{digest}…</code></span></p>"
    )
    plain = f"This page ran on {text.title}{by} ({licence}): {length} characters, SHA-256 {digest}…"
    return Exhibit(markup, plain)


def runs_on(basis: Basis) -> Exhibit | None:
    """Show on which other text an experiment ran, and what the learner's own text lacks.

    basis: as from `scratch.baselines.needs.text_for`
    Returns: None if the experiment ran on the learner's text.
    """
    if not basis.lacks:
        return None
    needs = listed(map(str, basis.lacks[:MOST]))
    first, _, rest = needs.partition("(it has")
    markup = (
        '<p class="ex-ran-on ex-stand-in"><span class="ex-ran-on-lead">Another text here:</span>'
        f" this part needs {escape(first)}(<cite>{escape(basis.own.title)}</cite>"
        f" has{escape(rest)}, so it ran on {cited(basis.text).html} instead.</p>"
    )
    plain = (
        f"This part needs {first}({basis.own.title} has{rest}, so it ran on {basis.text.title}"
        " instead."
    )
    return Exhibit(markup, plain)


def cited(text: Text) -> Exhibit:
    """Show a text's title, with a link to the page with the whole text, if there is one.

    >>> from scratch.text.corpus import load_text
    >>> cited(load_text()).text == load_text().title
    True
    """
    title, address = escape(text.title), reading_page(text)
    linked = f'<a href="{address}">{title}</a>' if address else title
    return Exhibit(f"<cite>{linked}</cite>", text.title, inline=True)
