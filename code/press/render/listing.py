"""List entries by date, with reading time and picture, on sheets of twenty."""

import posixpath
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from press.base.errors import PressError
from press.render.navigation import relative
from press.source.claim_calls import count_verdicts, records
from press.source.dates import day
from press.source.globs import as_list
from press.source.page import Page, Prose
from press.source.project import Project

# reading speed of adults, silent, English: Brysbaert 2019 gives 238; code slows a reader
WORDS_PER_MINUTE = 220
MARKUP = re.compile(
    r"!?\[(?P<text>[^]]*)\]\([^)]*\)|<(?P<address>[^>]*)>|\\(?P<char>[^\sA-Za-z\d])|[*`]+"
)
PER_PAGE = 20  # entries on a sheet, and dated pages in the sidebar
VERDICTS = {  # of one claim, of several
    "holds": ("holds", "hold"),
    "holds in part": ("in part", "in part"),
    "not shown here": ("not shown", "not shown"),
    "does not hold": ("does not hold", "do not hold"),
    "opinion": ("opinion", "opinions"),
}


@dataclass(frozen=True)
class Sheet:
    """A sheet of a list: its name ("1", "2"... or "all"), address, and the template's values."""

    name: str
    href: str
    values: dict[str, Any]


def listing_targets(project: Project, page: Page) -> list[Page]:
    """Return the pages that a page's `listing` names."""
    globs = as_list(page.listing.get("contents", "*.qmd")) if page.listing else []
    whole = [posixpath.join(posixpath.dirname(page.path), str(glob)) for glob in globs]
    return [other for other in project.match(whole) if other.path != page.path]


def listed_pages(project: Project, page: Page) -> list[Page]:
    """Return the pages that a page's `listing` names, newest first.

    Raises: PressError for one that has no date.
    """
    pages = listing_targets(project, page)
    for other in pages:
        if other.date is None:
            what = f"{page.path} lists this page, which has no date"
            remedy = "write date: YYYY-MM-DD, or narrow the listing's contents"
            raise PressError.at(other.path, 1, what, remedy)
    return sorted(pages, key=lambda other: (str(other.date), other.path), reverse=True)


def sheets_of(project: Project, page: Page) -> Iterator[Sheet]:
    """Yield the sheets of the entries that a page lists, its own first, the one with all last."""
    pages = listed_pages(project, page)
    rising = page.listing.get("sort") == "date asc"
    pages = pages[::-1] if rising else pages
    before, after = ("older", "newer") if rising else ("newer", "older")
    entries = [_entry(project, other) for other in pages]
    every = Counter(name for entry in entries for name in entry["categories"])
    filters = page.listing.get("categories", False)
    last = -(-len(pages) // PER_PAGE)
    names = [*map(str, range(1, last + 1)), *(["all"] if last > 1 else [])]
    hrefs = {name: f"{sheets_folder(page)}{name}/index.html" for name in names} | {"1": page.href}
    for number, name in enumerate(names, 1):
        href = hrefs[name]
        part = slice(None) if name == "all" else slice((number - 1) * PER_PAGE, number * PER_PAGE)
        ways = {"first": "1", "all": "all"}
        if name != "all":
            ways |= {before: str(number - 1), after: str(number + 1)}
        around = {way: relative(hrefs[to], href) for way, to in ways.items() if to in hrefs}
        values = {
            "entries": [_seen_from(href, entry) for entry in entries[part]],
            "categories": [{"name": one, "count": every[one]} for one in sorted(every) if filters],
            "sheets": {"name": name, "last": last, "rising": rising} | around if last > 1 else None,
            "total": len(pages),
        }
        yield Sheet(name, href, values)


def _seen_from(href: str, entry: dict[str, Any]) -> dict[str, Any]:
    """Return an entry's values with addresses relative to a sheet."""
    picture = entry["picture"]
    picture = picture and {**picture, "href": relative(picture["href"], href)}
    return {**entry, "href": relative(entry["href"], href), "picture": picture}


def sheets_folder(page: Page) -> str:
    """Return the folder of the further sheets of a page's list."""
    stem = page.href.removesuffix(".html")
    return f"{stem.removesuffix('index') if stem.split('/')[-1] == 'index' else stem + '/'}page/"


def picture_file(project: Project, page: Page) -> Path:
    """Return the file of a page's picture, as `exhibits.page.picture` names it."""
    name = page.path.removesuffix(".qmd").replace("/", "-")
    return project.root / "assets" / f"{name}-picture.svg"


def _entry(project: Project, page: Page) -> dict[str, Any]:
    """Return the template's values of an entry; in a preview it may not have run yet."""
    ran = records(project.config, page).is_dir()
    return {
        "title": page.title,
        "href": page.href,
        "date": str(page.date),
        "date_text": day(page.date) if page.title != day(page.date) else "",
        "description": page.meta.get("description") or first_bullet(page),
        "claims_line": claims_in_words(count_verdicts(project.config, page) if ran else {}),
        "categories": page.categories,
        "reading_minutes": minutes(page),
        "picture": _picture(project, page),
    }


def first_bullet(page: Page) -> str:
    """Return the text of the bullet with which a page without cells begins; "" for no bullet.

    >>> from press.source.page import parse_page
    >>> text = "---\\ntitle: t\\n---\\n\\n- *Two* for \\\\$5, [here](x.qmd).\\n- b\\n"
    >>> first_bullet(parse_page(text, "a.qmd"))
    'Two for $5, here.'
    """
    text = page.prose[0].text.lstrip() if page.prose and not page.cells else ""
    line = text.partition("\n")[0]
    shown = MARKUP.sub(lambda mark: mark["text"] or mark["address"] or mark["char"] or "", line[2:])
    return shown if line.startswith("- ") else ""


def _picture(project: Project, page: Page) -> dict[str, str] | None:
    """Return the address and the name of the picture that a page's run left; None if it left none.

    Raises: PressError if the file is no SVG.
    """
    file = picture_file(project, page)
    if not file.is_file():
        return None
    path = file.relative_to(project.root).as_posix()
    try:
        title = ElementTree.parse(file).getroot().findtext("{*}title")
    except (ElementTree.ParseError, UnicodeDecodeError) as error:
        remedy = "delete it; its page makes it anew"
        raise PressError.at(path, 0, f"the picture is no SVG: {error}", remedy) from None
    return {"href": path, "alt": title or ""}


def claims_in_words(verdicts: Mapping[str, int], which: str = "") -> str:
    """Return how many claims have each verdict; "" without claims.

    >>> claims_in_words({"opinion": 2, "holds": 5}, "of that day")
    '7 claims of that day: 5 hold, 2 opinions'
    """
    total = sum(verdicts.values())
    parts = [
        f"{verdicts[verdict]} {many if verdicts[verdict] > 1 else one}"
        for verdict, (one, many) in VERDICTS.items()
        if verdict in verdicts
    ]
    claims = " ".join(filter(None, [f"{total} claim{'s' if total > 1 else ''}", which]))
    return f"{claims}: {', '.join(parts)}" if verdicts else ""


def minutes(page: Page) -> int:
    """Return the reading time of the prose in whole minutes, at least 1."""
    words = sum(len(block.text.split()) for block in page.blocks if isinstance(block, Prose))
    return max(1, round(words / WORDS_PER_MINUTE))
