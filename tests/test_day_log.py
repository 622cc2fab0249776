"""What was claimed on a day, line by line at the head of its page, each with what became of it."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

import exhibits
from exhibits import claim, day_log
from exhibits.page.claims import registry
from press.render.day_log import fill_verdicts

DAYS = sorted({one.date for one in registry().values()})
EXACT, OPINION = "position-table", "idioms"  # claims of 5 July


def body() -> str:
    """The list of a day, and two of its claims."""
    return day_log("2025-07-05").html + claim(EXACT, "part", 7).html + claim(OPINION, None).html


def test_the_list_has_each_claim_of_the_day_in_the_log_s_words() -> None:
    for day in DAYS:
        claims = [one for one in registry().values() if one.date == day]
        plain = day_log(str(day)).text.splitlines()
        assert plain == ["What I claimed that day:", *(f"- {one.claim}" for one in claims)]


def test_a_day_without_a_claim_is_refused() -> None:
    with pytest.raises(ValueError, match="no claim of 1999-01-01; write one, or mend the day"):
        day_log("1999-01-01")


def test_the_printer_fills_a_gap_from_the_claim_and_no_other() -> None:
    printed = fill_verdicts(body())
    assert "2 claims of that day: 1 in part, 1 opinion<" in printed
    line = '<li class="ex-said {}" data-verdict-of="claim-{}"><b class="ex-verdict">{}</b>'
    assert line.format("ex-part", EXACT, "holds in part") in printed
    assert line.format("ex-opinion", OPINION, "opinion") in printed


def test_a_claim_of_another_page_of_that_day_is_not_in_the_printed_list() -> None:
    assert day_log("2025-07-05").html.count("<li") > 2 == fill_verdicts(body()).count("<li")


@pytest.fixture
def page(browser: Any, tmp_path: Path) -> Iterator[Any]:
    """A page as Quarto prints it, with gaps."""
    shutil.copytree(Path(exhibits.__file__).parent / "assets", tmp_path / "assets")
    (tmp_path / "index.html").write_text(
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Day</title>'
        '<link rel="stylesheet" href="assets/exhibits.css"><script defer'
        f' src="assets/exhibits.js"></script></head><body>{body()}</body></html>',
        encoding="utf-8",
    )
    opened = browser.new_page(viewport={"width": 390, "height": 844})
    opened.goto((tmp_path / "index.html").as_uri())
    yield opened
    opened.context.close()


@pytest.mark.browser
def test_under_quarto_the_script_fills_the_gaps(page: Any) -> None:
    line = page.locator(f"[data-verdict-of=claim-{EXACT}]")
    expect(line.locator(".ex-verdict")).to_have_text("holds in part")
    expect(line).to_have_class("ex-said ex-part")
    expect(page.locator("[data-verdict-of]")).to_have_count(2)


@pytest.mark.browser
def test_a_claim_says_its_id_and_kind_on_hover_and_by_tap_or_key(page: Any) -> None:
    box = page.locator(f"#claim-{EXACT}")
    about = box.locator("summary")
    assert about.get_attribute("title") == f"{EXACT}, exact"
    kind = box.locator(".ex-claim-kind")
    expect(kind).to_be_hidden()
    about.click()
    expect(kind).to_have_text(f"{EXACT}, exact")
    about.focus()
    page.keyboard.press("Enter")
    expect(kind).to_be_hidden()


@pytest.mark.browser
@pytest.mark.site
def test_each_dated_page_opens_with_its_claims_and_their_verdicts(
    visit: Callable[..., Any], names: list[str]
) -> None:
    for day in DAYS:
        (name,) = [name for name in names if name.startswith(f"journal/{day}")]
        page = visit(name, viewport={"width": 1280, "height": 900})
        lines = page.locator("[data-verdict-of]")
        assert lines.count() == sum(one.date == day for one in registry().values())
        for line in lines.all():
            box = page.locator(f"#{line.get_attribute('data-verdict-of')}")
            found = line.locator(".ex-verdict").text_content()
            assert found and found == box.locator(".ex-verdict").text_content()
        summary = page.locator(".ex-log > summary")
        assert summary.text_content().startswith(f"{lines.count()} claims of that day: ")
        assert summary.bounding_box()["height"] < 30  # one line
        assert not lines.first.is_visible()
        summary.focus()
        page.keyboard.press("Enter")
        lines.first.locator("a").click()
        expect(page.locator(".ex-claim:target")).to_be_in_viewport()
        page.done()


@pytest.mark.site
@pytest.mark.printer("builtin", "Quarto's page is filled in the browser")
def test_without_a_script_the_verdicts_are_there(site: Path, names: list[str]) -> None:
    for name in (name for name in names if name.startswith("journal/2")):
        text = (site / name).read_text(encoding="utf-8")
        assert "data-verdict-of=" in text and '<b class="ex-verdict"></b>' not in text
