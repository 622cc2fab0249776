"""`press note` and `press import`: what was typed is on a page as typed, or in a file that is named."""

import datetime
import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from press.authoring.bullets import Bullet, as_markdown, read_bullets
from press.authoring.log import read_date, read_log
from press.authoring.notes import write_log, write_note
from press.render.pandoc import to_html
from press.source.markdown_checks import refusals
from press.source.page import parse_page, read_page

DAY = datetime.date(2025, 7, 6)
SEED = """\
# My log

### 02-Jul-2025 ###
- Wrote a simple tokenizer and ran it
  on a whole book.
    - It splits text into words.
- More cool stuff.

### 05-Jul-2025 ###
* I have a pet (cat/dog)
* [x]: #5 & <unk>
"""
HARD = [
    "# a heading", "#. a list", "::: {.callout-note}", "::: ", ":::", "costs $5 and $6$", "$x^2$", r"$\foo{$",
    "`{python} 1 + 1`", "`{python}", "```{python}", "```", "~~~", "``x", "> quoted", ">>> 1 + 1", "| a | b |",
    "1. one", "(1) one", "iv. four", "a) b", "- nested", "+ plus", "* * *", "---", "--fresh", "<script>alert(1)</script>",
    "<unk> and <pad>", "<!-- a comment", "</div>", "[^1] a note", "^[inline]", "@fig-x", "see @knuth", "me@example.com",
    "[a](nowhere.qmd)", "[a](javascript:x)", "![p](https://host/x.png)", "{{< include x >}}", "{#id .class}", "[softmax]{.term}",
    r"C:\new \newcommand \alpha", "&copy; &#65; Q&A", "2*3*4", "snake_case and __init__", "H~2~O x^2^", "=== setext",
    "Term", ": definition", "http://", "a\\", "\\", "`", "``", "*", "**", "_", "\"quoted\" 'so'", "{=html}", "`x`{=html}", "x {.y}",
    "%%", "\\[ x \\]", "\\( x \\)", "<https://a.b>", "![](x)", "[](https://a.b)", "[[a]](https://a.b)", "(@) example", "(@good) x",
]  # fmt: skip


