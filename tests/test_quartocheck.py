"""`press check --quarto`: each thing that real Quarto would stop at or print wrongly, named by file
and line, with a remedy.
"""

from typing import Any

import pytest

GOOD = """\
project:
  type: website
  resources: ["/assets/**"]
  pre-render: code/press/publish/assets.py
website:
  title: A small journal
  site-url: https://journal.example
  open-graph: true
  favicon: assets/favicon.svg
  navbar: {left: [index.qmd]}
  sidebar:
    contents: [journal/2025-07-02-a.qmd]
date-format: "D MMMM YYYY"
format:
  html:
    theme: {light: [default, own.scss], dark: [default, own.scss]}
    css: assets/exhibits.css
    html-math-method: mathml
    html-table-processing: none
    include-in-header:
      text: <script defer src="/assets/exhibits.js"></script>
execute:
  echo: true
"""
INDEX = (
    "---\ntitle: A small journal\nimage: /assets/cards/index.png\nlisting: {contents:"
    ' "journal/2*.qmd", feed: {type: partial}}\n---\nWelcome.\n'
)


@pytest.fixture
def good(journal: Any) -> Any:
    """A journal that Quarto would print as press does."""
    journal.write("_quarto.yml", GOOD)
    journal.write("index.qmd", INDEX)
    journal.write("code/press/publish/assets.py", "")
    journal.write("own.scss", "")
    journal.write(".gitignore", "/_site/\n/.quarto/\n**/*.quarto_ipynb\n")
    journal.page("Text.\n", front="image: /assets/cards/a.png\n")
    return journal


def faults(journal: Any) -> list[str]:
    said = journal.press("check", "--quarto")
    assert said.status == (1 if said.err else 0)
    return list(said.err.splitlines())


def test_a_journal_in_order_is_told_so(good: Any) -> None:
    said = good.press("check", "--quarto")
    assert (said.status, said.err) == (0, "")
    assert said.out.startswith("ok   Quarto    ")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("  type: website\n", "", "_quarto.yml:1: project: type is not website; write"),
        ("  pre-render: code/press/publish/assets.py\n", "", "_quarto.yml:1: nothing fills assets/ before Quarto renders; write"),
        ('  resources: ["/assets/**"]\n', "", "_quarto.yml:1: assets/ is not copied into the site; write"),
        ("  echo: true\n", "  freeze: auto\n", "_quarto.yml:23: execute: freeze would serve stale results: "),
        ("mathml", "mathjax", "_quarto.yml:18: html-math-method is 'mathjax'; it may be mathml"),
        ("    html-math-method: mathml\n", "", "_quarto.yml:15: math would come from another host; write"),
        ("[default, own.scss], dark", "[cosmo, own.scss], dark", "_quarto.yml:16: the theme cosmo loads its fonts from another"),
        ("dark: [default, own.scss]", "dark: [default, gone.scss]", "_quarto.yml:16: the theme gone.scss is not there; mend"),
        ("    theme: {light: [default, own.scss], dark: [default, own.scss]}\n", "", "_quarto.yml:15: the theme cosmo, Quarto's own"),
        ("css: assets/exhibits.css", "css: mine.css", "_quarto.yml:17: the stylesheet 'mine.css' is not there; mend the path"),
        ('src="/assets', 'src="assets', "_quarto.yml:20: assets/exhibits.js is found from the front page alone; begin it with /"),
        ('src="/assets', 'src="https://host.example/assets', "_quarto.yml:20: https://host.example/assets/exhibits.js lies on another"),
        ("  site-url: https://journal.example\n", "", "index.qmd:4: Quarto makes no feed without an address; set website: site-url"),
        ("https://journal.example", "journal.example", "_quarto.yml:7: site-url is 'journal.example/'; write it whole"),
        ('"/assets/**"', '"assets/**"', "_quarto.yml:3: Quarto copies every folder called assets, those of packages too; write"),
        ('date-format: "D MMMM YYYY"\n', "", "_quarto.yml:1: Quarto would write dates as Jul 5, 2025; write date-format: D MMMM YYYY"),
        ("    html-table-processing: none\n", "", "_quarto.yml:15: Quarto would rewrite the exhibits' tables; write html-table-processing: none"),
        ("  favicon: assets/favicon.svg\n", "", "_quarto.yml:5: Quarto's pages have no favicon; write favicon: assets/favicon.svg"),
        ("favicon: assets/favicon.svg", "favicon: gone.svg", "_quarto.yml:9: the favicon gone.svg is not there; write favicon: assets"),
        ("[journal/2025-07-02-a.qmd]", '["journal/2*.qmd"]', "_quarto.yml:11: of the sidebar's glob journal/2*.qmd Quarto makes a section of"),
        ("left: [index.qmd]", "left: [index.qmd, journal/2025-07-02-a.qmd]", "_quarto.yml:10: journal/2025-07-02-a.qmd is in the navbar and in the"),
    ],
)  # fmt: skip
def test_a_fault_of_the_project_file_is_named_with_its_line(
    good: Any, old: str, new: str, said: str
) -> None:
    assert old in GOOD
    good.write("_quarto.yml", GOOD.replace(old, new))
    assert [fault for fault in faults(good) if fault.startswith(said)], faults(good)


