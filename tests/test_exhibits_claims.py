"""Claims: their verdicts, the records that a printed page leaves, and the page that gathers them."""

import json
import re
import tomllib
from datetime import date
from pathlib import Path

import pytest

from exhibits import claim, measured, table, verdicts
from exhibits.page.claim_records import Record, read_records, write_record
from exhibits.page.claims import UnknownClaim, registry
from press.source.claims import records
from press.source.config import Config
from press.source.page import Page

ROOT = Path(__file__).resolve().parents[1]
REGISTRY = """
[one]
date = 2025-07-02
claim = "One is <one>."
kind = "exact"
[two-fast]
date = 2025-07-04
claim = "Two is fast."
kind = "measured"
[three]
date = 2025-07-04
claim = "Three is fun."
kind = "opinion"
"""


@pytest.fixture
def journal(tmp_path, monkeypatch, enough):
    """A journal of two pages, none of them printed."""
    (tmp_path / "journal").mkdir()
    (tmp_path / "_quarto.yml").write_text("", encoding="utf-8")
    (tmp_path / "journal/claims.toml").write_text(REGISTRY, encoding="utf-8")
    for name in ("a", "b", "claims"):
        (tmp_path / f"journal/{name}.qmd").write_text("", encoding="utf-8")
    (tmp_path / "data").mkdir()
    listing = '[tale]\ntitle = "A Tale"\nauthor = "X"\nlicence = "CC0"\nsource = "here"\n'
    (tmp_path / "data/texts.toml").write_text(listing, encoding="utf-8")
    (tmp_path / "data/tale.txt").write_text(enough("Once."), encoding="utf-8")
    monkeypatch.chdir(tmp_path / "journal")
    for name in (
        "PRESS_DOCUMENT",
        "QUARTO_DOCUMENT_FILE",
        "QUARTO_DOCUMENT_PATH",
        "JOURNAL_DATA",
        "PRESS_RECORDS",
    ):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def print_page(monkeypatch, journal, name):
    monkeypatch.setenv("PRESS_DOCUMENT", str(journal / f"journal/{name}.qmd"))


def print_all(monkeypatch, journal):
    print_page(monkeypatch, journal, "a")
    claim("one", True, 78395)
    print_page(monkeypatch, journal, "b")
    claim("two-fast", "part", measured("0.3 s", "time"))
    claim("three", None)
    print_page(monkeypatch, journal, "claims")


def test_the_log_s_22_claims_are_registered_7_7_and_8_by_day():
    claims = registry(ROOT)
    days = [found.date for found in claims.values()]
    assert [days.count(date(2025, 7, day)) for day in (2, 4, 5)] == [7, 7, 8]
    assert days == sorted(days)


@pytest.mark.parametrize(
    ("holds", "verdict", "tone"),
    [
        (True, "holds", "ex-good"),
        ("part", "holds in part", "ex-part"),
        ("not shown", "not shown here", "ex-unshown"),
        (False, "does not hold", "ex-bad"),
    ],
)
def test_a_claim_shows_verdict_id_value_and_kind(journal, holds, verdict, tone):
    shown = claim("one", holds, 78395, note="It <is>.")
    assert shown.text == f"One is <one>.\n[{verdict}] one: 78,395 (exact)\nIt <is>."
    assert f'class="ex-claim {tone}" id="claim-one"' in shown.html
    assert "78,395" in shown.html and "It &lt;is&gt;." in shown.html


def test_a_measured_claim_is_indicative_and_an_opinion_has_no_verdict(journal):
    assert (
        claim("two-fast", True).text
        == "Two is fast.\n[holds] two-fast (indicative: varies with platform)"
    )
    assert claim("three", None).text == "Three is fun.\n[opinion] three (opinion)"


def test_the_sentence_that_was_claimed_stands_in_the_box_before_its_verdict(journal):
    said, found, about = re.findall(r"<p.*?</p>", claim("one", True).html)
    assert said == '<p class="ex-said">One is &lt;one&gt;.</p>'
    assert found == '<p><b class="ex-verdict">holds</b></p>'
    assert "one</a>, exact</p>" in about


def test_a_printed_claim_leads_to_its_row_on_the_page_of_claims_and_back(journal, monkeypatch):
    print_page(monkeypatch, journal, "a")
    assert 'href="claims.html#claim-one"' in claim("one", True).html
    print_all(monkeypatch, journal)
    assert re.findall(r'<tr class="ex-\w+" id="(.*?)"', verdicts().html) == [
        "claim-one",
        "claim-two-fast",
        "claim-three",
    ]


