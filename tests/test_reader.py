"""The live tokenizers: in Chromium they give the ids of tiktoken and of scratch, whatever is typed."""

import base64
import functools
import gzip
import json
import random
import re
import struct
import threading
import unicodedata
from collections.abc import Callable, Iterator
from html import unescape
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path
from typing import Any, ClassVar

import pytest
from playwright.sync_api import expect
from tabs import Tabs, note_errors

from exhibits import chips, first_merges, merge_replay, merges_learned, reader_tokenizers
from exhibits.base.vocab_file import NAME, code_points, made
from exhibits.tokens.chips import hue
from exhibits.tokens.glyphs import spoken
from exhibits.tokens.merge_replay import states
from scratch import (
    UNKNOWN,
    SimpleTokenizer,
    TextError,
    count,
    list_texts,
    load_gpt2,
    load_text,
    split,
)
from scratch.tokenizer.bpe_naive import find_merges
from scratch.tokenizer.pretokenize import cut

ROOT = Path(__file__).resolve().parents[1]
STRINGS, MANY = 2_000, 100_000  # random ones, in make test and in the soak
SEED = 20250702

# -- The file


def test_the_file_of_merges_makes_the_entries_of_tiktoken():
    """Read as its header says: the entries that its merges make, by id, are tiktoken's."""
    data = gzip.decompress(made()[NAME])
    (number,) = struct.unpack_from("<I", data)
    planes = [data[4 + number * which : 4 + number * (which + 1)] for which in range(4)]
    entries = [load_gpt2().decode_single_token_bytes(id) for id in range(256)]
    for high, low, right_high, right_low in zip(*planes, strict=True):
        entries.append(entries[high << 8 | low] + entries[right_high << 8 | right_low])
    assert entries == [
        load_gpt2().decode_single_token_bytes(id) for id in range(load_gpt2().eot_token)
    ]
    assert data[4 + 4 * number :].decode() == code_points()


def test_the_file_weighs_less_than_170_kilobytes():
    assert len(made()[NAME]) < 170_000


# -- Without a browser


def test_the_printed_box_has_the_chips_and_ids_of_both_tokenizers():
    box = reader_tokenizers(SimpleTokenizer.of(["a", "cat"]), {"a": 2, "cat": 1}, text="a dog")
    theirs = chips([b"a", b" dog"], ids=[64, 3290], label="GPT-2").html
    assert theirs in box.html
    assert "<b>ids</b> 64 3290</p>" in box.html
    assert (
        '<li class="ex-chip ex-unknown"' in box.html
        and "×0" not in box.html
        and "dog, unknown" in box.html
    )


def test_a_text_cannot_end_the_script_or_the_box():
    box = reader_tokenizers(SimpleTokenizer.of(["</script>", "<b>"]), text="</script><b>`")
    assert box.html.count("</script>") == 1
    assert "<b>`" not in box.html.replace("<b>Your", "").replace("<b>ids", "")


@pytest.mark.parametrize("text", ["", " \n", "a " * 301])
def test_an_example_without_tokens_or_with_too_many_is_refused(text: str):
    with pytest.raises(ValueError, match="give one of 1 to 300"):
        reader_tokenizers(SimpleTokenizer.of(["a"]), text=text)


@pytest.mark.parametrize("word", ["", "two words", "x" * 49])
def test_a_replay_is_of_one_word_that_fits(word: str):
    with pytest.raises(ValueError, match="give one of 1 to 48"):
        merge_replay(word)


@pytest.mark.parametrize(
    "word", ["unbelievable", " extraordinarily", "aaaaaaaaaaaa", "naïveté", "😀", "x"]
)
def test_a_replay_ends_with_the_ids_of_tiktoken(word: str):
    assert list(states(word)[-1].ids) == load_gpt2().encode_ordinary(word)


