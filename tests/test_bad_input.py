"""What bad input gets: one line with file, line and remedy, status 1, and the old site byte for
byte as it was.

The list is the issue's, "What bad input gets". Hostile texts are no errors: they are shown as what
they are.
"""

import os
import shutil
from collections.abc import Callable
from functools import partial
from html import unescape
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

import html5lib
import pytest
from processes import PATIENCE, eventually, is_gone

PAGE = "journal/2025-07-02-a.qmd"
FRONT = "---\ntitle: T\ndate: 2025-07-02\n---\n"


def claiming(arguments: str) -> str:
    """A page whose cell makes a claim, on line 7."""
    return f"{FRONT}```{{python}}\nfrom exhibits import claim\nclaim({arguments})\n```\n"


Tree = Callable[[Path], dict[str, bytes]]


@pytest.fixture(scope="module")
def printed_once(
    tmp_path_factory: pytest.TempPathFactory, journal_in: Callable[[Path], Any]
) -> Path:
    journal = journal_in(tmp_path_factory.mktemp("old"))
    journal.page("The old text.\n")
    journal.render()
    return Path(journal.root)


@pytest.fixture
def old(journal: Any, printed_once: Path) -> Any:
    """A journal with a site; whatever goes wrong from now on must leave it alone."""
    shutil.copytree(
        printed_once, journal.root, dirs_exist_ok=True, ignore=shutil.ignore_patterns("assets")
    )
    return journal


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({PAGE: "---\ntitle: [T\ndate: 2025-07-02\n---\n"}, f"{PAGE}:3: the YAML is broken"),
        ({"_quarto.yml": "project:\n  type: website\n title: x\n"}, "_quarto.yml:3: the YAML is broken"),
        ({"_quarto.yml": b"website:\n  title: caf\xe9\n"}, "_quarto.yml:2: byte 21 is 0xe9, which is not UTF-8"),
        ({"_quarto.yml": "website:\n  titel: x\n"}, "_quarto.yml:2: press does not know the key 'titel'; did you mean 'title'?"),
        ({"_quarto.yml": "press: {timeout: 0}\n"}, "_quarto.yml:1: timeout is 0; give seconds, 1 or more"),
        ({"_quarto.yml": "execute:\n  freeze: auto\n"}, "_quarto.yml:2: execute: freeze would serve stale results"),
        ({"_quarto.yml": "website:\n  site-url: a.example\n"}, "_quarto.yml:2: site-url is 'a.example/'; write it whole"),
        ({"_quarto.yml": "website:\n  repo-url: a.example\n"}, "_quarto.yml:2: repo-url is 'a.example'; write it whole"),
        ({"_quarto.yml": "website:\n  repo-actions: [edit]\n"}, "_quarto.yml:2: repo-actions holds 'edit'; write repo-actions: [source]"),
        ({"_quarto.yml": "website:\n  sidebar: {contents: [gone.qmd]}\n"}, "_quarto.yml: the navigation names 'gone.qmd', which is no page"),
        ({"_quarto.yml": "project: {render: ['!a.qmd']}\n"}, "_quarto.yml:1: the glob '!a.qmd' is not understood"),
        ({PAGE: FRONT + "```{python}\n#| ehco: false\n```\n"}, f"{PAGE}:6: press does not know the key 'ehco'; did you mean 'echo'?"),
        ({PAGE: FRONT + "[a]{#x}\n\n[b]{#x}\n"}, f"{PAGE}:7: the label x stands twice, first at line 5; rename one of them"),
        ({PAGE: FRONT + "See @fig-gone.\n"}, f"{PAGE}:5: @fig-gone refers to nothing"),
        ({PAGE: FRONT + "See @fig-x.\n\n```{python}\n#| label: fig-x\n#| fig-cap: c\nx = 1\n```\n"}, f"{PAGE}:5: @fig-x refers to a cell that shows nothing; end that cell"),
        ({PAGE: "---\ntitle: T\n---\n"}, f"{PAGE}:1: a dated page has no date; write date: 2025-07-02"),
        ({"journal/2025-07-02-A.qmd": FRONT.replace("T", "U")}, f"{PAGE}: two pages have one name: journal/2025-07-02-A.qmd and this one"),
        ({"journal/2025-07-03-b.qmd": "---\ntitle: page  JOURNAL/2025-07-02-a\ndate: 2025-07-03\n---\n"}, "journal/2025-07-03-b.qmd:1: two pages have one title"),
        ({"a.qmd": b"---\ntitle: caf\xe9\n---\n"}, "a.qmd:2: byte 14 is 0xe9, which is not UTF-8"),
        ({PAGE: FRONT + "a\x00b\n"}, f"{PAGE}:5: the page holds a NUL byte"),
        ({PAGE: FRONT + "$\\frac{1$\n"}, f"{PAGE}:5: Pandoc cannot read the math $\\frac{{1$: something in it is not closed; close every {{"),
        ({PAGE: FRONT + "[x](gone.qmd)\n"}, f"{PAGE}:5: the link 'gone.html' leads to no file of the site"),
        ({PAGE: FRONT + "{{< include x.qmd >}}\n"}, f"{PAGE}:5: the shortcode include"),
        ({"_quarto.yml": "project:\n  resources: [1]\n"}, "_quarto.yml:2: resources holds 1; each item must be text"),
        ({"_quarto.yml": "project: {resources: ['../*']}\n"}, "_quarto.yml:1: the glob '../*' is not understood"),
        ({"404.qmd": "---\ntitle: T\n---\n"}, "404.qmd: press itself writes 404.html; rename the page"),
        ({PAGE: claiming("'a', True")}, f"{PAGE}:7: the claim 'a' does not say what is claimed; add says=\"...\" to the call, one sentence"),
        ({PAGE: claiming("'a', True, says=' '")}, f"{PAGE}:7: the claim 'a' does not say what is claimed"),
        ({PAGE: claiming("'a', True, says=f'{1}'")}, f"{PAGE}:7: says of a claim is f'{{1}}', known only when the cell has run; write it out as one text in quotes: says=\"...\""),
        ({PAGE: claiming("f'a-{1}', True, says='x'")}, f"{PAGE}:7: id of a claim is f'a-{{1}}', known only when the cell has run"),
        ({PAGE: claiming("'../a', True, says='x'")}, f"{PAGE}:7: the id of a claim is '../a'; give letters, digits and single hyphens"),
        ({PAGE: claiming("'a', True, says='x', kind='sure'")}, f"{PAGE}:7: the kind of 'a' is 'sure'; give one of exact, measured, opinion"),
        ({PAGE: FRONT + "```{python}\nfor n in (1, 2):\n    claim('a', n > 0, says='x')\n```\n"}, f"{PAGE}:7: a claim in a loop, which would give many verdicts; judge after the loop"),
        ({PAGE: FRONT + "```{python}\n[claim('a', n > 0, says='x') for n in (1, 2)]\n```\n"}, f"{PAGE}:6: a claim in a loop, which would give many verdicts"),
        ({"a.qmd": claiming("'a', True, says='x'")}, "a.qmd:7: the claim 'a' is made outside journal/; make it on a page in journal/"),
        ({PAGE: claiming("'a', True, says='x'"), "journal/b.qmd": claiming("'a', True, says='x'").replace("T", "U", 1)}, f"journal/b.qmd:7: a second verdict on 'a'; the first is at {PAGE}:7; keep one"),
        ({"_quarto.yml": "project:\n  render: [index.qmd, 'journal/**.qmd']\n"}, "_quarto.yml:2: the glob 'journal/**.qmd' is not understood; ** is a whole name of its own: write 'journal/**/*.qmd'"),
        ({PAGE: claiming("'a', True, says=[\n" + "f(1),\n" * 50 + "]")}, f"{PAGE}:7: says of a claim is [f(1), f(1), f(1), f(1), f(1), f(1), f(1), f(1), f(1),..., known only"),
        ({"_quarto.yml": "project:\n  resources: img/a**.png\n"}, "_quarto.yml:2: the glob 'img/a**.png' is not understood; ** is a whole name of its own: write 'img/a*.png'"),
        ({"_quarto.yml": "website:\n  sidebar:\n    contents:\n    - {section: All, contents: ['journal/**.qmd']}\n"}, "_quarto.yml:4: the glob 'journal/**.qmd' is not understood"),
        ({"_quarto.yml": f"website:\n  navbar:\n    left: [{'a' * 300}.qmd]\n"}, f"_quarto.yml:3: the glob '{'a' * 40}...' is too long; a name has at most 255 bytes"),
        ({"_quarto.yml": 'website:\n  title: "\\ud800"\n'}, "_quarto.yml:2: the YAML is broken: found invalid Unicode character escape code"),
        ({"_quarto.yml": 'project:\n  output-dir: "a\\0b"\n'}, "_quarto.yml:2: the YAML holds the control character U+0000; take it out"),
        ({"_quarto.yml": 'website:\n  site-url: "https://[x/"\n'}, "_quarto.yml:2: site-url is 'https://[x/'; write it whole"),
        ({"_quarto.yml": "format:\n  html:\n    css: [gone.css]\n", "b.qmd": "---\ntitle: U\n---\n"}, "_quarto.yml:3: the stylesheet 'gone.css' is not there; mend the path"),
        ({PAGE: FRONT + f"\n[x]({'a' * 300}.pdf)\n"}, f"{PAGE}:6: the link '{'a' * 300}.pdf' leads to no file of the site; mend it"),
        ({PAGE: FRONT + f"\n![x]({'a/' * 3000}x.png)\n"}, f"{PAGE}:6: the link '{'a/' * 3000}x.png' leads to no file of the site; mend it"),
        ({"_quarto.yml": "lang: en\n", PAGE: FRONT + "\n<a href='//[x/'>x</a>\n"}, f"{PAGE}:6: the link '//[x/' is no address: Invalid IPv6 URL; mend it in the page"),
        ({PAGE: FRONT + "<div>\n\na\n\n</div>\n\n<div>\n\nb\n"}, f"{PAGE}:11: a ::: block or <div> is never closed; end it with a line of :::"),
        ({PAGE: FRONT + "## X\n\n## Y {#x}\n"}, f"{PAGE}:7: two headings have the identifier #x; rename one of them"),
        ({PAGE: FRONT + "A word.\n\n[^a]: Never referred to.\n"}, f"{PAGE}:7: [^a]: is defined and nowhere used; use [^a] in the text"),
        ({PAGE: FRONT + "[a]: x\n\n[a]: y\n"}, f"{PAGE}:7: [a]: is defined twice; take one of them out"),
        ({PAGE: FRONT + "`$x_$` shows $x_\n$ and $x_$.\n"}, f"{PAGE}:5: Pandoc cannot read the math $x_$"),
        ({PAGE: FRONT + "```{python}\n#| output: asis\nprint('$x' + '_$')\n```\n"}, f"{PAGE}: Pandoc cannot read the math $x_$"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_in_one_line_and_the_old_site_stays(
    old: Any, tree: Tree, files: dict[str, str | bytes], said: str
) -> None:
    before = tree(old.site)
    for path, text in files.items():
        old.write(path, text)
    result = old.press("render", "--with", "builtin")
    assert result.status == 1
    (line,) = result.err.splitlines()
    assert line.startswith(said)
    assert tree(old.site) == before


# one that was read before, one that was not
@pytest.mark.parametrize("path", [PAGE, "journal/x.qmd"])
def test_a_pipe_in_the_place_of_a_page_is_not_waited_for(old: Any, tree: Tree, path: str) -> None:
    before = tree(old.site)
    (old.root / path).unlink(missing_ok=True)
    os.mkfifo(old.root / path)
    process = old.command("render", "--with", "builtin")
    try:
        _, said = process.communicate(timeout=PATIENCE)
    finally:
        process.kill()
        process.communicate()
    assert process.returncode == 1
    assert said.startswith(f"{path}: the page is no file, or a link that leads to none; put a file")
    assert tree(old.site) == before


@pytest.mark.parametrize("target", ["gone.qmd", "x.qmd", "/dev/null", "."])
def test_a_link_in_the_place_of_a_page_leads_to_a_file(old: Any, target: str) -> None:
    old.write("_quarto.yml", "project: {render: ['journal/*.qmd']}\n")
    (old.root / "journal" / "x.qmd").symlink_to(target)
    (line,) = old.press("check").err.splitlines()
    assert line.startswith("journal/x.qmd: the page is no file, or a link that leads to none; put")


def test_a_page_whose_name_is_not_utf8_is_told_by_its_escaped_name(old: Any) -> None:
    try:
        with open(os.fsencode(old.root) + b"/journal/x\xff.qmd", "wb") as file:
            file.write(FRONT.encode())
    except OSError:
        pytest.skip("this disk takes no such name")
    (line,) = old.press("check").err.splitlines()
    assert line.startswith(
        "journal/x\\xff.qmd: the name of the page is not UTF-8; rename it: letters, digits, hyphens"
    )


def test_stylesheets_of_the_project_and_of_press_are_no_mistake(old: Any) -> None:
    old.write(
        "_quarto.yml",
        "project: {resources: ['assets/**', 'look/**/*.css']}\n"
        "format: {html: {css: [assets/exhibits.css, /look/a/b/mine.css, look/mine.css]}}\n",
    )
    old.write("look/a/b/mine.css", "")
    old.write("look/mine.css", "")
    old.render()
    assert (old.site / "look" / "a" / "b" / "mine.css").is_file()


def test_a_file_of_the_authors_among_the_assets_stays(old: Any) -> None:
    """press fills assets/ and clears away what it put there itself, nothing else."""
    mine = old.write("assets/mine.png", "mine")
    gone = old.write("assets/gone.js", "of an older press")
    old.write(".press/assets.json", '{"by": "", "made": {}, "files": ["exhibits.css", "gone.js"]}')
    old.render()
    assert mine.read_text() == "mine" and not gone.exists()
    assert (old.root / "assets" / "exhibits.css").is_file()


def test_an_asset_that_is_made_is_written_again_only_if_it_is_not_as_it_was(old: Any) -> None:
    old.render()
    made = old.root / "assets" / "gpt2-tokenizer.bin"
    whole, written = made.read_bytes(), made.stat().st_mtime_ns
    old.render()
    assert made.stat().st_mtime_ns == written
    for damage in (b"", whole[:-1]):
        made.write_bytes(damage)
        old.render()
        assert made.read_bytes() == whole
    made.unlink()
    old.render()
    assert made.read_bytes() == whole


def test_all_mistakes_are_told_at_once_in_the_order_of_the_pages(old: Any) -> None:
    old.page("See @fig-gone.\n\n{{< x >}}\n")
    old.write("a.qmd", "no front matter")
    said = old.press("check").err.splitlines()
    assert [line.split(": ")[0] for line in said] == ["a.qmd:1", f"{PAGE}:5", f"{PAGE}:7"]


def test_a_cell_that_raises_leaves_the_old_site(old: Any, tree: Tree) -> None:
    before = tree(old.site)
    old.page("New text.\n\n```{python}\nn = 0\n1 / n\n```\n")
    said = old.press("render", "--with", "builtin")
    assert (said.status, said.err) == (
        1,
        (
            f"{PAGE}:9: the cell raised ZeroDivisionError: division by zero; in: 1 / n; "
            "mend it, or mark it '#| error: true' if meant\n"
        ),
    )
    assert f"FAILED  {PAGE}" in said.out
    assert tree(old.site) == before


# Each writes the numbers of its processes first, and none of them ends by itself.
NOTE = (
    "import os, pathlib, signal, subprocess, threading\nchild = subprocess.Popen(['sleep',"
    " '600'])\npathlib.Path('pids').write_text(f'{os.getpid()} {child.pid}')\n"
)
NEVER = {
    "busy": NOTE + "while True:\n    pass",
    "waiting": NOTE + "threading.Event().wait()",
    "deaf": NOTE + "signal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True:\n    try:\n        threading.Event().wait()\n    except BaseException:\n        pass",
}  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "where"), [("busy", "_quarto.yml"), ("waiting", "the page"), ("deaf", "--timeout")]
)
def test_a_cell_that_never_ends_is_stopped_and_its_processes_are_gone(
    old: Any, tree: Tree, kind: str, where: str
) -> None:
    """The limit comes from three places in turn; each is stronger than those before it, which say
    600 s. It is 1 s, and more where the machine is so busy that the cell has not begun its
    processes by then.
    """
    before = tree(old.site)
    config, pids = old.root / "_quarto.yml", old.root / "journal" / "pids"
    plain = config.read_text()
    for limit in (1, 5, 25, 125):
        own = limit if where == "_quarto.yml" else 600
        config.write_text(plain.replace("timeout: 600", f"timeout: {own}"))
        front = {
            "_quarto.yml": "",
            "the page": f"press: {{timeout: {limit}}}\n",
            "--timeout": "press: {timeout: 600}\n",
        }[where]
        old.page(f"Words.\n\n```{{python}}\n{NEVER[kind]}\n```\n", front=front)
        said = old.press(
            "render",
            "--with",
            "builtin",
            *(["--timeout", str(limit)] if where == "--timeout" else []),
        )
        line = 8 + front.count("\n")
        assert said.status == 1
        assert said.err.startswith(
            f"{PAGE}:{line}: the cell was stopped after {limit} s: import os"
        )
        assert "press: timeout" in said.err
        if pids.exists() and len(pids.read_text().split()) == 2:
            break
    for pid in pids.read_text().split():
        eventually(partial(is_gone, int(pid)), f"process {pid} is gone")
    assert tree(old.site) == before


