"""The model in the page: in Chromium it gives the logits, ids and attention of scratch.model.gpt,
and a reader can use it.
"""

import copy
import functools
import os
import random
import re
import threading
from collections.abc import Callable, Iterator
from html import unescape
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest
import torch
from playwright.sync_api import expect
from tabs import Tabs, note_errors
from torch.nn import functional as F

from exhibits.base.exhibit import escape
from exhibits.writer.model_file import pack_model, unpack_model
from exhibits.writer.portable_random import numbers
from exhibits.writer.writer import model_writer
from scratch import load_text
from scratch.model.config import GPTConfig
from scratch.model.generate import Sampling, generate, probabilities
from scratch.model.gpt import GPTModel
from scratch.tokenizer.bpe import BytePairEncoding
from scratch.tokenizer.bpe_train import train

BEGINNINGS = ["The archive", "On the ninth day", "The cat"]
LENGTH = 12
CLOSE = 1e-3  # what is asked of logits: the page keeps numbers in 32 bits, and torch is asked in 64
STRINGS = 1_000
PROMPTS = 30


@pytest.fixture(scope="module")
def text() -> str:
    return load_text("the-index-of-small-lights").content


@pytest.fixture(scope="module")
def encoding(text: str) -> BytePairEncoding:
    return train(text[:60_000], 1_024, specials=["<|endoftext|>"])


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> Iterator[None]:
    """These models are so small that threads would only wait for each other, and on a busy machine
    for long.
    """
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def trained(config: GPTConfig, ids: list[int], steps: int) -> GPTModel:
    """A model with large weights that has seen a few batches: its attention is uneven, and no two
    texts go on alike.
    """
    generator = torch.Generator().manual_seed(7)
    model, row = GPTModel(config, generator), torch.tensor(ids)
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.dim() == 2:
                parameter *= 6
    length = min(config.context_length, 32)
    optimizer = torch.optim.AdamW(model.parameters(), lr=2e-4)
    for _ in range(steps):
        starts = torch.randint(0, len(row) - length - 1, (4,), generator=generator)
        batch = torch.stack([row[start : start + length + 1] for start in starts])
        loss = F.cross_entropy(model(batch[:, :-1]).flatten(0, 1), batch[:, 1:].flatten())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return model.eval()


@pytest.fixture(scope="module")
def model(text: str, encoding: BytePairEncoding) -> GPTModel:
    """Of the shape of the journal's own."""
    config = GPTConfig(len(encoding), 128, emb_dim=128, n_heads=4, n_layers=4)
    return trained(config, encoding.encode_ordinary(text[:60_000]), steps=3)


@pytest.fixture(scope="module")
def rounded(model: GPTModel, encoding: BytePairEncoding) -> GPTModel:
    """The model with the numbers that the browser gets."""
    return unpack_model(pack_model(model, encoding))[0]


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A journal's root, in which the test stands, with no printer."""
    return rooted(tmp_path, monkeypatch)


def rooted(folder: Path, patch: pytest.MonkeyPatch) -> Path:
    (folder / "_quarto.yml").write_text("", encoding="utf-8")
    for name in ("PRESS_DOCUMENT", "QUARTO_DOCUMENT_FILE", "QUARTO_DOCUMENT_PATH"):
        patch.delenv(name, raising=False)
    patch.chdir(folder)
    return folder


# -- Without a browser


@pytest.fixture
def small() -> tuple[GPTModel, BytePairEncoding]:
    config = GPTConfig(256, 16, emb_dim=8, n_heads=2, n_layers=1)
    return GPTModel(config, torch.Generator().manual_seed(0)), BytePairEncoding([])


def test_the_printed_exhibit_has_a_sample_of_each_beginning_and_a_link_to_the_file(
    root: Path, small: Any
):
    box = model_writer(*small, name="m", beginnings=["abc", "<b>"], length=4)
    assert (root / "assets" / "m.bin").read_bytes() == pack_model(*small)
    assert '<a href="assets/m.bin" download>The model as a file</a>, 0.0 MB' in box.html
    assert box.html.count('<p class="ex-writer-text"') == 3  # the first one stands open, too
    assert box.html.count('<span class="ex-sub" aria-hidden="true">given</span>') == 3
    assert "<b>&lt;b&gt;</b>" in box.html
    assert box.text.splitlines()[0].endswith("reads 16 tokens; temperature 0.8, top-k 40, seed 1]")


