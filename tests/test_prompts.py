"""Prompts out of the text: how its sentences begin, and a sentence of about a length, of any text
whatever.
"""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scratch.baselines.prompts import beginnings, sentence_about
from scratch.tokenizer.bpe import BytePairEncoding
from scratch.tokenizer.bpe_train import train

BYTES = BytePairEncoding([])
TEXTS = sorted(Path(__file__).with_name("texts").glob("*.txt"))


def test_the_commonest_beginning_comes_first_and_others_before_those_that_share_its_first_word() -> (
    None
):
    text = (
        "It was late. He had a dog. It was dark. It had to be. It had a name. Come in, he said. It"
        " was I."
    )
    assert beginnings(text, BYTES, number=3, words=2) == ["It was", "He had", "It had"]


def test_a_mark_before_a_sentence_is_no_part_of_it_and_one_with_marks_inside_is_passed_over() -> (
    None
):
    text = "“It is late,” she said. So, they left it. “It is dark.” (Exit the king.)"
    assert beginnings(text, BYTES, number=2, words=2) == ["It is", "Exit the"]


def test_a_text_without_sentences_gives_its_words_in_their_order() -> None:
    assert beginnings("one two, three four five", BYTES, number=3, words=2) == [
        "three four",
        "four five",
        "one two,",
    ]


def test_a_beginning_has_no_more_tokens_than_it_may() -> None:
    """Each letter is a token here: "Summer came" has 11 of them, "Summer" 6."""
    text = "Summer came late. It is hot. It is so."
    assert beginnings(text, BYTES, number=1, words=2, most=11) == ["It is"]
    assert beginnings(text, BYTES, number=2, words=2, most=11) == ["It is", "Summer came"]
    assert beginnings(text, BYTES, number=2, words=2, most=8) == ["It is", "late. It"]
    assert beginnings("Summer, winter", BYTES, number=2, words=2, most=8) == ["winter", "Summer,"]
    assert beginnings("x" * 5_000, BYTES, most=7) == ["x" * 7]
    assert beginnings("👍🏽" * 40, BYTES, most=9) == ["👍🏽"]
    assert beginnings("👍", BYTES, most=1) == ["👍"]  # a character is not cut


@pytest.mark.parametrize("file", TEXTS, ids=lambda file: file.stem)
def test_any_text_has_as_many_as_are_wanted(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    encoding = train(text, 320, at_most=True)
    found = beginnings(text, encoding, number=40)
    assert len(found) == len(set(found)) == 40
    assert all(prompt in " ".join(text.split()) for prompt in found)
    assert max(len(encoding.encode_ordinary(prompt)) for prompt in found) <= 24


@given(st.text(min_size=1).filter(str.strip), st.integers(1, 5))
@settings(max_examples=200, deadline=None)
def test_some_prompt_is_in_whatever_there_is(text: str, number: int) -> None:
    found = beginnings(text, BYTES, number)
    assert 1 <= len(found) <= number and all(prompt.strip() for prompt in found)
    sentence = sentence_about(text, 20)
    assert sentence.strip() and len(sentence) <= 40


def test_the_sentence_is_the_one_nearest_to_the_length() -> None:
    text = (
        "No. It was late in the year. It was late. And then it went on for so long that nobody"
        " knew."
    )
    assert sentence_about(text, 12) == "It was late."
    assert sentence_about(text, 30) == "It was late in the year."


def test_without_a_sentence_of_the_length_it_is_the_first_words() -> None:
    assert sentence_about("one two three four", 9) == "one two"
    assert sentence_about("and on " * 100 + ".", 10) == "and on and"
    assert sentence_about("x" * 100, 10) == "x" * 20


def test_a_text_without_a_word_is_refused() -> None:
    with pytest.raises(
        ValueError,
        match="a text of 2 characters and no word has no beginning; give one with a word",
    ):
        beginnings(" \n", BYTES)
    with pytest.raises(
        ValueError, match="a text of 0 characters and no word has no sentence; give one with a word"
    ):
        sentence_about("", 10)
    with pytest.raises(ValueError, match="number is 0, words 3, most 24; give 1 or more of each"):
        beginnings("a word", BYTES, number=0)
