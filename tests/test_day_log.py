"""What was claimed on a day, line by line at the head of its page, each with what became of it."""

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from playwright.sync_api import expect

import exhibits
from exhibits import claim, day_log
from exhibits.page.claim_registry import registry
from press.execute.notebook import Run
from press.render.fill_in import with_day_log
from press.source.page import parse_page

DAYS = sorted({one.date for one in registry().values() if one.date})
EXACT, OPINION = "position-table", "idioms"  # claims of 5 July


def boxes() -> list[Any]:
    """Two claims in the log's words."""
    known = registry()
    words = {id: {"says": known[id].says, "kind": known[id].kind} for id in (EXACT, OPINION)}
    return [claim(EXACT, "part", 7, **words[EXACT]), claim(OPINION, None, **words[OPINION])]  # type: ignore[arg-type]


def executed(*shown: Any) -> Run:
    """The run of a page whose cells show these exhibits."""
    cells = []
    for one in shown:
        data = {"text/plain": one.text, "text/markdown": one.html}
        output = nbformat.v4.new_output("execute_result", data=data)
        cells.append(nbformat.v4.new_code_cell(outputs=[output]))
    return Run(
        parse_page("---\ntitle: t\n---\n", "a.qmd"), nbformat.v4.new_notebook(cells=cells), 0
    )


def data(run: Run) -> Any:
    """What the first cell of a run shows."""
    return run.notebook.cells[0].outputs[0].data


def test_the_printer_lists_each_claim_of_the_page_with_its_verdict() -> None:
    printed = data(with_day_log(executed(day_log(), *boxes())))
    markup = printed["text/markdown"]
    assert "2 claims of that day: 1 in part, 1 opinion<" in markup and " hidden" not in markup
    line = '<li class="ex-said {}" data-verdict-of="claim-{}"><b class="ex-verdict">{}</b>'
    assert line.format("ex-part", EXACT, "holds in part") in markup
    assert line.format("ex-opinion", OPINION, "opinion") in markup
    verdicts = {EXACT: "holds in part", OPINION: "opinion"}
    said = [f"- [{verdict}] {registry()[id].says}" for id, verdict in verdicts.items()]
    assert printed["text/plain"].splitlines() == ["What I claimed that day:", *said]


def test_a_page_without_a_claim_has_no_list() -> None:
    run = with_day_log(executed(day_log(), exhibits.table([[1]])))
    assert [len(cell.outputs) for cell in run.notebook.cells] == [0, 1]


def test_a_page_without_the_list_is_as_it_was() -> None:
    run = executed(*boxes())
    assert with_day_log(run) is run


@pytest.fixture
def page(browser: Any, tmp_path: Path) -> Iterator[Any]:
    """A page as Quarto prints it, the list empty."""
    body = "".join(one.html for one in boxes())
    shutil.copytree(Path(exhibits.__file__).parent / "assets", tmp_path / "assets")
    (tmp_path / "index.html").write_text(
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Day</title>'
        '<link rel="stylesheet" href="assets/exhibits.css"><script defer'
        f' src="assets/exhibits.js"></script></head><body>{day_log().html}{body}</body></html>',
        encoding="utf-8",
    )
    opened = browser.new_page(viewport={"width": 390, "height": 844})
    opened.goto((tmp_path / "index.html").as_uri())
    yield opened
    opened.context.close()


@pytest.mark.browser
def test_under_quarto_the_script_fills_the_list(page: Any) -> None:
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
    expect(kind).to_have_text(re.compile("Holds in part: a part of it held, .* All claims"))
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
        assert "data-verdict-of=" in text and day_log().html not in text
