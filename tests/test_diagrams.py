"""Diagrams: drawn from what a page gives, readable in both layouts, chosen by keyboard and pointer.

What holds for every diagram is asked of the examples of `EXAMPLES`.
"""

import math
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import torch
from axe_playwright_python.sync_playwright import Axe

import exhibits
from exhibits import table
from exhibits.base.exhibit import Exhibit
from exhibits.base.wording import decimal
from exhibits.diagrams import gpt_block
from exhibits.diagrams.clock_hands import clock_hands
from exhibits.diagrams.diagram import Choice, Layout, diagram
from exhibits.diagrams.input_sum import input_sum
from exhibits.diagrams.kv_cache import kv_cache
from exhibits.diagrams.looking import looking
from exhibits.diagrams.low_rank import low_rank
from exhibits.diagrams.muon_rounds import muon_rounds
from exhibits.diagrams.one_hot_lookup import one_hot_lookup
from exhibits.diagrams.one_weight import RATES, descend, one_weight, verdict
from exhibits.diagrams.pipeline import model_pipeline, pipeline
from exhibits.diagrams.sliding_window import sliding_window
from exhibits.diagrams.split_heads import split_heads
from exhibits.diagrams.trained_parts import Stack, trained_parts
from exhibits.diagrams.training_loop import training_loop
from exhibits.diagrams.vector_strips import vector_strips
from exhibits.diagrams.weighted_mean import weighted_mean
from scratch.model.config import GPTConfig
from scratch.model.gpt import GPTModel
from scratch.tokenizer.bpe import BytePairEncoding

SVG = re.compile(r"<svg.*?</svg>", re.S)


def hands(speeds: list[float], many: int = 12) -> list[list[float]]:
    return [
        [side(speed * at) for speed in speeds for side in (math.sin, math.cos)]
        for at in range(many)
    ]


def clock() -> Exhibit:
    return clock_hands(hands([1.0, 0.3, 0.1, 0.05, 0.01, 0.001]))


def way() -> Exhibit:
    vectors = [[0.1, -0.2, 0.3], [-0.4, 0.0, 0.9]]
    return pipeline(["The", " cat"], [464, 3797], vectors, [(" sat", 2.5), (" ran", 1.0)], 50_000)


def table_row() -> Exhibit:
    return one_hot_lookup(["dog", "cat"], [12, 7], [[-0.4, 0.3], [0.25, -0.5]], 100)


def shifted() -> Exhibit:
    tokens = "the dog sees the extraordinarily long lighthouse again .".split()
    return sliding_window(tokens[:-1], tokens[1:])


WORDS = "the extraordinary lamp".split()
PARTS = {name: (1, 4, 8 + at) for at, (name, _) in enumerate(gpt_block.PARTS)}


def attention() -> Exhibit:
    vectors = torch.randn(3, 3, 8, generator=torch.Generator().manual_seed(0))
    return weighted_mean(WORDS, *vectors)


def training() -> Exhibit:
    return training_loop((8, 64), 50_257, 124_439_808, [6.93, 5.5, 4.25], [(0, 6.9), (560, 4.5)])


STRIPS = [
    {f"{name[:12]} {row}": [0.1 * at - row] * 40 for row in range(3)}
    for at, (name, _) in enumerate(gpt_block.PARTS)
]


def ways() -> Exhibit:
    named = [
        Stack(("as it", "comes"), "", 0),
        Stack(("frozen,", "last token"), "head", 577),
        Stack(("frozen,", "all tokens"), "head", 577),
        Stack(("block 30", "trained"), "block", 3_541_826),
        Stack(("block 30,", "LoRA"), "lora", 86_032),
    ]
    return trained_parts(named, 30)


