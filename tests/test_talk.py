"""The pretrained model in the page: Chromium gives the products, tokens and answers of Python, and a
reader can load it, talk to it, and go on after what goes wrong on the way.
"""

import functools
import os
import random
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest
import torch
from playwright.sync_api import expect
from smollm import path as weights
from tiny_llama import SPECIALS, greedy, q4_1, q8_0, tiny

from exhibits.chat.chat import Turn, absent, chat
from exhibits.chat.model_shards import pack_shards
from exhibits.chat.recorded_steps import carried, steps_of
from press.publish.assets import make_assets
from press.render.csp import content_policy
from scratch.model.gguf_file import GGUFFile, read_gguf
from scratch.model.llama_file import from_gguf
from scratch.model.smollm import load_smollm_tokenizer
from scratch.tokenizer.bpe_listed import ListedEncoding
from scratch.tokenizer.chat_template import encode_chat

TIE = 1e-3  # logits that close may go either way
SHARD = 20_000  # bytes: the tiny model has six shards
PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="%s"><title>Talk</title>
<link rel="stylesheet" href="assets/exhibits.css"></head>
<body style="background:var(--paper);color:var(--ink)"><main><h1>Talk</h1>%s</main><script defer src="assets/exhibits.js"></script></body></html>"""
SAID = [[Turn("user", "Who are you?"), Turn("assistant", "A model, <b>small</b>.")]]


class Quiet(SimpleHTTPRequestHandler):
    """Files; those whose names are in `lost` are not there."""

    asked: ClassVar[list[str]] = []
    lost: ClassVar[set[str]] = set()

    def do_GET(self) -> None:
        name = self.path.rsplit("/", 1)[-1]
        Quiet.asked.append(name)
        if name in Quiet.lost:
            self.send_error(503)
        else:
            super().do_GET()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


def page_of(folder: Path, model: GGUFFile, **options: Any) -> Path:
    """A folder with one page that shows the model, and its files."""
    folder.mkdir(exist_ok=True)
    (folder / "_quarto.yml").write_text("", encoding="utf-8")
    make_assets(folder)
    with pytest.MonkeyPatch.context() as patch:
        for name in ("PRESS_DOCUMENT", "QUARTO_DOCUMENT_FILE", "QUARTO_DOCUMENT_PATH"):
            patch.delenv(name, raising=False)
        patch.chdir(folder)
        box = chat(model, name="m", title="A model", beginnings=["Who are you?"], **options)
    policy = content_policy().replace('"', "&quot;")
    (folder / "index.html").write_text(PAGE % (policy, box.html), encoding="utf-8")
    return folder


@contextmanager
def served(folder: Path) -> Iterator[str]:
    with ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder))
    ) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


@pytest.fixture(scope="module")
def model() -> GGUFFile:
    return tiny()


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, model: GGUFFile) -> Iterator[str]:
    folder = page_of(tmp_path_factory.mktemp("talk"), model, conversations=SAID, most=SHARD)
    with served(folder) as address:
        yield address


@pytest.fixture
def opened(browser: Any, home: str) -> Iterator[Callable[..., Any]]:
    """Open the page in a browser that keeps nothing yet; errors in it fail the test."""
    contexts, errors = [], []

    def make(context: Any = None, **options: Any) -> Any:
        if context is None:
            context = browser.new_context(**options)
            contexts.append(context)
            context.add_init_script(NOTED)
        tab = context.new_page()
        tab.on("pageerror", lambda error: errors.append(str(error)))
        tab.route("**/favicon.ico", lambda route: route.fulfill(status=204))
        tab.goto(home)
        return tab

    Quiet.asked.clear()
    Quiet.lost.clear()
    yield make
    Quiet.lost.clear()
    for context in contexts:
        context.close()
    assert errors == []


# words that grow token by token may begin a new line: what is outside of the log stays where it is
NOTED = """window.shifts = []; window.violations = [];
addEventListener("securitypolicyviolation", (event) => violations.push(event.blockedURI));
new PerformanceObserver((list) => { for (const entry of list.getEntries()) {
  const moved = entry.sources.map(({ node }) => node?.parentElement).filter((one) => !one?.closest(".ex-chat-log"));
  if (!entry.hadRecentInput && moved.length) shifts.push([entry.value, ...moved.map((one) => one?.outerHTML.slice(0, 80))]);
} }).observe({ type: "layout-shift", buffered: true });"""


def place(page: Any, name: str) -> Any:
    return page.locator(f'[data-part="{name if name == "note" else f"chat-{name}"}"]')


def loaded(page: Any) -> Any:
    place(page, "load").click()
    expect(place(page, "load")).to_have_text("The model is loaded")
    return page


def ask(page: Any, text: str) -> None:
    place(page, "text").fill(text)
    place(page, "text").press("Enter")


def answered(page: Any) -> None:
    expect(place(page, "send")).not_to_have_text("Stop")


def shown(page: Any) -> list[str]:
    """The tokens of the last answer."""
    return page.locator(".ex-chat-tokens").last.locator("li").evaluate_all(
        "(items) => items.map((item) => item.getAttribute('aria-label'))"
    )  # fmt: skip


def shards(names: list[str]) -> list[str]:
    return [name for name in names if name.startswith("m-")]


# -- Without a browser


def test_the_shards_hold_every_byte_of_the_file_once(model: GGUFFile):
    import json

    packed = pack_shards(model, "m", SHARD)
    index = json.loads(packed.files[packed.index])
    files = [packed.files[entry["file"]] for entry in index["shards"]]
    assert len(files) > 3 and max(map(len, files)) <= SHARD
    rebuilt: dict[str, bytes] = {}
    for name, _, first, rows, columns, shard, offset in index["pieces"]:
        stored = model.tensors[name].format
        size = columns // stored.block * stored.block_bytes
        assert len(rebuilt.get(name, b"")) == first * size
        rebuilt[name] = rebuilt.get(name, b"") + files[shard][offset : offset + rows * size]
    assert rebuilt == {name: bytes(stored.data) for name, stored in model.tensors.items()}
    assert sum(map(len, files)) == sum(map(len, rebuilt.values()))


def test_a_row_larger_than_a_shard_is_refused(model: GGUFFile):
    with pytest.raises(ValueError, match="has 102 bytes; a shard holds 101"):
        pack_shards(model, "m", 101)


def test_without_the_weights_one_line_says_how_to_get_them():
    box = absent("run `make .venv/installed`")
    assert "\n" not in box.text and "run `make .venv/installed`" in box.text
    assert "<script" not in box.html


# -- The engine in Chromium

PRODUCTS = """async ([kind, rows, columns, T, bytes, x]) => {
  const { Matrix4, Matrix8 } = await import("./assets/chat-kernel.js");
  const matrix = new (kind === "Q4_1" ? Matrix4 : Matrix8)(rows, columns / 32);
  const size = bytes.length / rows;
  const view = new DataView(Uint8Array.from(bytes).buffer);
  for (let row = 0; row < rows; row++) matrix.take(row, view, row * size);
  const out = new Float32Array(T * rows);
  if (kind === "Q4_1") matrix.times(Float32Array.from(x), T, out);
  else matrix.times(Float32Array.from(x), out);
  return [...out];
}"""
ANSWERS = """async ([address, workers, prompts, length]) => {
  const worker = new Worker("./assets/chat-worker.js", { type: "module" });
  const said = (message, over) => new Promise((done, failed) => {
    const heard = [];
    worker.onmessage = ({ data }) => {
      if (data.failed || data.broken) failed(new Error(data.failed ?? data.broken));
      if (data.top) heard.push(data);
      if (heard.length === length) worker.postMessage({ stop: true });
      if (over(data)) done(heard);
    };
    worker.postMessage(message);
  });
  await said({ load: new URL(address, document.baseURI).href, key: "test", workers }, (data) => data.ready);
  const found = [];
  let run = 0;
  for (const ids of prompts) {
    const steps = await said({ answer: ++run, ids, ends: [], seed: 1, temperature: 0, topP: 1 }, (data) => data.done);
    found.push(steps.slice(0, length).map(({ id, p }) => [id, p]));
  }
  worker.terminate();
  return found;
}"""


@pytest.mark.browser
@pytest.mark.parametrize("T", [1, 3])
@pytest.mark.parametrize(("make", "kind"), [(q4_1, "Q4_1"), (q8_0, "Q8_0")])
def test_products_are_those_of_numpy(opened: Any, make: Any, kind: str, T: int):
    """Rounding x to whole numbers costs about as much as float32 does."""
    draws = np.random.default_rng(5)
    stored, T = make(48, 160, 2.0, draws), T if kind == "Q4_1" else 1
    x = draws.normal(size=(T, 160)).astype(np.float32)
    x[:, :32] *= 1000  # scales of its own for each block
    x[:, 32:64] = 0
    wanted = x.astype(np.float64) @ stored.unpack().astype(np.float64).T
    data = [kind, 48, 160, T, stored.data.tolist(), x.ravel().tolist()]
    found = np.array(opened().evaluate(PRODUCTS, data)).reshape(T, 48)
    assert np.abs(found - wanted).max() < 1e-5 * np.abs(x).max() * 2 * 32


@pytest.mark.browser
@pytest.mark.parametrize("workers", [1, 2, 3])
def test_answers_are_pythons_whatever_the_number_of_workers(
    opened: Any, model: GGUFFile, workers: int
):
    """The prompts have 1, 33 and 70 tokens: less than is read at once, and more."""
    draws = random.Random(workers)
    prompts = [[draws.randrange(3, 260) for _ in range(length)] for length in (1, 33, 70)]
    found = opened().evaluate(ANSWERS, ["assets/m.json", workers, prompts, 24])
    alike(model, prompts, found, 24)


def alike(model: GGUFFile, prompts: list[list[int]], found: Any, length: int) -> None:
    """Ids as Python's up to a tie, and probabilities within a thousandth."""
    python = from_gguf(model)
    for prompt, steps in zip(prompts, found, strict=True):
        wanted, gaps = greedy(python, prompt, length)
        sure = next((step for step, gap in enumerate(gaps) if gap < TIE), length)
        assert sure > 0 and [id for id, _ in steps][:sure] == wanted[:sure]
        with torch.inference_mode():
            first = python(torch.tensor([prompt]))[0, -1].softmax(-1)[wanted[0]]
        assert abs(steps[0][1] - float(first)) < TIE