def test_the_samples_are_those_of_the_rounded_model(root: Path, small: Any):
    model, encoding = small
    box = model_writer(model, encoding, name="m", beginnings=["abc"], length=6, temperature=0)
    read, _ = unpack_model(pack_model(model, encoding))
    (ids,) = generate(read, [encoding.encode_ordinary("abc")], 6)
    assert box.text.splitlines()[1].encode() == b"abc|" + encoding.decode(ids).encode()
    assert "the best token each time" in box.text


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"beginnings": []}, "give a list of one or more texts"),
        ({"beginnings": "abc"}, "give a list of one or more texts"),
        ({"beginnings": ["a", "a"]}, "each once"),
        ({"beginnings": [""]}, "the beginning '' has 0 tokens; give one of 1 to 16"),
        ({"beginnings": ["a" * 17]}, "has 17 tokens; give one of 1 to 16"),
        ({"length": 0}, "length is 0; the page writes 1 to 200 tokens at once"),
        ({"length": 201}, "length is 201"),
        ({"top_k": -1}, "top_k is -1; give how many entries stay, or 0 for all"),
        ({"seed": -1}, "seed is -1; give 0 to 4,294,967,295"),
        (
            {"temperature": 2.1},
            "temperature is 2.1; give 0 for the best token each time, or up to 2 in steps of 0.05",
        ),
        ({"temperature": 0.72}, "temperature is 0.72"),
        ({"name": "a/b"}, "name is 'a/b.bin'; use letters"),
    ],
)
def test_what_cannot_be_shown_is_refused(root: Path, small: Any, wrong: dict, said: str):
    with pytest.raises(ValueError, match=re.escape(said)):
        model_writer(*small, **{"name": "m", "beginnings": ["a"], **wrong})
    assert not (root / "assets").exists()


# -- In Chromium: the numbers

PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>t</title>
<meta http-equiv="Content-Security-Policy" content="default-src 'self'; style-src 'self' 'unsafe-inline'">
<link rel="stylesheet" href="assets/exhibits.css"><script defer src="assets/exhibits.js"></script>
<main><h1>t</h1>%s</main></html>"""


class Quiet(SimpleHTTPRequestHandler):
    """A server that remembers what it was asked for, and may be told to refuse or to cut a file."""

    asked: ClassVar[list[str]] = []
    refused: ClassVar[set[str]] = set()
    cut: ClassVar[set[str]] = set()

    def do_GET(self) -> None:
        name = self.path.rsplit("/", 1)[-1]
        self.asked.append(name)
        if name in self.refused:
            self.send_error(503)
        elif name in self.cut:
            data = Path(self.translate_path(self.path)).read_bytes()[:-1000]
            self.send_response(200)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)
        else:
            super().do_GET()

    def end_headers(self) -> None:
        """Each test asks anew."""
        self.send_header("Cache-Control", "no-store")
        super().end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


SHAPES = {
    "untied": {"tied": False},
    "unbiased": {"qkv_bias": False},
    "one-head": {"n_heads": 1, "context_length": 7},
    "odd": {"emb_dim": 6, "n_heads": 3, "tied": False, "qkv_bias": False, "n_layers": 1},
    "vocabulary-300": {"entries": 300},
}


def odd(shape: dict[str, Any], text: str) -> tuple[GPTModel, BytePairEncoding]:
    """A small model of another shape; 271 entries are no multiple of anything."""
    measures = {
        "entries": 271,
        "context_length": 24,
        "emb_dim": 20,
        "n_heads": 4,
        "n_layers": 2,
    } | shape
    its = train(text[:20_000], measures.pop("entries"))
    return (
        trained(GPTConfig(len(its), **measures), its.encode_ordinary(text[:20_000]), steps=3),
        its,
    )


@pytest.fixture(scope="module")
def served(
    tmp_path_factory: pytest.TempPathFactory, text: str, model: GPTModel, encoding: BytePairEncoding
) -> Iterator[tuple[Path, str]]:
    """A site of one page under a sub-path, with the files of all models: its folder and its
    address.
    """
    from press.publish.assets import make_assets

    top = tmp_path_factory.mktemp("served")
    folder = top / "sub" / "path"
    folder.mkdir(parents=True)
    make_assets(folder)
    with pytest.MonkeyPatch.context() as patch:
        rooted(folder, patch)
        box = model_writer(model, encoding, name="model", beginnings=BEGINNINGS, length=LENGTH)
    for name, shape in SHAPES.items():
        (folder / "assets" / f"{name}.bin").write_bytes(pack_model(*odd(shape, text)))
    (folder / "index.html").write_text(PAGE % box.html, encoding="utf-8")
    with ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(Quiet, directory=str(top))
    ) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield folder, f"http://127.0.0.1:{server.server_port}/sub/path/"
        server.shutdown()


@pytest.fixture(scope="module")
def tabs(browser: Any) -> Tabs:
    return Tabs(browser, note_errors)


@pytest.fixture
def opened(tabs: Tabs, served: tuple[Path, str]) -> Iterator[Callable[..., Any]]:
    """Open the page, or another address; options are those of a browser's context."""
    pages = []

    def make(address: str = served[1], **options: Any) -> Any:
        tab = tabs.take(**options)
        tab.errors.clear()
        pages.append(tab)
        tab.route("**/favicon.ico", lambda route: route.fulfill(status=204))
        tab.goto(address)
        tab.wait_for_selector("textarea")
        return tab

    yield make
    for tab in pages:
        tabs.give_back(tab)