EXAMPLES: dict[str, Callable[[], Exhibit]] = {
    "mean": attention,
    "heads": lambda: split_heads((1, 6, 16), 2),
    "many-heads": lambda: split_heads((8, 1024, 768), 12),
    "block": lambda: gpt_block.gpt_block(PARTS, 12, table="tbl-shapes"),
    "walk": lambda: gpt_block.gpt_block(PARTS, 12, vectors=STRIPS),
    "weight": one_weight,
    "loop": training,
    "ways": ways,
    "cache": lambda: kv_cache(5, 123),
    "low-rank": lambda: low_rank(576, 1536, [1, 8, 64], 1),
    "pipeline": way,
    "lookup": table_row,
    "window": shifted,
    "clock": clock,
    "sum": lambda: input_sum(["can", "open", "can"], torch.eye(3), torch.ones(3, 3), start=1),
    "looking": lambda: looking(["dog", "sees", "the", "cat"]),
    "muon": lambda: muon_rounds([(1.0, 0.02), (0.7, 0.07), (1.1, 0.9)]),
}


def drawings(exhibit: Exhibit) -> list[ElementTree.Element]:
    """Both layouts of a diagram, the wide one first."""
    return [ElementTree.fromstring(one) for one in SVG.findall(exhibit.html)]


def words(exhibit: Exhibit) -> list[list[str]]:
    """The labels of each layout."""
    return [["".join(text.itertext()) for text in one.iter("text")] for one in drawings(exhibit)]


# -- What holds for every diagram


@pytest.mark.parametrize("name", EXAMPLES)
def test_both_layouts_are_named_and_described(name: str) -> None:
    exhibit = EXAMPLES[name]()
    assert exhibit.text.startswith("[diagram] ")
    both = drawings(exhibit)
    assert len(both) == 2
    for one in both:
        assert one.get("role") == "img"
        title, description = one.find("title"), one.find("desc")
        assert title is not None and description is not None
        assert f"{title.text}. {description.text}" == exhibit.text.removeprefix("[diagram] ")


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_colour_is_none_of_the_drawings_own(name: str) -> None:
    assert not re.search(r"(fill|stroke)=|#[0-9a-f]{3}|rgb", EXAMPLES[name]().html)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("diagrams")
    shutil.copytree(Path(exhibits.__file__).parent / "assets", folder / "assets")
    rows = table([[name, str(at)] for at, name in enumerate(PARTS)], header=["part", "shape"])
    beside = {"block": f'<div id="tbl-shapes">{rows.html}</div>'}
    for name, make in EXAMPLES.items():
        (folder / "index.html").touch()
        (folder / f"{name}.html").write_text(
            '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>A diagram</title>'
            '<meta name="viewport" content="width=device-width">'
            '<link rel="stylesheet" href="assets/exhibits.css"><script defer'
            ' src="assets/exhibits.js"></script></head>'
            '<body style="margin:10px;background:var(--paper)"><main style="max-width:538px">'
            f"<h1>A diagram</h1>{make().html}{beside.get(name, '')}</main></body></html>",
            encoding="utf-8",
        )
    return folder


@pytest.fixture(scope="module")
def diagrams(folder: Path, serving: Callable[..., Any]) -> Iterator[str]:
    with serving(folder) as found:
        yield found


@pytest.fixture
def open_page(diagrams: str, browser: Any) -> Iterator[Any]:
    """Open an example at a width; it is alive when this returns."""
    contexts = []

    def opened(name: str, width: int = 600, **options: Any) -> Any:
        context = browser.new_context(viewport={"width": width, "height": 900}, **options)
        contexts.append(context)
        page = context.new_page()
        page.goto(f"{diagrams}{name}.html")
        if options.get("java_script_enabled", True):
            page.wait_for_selector(".ex-dg.ex-drawn, .ex-dg:not(:has(.dg-controls))")
        return page

    yield opened
    for context in contexts:
        context.close()


OVERLAPS = """() => {
  const svg = [...document.querySelectorAll(".ex-dg > svg")].find((one) => one.checkVisibility());
  const frame = svg.getBoundingClientRect(), wrong = [];
  const scale = frame.width / svg.viewBox.baseVal.width;
  const labels = [...svg.querySelectorAll("text")].filter((text) => text.getBoundingClientRect().width);
  const boxes = labels.map((text) => text.getBoundingClientRect());
  boxes.forEach((a, i) => {
    const name = labels[i].textContent;
    if (parseFloat(getComputedStyle(labels[i]).fontSize) * scale < 12) wrong.push(`${name} is small`);
    if (a.left < frame.left - 1 || a.right > frame.right + 1 || a.bottom > frame.bottom + 2) wrong.push(`${name} is cut`);
    boxes.slice(i + 1).forEach((b, j) => {
      if (a.left + 1 < b.right && b.left + 1 < a.right && a.top + 4 < b.bottom && b.top + 4 < a.bottom) {
        wrong.push(`${name} lies on ${labels[i + 1 + j].textContent}`);
      }
    });
  });
  return wrong;
}"""


