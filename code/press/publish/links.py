"""Follow every link and anchor of a finished site; one that leads nowhere stops the press."""

import re
import sys
from collections import Counter
from collections.abc import Mapping
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

from press.base.errors import Problem
from press.base.hardlinks import inodes

PLAIN = re.compile(
    r"[\w.-]+(/[\w.-]+)*"
)  # a path with nothing that an address gives a meaning of its own


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.base = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if tag == "base" and name == "href":
                self.base = value or ""
            elif name == "id" and value:
                self.ids.append(value)
            elif name in ("href", "src") and value is not None:
                self.links.append(sys.intern(value))  # most are the theme's, the same in every page


def read_links(page: str) -> tuple[list[str], list[str], str]:
    """The ids, the links and the base of an HTML page; each link once, those to an anchor of the
    page itself not.

    >>> read_links('<a id="x" href="b.html#y">b</a><a href="#x">x</a><a href="#z">z</a><a href="b.html#y">b</a>')
    (['x'], ['b.html#y', '#z'], '')
    """
    reader = _Reader()
    reader.feed(page)
    own = {f"#{id}" for id in reader.ids}
    return (
        reader.ids,
        [link for link in dict.fromkeys(reader.links) if link not in own],
        reader.base,
    )


def dead_links(
    site: Path,
    base_path: str = "/",
    known: Mapping[str, tuple[list[str], list[str], str]] | None = None,
) -> list[Problem]:
    """Links of the site's pages to files or anchors of the site that are not there, and anchors
    that stand twice.

    Other hosts are not asked. known: what `read_links` gave for pages that were read already, by
    path.
    """
    known = known or {}
    files = inodes(site).keys()
    pages = {
        name: (
            known[name] if name in known else read_links((site / name).read_text(encoding="utf-8"))
        )
        for name in sorted(files)
        if name.endswith(".html")
    }
    found = []
    followed: dict[
        str, set[str]
    ] = {}  # links with a path that lead somewhere, by the folder of their page
    for name, (ids, links, base) in pages.items():
        sound = followed.setdefault("" if base else f"{name.rpartition('/')[0]}/", set())
        for id in (
            sorted(id for id, times in Counter(ids).items() if times > 1)
            if len(set(ids)) < len(ids)
            else ()
        ):
            what = f"the anchor #{id} stands twice: of a heading, a label or a part of the theme"
            found.append(
                Problem(name, 0, what, "give one a name of its own: ## Heading {#another-name}")
            )
        for link in [link for link in links if link not in sound]:
            if link.startswith(("https://", "http://")):
                continue
            if (
                PLAIN.fullmatch(link) and resolve(name, link, base_path, bool(base)) in files
            ):  # as most do
                sound.add(link)
                continue
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            target = resolve(name, unquote(parts.path), base_path, bool(base))
            if target not in files:
                found.append(
                    Problem(
                        name,
                        0,
                        f"the link {link!r} leads to no file of the site",
                        "mend it in the page",
                    )
                )
            elif (
                parts.fragment
                and target in pages
                and not _anchored(unquote(parts.fragment), pages[target][0])
            ):
                found.append(
                    Problem(
                        name,
                        0,
                        f"the link {link!r} leads to no anchor there",
                        "mend it in the page",
                    )
                )
            elif parts.path:
                sound.add(link)
    return found


def _anchored(fragment: str, ids: list[str]) -> bool:
    return fragment in ids or "=" in fragment  # #key=value is a setting for a script, not a place


def resolve(page: str, path: str, base_path: str, has_base: bool) -> str:
    """The site's file that a link of a page means, relative to the site's root.

    >>> resolve("journal/a.html", "../index.html", "/", False), resolve("journal/a.html", "", "/", False)
    ('index.html', 'journal/a.html')
    >>> resolve("404.html", "assets/x.css", "/j/", True), resolve("a.html", "/j/b.html", "/j/", False)
    ('assets/x.css', 'b.html')
    """
    return _from(page.rpartition("/")[0], path, base_path, has_base) if path else page


@cache
def _from(page_folder: str, path: str, base_path: str, has_base: bool) -> str:
    if path.startswith("/"):
        path = path.removeprefix(base_path.rstrip("/")).lstrip("/")
        page_folder = ""
    parts: list[str] = []
    for part in f"{'' if has_base else page_folder}/{path}".split("/"):
        if part == ".." and parts:
            parts.pop()
        elif part not in ("", "."):
            parts.append(part)
    target = "/".join(parts)
    return f"{target}/index.html".lstrip("/") if path.endswith("/") or not target else target