@pytest.fixture
def page(opened: Callable[..., Any]) -> Iterator[Any]:
    """The page, in a tab whose errors fail the test."""
    Quiet.asked.clear()
    tab = opened()
    yield tab
    assert tab.errors == []


READ = """async ([name, rows]) => {
  const { readModel } = await import("./assets/writer-file.js");
  const { gpt } = await readModel(await (await fetch(`./assets/${name}.bin`)).arrayBuffer());
  return rows.map((row) => { gpt.forget(); return [...gpt.read(row)]; });
}"""
GREEDY = """async ([name, prompts, length, store]) => {
  const { readModel } = await import("./assets/writer-file.js");
  const { best } = await import("./assets/sampling.js");
  const { gpt } = await readModel(await (await fetch(`./assets/${name}.bin`)).arrayBuffer());
  return prompts.map((prompt) => {
    const ids = [...prompt];
    for (let step = 0; step < length; step++) {
      if (!store) gpt.forget();
      ids.push(best(gpt.read(ids.slice(-gpt.config.context_length))));
    }
    return ids.slice(prompt.length);
  });
}"""
MAPS = """async ([name, ids]) => {
  const { readModel } = await import("./assets/writer-file.js");
  const { gpt } = await readModel(await (await fetch(`./assets/${name}.bin`)).arrayBuffer());
  const { n_layers: blocks, n_heads: heads, context_length: context } = gpt.config;
  const maps = Array.from({ length: blocks }, () => Array.from({ length: heads }, () => []));
  ids.forEach((_, last) => {
    gpt.forget();
    gpt.read(ids.slice(0, last + 1));
    maps.flat().forEach((rows, row) => rows.push(ids.map((_, at) => (at > last ? 0 : gpt.attention[row * context + at]))));
  });
  return maps.map((block) => block.flat(2));
}"""


def exact(model: GPTModel) -> GPTModel:
    """A copy that computes in 64 bits, and so gives the same on every processor."""
    return copy.deepcopy(model).double()


def logits_of(model: GPTModel, rows: list[list[int]]) -> list[list[float]]:
    with torch.inference_mode():
        return [exact(model)(torch.tensor([row]))[0, -1].tolist() for row in rows]


def furthest(found: list[list[float]], wanted: list[list[float]]) -> float:
    return float((torch.tensor(found) - torch.tensor(wanted)).abs().max())


def certain(model: GPTModel, prompt: list[int], length: int) -> list[int]:
    """The best tokens one after another, by a model in 64 bits: all, or those before a step at
    which the two best logits are as near as the page's may be off, so that rounding decides.
    """
    ids, limit = list(prompt), model.config.context_length
    with torch.inference_mode():
        for _ in range(length):
            (best, other), (id, _) = model(torch.tensor([ids[-limit:]]))[0, -1].topk(2)
            if best - other < 2 * CLOSE:
                break
            ids.append(int(id))
    return ids[len(prompt) :]


def agrees(found: list[list[int]], model: GPTModel, prompts: list[list[int]], length: int) -> bool:
    """Whether what the page wrote is what is certain of each prompt. Of most prompts that is all."""
    model = exact(model)
    wanted = [certain(model, prompt, length) for prompt in prompts]
    assert sum(map(len, wanted)) > 0.6 * length * len(prompts)
    return all(
        row[: len(sure)] == sure and len(row) == length
        for row, sure in zip(found, wanted, strict=True)
    )


@pytest.mark.browser
def test_logits_are_those_of_torch(
    page: Any, rounded: GPTModel, text: str, encoding: BytePairEncoding
):
    """Rows of 1 token to the whole context; what stands before the context's last tokens has no
    part in it.
    """
    ids = encoding.encode_ordinary(text)
    rows = [[0], ids[:2], ids[50:57], ids[100:163], ids[500:627], ids[1000:1128], [3] * 128]
    wanted = logits_of(rounded, rows)
    assert max(map(max, wanted)) > 2  # no logits near 0, which any model would give
    assert furthest(page.evaluate(READ, ["model", rows]), wanted) < CLOSE


@pytest.mark.browser
def test_the_same_greedy_ids_on_many_prompts(
    page: Any, rounded: GPTModel, text: str, encoding: BytePairEncoding
):
    chance, ids = random.Random(1), encoding.encode_ordinary(text)
    starts = [chance.randrange(len(ids) - 40) for _ in range(PROMPTS)]
    prompts = [ids[start : start + chance.randrange(1, 40)] for start in starts]
    found = page.evaluate(GREEDY, ["model", prompts, 12, True])
    assert agrees(found, rounded, prompts, 12)
    assert len({tuple(row) for row in found}) > PROMPTS / 2  # not one answer to all