@pytest.mark.browser
@pytest.mark.parametrize("width", [390, 600])
@pytest.mark.parametrize("name", EXAMPLES)
def test_labels_are_large_apart_and_inside(name: str, width: int, open_page: Any) -> None:
    page = open_page(name, width)
    assert page.evaluate(OVERLAPS) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.browser
@pytest.mark.parametrize("name", EXAMPLES)
def test_axe_finds_nothing_in_either_theme(name: str, open_page: Any) -> None:
    page = open_page(name, 390)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        found = Axe().run(page).response["violations"]
        assert [(one["id"], one["nodes"][0]["html"]) for one in found] == [], scheme


@pytest.mark.browser
@pytest.mark.parametrize("name", EXAMPLES)
def test_without_a_script_the_drawing_is_there_and_the_control_is_not(
    name: str, open_page: Any
) -> None:
    page = open_page(name, java_script_enabled=False)
    assert page.locator(".ex-dg > svg:visible").count() == 1
    assert not page.locator(".dg-controls").is_visible()


def test_a_choice_has_a_note_for_each_setting() -> None:
    flat = Layout("", 1)
    with pytest.raises(ValueError, match="2 settings and 1 notes"):
        diagram("d", "D", "d", flat, flat, Choice("c", ["a", "b"], ["a"]))


# -- The input of a model, and what attention looks at


def test_of_a_token_that_comes_twice_the_row_is_the_same_and_the_sum_is_not() -> None:
    """By hand: at both places the token is [1, 0]; the positions add [0, 0] and [0, 2]."""
    tokens, places = torch.tensor([[1.0, 0], [1, 0]]), torch.tensor([[0.0, 0], [0, 2]])
    wide = drawings(input_sum(["can", "can"], tokens, places))[0]
    first, second = (
        [ElementTree.tostring(one) for one in state.findall("g")] for state in wide.findall("g")
    )
    assert first[0] == second[0] and first[1] != second[1] and first[2] != second[2]
    said = input_sum(["can", "can"], tokens, places).html
    assert "“can” at position 0: the first row is the same at position 1" in said


@pytest.mark.parametrize(("tokens", "many"), [([], 0), (["a"], 2)])
def test_a_sum_without_a_vector_for_each_token_is_refused(tokens: list[str], many: int) -> None:
    with pytest.raises(ValueError, match="as many of each"):
        input_sum(tokens, torch.ones(many, 2), torch.ones(many, 2))


def test_backwards_a_word_looks_at_itself_and_those_before() -> None:
    """Of four words 16 lines, and backwards 1 + 2 + 3 + 4."""
    for one in drawings(looking(["dog", "sees", "the", "cat"])):
        states = [state.get("data-on") for state in one.iter("g") if state.get("data-on")]
        assert (len(states), states.count("0 1")) == (16, 10)
    with pytest.raises(ValueError, match="give two or more"):
        looking(["dog"])


# -- The hands of clocks


def test_a_hand_is_at_the_angle_of_its_sine_and_cosine() -> None:
    """A quarter of a turn a position: at position 3 the hand is at 270 degrees, 9 o'clock."""
    exhibit = clock_hands(hands([math.pi / 2]), start=3)
    assert "rotate(-90.00deg)" in exhibit.html
    assert words(exhibit) == [["0, 1", "in 4.0"]] * 2


def test_of_the_hands_that_hardly_move_the_slowest_alone_is_drawn() -> None:
    turns = [one for one in words(clock())[0] if one.startswith("in ")]
    assert turns == ["in 6.3", "in 21", "in 63", "in 126", "in 6,283"]


