"""Guess first, in a browser: a question is asked before its number, what tells it is veiled until
then, and the page sums the guesses up.
"""

import functools
import http.server
import io
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import expect

import exhibits
from exhibits.base.exhibit import Exhibit
from exhibits.page.guess import calibration, guess, guess_which

pytestmark = pytest.mark.browser
FIRST = guess("How many of a hundred?", 25, 0, 100)
SECOND = guess("How large?", 100, 10, 1_000, log=True)
THIRD = guess_which("Which one?", "dog", ["cat", "dog"])
BOTH = Exhibit(
    '<div class="answer" id="both"><p>25 and 100, <a href="#x" id="inside">says</a> the table.</p>'
    '<div class="column-margin"><p>One is four times the other.</p></div></div>',
    "",
)
ALONE = Exhibit('<div class="answer" id="alone"><p>It is the dog.</p></div>', "")
TABLE = Exhibit(
    '<div class="answer" id="rows"><div><figure><figcaption>What came out</figcaption><table>'
    "<thead><tr><th>which<th>how often</thead><tr><td>dog<td>9</table></figure></div><div><div"
    ' class="ex-claim"><p class="ex-said">It is the dog.</p><div class="ex-claim-line"><p><b class="ex-verdict">holds'
    '</b> <span class="ex-claim-value">the dog 9 times</span></p></div></div></div><div><div class="ex-texts"><dl><dt>Who barks?</dt>'
    "<dd>A dog.</dd></dl></div></div></div>",
    "",
)
DRAWN = Exhibit(
    '<div class="answer" id="drawn"><div><figure><div class="bars"><svg width="90" height="90"><rect'
    ' width="90" height="90"/></svg></div><figcaption>How often</figcaption></figure></div></div>',
    "",
)
MARKED = Exhibit(
    '<div class="answer" id="marked"><p>A bark is a sound.</p><p><span class="tells">It is the'
    " dog.</span> <span>Dogs have ears.</span></p></div>",
    "",
)
INSIDE = Exhibit(
    '<div class="ex-side"><div class="answer" id="within"><p>The dog.</p></div></div>', ""
)


COLOURS = """part => [getComputedStyle(part).color, getComputedStyle(part).backgroundColor]
    .map((one) => one.match(/[0-9.]+/g).slice(0, 3).map(Number))"""


def contrast(one: list[float], other: list[float]) -> float:
    """Return the contrast of two colours, each as red, green and blue from 0 to 255 (WCAG 2.2)."""

    def luminance(colour: list[float]) -> float:
        parts = (
            part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
            for part in (channel / 255 for channel in colour)
        )
        return sum(
            share * part for share, part in zip((0.2126, 0.7152, 0.0722), parts, strict=True)
        )

    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("guess")
    shutil.copytree(Path(exhibits.__file__).parent / "assets", folder / "assets")
    parts = [FIRST, SECOND, BOTH, THIRD, ALONE, TABLE, DRAWN, MARKED, INSIDE]
    parts.append(calibration(FIRST, SECOND, THIRD))
    (folder / "index.html").write_text(
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>t</title><link rel="icon"'
        ' href="data:,"><link rel="stylesheet" href="assets/exhibits.css"><script defer'
        ' src="assets/exhibits.js"></script><body><main><h1>t</h1>'
        + "".join(part.html for part in parts),
        encoding="utf-8",
    )
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=folder)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/index.html"
        server.shutdown()


@pytest.fixture
def page(browser: Any, address: str) -> Iterator[Any]:
    context = browser.new_context(viewport={"width": 390, "height": 1200})
    found = context.new_page()
    faults: list[str] = []
    found.on("pageerror", lambda error: faults.append(str(error)))
    found.goto(address)
    found.wait_for_selector(".ex-guess.ex-drawn >> nth=2")
    yield found
    context.close()
    assert not faults


def test_a_guess_by_keyboard_shows_the_answer_and_how_far_off_it_is(page: Any) -> None:
    """Three steps up from the low end, 3 of 100; the answer is 25."""
    card = page.locator(".ex-guess").first
    assert not card.locator(".ex-guess-answer").is_visible()
    slider = page.get_by_role("slider").first
    slider.focus()
    page.keyboard.press("Home")
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    assert card.locator("output").text_content() == "3"
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert card.locator(".ex-guess-answer").is_visible()
    assert "You guessed 3: too low." in card.text_content()
    assert slider.is_disabled()
    assert page.locator("[data-part=guess-sum]").text_content() == "0 of 1 close."  # 22% off


def test_the_sum_says_how_many_guesses_were_close(page: Any) -> None:
    """16 of 100 is 9% of the scale off, and the right choice is close as well."""
    page.get_by_role("slider").first.fill("16")
    page.locator(".ex-guess").first.get_by_role("button").click()
    assert "16: close, a little too low." in page.locator(".ex-guess").first.text_content()
    page.get_by_role("button", name="dog").click()
    assert page.locator("[data-part=guess-sum]").text_content() == "2 of 2 close."