# -- A reader's visit


@pytest.mark.browser
def test_a_reader_talks_goes_another_way_and_scores(opened: Any):
    page = opened(viewport={"width": 1280, "height": 1000})
    expect(place(page, "load")).to_have_text("Load the model (0 MB)")
    assert shards(Quiet.asked) == []  # nothing before the tap
    loaded(page)
    assert len(shards(Quiet.asked)) == 7  # the tokenizer and six shards
    ask(page, "Hello 12")
    answered(page)
    first = shown(page)
    assert first[-1].startswith("the end")
    expect(place(page, "note")).to_contain_text("The answer is complete.")
    rows = place(page, "side").locator("tbody tr")
    expect(rows).to_have_count(10)
    # another token of the third place
    page.locator(".ex-chat-tokens li").nth(2).click()
    other = place(page, "side").locator("tbody button").first
    name = other.get_attribute("aria-label").removeprefix("Go on with ")
    other.click()
    answered(page)
    second = shown(page)
    assert second[:2] == first[:2] and second[2].startswith(name) and second[2] != first[2]
    expect(page.locator(".ex-chat-chosen")).to_have_count(1)
    # a further turn knows the one before
    before = int(place(page, "count").inner_text().split()[0].replace(",", ""))
    ask(page, "And?")
    answered(page)
    after = int(place(page, "count").inner_text().split()[0].replace(",", ""))
    assert page.locator(".ex-chat-tokens").count() == 2 and after > before
    # a sentence is scored
    page.get_by_role("button", name="Score a sentence").click()
    ask(page, "the cat")
    answered(page)
    total = page.locator("[data-part=chat-scored] .ex-head span").inner_text()
    notes = page.locator("[data-part=chat-scored] li").evaluate_all(
        "(items) => items.map((item) => Number(item.lastElementChild.textContent))"
    )
    assert len(notes) > 3 and abs(sum(notes) - float(total.split()[0])) < 0.1 * len(notes)
    assert "bits a character" in total
    assert page.evaluate("violations") == [] and page.evaluate("shifts") == []