def test_a_page_in_another_folder_leads_to_the_page_of_claims_too(journal, monkeypatch):
    (journal / "journal/labs").mkdir()
    monkeypatch.setenv("PRESS_DOCUMENT", str(journal / "journal/labs/c.qmd"))
    assert 'href="../claims.html#claim-one"' in claim("one", True).html


def test_without_a_printer_or_a_page_of_claims_a_claim_leads_to_itself(journal, monkeypatch):
    assert 'href="#claim-one"' in claim("one", True).html
    print_page(monkeypatch, journal, "a")
    (journal / "journal/claims.qmd").unlink()
    assert 'href="#claim-one"' in claim("one", True).html


@pytest.mark.parametrize("value", [-2.44, "-2.44", "from -2.44 to 3"])
def test_a_negative_value_has_the_minus_of_a_table(journal, value):
    shown = claim("one", True, value)
    assert "\u22122.44" in shown.text and "\u22122.44" in shown.html
    assert table([[-2.44]]).text == "\u22122.44"


@pytest.mark.parametrize("value", ["GPT-2", "3-4 words", "2025-07-05", "step-2"])
def test_a_hyphen_that_is_no_minus_stays(journal, value):
    assert value in claim("one", True, value).text


def test_an_unknown_id_is_an_error_that_names_the_nearest(journal):
    with pytest.raises(UnknownClaim, match=r"'two-fats'; did you mean 'two-fast'"):
        claim("two-fats", True)


@pytest.mark.parametrize(("id", "holds"), [("three", True), ("one", None)])
def test_only_an_opinion_has_no_verdict(journal, id, holds):
    with pytest.raises(ValueError, match="is of kind"):
        claim(id, holds)


@pytest.mark.parametrize("holds", ["yes", 1, 0, "holds"])
def test_holds_is_one_of_five(journal, holds):
    with pytest.raises(ValueError, match="give True, 'part', 'not shown' or False"):
        claim("one", holds)


def test_without_a_printer_nothing_is_written(journal):
    claim("one", True)
    assert not (journal / ".press").exists()


def test_a_printed_page_leaves_a_record(journal, monkeypatch):
    print_page(monkeypatch, journal, "a")
    claim("one", True, "50,257")
    folder = journal / ".press/claims/journal/a.qmd"
    assert json.loads((folder / "one.json").read_text(encoding="utf-8")) == {
        "id": "one", "verdict": "holds", "value": "50,257", "key": None, "text": "A Tale",
        "page": "journal/a.qmd", "anchor": "claim-one",
    }  # fmt: skip
    # nothing half written lies about
    assert [file.name for file in folder.iterdir()] == ["one.json"]


def test_quarto_names_its_page_in_two_parts(journal, monkeypatch):
    monkeypatch.setenv("QUARTO_DOCUMENT_FILE", "b.qmd")
    monkeypatch.setenv("QUARTO_DOCUMENT_PATH", str(journal / "journal"))
    claim("one", True)
    assert read_records(journal)["one"].page == "journal/b.qmd"


def test_two_pages_of_one_name_in_two_folders_keep_their_records_apart(journal, monkeypatch):
    (journal / "labs").mkdir()
    (journal / "labs/a.qmd").write_text("", encoding="utf-8")
    print_page(monkeypatch, journal, "a")
    claim("one", True)
    monkeypatch.setenv("PRESS_DOCUMENT", str(journal / "labs/a.qmd"))
    claim("three", None)
    config, page = Config(journal, {}), Page("labs/a.qmd", {"title": "t"}, ())
    # press looks where they lie
    assert [file.name for file in records(config, page).iterdir()] == ["three.json"]
    assert sorted(read_records(journal)) == ["one", "three"]


def test_a_printer_can_have_the_records_elsewhere(journal, monkeypatch, tmp_path):
    print_page(monkeypatch, journal, "a")
    claim("one", True)
    config = Config(journal, {}, verdicts="preview-claims")
    monkeypatch.setenv("PRESS_RECORDS", str(config.records))
    claim("one", False)
    assert read_records(journal)["one"].verdict == "does not hold"
    assert records(config, Page("journal/a.qmd", {}, ())).is_dir()
    monkeypatch.delenv("PRESS_RECORDS")
    assert read_records(journal)["one"].verdict == "holds"


