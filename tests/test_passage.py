"""The passage that a page shows is chosen by a rule, on any text."""

import time

import pytest

from scratch.passage import FALLBACK, sample, sentences


def test_a_sentence_keeps_its_quotes_and_its_line_breaks() -> None:
    text = 'One line\nand more. "Two!" he said?\n\nA heading\n\nThree (really.) no end'
    assert list(sentences(text)) == ["One line\nand more.", '"Two!"', "he said?", "Three (really.)"]


def test_the_sentence_with_the_most_kinds_of_marks_is_chosen_and_of_equals_the_first() -> None:
    """By hand: kinds are . in the first, , and . in the second and third, and the fourth has too many tokens."""
    text = "A cat ran. A cat, a dog. A hen, a cow. One, two; three: four -- five, six, seven, eight."
    assert sample(text, least=3, most=9) == "A cat, a dog."


def test_a_text_without_a_fitting_sentence_gives_its_start() -> None:
    assert sample("  no end at all  ") == "no end at all"
    assert len(sample("x" * 1000)) == FALLBACK


def test_a_text_without_a_word_has_no_passage() -> None:
    with pytest.raises(ValueError, match="a text of 3 characters and no word"):
        sample(" \n ")


def test_a_megabyte_on_one_line_takes_no_more_than_a_moment() -> None:
    """A band: it takes about 0.1 s, and hours if the search goes back at every character."""
    start = time.perf_counter()
    sample("word " * 200_000)
    assert time.perf_counter() - start < 10
