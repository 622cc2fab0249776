"""Find the dead links and anchors of a finished site."""

import posixpath
from collections import Counter
from collections.abc import Collection, Mapping
from pathlib import Path
from urllib.parse import unquote, urlsplit

from press.base.errors import Problem
from press.base.files import files_below
from press.base.html_tags import tags_of

Links = tuple[list[str], list[str], str]  # the ids of a page, its links, its base; a list in JSON


def read_links(page: str) -> Links:
    """Return the ids, the links and the base of an HTML page.

    Each link stands once; those to an anchor of the page itself are left out.

    >>> read_links('<a id="x" href="b.html#y">b</a><a href="#x">x</a><a href="#z">z</a>')
    (['x'], ['b.html#y', '#z'], '')
    """
    ids, links, base = [], dict[str, None](), ""
    for tag, values in tags_of(page):
        if id := values.get("id"):
            ids.append(id)
        if tag == "base" and "href" in values:
            base = values.pop("href") or ""
        links |= dict.fromkeys(
            link for name in ("href", "src") if (link := values.get(name)) is not None
        )
    own = {f"#{id}" for id in ids}
    return ids, [link for link in links if link not in own], base


def dead_links(
    site: Path,
    base_path: str = "/",
    known: Mapping[str, Links] | None = None,
    unprinted: Collection[str] = (),
) -> list[Problem]:
    """Return a problem for each dead link within the site, and for each anchor that stands twice.

    known: the links of pages that were read already, by path; unprinted: where each link holds.
    """
    files, pages = files_below(site), dict(known or {})
    for name in files:
        if name.endswith(".html") and name not in pages:
            pages[name] = read_links((site / name).read_text(encoding="utf-8"))
    problems = []
    for name, (ids, links, base) in sorted(pages.items()):
        for id in sorted(id for id, times in Counter(ids).items() if times > 1):
            what = f"the anchor #{id} stands twice: of a heading, a label or a part of the theme"
            remedy = "give one a name of its own: ## Heading {#another-name}"
            problems.append(Problem(name, 0, what, remedy))
        for link in links:
            if link.startswith(("https://", "http://")):  # which need not even be an address
                continue
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            target = resolve(name, unquote(parts.path), base_path, bool(base))
            anchor = unquote(parts.fragment)  # key=value is a script's setting
            missing = ""
            if target in unprinted:
                continue
            if target not in files:
                missing = "leads to no file of the site"
            elif anchor and target in pages and not ("=" in anchor or anchor in pages[target][0]):
                missing = "leads to no anchor there"
            if missing:
                what = f"the link {link!r} {missing}"
                problems.append(Problem(name, 0, what, "mend it in the page"))
    return problems


def resolve(page: str, path: str, base_path: str, has_base: bool) -> str:
    """Return the file to which a link of a page leads, relative to the site's root.

    >>> [resolve("journal/a.html", path, "/", False) for path in ("../index.html", "")]
    ['index.html', 'journal/a.html']
    >>> [resolve("404.html", path, "/j/", True) for path in ("assets/x.css", "/j/b.html")]
    ['assets/x.css', 'b.html']
    """
    if not path:
        return page
    folder = "" if has_base else page.rpartition("/")[0]
    if path.startswith("/"):
        folder, path = "", path.removeprefix(base_path.rstrip("/")).lstrip("/")
    target = posixpath.normpath(posixpath.join("/", folder, path)).lstrip("/")
    return posixpath.join(target, "index.html") if path.endswith("/") or not target else target
