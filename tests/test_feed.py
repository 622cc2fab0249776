"""The feed is RSS 2.0 as the specification has it, and the sitemap names every page: absolute,
dated, escaped.
"""

import datetime
import xml.etree.ElementTree as ElementTree
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

import pytest

from press.publish.feeds import NEWEST, rss, sitemap

ATOM = "http://www.w3.org/2005/Atom"
SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
SITE = "https://journal.example/small/"
HOSTILE = "<b> & \"'"


@pytest.fixture
def full(journal: Any) -> Any:
    front = f"description: {HOSTILE!r}\ncategories: [words, {HOSTILE!r}]\n".replace("\\'", "''")
    journal.write(
        "journal/2025-07-02-a.qmd",
        f"---\ntitle: '<b> & more'\ndate: 2025-07-02\n{front}---\nText.\n",
    )
    journal.page("Text.", "journal/2025-07-04-größe-日.qmd")
    journal.page("Text.", "journal/2025-07-05-draft.qmd", front="draft: true\n")
    journal.page("Text.", "journal/summary.qmd")
    return journal


def channel(journal: Any) -> ElementTree.Element:
    project = journal.project()
    root = ElementTree.fromstring(rss(project.config, project.entries()))
    assert (root.tag, root.get("version"), [child.tag for child in root]) == (
        "rss",
        "2.0",
        ["channel"],
    )
    return root[0]


def test_the_channel_has_its_required_elements_once(full: Any) -> None:
    for name in ("title", "link", "description"):
        (element,) = channel(full).findall(name)
        assert (element.text or "").strip()
    assert channel(full).findtext("link") == SITE
    assert channel(full).findtext("language") == "en"


def test_the_feed_says_where_it_stands(full: Any) -> None:
    (link,) = channel(full).findall(f"{{{ATOM}}}link")
    assert link.attrib == {"href": SITE + "index.xml", "rel": "self", "type": "application/rss+xml"}


def test_an_item_has_what_a_reader_needs_newest_first(full: Any) -> None:
    items = channel(full).findall("item")
    assert [item.findtext("title") for item in items] == [
        "Page journal/2025-07-04-größe-日",
        "<b> & more",
    ]
    last = items[-1]
    assert last.findtext("description") == HOSTILE
    assert [element.text for element in last.findall("category")] == ["words", HOSTILE]
    assert last.findtext("guid") == last.findtext("link") == SITE + "journal/2025-07-02-a.html"


def test_links_are_absolute_and_plain_ascii(full: Any) -> None:
    for item in channel(full).findall("item"):
        link = item.findtext("link") or ""
        assert link.startswith(SITE) and link.isascii() and " " not in link
        assert urlsplit(link).path.startswith("/small/journal/")


def test_dates_are_those_of_the_entries_as_rfc_822_writes_them(full: Any) -> None:
    newest = channel(full).findall("item")[0].findtext("pubDate") or ""
    # the day of the week by the calendar of that year
    assert newest == "Fri, 04 Jul 2025 00:00:00 GMT"
    assert parsedate_to_datetime(newest) == datetime.datetime(2025, 7, 4, tzinfo=datetime.UTC)


def test_drafts_and_undated_pages_are_not_in_the_feed(full: Any) -> None:
    feed = rss(full.project().config, full.project().entries())
    assert "draft" not in feed and "summary" not in feed


def test_only_the_newest_entries_are_in_the_feed(journal: Any) -> None:
    for day in range(1, NEWEST + 3):
        journal.page("Text.", f"journal/2025-01-{day:02}-a.qmd")
    items = channel(journal).findall("item")
    assert len(items) == NEWEST
    assert (items[0].findtext("link") or "").endswith(f"2025-01-{NEWEST + 2:02}-a.html")


def test_the_sitemap_names_every_published_page_and_the_day_of_its_change_where_that_is_known(
    full: Any,
) -> None:
    project = full.project()
    changed = {page.path: page.date for page in project.published if page.date}
    root = ElementTree.fromstring(sitemap(project.config, list(project.published), changed))
    names = {"s": SITEMAP}
    found = {
        url.findtext("s:loc", "", names): url.findtext("s:lastmod", None, names)
        for url in root.findall("s:url", names)
    }
    assert root.tag == f"{{{SITEMAP}}}urlset"
    assert found == {
        SITE + "index.html": None,
        SITE + "journal/2025-07-02-a.html": "2025-07-02",
        SITE + "journal/2025-07-04-gr%C3%B6%C3%9Fe-%E6%97%A5.html": "2025-07-04",
        SITE + "journal/summary.html": None,
    }


def test_a_site_without_an_address_has_no_feed_that_could_not_be_followed(journal: Any) -> None:
    config = journal.root / "_quarto.yml"
    config.write_text(
        config.read_text().replace("  site-url: https://journal.example/small/\n", "")
    )
    site = journal.render()
    assert not (site / "index.xml").exists() and not (site / "sitemap.xml").exists()
    assert "application/rss+xml" not in (site / "index.html").read_text(encoding="utf-8")
