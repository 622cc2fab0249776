"""Claims: their verdicts, the records that a printed page leaves, and the page that gathers them."""

import json
import re
from datetime import date
from pathlib import Path

import pytest

from exhibits import claim, measured, table, verdicts
from exhibits.page.claim_records import Record, write_record
from exhibits.page.claim_registry import read_records, registry
from press.source.claim_calls import calls, records, unrecorded
from press.source.page import Page, read_page
from press.source.quarto_yml import Config

ROOT = Path(__file__).resolve().parents[1]
WORDS = {
    "one": {"says": "One is <one>."},
    "two-fast": {"says": "Two is fast.", "kind": "measured"},
    "three": {"says": "Three is fun.", "kind": "opinion"},
}


def claimed(id, holds, *rest, **options):
    return claim(id, holds, *rest, **{**WORDS[id], **options})


def source(day, *ids, front="", before=""):
    """The source of a page that makes these claims."""
    date = f"date: {day}\n" if day else ""
    made = [f"claim({id!r}, holds, **given, says={WORDS[id]['says']!r}" for id in ids]
    kinds = [f", kind={WORDS[id]['kind']!r}" if "kind" in WORDS[id] else "" for id in ids]
    lines = [f"{call}{kind})" for call, kind in zip(made, kinds, strict=True)]
    cells = "".join(f"```{{python}}\n{line}\n```\n" for line in lines)
    return f"---\ntitle: P\n{date}{front}---\n{before}{cells}"


@pytest.fixture
def journal(tmp_path, monkeypatch, enough):
    """A journal of two pages that make claims, none of them printed."""
    (tmp_path / "journal").mkdir()
    (tmp_path / "_quarto.yml").write_text("", encoding="utf-8")
    pages = {
        "a": source("2025-07-02", "one"),
        "b": source("2025-07-04", "two-fast", "three"),
        "claims": source(""),
    }
    for name, text in pages.items():
        (tmp_path / f"journal/{name}.qmd").write_text(text, encoding="utf-8")
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
    claimed("one", True, 78395)
    print_page(monkeypatch, journal, "b")
    claimed("two-fast", "part", measured("0.3 s", "time"))
    claimed("three", None)
    print_page(monkeypatch, journal, "claims")


def test_the_log_s_22_claims_are_gathered_7_7_and_8_by_day_in_the_order_of_their_pages():
    claims = list(registry(ROOT).values())
    days = [found.date for found in claims]
    assert [days.count(date(2025, 7, day)) for day in (2, 4, 5)] == [7, 7, 8]
    assert days == sorted(days)
    pages = dict.fromkeys(found.page for found in claims)
    made = [call.id for page in pages for call in calls(read_page(ROOT / page, ROOT))]
    assert [found.id for found in claims] == made


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
    shown = claimed("one", holds, 78395, note="It <is>.")
    assert shown.text == f"One is <one>.\n[{verdict}] one: 78,395 (exact)\nIt <is>."
    assert f'class="ex-claim {tone}" id="claim-one"' in shown.html
    assert "78,395" in shown.html and "It &lt;is&gt;." in shown.html


def test_a_measured_claim_is_indicative_and_an_opinion_has_no_verdict(journal):
    assert (
        claimed("two-fast", True).text
        == "Two is fast.\n[holds] two-fast (indicative: varies with platform)"
    )
    assert claimed("three", None).text == "Three is fun.\n[opinion] three (opinion)"


def test_the_sentence_that_was_claimed_stands_in_the_box_before_its_verdict(journal):
    said, found, about = re.findall(r"<p.*?</p>", claimed("one", True).html)
    assert said == '<p class="ex-said">One is &lt;one&gt;.</p>'
    assert found == '<p><b class="ex-verdict">holds</b></p>'
    assert "Holds: the run shows it. <a " in about


def test_a_printed_claim_leads_to_its_row_on_the_page_of_claims_and_back(journal, monkeypatch):
    print_page(monkeypatch, journal, "a")
    assert 'href="claims.html#claim-one"' in claimed("one", True).html
    print_all(monkeypatch, journal)
    assert re.findall(r'<tr class="ex-\w+" id="(.*?)"', verdicts().html) == [
        "claim-one",
        "claim-two-fast",
        "claim-three",
    ]