@pytest.mark.browser
def test_scores_are_pythons(opened: Any, model: GGUFFile):
    page = loaded(opened())
    page.get_by_role("button", name="Score a sentence").click()
    ask(page, "the cat")
    answered(page)
    scored = page.locator("[data-part=chat-scored] li").evaluate_all(
        "(items) => items.map((item) => Number(item.dataset.id))"
    )
    ids = [0, *scored]  # a text begins after <|endoftext|>
    with torch.inference_mode():
        logs = from_gguf(model)(torch.tensor([ids]))[0].log_softmax(-1)
    bits = -sum(float(logs[at, id]) for at, id in enumerate(ids[1:])) / np.log(2)
    total = page.locator("[data-part=chat-scored] .ex-head span").inner_text()
    assert abs(float(total.split()[0]) - bits) < 0.1


# Presses Stop at the third token, however fast they come.
STOP = """() => {
  const watch = new MutationObserver(() => {
    if (document.querySelectorAll(".ex-chat-tokens li").length < 3) return;
    watch.disconnect();
    document.querySelector("[data-part=chat-send]").click();
  });
  watch.observe(document.body, { childList: true, subtree: true });
}"""


def endless(model: GGUFFile, least: int) -> str:
    """A question whose best answer has so many tokens or more."""
    data, python = model.metadata, from_gguf(model)
    encoding = ListedEncoding(
        data["tokenizer.ggml.tokens"], data["tokenizer.ggml.merges"], SPECIALS
    )
    for number in range(100):
        ids = encode_chat(encoding, [{"role": "user", "content": f"Hello {number}"}])
        answer, gaps = greedy(python, ids, least)
        if not {0, 2} & set(answer) and min(gaps) > TIE:
            return f"Hello {number}"
    raise AssertionError("each answer ends soon; draw another tiny model")