@pytest.mark.browser
def test_a_slider_turns_the_hands_by_keyboard(open_page: Any) -> None:
    page = open_page("clock")
    page.get_by_role("slider").focus()
    page.keyboard.press("ArrowRight")
    assert page.locator("[data-part=diagram-setting]").inner_text() == "4"
    hand = page.locator(".dg-wide [data-hand='0'] > g")
    assert math.isclose(
        float(hand.evaluate("(one) => parseFloat(one.style.transform.slice(7))")),
        math.degrees(4) - 360,
        abs_tol=0.01,
    )
    assert "Position 4:" in page.locator(".dg-note").inner_text()


@pytest.mark.parametrize("rows", [[], [[0.0, 1.0]], [[0.0], [1.0]]])
def test_positions_that_are_no_hands_are_refused(rows: list[list[float]]) -> None:
    with pytest.raises(ValueError, match="a sine and a cosine for every hand"):
        clock_hands(rows)


# -- The way through a model


def test_the_way_through_a_model_has_the_ids_the_logits_and_the_next_text() -> None:
    for texts in words(way()):
        assert {"464", "3797", "2.5", "1.0", "50,000", "3 long"} <= set(texts)
        assert texts[-2:] == ["The cat", "␣sat"]


def test_another_answer_gives_another_text() -> None:
    other = pipeline(["The"], [464], [[0.1]], [(" dog", 0.5)], 10)
    assert all(texts[-1] == "␣dog" for texts in words(other))


def test_the_logits_are_those_of_the_model() -> None:
    draw = torch.Generator().manual_seed(0)
    encoding = BytePairEncoding([])
    model = GPTModel(GPTConfig(len(encoding), 8, emb_dim=8, n_heads=2, n_layers=1), draw)
    ids = encoding.encode_ordinary("a cat")
    with torch.inference_mode():
        best = model(torch.tensor([ids]))[0, -1].max().item()
    for texts in words(model_pipeline(model, encoding, "a cat")):
        assert {str(id) for id in ids} <= set(texts)
        assert decimal(best, 1) in texts


def test_a_way_without_an_answer_is_refused() -> None:
    with pytest.raises(ValueError, match="0 answers"):
        pipeline(["a"], [1], [[0.1]], [], 10)


# -- A one-hot vector times the table


@pytest.mark.browser
def test_the_chosen_id_picks_its_row_by_keyboard_and_by_pointer(open_page: Any) -> None:
    page = open_page("lookup")

    def picked() -> list[str]:
        visible = "(all) => all.filter((one) => one.getBoundingClientRect().width).map((one) => one.textContent)"
        return page.locator(".dg-wide .dg-only text").evaluate_all(visible)

    assert picked() == ["0", "1", "−0.40", "0.30"]  # the rows are in the order of ids
    page.get_by_role("radio").first.focus()
    page.keyboard.press("ArrowRight")
    assert picked() == ["1", "0", "0.25", "−0.50"]
    assert page.get_by_role("radio").nth(1).is_checked()
    assert "Index 7 is 1, the other 99 are 0" in page.locator(".dg-note").inner_text()
    page.locator(".dg-wide [data-pick='0']").click()
    assert picked() == ["0", "1", "−0.40", "0.30"]


def test_an_id_that_comes_twice_has_one_row() -> None:
    exhibit = one_hot_lookup(["a", "b", "a"], [3, 5, 3], [[0.1], [0.2], [0.1]], 10)
    assert exhibit.text.endswith("Of 10 rows id 3 picks row 3, id 5 picks row 5.")


# -- A window


@pytest.mark.browser
def test_a_pointer_over_an_input_shows_its_target(open_page: Any) -> None:
    page = open_page("window")
    page.locator(".dg-wide [data-pick='1']").first.hover()
    lit = page.locator(".dg-wide .dg-on text").all_text_contents()
    assert lit == ["the", "dog", "sees"]
    assert (
        page.locator(".dg-note").inner_text() == "Having read “the dog”, it should answer “sees”."
    )


def test_targets_that_are_not_shifted_by_one_are_refused() -> None:
    with pytest.raises(ValueError, match="the targets shifted by one"):
        sliding_window(["a", "b"], ["a", "b"])