class Shown(HTMLParser):
    """The text of each item of a list."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.items: list[str] = []
        self.feed(markup)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        if tag == "li":
            self.items.append("")

    def handle_data(self, data: str) -> None:
        if self.items:
            self.items[-1] += data


def shown(bullets: list[str]) -> list[str]:
    """The items that a page has of some bullets, after every check of a page."""
    lines = as_markdown([Bullet(text) for text in bullets])
    page = parse_page("---\ntitle: t\n---\n\n" + "\n".join(lines) + "\n", "a.qmd")
    assert not page.cells and not list(refusals(page))
    return [" ".join(item.split()) for item in Shown(to_html(page.prose[0].text, "a.qmd")).items]


def plain(text: str) -> str:
    """A text without what typography and kept emphasis, code and links may change."""
    text = re.sub(r"!?\[([^\[\]`<>]+)\]\(https?://[^\s()<>]+\)", r"\1", text)
    return re.sub(r"[\s*_~`'\"‘’“”.…–—<>!-]", "", text)


@pytest.mark.parametrize("text", HARD)
def test_a_bullet_is_shown_as_it_was_typed(text: str) -> None:
    bullets = [*read_bullets(f"- {text}"), Bullet("the next")]
    items = shown([bullet.text for bullet in bullets])
    assert [plain(item) for item in items] == [plain(bullet.text) for bullet in bullets]


def test_emphasis_code_and_links_keep_their_meaning() -> None:
    text = "*a* **b** ~~c~~ `d_e*` [f](https://g.h/i_j) <https://k.l> https://m.n/o_p, and 2*3"
    html = to_html("\n".join(as_markdown([Bullet(text)])), "a.qmd")
    for part in ("<em>a</em>", "<strong>b</strong>", "<del>c</del>", "<code>d_e*</code>", '<a href="https://g.h/i_j">f</a>',
                 '<a href="https://k.l"', '<a href="https://m.n/o_p"', ">, and 2*3</li>"):  # fmt: skip
        assert part in html, html


@given(
    st.lists(st.text("ab 1.)(*_`$#:[]{}<>@!&^~|\\-+=\"'/%;", min_size=1, max_size=14), min_size=8, max_size=30)
)  # fmt: skip
def test_no_bullet_breaks_a_page_or_its_neighbours(texts: list[str]) -> None:
    bullets = [bullet.text for text in texts for bullet in read_bullets(f"- {text}") if bullet.text]
    if bullets:
        items = shown(bullets)
        assert [plain(item) for item in items] == [plain(text) for text in bullets]


def test_wrapped_nested_and_bare_lines_are_read() -> None:
    assert read_bullets("- a\r\n  b\r\n\t- c\r\n\r\n  d\r\nand e\r\n- \r\n-\r\n1. f\r\n") == [
        Bullet("a b"), Bullet("c d and e", 1), Bullet("1. f"),
    ]  # fmt: skip
    assert read_bullets("- a\n\na paragraph\nof two lines\n---\n") == [
        Bullet("a"),
        Bullet("a paragraph of two lines"),
    ]
    assert read_bullets("one\ttab\n\ntwo\n") == [Bullet("one tab"), Bullet("two")]
    assert read_bullets(" \n\t\n") == []


# -- press note


def test_a_note_is_a_page_of_title_date_and_bullets(journal: Any) -> None:
    said = journal.press(
        "note", "More cool stuff", "-b", "One.", "-b", "- Two.", "--date", "6 July 2025"
    )
    assert said.status == 0, said.err
    page = journal.root / "journal/2025-07-06-more-cool-stuff.qmd"
    assert (
        said.out
        == "journal/2025-07-06-more-cool-stuff.qmd is written\nIn the site with the next: make site\n"
    )
    assert (
        page.read_text()
        == '---\ntitle: "More cool stuff"\ndate: 2025-07-06\n---\n\n- One.\n- Two.\n'
    )
    assert not list((journal.root / ".press/typed").iterdir())


def test_a_printed_note_is_on_the_front_page_and_in_the_feed(journal: Any) -> None:
    said = journal.press(
        "note", "Cool <stuff>", "-b", "First $5.", "--date", "2025-07-06", "--print"
    )
    assert said.status == 0, said.err
    front, feed = journal.body("index.html"), journal.body("index.xml")
    assert "Cool &lt;stuff&gt;</a>" in front and '<p class="description">First $5.</p>' in front
    assert "Cool &lt;stuff&gt;" in feed and "First $5." in feed


def test_a_note_waits_for_pages_that_have_to_run(journal: Any) -> None:
    journal.page("```{python}\nimport time\ntime.sleep(600)\n```\n")
    said = journal.press("note", "-b", "x", "--print")
    assert said.status == 0 and "Not printed: journal/2025-07-02-a.qmd has to run first" in said.out


def test_a_second_call_adds_to_the_note_of_that_day_and_title(journal: Any) -> None:
    write_note(journal.root, DAY, "Cool", [Bullet("a")])
    said = journal.press("note", "COOL", "-b", "b", "--date", "2025-07-06")
    assert "journal/2025-07-06-cool.qmd has them" in said.out
    assert (journal.root / "journal/2025-07-06-cool.qmd").read_text().endswith("\n\n- a\n- b\n")


def test_an_entry_of_that_title_keeps_all_it_has_and_its_line_ends(journal: Any) -> None:
    text = (
        '---\r\ntitle: "Cool"\r\ndate: 2025-07-06\r\n---\r\nProse.\r\n\r\n```{python}\r\n1\r\n```'
    )
    file = journal.write("journal/2025-07-06-x.qmd", text.encode())
    write_note(journal.root, DAY, "Cool", [Bullet("a"), Bullet("b", 1)])
    assert file.read_bytes().decode() == text + "\r\n\r\n- a\r\n  - b\r\n"
    assert len(read_page(file, journal.root).cells) == 1


def test_a_day_has_several_notes_and_a_title_comes_again_on_another_day(journal: Any) -> None:
    for title, day in (
        ("Cool", 6),
        ("Other", 6),
        ("Cool", 7),
        ("Cool", 7),
        ("", 7),
        ("!!!", 7),
        ("???", 7),
    ):
        write_note(journal.root, datetime.date(2025, 7, day), title, [Bullet(f"of {title}")])
    titles = {
        page.path.removeprefix("journal/"): page.title for page in journal.project().entries()
    }
    assert titles == {
        "2025-07-06-cool.qmd": "Cool",
        "2025-07-06-other.qmd": "Other",
        "2025-07-07-cool.qmd": "Cool (7 July 2025)",
        "2025-07-07.qmd": "7 July 2025",
        "2025-07-07-entry.qmd": "!!!",
        "2025-07-07-entry-2.qmd": "???",
    }
    assert (journal.root / "journal/2025-07-07-cool.qmd").read_text().count("- of Cool") == 2


@pytest.mark.parametrize(
    "title",
    ['She said: "no"; {{< x >}} `1` \\ # ?', "../../etc/passwd", "a/b", "🎉", "x" * 300, "null", "- a", "שלום", "'''", "a\tb\nc"],
)  # fmt: skip
def test_any_title_makes_a_note(journal: Any, title: str) -> None:
    said = journal.press("note", "-b", "x", "--", title)
    assert said.status == 0, said.err
    assert " ".join(title.split()) in [page.title for page in journal.project().pages]


@pytest.mark.parametrize("title", ["`{python} 1`", "a\x07b"])
def test_what_no_page_can_hold_is_refused_and_kept_in_a_file(journal: Any, title: str) -> None:
    for arguments in (("note", "-b", "my words", "--", title), ("note", "-b", "my words \x07")):
        said = journal.press(*arguments)
        assert said.status == 1 and not (journal.root / "journal").exists()
        file = re.search(
            r"^(\S+\.md): this file has what you typed; mend it, then: press note", said.err, re.M
        )
        assert file and "my words" in (journal.root / file[1]).read_text()
        assert said.err.startswith("journal/") or said.err.startswith(".press/")
    said = journal.press("note", "-b", "next")
    assert "has what you typed earlier" in said.out


@pytest.mark.parametrize(
    "date", ["05/07/2025", "31-Feb-2025", "soon", "2025-07-05 x", "2025-13-01"]
)
def test_a_date_that_is_none_is_refused(journal: Any, date: str) -> None:
    said = journal.press("note", "-b", "x", "--date", date)
    assert (
        said.status == 1
        and said.err.startswith("--date: ")
        and "write it as 2025-07-05" in said.err
    )


def test_a_day_to_come_is_said(journal: Any) -> None:
    assert (
        "Its day is still to come: 2999-01-01."
        in journal.press("note", "-b", "x", "--date", "2999-01-01").out
    )


def typing(journal: Any, *arguments: str, typed: bytes = b"") -> Any:
    """Run `press note` as a process, with something on its standard input."""
    return subprocess.run(
        [sys.executable, "-m", "press", "note", *arguments], cwd=journal.root, input=typed, capture_output=True
    )  # fmt: skip


def test_bullets_come_from_standard_input(journal: Any) -> None:
    done = typing(journal, "Cool", "--date", "2025-07-06", typed="- a\r\n  b\r\n- é\r\n".encode())
    assert done.returncode == 0, done.stderr
    assert (journal.root / "journal/2025-07-06-cool.qmd").read_text().endswith("\n- a b\n- é\n")
    for typed, what in ((b" \n\n", b"there is no bullet"), (b"- \xff\n", b"is not UTF-8")):
        done = typing(journal, "Cool", typed=typed)
        assert done.returncode == 1 and what in done.stderr and b"Traceback" not in done.stderr


@pytest.fixture
def editor(journal: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Take a shell script as the author's editor, and say what `press note` then says."""
    monkeypatch.setattr("press.cli.write.is_terminal", lambda: True)
    monkeypatch.delenv("VISUAL", raising=False)

    def edit(script: str | None) -> Any:
        if script is None:
            monkeypatch.delenv("EDITOR", raising=False)
        else:
            file = journal.write("my editor.sh", f"#!/bin/sh\n{script}\n")
            file.chmod(0o755)
            monkeypatch.setenv("EDITOR", f"'{file}'")
        return journal.press("note", "Cool", "--date", "2025-07-06")

    return edit


