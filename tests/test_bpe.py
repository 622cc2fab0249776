"""Byte-pair encoding: equal to tiktoken's GPT-2, lossless, and clear about what it refuses."""

import random
import re
from concurrent.futures import ThreadPoolExecutor
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from scratch import load_gpt2, load_text
from scratch.tokenizer import array_encoder, bpe_merge_array, chunk_cache
from scratch.tokenizer import bpe as module
from scratch.tokenizer.array_encoder import ArrayEncoder
from scratch.tokenizer.bpe import (
    BadVocabulary,
    BytePairEncoding,
    NotUnicode,
    SpecialInText,
    UnknownId,
)
from scratch.tokenizer.bpe_file import DamagedEncoding
from scratch.tokenizer.bpe_merge import LONG, merge, merge_long
from scratch.tokenizer.bpe_merge_array import merge_chunks
from scratch.tokenizer.bpe_naive import apply_merges
from scratch.tokenizer.bpe_train import find_merges, train
from scratch.tokenizer.id_string import BYTE_OF_ID, LARGEST, of_bytes, to_list
from scratch.tokenizer.pretokenize import GPT2_PATTERN, PICTURES, characters, count

GPT2 = BytePairEncoding.gpt2()
ANY = st.text(st.characters(exclude_categories=["Cs"]))
HARD = [
    "I'll've don't DON'T it's 'S 's ''s",
    "   leading, trailing   ",
    "tabs\t\tand  \n \n\n  lines\r\n\r\n",
    "a \n",
    "\n  indented\n    more\n",
    "٣٤٥ १२३ 一二三 ⅷ ½ ²",
    "👩‍👩‍👧‍👦 👍🏽 🇮🇳 e\u0301 \u200d \ufe0f",
    "கழுதை बंदर ประเทศไทย 한국어 Ünïcödé",
    "\ufeff\u00a0\u2003\u3000\x85\x1c\x1f\0",
    " \0 a \0b",
    "<|endoftext|> <|endoftext|",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" * 20,
    "=" * 500 + "-" * 500,
    "\U000323b0\U0001e5f1\u0558\u088f",  # newer than Unicode 16, or in it since
]


@pytest.mark.parametrize("text", HARD)
def test_hard_texts_have_tiktokens_ids(text: str) -> None:
    assert GPT2.encode_ordinary(text) == load_gpt2().encode_ordinary(text)


