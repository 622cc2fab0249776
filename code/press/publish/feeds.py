"""Write the RSS feed (version 2.0, rssboard.org) and the sitemap (sitemaps.org).

An item carries the whole entry (content:encoded, of RSS 1.0's content module), made from the page's
plain Markdown: without scripts, live parts and relative links.
"""

import datetime
import functools
import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Mapping
from email.utils import format_datetime
from types import MappingProxyType
from urllib.parse import quote

from press.render.memo import remembered
from press.render.pandoc import convert
from press.render.plain_markdown import GFM, head
from press.source.config import Config
from press.source.page import Page
from press.source.yaml_schema import CONTROL

NEWEST = 20
ATOM = "http://www.w3.org/2005/Atom"
SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
CONTENT = "http://purl.org/rss/1.0/modules/content/"
ElementTree.register_namespace("atom", ATOM)
ElementTree.register_namespace("content", CONTENT)
Texts = Mapping[str, str]
NOTHING: Texts = MappingProxyType({})


def rss(config: Config, entries: list[Page], name: str, texts: Texts = NOTHING) -> str:
    """Return the feed of the newest entries.

    entries: oldest first; name: the feed's own file in the site; texts: the HTML of entries by
    path, from `full_text`. Dates are midnight UTC of the entry's day.
    """
    root = ElementTree.Element("rss", version="2.0")
    channel = ElementTree.SubElement(root, "channel")
    _add(channel, "title", config.title)
    _add(channel, "link", config.site_url)
    _add(channel, "description", config.get("website", "description", default=config.title))
    _add(channel, "language", config.get("lang", default="en"))
    ElementTree.SubElement(
        channel,
        f"{{{ATOM}}}link",
        href=config.site_url + name,
        rel="self",
        type="application/rss+xml",
    )
    for page in reversed(entries[-NEWEST:]):
        item = ElementTree.SubElement(channel, "item")
        _add(item, "title", page.title)
        _add(item, "link", config.site_url + quote(page.href))
        _add(item, "guid", config.site_url + quote(page.href))
        _add(item, "description", page.meta.get("description", ""))
        if page.path in texts:
            _add(item, f"{{{CONTENT}}}encoded", texts[page.path])
        for category in page.meta.get("categories") or []:
            _add(item, "category", category)
        if page.date:
            moment = datetime.datetime.combine(page.date, datetime.time(), datetime.UTC)
            _add(item, "pubDate", format_datetime(moment, usegmt=True))
    return _text(root)


def full_text(page: Page, markdown: str, config: Config) -> str:
    """Return the HTML of an entry for the feed, from its Markdown (press.render.plain_markdown)."""
    body = markdown.removeprefix(head(page, config))
    make = functools.partial(_html, body, page.path)
    return CONTROL.sub("\ufffd", remembered(config.work, f"feed/{page.path}", body, make))


def _html(body: str, path: str) -> str:
    html = convert(body, GFM, "html", path, "--syntax-highlighting=none", "--mathml")
    return re.sub(r' (?:class|id|style|data-[\w-]+)="[^"]*"', "", html)


def sitemap(
    config: Config, pages: list[Page], changed: Mapping[str, datetime.date] = MappingProxyType({})
) -> str:
    """Return the sitemap of pages; changed: the day of a page's last change, by path, if known."""
    root = ElementTree.Element("urlset", xmlns=SITEMAP)
    for page in sorted(pages, key=lambda page: page.href):
        url = ElementTree.SubElement(root, "url")
        _add(url, "loc", config.site_url + quote(page.href))
        if page.path in changed:
            _add(url, "lastmod", changed[page.path].isoformat())
    return _text(root)


def _add(parent: ElementTree.Element, tag: str, text: str) -> None:
    ElementTree.SubElement(parent, tag).text = text


def _text(root: ElementTree.Element) -> str:
    ElementTree.indent(root)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        + ElementTree.tostring(root, encoding="unicode")
        + "\n"
    )
