"""Where a page stands among the others, as `_quarto.yml` says; and which pages there are at all."""

import re
from typing import Any

import pytest

from press.base.errors import PressError
from press.render.listing import sheets_of
from press.render.navigation import contents, links, neighbours, relative
from press.source.globs import expand


@pytest.fixture
def three(journal: Any) -> Any:
    """Three entries, one of them a draft, and a page without a date."""
    journal.page("One.", "journal/2025-07-02-a.qmd")
    journal.page("Two.", "journal/2025-07-04-b.qmd")
    journal.page("Not yet.", "journal/2025-07-05-c.qmd", front="draft: true\n")
    journal.page("All.", "journal/summary.qmd")
    return journal


def places(journal: Any, items: list[Any]) -> list[tuple[str, str]]:
    return [(link.text, link.href) for link in links(journal.project(), items)]


def test_entries_stand_oldest_first_and_drafts_nowhere(three: Any) -> None:
    project = three.project()
    assert [page.path for page in project.entries()] == [
        "journal/2025-07-02-a.qmd",
        "journal/2025-07-04-b.qmd",
    ]
    assert "journal/2025-07-05-c.qmd" not in [page.path for page in project.published]


@pytest.mark.parametrize("glob", ["journal/2*.qmd", "/journal/2*.qmd"])
def test_a_glob_names_the_published_pages_it_fits(three: Any, glob: str) -> None:
    hrefs = [href for _, href in places(three, [glob])]
    assert hrefs == ["journal/2025-07-02-a.html", "journal/2025-07-04-b.html"]


def test_sections_are_flattened_and_texts_kept(three: Any) -> None:
    items = [
        "index.qmd",
        {
            "section": "S",
            "contents": ["journal/summary.qmd", {"href": "https://a.example", "text": "A"}],
        },
    ]
    assert places(three, items) == [
        ("A small journal", "index.html"),
        ("Page journal/summary", "journal/summary.html"),
        ("A", "https://a.example"),
    ]
    assert places(three, [{"href": "journal/summary.qmd", "text": "Sum"}]) == [
        ("Sum", "journal/summary.html")
    ]


@pytest.mark.parametrize(
    ("item", "said"),
    [
        ("journal/gone.qmd", "the navigation names 'journal/gone.qmd', which is no page"),
        ({"text": "No address"}, "has no href"),
        ("../*.qmd", "the glob '../*.qmd' is not understood"),
    ],
)
def test_what_names_no_page_is_refused(three: Any, item: Any, said: str) -> None:
    with pytest.raises(PressError, match=r"^_quarto\.yml: ") as caught:
        places(three, [item])
    assert said in str(caught.value)


@pytest.mark.parametrize("glob", ["!journal/a.qmd", "", "journal/../../*.qmd"])
def test_a_glob_that_is_not_understood_is_refused(three: Any, glob: str) -> None:
    with pytest.raises(PressError, match="is not understood"):
        expand(three.root, glob)


def test_neighbours_are_those_of_the_sidebar(three: Any) -> None:
    project = three.project()
    order = links(project, ["index.qmd", "journal/2*.qmd"])
    pages = {page.path: page for page in project.pages}
    before, after = neighbours(order, pages["journal/2025-07-02-a.qmd"])
    assert before and after
    assert (before.text, before.href) == ("A small journal", "index.html")
    assert (after.text, after.href) == ("Page journal/2025-07-04-b", "journal/2025-07-04-b.html")
    assert neighbours(order, pages["index.qmd"])[0] is None
    assert neighbours(order, pages["journal/2025-07-04-b.qmd"])[1] is None
    assert neighbours(order, pages["journal/summary.qmd"]) == (None, None)


def test_neighbours_are_of_the_pages_own_section_and_after_its_last_comes_the_next(
    three: Any,
) -> None:
    project = three.project()
    labs = {"section": "Labs", "contents": ["journal/summary.qmd", "index.qmd"]}
    order = links(project, [{"section": "Entries", "contents": "journal/2*.qmd"}, labs])
    pages = {page.path: page for page in project.pages}
    beyond = neighbours(order, pages["journal/2025-07-04-b.qmd"])[1]
    assert beyond and (beyond.section, beyond.href) == ("Labs", "journal/summary.html")
    assert neighbours(order, pages["index.qmd"])[1] is None
    before, after = neighbours(order, pages["journal/summary.qmd"])
    assert before is None and after and after.href == "index.html"
    assert [link.section for link in order] == ["Entries"] * 2 + ["Labs"] * 2


def test_the_page_itself_is_marked(three: Any) -> None:
    order = links(three.project(), ["journal/2*.qmd"])
    assert [link.when for link in order] == ["2 July 2025", "4 July 2025"]
    three.render()
    page = three.body("journal/2025-07-04-b.html")
    assert set(re.findall(r'href="([^"]*)" aria-current="page"', page)) == {"2025-07-04-b.html"}