@pytest.mark.browser
def test_the_window_slides_beyond_the_end_of_the_context(
    page: Any, rounded: GPTModel, text: str, encoding: BytePairEncoding
):
    ids = encoding.encode_ordinary(text)
    # one that outgrows the context of 128, one that is longer from the start
    prompts = [ids[200:320], ids[400:540]]
    found = page.evaluate(GREEDY, ["model", prompts, 14, True])
    assert agrees(found, rounded, prompts, 14)


@pytest.mark.browser
def test_a_row_read_piece_by_piece_gives_the_logits_of_the_row_read_anew_bit_for_bit(
    page: Any, text: str, encoding: BytePairEncoding
):
    ids = encoding.encode_ordinary(text)[300:340]
    differ = page.evaluate(
        """async (ids) => {
          const { readModel } = await import("./assets/writer-file.js");
          const { gpt } = await readModel(await (await fetch("./assets/model.bin")).arrayBuffer());
          let differ = 0;
          for (let length = 1; length <= ids.length; length++) {
            const stored = [...gpt.read(ids.slice(0, length))];
            const weights = [...gpt.attention];
            gpt.forget();
            gpt.read(ids.slice(0, length)).forEach((score, id) => { differ += score !== stored[id]; });
            gpt.attention.forEach((weight, at) => { differ += weight !== weights[at]; });
          }
          gpt.read([...ids.slice(0, 20), 5, 6]); // another text with the same beginning
          const turned = [...gpt.read([...ids.slice(0, 20), 7])];
          gpt.forget();
          gpt.read([...ids.slice(0, 20), 7]).forEach((score, id) => { differ += score !== turned[id]; });
          return differ;
        }""",
        ids,
    )
    assert differ == 0


@pytest.mark.browser
def test_greedy_ids_are_the_same_with_and_without_stored_keys_and_values(
    page: Any, text: str, encoding: BytePairEncoding
):
    ids = encoding.encode_ordinary(text)
    prompts = [ids[start : start + 9] for start in range(0, 900, 90)]
    assert page.evaluate(GREEDY, ["model", prompts, 12, True]) == page.evaluate(
        GREEDY, ["model", prompts, 12, False]
    )