def test_a_glob_over_folders_alone_is_found_in_the_sidebar_and_in_a_listing(good: Any) -> None:
    good.page("Text.\n", "posts/one/2025-07-03-b.qmd", front="image: /assets/cards/b.png\n")
    good.write("_quarto.yml", GOOD.replace("2025-07-02-a.qmd]", '2025-07-02-a.qmd, "posts/*"]'))
    good.write("index.qmd", INDEX.replace("journal/2*.qmd", "posts/*"))
    assert [fault for fault in faults(good) if "a section of its own" not in fault] == [
        (
            "_quarto.yml:12: Quarto stops at the glob posts/*: posts/ holds folders alone; write"
            " posts/**"
        ),
        "index.qmd:4: Quarto stops at the glob posts/*: posts/ holds folders alone; write posts/**",
    ]
    good.page("Text.\n", "posts/about.qmd", front="image: /assets/cards/c.png\n")
    assert [fault for fault in faults(good) if "a section of its own" not in fault] == []


@pytest.mark.parametrize("line", ["/_site/", "**/*.quarto_ipynb"])
def test_what_git_would_take_is_named(good: Any, line: str) -> None:
    file = good.root / ".gitignore"
    file.write_text(file.read_text().replace(line + "\n", ""))
    assert faults(good) == [
        f".gitignore: git would take what Quarto makes: {line.lstrip('/')}; add a line:"
        f" {line.lstrip('/')}"
    ]


def test_quartos_own_line_is_asked_for_as_quarto_would_write_it(good: Any) -> None:
    file = good.root / ".gitignore"
    file.write_text(file.read_text().replace("/.quarto/\n", ".quarto/\n"))
    assert faults(good) == [
        ".gitignore: Quarto adds the line /.quarto/ to the file itself; write that line, with both"
        " slashes"
    ]


def test_a_feed_of_whole_pages_is_refused(good: Any) -> None:
    for feed in ("true", "{type: full}"):
        good.write("index.qmd", INDEX.replace("{type: partial}", feed))
        (fault,) = faults(good)
        assert fault.startswith("index.qmd:4: Quarto's feed would have scripts and links that lead")


def test_a_page_without_a_card_is_named_with_the_line_to_write(good: Any) -> None:
    good.page("Text.\n", "journal/2025-07-05-c.qmd")
    (fault,) = faults(good)
    assert fault.startswith("journal/2025-07-05-c.qmd:1: Quarto would show no card of this page; ")
    assert fault.endswith("image: /assets/cards/journal/2025-07-05-c.png")


def test_what_a_cell_gave_in_its_last_run_is_looked_at(good: Any) -> None:
    body = (
        "```{python}\nshow = __import__('IPython').display.display\nshow({'text/html': '<b>x</b>',"
        " 'text/plain': 'x'}, raw=True)\n```\n"
    )
    good.page(body, front="image: /assets/cards/a.png\n")
    assert faults(good) == []  # it did not run yet
    assert good.press("run").status == 0
    (fault,) = faults(good)
    assert fault.startswith(
        "journal/2025-07-02-a.qmd:7: the cell gave text/html: Quarto adds require.js and jQuery"
    )


def test_freeze_in_a_page_is_named_with_its_line(good: Any) -> None:
    good.page("Text.\n", front="image: /assets/cards/a.png\nexecute: {freeze: auto}\n")
    assert faults(good)[0].startswith(
        "journal/2025-07-02-a.qmd:5: execute: freeze would serve stale results"
    )


def test_a_python_that_is_not_there_is_named(good: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUARTO_PYTHON", "/nowhere/python")
    assert faults(good) == [
        "QUARTO_PYTHON: names '/nowhere/python', which is no command; set it to .venv/bin/python"
    ]


def test_without_a_project_file_it_says_so(good: Any) -> None:
    (good.root / "_quarto.yml").write_text("project: [broken\n")
    (fault,) = faults(good)
    assert fault.startswith("_quarto.yml:1: the YAML is broken")


def test_the_help_has_an_example(journal: Any) -> None:
    said = journal.press("check", "--help")
    assert "--quarto" in said.out and "Example: press check --quarto" in said.out


def test_the_journal_itself_is_in_order(
    monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    from press.checks.quarto_compat import quarto_problems

    monkeypatch.delenv("QUARTO_PYTHON", raising=False)
    assert quarto_problems(request.config.rootpath) == []
