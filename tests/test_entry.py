"""`press new`: a dated page that runs at once, and that no site is printed with before its
placeholders are replaced; nothing that is there is overwritten.
"""

import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from press.authoring.filing import slug
from press.authoring.new_entry import PLACEHOLDERS, new_entry
from press.base.errors import PressError
from press.source.claim_calls import calls
from press.source.page import parse_page, read_page

DAY = datetime.date(2025, 7, 8)


def begin(journal: Any, title: str, day: datetime.date = DAY) -> Path:
    return new_entry(journal.project(), title, day)


@pytest.mark.parametrize(
    "title",
    [
        "Attention at last",
        "கழுதை தேய்ந்து கட்டெறும்பு ஆனது",
        "注意力机制，终于来了",
        "🎉🎉",
        'She said: "no"; {{< x >}} `1` \\ # ?',
        '"""',
        "İstanbul'da ǅ ﬁ ß",
        "e\u0301tude",
        "x" * 300,
        "語" * 300,
        "- [ ] *a* _b_ <i>c</i> & %",
        "../../etc/passwd",
        "2025",
        "null",
        "שלום עולם",
        "a\u2028b\u0085c",
        "?!... \u2013 /",
    ],
)
def test_any_title_makes_a_page_that_press_can_read(journal: Any, title: str) -> None:
    page = begin(journal, title)
    assert read_page(page, journal.root).title == " ".join(title.split())
    assert page.parent == journal.root / "journal"
    # what a file system allows for a name
    assert len(page.with_suffix(".receipt.json").name.encode()) <= 255
    # the front page and this one
    assert len(journal.project().published) == 2


@settings(max_examples=150, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=100))
def test_a_slug_is_a_name_of_small_letters_marks_digits_and_hyphens(title: str) -> None:
    name = slug(title)
    assert name == name.lower()
    assert all(char.isalnum() or char == "-" or not char.isascii() for char in name)
    assert 0 < len(name.encode()) <= 150
    # fits in a link
    page = parse_page("---\ntitle: t\ndate: 2025-07-08\n---\n", f"journal/2025-07-08-{name}.qmd")
    assert page.href.endswith(".html")


@pytest.mark.parametrize(
    "title", ["", "  \n ", "`{python} 1`", "\ud83d", "a\x07b", "a\x7fb", "a\ufffeb"]
)
def test_a_title_that_no_page_can_hold_is_refused_and_nothing_is_written(
    journal: Any, tree: Any, title: str
) -> None:
    before = tree(journal.root)
    with pytest.raises(PressError):
        begin(journal, title)
    assert tree(journal.root) == before


def test_a_page_that_is_there_is_not_overwritten(journal: Any, tree: Any) -> None:
    page = begin(journal, "Attention at last")
    page.write_text(
        page.read_text(encoding="utf-8").replace('"Attention at last"', "Mine"), encoding="utf-8"
    )
    before = tree(journal.root)
    with pytest.raises(
        PressError, match=r"2025-07-08-attention-at-last\.qmd: it is there already; .*--date"
    ):
        begin(journal, "Attention at last!")
    assert tree(journal.root) == before


def test_a_title_of_another_page_is_refused_on_whatever_day(journal: Any) -> None:
    begin(journal, "Attention at last")
    with pytest.raises(PressError, match="its title is 'Attention at last' already"):
        begin(journal, "attention  AT last", datetime.date(2025, 7, 9))


def test_two_entries_of_a_day_in_other_scripts_have_claims_of_their_own(journal: Any) -> None:
    begin(journal, "注意")
    begin(journal, "கழுதை")
    pages = journal.project().pages
    made = {call.id for page in pages for call in calls(page)}
    assert (len(pages), made) == (3, {"entry-2025-07-08", "entry-2025-07-08-2"})


def test_from_takes_categories_and_the_first_cell_of_an_entry(journal: Any) -> None:
    cell = (
        "from exhibits import ran_on\nfrom scratch import load_text\ntext = load_text()\nSEED = 7"
    )
    journal.page(f"```{{python}}\n{cell}\n```\n", front='categories: [a, "b: c"]\n')
    said = journal.press(
        "new", "Next", "--date", "2025-07-08", "--from", "journal/2025-07-02-a.qmd"
    )
    assert said.status == 0, said.err
    page = read_page(journal.root / "journal/2025-07-08-next.qmd", journal.root)
    assert page.meta["categories"] == ["a", "b: c"]
    assert page.cells[0].source == "from exhibits import day_log\nday_log()"
    assert page.cells[1].source == f"from exhibits import claim\n{cell}"