@pytest.mark.browser
def test_an_answer_is_stopped_and_ends_with_the_context(opened: Any, model: GGUFFile):
    page = loaded(opened())
    question = endless(model, 100)
    page.evaluate(STOP)
    ask(page, question)
    expect(place(page, "note")).to_contain_text("Stopped.")
    answered(page)
    assert len(shown(page)) >= 3 and not shown(page)[-1].startswith("the end")
    ask(page, "y" * 1_999)
    expect(place(page, "note")).to_contain_text("the page reads 2,048. Shorten it")
    place(page, "new").click()
    expect(page.locator(".ex-chat-log .ex-chat-turn")).to_have_count(0)


@pytest.mark.browser
def test_a_conversation_ends_with_the_context(
    browser: Any, tmp_path_factory: pytest.TempPathFactory, model: GGUFFile
):
    short = GGUFFile(model.metadata | {"llama.context_length": 144}, model.tensors)
    with served(page_of(tmp_path_factory.mktemp("short"), short)) as address:
        page = browser.new_page()
        page.goto(address)
        loaded(page)
        ask(page, endless(model, 60))
        answered(page)
        expect(place(page, "note")).to_contain_text(
            "The conversation has reached 144 tokens, and the page reads no further"
        )
        page.close()


@pytest.mark.browser
def test_a_lost_shard_is_said_and_loading_goes_on(opened: Any):
    page = opened()
    Quiet.lost.add("m-03.bin")
    place(page, "load").click()
    expect(place(page, "note")).to_contain_text("Part 5 of 7 could not be loaded: the server")
    expect(place(page, "load")).to_have_text("Go on loading")
    Quiet.lost.clear()
    Quiet.asked.clear()
    loaded(page)
    assert shards(Quiet.asked) == [f"m-{number:02}.bin" for number in range(3, 6)]
    ask(page, "Hello")
    answered(page)
    assert shown(page)


@pytest.mark.browser
def test_a_tab_closed_midway_goes_on_next_time_and_damage_is_mended(opened: Any):
    page = opened()
    Quiet.lost.add("m-04.bin")
    place(page, "load").click()
    expect(place(page, "note")).to_contain_text("Part 6 of 7")
    context = page.context
    page.close()
    Quiet.lost.clear()
    Quiet.asked.clear()
    page = opened(context)
    expect(place(page, "load")).to_have_text("Go on loading (5 of 7 parts are kept)")
    page.evaluate(
        """async () => { const [name] = await caches.keys(); const store = await caches.open(name);
        await store.put((await store.keys())[2], new Response("damaged")); }"""
    )
    loaded(page)
    assert sorted(shards(Quiet.asked)) == ["m-01.bin", "m-04.bin", "m-05.bin"]
    page.close()
    Quiet.asked.clear()
    page = opened(context)
    expect(place(page, "load")).to_contain_text("kept by your browser already")
    loaded(page)
    assert shards(Quiet.asked) == []
    place(page, "remove").click()
    expect(place(page, "note")).to_contain_text("Removed: your browser keeps nothing")
    assert page.evaluate("caches.keys()") == []


@pytest.mark.browser
def test_a_full_cache_leaves_the_model_in_memory(opened: Any, home: str):
    page = opened()
    page.context.new_cdp_session(page).send(
        "Storage.overrideQuotaForOrigin", {"origin": home.rstrip("/"), "quotaSize": 50_000}
    )
    loaded(page)
    expect(place(page, "note")).to_contain_text("Not kept, but in memory until this tab is closed")
    ask(page, "Hello")
    answered(page)
    assert shown(page)