def test_an_inline_expression_that_never_ends_is_stopped_too(old: Any) -> None:
    old.page(
        "Words.\n\nAnd `{python} __import__('threading').Event().wait()`.\n",
        front="press: {timeout: 1}\n",
    )
    assert old.press("run").err.startswith(f"{PAGE}:8: the cell was stopped after 1 s")


def test_a_kernel_that_dies_is_told_with_the_line_of_its_cell(old: Any, tree: Tree) -> None:
    before = tree(old.site)
    old.page("```{python}\nn = 1\n```\n\n```{python}\nimport os\nos.kill(os.getpid(), 9)\n```\n")
    said = old.press("render", "--with", "builtin")
    assert said.status == 1
    assert said.err.startswith(f"{PAGE}:10: the kernel died in the cell: import os; look for")
    assert tree(old.site) == before


# -- Hostile texts

TEXTS = {
    "script": "<script>alert(1)</script><img src=x onerror=alert(2)>",
    "closing": "</code></pre></div></main><script>alert(1)</script>",
    "nul": "a\x00b\x1b[31mc\x07\x7f\x85\ufffe\U0001ffff",
    "long": "x" * 1_000_000,
    "emoji": "👩‍👩‍👧‍👦 🏳️‍🌈 é́",
    "right-to-left": "שלום, עולם! مرحبا \u202eabc\u2066",
    "markdown": "# *a* `b` $c$ [d](e) @fig-x {{< f >}}\n:::\n```\n\n~~~",
    "empty": "",
}


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory, journal_in: Callable[[Path], Any]) -> Element:
    """A page that shows every text in every way that there is, parsed as a browser does; any error
    in its HTML raises.
    """
    journal = journal_in(tmp_path_factory.mktemp("hostile"))
    cells = ["```{python}\nfrom exhibits import chips, table\ntexts = " + ascii(TEXTS) + "\n```\n"]
    for name in TEXTS:
        cells.append(
            f"```{{python}}\n#| label: print-{name}\n#| echo: false\nprint(texts[{name!r}])\n```\n"
        )
        cells.append(
            f"```{{python}}\n#| label: chips-{name}\n#| echo:"
            f" false\nchips([texts[{name!r}][:100_000], 'x'], label=texts[{name!r}][:60] or"
            " 'none')\n```\n"
        )
        cells.append(f"[`{{python}} texts[{name!r}][:200]`]{{#inline-{name}}}\n")
        cells.append(
            f"```{{python}}\n#| label: table-{name}\n#| echo: false\ntable([[texts[{name!r}][:200],"
            f" 1]], header=['a', texts[{name!r}][:60]])\n```\n"
        )
    front = "categories: ['<script>alert(3)</script>']\ndescription: '<script>alert(4)</script>'\n"
    journal.page("\n".join(cells), front=front)
    page = journal.render() / "journal" / "2025-07-02-a.html"
    return html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(
        page.read_text(encoding="utf-8")
    )


