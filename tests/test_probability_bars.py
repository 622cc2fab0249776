"""Probability bars: what the browser computes from the carried logits is what torch computes."""

import json
import re
from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest
import torch
from framed import served

from exhibits.base.exhibit import Exhibit
from exhibits.tokens.next_draws import BARS, next_draws
from exhibits.tokens.next_draws import NUCLEI as DRAWN_NUCLEI
from exhibits.tokens.next_draws import TEMPERATURES as DRAWN_TEMPERATURES
from exhibits.tokens.probability_bars import MOST, TOP, probability_bars
from scratch.model.config import GPTConfig
from scratch.model.generate import Sampling, generate, probabilities
from scratch.model.gpt import GPTModel

TEMPERATURES = (0.1, 0.3, 0.7, 1.0, 1.5, 2.0)
NUCLEI = (0.05, 0.5, 0.9, 0.95, 1.0)


def likely(size: int, spread: float, seed: int) -> torch.Tensor:
    """Logits as a model's are: a bulk, and a few far above it."""
    logits = spread * torch.randn(1, size, generator=torch.Generator().manual_seed(seed))
    few = logits[0, :8]
    few += torch.linspace(4 * spread, 2 * spread, len(few))
    return logits


LARGE, FLAT, SMALL = likely(20_000, 2.5, 0), likely(3_000, 0.3, 1), likely(5, 1.0, 2)


def shown(logits: torch.Tensor) -> Exhibit:
    return probability_bars(["a"], logits, [f"t{number}" for number in range(logits.shape[1])])


def test_without_a_script_the_bars_are_the_models_own_probabilities() -> None:
    exhibit = shown(LARGE)
    best = LARGE[0].double().softmax(-1).topk(BARS)
    bars = [
        float(share)
        for share in re.findall(r'ex-probs-bar" style="--share:([\d.]+)%', exhibit.html)
    ]
    assert bars == pytest.approx((100 * best.values).tolist(), abs=0.01)
    assert exhibit.text.splitlines()[1].endswith(f"t{best.indices[0]}")
    assert "19,990 others" in exhibit.html


def test_what_is_carried_counts_every_token_once() -> None:
    found = re.search(r"<script[^>]*>(.*?)</script>", shown(LARGE).html)
    assert found
    [position] = json.loads(found[1])["positions"]
    assert len(position["below"]) == TOP and sum(position["others"]) == 20_000 - TOP


def test_what_cannot_be_shown_is_refused() -> None:
    with pytest.raises(ValueError, match=r"shape \(1, 5\); give \(2, 5\)"):
        probability_bars(["a", "b"], SMALL, list("abcde"))
    with pytest.raises(ValueError, match=f"has 25 tokens; give 1 to {MOST}"):
        probability_bars(["a"] * 25, SMALL.expand(25, 5), list("abcde"))
    with pytest.raises(ValueError, match="at is 1; give a position from 0 to 0"):
        probability_bars(["a"], SMALL, list("abcde"), at=1)


# -- Draws

TINY = GPTModel(
    GPTConfig(60, 8, emb_dim=8, n_heads=2, n_layers=2), torch.Generator().manual_seed(4)
)
for weight in TINY.parameters():
    weight.data *= 12  # so that settings differ
NAMES = [f"<{number:02}>" for number in range(60)]
DRAWS = next_draws(TINY, [3, 1], NAMES, rounds=2, depth=4)


def way(temperature: float, size: int, nucleus: float, luck: int) -> list[Any]:
    carried = DRAWS.carried
    place = DRAWN_TEMPERATURES.index(temperature) * len(carried["sizes"])
    place = (place + carried["sizes"].index(size)) * len(DRAWN_NUCLEI) + DRAWN_NUCLEI.index(nucleus)
    return carried["ways"][2 * place + luck]  # type: ignore[no-any-return]


def ids_of(steps: list[Any]) -> list[int]:
    return [NAMES.index(DRAWS.carried["names"][step[0]]) for step in steps]


def test_at_temperature_0_every_round_draws_what_the_model_generates() -> None:
    [greedy] = generate(TINY, [[3, 1]], 4)
    assert ids_of(way(0, 60, 1.0, 0)) == ids_of(way(0, 5, 0.5, 1)) == greedy
    assert all(step[1] == 1000 for step in way(0, 60, 1.0, 0))
    assert DRAWS.texts["temperature 0"] == "".join(NAMES[id] for id in [3, 1, *greedy])


@pytest.mark.parametrize(("temperature", "size", "nucleus"), [(1.0, 60, 1.0), (1.6, 5, 0.9)])
def test_each_draw_has_the_models_probability_and_so_have_the_bars_after_it(
    temperature: float, size: int, nucleus: float
) -> None:
    """Read anew without a cache, after each token that was drawn."""
    for luck in (0, 1):
        steps, row = way(temperature, size, nucleus, luck), [3, 1]
        for (_, share, *_), id, bars in zip(steps, ids_of(steps), [None, *steps], strict=False):
            logits = TINY(torch.tensor([row]))[0, -1].double()
            true = probabilities(logits, Sampling(temperature, top_k=size, top_p=nucleus))
            assert share == pytest.approx(1000 * true[id].item(), abs=0.6)
            if bars:
                best = true.sort(descending=True).values[:BARS]
                assert bars[2] == int((true > 0).sum())
                assert bars[4] == pytest.approx((1000 * best[best > 0]).tolist(), abs=0.06)
            row.append(id)