# -- Before the model is there


def recorded(model: GGUFFile) -> dict[str, Any]:
    """A conversation that the tiny model had in Python, with its steps."""
    data = model.metadata
    encoding = ListedEncoding(
        data["tokenizer.ggml.tokens"], data["tokenizer.ggml.merges"], SPECIALS
    )
    python = from_gguf(model)
    prompt = encode_chat(encoding, [{"role": "user", "content": "Hello 12"}])
    ids, _ = greedy(python, prompt, 6)
    turns = [
        Turn("user", "Hello 12"),
        Turn("assistant", encoding.decode(ids), steps_of(python, prompt, ids)),
    ]
    end = encoding.special_ids["<|im_end|>"]
    return {
        "conversations": [turns],
        "recorded": carried(turns, lambda id: encoding.decode_bytes([id]), end),
    }


@pytest.fixture(scope="module")
def with_recorded(tmp_path_factory: pytest.TempPathFactory, model: GGUFFile) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("recorded")
    samples = ["the cat"]
    page_of(folder, model, most=SHARD, samples=samples, **recorded(model))
    with served(folder) as address:
        yield address


def test_a_recorded_step_is_what_the_model_expected(model: GGUFFile) -> None:
    python, prompt, answer = from_gguf(model), [3, 40, 7], [9, 11]
    for at, step in enumerate(steps_of(python, prompt, answer)):
        with torch.inference_mode():
            row = python(torch.tensor([[*prompt, *answer[:at]]]))[0, -1].softmax(-1)
        assert step.id == answer[at] and abs(step.p - float(row[step.id])) < 1e-5
        order = row.argsort(descending=True).tolist()
        assert order[step.rank - 1] == step.id and [id for id, _ in step.top] == order[:10]


@pytest.mark.browser
def test_a_recorded_answer_opens_before_the_model_loads_and_goes_on_after(
    browser: Any, with_recorded: str
) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844})
    context.add_init_script(NOTED)
    page = context.new_page()
    page.goto(with_recorded)
    Quiet.asked.clear()
    expect(page.locator(".ex-chat-tokens li")).to_have_count(6)
    first = shown(page)
    page.locator(".ex-chat-tokens li").nth(2).hover()
    page.wait_for_timeout(700)  # a shift right after a click would not count as one
    expect(place(page, "side")).to_be_hidden()  # for a mouse that passes nothing moves
    page.locator(".ex-chat-tokens li").nth(2).click()
    rows = place(page, "side").locator("tbody tr")
    expect(rows).to_have_count(10)
    below = rows.first.bounding_box()["y"] - place(page, "log").bounding_box()["y"]
    assert below < 500  # both fit on a phone
    other = place(page, "side").locator("tbody button").first
    name = other.get_attribute("aria-label").removeprefix("Go on with ")
    other.click()
    expect(place(page, "why")).to_contain_text("MB to load, once. Go on?")
    assert shards(Quiet.asked) == [] and shown(page) == first
    place(page, "yes").click()
    expect(place(page, "load")).to_have_text("The model is loaded")
    answered(page)
    assert shown(page)[:2] == first[:2] and shown(page)[2].startswith(name)
    assert page.evaluate("shifts") == []
    ask(page, "Hello")  # the reader's own conversation follows the one that went on
    answered(page)
    assert page.locator(".ex-chat-tokens").count() == 2
    context.close()


