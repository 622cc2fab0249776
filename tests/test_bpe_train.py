"""Learning merges: the rule for ties by hand, the fast way equal to the plain one, both to Hugging
Face's trainer.
"""

import json
import sys
from collections.abc import Iterator
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scratch import load_text
from scratch.tokenizer.bpe import BadVocabulary, BytePairEncoding
from scratch.tokenizer.bpe_naive import apply_merges, find_merges
from scratch.tokenizer.bpe_train import find_merges as find_fast
from scratch.tokenizer.bpe_train import train
from scratch.tokenizer.id_string import BYTES, LETTERS
from scratch.tokenizer.pretokenize import count, cut


def written(merges: list[str]) -> list[str]:
    """Pairs of ids as text, for a reader."""
    tokens = list(LETTERS)
    for pair in merges:
        tokens.append(tokens[ord(pair[0])] + tokens[ord(pair[1])])
    return [" ".join(tokens[ord(id)] for id in pair) for pair in merges]


def test_the_example_of_wikipedia_by_hand() -> None:
    """aaabdaaabac: the pair aa stands 4 times if runs count twice (ab and others 2 times): X = aa,
    XabdXabac. Then Xa and ab stand twice; a is a smaller id than X, so Y = ab: XYdXYac. Then XY:
    ZdZac. Then all stand once.
    """
    assert written(find_merges("aaabdaaabac", 3)) == ["a a", "a b", "aa ab"]


def test_a_tie_goes_to_the_smaller_first_id_then_to_the_smaller_second() -> None:
    """Each pair stands once. ! is id 0, and a, b, c follow in their order; a space is id 220."""
    assert written(find_merges("ca", 1) + find_merges("cab", 1)) == ["c a", "a b"]
    assert written(find_merges("ac ab", 1)) == ["a b"]
    assert written(find_merges(" x!", 1)) == ["Ġ x"]  # x and ! are two chunks, so no tie


def test_no_merge_crosses_a_chunk_or_a_text() -> None:
    """By hand: two chunks of the one text have three pairs in all, and two texts of two letters
    have two.
    """
    assert written([*train("ab cd", 259).merges]) == ["a b", "c d", "Ġ cd"]
    assert written([*train(["ab", "cd"], 258).merges]) == ["a b", "c d"]
    for texts, most in (("ab cd", 259), (["ab", "cd"], 258)):
        with pytest.raises(BadVocabulary, match=f"runs out of pairs at {most}"):
            train(texts, most + 1)


def test_a_run_counts_its_overlaps() -> None:
    """aaa has the pair (a, a) twice, and so it goes before (b, c), which stands twice, too: a is
    the smaller id.
    """
    assert written(find_merges("aaa bc bc", 1)) == ["a a"]


def test_it_stops_when_no_pair_is_left() -> None:
    assert len(find_merges("abc", 10)) == len(find_fast({"abc": 1}, 10)) == 2


@settings(max_examples=300, deadline=None)
@given(st.text("aab \n'", max_size=80), st.integers(0, 60))
def test_the_fast_way_learns_what_the_plain_one_does(text: str, number: int) -> None:
    assert find_fast(count([text]), number) == find_merges(text, number)


@settings(max_examples=100, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=40), st.integers(0, 60))
def test_the_fast_way_learns_what_the_plain_one_does_of_any_text(text: str, number: int) -> None:
    assert find_fast(count([text]), number) == find_merges(text, number)


def test_on_the_novella_both_ways_learn_the_same() -> None:
    text = load_text("the-index-of-small-lights").content
    assert find_fast(count([text]), 60) == find_merges(text, 60)


@settings(max_examples=100, deadline=None)
@given(st.text("abc d", min_size=20, max_size=200), st.text("abc d", max_size=40))
def test_encoding_is_the_merges_in_the_order_of_learning(learned: str, chunk: str) -> None:
    merges = find_merges(learned, 20)
    ids = "".join(apply_merges(piece, merges) for piece in cut(chunk))
    assert BytePairEncoding(merges).encode_ordinary(chunk) == [ord(id) for id in ids]


def test_texts_one_by_one_are_never_all_in_memory() -> None:
    alive = []

    def texts() -> Iterator[str]:
        for number in range(3):
            alive.append(number)
            yield "low lower lowest"

    assert len(train(texts(), 259)) == 259 and alive == [0, 1, 2]
    assert train(["low lower lowest"] * 3, 259).merges == train(texts(), 259).merges


def test_vocab_size_counts_bytes_merges_and_specials() -> None:
    encoding = train("low lower", 259, specials=["<a>", "<b>"])
    assert (len(encoding), encoding.tokens[256:], encoding.special_ids) == (
        259,
        (b"lo", b"<a>", b"<b>"),
        {"<a>": 257, "<b>": 258},
    )


@pytest.mark.parametrize(
    ("size", "said"),
    [(12, "vocab_size is 12; bytes and specials alone need 257, so ask for 257 to 1,114,111"),
     (2_000_000, "ask for 257 to"), (300, "vocab_size is 300, but the text runs out of pairs at 259; ask for 259")],
)  # fmt: skip
def test_a_size_that_cannot_be_is_an_error(size: int, said: str) -> None:
    with pytest.raises(BadVocabulary, match=said):
        train("low", size, specials=["<end>"])


def test_a_text_that_runs_out_of_pairs_gives_as_many_as_it_has_where_the_size_is_the_most() -> None:
    """By hand: lo and low, then nothing; with the special 259 entries. A size that the text has is
    met.
    """
    encoding = train("low", 300, specials=["<end>"], at_most=True)
    assert (len(encoding), encoding.tokens[256:]) == (259, (b"lo", b"low", b"<end>"))
    assert len(train("low lower", 258, at_most=True)) == 258
    with pytest.raises(BadVocabulary, match="vocab_size is 12; bytes"):
        train("low", 12, at_most=True)


@pytest.mark.parametrize(
    "text", ["a" * 2000, "ab" * 1000, "\n" * 2000, "".join(Random(1).choices("abcdef", k=2000))]
)
def test_a_stretch_without_a_space_is_read_once_a_merge(text: str) -> None:
    """Read again for each place of the pair, a megabyte would take hours; so it takes 1 to 6 s for
    5,000 entries.
    """
    reads = 0

    def note(frame: object, event: str, called: object) -> None:
        nonlocal reads
        reads += event == "c_call" and getattr(called, "__name__", "") == "split"

    sys.setprofile(note)
    try:
        merges = find_fast({text: 1}, 100)
    finally:
        sys.setprofile(None)
    assert 0 < reads == len(merges)


def test_a_trained_encoding_learns_what_hugging_faces_trainer_does() -> None:
    """Oracle: the ids too, since both number the bytes alike. The tie rules are the same, so
    nothing is left out.
    """
    tokenizers = pytest.importorskip(
        "tokenizers", reason="the peer is not installed: pip install tokenizers"
    )
    text = load_text("the-index-of-small-lights").content
    peer = tokenizers.Tokenizer(tokenizers.models.BPE())
    peer.pre_tokenizer = tokenizers.pre_tokenizers.ByteLevel(add_prefix_space=False)
    trainer = tokenizers.trainers.BpeTrainer(
        vocab_size=3000,
        initial_alphabet=tokenizers.pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    peer.train_from_iterator([text], trainer)
    merges = [" ".join(pair) for pair in json.loads(peer.to_str())["model"]["merges"]]
    own = train(text, 3000)
    assert written(list(own.merges)) == merges and len(merges) == 3000 - BYTES
    assert own.encode_ordinary(text) == peer.encode(text).ids