@pytest.mark.parametrize(
    ("step", "said", "close"),
    [
        ("58", "close, a little too high.", 1),
        ("46", "close, a little too low.", 1),
        ("39", "1.6 times too low.", 0),
    ],
)
def test_on_a_logarithmic_scale_a_guess_is_off_by_a_factor(
    page: Any, step: str, said: str, close: int
) -> None:
    """150 is 1.5 times the answer, 100, the most that is close; 87 is 1.15 times too low, and 63 is 1.59 times."""
    page.get_by_role("slider").nth(1).fill(step)
    card = page.locator(".ex-guess").nth(1)
    card.get_by_role("button").click()
    assert said in card.text_content()
    assert page.locator("[data-part=guess-sum]").text_content() == f"{close} of 1 close."


def test_a_wrong_choice_can_be_read_and_the_right_one_is_marked(page: Any) -> None:
    """The pressed button has the page's colour on red, 4.5:1 or more, in both schemes."""
    wrong = page.get_by_role("button", name="cat")
    wrong.click()
    assert "You guessed cat: not this one." in page.locator(".ex-guess").nth(2).text_content()
    assert page.locator("[data-part=guess-sum]").text_content() == "0 of 1 close."
    right = page.get_by_role("button", name="dog")
    assert right.get_attribute("data-right") == "yes"
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        assert contrast(*page.evaluate(COLOURS, wrong.element_handle())) >= 4.5
        assert contrast(*page.evaluate(COLOURS, right.element_handle())) >= 4.5


def test_a_skipped_question_shows_its_answer_and_takes_no_guess(page: Any) -> None:
    card = page.locator(".ex-guess").nth(1)
    card.get_by_text("Skip: show me").click()
    expect(card.get_by_role("slider")).to_be_disabled()
    assert card.locator(".ex-guess-answer").text_content() == "100"
    assert page.locator("[data-part=guess-row]").all_text_contents() == ["no guess"] * 3


def test_without_a_script_question_and_answer_are_there(browser: Any, address: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address)
    card = page.locator(".ex-guess").nth(2)
    assert "cat · dog" in card.inner_text()
    card.get_by_text("The answer").click()
    assert card.locator(".ex-guess-answer").is_visible()
    rows = page.locator(".ex-calibration .ex-guess-answer").all_text_contents()
    assert rows == ["25", "100", "dog"]
    context.close()


def test_the_readers_mark_lies_where_the_slider_was(page: Any) -> None:
    card = page.locator(".ex-guess").first
    card.get_by_role("slider").fill("80")
    card.get_by_role("button").click()
    track = page.locator(".ex-calibration .ex-guess-track").first
    box, mark, answer = (
        one.bounding_box() for one in (track, track.locator("b"), track.locator("i"))
    )

    def middle(spot: Any) -> float:
        return float((spot["x"] + spot["width"] / 2 - box["x"]) / box["width"])

    assert middle(mark) == pytest.approx(0.8, abs=0.01)
    assert middle(answer) == pytest.approx(0.25, abs=0.01)


def test_before_a_guess_the_sum_is_one_line(page: Any) -> None:
    rows = page.locator(".ex-calibration li").first
    assert (
        not rows.is_visible()
        and "not guessed" in page.locator("[data-part=guess-sum]").inner_text()
    )
    page.get_by_role("button", name="cat").click()
    assert rows.is_visible()


def test_before_a_touch_a_slider_says_its_range_and_takes_no_guess(page: Any) -> None:
    card = page.locator(".ex-guess").first
    assert card.locator("output").text_content() == "drag: 0 to 100"
    slider = card.get_by_role("slider")
    assert slider.get_attribute("aria-valuetext") == "no guess yet"
    assert card.get_by_role("button").is_disabled()
    slider.click()  # in its middle, where it is already: a guess, too
    assert card.locator("output").text_content() == "50"
    assert card.get_by_role("button").is_enabled()


def test_sentences_that_tell_two_answers_are_left_out_until_both_are_settled(page: Any) -> None:
    block = page.locator("#both")
    expect(block).to_have_class("answer ex-veiled")
    assert block.inner_text() == "Hidden until you guess above (both questions): show it"
    page.locator(".ex-guess").first.get_by_text("Skip: show me").click()
    expect(block).to_have_class("answer ex-veiled")
    page.locator(".ex-guess").nth(1).get_by_text("Skip: show me").click()
    expect(block).to_have_class("answer")
    for part in block.locator("p").all():
        expect(part).to_be_visible()
    expect(page.locator("#alone")).to_have_class("answer ex-veiled")  # of the third question


def test_a_veil_is_lifted_by_its_own_button_and_its_questions_are_skipped(page: Any) -> None:
    veil = page.locator("#rows .ex-veil")
    assert veil.inner_text() == "Hidden until you guess above: show it"
    veil.get_by_role("button", name="show it").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#rows")).to_be_focused()
    expect(page.locator("#rows")).to_have_class("answer")
    expect(page.locator(".ex-guess").nth(2).locator(".ex-guess-answer")).to_be_visible()
    expect(page.locator("#both")).to_have_class("answer ex-veiled")