@pytest.mark.browser
@pytest.mark.parametrize("name", SHAPES)
def test_models_of_other_shapes_give_the_same_too(page: Any, text: str, name: str):
    model, its = odd(SHAPES[name], text)
    rounded, _ = unpack_model(pack_model(model, its))
    ids = its.encode_ordinary(text[:20_000])
    limit = model.config.context_length
    rows = [ids[:1], ids[9 : 9 + limit], ids[40 : 40 + limit // 2]]
    assert furthest(page.evaluate(READ, [name, rows]), logits_of(rounded, rows)) < CLOSE
    prompts = [ids[start : start + 5] for start in range(0, 100, 10)]
    assert agrees(
        page.evaluate(GREEDY, [name, prompts, limit + 3, True]), rounded, prompts, limit + 3
    )


@pytest.mark.browser
@pytest.mark.parametrize("name", ["model", "one-head"])
def test_attention_is_that_of_the_maps_of_scratch(
    page: Any, rounded: GPTModel, text: str, encoding: BytePairEncoding, name: str
):
    if name != "model":
        model, encoding = odd(SHAPES[name], text)
        rounded, _ = unpack_model(pack_model(model, encoding))
    ids = encoding.encode_ordinary(text[:2_000])[: min(70, rounded.config.context_length)]
    with torch.inference_mode():
        wanted = [
            block[0].flatten().tolist()
            for block in exact(rounded).attention_weights(torch.tensor([ids]))
        ]
    # a weight moves by less than its logit does
    assert furthest(page.evaluate(MAPS, [name, ids]), wanted) < CLOSE


def some_strings(text: str) -> Iterator[str]:
    """Passages of the text, and parts put together of what an encoder may stumble over."""
    chance = random.Random(20250705)
    parts = "  #\n\n#\t#\u00a0#\ufeff#'s#'S#é#e\u0301#中文#😀#हिन्दी#3.14#\0#<|endoftext|>".split(
        "#"
    )
    for _ in range(STRINGS):
        start = chance.randrange(len(text))
        passage = text[start : start + chance.randrange(60)]
        extra = [chance.choice(parts) for _ in range(chance.randrange(4))]
        strange = chr(chance.choice([chance.randrange(0xD800), chance.randrange(0xE000, 0x110000)]))
        yield "".join(chance.sample([passage, *extra, strange], k=len(extra) + 2))


@pytest.mark.browser
def test_the_ids_of_a_text_are_those_of_python(page: Any, text: str, encoding: BytePairEncoding):
    strings = list(some_strings(text))
    found = page.evaluate(
        """async (strings) => {
          const { readModel } = await import("./assets/writer-file.js");
          const { encoding, entries, ends } = await readModel(await (await fetch("./assets/model.bin")).arrayBuffer());
          return [strings.map((text) => [...encoding.encode(text)]), entries, ends];
        }""",
        strings,
    )
    assert found[0] == [encoding.encode_ordinary(string) for string in strings]
    assert [bytes(entry) for entry in found[1]] == list(encoding.tokens)
    assert found[2] == list(encoding.special_ids.values())


@pytest.mark.browser
def test_probabilities_and_draws_are_those_of_python(page: Any):
    generator = torch.Generator().manual_seed(3)
    rows = [*torch.randn(3, 50, generator=generator).tolist(), [1.0, 2.0, 2.0, 0.0] * 2]
    kinds = [(1.0, 0), (0.3, 0), (1.7, 7), (0.8, 1), (1.0, 50), (0.01, 3)]
    found = page.evaluate(
        """async ([rows, kinds]) => {
          const { probabilities, numbers, best } = await import("./assets/sampling.js");
          const drawn = [0, 1, 4294967295].map((seed) => { const next = numbers(seed); return Array.from({ length: 1000 }, next); });
          return [kinds.map(([warm, k]) => rows.map((row) => [...probabilities(Float32Array.from(row), warm, k)])), drawn, rows.map(best)];
        }""",
        [rows, kinds],
    )
    for (temperature, top_k), parts in zip(kinds, found[0], strict=True):
        for row, part in zip(rows, parts, strict=True):
            wanted = probabilities(
                torch.tensor(row).double(), Sampling(temperature, top_k=top_k or None)
            )
            # both in 64 bits
            assert torch.allclose(torch.tensor(part, dtype=torch.float64), wanted, atol=1e-7)
    for seed, drawn in zip((0, 1, 2**32 - 1), found[1], strict=True):
        mine = numbers(seed)
        assert drawn == [next(mine) for _ in range(1000)]
    assert found[2] == [int(torch.tensor(row).argmax()) for row in rows]


# -- In Chromium: the exhibit


def asked(page: Any) -> None:
    """Let it write, and wait for the end."""
    page.click(".ex-writer-main")
    finished(page)


def finished(page: Any) -> None:
    expect(page.locator(".ex-writer-main")).to_have_text("Write", timeout=60_000)
    expect(page.locator(".ex-chip-list")).to_have_attribute("aria-busy", "false")


def chips_of(page: Any) -> list[str]:
    """The chips as a screen reader says them."""
    chips = page.locator(".ex-writer .ex-chip-list > li")
    return chips.evaluate_all(
        "all => all.map(one => one.getAttribute('aria-label') ??"
        " one.querySelector('.ex-sr').textContent)"
    )


@pytest.mark.browser
def test_the_model_is_loaded_when_it_is_asked_for_and_not_before(page: Any):
    page.focus("textarea")
    page.keyboard.type("More. ")
    # what was asked before is asked by now
    page.evaluate("fetch('assets/exhibits.css').then((answer) => answer.text())")
    assert "writer.js" in Quiet.asked
    assert not {"model.bin", "writer-worker.js", "writer-gpt.js"} & set(Quiet.asked)
    assert re.fullmatch(
        r"Load the model \(1\.\d MB\) and write", page.inner_text(".ex-writer-main")
    )
    asked(page)
    assert Quiet.asked.count("model.bin") == 1
    asked(page)
    assert Quiet.asked.count("model.bin") == 1


@pytest.mark.browser
def test_the_page_writes_with_the_printed_seed_what_the_run_wrote(page: Any):
    printed = page.locator(".ex-writer details .ex-writer-text").all_text_contents()
    chips = chips_of(page)
    for beginning, wanted in zip(BEGINNINGS, printed, strict=True):
        page.fill("textarea", beginning)
        asked(page)
        assert page.text_content(".ex-writer > .ex-writer-text") == wanted
        if beginning == BEGINNINGS[0]:
            assert chips_of(page) == chips


@pytest.mark.browser
def test_a_beginning_that_is_chosen_is_written_on_at_once_when_the_model_is_there(page: Any):
    page.click("text=On the ninth day")
    assert page.input_value("textarea") == "On the ninth day"
    assert "model.bin" not in Quiet.asked
    asked(page)
    page.click(".ex-writer-choice >> text=The cat")
    expect(page.locator(".ex-writer > .ex-writer-text b")).to_have_text("The cat")
    finished(page)


@pytest.mark.browser
def test_temperature_0_writes_the_best_tokens_and_needs_no_seed(
    page: Any, rounded: GPTModel, encoding: BytePairEncoding
):
    page.locator("[type=range]").fill("0")
    assert page.is_disabled("[type=number]") and page.is_disabled(".ex-writer-settings select")
    asked(page)
    (ids,) = generate(exact(rounded), [encoding.encode_ordinary(BEGINNINGS[0])], LENGTH)
    assert page.text_content(".ex-writer-text span") == unescape(escape(encoding.decode(ids)))
    assert ": the best" in page.inner_text(".ex-writer-look .ex-head >> nth=0")


@pytest.mark.browser
def test_another_seed_writes_another_text_and_the_first_one_the_first_again(page: Any):
    texts = []
    page.click("text=More settings")
    for seed in ("1", "2", "1"):
        page.fill("[type=number]", seed)
        asked(page)
        texts.append(page.text_content(".ex-writer-text span"))
    assert texts[0] == texts[2] != texts[1]


@pytest.mark.browser
def test_going_on_adds_to_the_text_as_one_long_run_would(
    page: Any, rounded: GPTModel, encoding: BytePairEncoding
):
    page.locator("[type=range]").fill("0")
    asked(page)
    for _ in range(2):
        page.click(".ex-writer-more")
        finished(page)
    (ids,) = generate(exact(rounded), [encoding.encode_ordinary(BEGINNINGS[0])], 3 * LENGTH)
    assert page.text_content(".ex-writer-text span") == unescape(escape(encoding.decode(ids)))


@pytest.mark.browser
def test_a_run_can_be_stopped_and_the_page_stays_quick_meanwhile(page: Any, text: str):
    """A beginning longer than the context makes each token slow. The page itself presses Stop as
    soon as the first token is there; and it is quick meanwhile because a worker computes.
    """
    page.fill("textarea", text[2000:3900])
    page.evaluate("""() => {
          const button = document.querySelector(".ex-writer-main"), head = document.querySelector(".ex-chips .ex-head");
          let begun = false;
          new MutationObserver((_, watch) => {
            const written = Number(/(\\d+) written/.exec(head.textContent)?.[1]);
            begun ||= button.textContent === "Stop" && written === 0;
            if (!begun || !written) return;
            watch.disconnect();
            button.click();
          }).observe(head, { childList: true, characterData: true, subtree: true });
        }""")
    page.click(".ex-writer-main")
    finished(page)
    assert [worker.url.rpartition("/")[2] for worker in page.workers] == ["writer-worker.js"]
    written = int(re.search(r"(\d+) written", page.inner_text(".ex-chips .ex-head"))[1])
    assert 0 < written < LENGTH
    assert page.inner_text(".ex-reader-note").startswith("Stopped.")
    assert "The model reads 128 tokens" in page.inner_text(".ex-reader-note")


@pytest.mark.browser
def test_a_token_shows_what_could_have_come_and_what_was_looked_at(
    page: Any, rounded: GPTModel, encoding: BytePairEncoding
):
    """Of the third token written: the candidates' probabilities, and the attention weights of a
    head, as torch has them; to half of the tenth of a percent that is printed, and a hundredth for
    the page's 32 bits.
    """
    page.locator("[type=range]").fill("0")
    asked(page)
    given = encoding.encode_ordinary(BEGINNINGS[0])
    (ids,) = generate(exact(rounded), [given], LENGTH)
    place = len(given) + 2
    page.click(f".ex-chip >> nth={place}")
    page.mouse.move(0, 0)  # or scrolling would put another chip under it
    row = torch.tensor([[*given, *ids[:2]]])
    with torch.inference_mode():
        parts = exact(rounded)(row)[0, -1].softmax(dim=-1)
        # block 2, head 3, the last token
        weights = exact(rounded).attention_weights(row)[1][0, 2, -1]

    def near(texts: list[str], wanted: torch.Tensor) -> bool:
        shown = [float(text.removesuffix(" %")) for text in texts]
        return shown == pytest.approx((100 * wanted).tolist(), abs=0.06)

    came = page.locator(".ex-writer-table >> nth=0").locator("tbody tr")
    assert near(
        came.locator("td:nth-of-type(1)").all_inner_texts(), parts.sort(descending=True).values[:8]
    )
    assert came.first.get_attribute("class") == "ex-now"
    page.select_option(".ex-writer-look select >> nth=0", label="2")
    page.select_option(".ex-writer-look select >> nth=1", label="3")
    looked = page.locator(".ex-writer-table >> nth=1").locator("tbody tr")
    wanted = weights.sort(descending=True)
    assert near(looked.locator("td:nth-of-type(2)").all_inner_texts(), wanted.values[:8])
    assert looked.locator("td:nth-of-type(1)").first.inner_text() == str(int(wanted.indices[0]) + 1)
    bars = page.evaluate(
        "[...document.querySelectorAll('.ex-chip')].map((one) =>"
        " parseFloat(one.style.getPropertyValue('--look')))"
    )
    heights = [round(float(100 * weight / weights.max())) for weight in weights]
    assert all(abs(one - other) <= 1 for one, other in zip(bars, heights, strict=False))
    assert not any(bars[place:])  # neither itself nor what came after it


@pytest.mark.browser
def test_after_writing_the_head_with_the_sharpest_look_is_shown_until_the_reader_chooses(
    page: Any, rounded: GPTModel, encoding: BytePairEncoding
):
    """At a token within the text: the first, where most heads rest, and the last do not count."""
    page.locator("[type=range]").fill("0")
    asked(page)
    given = encoding.encode_ordinary(BEGINNINGS[0])
    (ids,) = generate(exact(rounded), [given], LENGTH)
    row = torch.tensor([[*given, *ids[: LENGTH - 1]]])
    with torch.inference_mode():
        weights = torch.cat(exact(rounded).attention_weights(row))[:, :, -1]  # (L, H, T)
    inside = weights[..., 1:-1].amax(-1)
    block, head = divmod(int(inside.argmax()), inside.shape[1])
    selects = page.locator(".ex-writer-look select")
    assert [one.input_value() for one in selects.all()] == [str(block), str(head)]
    other = str((head + 1) % inside.shape[1])
    selects.last.select_option(index=int(other) + 1)  # after "all"
    page.click(".ex-writer-main")
    finished(page)
    assert selects.last.input_value() == other


@pytest.mark.browser
def test_the_map_of_all_heads_chooses_the_head_that_is_pointed_at(page: Any):
    asked(page)
    box = page.locator(".ex-writer-map").bounding_box()
    page.locator(".ex-writer-map").click(position={"x": 20, "y": 3})
    assert [page.input_value(f".ex-writer-look select >> nth={which}") for which in (0, 1)] == [
        "0",
        "0",
    ]
    page.locator(".ex-writer-map").click(position={"x": 20, "y": box["height"] - 3})
    assert [page.input_value(f".ex-writer-look select >> nth={which}") for which in (0, 1)] == [
        "3",
        "3",
    ]


@pytest.mark.browser
def test_tokens_are_reached_by_keys_alone_and_said_to_a_screen_reader(page: Any):
    page.focus(".ex-writer-main")
    page.keyboard.press("Enter")
    finished(page)
    assert page.evaluate("document.activeElement.className") == "ex-writer-main"
    said = page.locator(".ex-writer [role=status]").text_content()
    assert said == f"{LENGTH} tokens written: {page.text_content('.ex-writer-text span')}"
    page.focus(".ex-chip[tabindex='0']")
    page.keyboard.press("End")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    chosen = page.locator(".ex-chip[aria-selected='true']")
    expect(chosen).to_have_count(1)
    assert (
        chosen.evaluate("(chip) => [...chip.parentElement.children].indexOf(chip)")
        == len(chips_of(page)) - 2
    )
    assert "ex-linked" in chosen.get_attribute("class")
    page.keyboard.press("Home")
    assert page.inner_text(".ex-writer-look .ex-head span >> nth=0") == "this token was given"
    page.keyboard.press("Escape")
    expect(chosen).to_have_count(0)


@pytest.mark.browser
def test_an_empty_beginning_is_told_and_harms_nothing(page: Any):
    page.fill("textarea", "")
    asked(page)
    assert (
        page.inner_text(".ex-reader-note")
        == "Type a beginning first: the model writes on after one token or more."
    )
    assert page.is_disabled(".ex-writer-more")
    page.fill("textarea", "a")
    asked(page)
    assert page.is_enabled(".ex-writer-more")


@pytest.mark.browser
@pytest.mark.parametrize(
    ("way", "said"), [("refused", "the server answers 503"), ("cut", "the file is damaged")]
)
def test_a_model_that_cannot_be_loaded_is_told_and_can_be_asked_for_again(
    page: Any, way: str, said: str
):
    getattr(Quiet, way).add("model.bin")
    try:
        page.click(".ex-writer-main")
        expect(page.locator(".ex-reader-note")).to_have_text(
            f"The model could not be loaded: {said}. Press the button to try once more.",
            timeout=60_000,
        )
    finally:
        getattr(Quiet, way).clear()
    asked(page)
    assert "Point at a token" in page.inner_text(".ex-reader-note")


@pytest.mark.browser
def test_a_model_that_breaks_down_is_told_and_can_be_loaded_again(opened: Callable[..., Any]):
    tab = opened()
    asked(tab)
    tab.workers[0].evaluate("() => { setTimeout(() => { throw new Error('out of memory'); }); }")
    said = "The model broke down. Press the button to load it again."
    expect(tab.locator(".ex-reader-note")).to_have_text(said)
    assert tab.is_disabled(".ex-writer-more")
    asked(tab)
    expect(tab.locator(".ex-writer-more")).to_be_enabled(timeout=60_000)
    assert tab.locator(".ex-writer-table").count() == 2


@pytest.mark.browser
def test_a_shared_link_brings_text_and_settings_and_loads_nothing_by_itself(
    page: Any, opened: Callable[..., Any], served: tuple[Path, str]
):
    page.fill("textarea", "A & B\n100 %")
    page.locator("[type=range]").fill("1.2")
    page.click("text=More settings")
    page.select_option(".ex-writer-settings select", value="5")
    page.fill("[type=number]", "77")
    page.click(".ex-writer-link")
    link = page.evaluate("location.href")
    assert link.endswith("#write=A%20%26%20B%0A100%20%25&t=1.2&k=5&seed=77")
    Quiet.asked.clear()
    other = opened(link)
    assert other.input_value("textarea") == "A & B\n100 %"
    assert other.input_value("[type=range]") == "1.2" and other.input_value("[type=number]") == "77"
    assert other.input_value(".ex-writer-settings select") == "5"
    # what was asked before is asked by now
    other.evaluate("fetch('assets/exhibits.css').then((answer) => answer.text())")
    assert "model.bin" not in Quiet.asked
    third = opened(f"{served[1]}#write=x&t=99&k=-1&seed=abc")
    assert [third.input_value(f"[type={kind}]") for kind in ("range", "number")] == ["0.8", "1"]
    assert other.errors == third.errors == []


@pytest.mark.browser
@pytest.mark.parametrize("width", [360, 1280])
def test_it_fits_a_telephone_and_coming_alive_moves_nothing(
    tabs: Tabs, opened: Callable[..., Any], served: tuple[Path, str], width: int
):
    bare = tabs.take(viewport={"width": width, "height": 900})
    bare.route("**/exhibits.js", lambda route: route.abort())
    bare.goto(served[1])
    before = bare.locator(
        ".ex-writer > :is(.ex-head, .ex-reader-text, .ex-row, .ex-chips)"
    ).evaluate_all("(parts) => parts.map((part) => Math.round(part.getBoundingClientRect().top))")
    tabs.give_back(bare)
    tab = opened(viewport={"width": width, "height": 900})
    after = tab.locator(
        ".ex-writer > :is(.ex-head, .ex-reader-text, .ex-row, .ex-chips)"
    ).evaluate_all("(parts) => parts.map((part) => Math.round(part.getBoundingClientRect().top))")
    assert after == before
    asked(tab)
    assert tab.evaluate("document.documentElement.scrollWidth") <= width
    assert tab.errors == []


@pytest.mark.browser
def test_where_nothing_should_move_the_panels_wait_for_the_end(opened: Callable[..., Any]):
    """With the wish for less motion, no step is shown until the run ends."""
    tab = opened(reduced_motion="reduce")
    tab.evaluate("""() => {
          window.marks = [];
          const list = document.querySelector(".ex-chip-list");
          new MutationObserver(() => window.marks.push([list.getAttribute("aria-busy"), list.querySelectorAll(".ex-linked").length]))
            .observe(list, { childList: true, subtree: true, attributes: true, attributeFilter: ["class", "aria-busy"] });
        }""")
    asked(tab)
    marks = tab.evaluate("window.marks")
    assert [linked for busy, linked in marks if busy == "true" and linked] == []
    expect(tab.locator(".ex-linked")).to_have_count(1)
    assert tab.errors == []


@pytest.mark.browser
def test_from_a_file_it_says_what_it_needs(browser: Any, served: tuple[Path, str]):
    tab = browser.new_page()
    tab.goto((served[0] / "index.html").as_uri())
    expect(tab.locator(".ex-reader-note")).to_have_text(re.compile("run make serve"))
    assert tab.is_disabled(".ex-writer-main")
    tab.close()


@pytest.mark.browser
def test_without_a_script_the_samples_and_the_file_remain(browser: Any, served: tuple[Path, str]):
    context = browser.new_context(java_script_enabled=False)
    tab = context.new_page()
    tab.goto(served[1])
    assert tab.is_visible(".ex-writer > .ex-writer-text") and not tab.is_visible(
        ".ex-writer .ex-row >> nth=0"
    )
    tab.click(".ex-writer summary:visible")
    assert tab.locator(".ex-writer details .ex-writer-text").count() == len(BEGINNINGS)
    assert os.path.basename(tab.get_attribute(".ex-writer-file a", "href")) == "model.bin"
    context.close()


@pytest.mark.browser
def test_a_browser_without_decompression_says_so(browser: Any, served: tuple[Path, str]):
    tab = browser.new_page()
    tab.goto(served[1])
    said = tab.evaluate("""async () => {
          const { readModel } = await import("./assets/writer-file.js");
          delete globalThis.DecompressionStream;
          return readModel(new ArrayBuffer(8)).catch((error) => error.message);
        }""")
    assert said == "this browser cannot unpack it; one of 2023 or later can"
    tab.close()