def test_bullets_come_from_the_editor(journal: Any, editor: Any) -> None:
    said = editor('printf -- "- a\\n- b\\n\\n" > new; cat "$1" >> new; mv new "$1"')
    assert said.status == 0, said.err
    assert (journal.root / "journal/2025-07-06-cool.qmd").read_text().endswith("---\n\n- a\n- b\n")


@pytest.mark.parametrize(
    "script, what",
    [(None, "EDITOR: no editor is named"), ("true", "note: there is no bullet"), (': > "$1"', "note: there is no bullet"), ("exit 3", "ended with status 3")],
)  # fmt: skip
def test_an_editor_that_gives_nothing_leaves_nothing(
    journal: Any, editor: Any, script: str | None, what: str
) -> None:
    said = editor(script)
    assert said.status == 1 and what in said.err and len(said.err.splitlines()) == 1
    assert not (journal.root / "journal").exists() and not list(
        (journal.root / ".press/typed").iterdir()
    )


def test_what_was_typed_before_an_editor_failed_is_kept(
    journal: Any, editor: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = editor('echo "- precious" > "$1"; exit 1')
    file = re.search(r"^(\S+\.md): this file has what you typed", said.err, re.M)
    assert said.status == 1 and file and "precious" in (journal.root / file[1]).read_text()
    monkeypatch.setenv("EDITOR", "/no/such/editor")
    said = journal.press("note", "Cool")
    assert said.status == 1 and "'/no/such/editor' does not start" in said.err


def test_a_fault_of_another_page_does_not_keep_a_note_from_being_written(journal: Any) -> None:
    journal.write("journal/2025-07-02-a.qmd", "no front matter\n")
    assert journal.press("note", "Cool", "-b", "x", "--date", "2025-07-06").status == 0
    assert (journal.root / "journal/2025-07-06-cool.qmd").is_file()


def test_a_sidebar_that_lists_its_entries_has_the_note_in_the_order_of_days(journal: Any) -> None:
    rows = "      - journal/2025-07-02-a.qmd  # first\n      - journal/2025-07-09-b.qmd\n"
    config = journal.root / "_quarto.yml"
    text = config.read_text().replace('[index.qmd, "journal/2*.qmd"]', f"\n{rows}")
    config.write_text(text)
    journal.page("a", "journal/2025-07-02-a.qmd")
    journal.page("b", "journal/2025-07-09-b.qmd")
    for _ in range(2):
        write_note(journal.root, DAY, "Cool", [Bullet("x")])
    first, second = rows.splitlines(keepends=True)
    assert config.read_text() == text.replace(
        rows, f"{first}      - journal/2025-07-06-cool.qmd\n{second}"
    )


def test_a_note_in_the_sidebar_lets_no_page_run_again_that_reads_the_settings(journal: Any) -> None:
    config = journal.root / "_quarto.yml"
    rows = "\n      - journal/2025-07-02-a.qmd"
    config.write_text(config.read_text().replace('[index.qmd, "journal/2*.qmd"]', rows))
    journal.page("```{python}\nprint(len(open('../_quarto.yml').read()) > 0)\n```\n")
    journal.render()
    write_note(journal.root, DAY, "Cool", [Bullet("x")])
    assert "2025-07-06-cool.qmd" in config.read_text()
    assert "fresh  journal/2025-07-02-a.qmd" in journal.press("status").out
    config.write_text(config.read_text().replace("A small", "Another"))
    assert "stale  journal/2025-07-02-a.qmd: _quarto.yml" in journal.press("status").out


# -- press import


@pytest.mark.parametrize(
    "text",
    ["05-Jul-2025", "2025-07-05", "2025/07/05", "5 July 2025", "July 5, 2025", "Jul 5 2025", "Sat, 5th of July, 2025", "JUL. 5th 2025", "5.Jul.2025"],
)  # fmt: skip
def test_the_forms_of_a_date(text: str) -> None:
    assert read_date(text) == (datetime.date(2025, 7, 5), "")
    days, _ = read_log(f"## {text} ##\n- a\n**{text}**\n- b\n{text}\n- c\n", "log.md")
    assert [bullet.text for bullet in days[0].bullets] == ["a", "b", "c"] and len(days) == 1


def test_a_log_becomes_dated_pages_and_each_bullet_a_line(journal: Any) -> None:
    journal.write("LOG.md", SEED.replace("\n", "\r\n").encode())
    said = journal.press("import", "LOG.md")
    assert said.status == 0 and said.out.startswith("2 days: 2 new\n"), said.err
    assert (journal.root / "journal/2025-07-02.qmd").read_text() == (
        '---\ntitle: "2 July 2025"\ndate: 2025-07-02\n---\n\n'
        "- Wrote a simple tokenizer and ran it on a whole book.\n  - It splits text into words.\n- More cool stuff.\n"
    )
    assert journal.press("import", "LOG.md").out.startswith("2 days: 2 as before\n")
    journal.render()
    assert "#5 &amp; &lt;unk&gt;" in journal.body("journal/2025-07-05.html")


def test_a_log_that_has_grown_adds_what_is_new_and_keeps_what_was_edited(journal: Any) -> None:
    journal.write("LOG.md", SEED)
    journal.press("import", "LOG.md")
    edited = journal.root / "journal/2025-07-02.qmd"
    edited.write_text(mine := edited.read_text().replace("More cool stuff", "Mine"))
    grown = SEED + "- new line\n### 2025-07-01\n- x\n### 02-Jul-2025: Evening ###\n- y\n"
    journal.write("LOG.md", grown)
    said = journal.press("import", "LOG.md")
    assert said.out.splitlines()[:2] == [
        "4 days: 2 new, 1 longer, 1 edited by hand",
        "  journal/2025-07-02.qmd stays as you edited it: 1 of the log's 3 lines are not in it",
    ]
    assert edited.read_text() == mine
    assert (journal.root / "journal/2025-07-05.qmd").read_text().endswith("\\<unk>\n- new line\n")
    assert (journal.root / "journal/2025-07-02-evening.qmd").is_file()


def test_a_day_that_another_page_tells_stays_and_is_said(journal: Any) -> None:
    page = journal.page("My words.\n")
    before = page.read_text()
    journal.write("LOG.md", SEED)
    said = journal.press("import", "LOG.md")
    assert said.out.splitlines()[:2] == [
        "2 days: 1 new, 1 that another page tells",
        "  journal/2025-07-02-a.qmd stays: it tells 2 July 2025",
    ]
    assert page.read_text() == before and not (journal.root / "journal/2025-07-02.qmd").exists()


@pytest.mark.parametrize(
    "log, said",
    [
        ("", "LOG.md: there is no day; write headings such as ### 05-Jul-2025 ###"),
        ("- a\n", "LOG.md: there is no day; write headings"),
        (
            "## 2025-07-01\n- a\n## 05/07/2025\n- b\n",
            "LOG.md:3: the date 05/07/2025 may be read in two ways; write it",
        ),
        ("\n### 31-Feb-2025 ###\n- a\n", "LOG.md:2: 31-Feb-2025 is no day of a calendar"),
    ],
)
def test_a_log_that_cannot_be_read_is_refused_with_the_line(
    journal: Any, log: str, said: str
) -> None:
    journal.write("LOG.md", log.encode())
    done = journal.press("import", "LOG.md")
    assert (
        done.status == 1 and done.err.startswith(said) and not (journal.root / "journal").exists()
    )


def test_what_is_below_no_day_is_named(journal: Any) -> None:
    log = "hello\n# 2025\n## 2025-07-05\n- a\n### Morning\n- b\n## Summary of Learnings\n- c\n- d\n# Empty\n"
    journal.write("LOG.md", log)
    said = journal.press("import", "LOG.md")
    assert "LOG.md:1: 1 line above the first day: on no page" in said.out
    assert (
        "LOG.md:7: 2 lines below 'Summary of Learnings', which is no date: on no page" in said.out
    )
    assert (journal.root / "journal/2025-07-05.qmd").read_text().endswith("- a\n- Morning\n- b\n")


def a_log(days: int) -> str:
    first = datetime.date(2022, 1, 1)
    return "".join(
        f"### {first + datetime.timedelta(day):%d-%b-%Y} ###\n" + "".join(f"- line {n} of {day}\n" for n in range(5))
        for day in reversed(range(days))
    )  # fmt: skip


def test_a_log_of_a_thousand_days(journal: Any) -> None:
    days, outside = read_log(a_log(1000), "LOG.md")
    assert {one.word for one in write_log(journal.root, days)} == {"written"} and not outside
    assert len(journal.project().entries()) == 1000
    assert {one.word for one in write_log(journal.root, days)} == {"same"}


@pytest.mark.parametrize("at", [1, 2, 4, 7])
def test_a_kill_at_any_moment_loses_no_bullet(journal: Any, at: int, tree: Any) -> None:
    """The process ends at the at-th file that it would have moved into its place."""
    journal.write("LOG.md", a_log(5))
    code = (
        "import os\nfrom press.__main__ import run\nreplace, calls = os.replace, []\n"
        f"def kill(*paths):\n    calls.append(paths)\n    if len(calls) == {at}:\n        os._exit(9)\n"
        "    replace(*paths)\nos.replace = kill\nrun()\n"
    )
    command = [sys.executable, "-c", code]
    subprocess.run([*command, "import", "LOG.md"], cwd=journal.root, capture_output=True)
    for page in journal.root.glob("journal/*.qmd"):
        assert page.read_text().count("- line") == 5  # whole, or not there
    assert journal.press("import", "LOG.md").status == 0
    assert sum(page.prose[0].text.count("- line") for page in journal.project().entries()) == 25
    typed = "- precious"
    subprocess.run(
        [*command, "note", "Cool"], cwd=journal.root, input=typed.encode(), capture_output=True
    )
    kept = {name: data for name, data in tree(journal.root).items() if b"precious" in data}
    assert kept or at == 1  # before the first write it is with who sent it


def test_two_notes_at_one_time_lose_no_bullet(journal: Any) -> None:
    notes = [
        journal.command("note", "Cool", "-b", f"line {n}", "--date", "2025-07-06") for n in range(6)
    ]
    for note in notes:
        assert note.wait() == 0, note.stderr.read()
        note.communicate()
    text = (journal.root / "journal/2025-07-06-cool.qmd").read_text()
    assert sorted(re.findall(r"- (line \d)", text)) == [f"line {n}" for n in range(6)]


def test_make_note_hands_title_day_and_bullet_over() -> None:
    root = Path(__file__).resolve().parents[1]
    make = [
        "make",
        "-n",
        "-o",
        ".venv/installed",
        "note",
        'TITLE=It\'s $(x) "cool"',
        "BULLET=a",
        "DATE=5 July 2025",
    ]
    # Run by make itself, the tests would hand its flags on to this one.
    own = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    done = subprocess.run(make, cwd=root, env=own, capture_output=True, text=True)
    assert done.stdout.strip() == (
        '.venv/bin/press note --print --date "$NOTE_DATE" --bullet "$NOTE_BULLET" -- "$NOTE_TITLE"'
    )
