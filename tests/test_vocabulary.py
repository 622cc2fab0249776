"""Words and numbers: the vocabulary, both ways, and the counts of a text."""

import itertools
import pickle
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scratch import (
    END_OF_TEXT,
    UNKNOWN,
    SimpleTokenizer,
    UnknownWord,
    count,
    exponent,
    growth,
    hapaxes,
    join,
    most_frequent,
    rank_frequency,
    split,
)

TEXT = "The dog saw the cat.\nThe cat saw no dog."
tokens_of_any_text = st.lists(st.sampled_from("abcdef"), min_size=1, max_size=60)


def test_ids_follow_sorted_order_with_the_specials_last() -> None:
    """By hand: by code point . (46) < T (84) < c < d < n < s < t, then the two specials."""
    vocabulary = SimpleTokenizer.of(split(TEXT))
    assert vocabulary.tokens == (
        ".",
        "The",
        "cat",
        "dog",
        "no",
        "saw",
        "the",
        "<|endoftext|>",
        "<|unk|>",
    )
    assert vocabulary.encode(TEXT) == [1, 3, 5, 6, 2, 0, 1, 2, 5, 4, 3, 0]
    assert len(vocabulary) == 9
    assert vocabulary.decode([1, 2, 5, 4, 3, 0]) == "The cat saw no dog."


def test_specials_in_the_text_are_not_numbered_twice() -> None:
    vocabulary = SimpleTokenizer.of(split("a <|endoftext|> b <|unk|>"))
    assert vocabulary.tokens == ("a", "b", END_OF_TEXT, UNKNOWN)
    assert vocabulary.encode("a <|endoftext|> b") == [0, 2, 1]


def test_an_unknown_word_is_an_error_with_its_place_and_the_remedy() -> None:
    """By hand: 6 tokens on line 1, then The cat saw the, so whale is token 10; `The cat saw the `
    is 16 characters.
    """
    vocabulary = SimpleTokenizer.of(split(TEXT))
    with pytest.raises(UnknownWord) as caught:
        vocabulary.encode("The dog saw the cat.\nThe cat saw the whale, no squid.")
    error = caught.value
    assert (error.word, error.index, error.line, error.character) == ("whale", 10, 2, 17)
    assert (
        str(error) == "'whale' (token 10, line 2, character 17) is not in this"
        " vocabulary; "
        'encode with unknown="unk", or build the vocabulary from a text that has the word'
    )
    assert isinstance(error, ValueError)
    # it crosses processes, as tests in parallel need
    assert str(pickle.loads(pickle.dumps(error))) == str(error)


def test_in_the_unknown_mode_only_the_unknown_words_are_lost() -> None:
    vocabulary = SimpleTokenizer.of(split(TEXT))
    ids = vocabulary.encode("The whale saw no dog.", unknown="unk")
    assert vocabulary.decode(ids) == "The <|unk|> saw no dog."


def test_another_mode_than_the_two_is_refused() -> None:
    with pytest.raises(ValueError, match=r"""unknown is 'drop'; it can be "error" or "unk\""""):
        SimpleTokenizer.of(["a"]).encode("a", unknown="drop")  # type: ignore[arg-type]


@pytest.mark.parametrize("id", [-1, 4, 10**9])
def test_an_id_outside_the_vocabulary_is_refused(id: int) -> None:
    with pytest.raises(ValueError, match=rf"id {id} is outside 0 to 3"):
        SimpleTokenizer.of(["a", "b"]).decode([0, id])


def test_a_vocabulary_made_by_hand_must_have_each_token_once_and_the_specials_last() -> None:
    with pytest.raises(ValueError, match="'a' is there twice"):
        SimpleTokenizer(("a", "b", "a", END_OF_TEXT, UNKNOWN))
    with pytest.raises(ValueError, match="not the specials"):
        SimpleTokenizer(("a", "b"))


@given(st.text() | st.text(alphabet="ab ,.'-\n"))
def test_encoding_and_decoding_give_what_joining_gives(text: str) -> None:
    vocabulary = SimpleTokenizer.of(split(text))
    assert vocabulary.decode(vocabulary.encode(text)) == join(split(text))
    assert vocabulary.encode(vocabulary.decode(vocabulary.encode(text))) == vocabulary.encode(text)


