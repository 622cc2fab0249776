"""A long journal is read by the page, and costs what changed in it; what is taken from the old site
is what would be made.
"""

import re
import shutil
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from press.publish import search_index
from press.publish.links import read_links
from press.render.page_html import Printer

FIRST = date(2025, 1, 1)
MANY = 45  # entries, for three sheets of the front page


def entries(journal: Any, number: int) -> list[str]:
    """Write so many entries without cells; their addresses, oldest first."""
    names = [f"journal/{FIRST + timedelta(day)}-entry" for day in range(number)]
    for at, name in enumerate(names):
        journal.page(
            f"Words of {at}.\n",
            f"{name}.qmd",
            f"categories: [{'even' if at % 2 == 0 else 'odd'}]\n",
        )
    return [f"{name}.html" for name in names]


def listed(page: str) -> list[str]:
    """The entries that a page lists, by file name, in order."""
    listing = page.partition('<ol class="entries">')[2].partition("</ol>")[0]
    return re.findall(r'<h2><a href="[^"]*?([\w-]+\.html)"', listing)


def copied(printed: Any, journal: Any) -> Any:
    """Put a journal that was printed into the folder of another."""
    shutil.copytree(printed.root, journal.root, dirs_exist_ok=True, symlinks=True)
    return journal


@pytest.fixture(scope="module")
def long(
    tmp_path_factory: pytest.TempPathFactory, journal_in: Callable[[Path], Any]
) -> tuple[Any, list[str]]:
    """A journal of MANY entries, printed, and their addresses, oldest first. Nobody edits it."""
    journal = journal_in(tmp_path_factory.mktemp("long"))
    names = entries(journal, MANY)
    journal.render()
    return journal, names


def test_the_front_page_paginates_and_every_entry_is_on_one_sheet(
    long: tuple[Any, list[str]],
) -> None:
    journal, addresses = long
    names = [name.removeprefix("journal/") for name in reversed(addresses)]
    sheets = [
        journal.body(name) for name in ("index.html", "page/2/index.html", "page/3/index.html")
    ]
    assert [listed(sheet) for sheet in sheets] == [names[:20], names[20:40], names[40:]]
    assert not (journal.site / "page/4").exists()
    assert listed(journal.body("page/all/index.html")) == names
    assert (
        'rel="next" href="page/2/index.html"' in sheets[0]
        and 'rel="prev" href="../../index.html"' in sheets[1]
    )
    assert (
        'rel="next" href="../3/index.html"' in sheets[1]
        and 'rel="next"' not in sheets[2].partition("<main")[2]
    )
    # relative: it stands under any sub-path
    assert '<a href="../../journal/2025-01-25-entry.html">' in sheets[1]


def test_a_category_of_a_long_list_leads_to_the_sheet_with_all_and_counts_all(
    long: tuple[Any, list[str]],
) -> None:
    journal, _ = long
    front = journal.body("index.html")
    assert (
        'href="page/all/index.html#category=even" data-category="even">even <span'
        ' class="count">23</span>' in front
    )
    assert 'href="#category=even" data-category="even"' in journal.body("page/all/index.html")


def test_a_short_list_has_one_sheet(journal: Any) -> None:
    entries(journal, 20)
    site = journal.render()
    assert not (site / "page").exists()
    assert 'class="sheets"' not in journal.body("index.html")


def test_the_sidebar_shows_the_newest_and_a_way_to_all_and_the_neighbours_are_the_true_ones(
    long: tuple[Any, list[str]],
) -> None:
    journal, names = long
    page = journal.body(names[5])
    sidebar = page.partition('class="entries-nav"')[2].partition("</nav>")[0]
    assert len(re.findall('-entry.html"', sidebar)) == 20
    assert "2025-02-14" in sidebar and "2025-01-25" not in sidebar
    assert '<a class="all-entries" href="../page/all/index.html">All 45 entries</a>' in sidebar
    links = read_links(page)[1]
    assert "2025-01-05-entry.html" in links and "2025-01-07-entry.html" in links


@pytest.fixture(scope="module")
def short(tmp_path_factory: pytest.TempPathFactory, journal_in: Callable[[Path], Any]) -> Any:
    """A journal of three pages with cells, an image and links between them, printed."""
    journal = journal_in(tmp_path_factory.mktemp("short"))
    journal.write("journal/a.svg", '<svg xmlns="http://www.w3.org/2000/svg"/>')
    journal.page("A ![drawing](a.svg).\n\n```{python}\n1 + 1\n```\n")
    journal.page(
        "See [a](2025-07-02-a.qmd#here).\n\n```{python}\n2\n```\n", "journal/2025-07-03-b.qmd"
    )
    journal.page("Words.\n", "journal/2025-07-04-c.qmd")
    journal.page("A ![drawing](a.svg).\n\n## Here {#here}\n\n```{python}\n1 + 1\n```\n")
    journal.render()
    return journal