def shown(page: Element, label: str) -> str:
    (element,) = [element for element in page.iter() if element.get("id") == label]
    return unescape("".join(element.itertext()))


def test_no_text_brings_a_script_or_a_handler_with_it(hostile: Element) -> None:
    scripts = [script.text or "" for script in hostile.iter("script") if not script.get("src")]
    assert not any("alert(" in script for script in scripts)
    assert not [
        element for element in hostile.iter() for name in element.attrib if name.startswith("on")
    ]
    assert not [image for image in hostile.iter("img") if image.get("src") == "x"]


@pytest.mark.parametrize("name", [name for name in TEXTS if name not in ("nul", "empty")])
def test_a_printed_text_is_shown_whole(hostile: Element, name: str) -> None:
    assert shown(hostile, f"print-{name}").strip() == TEXTS[name].strip()


@pytest.mark.parametrize("name", ["script", "emoji", "right-to-left"])
def test_a_text_is_shown_whole_inline_and_in_tables(hostile: Element, name: str) -> None:
    assert shown(hostile, f"inline-{name}") == TEXTS[name]
    assert TEXTS[name] in shown(hostile, f"table-{name}")


def test_what_html_forbids_is_shown_by_a_picture(hostile: Element) -> None:
    assert shown(hostile, "print-nul").strip() == "a␀bc␇␡\ufffd\ufffd\ufffd"
    assert shown(hostile, "inline-nul") == "a␀bc␇␡\ufffd\ufffd\ufffd"