def test_a_page_in_another_folder_leads_to_the_page_of_claims_too(journal, monkeypatch):
    (journal / "journal/labs").mkdir()
    monkeypatch.setenv("PRESS_DOCUMENT", str(journal / "journal/labs/c.qmd"))
    assert 'href="../claims.html#claim-one"' in claimed("one", True).html


def test_without_a_printer_or_a_page_of_claims_a_claim_leads_to_itself(journal, monkeypatch):
    assert 'href="#claim-one"' in claimed("one", True).html
    print_page(monkeypatch, journal, "a")
    (journal / "journal/claims.qmd").unlink()
    assert 'href="#claim-one"' in claimed("one", True).html


@pytest.mark.parametrize("value", [-2.44, "-2.44", "from -2.44 to 3"])
def test_a_negative_value_has_the_minus_of_a_table(journal, value):
    shown = claimed("one", True, value)
    assert "\u22122.44" in shown.text and "\u22122.44" in shown.html
    assert table([[-2.44]]).text == "\u22122.44"


@pytest.mark.parametrize("value", ["GPT-2", "3-4 words", "2025-07-05", "step-2"])
def test_a_hyphen_that_is_no_minus_stays(journal, value):
    assert value in claimed("one", True, value).text


@pytest.mark.parametrize(
    ("id", "options", "said"),
    [
        ("two fast", {}, "use letters, digits and single hyphens"),
        ("../x", {}, "use letters, digits and single hyphens"),
        ("one", {"says": " \n"}, "the claim 'one' says nothing"),
        ("one", {"kind": "sure"}, "give one of 'exact', 'measured', 'opinion'"),
    ],
)
def test_a_claim_that_is_not_right_is_an_error(journal, id, options, said):
    with pytest.raises(ValueError, match=said):
        claim(id, True, **{"says": "X.", **options})


@pytest.mark.parametrize(("id", "holds"), [("three", True), ("one", None)])
def test_only_an_opinion_has_no_verdict(journal, id, holds):
    with pytest.raises(ValueError, match="is of kind"):
        claimed(id, holds)


@pytest.mark.parametrize("holds", ["yes", 1, 0, "holds"])
def test_holds_is_one_of_five(journal, holds):
    with pytest.raises(ValueError, match="give True, 'part', 'not shown' or False"):
        claimed("one", holds)


def test_without_a_printer_nothing_is_written(journal):
    claimed("one", True)
    assert not (journal / ".press").exists()


def test_a_printed_page_leaves_a_record(journal, monkeypatch):
    print_page(monkeypatch, journal, "a")
    claimed("one", True, "50,257")
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
    claimed("three", None)
    assert read_records(journal)["three"].page == "journal/b.qmd"


def test_two_pages_of_one_name_in_two_folders_keep_their_records_apart(journal, monkeypatch):
    (journal / "journal/labs").mkdir()
    (journal / "journal/labs/a.qmd").write_text(source("", "three"), encoding="utf-8")
    (journal / "journal/b.qmd").unlink()
    print_page(monkeypatch, journal, "a")
    claimed("one", True)
    print_page(monkeypatch, journal, "labs/a")
    claimed("three", None)
    config, page = Config(journal, {}), Page("journal/labs/a.qmd", {"title": "t"}, ())
    # press looks where they lie
    assert [file.name for file in records(config, page).iterdir()] == ["three.json"]
    assert sorted(read_records(journal)) == ["one", "three"]


def test_a_printer_can_have_the_records_elsewhere(journal, monkeypatch, tmp_path):
    print_page(monkeypatch, journal, "a")
    claimed("one", True)
    config = Config(journal, {}, verdicts="preview-claims")
    monkeypatch.setenv("PRESS_RECORDS", str(config.records))
    claimed("one", False)
    assert read_records(journal)["one"].verdict == "does not hold"
    assert records(config, Page("journal/a.qmd", {}, ())).is_dir()
    monkeypatch.delenv("PRESS_RECORDS")
    assert read_records(journal)["one"].verdict == "holds"


