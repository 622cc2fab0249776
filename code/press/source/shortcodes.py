"""Replace Quarto's shortcodes, `{{< name ... >}}`, by the Markdown that they stand for.

Source: Quarto's guide (shortcodes). Those without a row stay as they are, and are refused.
"""

import html
import re
import shlex
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from press.source.inline import SPAN, escape, outside_fences

SHORTCODE = re.compile(r"(?<!\{)\{\{<\s*(?P<name>[\w-]+)(?P<rest>.*?)\s*>\}\}(?!\})")
LEFT_ALONE = re.compile(rf"<!--.*?-->|(?:{SPAN.pattern})", re.S)
ELSEWHERE = re.compile(
    r"""!\[[^\]]*\]\(\s*<?https?://|<(?:img|iframe)\b[^>]*src=["']?(?:https?:)?//"""
)
ICONS = ("fa", "bi", "iconify", "ai", "fab", "fas")


def _video(words: list[str], meta: Mapping[str, Any]) -> str:
    address, title = words[0], "Video"
    for word in words[1:]:
        if word.startswith("title="):
            title = word.removeprefix("title=")
    if re.match(r"(?:https?:)?//", address):
        return f"[{escape(title)} ({escape(re.sub('^https?://', '', address))})]({address})"
    source, name = html.escape(address), html.escape(title)
    return f'`<video controls src="{source}" title="{name}"></video>`{{=html}}'


ROWS: dict[str, Callable[[list[str], Mapping[str, Any]], str]] = {
    "video": _video,
    "pagebreak": lambda words, meta: "",
    "kbd": lambda words, meta: f"`<kbd>{html.escape('+'.join(words[:1]))}</kbd>`{{=html}}",
    "meta": lambda words, meta: str(meta.get(words[0], "")),
    **dict.fromkeys(ICONS, lambda words, meta: ""),
}


def expanded(text: str, meta: Mapping[str, Any]) -> str:
    """Return prose with the shortcodes of ROWS replaced; meta: the front matter of its page.

    >>> expanded("See {{< meta title >}} and `{{< meta title >}}`.", {"title": "A day"})
    'See A day and `{{< meta title >}}`.'
    """

    def swap(match: re.Match[str]) -> str:
        row = ROWS.get(match["name"] or "")
        words = _words(match["rest"] or "")
        needs = match["name"] in ("video", "kbd", "meta")
        return match[0] if row is None or (needs and not words) else row(words, meta)

    pattern = re.compile(rf"{LEFT_ALONE.pattern}|{SHORTCODE.pattern}", re.S)
    runs = outside_fences(text)
    return "\n".join(pattern.sub(swap, run) if prose else run for _, run, prose in runs)


def prose_notes(text: str) -> Iterator[tuple[str, str]]:
    """Yield what of a prose has no effect, or another one than in Quarto, and why.

    >>> list(prose_notes("{{< fa book >}}"))
    [('the shortcode fa', 'press has no icons')]
    """
    for match in SHORTCODE.finditer(text):
        if match["name"] in ICONS:
            yield f"the shortcode {match['name']}", "press has no icons"
    if ELSEWHERE.search(text):
        yield "a picture or frame of another host", "a page asks none, so it is printed as a link"


def _words(rest: str) -> list[str]:
    try:
        return shlex.split(rest)
    except ValueError:
        return rest.split()