def test_each_step_of_a_replay_merges_the_lowest_rank_between_two_pieces():
    """unbelievable: a+b is rank 141 at its first place, l+e 37; so l+e goes first, and a piece
    fewer each time.
    """
    steps = states("unbelievable")
    assert steps[1].merged == 37
    for before, after in pairwise(steps):
        assert after.merged == min(rank for rank in before.ranks if rank is not None)
        assert len(after.ids) == len(before.ids) - 1


def test_the_first_merges_are_those_of_the_plain_algorithm():
    text = load_text().content[:60_000]
    learned = first_merges(text, 30)
    assert [chr(step.left) + chr(step.right) for step in learned] == find_merges(text, 30)


def test_the_counts_of_the_first_merges_by_hand():
    """aaabdaaabac has a+a at 0, 1, 5, 6: 4 times. Left to right aa becomes X: Xab d Xab a c has X+a
    and a+b twice, the others once; a (id 64) is smaller than X (id 256), so a+b is next.
    """
    first, second = first_merges("aaabdaaabac", 2)
    assert (first.piece, first.times) == (b"aa", 4)
    assert (second.piece, second.times) == (b"ab", 2)


def test_learned_merges_need_a_merge_and_a_passage():
    with pytest.raises(ValueError, match="give one or more of each"):
        merges_learned([], "a")


# -- In Chromium

PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>t</title>
<meta http-equiv="Content-Security-Policy" content="default-src 'self'; style-src 'self' 'unsafe-inline'">
<link rel="stylesheet" href="assets/exhibits.css"><script defer src="assets/exhibits.js"></script>
<main><h1>t</h1>%s</main></html>"""
ENCODE = """async (given) => {
  const { readGpt2, splitWords, encodeWords } = await import("./assets/tokenizers.js");
  window.gpt2 ??= await readGpt2(await (await fetch("./assets/gpt2-tokenizer.bin")).arrayBuffer());
  const { strings, words } = JSON.parse(given);
  const ids = new Map(words.map((word, id) => [word, id]));
  const pack = (array) => { // every answer with its length before it, as base64 of int32
    const flat = Int32Array.from(array.flatMap((one) => [one.length, ...one]));
    return new Promise((done) => {
      const reader = new FileReader();
      reader.onload = () => done(reader.result.slice(reader.result.indexOf(",") + 1));
      reader.readAsDataURL(new Blob([flat]));
    });
  };
  return [await pack(strings.map((text) => gpt2.encode(text))), await pack(strings.map((text) => encodeWords(splitWords(text), ids, words.length - 1))),
    await pack(strings.map((text) => gpt2.cut(text).map((chunk) => chunk.length)))];
}"""


class Quiet(SimpleHTTPRequestHandler):
    """A server that remembers what it was asked for, and may be told to refuse a file. (Of a
    worker's requests playwright hears nothing.)
    """

    asked: ClassVar[list[str]] = []
    refused: ClassVar[set[str]] = set()

    def do_GET(self) -> None:
        name = self.path.rsplit("/", 1)[-1]
        self.asked.append(name)
        if name in self.refused:
            self.send_error(503)
        else:
            super().do_GET()

    def end_headers(self) -> None:
        """Each test asks anew."""
        self.send_header("Cache-Control", "no-store")
        super().end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    """A site of one page under a sub-path: its folder and its address."""
    from press.publish.assets import make_assets

    root = tmp_path_factory.mktemp("served")
    folder = root / "sub" / "path"
    folder.mkdir(parents=True)
    make_assets(folder)
    text = load_text().content
    vocabulary = SimpleTokenizer.of(split(text))
    examples = {"two cats": ("cat  cat", "The second space is a token."), "😀": ("😀", "Bytes.")}
    box = reader_tokenizers(
        vocabulary, count(split(text)), text="The cats, the dogs and a zyxxyz.", examples=examples
    )
    parts = [
        box,
        merge_replay(),
        merges_learned(first_merges(text[:20_000], 8), "the cats of the sea"),
        merges_learned(first_merges(text[:20_000], 100), "the sea", label="Long"),
    ]
    (folder / "index.html").write_text(
        PAGE % "".join(part.html for part in parts), encoding="utf-8"
    )
    handler = functools.partial(Quiet, directory=str(root))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield folder, f"http://127.0.0.1:{server.server_port}/sub/path/"
        server.shutdown()


@pytest.fixture(scope="module")
def tabs(browser: Any) -> Tabs:
    return Tabs(browser, note_errors)


@pytest.fixture
def page(tabs: Tabs, served: tuple[Path, str]) -> Iterator[Any]:
    """The page, in a tab whose errors fail the test."""
    tab = tabs.take()
    tab.errors.clear()
    Quiet.asked.clear()
    tab.route("**/favicon.ico", lambda route: route.fulfill(status=204))
    tab.goto(served[1])
    tab.wait_for_selector("textarea")
    yield tab
    errors = list(tab.errors)
    tabs.give_back(tab)
    assert errors == []


def unpacked(packed: str) -> list[list[int]]:
    flat = memoryview(base64.b64decode(packed)).cast("i").tolist()
    found, place = [], 0
    while place < len(flat):
        length = flat[place]
        found.append(flat[place + 1 : place + 1 + length])
        place += 1 + length
    return found


def in_browser(page: Any, strings: list[str], words: tuple[str, ...]) -> list[list[list[int]]]:
    """Ids of both tokenizers and lengths of GPT-2's chunks. Strings travel as ASCII, so that half
    pairs survive.
    """
    answer = page.evaluate(ENCODE, json.dumps({"strings": strings, "words": words}))
    return [unpacked(part) for part in answer]


SPACES = (
    "\t\n\v\f\r\x1c\x1d\x1e\x1f"
    " \x85\xa0\u1680\u2000\u2003\u200a\u200b\u2028\u2029\u202f\u205f\u2060\u3000\ufeff\u180e"
)
MARKS = [chr(code) for code in range(0x300, 0x370)] + [
    chr(code) for code in (0x93E, 0x94D, 0x20E3, 0xFE0F, 0x200D)
]
DIGITS = [chr(code) for code in range(0x110000) if unicodedata.category(chr(code)).startswith("N")]
CONTRACTIONS = [
    "'s",
    "'t",
    "'re",
    "'ve",
    "'m",
    "'ll",
    "'d",
    "'S",
    "’s",
    "'",
    "''s",
    " 's",
    "'lll",
    "'r",
]
EMOJI = [
    "😀",
    "👩\u200d👩\u200d👧",
    "🏳️\u200d🌈",
    "é",
    "ß",
    "ﬁ",
    "İ",
    "中文",
    "العربية",
    "हिन्दी",
    "தமிழ்",
    "𝔘",
    "𐍈",
    "<|endoftext|>",
]
WORDS = [
    "the",
    "The",
    " the",
    "unbelievable",
    "don't",
    "it's",
    "3.14",
    "--",
    "---",
    "a--b",
    "_x_",
    '"Hi,"',
    "!?",
    "wait (",
    "zzzz",
]


def random_strings(number: int) -> Iterator[str]:
    """Strings of one to a dozen parts; each kind of part is what tokenizers stumble over."""
    chance = random.Random(SEED)

    def anything() -> str:
        plane = chance.choice([0, 0, 0, 1, 1, 2, 3, 14, 15, 16])
        return chr(plane * 0x10000 + chance.randrange(0x10000))

    parts: list[Callable[[], str]] = [
        anything,
        lambda: chr(chance.randrange(0xD800, 0xE000)),
        lambda: chance.choice(SPACES) * chance.choice([1, 1, 2, 3, 40]),
        lambda: "".join(chance.choices(SPACES, k=chance.randrange(1, 8))),
        lambda: "a" + "".join(chance.choices(MARKS, k=chance.randrange(1, 4))),
        lambda: chr(chance.choice([*range(0x20), *range(0x7F, 0xA0)])),
        lambda: chance.choice(CONTRACTIONS),
        lambda: "".join(chance.choices(DIGITS, k=chance.randrange(1, 5))),
        lambda: chance.choice(EMOJI),
        lambda: chance.choice(WORDS),
        lambda: chr(chance.randrange(0x20, 0x7F)),
        lambda: "".join(chr(chance.randrange(0x20, 0x7F)) for _ in range(chance.randrange(1, 12))),
        lambda: chr(chance.randrange(0x20, 0x800)) * chance.choice([1, 2, 70]),
    ]
    for _ in range(number):
        yield "".join(chance.choice(parts)() for _ in range(chance.randrange(1, 13)))


def joined(text: str) -> str:
    """Make one character of two halves that meet, as JSON does; a lone half stays."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")