@pytest.mark.parametrize(
    ("href", "page", "seen"),
    [
        ("index.html", "journal/a.html", "../index.html"),
        ("journal/b.html", "journal/a.html", "b.html"),
        ("journal/labs/b.html", "journal/a.html", "labs/b.html"),
        ("journal/b.html", "journal/labs/a.html", "../b.html"),
        ("#x", "journal/a.html", "#x"),
        ("https://a.example/", "journal/a.html", "https://a.example/"),
        ("mailto:a@b.example", "a.html", "mailto:a@b.example"),
    ],
)
def test_an_address_is_seen_from_the_page(href: str, page: str, seen: str) -> None:
    assert relative(href, page) == seen


def test_the_contents_are_two_levels_of_headings(printed: Any) -> None:
    found = contents(
        printed("## A `{python} n`\n\n### B *b*\n\n#### C\n\n## [D](https://d.example/)\n\n### E\n")
    )
    assert [(item["id"], str(item["html"])) for item in found] == [
        ("a-7", 'A <span class="computed">7</span>'),
        ("d", "D"),
    ]
    assert [[child["id"] for child in item["children"]] for item in found] == [["b-b"], ["e"]]


def test_a_heading_of_the_third_level_may_come_first(printed: Any) -> None:
    assert [item["id"] for item in contents(printed("### A\n\n## B\n"))] == ["a", "b"]


def test_the_front_page_lists_the_entries_newest_first_with_what_they_say(three: Any) -> None:
    three.page(
        "Two.",
        "journal/2025-07-04-b.qmd",
        front="description: About <b>\ncategories: [words, 'a & b']\n",
    )
    front = three.render().joinpath("index.html").read_text(encoding="utf-8")
    listing = front[front.index('class="listing"') :]
    assert listing.index("2025-07-04-b.html") < listing.index("2025-07-02-a.html")
    assert "2025-07-05" not in listing and "summary" not in listing[: listing.index("</ol>")]
    assert (
        "About &lt;b&gt;" in listing
        and "#category=a%20%26%20b" in listing
        and "4 July 2025" in listing
    )


def test_a_front_page_may_list_the_oldest_first(three: Any) -> None:
    listing = "listing: {contents: 'journal/2*.qmd', sort: date asc}"
    three.write("index.qmd", f"---\ntitle: J\n{listing}\n---\n")
    front = three.render().joinpath("index.html").read_text(encoding="utf-8")
    shown = front[front.index('class="listing"') :]
    assert shown.index("2025-07-02-a.html") < shown.index("2025-07-04-b.html")


def test_of_a_list_with_the_oldest_first_the_next_sheet_has_newer_entries(three: Any) -> None:
    for number in range(20):
        three.page("One more.", f"journal/2025-06-{number + 1:02}-x.qmd")
    listing = "listing: {contents: 'journal/2*.qmd', sort: date asc}"
    three.write("index.qmd", f"---\ntitle: J\n{listing}\n---\n")
    project = three.project()
    (page,) = (page for page in project.pages if page.path == "index.qmd")
    first, second, *_ = sheets_of(project, page)
    assert first.values["sheets"]["newer"] == "page/2/index.html"
    assert "older" not in first.values["sheets"]
    assert second.values["sheets"]["older"] == "../../index.html"


def tags(page: str) -> dict[str, bool]:
    """The tags at the head of a page, and whether each is a link."""
    head = page.partition('<ul class="categories"')[2].partition("</ul>")[0]
    return {name: kind == "a" for kind, name in re.findall(r"<(a|span)[^>]*>([^<]*)</", head)}


def test_a_tag_is_a_link_only_if_the_front_page_filters_by_it(three: Any) -> None:
    three.page("One.", "journal/2025-07-02-a.qmd", front="categories: [words]\n")
    three.page("A lab.", "journal/labs/b.qmd", front="categories: [labs, words]\n")
    three.render()
    assert tags(three.body("journal/labs/b.html")) == {"labs": False, "words": True}
    three.page("Two.", "journal/2025-07-04-b.qmd", front="categories: [labs]\n")
    three.render()
    assert tags(three.body("journal/labs/b.html")) == {"labs": True, "words": True}
    three.write("index.qmd", "---\ntitle: J\nlisting: {contents: 'journal/2*.qmd'}\n---\n")
    three.render()
    assert tags(three.body("journal/labs/b.html")) == {"labs": False, "words": False}


def test_a_listing_takes_the_place_that_the_page_gives_it(three: Any) -> None:
    three.write(
        "index.qmd",
        "---\ntitle: J\nlisting: {contents: 'journal/2*.qmd'}\n---\nAbove.\n\n:::"
        " {#listing}\n:::\n\nBelow.\n",
    )
    front = three.render().joinpath("index.html").read_text(encoding="utf-8")
    assert front.index("Above.") < front.index('class="listing"') < front.index("Below.")


def test_a_listing_of_a_page_without_a_date_is_refused(three: Any) -> None:
    three.write("index.qmd", "---\ntitle: J\nlisting: {contents: 'journal/*.qmd'}\n---\n")
    said = three.press("render", "--with", "builtin")
    assert said.status == 1
    assert said.err.startswith(
        "journal/summary.qmd:1: index.qmd lists this page, which has no date; write date:"
    )
