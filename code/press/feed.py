"""The machine-readable lists of the site: RSS 2.0 feed (the specification at rssboard.org) and sitemap."""

import datetime
import xml.etree.ElementTree as ElementTree
from email.utils import format_datetime
from urllib.parse import quote

from press.config import Config
from press.page import Page

NEWEST = 20
ATOM = "http://www.w3.org/2005/Atom"
SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
ElementTree.register_namespace("atom", ATOM)


def rss(config: Config, entries: list[Page], name: str) -> str:
    """The feed of the newest entries; `entries` oldest first, `name` its own file in the site.

    Dates are midnight UTC of the entry's day.
    """
    root = ElementTree.Element("rss", version="2.0")
    channel = ElementTree.SubElement(root, "channel")
    _add(channel, "title", config.title)
    _add(channel, "link", config.site_url)
    _add(channel, "description", config.get("website", "description", default=config.title))
    _add(channel, "language", config.get("lang", default="en"))
    ElementTree.SubElement(
        channel, f"{{{ATOM}}}link", href=config.site_url + name, rel="self", type="application/rss+xml"
    )
    for page in reversed(entries[-NEWEST:]):
        item = ElementTree.SubElement(channel, "item")
        _add(item, "title", page.title)
        _add(item, "link", config.site_url + quote(page.href))
        _add(item, "guid", config.site_url + quote(page.href))
        _add(item, "description", page.meta.get("description", ""))
        for category in page.meta.get("categories") or []:
            _add(item, "category", category)
        if page.date:
            moment = datetime.datetime.combine(page.date, datetime.time(), datetime.UTC)
            _add(item, "pubDate", format_datetime(moment, usegmt=True))
    return _text(root)


def sitemap(config: Config, pages: list[Page]) -> str:
    """Every published page, with its date where it has one."""
    root = ElementTree.Element("urlset", xmlns=SITEMAP)
    for page in sorted(pages, key=lambda page: page.href):
        url = ElementTree.SubElement(root, "url")
        _add(url, "loc", config.site_url + quote(page.href))
        if page.date:
            _add(url, "lastmod", page.date.isoformat())
    return _text(root)


def _add(parent: ElementTree.Element, tag: str, text: str) -> None:
    ElementTree.SubElement(parent, tag).text = text


def _text(root: ElementTree.Element) -> str:
    ElementTree.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(root, encoding="unicode") + "\n"
