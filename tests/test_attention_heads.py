"""Attention heads: a matrix with its tokens on both axes, and arcs that follow what is pointed at."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
import torch
from framed import served

from exhibits.tokens.attention_heads import MOST_BYTES, attention_heads

TOKENS = ["The", " cat", " slept", "."]


def causal(blocks: int, heads: int) -> torch.Tensor:
    chance = torch.Generator().manual_seed(3)
    scores = torch.randn(blocks, heads, 4, 4, generator=chance)
    return scores.masked_fill(torch.ones(4, 4).triu(1).bool(), -torch.inf).softmax(-1)


MAPS = causal(3, 2)


def test_each_row_of_the_matrix_is_one_tokens_attention_in_per_cent() -> None:
    exhibit = attention_heads(TOKENS, MAPS, (1, 0), row=2)
    cells = re.findall(r'--t:(\d+)%"><span class="ex-sr">\1%<', exhibit.html)
    assert [int(cell) for cell in cells] == (100 * MAPS[1, 0]).round().int().flatten().tolist()
    assert exhibit.html.count("<path") == int((MAPS[1, 0, 2] >= 0.015).sum())


def test_the_tokens_are_on_both_axes_and_the_strongest_is_named() -> None:
    weights = torch.tensor([[[[1.0, 0.0], [0.75, 0.25]]]])
    exhibit = attention_heads(["<a>", "b"], weights)
    assert exhibit.html.count("&lt;a&gt;</span>") == 2
    assert exhibit.text == "Attention: b looks at <a> 75%, b 25%"


@pytest.mark.parametrize(
    ("tokens", "maps", "more", "said"),
    [
        (TOKENS, torch.ones(4, 4), {}, r"shape \(4, 4\); give \(blocks, heads, 4, 4\)"),
        (TOKENS, 2 * MAPS, {}, "outside \\[0, 1\\]"),
        (TOKENS, MAPS, {"start": (3, 0)}, r"start is \(3, 0\)"),
        (TOKENS, MAPS, {"row": 4}, "row is 4"),
        (TOKENS, MAPS, {"finds": {"at cat": (0, 2, 1)}}, r"start is \(0, 2\)"),
        (["a"] * 20, torch.zeros(20, 10, 20, 20), {}, f"the limits are 24 and {MOST_BYTES:,}"),
    ],
)
def test_what_cannot_be_shown_is_refused(
    tokens: list[str], maps: torch.Tensor, more: dict[str, Any], said: str
) -> None:
    with pytest.raises(ValueError, match=said):
        attention_heads(tokens, maps, **more)


# -- In a browser


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("heads") / "site"
    finds = {"at cat": (2, 1, 3), "at itself": (0, 0, 1)}
    both = (
        attention_heads(TOKENS, MAPS, finds=finds),
        attention_heads(TOKENS, MAPS[:1, :1], row=1),
    )
    with served(folder, *both) as found:
        yield found


@pytest.fixture(params=[(1280, False), (390, True)], ids=["desk", "phone"])
def page(browser: Any, address: str, request: Any) -> Iterator[Any]:
    width, touch = request.param
    context = browser.new_context(viewport={"width": width, "height": 1500}, has_touch=touch)
    found = context.new_page()
    faults: list[str] = []
    found.on("pageerror", lambda error: faults.append(str(error)))
    found.goto(address)
    found.wait_for_selector(".ex-heads.ex-drawn >> nth=1")
    yield found
    context.close()
    assert not faults


def shades(page: Any) -> list[int]:
    cells = page.locator(".ex-heads").first.locator("tbody td")
    return [int(text.rstrip("%")) for text in cells.all_text_contents()]


@pytest.mark.browser
def test_the_sliders_show_every_head_of_every_block(page: Any) -> None:
    """By keyboard; a byte holds whole per cents, as Python writes them."""
    before = page.locator(".ex-heads").first.bounding_box()
    block, head = page.get_by_role("slider").all()
    for index in range(6):
        for slider, value in ((block, index // 2), (head, index % 2)):
            slider.press("Home")
            for _ in range(value):
                slider.press("ArrowRight")
        wanted = (100 * MAPS[index // 2, index % 2]).round().flatten().tolist()
        assert shades(page) == wanted
    assert page.locator(".ex-heads").first.bounding_box() == before
    assert page.locator(".ex-heads").nth(1).get_by_role("slider").count() == 0


@pytest.mark.browser
def test_a_button_leads_to_its_head_and_row_and_is_pressed_while_that_head_is_shown(
    page: Any,
) -> None:
    host = page.locator(".ex-heads").first
    before = host.bounding_box()
    button = host.get_by_role("button", name="at cat")
    assert button.get_attribute("aria-pressed") == "false"
    button.click()
    assert shades(page) == (100 * MAPS[2, 1]).round().flatten().tolist()
    assert host.locator("output").all_text_contents() == ["3 of 3", "2 of 2"]
    assert host.locator("[data-part=heads-line]").text_content().startswith(". looks at ")
    assert button.get_attribute("aria-pressed") == "true"
    page.get_by_role("slider").first.press("Home")
    assert button.get_attribute("aria-pressed") == "false"
    assert host.bounding_box() == before


@pytest.mark.browser
def test_a_token_that_is_focused_or_tapped_shows_its_arcs(page: Any) -> None:
    host = page.locator(".ex-heads").first
    said = host.locator("[data-part=heads-line]")
    host.get_by_role("button", name="cat", exact=True).focus()
    assert said.text_content().startswith("cat looks at ")
    assert host.locator("path").count() == int((MAPS[0, 0, 1] >= 0.015).sum())
    host.locator("tbody tr").nth(2).locator("td").nth(1).click()
    assert said.text_content().startswith("slept looks at ")


@pytest.mark.browser
def test_a_cell_that_is_pointed_at_says_its_weight_and_gives_the_row_back(
    browser: Any, address: str
) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 1500})
    page.goto(address)
    page.wait_for_selector(".ex-heads.ex-drawn >> nth=1")
    host = page.locator(".ex-heads").first
    said = host.locator("[data-part=heads-line]")
    held = said.text_content()
    host.locator("tbody tr").nth(1).locator("td").nth(0).hover()
    assert said.text_content() == f"cat looks at The {100 * MAPS[0, 0, 1, 0]:.0f}%"
    page.mouse.move(5, 1400)
    assert said.text_content() == held
    page.close()