def test_a_first_cell_that_makes_a_claim_is_not_taken_over(journal: Any) -> None:
    begin(journal, "One")
    page = journal.root / "journal/2025-07-08-one.qmd"
    text = page.read_text(encoding="utf-8")
    page.write_text(
        text.replace("ran_on(text)", 'claim("one", True, says="So.")').replace(
            'claim("one", len', "dict(a=len"
        ),
        "utf-8",
    )
    new_entry(journal.project(), "Two", DAY, read_page(page, journal.root))
    made = (journal.root / "journal/2025-07-08-two.qmd").read_text(encoding="utf-8")
    assert made.count("claim(") == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--date", "8 July"], "does not match the format"),
        (["--from", "journal/nothing.qmd"], "is no page of this journal"),
    ],
)
def test_a_wrong_option_is_refused(journal: Any, arguments: list[str], said: str) -> None:
    done = journal.press("new", "Next", *arguments)
    assert done.status in (1, 2)
    assert said in done.err
    assert not (journal.root / "journal").exists()


def test_a_new_entry_runs_at_once(journal: Any) -> None:
    title = 'Überraschung: தமிழ் "quoted" and a title that goes on for long'
    said = journal.press("new", title, "--date", "2025-07-08")
    assert said.status == 0, said.err
    ran = journal.press("run", said.out.splitlines()[0])
    assert ran.status == 0, ran.err


def test_the_entry_is_dated_today_if_no_date_is_given(journal: Any) -> None:
    before = datetime.date.today()
    said = journal.press("new", "Now")
    assert said.status == 0, said.err
    assert datetime.date.fromisoformat(Path(said.out.split()[0]).name[:10]) in (
        before,
        datetime.date.today(),
    )


def test_a_sidebar_that_lists_its_entries_gets_the_new_one_below_the_last(journal: Any) -> None:
    journal.page("One.", "journal/2025-07-02-a.qmd")
    text = (journal.root / "_quarto.yml").read_text()
    listed = "    contents:\n      - index.qmd\n      - journal/2025-07-02-a.qmd\n"
    one = '    contents: [index.qmd, "journal/2*.qmd"]\n'
    journal.write("_quarto.yml", text.replace(one, listed))
    assert journal.press("new", "Attention at last", "--date", "2025-07-08").status == 0
    new = "      - journal/2025-07-08-attention-at-last.qmd\n"
    assert (journal.root / "_quarto.yml").read_text() == text.replace(one, listed + new)


def lines_with(file: Path, *words: str) -> list[int]:
    lines = enumerate(file.read_text(encoding="utf-8").splitlines(), 1)
    return [number for number, line in lines if any(word in line for word in words)]


def test_an_entry_is_one_page_that_names_no_picture(journal: Any) -> None:
    said = journal.press("new", "Now", "--date", "2025-07-08")
    assert said.out.splitlines()[:-1] == ["journal/2025-07-08-now.qmd"]
    text = (journal.root / "journal/2025-07-08-now.qmd").read_text(encoding="utf-8")
    assert "image:" not in text and "draft" not in text


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_no_site_is_printed_with_the_placeholders_of_an_entry_and_their_lines_are_named(
    journal: Any, newline: str
) -> None:
    page = begin(journal, "Attention at last")
    text = page.read_text(encoding="utf-8")
    page.write_text(text, encoding="utf-8", newline=newline)
    lines = lines_with(page, "One sentence: ", "One line: ", "What d")
    assert len(lines) == 5
    for command in (["check"], ["render"], ["render", "index.qmd"]):
        said = journal.press(*command)
        assert said.status == 1
        told = said.err.splitlines()
        name = "journal/2025-07-08-attention-at-last.qmd"
        assert [line.split(":")[1] for line in told] == [str(number) for number in lines]
        assert told[0] == (
            f"{name}:4: 'One sentence: what I claim today.' is a placeholder; write your own, or"
            " delete it; with draft: true the site is printed without it"
        )
    assert not journal.site.exists()


def test_an_entry_with_words_of_its_own_or_as_a_draft_is_in_order(journal: Any) -> None:
    page = begin(journal, "Attention at last")
    text = page.read_text(encoding="utf-8")
    for words in PLACEHOLDERS.values():
        text = text.replace(words, "Mine.")
    page.write_text(text, encoding="utf-8")
    assert "2 with 3 cells are in order" in journal.press("check").out
    begin(journal, "Another")
    another = journal.root / "journal/2025-07-08-another.qmd"
    another.write_text(another.read_text("utf-8").replace("date:", "draft: true\ndate:"), "utf-8")
    said = journal.press("check")
    assert said.status == 0, said.err