def whole(text: str) -> str:
    """As tiktoken mends half pairs; two halves that meet are one character, as they are in
    JavaScript.
    """
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


@pytest.mark.browser
@pytest.mark.parametrize("number", [STRINGS, pytest.param(MANY, marks=pytest.mark.soak)])
def test_ids_of_random_strings_are_those_of_python(page: Any, number: int):
    """All planes, half pairs, white space of every kind, marks, controls, digits."""
    strings = [joined(text) for text in random_strings(number)]
    assert sum("\ud800" <= char <= "\udfff" for text in strings for char in text) > number / 12
    vocabulary = SimpleTokenizer.of(
        piece for text in strings[: number // 2] for piece in split(text)
    )
    theirs, mine, lengths = in_browser(page, strings, vocabulary.tokens)
    gpt2 = load_gpt2()
    for text, gpt2_ids, word_ids in zip(strings, theirs, mine, strict=True):
        assert gpt2_ids == gpt2.encode_ordinary(text), ascii(text)
        assert word_ids == vocabulary.encode(text, unknown="unk"), ascii(text)
    assert sum(ids.count(vocabulary.ids[UNKNOWN]) for ids in mine) > number / 12
    for text, chunks in zip(strings, lengths, strict=True):
        if text == whole(text):
            assert chunks == [len(chunk.encode("utf-16-le")) // 2 for chunk in cut(text)], ascii(
                text
            )


@pytest.mark.browser
def test_the_ends_of_all_ranges_of_code_points_are_of_the_kind_that_tiktoken_has(page: Any):
    """Each between a letter and a digit, so that its kind decides which of them it joins: the ends
    of every range of letters, numbers and white space, their neighbours, and every 397th code point
    of all planes.
    """
    ends = {int(end, 16) for end in re.findall(r"\b[0-9A-F]+\b", code_points())}
    codes = {code + step for code in ends for step in (-1, 0, 1)} | set(range(0, 0x110000, 397))
    codes = {code for code in codes if 0 <= code < 0x110000 and not 0xD800 <= code <= 0xDFFF}
    strings = [f"a{chr(code)}1 {chr(code)}'s" for code in sorted(codes)]
    vocabulary = SimpleTokenizer.of(["a", "1", "'", "s"])
    theirs, mine, lengths = in_browser(page, strings, vocabulary.tokens)
    for text, gpt2_ids, word_ids, chunks in zip(strings, theirs, mine, lengths, strict=True):
        assert gpt2_ids == load_gpt2().encode_ordinary(text), ascii(text)
        assert word_ids == vocabulary.encode(text, unknown="unk"), ascii(text)
        assert chunks == [len(chunk.encode("utf-16-le")) // 2 for chunk in cut(text)], ascii(text)


@pytest.mark.browser
def test_ids_of_the_texts_are_those_of_python(page: Any):
    found = []
    for entry in list_texts():
        try:
            found.append(load_text(entry.name).content)
        except TextError:
            continue  # a listed text that this learner does not have
    assert found
    vocabulary = SimpleTokenizer.of(split(found[0]))
    theirs, mine, _ = in_browser(page, found, vocabulary.tokens)
    assert theirs == [load_gpt2().encode_ordinary(text) for text in found]
    assert mine == [vocabulary.encode(text, unknown="unk") for text in found]


@pytest.mark.browser
def test_a_run_without_end_is_no_trap(page: Any):
    """A chunk of 200,000 letters: the plain algorithm would take a day."""
    run = "ab" * 100_000
    (theirs,), _, _ = in_browser(page, [run], ("a",))
    assert theirs == load_gpt2().encode_ordinary(run)


@pytest.mark.browser
def test_the_colour_of_an_id_is_that_of_the_printed_chip(page: Any):
    found = page.evaluate(
        "async () => { const { hue } = await import('./assets/chips.js'); return"
        " Array.from({length: 50257}, (_, id) => hue(id)); }"
    )
    assert found == [hue(id) for id in range(50_257)]


@pytest.mark.browser
def test_a_live_chip_is_the_printed_chip(page: Any):
    """Every entry of GPT-2 that is text of assigned ASCII, Latin, or bytes cut in two: markup and
    spoken name.
    """
    gpt2 = load_gpt2()
    ids = [*range(0, 50_256, 61), *range(256)]
    tokens = gpt2.decode_tokens_bytes(ids)
    printed = re.findall(r"<li .*?</li>", chips(tokens, ids=ids).html)
    made = page.evaluate(
        """async (tokens) => {
          const { chip, spoken } = await import('./assets/chips.js');
          return tokens.map((token) => [chip(token).textContent, chip(token).style.getPropertyValue('--h'), spoken(token)]);
        }""",
        [{"id": id, "bytes": list(token)} for id, token in zip(ids, tokens, strict=True)],
    )
    for markup, (text, angle, said), token in zip(printed, made, tokens, strict=True):
        assert text == unescape(re.sub(r"<[^>]*>", "", markup))
        assert f'style="--h:{angle}"' in markup
        assert said == spoken(token)


def typed(page: Any, text: str) -> None:
    page.fill("textarea", text)
    expect(page.locator(".ex-sides")).to_have_attribute("aria-busy", "false")


def entered(page: Any) -> None:
    page.focus("textarea")
    expect(page.locator(".ex-reader > .ex-reader-note")).to_have_text(re.compile(r"this page\.$"))


@pytest.mark.browser
def test_the_file_of_merges_is_loaded_when_the_box_is_entered_and_not_before(page: Any):
    # what was asked before is asked by now
    page.evaluate("fetch('assets/exhibits.css').then((answer) => answer.text())")
    assert "live-tokenizer.js" in Quiet.asked and NAME not in Quiet.asked
    entered(page)
    assert Quiet.asked.count(NAME) == 1


@pytest.mark.browser
def test_both_tokenizers_follow_what_is_typed(page: Any):
    entered(page)
    typed(page, "The cats zyxxyz")
    words, theirs = (page.locator(f".ex-side[data-side={name}]") for name in ("words", "gpt2"))
    ids = load_gpt2().encode_ordinary("The cats zyxxyz")
    assert theirs.locator(".ex-ids").text_content() == f"ids {' '.join(map(str, ids))}"
    assert words.locator(".ex-chip").count() == 3
    assert words.locator(".ex-unknown .ex-token").all_text_contents() == ["zyxxyz"]
    expect(page.locator(".ex-reader > [role=status]")).to_have_text(
        re.compile("3 tokens, 3 distinct, 1 unknown")
    )


@pytest.mark.browser
def test_what_is_typed_letter_by_letter_is_drawn_as_what_is_typed_at_once(page: Any):
    """The chips that stay are kept; the result must not show it."""
    chance = random.Random(SEED)
    entered(page)
    draw = (
        "() => [...document.querySelectorAll('.ex-side .ex-chip-list, .ex-ids')].map((part) =>"
        " part.textContent)"
    )
    text = "the cats"
    for _ in range(25):
        start = chance.randrange(len(text) + 1)
        text = (
            text[:start]
            + chance.choice(["a", " ", "the", "\n", "é", "😀"])
            + text[start + chance.randrange(3) :]
        )
        typed(page, text)
    after = page.evaluate(draw)
    typed(page, "")
    typed(page, text)
    assert page.evaluate(draw) == after


@pytest.mark.browser
def test_a_long_text_is_counted_whole_and_drawn_in_part(page: Any):
    entered(page)
    typed(page, "cat " * 1_000)
    theirs = page.locator(".ex-side[data-side=gpt2]")
    number = len(load_gpt2().encode_ordinary("cat " * 1_000))
    assert theirs.locator(".ex-chip").count() == 300
    assert f"{number:,} tokens" in theirs.locator(".ex-head span").text_content()
    assert f"{number - 300} more are not" in theirs.locator(".ex-rest").text_content()


@pytest.mark.browser
def test_the_page_and_its_worker_give_the_same_answer(page: Any):
    """A text below 10,000 characters is answered in the page, a longer one by the worker: chips,
    ids and counts.
    """
    entered(page)
    drawn = (
        "() => [...document.querySelectorAll('.ex-side .ex-chip-list, .ex-side"
        " .ex-ids')].map((part) => part.textContent)"
    )
    short = "The cats, zyxxyz and the naïve dogs 😀. " * 200
    long = short * 2
    assert len(short) < 10_000 < len(long)
    typed(page, short)
    before = page.evaluate(drawn)
    typed(page, "")
    typed(page, long)
    assert page.evaluate(drawn) == before  # the first 300 are the same
    for text in (short, long):
        typed(page, text)
        expect(page.locator(".ex-side[data-side=gpt2] .ex-head span")).to_contain_text(
            f"{len(load_gpt2().encode_ordinary(text)):,} tokens"
        )
        expect(page.locator(".ex-side[data-side=words] .ex-head span")).to_contain_text(
            f"{len(split(text)):,} tokens"
        )


MARKED = "(name) => [...CSS.highlights.get(name)].map(String)"
BOX_OF_ID = """(place) => {
  const ids = document.querySelector("[data-side=gpt2] .ex-ids").lastChild;
  const id = [...ids.data.matchAll(/\\d+/g)][place];
  const range = new Range();
  range.setStart(ids, id.index);
  range.setEnd(ids, id.index + id[0].length);
  const box = range.getBoundingClientRect();
  return [box.left + box.width / 2, box.top + box.height / 2];
}"""


@pytest.mark.browser
def test_a_chip_and_its_id_are_marked_together_by_tap_and_by_keyboard(page: Any):
    entered(page)
    typed(page, "the cat the dog")
    theirs = page.locator(".ex-side[data-side=gpt2]")
    theirs.locator(".ex-chip").nth(1).click()
    assert page.evaluate(MARKED, "ex-linked") == ["3797"]
    assert page.evaluate(MARKED, "ex-same") == []
    assert "63 61 74" in theirs.locator(".ex-detail").text_content()
    theirs.locator(".ex-chip").nth(1).focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("End")
    assert page.evaluate(MARKED, "ex-linked") == ["3290"]
    assert theirs.locator("[tabindex='0']").count() == 1


@pytest.mark.browser
def test_an_id_and_its_chips_are_marked_together_by_pointing_and_tap(page: Any):
    """262 is " the": the second and the fourth of five tokens."""
    entered(page)
    typed(page, "see the cat the end")
    theirs = page.locator(".ex-side[data-side=gpt2]")
    linked, same = (theirs.locator(f".ex-chip.{mark}") for mark in ("ex-linked", "ex-same"))
    theirs.get_by_text("The ids in a row").click()
    theirs.locator(".ex-ids").scroll_into_view_if_needed()
    second = page.evaluate(BOX_OF_ID, 1)
    page.mouse.move(*second)
    assert page.evaluate(MARKED, "ex-linked") == page.evaluate(MARKED, "ex-same") == ["262"]
    assert [chips.locator(".ex-sub").text_content() for chips in (linked, same)] == ["262", "262"]
    page.mouse.move(second[0], second[1] + 300)
    assert page.evaluate(MARKED, "ex-linked") == page.evaluate(MARKED, "ex-same") == []
    page.mouse.click(*page.evaluate(BOX_OF_ID, 4))
    page.mouse.move(0, 0)
    assert page.evaluate(MARKED, "ex-linked") == ["886"]  # held
    assert theirs.locator("[aria-selected=true] .ex-sub").text_content() == "886"
    typed(page, "see")
    assert page.evaluate(MARKED, "ex-linked") == []


@pytest.mark.browser
def test_a_link_carries_the_text(page: Any, served: tuple[Path, str]):
    text = "50% & more = a #naïve 😀\nline"
    entered(page)
    typed(page, text)
    page.get_by_role("button", name="Copy a link").click()
    address = page.url
    assert "#text=" in address
    page.goto("about:blank")
    page.goto(address)
    shown = " ".join(map(str, load_gpt2().encode_ordinary(text)))
    expect(page.locator("[data-side=gpt2] .ex-ids")).to_have_text(f"ids {shown}")
    assert page.input_value("textarea") == text


@pytest.mark.browser
def test_a_failed_loading_is_said_and_can_be_repeated(page: Any):
    Quiet.refused.add(NAME)
    page.focus("textarea")
    expect(page.locator(".ex-reader > .ex-reader-note")).to_have_text(re.compile("503"))
    Quiet.refused.clear()
    page.get_by_role("button", name="Copy a link").focus()
    entered(page)


@pytest.mark.browser
def test_the_replay_goes_step_by_step_and_takes_another_word(page: Any):
    box = page.locator(".ex-replay-gpt2")
    box.get_by_role("button", name="Next").click()
    expect(box.locator("output")).to_have_text(re.compile("^1 of"))
    expected = [
        spoken(load_gpt2().decode_single_token_bytes(id)) for id in states("unbelievable")[1].ids
    ]
    assert box.locator(".ex-chip .ex-token").all_text_contents() == expected
    box.get_by_role("textbox").fill("déjà vu")
    expect(box.locator("output")).to_have_text(re.compile("^0 of"))
    box.get_by_role("slider").press("End")
    ids = [int(one) for one in box.locator(".ex-chip .ex-sub").all_text_contents()]
    assert ids == load_gpt2().encode_ordinary("déjà vu")


@pytest.mark.browser
def test_the_replay_puts_a_space_before_the_word(page: Any):
    box = page.locator(".ex-replay-gpt2")
    box.get_by_role("checkbox", name="with a space before it").check()
    expect(box.locator(".ex-chip")).to_have_count(len(" unbelievable"))
    box.get_by_role("slider").press("End")
    (only,) = box.locator(".ex-chip .ex-sub").all_text_contents()
    assert [int(only)] == load_gpt2().encode_ordinary(" unbelievable")
    box.get_by_role("checkbox").uncheck()
    expect(box.locator(".ex-chip")).to_have_count(len("unbelievable"))


@pytest.mark.browser
def test_the_pair_that_comes_next_is_marked_and_the_table_grows_with_the_steps(page: Any):
    """l + e, rank 37, is the first merge of unbelievable: letters 10 and 11 counted from 0."""
    box = page.locator(".ex-replay-gpt2")
    marked = box.locator(".ex-chip.ex-coming .ex-token")
    assert marked.all_text_contents() == ["l", "e"]  # as it was printed
    pair = box.locator(".ex-coming-pair > ul > li")
    assert pair.all_inner_texts()[1] == "37"  # the rank, with both pieces on one line
    assert pair.locator(".ex-token").all_text_contents() == ["l", "e"]
    box.locator("summary").click()
    rows = box.locator("tbody tr:visible")
    assert rows.count() == 0
    for step in (1, 2):
        box.get_by_role("button", name="Next").click()
        expect(rows).to_have_count(step)
    assert marked.count() == 2
    assert pair.count() == 3


@pytest.mark.browser
def test_no_step_of_a_replay_moves_what_is_below_it(page: Any):
    """Pieces become fewer, and so do their lines; the table of the steps is folded."""
    page.set_viewport_size({"width": 390, "height": 844})
    box = page.locator(".ex-replay-gpt2")
    box.scroll_into_view_if_needed()
    box.get_by_role("button", name="Next").click()
    expect(box.locator("output")).to_have_text(re.compile("^1 of"))
    high = box.bounding_box()["height"]
    box.get_by_role("slider").press("End")
    expect(box.locator("output")).to_have_text("8 of 8 merges")
    assert abs(box.bounding_box()["height"] - high) < 1


@pytest.mark.browser
def test_the_learned_merges_open_on_the_bytes(page: Any):
    box = page.locator(".ex-replay-learned").first
    box.scroll_into_view_if_needed()
    expect(box.get_by_role("button", name="Back")).to_be_disabled()
    assert box.locator(".ex-chip").count() == len(b"the cats of the sea")
    assert box.locator("tbody tr:visible").count() == 0
    box.get_by_role("slider").press("End")
    expect(box.locator("tbody tr:visible")).to_have_count(8)


def replaced(ids: list[int], pair: tuple[int, int], new: int) -> list[int]:
    """Return ids with each occurrence of a pair replaced, from left to right."""
    found: list[int] = []
    for id in ids:
        if found and (found[-1], id) == pair:
            found[-1] = new
        else:
            found.append(id)
    return found


@pytest.mark.browser
def test_the_buttons_of_a_long_list_go_to_the_merges_that_change_the_passage(page: Any):
    box = page.locator(".ex-replay-learned").last
    learned = first_merges(load_text().content[:20_000], 100)
    box.scroll_into_view_if_needed()
    ids = [[load_gpt2().encode_single_token(char) for char in chunk] for chunk in cut("the sea")]
    changing = []
    for place, step in enumerate(learned):
        merged = [replaced(chunk, (step.left, step.right), 256 + place) for chunk in ids]
        changing += [place + 1] if merged != ids else []
        ids = merged
    assert len(changing) > 2
    for place in changing:
        box.get_by_role("button", name="Next").click()
        expect(box.locator("output")).to_have_text(f"{place} of 100 merges")
    expect(box.locator(".ex-reader-note")).to_contain_text(f"Merge {place} makes")
    shown = [int(one) for one in box.locator(".ex-chip .ex-sub").all_text_contents()]
    assert shown == [id for chunk in ids for id in chunk]
    box.get_by_role("button", name="Next").click()
    expect(box.locator(".ex-reader-note")).to_contain_text("That was the last merge.")
    box.get_by_role("button", name="Back").click()
    expect(box.locator("output")).to_have_text(f"{place} of 100 merges")


@pytest.mark.browser
def test_a_button_puts_its_example_into_the_box_and_says_what_to_look_at(page: Any):
    page.get_by_role("button", name="two cats").click()
    expect(page.locator(".ex-reader > .ex-reader-note")).to_have_text(
        "The second space is a token."
    )
    assert page.input_value("textarea") == "cat  cat"
    expect(page.locator("[data-side=gpt2] .ex-chip")).to_have_count(3)
    typed(page, "cat")
    expect(page.locator(".ex-reader > .ex-reader-note")).to_contain_text(
        "Nothing leaves this page."
    )


@pytest.mark.browser
def test_a_page_opened_as_a_file_says_what_is_needed(browser: Any, served: tuple[Path, str]):
    tab = browser.new_page()
    tab.goto((served[0] / "index.html").as_uri())
    expect(tab.locator(".ex-reader > .ex-reader-note")).to_have_text(re.compile("make serve"))
    assert tab.locator("textarea").count() == 0
    tab.close()


@pytest.mark.browser
def test_without_javascript_the_example_is_there(browser: Any, served: tuple[Path, str]):
    context = browser.new_context(java_script_enabled=False)
    tab = context.new_page()
    tab.goto(served[1])
    assert tab.locator(".ex-reader .ex-chip").count() > 10
    assert not tab.locator(".ex-reader-tools").is_visible()
    context.close()
