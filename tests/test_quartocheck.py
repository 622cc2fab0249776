"""`press check --quarto`: each thing that real Quarto would stop at or print wrongly, named by file
and line, with a remedy.
"""

from typing import Any

import pytest

GOOD = """\
project:
  type: website
  resources: ["assets/**"]
  pre-render: code/press/publish/assets.py
website:
  title: A small journal
  site-url: https://journal.example
  open-graph: true
  sidebar:
    contents: [index.qmd, "journal/*.qmd"]
format:
  html:
    theme: {light: [default, own.scss], dark: [default, own.scss]}
    css: assets/exhibits.css
    html-math-method: mathml
    include-in-header:
      text: <script defer src="/assets/exhibits.js"></script>
execute:
  echo: true
"""
INDEX = (
    "---\ntitle: A small journal\nimage: /assets/cards/index.png\nlisting: {contents:"
    ' "journal/2*.qmd", feed: true}\n---\nWelcome.\n'
)


@pytest.fixture
def good(journal: Any) -> Any:
    """A journal that Quarto would print as press does."""
    journal.write("_quarto.yml", GOOD)
    journal.write("index.qmd", INDEX)
    journal.write("code/press/publish/assets.py", "")
    journal.write("own.scss", "")
    journal.write(".gitignore", "/_site/\n.quarto/\n**/*.quarto_ipynb\n")
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
        ("  type: website\n", "  type: book\n", "_quarto.yml:1: project: type is not website; write"),
        ("  pre-render: code/press/publish/assets.py\n", "", "_quarto.yml:1: nothing fills assets/ before Quarto renders; write"),
        ('  resources: ["assets/**"]\n', "", "_quarto.yml:1: assets/ is not copied into the site; write"),
        ("  echo: true\n", "  freeze: auto\n", "_quarto.yml:19: execute: freeze serves stale results: "),
        ("  echo: true\n", "  cache: true\n", "_quarto.yml:19: execute: cache serves stale results: "),
        ("mathml", "mathjax", "_quarto.yml:15: math would come from another host; write html-math-method: mathml"),
        ("    html-math-method: mathml\n", "", "_quarto.yml:12: math would come from another host; write"),
        ("[default, own.scss], dark", "[cosmo, own.scss], dark", "_quarto.yml:13: the theme cosmo loads its fonts from another"),
        ("dark: [default, own.scss]", "dark: [default, gone.scss]", "_quarto.yml:13: the theme gone.scss is not there; mend"),
        ("    theme: {light: [default, own.scss], dark: [default, own.scss]}\n", "", "_quarto.yml:12: the theme cosmo, Quarto's own"),
        ("css: assets/exhibits.css", "css: mine.css", "_quarto.yml:14: the stylesheet mine.css is not there; mend the path"),
        ('src="/assets', 'src="assets', "_quarto.yml:16: assets/exhibits.js is found from the front page alone; begin it with /"),
        ('src="/assets', 'src="https://host.example/assets', "_quarto.yml:16: https://host.example/assets/exhibits.js lies on another"),
        ("  site-url: https://journal.example\n", "", "index.qmd:4: Quarto makes no feed without an address; set website: site-url"),
        ("https://journal.example", "journal.example", "_quarto.yml:7: site-url is 'journal.example'; write it whole"),
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
    good.write("_quarto.yml", GOOD.replace('"journal/*.qmd"]', '"journal/*.qmd", "posts/*"]'))
    good.write("index.qmd", INDEX.replace("journal/2*.qmd", "posts/*"))
    assert faults(good) == [
        (
            "_quarto.yml:10: Quarto stops at the glob posts/*: posts/ holds folders alone; write"
            " posts/**"
        ),
        "index.qmd:4: Quarto stops at the glob posts/*: posts/ holds folders alone; write posts/**",
    ]
    good.page("Text.\n", "posts/about.qmd", front="image: /assets/cards/c.png\n")
    assert faults(good) == []


@pytest.mark.parametrize("line", ["/_site/", ".quarto/", "**/*.quarto_ipynb"])
def test_what_git_would_take_is_named(good: Any, line: str) -> None:
    file = good.root / ".gitignore"
    file.write_text(file.read_text().replace(line + "\n", ""))
    assert faults(good) == [
        f".gitignore: git would take what Quarto makes: {line.lstrip('/')}; add a line:"
        f" {line.lstrip('/')}"
    ]


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