@pytest.mark.browser
@pytest.mark.parametrize("way", ["choice", "send", "sample"])
def test_whatever_needs_the_model_asks_before_it_loads(
    browser: Any, with_recorded: str, way: str
) -> None:
    """A beginning, Send, a sentence to score: no is no, and yes does what was asked for."""
    page = browser.new_page()
    page.goto(with_recorded)
    if way == "sample":
        page.get_by_role("button", name="Score a sentence").click()
        assert not place(page, "settings").is_visible() and not place(page, "choice").is_visible()
    if way == "send":
        place(page, "text").fill("Hello")
    button = place(page, way).first
    button.click()
    place(page, "no").click()
    expect(place(page, "asked")).to_be_hidden()
    expect(place(page, "load")).to_contain_text("Load the model")
    button.click()
    place(page, "yes").click()
    expect(place(page, "load")).to_have_text("The model is loaded")
    answered(page)
    if way == "sample":
        expect(page.locator("[data-part=chat-scored] .ex-head")).to_contain_text("bits a character")
    else:
        said = page.locator(".ex-chat-you").all_inner_texts()
        asked = "Hello" if way == "send" else "Who are you?"
        assert [text.split("\n")[-1] for text in said] == [asked]  # the recorded one is gone
    page.close()


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_is_accessible_on_a_phone(opened: Any, scheme: str):
    from axe_playwright_python.sync_playwright import Axe

    page = opened(viewport={"width": 390, "height": 800}, color_scheme=scheme)
    loaded(page)
    ask(page, "Hello")
    answered(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    found = Axe().run(page)
    assert [(each["id"], each["nodes"][0]["html"]) for each in found.response["violations"]] == []
    # by keyboard: into the answer, along its tokens, to another token
    page.locator(".ex-chat-tokens li").first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    held = page.evaluate("document.activeElement.getAttribute('aria-selected')")
    assert held == "true"
    expect(page.locator("p[role=status]")).not_to_have_text("")


@pytest.mark.browser
def test_without_a_script_the_printed_conversations_are_read(browser: Any, home: str):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(home)
    expect(page.locator(".ex-chat-printed")).to_contain_text("A model, <b>small</b>.")
    expect(place(page, "load")).to_be_hidden()
    context.close()


# -- SmolLM2 itself


@pytest.fixture(scope="module")
def smollm() -> GGUFFile:
    """The model's file; without it one line says so, and the test is skipped."""
    return read_gguf(weights())


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory, smollm: GGUFFile) -> Iterator[str]:
    with served(page_of(tmp_path_factory.mktemp("smollm"), smollm)) as address:
        yield address


QUESTIONS = [
    "What is the capital of France?", "Who are you?", "Write a haiku about rain.", "2 + 2 = ?",
    "Name three animals.", "Why is the sky blue?", "Tell me a story about a cat.", "Hello!",
    "What is a language model?", "Translate 'bread' into German.", "How do plants grow?",
    "Give me a recipe for soup.", "What is the opposite of hot?", "List the planets.",
    "Who wrote Hamlet?", "What is 7 times 8?", "Explain gravity to a child.",
    "Write a limerick about a robot.", "What should I do today?", "Is a tomato a fruit?",
]  # fmt: skip


def talk(browser: Any, address: str, file: GGUFFile, questions: list[str], length: int) -> None:
    encoding = load_smollm_tokenizer()
    prompts = [encode_chat(encoding, [{"role": "user", "content": text}]) for text in questions]
    page = browser.new_page()
    page.goto(address)
    workers = min(2, os.cpu_count() or 1)
    found = page.evaluate(ANSWERS, ["assets/m.json", workers, prompts, length])
    page.close()
    alike(file, prompts, found, length)


@pytest.mark.browser
def test_smollm_answers_as_in_python(browser: Any, real: str, smollm: GGUFFile):
    talk(browser, real, smollm, QUESTIONS[:2], 8)


@pytest.mark.browser
@pytest.mark.soak
def test_smollm_answers_as_in_python_at_length(browser: Any, real: str, smollm: GGUFFile):
    talk(browser, real, smollm, QUESTIONS, 32)


TOKENS = """async ([texts]) => {
  const { readTokenizer } = await import("./assets/chat-tokenizer.js");
  const tokenizer = await readTokenizer(await (await fetch("./assets/m-tokenizer.bin")).blob());
  return [texts.map((text) => tokenizer.encode(text)),
    tokenizer.conversation([{ role: "user", text: texts[0] }]), tokenizer.bytesOf(9690), tokenizer.ends];
}"""


@pytest.mark.browser
def test_smollms_tokens_are_pythons(browser: Any, real: str):
    encoding, draws = load_smollm_tokenizer(), random.Random(11)
    atoms = ["the", " cat", "  ", "\n", "12", "'s", "é", "½", "٣", "日本", "🙂", "\t", "!", "\u3000", "<|im_end|>"]  # fmt: skip
    atoms += ["\x07", "Ⅷ", "Straße", " don't", "𝟘", "\u0301", "\u200d", "_x", "\r\n"]
    texts = ["".join(draws.choices(atoms, k=draws.randrange(1, 14))) for _ in range(3_000)]
    page = browser.new_page()
    page.goto(real)
    found, conversation, token, ends = page.evaluate(TOKENS, [texts])
    page.close()
    assert found == [encoding.encode_ordinary(text) for text in texts]
    assert conversation == encode_chat(encoding, [{"role": "user", "content": texts[0]}])
    assert bytes(token) == encoding.decode_bytes([9690]) and ends == [0, 2]