@pytest.fixture(params=["chunk by chunk", "in arrays"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Encode texts of any length one way."""
    monkeypatch.setattr(module, "LONG", 0 if request.param == "in arrays" else 10**9)
    monkeypatch.setattr(module, "NEW", 10**9)


ONE_WAY = settings(
    max_examples=500, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.mark.usefixtures("way")
@ONE_WAY
@given(ANY)
def test_every_text_has_tiktokens_ids(text: str) -> None:
    assert GPT2.encode_ordinary(text) == load_gpt2().encode_ordinary(text)


@pytest.mark.usefixtures("way")
@ONE_WAY
@given(
    st.lists(
        st.sampled_from(
            [
                "the ",
                "cat",
                "'s",
                "'",
                "ll",
                " ",
                "\n",
                ".",
                "  ",
                "é",
                "  \n",
                "1984",
                "\t",
                "😀",
                "\0",
            ]
        )
    ).map("".join)
)
def test_texts_of_usual_pieces_have_tiktokens_ids(text: str) -> None:
    assert GPT2.encode_ordinary(text) == load_gpt2().encode_ordinary(text)


@pytest.mark.usefixtures("way")
def test_the_novella_has_tiktokens_ids_cold_and_warm() -> None:
    text = load_text("the-index-of-small-lights").content
    fresh = BytePairEncoding.gpt2()
    assert (
        fresh.encode_ordinary(text)
        == fresh.encode_ordinary(text)
        == load_gpt2().encode_ordinary(text)
    )


@settings(max_examples=300, deadline=None)
@given(st.text(st.sampled_from("ab \n\t\r\x1c\x85\xa0!'s1"), max_size=60), st.integers(1, 30))
def test_a_text_in_slices_has_the_ids_of_the_whole(text: str, size: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(array_encoder, "SLICE", size)
        patch.setattr(module, "LONG", 0)
        patch.setattr(module, "NEW", 0)
        assert GPT2.encode_ordinary(text) == load_gpt2().encode_ordinary(text)


@pytest.mark.usefixtures("way")
def test_the_memory_of_chunks_does_not_change_the_ids(monkeypatch: pytest.MonkeyPatch) -> None:
    """One encoding reads texts whose chunks look alike, and one forgets each time."""
    long = "incomprehensibilities"
    texts = ["aq bq", "aqq bq\0", "aqq bq\0\0", long + long, long + long[:-1] + "z"] * 2
    kept, forgets = BytePairEncoding.gpt2(), BytePairEncoding.gpt2()
    expected = [load_gpt2().encode_ordinary(text) for text in texts]
    assert [kept.encode_ordinary(text) for text in texts] == expected
    monkeypatch.setattr(module, "MOST_KEPT", 0)
    monkeypatch.setattr(array_encoder, "MOST_KEPT", 0)
    assert [forgets.encode_ordinary(text) for text in texts] == expected


def test_chunks_that_were_met_are_not_merged_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Those of up to LONGEST bytes; the memory holds MOST_KEPT of them."""
    monkeypatch.setattr(array_encoder, "MOST_KEPT", 1500)
    fresh = BytePairEncoding.gpt2()
    words = ["q" + "".join(letters) for letters in product("qxzjkvwpgb", repeat=3)]
    fresh.encode_ordinary(" ".join(words) + " q" * 8000)
    encoder = fresh._encoder
    assert encoder and 900 < len(encoder._met) <= 1000
    monkeypatch.setattr(array_encoder, "merge_chunks", None)
    fresh.encode_ordinary(" ".join(words) + " q" * 8000)
    monkeypatch.undo()
    monkeypatch.setattr(array_encoder, "MOST_KEPT", 1500)
    fresh.encode_ordinary(" ".join(word + "x" for word in words) + " q" * 8000)
    assert 900 < len(encoder._met) <= 1500


def test_chunks_of_one_hash_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the hash, equal hashes cost time, never a wrong id."""
    text = load_text("the-index-of-small-lights").content[:20_000]
    monkeypatch.setattr(chunk_cache, "MIX", np.uint64(1 << 60))
    assert BytePairEncoding.gpt2().encode_ordinary(text) == load_gpt2().encode_ordinary(text)


def test_short_and_long_texts_take_turns() -> None:
    """The size of a text decides how it is encoded, and so does what was met before."""
    fresh, text = BytePairEncoding.gpt2(), load_text("the-index-of-small-lights").content
    for size in (10, module.NEW * 2, module.LONG - 1, module.LONG, module.LONG * 3):
        for start in (0, 5_000):
            part = text[start : start + size]
            assert fresh.encode_ordinary(part) == load_gpt2().encode_ordinary(part)


def test_the_array_has_the_ids_of_the_list() -> None:
    ids = GPT2.encode_array("Hello, world!")
    assert ids.tolist() == GPT2.encode_ordinary("Hello, world!") and ids.dtype == "uint32"


def test_gpt2s_entries_are_tiktokens() -> None:
    assert len(GPT2) == load_gpt2().n_vocab
    assert [*GPT2.tokens[:-1]] == [
        load_gpt2().decode_single_token_bytes(id) for id in range(len(GPT2) - 1)
    ]


def test_merging_gives_every_entry_back_its_own_id() -> None:
    """So a chunk that is an entry need not be merged."""
    for id, token in enumerate(GPT2.tokens[:-1]):
        assert merge(of_bytes(token), GPT2._ranks) == chr(id)


@settings(max_examples=300, deadline=None)
@given(st.text("aab c", max_size=60), st.integers(0, 40))
def test_both_ways_of_merging_are_the_plain_one(chunk: str, number: int) -> None:
    merges = find_merges({"aaab aab caab": 3, "abab": 2, chunk: 1}, number)
    ranks = {pair: rank for rank, pair in enumerate(merges)}
    assert merge(of_bytes(chunk.encode()), ranks) == merge_long(of_bytes(chunk.encode()), ranks)
    assert merge(of_bytes(chunk.encode()), ranks) == apply_merges(chunk, merges)


def test_a_long_chunk_has_tiktokens_ids() -> None:
    letters = random.Random(0).choices("abcdefghijklmnopqrst", k=50 * LONG)
    assert GPT2.encode_ordinary("".join(letters)) == load_gpt2().encode_ordinary("".join(letters))


def at_once(encoding: BytePairEncoding, chunks: list[str]) -> list[list[int]]:
    """The ids of each chunk, merged all at once."""
    data = [of_bytes(chunk.encode()).encode("latin-1") for chunk in chunks]
    encoder = ArrayEncoder(encoding.merges, encoding._ranks, encoding.tokens)
    ends = np.cumsum(list(map(len, data)))
    tokens, last = merge_chunks(np.frombuffer(b"".join(data), np.uint8), ends, encoder.ranks)
    return [part.tolist() for part in np.split(tokens, np.nonzero(last)[0][:-1] + 1)]


LONG_CHUNK = st.tuples(
    st.text("abc", min_size=1, max_size=12), st.integers(1, 90), st.text("abc", max_size=400)
).map(lambda parts: parts[0] * parts[1] + parts[2])
CHUNKS = st.lists(st.text("aab c", min_size=1, max_size=40) | LONG_CHUNK, min_size=1, max_size=20)


@settings(max_examples=300, deadline=None)
@given(CHUNKS, st.integers(0, 60), st.sampled_from([1, 2, 8]), st.sampled_from([1, 3, 200]))
def test_chunks_merged_at_once_have_the_ids_of_each(
    chunks: list[str], number: int, reach: int, rounds: int
) -> None:
    """However small the stretches that are merged again, and however soon the rounds end."""
    merges = find_merges({"aaab aab caab": 3, "abab": 2, "".join(chunks)[:400]: 1}, number)
    encoding = BytePairEncoding(merges)
    expected = [to_list(merge(of_bytes(chunk.encode()), encoding._ranks)) for chunk in chunks]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bpe_merge_array, "REACH", reach)
        patch.setattr(bpe_merge_array, "FEW", 1)
        patch.setattr(bpe_merge_array, "MOST_ROUNDS", rounds)
        assert at_once(encoding, chunks) == expected


@pytest.mark.parametrize(
    "letters", ["0123456789", "etaoinshrdlu", "a", "ab", "=", "\t", "é日🙂", [" a", "aaa"]]
)
def test_gpt2s_long_chunks_are_merged_at_once(letters: str | list[str]) -> None:
    chunk = "".join(random.Random(1).choices(letters, k=20_000))
    expected = to_list(merge_long(of_bytes(chunk.encode()), GPT2._ranks))
    assert at_once(GPT2, [chunk, "ab" * 99, chunk])[::2] == [expected, expected]


def test_merges_that_no_learning_makes_are_merged_chunk_by_chunk() -> None:
    """Here "ab" is never whole before "bc", so no text has the entry "abc"."""
    a, b, c = map(of_bytes, (b"a", b"b", b"c"))
    merges = [b + c, a + b, chr(257) + c]
    encoding = BytePairEncoding(merges)
    assert encoding._encoder is None and GPT2._encoder and GPT2._encoder.ranks.all_parted()
    text = "ababcab" * 3_000
    assert encoding.encode_ordinary(text) == to_list(
        merge(of_bytes(text.encode()), encoding._ranks)
    )


def test_threads_may_share_an_encoding(monkeypatch: pytest.MonkeyPatch) -> None:
    """They forget all the time, and one forgets what another is about to look up."""
    monkeypatch.setattr(module, "MOST_KEPT", 300)
    monkeypatch.setattr(array_encoder, "MOST_KEPT", 300)
    draw, shared = random.Random(3), BytePairEncoding.gpt2()
    words = load_text("the-index-of-small-lights").content.split(" ")
    texts = [" ".join(draw.choices(words, k=draw.choice([200, 3000]))) for _ in range(96)]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(shared.encode_ordinary, texts))
    assert found == list(map(load_gpt2().encode_ordinary, texts))


def test_pictures_are_no_letters_numbers_or_white_space() -> None:
    """The class that GPT-2's pattern tries first holds marks alone."""
    pictures = list(filter(re.compile(PICTURES).match, map(chr, range(0x110000))))
    kinds = "".join(characters(kind, 0x10FFFF) for kind in "LNS")
    assert len(pictures) > 3_000 and not re.search(f"[{kinds}]", "".join(pictures))


@settings(deadline=None)
@given(ANY)
def test_decoding_gives_the_text_back(text: str) -> None:
    assert GPT2.decode(GPT2.encode_ordinary(text)) == text


@settings(deadline=None)
@given(st.binary())
def test_any_bytes_are_written_exactly(data: bytes) -> None:
    ids = to_list(of_bytes(data))
    assert GPT2.decode_bytes(ids) == data == bytes(BYTE_OF_ID[id] for id in ids)
    assert GPT2.decode(ids) == data.decode("utf-8", "replace") == load_gpt2().decode(ids)


def test_half_a_character_is_replaced_or_refused() -> None:
    half = (
        GPT2.encode_ordinary("é")[:1]
        if len(GPT2.encode_ordinary("é")) > 1
        else to_list(of_bytes(b"\xc3"))
    )
    assert GPT2.decode(half) == "\ufffd"
    with pytest.raises(UnicodeDecodeError):
        GPT2.decode(half, errors="strict")


@pytest.mark.parametrize("ids", [[0, 50257], [0, -1]])
def test_an_id_outside_is_named_with_its_place_and_the_limit(ids: list[int]) -> None:
    with pytest.raises(UnknownId, match=rf"id {ids[1]} at position 1 is none.*0 to 50256"):
        GPT2.decode(ids)


@pytest.mark.parametrize("text", ["ab \ud83d\ude00", "ab \udc00 c" * 3])
def test_half_a_surrogate_pair_is_named_with_its_place(text: str) -> None:
    with pytest.raises(NotUnicode, match=r"character 3 of the text is U\+D[8C]..*mend it with"):
        GPT2.encode_ordinary(text)
    with pytest.raises(NotUnicode, match="half of a surrogate pair"):
        train(text, 257)


def test_ids_that_python_cannot_write_alone_are_ids_like_others() -> None:
    assert to_list(chr(0xD800) + chr(LARGEST)) == [0xD800, LARGEST]


# special tokens, as tiktoken treats them


def test_a_special_in_the_text_is_an_error_that_names_the_ways_out() -> None:
    with pytest.raises(
        SpecialInText,
        match=r"'<\|endoftext\|>' at character 2.*allowed_special.*disallowed_special=\(\)",
    ):
        GPT2.encode("a <|endoftext|>")
    with pytest.raises(ValueError, match="disallowed special token"):
        load_gpt2().encode("a <|endoftext|>")


@pytest.mark.parametrize(
    "options",
    [
        {"allowed_special": "all"},
        {"allowed_special": {"<|endoftext|>"}},
        {"disallowed_special": ()},
        {"allowed_special": "all", "disallowed_special": {"nowhere"}},
    ],
)
@pytest.mark.parametrize(
    "text", ["<|endoftext|>", "a <|endoftext|> b<|endoftext|><|endoftext|>", "none"]
)
def test_specials_have_tiktokens_ids(text: str, options: dict[str, str]) -> None:
    assert GPT2.encode(text, **options) == load_gpt2().encode(text, **options)  # type: ignore[arg-type]


def test_any_text_may_be_refused() -> None:
    for encoding in (GPT2, load_gpt2()):
        with pytest.raises(ValueError, match="secret"):
            encoding.encode("a secret", disallowed_special={"secret"})


def test_of_two_specials_the_longer_one_is_read() -> None:
    encoding = BytePairEncoding([], ["<a>", "<a><b>"])
    assert encoding.encode("<a><b><a>", allowed_special="all") == [257, 256]


def test_a_special_that_is_none_is_an_error() -> None:
    with pytest.raises(
        BadVocabulary, match=r"\['<x>'\] are no specials.*it has \['<\|endoftext\|>'\]"
    ):
        GPT2.encode("a", allowed_special={"<x>"})


@pytest.mark.parametrize("specials", [[""], ["<a>", "<a>"]])
def test_specials_are_distinct_and_not_empty(specials: list[str]) -> None:
    with pytest.raises(BadVocabulary, match="each must be a text"):
        BytePairEncoding([], specials)


# saving and loading


@settings(max_examples=50, deadline=None)
@given(
    ANY.filter(bool),
    st.lists(ANY.filter(bool), unique=True, max_size=3),
    st.sampled_from([GPT2_PATTERN, r"\w+|\W"]),
)
@example("low lower lowest low lower", ["<|endoftext|>", 'a "b"\n'], GPT2_PATTERN)
def test_what_is_loaded_is_what_was_saved(tmp_path_factory, text, specials, pattern) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path_factory.mktemp("saved") / "one.bpe"
    chunks = count([text], pattern)
    encoding = BytePairEncoding(find_merges(chunks, 20), specials, pattern)
    encoding.save(path)
    again = BytePairEncoding.load(path)
    assert (again.merges, again.specials, again.pattern, again.tokens) == (
        encoding.merges, encoding.specials, encoding.pattern, encoding.tokens,
    )  # fmt: skip
    assert again.encode_ordinary(text) == encoding.encode_ordinary(text)


def test_the_file_is_plain_text_with_gpt2s_letters(tmp_path: Path) -> None:
    train("low low lower", 259, specials=["<end>"]).save(tmp_path / "a.bpe")
    lines = (tmp_path / "a.bpe").read_text(encoding="utf-8").splitlines()
    assert lines[0] == "byte-pair encoding, version 1" and lines[2:] == [
        'special "<end>"',
        "merges 2",
        "l o",
        "lo w",
    ]


def damage(text: str, how: str) -> str:
    return {
        "another version": text.replace("version 1", "version 9"),
        "no pattern": text.replace("pattern", "batter", 1),
        "a token that no line made": text.replace("lo w", "xx w"),
        "a merge twice": text.replace("lo w", "l o"),
        "a line is missing": text.replace("lo w\n", ""),
        "cut inside a line": text[:-2],
        "cut in the head": text[:60],
        "a line too many": text + "w e\n",
        "a number that is none": text.replace("merges 2", "merges two"),
        "empty": "",
    }[how]


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ("another version", r"a.bpe:1: .*version 9.*give a file that `save` wrote"),
        ("no pattern", r"a.bpe:2: 'batter"),
        ("a token that no line made", r"a.bpe:5: the merge 'xx w' names a token that no line made"),
        ("a merge twice", r"a.bpe:5: the merge 'l o' makes a token that is there already"),
        ("a line is missing", "cut short"),
        ("cut inside a line", "cut short|names a token"),
        ("cut in the head", "a.bpe"),
        ("a line too many", "cut short"),
        ("a number that is none", r"a.bpe:3: 'merges two'"),
        ("empty", r"a.bpe:1: ''"),
    ],
)
def test_a_damaged_file_is_named_with_its_line(tmp_path: Path, how: str, said: str) -> None:
    path = tmp_path / "a.bpe"
    train("low low lower", 258).save(path)
    path.write_text(damage(path.read_text(encoding="utf-8"), how), encoding="utf-8")
    with pytest.raises(DamagedEncoding, match=said):
        BytePairEncoding.load(path)