@pytest.fixture
def changed(journal: Any, short: Any) -> Any:
    """A copy of it, to be changed."""
    return copied(short, journal)


def printed(journal: Any) -> int:
    """Render; how many pages were printed."""
    said = journal.press("render", "--with", "builtin")
    assert said.status == 0, said.err
    return int(re.search(r"printed (\d+) in", said.out)[1])  # type: ignore[index]


def edit_nothing(journal: Any) -> None:
    pass


def edit_prose(journal: Any) -> None:
    journal.page("Other words.\n", "journal/2025-07-04-c.qmd")


def edit_cell(journal: Any) -> None:
    journal.page(
        "See [a](2025-07-02-a.qmd#here).\n\n```{python}\n3\n```\n", "journal/2025-07-03-b.qmd"
    )


def edit_title(journal: Any) -> None:
    file = journal.root / "journal/2025-07-03-b.qmd"
    file.write_text(
        file.read_text(encoding="utf-8").replace("title: Page", "title: New"), encoding="utf-8"
    )


def edit_image(journal: Any) -> None:
    journal.write("journal/a.svg", '<svg xmlns="http://www.w3.org/2000/svg"><g/></svg>')


def edit_an_old_description(journal: Any) -> None:
    """Of the oldest of more entries than the front page shows."""
    entries(journal, 24)
    journal.render()
    journal.page(
        "Words of 0.\n",
        "journal/2025-01-01-entry.qmd",
        "categories: [odd]\ndescription: Another.\n",
    )


def leave_out_the_address(journal: Any) -> None:
    config = journal.root / "_quarto.yml"
    config.write_text(
        re.sub(r"  site-url: .*\n", "", config.read_text(encoding="utf-8")), encoding="utf-8"
    )


def remove_page(journal: Any) -> None:
    (journal.root / "journal/2025-07-04-c.qmd").unlink()


def add_page(journal: Any) -> None:
    journal.page("New.\n", "journal/2025-07-05-d.qmd")


def edit_footer(journal: Any) -> None:
    file = journal.root / "_quarto.yml"
    file.write_text(
        file.read_text("utf-8").replace("website:\n", "website:\n  page-footer: Hello\n"), "utf-8"
    )


@pytest.mark.parametrize(
    ("edit", "pages"),
    [
        (edit_nothing, 0), (edit_prose, 1), (edit_cell, 1), (edit_title, 4), (edit_image, 0), (remove_page, 3),
        (add_page, 5), (edit_footer, 4), (edit_an_old_description, 2), (leave_out_the_address, 4),
    ],
)  # fmt: skip
def test_only_what_an_edit_touches_is_printed_and_the_site_is_the_one_printed_from_nothing(
    changed: Any, tree: Any, edit: Any, pages: int
) -> None:
    """The front page lists the others, so it is among them if what it says of them changes."""
    edit(changed)
    assert printed(changed) == pages
    taken = tree(changed.site)
    shutil.rmtree(changed.root / ".press/pandoc")
    (changed.root / ".press/printed.json").unlink()
    changed.render()
    assert tree(changed.site) == taken


def test_a_link_into_a_kept_page_is_still_followed(changed: Any) -> None:
    changed.page("A ![drawing](a.svg).\n\n```{python}\n1 + 1\n```\n")
    said = changed.press("render", "--with", "builtin")
    assert said.status == 1
    assert said.err.startswith(
        "journal/2025-07-03-b.qmd:5: the link '2025-07-02-a.html#here' leads to no anchor there"
    )


def test_a_damaged_record_or_answer_or_page_is_made_anew(changed: Any, tree: Any) -> None:
    before = tree(changed.site)
    for damage in (b"", b"[]", b'{"journal/2025-07-02-a.qmd": 1}', b"\xff"):
        (changed.root / ".press/printed.json").write_bytes(damage)
        for answer in (changed.root / ".press/pandoc").rglob("*.qmd"):
            answer.write_bytes(damage)
        assert printed(changed) == 4
        assert tree(changed.site) == before
    (changed.site / "journal/2025-07-04-c.html").write_text("changed by hand", encoding="utf-8")
    assert printed(changed) == 1
    assert tree(changed.site) == before


def test_nothing_that_a_killed_press_or_anybody_else_left_gets_into_the_site(
    changed: Any, tree: Any
) -> None:
    before = tree(changed.site)
    for folder in (changed.root / ".press/building", changed.site):
        folder.mkdir(exist_ok=True)
        (folder / "left.html").write_text("<a href='gone.html'>left</a>", encoding="utf-8")
        (folder / "empty/folder").mkdir(parents=True)
        (folder / "link").symlink_to("/etc")
    assert printed(changed) == 0
    assert tree(changed.site) == before
    assert not (changed.site / "empty").exists()
    assert not (changed.root / ".press/building").exists()


