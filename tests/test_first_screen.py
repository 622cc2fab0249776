"""What a reader meets first on a page: its text soon, the folds of its head, one switch for all code."""

from collections.abc import Callable
from typing import Any

import pytest

pytestmark = [
    pytest.mark.browser,
    pytest.mark.site,
    pytest.mark.printer("builtin", "the head of Quarto's pages is its own"),
]
DESK, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
SOON = 230  # px above the first sentence, on a phone
TARGET = 24  # px, the least width and height of what is tapped
LAB = "journal/labs/gpt.html"
# where the first line of the prose begins, and how tall the title is
FIRST_LINE = """() => { const range = document.createRange(), walk = document.createTreeWalker(document.querySelector(".prose"), NodeFilter.SHOW_TEXT);
while (walk.nextNode()) {
    if (!walk.currentNode.data.trim() || !walk.currentNode.parentElement.checkVisibility()) continue;
    range.selectNodeContents(walk.currentNode);
    return [range.getClientRects()[0].top + scrollY, document.querySelector("h1").clientHeight];
} }"""
TAPPED = """() => [...document.querySelectorAll("header :is(a, button, summary)")].filter((one) => one.checkVisibility())
    .map((one) => [one.textContent.trim(), one.getBoundingClientRect()]).map(([name, box]) => [name, box.width, box.height])"""
OPEN_CODE = "[...document.querySelectorAll('.code-fold')].map((fold) => fold.open)"


def test_on_a_phone_the_text_begins_soon(visit: Callable[..., Any], names: list[str]) -> None:
    late = {}
    for name in names:
        page = visit(name, viewport=PHONE)
        top, title = page.evaluate(FIRST_LINE)
        if title < 50 and top > SOON and name != "index.html":
            late[name] = top
        page.done()
    assert late == {}


def test_what_is_tapped_in_the_head_is_large_enough(visit: Callable[..., Any], entry: str) -> None:
    page = visit(entry, viewport=PHONE)
    tapped = page.evaluate(TAPPED)
    assert {"All pages", "On this page", "How to run it"} <= {name for name, *_ in tapped}
    assert [one for one in tapped if min(one[1:]) < TARGET] == []


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_all_pages_and_the_contents_open_side_by_side_by_keyboard(
    visit: Callable[..., Any], script: bool
) -> None:
    """Neither moves the other, and each fills the width."""
    page = visit(LAB, viewport=PHONE, java_script_enabled=script)
    lines = [page.locator(f".{name} > summary") for name in ("entries-fold", "toc-fold")]
    before = [line.bounding_box() for line in lines]
    assert before[0]["y"] == before[1]["y"]
    for line in lines:
        line.focus()
        page.keyboard.press("Enter")
        links = line.locator("xpath=../nav")
        assert links.is_visible() and links.bounding_box()["width"] > 300
        assert links.bounding_box()["x"] == pytest.approx(before[0]["x"], abs=1)
        assert [one.bounding_box() for one in lines] == before
    assert not page.locator(".entries-fold > nav").is_visible()  # one at a time
    page.set_viewport_size(DESK)
    assert not page.locator(".page-folds").is_visible()  # there is a rail


def test_one_switch_opens_and_closes_all_code_of_the_visit(visit: Callable[..., Any]) -> None:
    page = visit(LAB, viewport=PHONE)
    switch = page.get_by_role("button", name="Show all code")
    assert switch.get_attribute("aria-pressed") == "false"
    line = page.locator(".title-meta > a").bounding_box()["y"]
    assert switch.bounding_box()["y"] == pytest.approx(line, abs=3)  # no line of its own
    switch.focus()
    page.keyboard.press("Enter")
    assert switch.get_attribute("aria-pressed") == "true" and all(page.evaluate(OPEN_CODE))
    page.goto(page.url.replace("gpt", "attention"))
    assert switch.get_attribute("aria-pressed") == "true" and all(page.evaluate(OPEN_CODE))
    page.wait_for_load_state("networkidle")
    assert sum(value for value, _ in page.evaluate("shifts")) < 0.05
    switch.click()
    assert switch.get_attribute("aria-pressed") == "false" and not any(page.evaluate(OPEN_CODE))
    page.reload()
    assert not any(page.evaluate(OPEN_CODE))


def test_a_fold_closed_by_hand_stays_closed_and_the_switch_says_so(
    visit: Callable[..., Any], until: Callable[..., None]
) -> None:
    page = visit(LAB)
    page.locator(".code-switch").click()
    fold = page.locator(".code-fold").first
    fold.locator("summary").click()
    until(page, "document.querySelector('.code-switch').ariaPressed === 'false'")
    assert not fold.locator(".sourceCode").first.is_visible()


def test_without_a_script_there_is_no_switch(visit: Callable[..., Any]) -> None:
    page = visit(LAB, java_script_enabled=False)
    assert page.get_by_role("button", name="Show all code").count() == 0
    assert page.locator(".code-fold > summary").first.is_visible()


def test_folds_that_touch_are_as_near_as_lines_of_a_list(visit: Callable[..., Any]) -> None:
    """Made of a fold of the page and its copy."""
    page = visit(LAB)
    gap = page.evaluate("""() => {
        const cell = document.querySelector(".cell:has(> .code-fold:only-child)");
        cell.after(cell.cloneNode(true));
        const [one, two] = [cell, cell.nextElementSibling].map((part) => part.querySelector("summary").getBoundingClientRect());
        return two.top - one.bottom; }""")
    assert 0 <= gap <= 12
