"""Show HTML on a page with its plain text (`Exhibit`); show values that vary from run to run.

What: one object is for three readers. A printer (Quarto, or `press`) takes the HTML inside a raw
block of Markdown; so a figure keeps its label, and Quarto adds no script from another host, as it
would for `text/html`. Jupyter takes the HTML with the stylesheet. A terminal takes the text. Left
out: scripts. An exhibit never contains one; they are in `assets/`, and every exhibit can be read
without them.
"""

from __future__ import annotations

import html
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files

from scratch.text.utf8 import control_picture

# each printer names the page it runs in one of these
PRINTERS = ("PRESS_DOCUMENT", "QUARTO_DOCUMENT_FILE")

# What HTML forbids, or what would upset the Markdown around it, and what replaces it.
_PICTURES = {code: control_picture(chr(code)) for code in (*range(0x20), 0x7F)}
_BROKEN = dict.fromkeys(
    [*range(0x80, 0xA0), *range(0xD800, 0xE000), *range(0xFDD0, 0xFDF0)], "\ufffd"
)
# no characters, in any plane
_NONE = {plane << 16 | last: "\ufffd" for plane in range(17) for last in (0xFFFE, 0xFFFF)}
_STAND_IN = _PICTURES | _BROKEN | _NONE
_STAND_IN |= {ord("\n"): "&#10;", ord("\t"): "&#9;", ord("`"): "&#96;"}


def escape(text: str) -> str:
    """Escape a text for an HTML element or a quoted attribute.

    Control characters become their Unicode pictures, lone surrogates U+FFFD. Line ends and
    backticks become character references, since a blank line or a fence would end a raw block.

    >>> escape("<script>\\x00 & `tick`")
    '&lt;script&gt;␀ &amp; &#96;tick&#96;'
    """
    return html.escape(text, quote=True).translate(_STAND_IN)


def one_line(text: str) -> str:
    """Replace each run of white space by one space, for an attribute or a label.

    >>> one_line(" two\\n  lines ")
    'two lines'
    """
    return " ".join(text.split())


def raw_block(markup: str) -> str:
    """Wrap HTML in a raw block of Markdown, whose fence is longer than any run of backticks.

    >>> raw_block("<b>a</b>")
    '```{=html}\\n<b>a</b>\\n```'
    """
    longest = max((len(run) for run in re.findall("`+", markup)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{{=html}}\n{markup}\n{fence}"


@dataclass(frozen=True)
class Exhibit:
    """A piece of a page, as HTML and as plain text.

    html: the markup, in which every text from elsewhere is escaped
    text: the same for a terminal
    inline: whether it is part of a sentence, like a measured number, and not a block
    key: the name of a measured value, else None
    """

    html: str
    text: str
    inline: bool = False
    key: str | None = None

    # Jupyter's protocol; both arguments are hints that may be ignored
    def _repr_mimebundle_(
        self, include: object = None, exclude: object = None
    ) -> Mapping[str, str]:
        if any(name in os.environ for name in PRINTERS):
            markdown = f"`{self.html}`{{=html}}" if self.inline else raw_block(self.html)
            return {"text/plain": self.text, "text/markdown": markdown}
        return {"text/plain": self.text, "text/html": f"<style>{stylesheet()}</style>\n{self.html}"}

    def __str__(self) -> str:
        return self.text


def stylesheet() -> str:
    """Return the contents of exhibits.css.

    >>> "--machine" in stylesheet()
    True
    """
    return (files("exhibits") / "assets" / "exhibits.css").read_text(encoding="utf-8")


def measured(value: str, key: str) -> Exhibit:
    """Show a value that differs from run to run, such as a time or a size of memory.

    The printer moves it into a file beside the page, so that two builds of the page are equal byte
    for byte.

    value: as the reader sees it, with its unit
    key: its name, unique on the page; letters, digits and single hyphens

    Raises: ValueError if the key has other characters.

    >>> measured("0.31 s", "step-256").html
    '<data class="measured" data-key="step-256" value="0.31 s">0.31 s</data>'
    """
    check_hyphened("key", key, example="step-time")
    text = escape(one_line(value))
    return Exhibit(
        f'<data class="measured" data-key="{key}" value="{text}">{text}</data>', value, True, key
    )


def check_hyphened(what: str, name: str, *, example: str) -> None:
    """Raise ValueError if a name has other characters than letters, digits and single hyphens.

    what: the name of the argument, and example: a right one, both for the message

    >>> check_hyphened("key", "step-256", example="step-time")
    """
    if not re.fullmatch(r"[A-Za-z0-9]+(-[A-Za-z0-9]+)*", name):
        raise ValueError(
            f"{what} is {name!r}; use letters, digits and single hyphens, as in {example!r}"
        )