def test_chips_show_every_text_and_say_it(hostile: Element) -> None:
    for name in TEXTS:
        (element,) = [element for element in hostile.iter() if element.get("id") == f"chips-{name}"]
        tokens = [item for item in element.iter("li")]
        assert len(tokens) == 2
    assert "<script>alert(1)</script>" in shown(hostile, "chips-script")
    assert "שלום" in shown(hostile, "chips-right-to-left")


def test_a_page_may_be_one_line_of_a_million_characters(journal: Any) -> None:
    journal.page("x" * 1_000_000 + " `{python} 6 * 7` <b>end</b>\n")
    journal.render()
    body = journal.body()
    assert "x" * 1_000_000 + " <" in body and '<span class="computed">42</span>' in body


@pytest.mark.parametrize(
    "link", ["../../secret.txt", "../.secret/key.txt", "%2e%2e/%2e%2e/secret.txt"]
)
def test_a_link_brings_no_file_from_outside_or_hidden_into_the_site(
    journal: Any, link: str
) -> None:
    journal.root.parent.joinpath("secret.txt").write_text("secret")
    journal.write(".secret/key.txt", "secret")
    journal.page(f"[x]({link})\n")
    said = journal.press("render", "--with", "builtin")
    assert said.status == 1 and "leads to no file of the site" in said.err
    assert not journal.site.exists()