def test_a_file_of_the_project_that_takes_the_place_of_a_pages_own_is_in_the_site(
    changed: Any,
) -> None:
    changed.write("journal/2025-07-02-a.ipynb", "mine")
    config = changed.root / "_quarto.yml"
    resources = '_site, resources: ["journal/*.ipynb"]}'
    config.write_text(config.read_text("utf-8").replace("_site}", resources), "utf-8")
    for _ in range(2):
        changed.render()
        assert changed.body("journal/2025-07-02-a.ipynb") == "mine"


def test_a_change_of_one_entry_prints_the_sheets_that_name_it_and_no_other(
    journal: Any, long: tuple[Any, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    copied(long[0], journal).render()
    journal.page(
        "Words of 5.\n", "journal/2025-01-06-entry.qmd", "categories: [odd]\ndescription: New.\n"
    )
    sheets, pages = [], []
    print_sheet, print_one = Printer.print_sheet, Printer.print

    def sheet_noted(printer: Printer, page: Any, sheet: Any) -> str:
        sheets.append(sheet.href)
        return print_sheet(printer, page, sheet)

    def page_noted(printer: Printer, run: Any) -> Any:
        pages.append(run.page.path)
        return print_one(printer, run)

    monkeypatch.setattr(Printer, "print_sheet", sheet_noted)
    monkeypatch.setattr(Printer, "print", page_noted)
    journal.render()
    assert sheets == ["page/2/index.html", "page/all/index.html"]
    assert pages == ["journal/2025-01-06-entry.qmd"]
    assert "New." in journal.body("page/2/index.html")


def test_search_is_indexed_again_only_if_a_text_changed(
    changed: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(search_index, "_run", lambda pages, target: pytest.fail("pagefind was run"))
        edit_image(changed)
        changed.render()
    edit_prose(changed)
    changed.render()
    index = {file.name for file in (changed.site / "pagefind/fragment").iterdir()}
    edit_prose(changed)
    (changed.site / "pagefind/pagefind.js").unlink()
    changed.render()
    assert (changed.site / "pagefind/pagefind.js").is_file()
    assert {file.name for file in (changed.site / "pagefind/fragment").iterdir()} == index


def test_code_is_searched_after_the_prose_of_its_section_and_weighs_little() -> None:
    page = """<html lang="en"><article data-pagefind-body><section id="a" class="level2">
<h2>A</h2><div class="cell"><pre><code>one</code></pre>
<div class="cell-output cell-output-stdout"><pre>1</pre></div></div><p>Two.</p><section id="b" class="level3">
<h3>B</h3><p>Three.</p></section></section></article></html>"""
    found = search_index.searched(page)
    words = re.sub(r"\s+", " ", re.sub("<[^>]*>", " ", found)).split()
    assert words == ["A", "Two.", "one", "1", "B", "Three."]
    assert (
        '<pre data-pagefind-weight="0.1"><code>one' in found
        and '<div data-pagefind-weight="0.1" class="cell-o' in found
    )
    assert '<h2 id="a">' in found and '<h3 id="b">' in found


def test_no_answer_is_remembered_that_no_page_needs(changed: Any) -> None:
    answers = changed.root / ".press/pandoc"
    sizes = []
    for number in range(3):
        changed.page(f"Edit {number}.\n", "journal/2025-07-04-c.qmd")
        changed.render()
        sizes.append(len(list(answers.rglob("*"))))
    assert sizes[0] == sizes[1] == sizes[2]
    remove_page(changed)
    changed.render()
    assert not list(answers.rglob("2025-07-04-c*"))


def test_the_help_of_every_command_has_an_example(journal: Any) -> None:
    from press.cli.main import main

    names = list(main.commands)
    assert {"render", "run", "new", "preview", "check", "status", "diff"} <= set(names)
    for name in names:
        said = journal.press(name, "--help")
        assert f"Example: press {name}" in said.out, name


def test_the_titles_of_a_list_below_a_heading_are_one_level_deeper(journal: Any) -> None:
    journal.page("One.", "journal/2025-07-02-a.qmd")
    index = (journal.root / "index.qmd").read_text()
    for above, level in (("", 2), ("## The log\n\n", 3)):
        journal.write("index.qmd", f"{index}\n{above}::: {{#listing}}\n:::\n")
        assert journal.press("render").status == 0
        page = (journal.site / "index.html").read_text()
        assert f'<h{level}><a href="journal/2025-07-02-a.html">' in page