# -- The weighted mean


def test_scores_and_weights_are_those_of_the_vectors() -> None:
    """One query of (2, 0), keys of (1, 0) and (0, 1): scores 2 / sqrt(2) and 0, weights 80 and 20 %.

    e to the power of 1.414 is 4.11, and 4.11 / 5.11 is 0.80.
    """
    q, k = torch.tensor([[2.0, 0.0]] * 2), torch.eye(2)
    exhibit = weighted_mean(["a", "b"], q, k, k)
    for texts in words(exhibit):
        assert [one for one in texts if "%" in one] == ["80%", "20%"] * 2
        assert texts.count("1.41") == texts.count("0.00") == 2
    assert "“a” gives “a” 80% and “b” 20% of its attention." in exhibit.text


def test_a_mask_leaves_the_first_token_itself_alone() -> None:
    exhibit = weighted_mean(
        ["a", "b"], torch.ones(2, 2), torch.ones(2, 2), torch.eye(2), causal=True
    )
    assert [one for one in words(exhibit)[0] if "%" in one] == ["100%", "50%", "50%"]


# -- Heads


def test_the_shapes_of_heads_are_those_of_the_model() -> None:
    for texts in words(split_heads((2, 5, 12), 3)):
        assert {"2 × 5 × 12", "2 × 3 × 5 × 4", "2 × 3 × 5 × 5"} <= set(
            re.findall(r"\d[\d ×]*\d", " / ".join(texts))
        )


def test_a_width_that_heads_do_not_divide_is_refused() -> None:
    with pytest.raises(ValueError, match="n_heads is 5 and the vectors have 16 numbers"):
        split_heads((1, 6, 16), 5)


# -- The block


@pytest.mark.browser
def test_a_part_marks_its_row_and_a_row_its_part(open_page: Any) -> None:
    page = open_page("block")

    def lit() -> tuple[list[str], list[str]]:
        parts = page.locator(".dg-wide .dg-on text").all_text_contents()
        return parts, page.locator("tr.dg-row td:first-child").all_inner_texts()

    assert lit() == (["token + position embeddings", "1 × 4 × 9"], ["embeddings"])
    page.locator(".dg-wide [data-pick='4']").click()
    assert lit() == (["attention weights", "1 × 4 × 12"], ["attention weights"])
    page.locator("#tbl-shapes tbody tr").last.click()
    assert lit() == (["logits", "1 × 4 × 20"], ["logits"])
    page.get_by_role("slider").press("Home")
    assert lit() == (["ids", "1 × 4 × 8"], ["ids"])


def test_a_block_without_a_shape_for_each_part_is_refused() -> None:
    with pytest.raises(
        ValueError, match="there are 1 shapes; give one for each of ids, embeddings"
    ):
        gpt_block.gpt_block({"ids": (1, 4)}, 2)


def test_vectors_of_some_parts_alone_are_refused() -> None:
    with pytest.raises(ValueError, match="there are vectors of 1 parts; give all 13"):
        gpt_block.gpt_block(PARTS, 2, vectors=STRIPS[:1])
    with pytest.raises(ValueError, match="there is room for 3"):
        crowded = [{str(row): [0.0] for row in range(4)}, *STRIPS[1:]]
        gpt_block.gpt_block(PARTS, 2, vectors=crowded)


@pytest.mark.browser
def test_of_the_vectors_those_of_the_chosen_part_alone_are_seen(open_page: Any) -> None:
    page = open_page("walk")
    seen = page.locator(".dg-wide .dg-only:visible")
    assert seen.locator("text").all_text_contents() == list(STRIPS[1])
    page.get_by_role("slider").press("End")
    assert seen.locator("text").all_text_contents() == list(STRIPS[-1])


# -- One weight


def test_a_step_subtracts_learning_rate_times_gradient() -> None:
    """The loss (w - 2)² has the gradient 2 (w - 2): from -1 with 0.1, -1 + 0.1 * 6 = -0.4."""
    assert descend(0.1, steps=2) == pytest.approx([-1.0, -0.4, 0.08])


