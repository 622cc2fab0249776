"""Every link and anchor of a site leads somewhere, and a link that does not is named at its line."""

from pathlib import Path
from typing import Any

import pytest

from press.publish.links import dead_links, resolve


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    files = {
        "index.html": (
            '<a href="journal/a.html#x">a</a><a href="#top">t</a><p id="top"></p><img'
            ' src="i%20j.png">'
        ),
        "journal/a.html": '<p id="x"></p><a href="../index.html?q#top">i</a><a href="./">no</a>',
        "journal/index.html": (
            '<a href="/index.html">i</a><a href="https://a.example/gone">o</a><a'
            ' href="mailto:a@b.example">m</a>'
        ),
        "404.html": '<base href="/"><a href="journal/a.html">a</a><a href="/journal/">j</a>',
        "i j.png": "",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def test_a_whole_site_has_no_dead_link(folder: Path) -> None:
    assert dead_links(folder) == []


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("a.html", '<a href="gone.html">', "a.html: the link 'gone.html' leads to no file"),
        (
            "a.html",
            '<a href="journal/a.html#gone">',
            "a.html: the link 'journal/a.html#gone' leads to no anchor",
        ),
        ("a.html", '<a href="#gone">', "a.html: the link '#gone' leads to no anchor"),
        ("a.html", '<img src="gone.png">', "a.html: the link 'gone.png' leads to no file"),
        (
            "journal/b.html",
            '<a href="index.html#top">',
            "journal/b.html: the link 'index.html#top' leads to no anchor",
        ),
        (
            "a.html",
            '<a href="../outside.html">',
            "a.html: the link '../outside.html' leads to no file",
        ),
        (
            "a.html",
            '<a href="//index.html/x"><a href="Index.html">',
            "a.html: the link 'Index.html' leads to no file",
        ),
        ("a.html", '<p id="x"></p><p id="x"></p>', "a.html: the anchor #x stands twice"),
        (
            "404.html",
            '<base href="/"><a href="a.html">',
            "404.html: the link 'a.html' leads to no file",
        ),
    ],
)
def test_what_leads_nowhere_is_found(folder: Path, name: str, text: str, said: str) -> None:
    (folder / name).write_text(text)
    (problem,) = dead_links(folder)
    assert str(problem).startswith(said)


def test_a_site_below_a_path_is_followed_there(folder: Path) -> None:
    (folder / "404.html").write_text(
        '<base href="/sub/"><a href="/sub/journal/a.html#x">a</a><a href="index.html">i</a>'
    )
    (folder / "journal" / "index.html").write_text("")
    assert dead_links(folder, "/sub/") == []
    assert [problem.path for problem in dead_links(folder)] == ["404.html"]


@pytest.mark.parametrize(
    ("page", "link", "target"),
    [
        ("a.html", "b.html", "b.html"),
        ("j/a.html", "./b.html", "j/b.html"),
        ("j/a.html", "../b.html", "b.html"),
        ("j/a.html", "../k/", "k/index.html"),
        ("j/a.html", "..", "index.html"),
        ("a.html", "/", "index.html"),
    ],
)
def test_a_link_is_resolved_as_a_browser_does(page: str, link: str, target: str) -> None:
    assert resolve(page, link, "/", False) == target


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (
            "Gone are the days.\n\nSee [x](gone.qmd).\n",
            "journal/2025-07-02-a.qmd:7: the link 'gone.html'",
        ),
        (
            "## Part\n\nPart of it: [x](#parts).\n",
            "journal/2025-07-02-a.qmd:7: the link '#parts' leads to no anchor",
        ),
        (
            "See [x](../index.qmd#gone).\n",
            "journal/2025-07-02-a.qmd:5: the link '../index.html#gone' leads to no anchor",
        ),
        ("![A](größe.png)\n", "journal/2025-07-02-a.qmd:5: the link"),
        ("## Search\n\nText.\n", "journal/2025-07-02-a.qmd: the anchor #search stands twice"),
        (
            "```{python}\n#| label: sum\n```\n\n[a]{#sum}\n",
            "journal/2025-07-02-a.qmd:9: the label sum stands twice",
        ),
        (
            "[a](.git/config)\n",
            "journal/2025-07-02-a.qmd:5: the link '.git/config' leads to no file",
        ),
    ],
)
def test_a_page_whose_link_leads_nowhere_is_not_published(
    journal: Any, body: str, said: str
) -> None:
    journal.write("journal/.git/config", "secret")
    journal.page(body)
    result = journal.press("render", "--with", "builtin")
    assert result.status == 1 and result.err.startswith(said)
    assert not journal.site.exists()


def test_files_that_a_page_shows_go_with_it(journal: Any) -> None:
    journal.write("journal/größe.png", b"x")
    journal.write("journal/data/a b.csv", b"1")
    journal.write("journal/data/not-linked.csv", b"2")
    journal.page("![A](größe.png) and [data](<data/a b.csv>) and [front](/index.html)\n")
    site = journal.render()
    assert (site / "journal" / "größe.png").read_bytes() == b"x"
    assert (site / "journal" / "data" / "a b.csv").read_bytes() == b"1"
    assert not (site / "journal" / "data" / "not-linked.csv").exists()


def test_a_page_may_have_any_letters_in_its_name(journal: Any) -> None:
    journal.page("See [b](2025-07-03-größe-日.qmd#teil-ß).\n")
    journal.page("## Teil ß\n\nText.\n", "journal/2025-07-03-größe-日.qmd")
    site = journal.render()
    assert (site / "journal" / "2025-07-03-größe-日.html").is_file()
