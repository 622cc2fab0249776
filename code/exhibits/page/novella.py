"""Show the journal's novella as a page to read.

What: `chapters` gives its chapters as Markdown, `reading_page` the address of its page. Left out:
other texts; a text is printed only if its licence in data/texts.toml is the public domain.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from exhibits.base.exhibit import PRINTERS
from exhibits.base.site_paths import href, root

if TYPE_CHECKING:  # the package stays cheap to import
    from scratch.text.corpus import Text

NAME = "the-index-of-small-lights"
PAGE = Path("journal/novella.qmd")
FREE = "CC0-1.0"
CHAPTER = re.compile(r"^CHAPTER (\d+)\n(.+)\n", re.M)
MARKUP = re.compile(r"([\\`*_{}\[\]()#+!<>~^$|@&])|^(\d+)(?=[.)])|^(-)(?= )", re.M)


def chapters(text: Text) -> str:
    """Return the chapters of a text as Markdown, each a section with an id.

    Raises: ValueError if the text's licence is not FREE.

    >>> from scratch.text.corpus import load_text
    >>> chapters(load_text(NAME)).split("\\n")[0]
    '## 1. The Letter Nobody Could Read {#chapter-1}'
    """
    if text.licence != FREE:
        raise ValueError(
            f"the licence of {text.title!r} is {text.licence!r}; a page prints texts under {FREE}"
        )
    _, *parts = CHAPTER.split(text.content)
    whole = zip(parts[::3], parts[1::3], parts[2::3], strict=True)
    return "\n\n".join(
        f"## {number}. {_plain(title)} {{#chapter-{number}}}\n\n{_plain(body.strip())}"
        for number, title, body in whole
    )


def _plain(text: str) -> str:
    """Return Markdown that shows a text as it is, with quotes and dashes left to the printer.

    >>> _plain("1. *Bone!* [1] -- no")
    '1\\\\. \\\\*Bone\\\\!\\\\* \\\\[1\\\\] -- no'
    """
    return MARKUP.sub(lambda mark: f"{mark[2]}\\" if mark[2] else f"\\{mark[0]}", text)


def reading_page(text: Text) -> str:
    """Return the address of the page with the whole text, or "" if there is none."""
    printed = any(name in os.environ for name in PRINTERS)
    if not printed or text.name != NAME or text.licence != FREE:
        return ""
    base = root()
    return href(PAGE, base) if (base / PAGE).is_file() else ""