def test_a_learning_rate_is_judged_by_how_much_distance_ten_steps_leave() -> None:
    """Each step multiplies the distance by 1 - 2 * rate: 0.8 ** 10 = 0.107, 0.4 ** 10 = 0.0001."""
    assert [verdict(rate) for rate in (0.1, 0.3, 0.5, 0.6, 0.95, 1.0, 1.01)] == [
        "too small", "right", "right", "rather large", "too large", "too large", "much too large",
    ]  # fmt: skip
    assert {verdict(rate) for rate in RATES} == {
        "too small", "right", "rather large", "too large", "much too large",
    }  # fmt: skip


def test_a_rate_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="give one or more above 0"):
        one_weight([0.1, 0.0])


# -- The loop


def test_the_loop_has_the_numbers_of_the_training() -> None:
    for texts in words(training()):
        assert texts[1::2] == [
            "8 × 64 tokens", "50,257 scores each", "6.93 → 4.25 nats", "124,439,808 slopes", "3 steps",
            "4.50 at step 560",
        ]  # fmt: skip


# -- What a token gives to others


def test_named_fractions_are_columns_even_if_a_name_comes_twice() -> None:
    drawn = vector_strips([[("a", 0.25), ("the", 0.5), ("a", 0.25)]], 540, 0)
    assert re.findall(r">([^<>]+)</text>", drawn) == ["a", "25%", "the", "50%", "a", "25%"]


# -- LoRA


def test_the_thin_matrices_have_the_ranks_sizes() -> None:
    for texts in words(low_rank(576, 1536, [8])):
        assert {"A 576 × 8", "B 8 × 1,536"} <= set(texts)
        assert texts.count("576 × 1,536") == 2  # the matrix, and what is added to it


@pytest.mark.browser
def test_a_slider_sets_the_rank_and_counts_what_is_trained(open_page: Any) -> None:
    """Rank 1 of a 576 × 1,536 matrix: 576 + 1,536 numbers."""
    page = open_page("low-rank")
    page.get_by_role("slider").press("Home")
    assert page.locator(".dg-wide .dg-on text").all_text_contents() == ["B 1 × 1,536", "A 576 × 1"]
    assert "2,112 numbers to train, 0.2% of" in page.locator(".dg-note").inner_text()


@pytest.mark.parametrize("ranks", [[], [0], [8, 577]])
def test_a_rank_that_is_none_is_refused(ranks: list[int]) -> None:
    with pytest.raises(ValueError, match="each from 1 to 576"):
        low_rank(576, 1536, ranks)


# -- What a cache saves


def test_the_tokens_read_are_counted() -> None:
    """2 given, 3 written: 2 + 3 + 4 without a cache, 2 + 1 + 1 with one."""
    assert [texts[1::2] for texts in words(kv_cache(2, 3))] == [["9 read", "4 read"]] * 2


@pytest.mark.browser
def test_the_slider_goes_to_the_last_step(open_page: Any) -> None:
    page = open_page("cache")
    page.get_by_role("slider").press("End")
    note = "Step 123: 127 tokens to read without a cache, 1 with one."
    assert page.locator(".dg-note").inner_text() == note


def test_each_round_of_muon_has_an_ellipse_with_its_two_numbers_as_half_axes() -> None:
    for drawing in drawings(muon_rounds([(1.0, 0.5), (0.75, 0.25)])):
        [circle] = drawing.iter("circle")
        one = float(circle.attrib["r"])
        axes = [(float(e.attrib["rx"]), float(e.attrib["ry"])) for e in drawing.iter("ellipse")]
        assert axes == [(one, one / 2), (0.75 * one, one / 4)]
    with pytest.raises(ValueError, match="give two pairs or more"):
        muon_rounds([(1.0, 0.0), (1.0, 1.0)])


def test_an_example_is_said_after_the_note_of_its_part() -> None:
    loop = training_loop((8, 64), 9, 9, [6.9], [(0, 6.9)], {"loss": "Here it’s 2 nats."})
    assert "first and the last batch. Here it’s 2 nats. (6.90" in loop.text
    assert "Here it’s" not in training().text