def test_of_a_table_the_values_are_veiled_of_a_claim_the_verdict_and_of_texts_all_but_names(
    page: Any,
) -> None:
    """No sentence is: what the run found is left out, as is a paragraph."""
    blurred = """[...document.querySelectorAll("#rows :is(figcaption, th, td, p, b, dt, dd)")]
        .filter((part) => getComputedStyle(part).filter !== "none" && part.inert).map((part) => part.textContent)"""
    assert page.evaluate(blurred) == ["9", "holds", "A dog."]
    found = page.locator("#rows .ex-claim-value")
    expect(found).not_to_be_visible()
    page.locator("#rows").get_by_role("button", name="show it").click()
    assert page.evaluate(blurred) == []
    expect(found).to_be_visible()


def test_the_line_above_what_is_veiled_covers_nothing(page: Any) -> None:
    parts = page.locator("#rows > *").all()
    boxes = [part.bounding_box() for part in parts]
    assert parts[0].get_attribute("class") == "ex-veil"
    assert boxes[0]["y"] + boxes[0]["height"] <= min(box["y"] for box in boxes[1:])


def test_a_drawing_is_left_out_whole_and_drawn_after_the_guess(page: Any) -> None:
    drawing, caption = page.locator("#drawn .bars"), page.locator("#drawn figcaption")
    expect(page.locator("#drawn rect")).not_to_be_visible()
    expect(caption).not_to_be_visible()
    page.get_by_role("button", name="dog").click()
    expect(page.locator("#drawn rect")).to_be_visible()
    expect(caption).to_be_visible()
    assert drawing.bounding_box()["height"] >= 90


def test_of_a_block_with_marked_parts_only_these_are_left_out(page: Any) -> None:
    block = page.locator("#marked")
    expect(block.get_by_text("A bark is a sound.")).to_be_visible()
    expect(block.get_by_text("Dogs have ears.")).to_be_visible()
    expect(block.get_by_text("It is the dog.")).not_to_be_visible()
    lines = [part.inner_text().strip() for part in block.locator("> *").all()]
    assert lines[1] == "Hidden until you guess above: show it"
    page.get_by_role("button", name="dog").click()
    expect(block.get_by_text("It is the dog.")).to_be_visible()


def test_on_a_logarithmic_slider_the_verdict_says_how_many_times(page: Any) -> None:
    """The answer is 100, halfway from 10 to 1,000."""
    card = page.locator(".ex-guess").nth(1)
    slider = card.get_by_role("slider")
    slider.press("End")
    card.get_by_role("button").click()
    assert "1,000: 10 times too high." in card.text_content()
    assert page.locator("[data-part=guess-sum]").text_content() == "0 of 1 close."


def test_an_answer_within_an_exhibit_has_no_bar_over_it_and_comes_with_the_others(
    page: Any,
) -> None:
    within = page.locator("#within")
    expect(within).not_to_be_visible()
    tall = within.evaluate("part => part.getBoundingClientRect().height")
    page.locator("#rows").get_by_role("button", name="show it").click()
    expect(within).to_be_visible()
    assert within.evaluate("part => part.getBoundingClientRect().height") == tall


def test_an_untouched_slider_has_a_hollow_handle_in_its_middle(page: Any) -> None:
    """Dark pixels where the dashed ring is, none within it; a touched one is filled."""
    slider = page.get_by_role("slider").first
    assert slider.input_value() == "50" and slider.get_attribute("aria-valuetext") == "no guess yet"

    def pixels() -> tuple[int, int]:
        image: Any = Image.open(io.BytesIO(slider.screenshot())).convert("L")
        middle, line = image.width // 2, image.height // 2
        ring = [
            image.getpixel((x, line + y)) for x in range(middle - 12, middle + 12) for y in (-6, 6)
        ]
        return min(ring), int(image.getpixel((middle, line)))

    ring, inside = pixels()
    assert ring < 150 < 200 < inside
    slider.click()
    assert pixels()[1] < 200


def test_a_link_into_what_is_veiled_lifts_the_veil(page: Any) -> None:
    page.evaluate("location.hash = 'inside'")
    expect(page.locator("#both")).to_have_class("answer")


def test_in_print_and_without_a_script_nothing_is_kept_back(
    page: Any, browser: Any, address: str
) -> None:
    page.emulate_media(media="print")
    expect(page.locator("#both > p").last).to_be_visible()
    expect(page.locator("#rows .ex-veil")).not_to_be_visible()
    assert page.locator("#rows td").last.evaluate("part => getComputedStyle(part).filter") == "none"
    context = browser.new_context(java_script_enabled=False)
    plain = context.new_page()
    plain.goto(address)
    expect(plain.locator("#both")).to_have_class("answer")
    expect(plain.locator("#both > p")).to_be_visible()
    context.close()
