"""Pages as Quarto's authors write them, in tests/_quarto_pages: a page a feature, printed by the
built-in printer, and posts in the styles of 125 real ones.
"""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from press.base.errors import PressError
from press.source.project import read_project

PAGES = Path(__file__).parent / "_quarto_pages"
REFUSED = {  # posts that are rightly refused, and why
    "posts/embedded.qmd": "shortcode"
}


def without_refused(folder: Path) -> Path:
    """A copy of the pages without those that are refused."""
    shutil.copytree(PAGES, folder)
    for path in REFUSED:
        (folder / path).unlink()
    return folder


def test_of_the_posts_all_but_one_are_taken_as_they_are() -> None:
    """What another notebook shows is refused; faults.md has what 125 real posts have."""
    with pytest.raises(PressError) as caught:
        read_project(PAGES)
    problems = {problem.path: problem.what for problem in caught.value.problems}
    assert problems.keys() == REFUSED.keys()
    assert all(REFUSED[path] in what for path, what in problems.items())
    assert len(list((PAGES / "posts").glob("*.qmd"))) == 31


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The site of the pages, and what press said."""
    folder = without_refused(tmp_path_factory.mktemp("quarto") / "pages")
    command = [sys.executable, "-m", "press", "render"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, encoding="utf-8")
    assert done.returncode == 0, done.stdout + done.stderr
    return folder / "_site", done.stdout + done.stderr


def body(printed: tuple[Path, str], name: str) -> str:
    text = (printed[0] / f"{name}.html").read_text(encoding="utf-8")
    return text[text.index('<header class="title-block">') : text.index("</article>")]


def test_a_key_without_an_effect_is_noted_once(printed: tuple[Path, str]) -> None:
    said = " ".join(printed[1].split())
    for key in ("jupyter", "editor", "tags", "freeze", "code-tools", "theme", "format: ipynb"):
        assert said.count(f"note {key} has no effect: ") == 1, key


def test_front_matter_as_it_is_written(printed: tuple[Path, str]) -> None:
    page = body(printed, "front_matter")
    assert '<h1 data-pagefind-meta="title">2025</h1>' in page  # a number as a title
    assert '<time datetime="2025-07-02" data-pagefind-meta="date">2 July 2025</time>' in page
    assert "4 July 2025" in page and "Ada Lovelace, Charles Babbage" in page
    assert ">news</" in page  # one category, as text
    assert "printed" in page and "warned" not in page and "import sys" not in page
    assert page.count("<h1") == 1 and "<h2>First</h2>" in page and "<h3>Second</h3>" in page
    assert "ZeroDivisionError" in page and "code-fold" not in page
    whole = (printed[0] / "front_matter.html").read_text(encoding="utf-8")
    assert '<a href="#second">' in whole and '<a href="#third">' not in whole  # toc-depth: 2
    assert '<meta name="keywords" content="python, plots">' in whole


def test_a_page_without_a_title_takes_its_first_heading(printed: tuple[Path, str]) -> None:
    page = body(printed, "no_title")
    assert '<h1 data-pagefind-meta="title">The heading is the title</h1>' in page
    assert page.count("The heading is the title") == 1


def test_annotations_are_numbers_beside_the_code(printed: tuple[Path, str]) -> None:
    page = body(printed, "annotations")
    numbers = re.findall(r'<span class="code-annotation" data-number="(\d)"></span>', page)
    assert numbers == ["1", "2", "1"]
    assert "&lt;1&gt;" not in page and page.count('<div class="code-annotations">') == 2
    assert "# &lt;1&gt;" not in page and "<li>A list of two numbers.</li>" in page


def test_the_looks_of_callouts(printed: tuple[Path, str]) -> None:
    page = body(printed, "callouts")
    simple = page[page.index("callout-look-simple") : page.index("callout-look-minimal")]
    assert 'aria-label="Note"' in simple and "callout-header" not in simple  # as in Quarto
    assert "A tip" in page and "Loud" in page


def test_figures_have_their_words_size_and_side(printed: tuple[Path, str]) -> None:
    page = body(printed, "figures")
    assert 'alt="A red dot"' in page and "width:50.0%" in page
    assert "quarto-figure-left" in page and "fig-alt" not in page
    assert "<em>dot</em> in a block" in page and 'href="#fig-two"' in page
    assert 'width="2" height="2" alt="Two by two pixels"' in page
    assert "A caption without a label" in page and "Figure 3" not in page


def test_a_frame_shows_a_file_of_the_project(printed: tuple[Path, str]) -> None:
    assert "<iframe" in body(printed, "figures") and (printed[0] / "img/frame.html").is_file()


def test_printed_text_ends_as_in_a_terminal(printed: tuple[Path, str]) -> None:
    page = body(printed, "outputs")
    assert "<pre><code>one\nTWO\n100%\nover\nred and ␀</code></pre>" in page
    bar = page[page.index('id="bar"') : page.index('id="bare"')]
    assert bar.count("steps:") == 1 and "100%" in bar


def test_a_bare_object_beside_a_figure_goes(printed: tuple[Path, str]) -> None:
    page = body(printed, "outputs")
    bare = page[page.index('id="bare"') : page.index('id="json"')]
    assert "<img" in bare and "object object" not in bare
    assert "Thing at 0x…" in page  # the same in each run


def test_rich_outputs_have_a_form(printed: tuple[Path, str]) -> None:
    page = body(printed, "outputs")
    json = page[page.index('id="json"') : page.index('id="latex"')]
    assert 'class="sourceCode json"' in json and "IPython.core" not in page
    assert page.count("<math") == 2 and 'alt="A black square"' in page


def test_a_plotly_figure_is_an_exhibit(printed: tuple[Path, str]) -> None:
    page = body(printed, "plotly_figures")
    assert page.count('data-part="plot-box"') == 3  # a figure, and one of two panels
    assert '<div id="fig-line"' in page and "<title>A line</title>" in page
    assert '<p class="ex-plot-title">Left</p>' in page and "Two panels (Right)" in page


def test_what_is_meant_for_paper_is_left_out(tmp_path: Path) -> None:
    body = "One.\n\n\\newpage\n\n\\noindent Two.\n\n\\bigskip\n"
    status, text = render(tmp_path, {"index": body})
    assert status == 0, text
    page = (tmp_path / "_site" / "index.html").read_text(encoding="utf-8")
    assert "Two." in page and "newpage" not in page


def test_math_that_texmath_lacks_is_set(printed: tuple[Path, str]) -> None:
    page = body(printed, "maths")
    assert page.count("<math") == 8 and "newcommand" not in page
    assert '<span class="equation-number">(1)</span>' in page and "By (1)" in page


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("```{python}\nfrom IPython.display import Javascript\nJavascript('1')\n```\n", "a.qmd:5: the cell shows application/javascript, which no page can hold; show a text"),
        ("```{python}\nimport plotly.graph_objects as go\ngo.Figure(go.Funnel(x=[1]))\n```\n", "a.qmd:5: the plotly figure cannot be drawn: trace 0 is a funnel; the still drawing knows"),
    ],
)  # fmt: skip
def test_an_output_without_a_form_names_its_cell(tmp_path: Path, body: str, said: str) -> None:
    status, text = render(tmp_path, {"a": body})
    assert status == 1 and said in text


def render(folder: Path, bodies: dict[str, str]) -> tuple[int, str]:
    """The status and the words of a press that prints pages of these names and bodies."""
    (folder / "_quarto.yml").write_text("project:\n  type: website\n")
    for name, text in bodies.items():
        (folder / f"{name}.qmd").write_text(f"---\ntitle: {name}\n---\n\n{text}")
    command = [sys.executable, "-m", "press", "render"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, encoding="utf-8")
    return done.returncode, " ".join((done.stdout + done.stderr).split())


TABLE = "```{python}\nfrom IPython.display import HTML\nHTML('<p id=\"t\">1</p>')\n```\n\n"


def test_what_is_wrong_with_all_pages_is_told_in_one_go(tmp_path: Path) -> None:
    """A page that cannot be read, one that raises, one whose math fails, a library's script and its
    two ids, and a dead link: nobody mends one to hear of the next.
    """
    bodies = {
        "read": "See @fig-gone.\n",
        "raises": "```{python}\n1 / 0\n```\n",
        "math": "Words.\n\n$\\R \\unknown$\n",
        "ids": TABLE + TABLE,
        "script": "```{python}\nfrom IPython.display import HTML\nHTML('<script>x = 1</script>')\n```\n",
        "links": "[read](read.qmd) is there, [this](nowhere.html) is not.\n",
    }
    status, text = render(tmp_path, bodies)
    assert status == 1
    for said in (
        "read.qmd:5: @fig-gone refers to nothing; ",
        "raises.qmd:6: the cell raised ZeroDivisionError",
        "math.qmd:7: Pandoc cannot read the math",
        "ids.qmd:11: the id 't' stands twice, in what the cells of line 6 and line 11 show; give",
        "script.qmd:6: the page's policy blocks an inline script; ",
        "links.qmd:5: the link 'nowhere.html' leads to no file of the site",
    ):
        assert said in text
    assert "'read.html'" not in text


def test_layouts_are_rows_of_columns(printed: tuple[Path, str]) -> None:
    page = body(printed, "layouts")
    assert page.count('style="--columns: minmax(0, 1fr) minmax(0, 1fr)"') == 5
    assert "minmax(0, 70fr) minmax(0, 5fr) minmax(0, 25fr); align-items: end" in page
    assert '<div class="g-col-4" style="grid-column: span 4">' in page
    assert '<div class="column-wide">' in page and '<div class="aside column-margin"' in page
    assert "seen" in page and "unseen" not in page and "newpage" not in page
    assert "data-layout" not in page  # no attribute is left
    assert "What this <em>shows</em>." in page
    assert '<col style="width: 20%" />' in page and "colwidths" not in page
    assert '<a href="img/dot.png"><img src="img/dot.png"' in page
    assert "A table without a label" in page and page.count('role="tab"') == 2


def test_parts_of_a_figure_have_letters(printed: tuple[Path, str]) -> None:
    page = body(printed, "layouts")
    assert 'href="#fig-b" class="quarto-xref">Figure\xa01\xa0(b)</a>' in page
    assert "<figcaption>(b) Second</figcaption>" in page and "Both dots" in page
    assert 'href="#fig-cell-2" class="quarto-xref">Figure\xa02\xa0(b)</a>' in page
    assert "<p>(b) two</p>" in page
    assert [*re.findall(r"<figcaption>\n(one|two)\n", page)] == ["one", "two"]


def test_listings_statements_and_files_have_their_words(printed: tuple[Path, str]) -> None:
    page = body(printed, "layouts")
    assert "Listing 1:</span> A <strong>listing</strong>" in page.replace("\xa0", " ")
    assert "<strong>Theorem 1 (Pythagoras)</strong> Right triangles." in page.replace("\xa0", " ")
    assert "<em>Proof.</em> Trivial." in page and 'href="#thm-p"' in page
    assert "<p><code>a.py</code></p>" in page and "numberLines" in page
    assert "```{python}" in page and "echo: fenced" not in page


def test_a_note_of_the_margin_and_a_footnote_are_in_the_page_and_its_text(
    printed: tuple[Path, str],
) -> None:
    assert '<li id="fn1"><p>a note' in body(printed, "layouts")
    assert "[^1]: a note" in (printed[0] / "layouts.md").read_text(encoding="utf-8")


def test_sources_are_cited_and_listed(printed: tuple[Path, str]) -> None:
    page = body(printed, "posts/cited")
    assert 'As <span class="citation" data-cites="knuth84">Knuth (<a href="#ref-knuth84"' in page
    assert "Knuth 1984, 3</a>)" in page and ">References</h2>" in page and "<em>Literate" in page


def test_a_bibliography_of_all_pages_is_one_of_each(tmp_path: Path) -> None:
    (tmp_path / "posts" / "a").mkdir(parents=True)
    (tmp_path / "_quarto.yml").write_text("project:\n  type: website\nbibliography: refs.bib\n")
    (tmp_path / "refs.bib").write_text("@book{knuth84,\n}\n")
    (tmp_path / "posts" / "_metadata.yml").write_text("freeze: true\n")
    (tmp_path / "posts" / "a" / "index.qmd").write_text("---\npagetitle: a\n---\n\nSee @knuth84.\n")
    project = read_project(tmp_path)
    assert project.pages[0].title == "a" and [*project.pages[0].sources] == [tmp_path / "refs.bib"]
    why = "press knows itself which runs hold (posts/_metadata.yml)"
    assert project.notes() == [f"freeze has no effect: {why}"]


def test_a_source_that_is_not_there_is_named_at_its_line(tmp_path: Path) -> None:
    (tmp_path / "refs.bib").write_text("@book{knuth84,\n}\n")
    (tmp_path / "_quarto.yml").write_text("project:\n  type: website\n")
    front = "---\ntitle: a\nbibliography: {}\n---\n\nSee @knuth85.\n"
    for name, said in (
        ("refs.bib", "a.qmd:6: @knuth85 is a citation"),
        ("x.bib", "x.bib is no file"),
    ):
        (tmp_path / "a.qmd").write_text(front.format(name))
        with pytest.raises(PressError, match=said):
            read_project(tmp_path)


def test_what_another_host_has_is_a_link_and_told(printed: tuple[Path, str]) -> None:
    page = body(printed, "posts/shortcodes")
    assert '<a href="https://example.org/a.png">A dot</a>' in page
    assert '<a href="https://example.org/c">A badge</a>' in page
    assert '<a href="https://example.org/frame">A frame</a>' in page
    assert ">Video (example.org/v.mp4)</a>" in page and "<kbd>Ctrl-C</kbd>" in page
    assert "in Shortcodes, not in <code>{{&lt; meta title &gt;}}</code>" in page
    said = " ".join(printed[1].split())
    for key in ("a cell in {bash}", "the shortcode fa", "a picture or frame of another host"):
        assert said.count(f"note {key} has no effect: ") == 1, key


def test_an_about_page_has_its_picture_and_its_links(printed: tuple[Path, str]) -> None:
    page = body(printed, "about")
    assert '<img src="img/dot.png" class="about-picture" alt="About" />' in page
    assert '<a href="https://github.com/">Github</a>' in page and ">@octocat</span>" in page


def test_a_project_of_quartos_template_has_the_journals_look(printed: tuple[Path, str]) -> None:
    page = (printed[0] / "posts/welcome.html").read_text(encoding="utf-8")
    sheets = re.findall(r'<link rel="stylesheet" href="\.\./([^"]+)"', page)
    assert sheets[:4] == [
        "assets/fonts.css",
        "assets/exhibits.css",
        "assets/page.css",
        "styles.css",
    ]
    assert all((printed[0] / sheet).is_file() for sheet in sheets)
    assert '<script defer src="../assets/exhibits.js">' in page
    assert (printed[0] / "assets/plotly.min.js").is_file()


def test_an_estimator_is_shown_as_its_text(tmp_path: Path) -> None:
    shown = (
        "{'text/plain': 'KMeans()', 'text/html': '<div id=\"sk-container-id-1\" onclick=\"x()\">'}"
    )
    status, text = render(
        tmp_path,
        {
            "index": f"```{{python}}\nfrom IPython.display import display\ndisplay({shown}, raw=True)\n```\n"
        },
    )
    assert status == 0, text
    assert "KMeans()" in (tmp_path / "_site" / "index.html").read_text(encoding="utf-8")
