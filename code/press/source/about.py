"""Write what a front matter adds to its page's text: an abstract, and what `about` asks for.

Source: Quarto's guide (about pages). Its templates differ in where the picture is.
"""

from collections.abc import Mapping
from typing import Any

from press.source.globs import as_list
from press.source.inline import escape


def about(meta: Mapping[str, Any]) -> tuple[str, str]:
    """Return the Markdown above and below the text of a page; "" for none.

    >>> about({"title": "Me", "about": {"links": [{"icon": "github", "href": "https://a.b"}]}})
    ('', '[github](https://a.b)')
    """
    given = meta.get("about")
    if not isinstance(given, dict):
        words, title = meta.get("abstract"), meta.get("abstract-title", "Abstract")
        return (f"**{title}**\n\n{words.strip()}" if isinstance(words, str) else ""), ""
    image = given.get("image") or meta.get("image")
    alt = given.get("image-alt") or meta.get("image-alt") or meta.get("title") or ""
    picture = f"![]({image}){{.about-picture fig-alt={_quoted(str(alt))}}}" if image else ""
    links = [link for link in as_list(given.get("links") or []) if isinstance(link, dict)]
    words = (f"[{escape(_name(link))}]({link['href']})" for link in links if link.get("href"))
    return picture, " · ".join(words)


def _name(link: Mapping[str, Any]) -> str:
    return str(link.get("text") or link.get("aria-label") or link.get("icon") or link["href"])


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "").replace('"', "'") + '"'
