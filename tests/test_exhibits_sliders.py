"""Sliders: every setting stands in the page, and the browser shows the one that is asked for."""

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import exhibits
from exhibits.base.exhibit import Exhibit
from exhibits.page.sliders import MOST, sliders

AXES = {"heat": ["low", "high"], "size": ["1", "2", "<3>"]}


def state(heat: int, size: int) -> Exhibit:
    return Exhibit(f"<p>state {heat}{size}</p>", f"state {heat}{size}")


def test_every_combination_is_there_once_under_its_settings() -> None:
    markup = sliders(AXES, state).html
    assert re.findall(r"state (\d\d)<", markup) == ["00", "01", "02", "10", "11", "12"]
    assert '<p class="ex-slider-at">heat high, size &lt;3&gt;</p><p>state 12</p>' in markup


def test_the_start_stands_open_and_the_others_are_folded() -> None:
    markup = sliders(AXES, state, (1, 0)).html
    stage, fold = markup.split("<details>")
    assert "state 10" in stage and "state 10" not in fold
    assert "All other settings (5)" in fold
    carried = json.loads(re.search(r"<script[^>]*>(.*?)</script>", markup)[1])  # type: ignore[index]
    assert carried["start"] == [1, 0] and carried["sliders"][1] == {
        "name": "size",
        "settings": ["1", "2", "<3>"],
    }


def test_a_terminal_gets_all_of_it() -> None:
    assert (
        sliders({"n": ["a", "b"]}, lambda at: Exhibit("", f"text {at}"), label="Two").text
        == "Two\n- n a\ntext 0\n- n b\ntext 1"
    )


def test_a_single_setting_has_no_fold() -> None:
    assert "<details>" not in sliders({"n": ["a"]}, lambda at: Exhibit("x", "x")).html


@pytest.mark.parametrize("axes", [{}, {"n": []}, {"n": ["a"], "m": []}])
def test_no_dial_or_no_setting_is_refused(axes: dict[str, list[str]]) -> None:
    with pytest.raises(ValueError, match="give one or more, each with a setting"):
        sliders(axes, state)


def test_too_many_combinations_are_refused() -> None:
    with pytest.raises(
        ValueError, match=f"the sliders have {MOST + 1} combinations; the limit is {MOST}"
    ):
        sliders({"n": [str(number) for number in range(MOST + 1)]}, lambda at: Exhibit("", ""))


@pytest.mark.parametrize("start", [(2, 0), (0,), (0, 0, 0)])
def test_a_start_that_is_no_combination_is_refused(start: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="give an index for each of heat, size"):
        sliders(AXES, state, start)


def test_several_sliders_cannot_play() -> None:
    with pytest.raises(ValueError, match="there are 2 sliders; only one alone can play"):
        sliders(AXES, state, play=100)


@pytest.fixture
def page(browser: Any, tmp_path: Path) -> Iterator[Any]:
    shutil.copytree(Path(exhibits.__file__).parent / "assets", tmp_path / "assets")
    played = sliders(
        {"clock": list("abc")}, lambda at: Exhibit(f"<p>moment {at}</p>", ""), play=250
    )
    (tmp_path / "index.html").write_text(
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Sliders</title>'
        '<link rel="stylesheet" href="assets/exhibits.css"><script defer'
        ' src="assets/exhibits.js"></script></head>'
        f"<body>{sliders(AXES, state, (0, 1)).html}{played.html}</body></html>",
        encoding="utf-8",
    )
    opened = browser.new_page(viewport={"width": 360, "height": 700})
    opened.goto((tmp_path / "index.html").as_uri())
    opened.wait_for_selector(".ex-sliders.ex-drawn ~ .ex-sliders.ex-drawn")
    yield opened
    opened.context.close()


@pytest.mark.browser
def test_a_dial_shows_its_setting_by_keyboard(page) -> None:  # type: ignore[no-untyped-def]
    assert (
        page.locator(".ex-slider-stage >> nth=0").locator("p:visible").all_inner_texts()[-1]
        == "state 01"
    )
    heat, size = page.get_by_label("heat"), page.get_by_label("size")
    heat.focus()
    page.keyboard.press("ArrowRight")
    assert page.locator(".ex-slider-stage >> nth=0").inner_text().endswith("state 11")
    assert heat.get_attribute("aria-valuetext") == "heat high"
    size.focus()
    page.keyboard.press("End")
    assert page.locator(".ex-slider-stage >> nth=0").inner_text().endswith("state 12")
    assert not page.locator(".ex-sliders details").first.is_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


@pytest.mark.browser
def test_a_button_plays_a_slider_to_its_end_and_again(page) -> None:  # type: ignore[no-untyped-def]
    button, stage = page.get_by_role("button"), page.locator(".ex-slider-stage").last
    for _ in range(2):
        button.click()
        assert button.inner_text() == "Pause"
        page.wait_for_function("document.querySelector('.ex-play').textContent === 'Play'")
        assert stage.inner_text().endswith("moment 2")
    assert page.get_by_label("clock").get_attribute("aria-valuetext") == "clock c"
