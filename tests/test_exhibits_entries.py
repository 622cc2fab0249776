"""The takeaways, read from the front matter of the dated pages."""

import re

import pytest

from exhibits import takeaways
from exhibits.page.claim_records import Record, write_record
from exhibits.page.takeaways import entries
from press.source.page import parse_page

PAGE = (
    '---\ntitle: "Day <{n}>"\ndate: 2025-07-0{n}\ntakeaways:\n  - "First: of {n}"\n  -'
    ' "Second."\n---\nText --- and more.\n'
)


@pytest.fixture
def journal(tmp_path, monkeypatch):
    (tmp_path / "journal").mkdir()
    (tmp_path / "_quarto.yml").write_text("", encoding="utf-8")
    for n in (4, 2):
        (tmp_path / f"journal/2025-07-0{n}-day.qmd").write_text(PAGE.format(n=n), encoding="utf-8")
    (tmp_path / "journal/summary.qmd").write_text("no entry", encoding="utf-8")
    monkeypatch.chdir(tmp_path / "journal")
    for name in ("PRESS_DOCUMENT", "QUARTO_DOCUMENT_FILE"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def test_entries_come_oldest_first_with_their_links(journal):
    shown = takeaways()
    assert shown.text.splitlines() == [
        "2 July 2025: Day <2>", "  - First: of 2", "  - Second.", "4 July 2025: Day <4>", "  - First: of 4", "  - Second.",
    ]  # fmt: skip
    assert re.findall(r'href="(.*?)"', shown.html) == ["2025-07-02-day.html", "2025-07-04-day.html"]
    assert "Day &lt;2&gt;" in shown.html


def test_a_link_starts_where_the_page_lies(journal, monkeypatch):
    monkeypatch.setenv("PRESS_DOCUMENT", str(journal / "index.qmd"))
    assert 'href="journal/2025-07-02-day.html"' in takeaways().html


def test_a_draft_is_left_out(journal):
    page = journal / "journal/2025-07-02-day.qmd"
    page.write_text(
        page.read_text(encoding="utf-8").replace("date:", "draft: true\ndate:"), encoding="utf-8"
    )
    assert [entry.date.day for entry in entries()] == [4]


BY_VERDICT = (
    "---\ntitle: X\ndate: 2025-07-05\ntakeaways:\n  - {claim: one, holds: It does., otherwise: It"
    " may.}\n---\n```{python}\nclaim('one', n > 2, says='Many.')\n```\n"
)


@pytest.mark.parametrize(
    ("verdict", "said"), [("holds", "It does."), ("not shown here", "It may.")]
)
def test_a_takeaway_that_states_an_outcome_follows_the_verdict(journal, verdict, said):
    page = "journal/2025-07-05-x.qmd"
    (journal / page).write_text(BY_VERDICT, encoding="utf-8")
    write_record(journal, Record("one", verdict, "", None, "A Tale", page, "claim-one"))
    assert takeaways().text.endswith(f"5 July 2025: X\n  - {said}")


def test_a_takeaway_whose_claim_has_no_verdict_yet_is_an_error(journal):
    (journal / "journal/2025-07-05-x.qmd").write_text(BY_VERDICT, encoding="utf-8")
    with pytest.raises(ValueError, match="no verdict on one, which a takeaway follows"):
        takeaways()


@pytest.mark.parametrize("start", ["", "\ufeff"])
@pytest.mark.parametrize("opening", ["---\n", "---  \n"])
@pytest.mark.parametrize("closing", ["---\n", "...\n", "---\t\n", "... \n", "..."])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_front_matter_begins_and_ends_as_the_press_reads_it(
    journal, start, opening, closing, newline
):
    page = f"{start}{opening}title: '--- X ...'\ndate: 2025-07-05\ntakeaways:\n  - a ---\n{closing}"
    (journal / "journal/2025-07-05-x.qmd").write_text(page, encoding="utf-8", newline=newline)
    assert parse_page(page, "2025-07-05-x.qmd").meta["takeaways"] == ["a ---"]
    assert takeaways().text.endswith("5 July 2025: --- X ...\n  - a ---")


def test_an_entry_without_takeaways_says_so(journal):
    (journal / "journal/2025-07-05-x.qmd").write_text(
        "---\ntitle: X\ndate: 2025-07-05\n---\n", encoding="utf-8"
    )
    assert takeaways().text.endswith("5 July 2025: X\n  - No takeaway yet.")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Only text.", "does not start with front matter"),
        ("---\ntitle: [\n---\n", "no valid YAML"),
        ("---\ntitle: X\n---\n", "needs a title and a date"),
        ("---\ntitle: X\ndate: 2025-07-05\ntakeaways: one\n---\n", "give a list of sentences"),
        (
            "---\ntitle: X\ndate: 2025-07-05\ntakeaways:\n  - two: words\n---\n",
            "quoted where one has a colon",
        ),
        (
            "---\ntitle: X\ndate: 2025-07-05\ntakeaways:\n  - {claim: one, holds: It does.}\n---\n",
            "and otherwise",
        ),
    ],
)
def test_front_matter_that_is_not_right_is_named(journal, text, said):
    (journal / "journal/2025-07-05-x.qmd").write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=f"2025-07-05-x.*{said}|{said}.*2025-07-05-x"):
        takeaways()


def test_a_journal_without_entries_says_so(journal):
    for page in (journal / "journal").glob("20*.qmd"):
        page.unlink()
    assert takeaways().text == "No entry yet."