@given(st.text(), st.text())
def test_in_the_unknown_mode_every_text_encodes(known: str, text: str) -> None:
    vocabulary = SimpleTokenizer.of(split(known))
    ids = vocabulary.encode(text, unknown="unk")
    assert [vocabulary.tokens[id] for id in ids] == [
        token if token in vocabulary.ids else UNKNOWN for token in split(text)
    ]


def test_counts_by_hand() -> None:
    """TEXT has 12 tokens: The dog saw the cat . The cat saw no dog . - "the" and "no" once, the
    others twice.
    """
    tokens = split(TEXT)
    assert (count(tokens).total(), len(count(tokens))) == (12, 7)
    assert hapaxes(tokens) == ["no", "the"]
    # all stand twice: sorted order decides
    assert most_frequent(tokens, 3) == [(".", 2), ("The", 2), ("cat", 2)]
    assert rank_frequency(tokens) == [(1, 2), (2, 2), (3, 2), (4, 2), (5, 2), (6, 1), (7, 1)]
    # The dog saw | the cat . | The cat saw | no dog . : 3, 3 + 3, none new, "no"
    assert growth(tokens, points=4) == [(3, 3), (6, 6), (9, 6), (12, 7)]


@given(tokens_of_any_text, st.integers(min_value=1, max_value=80))
def test_a_growth_curve_rises_and_ends_with_the_whole_text(tokens: list[str], points: int) -> None:
    curve = growth(tokens, points)
    assert curve[-1] == (len(tokens), len(set(tokens)))
    assert len(curve) == min(points, len(tokens))
    assert all(a < b and x <= y for (a, x), (b, y) in itertools.pairwise(curve))
    assert all(types == len(set(tokens[:read])) for read, types in curve)


@given(tokens_of_any_text)
def test_ranks_fall_and_add_up_to_the_text(tokens: list[str]) -> None:
    frequencies = [frequency for _, frequency in rank_frequency(tokens)]
    assert frequencies == sorted(frequencies, reverse=True)
    assert (sum(frequencies), len(frequencies)) == (len(tokens), len(set(tokens)))


def test_an_empty_text_has_no_curve_and_a_curve_needs_a_point() -> None:
    assert (growth([]), rank_frequency([]), hapaxes([])) == ([], [], [])
    with pytest.raises(ValueError, match="points is 0; a curve needs 1 or more"):
        growth(["a"], points=0)


@pytest.mark.parametrize("power", [-1, 2])
def test_an_exponent_is_found_again(power: int) -> None:
    # 720,720 = lcm(1..16)
    pairs = [(x, 720_720**2 * x**power if power > 0 else 720_720 // x) for x in range(1, 16)]
    assert exponent(pairs) == pytest.approx(power)  # a fit by Python's 64-bit floats


@pytest.mark.parametrize(
    "pairs", [[], [(3, 4)], [(3, 4), (3, 5)], [(0, 1), (1, 2)], [(1, 0), (2, 2)]]
)
def test_an_exponent_needs_two_positive_points(pairs: list[tuple[int, int]]) -> None:
    with pytest.raises(ValueError, match=f"{len(pairs)} pairs do not make a line"):
        exponent(pairs)


@pytest.mark.parametrize(
    ("tokens", "made"),
    [
        (["a", "cat", "catish", "!"], "catishish"),  # longer still, until it is new
        (["cat", "2025-12-31"], "catish"),
        (["x" * 21, "y" * 20, "z" * 30], "y" * 20 + "ish"),
        (["<b>", "--", "!"], "<b>ish"),
        (["नमस्ते", "।"], "नमस्तेish"),
    ],
)
def test_a_stranger_is_the_longest_word_that_is_easy_to_read_and_no_entry(
    tokens: list[str], made: str
) -> None:
    vocabulary = SimpleTokenizer.of(tokens)
    assert vocabulary.unknown_word() == made
    assert vocabulary.encode(made, unknown="unk") == [vocabulary.ids[UNKNOWN]]


def test_a_vocabulary_without_a_word_has_no_stranger() -> None:
    with pytest.raises(ValueError, match="none of the 3 entries is a word"):
        SimpleTokenizer.of(["!"]).unknown_word()


def test_importing_the_package_loads_neither_torch_nor_tiktoken() -> None:
    code = (
        "import scratch, sys; print([name for name in ('torch', 'tiktoken', 'numpy') if name in"
        " sys.modules])"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert answer.stdout.strip() == "[]"