def test_a_verdict_from_a_page_that_makes_no_such_claim_does_not_count(journal, monkeypatch):
    """As after a claim moved to another page, or under a name that an earlier press gave."""
    print_all(monkeypatch, journal)
    record = journal / ".press/claims/journal/a.qmd/one.json"
    for folder in ("a", "journal/b.qmd"):
        (journal / ".press/claims" / folder).mkdir(exist_ok=True)
        (journal / ".press/claims" / folder / "one.json").write_bytes(record.read_bytes())
    assert sorted(read_records(journal)) == ["one", "three", "two-fast"]
    assert verdicts().text.startswith("3 claims")


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


def test_a_claim_whose_page_did_not_run_is_listed_as_such(journal, monkeypatch):
    print_all(monkeypatch, journal)
    (journal / ".press/claims/journal/a.qmd/one.json").unlink()
    shown = verdicts()
    assert shown.text.startswith(
        "3 claims, checked on A Tale: 1 holds in part, 1 is an opinion, 1 did not run"
    )
    assert "  [not run] one: One is <one>." in shown.text
    assert (
        '<tr class="ex-unshown" id="claim-one"><td><b class="ex-verdict">not run</b>' in shown.html
    )
    assert 'href="a.html#claim-one"' in shown.html


def test_a_journal_without_claims_says_so(journal):
    for name in ("a", "b"):
        (journal / f"journal/{name}.qmd").write_text(source("2025-07-02"), encoding="utf-8")
    assert verdicts().text == "No claim yet."


def test_a_claim_that_two_pages_make_is_refused(journal):
    (journal / "journal/b.qmd").write_text(source("2025-07-04", "one"), encoding="utf-8")
    with pytest.raises(
        ValueError, match=r"journal/a.qmd and journal/b.qmd both make the claim 'one'"
    ):
        verdicts()


def test_claims_come_by_the_days_of_their_pages_and_then_as_on_the_page(journal):
    (journal / "journal/a.qmd").write_text(source("2025-07-05", "one"), encoding="utf-8")
    (journal / "journal/b.qmd").write_text(source("", "three"), encoding="utf-8")
    (journal / "journal/z.qmd").write_text(source("2025-07-05", "two-fast"), encoding="utf-8")
    assert [*registry(journal)] == ["one", "two-fast", "three"]
    headings = [line for line in verdicts().text.splitlines()[1:] if line[:1].strip()]
    assert headings == ["5 July 2025", "Without a date"]


@pytest.mark.parametrize(
    "front", ["draft: true\n", "press: {pretrained: true}\n"], ids=["draft", "model left out"]
)
def test_what_is_not_published_makes_no_claim(journal, front):
    (journal / "_quarto.yml").write_text("press: {pretrained: false}\n", encoding="utf-8")
    (journal / "journal/a.qmd").write_text(source("2025-07-02", "one", front=front), "utf-8")
    assert [*registry(journal)] == ["two-fast", "three"]


@pytest.mark.parametrize(
    ("before", "made"),
    [
        ("````\n```{python}\nclaim('x', True, says='X.')\n```\n````\n", []),
        ("```python\nclaim('x', True, says='X.')\n```\n", []),
        ("```{python}\n#| eval: false\nclaim('x', True, says='X.')\n```\n", []),
        ("Prose with claim('x', True, says='X.').\n\n", []),
        ("```{python}\n%magic\n```\n", []),
        (
            "```{python}\nshown = [\n    claim('x', 1 > 0,\n    says='X '\n         'y.')]\n```\n",
            ["x"],
        ),
        (
            "```{python}\nimport exhibits\nexhibits.claim(id='x', holds=True, says='X.')\n```\n",
            ["x"],
        ),
    ],
)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_claims_are_read_as_press_reads_them(journal, before, made, newline):
    text = source("2025-07-02", "one", before=before)
    page = journal / "journal/a.qmd"
    page.write_text(text, encoding="utf-8", newline=newline)
    there = [claim.id for claim in registry(journal).values() if claim.page.name == "a.qmd"]
    assert there == [call.id for call in calls(read_page(page, journal))] == [*made, "one"]