def test_a_record_that_lies_where_no_page_leaves_it_does_not_count(journal, monkeypatch):
    """As they lie in a folder of an earlier press, which knew pages by their last name."""
    print_all(monkeypatch, journal)
    old = journal / ".press/claims/a/one.json"
    old.parent.mkdir()
    old.write_bytes((journal / ".press/claims/journal/a.qmd/one.json").read_bytes())
    assert sorted(read_records(journal)) == ["one", "three", "two-fast"]


def test_all_verdicts_stand_on_one_page_by_day_with_a_link_to_their_cell(journal, monkeypatch):
    print_all(monkeypatch, journal)
    shown = verdicts()
    assert shown.text.startswith(
        "3 claims, checked on A Tale: 1 holds, 1 holds in part, 1 is an opinion"
    )
    assert re.findall(r'href="(.*?)"', shown.html) == [
        "a.html#claim-one",
        "b.html#claim-two-fast",
        "b.html#claim-three",
    ]
    assert re.findall(r"<time.*?>(.*?)<", shown.html) == ["2 July 2025", "4 July 2025"]
    assert "One is &lt;one&gt;." in shown.html and "78,395" in shown.html


def test_a_measured_value_stays_measured_on_the_page_of_claims(journal, monkeypatch):
    print_all(monkeypatch, journal)
    assert measured("0.3 s", "two-fast-time").html in verdicts().html


def test_a_claim_without_a_verdict_stops_the_page_of_claims(journal, monkeypatch):
    print_all(monkeypatch, journal)
    (journal / ".press/claims/journal/a.qmd/one.json").unlink()
    with pytest.raises(ValueError, match="no verdict on one; render"):
        verdicts()


def test_two_verdicts_on_one_claim_are_refused(journal, monkeypatch):
    print_all(monkeypatch, journal)
    print_page(monkeypatch, journal, "b")
    claim("one", False)
    with pytest.raises(
        ValueError, match=r"'one' has two verdicts, in journal/a.qmd and journal/b.qmd"
    ):
        verdicts()


def test_a_claim_that_moved_to_another_page_has_the_verdict_of_that_page(journal, monkeypatch):
    print_all(monkeypatch, journal)
    (journal / "journal/b.qmd").write_text("claim('one', False)\n", encoding="utf-8")
    print_page(monkeypatch, journal, "b")
    claim("one", False)
    print_page(monkeypatch, journal, "claims")
    assert read_records(journal)["one"].page == "journal/b.qmd"
    assert "1 does not hold" in verdicts().text


def test_a_record_whose_page_is_gone_does_not_count(journal, monkeypatch):
    print_all(monkeypatch, journal)
    (journal / "journal/a.qmd").unlink()
    assert sorted(read_records(journal)) == ["three", "two-fast"]


def test_a_broken_record_is_named(journal, monkeypatch):
    print_all(monkeypatch, journal)
    (journal / ".press/claims/journal/a.qmd/one.json").write_text("{", encoding="utf-8")
    with pytest.raises(ValueError, match=r"one\.json is no record"):
        verdicts()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[one", "no valid TOML"),
        ('[one]\nclaim = "x"', "needs date, claim and kind"),
        ('[one]\ndate=2025-07-02\nclaim="x"\nkind="sure"', "'opinion'"),
    ],
)
def test_a_broken_registry_is_named(journal, text, said):
    (journal / "journal/claims.toml").write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=said):
        claim("one", True)


def test_outside_a_journal_a_claim_says_so(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ValueError, match=r"no _quarto\.yml"):
        claim("one", True)


def test_every_claim_of_the_registry_is_one_line():
    found = tomllib.loads((ROOT / "journal/claims.toml").read_text(encoding="utf-8"))
    assert not [
        name
        for name, fields in found.items()
        if "\n" in fields["claim"] or len(fields["claim"]) > 160
    ]


def test_the_page_of_claims_says_on_which_text_each_was_checked(journal, monkeypatch):
    print_all(monkeypatch, journal)
    assert "Checked on A Tale." in verdicts().html and ">on A Tale<" not in verdicts().html
    write_record(journal, Record("one", "holds", "", None, "<Other>", "journal/a.qmd", "claim-one"))
    shown = verdicts().html
    assert "Checked on &lt;Other&gt; and A Tale." in shown
    assert re.findall(r">on (.*?)<", shown) == ["&lt;Other&gt;", "A Tale", "A Tale"]