def test_the_tokens_end_where_the_context_does_and_an_empty_prompt_is_refused() -> None:
    assert len(next_draws(TINY, [1] * 6, NAMES, rounds=1).carried["ways"][0]) == 2
    with pytest.raises(ValueError, match="the prompt has 0 tokens"):
        next_draws(TINY, [], NAMES)


# -- In a browser

SET = """([host, values]) => values.forEach((value, place) => {
    const slider = host.querySelectorAll("input")[place];
    const texts = [];
    for (let stop = 0; stop <= slider.max; stop++) {
        slider.value = stop;
        slider.dispatchEvent(new Event("input"));
        texts.push(slider.parentElement.querySelector("output").textContent);
        if (texts.at(-1) === value) return;
    }
    throw new Error(`no stop ${value}: ${texts}`);
})"""
READ = """host => [[...host.querySelectorAll("[data-part=probs-bars] li")].map((bar) => parseFloat(bar.style.getPropertyValue("--share")) / 100),
    parseInt(host.querySelector("[data-part=probs-line]").textContent.replace("All ", "").replaceAll(",", ""))]"""


@pytest.fixture(scope="module")
def page(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    folder = tmp_path_factory.mktemp("bars") / "site"
    two = probability_bars(["x", " y"], torch.stack([SMALL[0], -SMALL[0]]), list("abcde"))
    prompt = TINY(torch.tensor([[3, 1]]))[0].detach()
    drawing = probability_bars([NAMES[3], NAMES[1]], prompt, NAMES, draws=DRAWS)
    with served(folder, shown(LARGE), shown(FLAT), two, drawing) as address:
        context = browser.new_context(viewport={"width": 390, "height": 2000})
        found = context.new_page()
        faults: list[str] = []
        found.on("pageerror", lambda error: faults.append(str(error)))
        found.goto(address)
        found.wait_for_selector(".ex-probs.ex-drawn >> nth=3")
        yield found
        context.close()
        assert not faults


@pytest.mark.browser
@pytest.mark.parametrize(("place", "logits"), [(0, LARGE), (1, FLAT), (2, -SMALL)])
def test_the_browser_draws_what_torch_computes(page: Any, place: int, logits: torch.Tensor) -> None:
    """Bars to a thousandth, at any setting; the number that may be drawn to one per cent, as those
    of a bin have one probability.
    """
    host = page.locator(".ex-probs").nth(place).element_handle()
    size = logits.shape[1]
    for temperature, k, p in product(TEMPERATURES, (1, 3, 50, size), NUCLEI):
        if k > size:
            continue
        texts = [f"{temperature:.2f}", "all" if k == size else str(k), f"{p:.2f}"]
        page.evaluate(SET, [host, texts])
        bars, many = page.evaluate(READ, host)
        true = probabilities(logits[0].double(), Sampling(temperature, top_k=k, top_p=p))
        wanted = true.sort(descending=True).values[: min(BARS, size)]
        assert bars[:-1] == pytest.approx(wanted.tolist(), abs=1e-3), texts
        assert bars[-1] == pytest.approx(1 - float(wanted.sum()), abs=2e-3), texts
        assert many == pytest.approx(int((true > 0).sum()), rel=0.01, abs=1), texts


@pytest.mark.browser
def test_another_token_of_the_sentence_shows_what_may_follow_it(page: Any) -> None:
    host = page.locator(".ex-probs").nth(2)
    names = host.locator("[data-part=probs-bars] li > span:first-child")
    after_last = names.all_text_contents()
    host.get_by_role("button", name="x").click()
    assert names.all_text_contents()[:5] == after_last[:5][::-1]
    assert host.get_by_role("button", name="x").get_attribute("aria-pressed") == "true"
    assert host.get_by_role("button", name="y").get_attribute("aria-pressed") == "false"


@pytest.mark.browser
def test_a_button_draws_a_token_and_goes_on_and_a_setting_begins_anew(page: Any) -> None:
    """By keyboard; after the last draw the button stays where it is, and does nothing."""
    host = page.locator(".ex-probs").nth(3)
    row = host.locator("[data-part=probs-read] li")
    line = host.locator("[data-part=probs-line]")
    button = host.get_by_role("button", name="Draw a token")
    steps = way(1.0, 60, 1.0, 0)
    for number in range(1, 5):
        button.press("Enter")
        assert row.count() == 2 + number
        assert row.last.text_content() == NAMES[ids_of(steps)[number - 1]]
        shown_bars = host.locator("[data-part=probs-bars] li").all()
        widths = [bar.get_attribute("style") for bar in shown_bars[: len(steps[number - 1][4])]]
        assert [float(re.findall(r"([\d.]+)%", width)[0]) for width in widths] == pytest.approx(
            [share / 10 for share in steps[number - 1][4]], abs=1e-3
        )
    button.press("Enter")
    assert row.count() == 6 and "last of 4 draws" in line.text_content()
    host.get_by_role("button", name="Start over").click()
    host.get_by_role("button", name="Draw 4").click()
    second = [NAMES[id] for id in ids_of(way(1.0, 60, 1.0, 1))]
    assert row.all_text_contents()[2:] == second
    host.get_by_role("slider").first.press("Home")
    assert row.count() == 2
    host.get_by_role("button", name="Draw a token").click()
    assert row.last.text_content() == NAMES[generate(TINY, [[3, 1]], 1)[0][0]]
    row.first.get_by_role("button").click()
    assert row.first.get_by_role("button").get_attribute("aria-pressed") == "true"