def test_a_page_that_begins_with_a_heading_makes_claims(journal):
    made = source("", "one").partition("---\n")[2].partition("---\n")[2]
    (journal / "journal/a.qmd").write_text(f"# P\n\n{made.replace('claim(', 'claim (')}", "utf-8")
    assert registry(journal)["one"].date is None


def test_a_claim_under_another_name_is_told_when_its_page_has_run(journal, monkeypatch):
    print_page(monkeypatch, journal, "a")
    claimed("one", True)
    claimed("three", None)
    (problem,) = unrecorded(Config(journal, {}), read_page(journal / "journal/a.qmd", journal))
    assert str(problem).startswith("journal/a.qmd: the claim 'three' is made by no call of claim(")


def test_a_broken_record_is_named(journal, monkeypatch):
    print_all(monkeypatch, journal)
    (journal / ".press/claims/journal/a.qmd/one.json").write_text("{", encoding="utf-8")
    with pytest.raises(ValueError, match=r"one\.json is no record"):
        verdicts()


def test_outside_a_journal_a_claim_says_so(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ValueError, match=r"no _quarto\.yml"):
        claimed("one", True)


def test_every_claim_of_the_journal_is_one_line():
    assert not [one.id for one in registry(ROOT).values() if len(one.says) > 160]


def test_the_page_of_claims_says_on_which_text_each_was_checked(journal, monkeypatch):
    print_all(monkeypatch, journal)
    assert "checked on A Tale: " in verdicts().html and ">On A Tale.<" not in verdicts().html
    write_record(journal, Record("one", "holds", "", None, "<Other>", "journal/a.qmd", "claim-one"))
    shown = verdicts().html
    assert "checked on &lt;Other&gt; and A Tale: " in shown
    assert re.findall(r">On (.*?)\.<", shown) == ["&lt;Other&gt;", "A Tale", "A Tale"]


def test_a_claim_is_a_link_and_its_subject_can_be_named(journal, monkeypatch):
    print_all(monkeypatch, journal)
    shown = verdicts({"one": ("One is", "[The first] is"), "gone": ("It", "[That]")})
    assert (
        '<p class="ex-said"><a href="a.html#claim-one">[The first] is &lt;one&gt;.</a></p>'
        in shown.html
    )
    assert "[holds] one: [The first] is <one>. (78,395)" in shown.text
    with pytest.raises(ValueError, match="'three' does not have the words 'Four'"):
        verdicts({"three": ("Four", "x")})


def test_the_verdicts_that_occur_can_be_chosen_and_say_what_they_mean(journal, monkeypatch):
    print_all(monkeypatch, journal)
    choice = verdicts().html.split("</fieldset>")[0]
    assert re.findall(r'value="(\w+)"', choice) == ["all", "good", "part", "opinion"]
    assert re.findall(r"</b><span>(\d+)</span> (\w+)", choice) == [
        ("1", "the"),
        ("1", "a"),
        ("1", "mine"),
    ]


@pytest.mark.browser
def test_a_chosen_verdict_hides_the_others_and_a_day_without_it(journal, monkeypatch, browser):
    """By keyboard, and without a script."""
    print_all(monkeypatch, journal)
    css = (ROOT / "code/exhibits/assets/exhibits.css").read_text(encoding="utf-8")
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.set_content(f"<style>{css}</style>{verdicts().html}")
    page.get_by_role("radio").first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    rows = page.locator("tr[id]")
    assert [row.is_visible() for row in rows.all()] == [False, True, False]
    assert [day.is_visible() for day in page.locator("time").all()] == [False, True]
    context.close()


def test_the_halves_of_a_measured_value_are_told_apart_too(journal, monkeypatch):
    print_page(monkeypatch, journal, "a")
    print_page(monkeypatch, journal, "b")
    claimed("two-fast", "part", measured("Held: 3 s. Failed: 4 s. Not tested: 5 s.", "time"))
    print_page(monkeypatch, journal, "claims")
    shown = verdicts().html
    keys = re.findall(
        r'data-half="([\w ]+)"><b>. \1:</b> <data class="measured" data-key="([\w-]+)"', shown
    )
    assert keys == [
        ("Failed", "two-fast-time-failed"),
        ("Not tested", "two-fast-time-tested"),
        ("Held", "two-fast-time-held"),
    ]
