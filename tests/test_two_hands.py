"""Two hands of a clock: the angle between two positions, and what stays when both move."""

import math
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

import exhibits
from exhibits.base.exhibit import Exhibit
from exhibits.diagrams.two_hands import two_hands

STEP = 30.0  # degrees a position: an hour
MANY = 12


def hours() -> Exhibit:
    """A kind that knows the distance alone, the cosine of the angle, and one that does not."""
    waves = [
        [10 * math.cos(math.radians(STEP * (q - p))) for q in range(MANY)] for p in range(MANY)
    ]
    own = [[p * q for q in range(MANY)] for p in range(MANY)]
    return two_hands(STEP, {"waves": waves, "own": own}, 1, 4)


def test_the_third_dial_has_the_angle_between_the_positions() -> None:
    """Three hours apart: a quarter of a turn, to the right."""
    exhibit = hours()
    assert "the angle between them is 90 degrees" in exhibit.text
    assert re.findall(r'data-word="\d"[^>]*>(.*?)<', exhibit.html) == ["1", "4", "90°"] * 2
    assert exhibit.html.count('d="M0 0V-30A30 30 0 0 1 30 0z"') == 2


def test_the_products_of_the_two_positions_are_below() -> None:
    assert hours().text.endswith("- waves: 0.0\n- own: 4.0")


@pytest.mark.parametrize("products", [{}, {"a": [[1.0]]}, {"a": [[1.0]] * 12, "b": [[1.0]] * 11}])
def test_matrices_that_do_not_fit_are_refused(products: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="give one or more of one size"):
        two_hands(STEP, products, 1, 4)


@pytest.fixture
def page(browser: Any, tmp_path: Path, serving: Callable[..., Any]) -> Iterator[Any]:
    shutil.copytree(Path(exhibits.__file__).parent / "assets", tmp_path / "assets")
    (tmp_path / "index.html").write_text(
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>t</title><link rel="icon"'
        ' href="data:,"><link rel="stylesheet" href="assets/exhibits.css"><script defer'
        f' src="assets/exhibits.js"></script><body><main><h1>t</h1>{hours().html}',
        encoding="utf-8",
    )
    context = browser.new_context(viewport={"width": 390, "height": 900})
    found = context.new_page()
    with serving(tmp_path) as home:
        found.goto(f"{home}index.html")
        found.wait_for_selector(".ex-hands.ex-drawn")
        yield found
    context.close()


def told(page: Any) -> list[str]:
    return [
        *page.locator(".dg-narrow [data-word]").all_text_contents(),
        *page.locator("[data-part=hands-value]").all_text_contents(),
        *page.locator("[data-part=hands-stays]").all_text_contents(),
    ]


@pytest.mark.browser
def test_moved_both_the_angle_stays_and_with_it_one_product(page: Any) -> None:
    """From 1 and 4 to 2 and 5: the product of the positions themselves grows from 4 to 10."""
    page.get_by_role("button", name="move both on").focus()
    page.keyboard.press("Enter")
    assert told(page) == ["2", "5", "90°", "0.0", "10.0", "stays", "was 4.0"]
    turns = page.locator(".dg-narrow [data-turn]").evaluate_all(
        "hands => hands.map((hand) => hand.style.transform)"
    )
    assert turns == [f"rotate({angle}deg)" for angle in (60, 150, 0, 90)]


@pytest.mark.browser
def test_another_distance_has_another_angle(page: Any) -> None:
    page.get_by_role("slider", name="second").focus()
    page.keyboard.press("ArrowRight")
    assert told(page) == ["1", "5", "120°", "\u22125.0", "5.0", "", ""]


@pytest.mark.browser
def test_no_position_leaves_the_ends(page: Any) -> None:
    back = page.get_by_role("button", name="move both back")
    back.click()
    assert back.get_attribute("aria-disabled") == "true"
    back.dispatch_event("click")
    assert told(page)[:2] == ["0", "3"]


@pytest.mark.browser
def test_the_hands_are_accessible(page: Any) -> None:
    assert Axe().run(page).response["violations"] == []


def test_without_a_script_the_hands_are_as_printed() -> None:
    """Nothing of the drawing or of the table waits for the script."""
    assert 'hands-value">0.0</td>' in hours().html and "rotate(120.0deg)" in hours().html
