"""The passage that a page shows is chosen by a rule, on any text."""

import subprocess
import sys

import pytest

from scratch.text.sentences import FALLBACK, sample, sentences
from scratch.text.words import split


def test_a_sentence_keeps_its_quotes_and_its_line_breaks() -> None:
    text = 'One line\nand more. "Two!" he said?\n\nA heading\n\nThree (really.) no end'
    assert list(sentences(text)) == ["One line\nand more.", '"Two!"', "he said?", "Three (really.)"]


def test_the_sentence_with_the_most_kinds_of_marks_is_chosen_and_of_equals_the_first() -> None:
    """By hand: kinds are . in the first, , and . in the second and third, and the fourth has too
    many tokens.
    """
    text = (
        "A cat ran. A cat, a dog. A hen, a cow. One, two; three: four -- five, six, seven, eight."
    )
    assert sample(text, least=3, most=9) == "A cat, a dog."


def test_a_text_without_a_fitting_sentence_gives_its_start() -> None:
    assert sample("  no end at all  ") == "no end at all"
    assert len(sample("x" * 1000)) == FALLBACK


def test_the_start_of_a_text_ends_with_a_whole_word() -> None:
    """By hand: 28 words of six letters and their spaces are 195 characters, the 29th would end at
    202.
    """
    assert sample("letter " * 100) == " ".join(["letter"] * 28)
    assert sample("a" * 199 + " b c") == "a" * 199
    assert sample("a" * 198 + " b c") == "a" * 198 + " b"


def test_a_start_that_is_one_endless_word_is_passed_over() -> None:
    assert sample(f"{'x' * 1000} two words") == "two words"


def test_of_words_that_are_all_too_long_the_first_token_that_fits_is_shown_whole() -> None:
    """Shown would be a part of a token that no vocabulary of the text has."""
    assert sample(f"{'x' * 300},short,{'y' * 300}") == ","
    assert sample(f"{'x' * 300}_word_{'y' * 300}") == "_"


@pytest.mark.parametrize(
    "text",
    [
        "x" * 250 + " " + "letter " * 100,
        "日本語" * 100 + " 日本 語",
        "a.b" * 100,
        "well-known " * 50,
    ],
)
def test_the_passage_has_the_tokens_of_its_text(text: str) -> None:
    assert set(split(sample(text))) <= set(split(text))


def test_a_passage_has_no_more_bytes_than_there_is_room() -> None:
    """By hand: the second sentence has 9 letters of 2 bytes, 2 spaces and a mark, which are 21
    bytes.
    """
    text = "Дом, и лес, и ночь! Он шёл туда."
    assert sample(text, least=3, most=9) == "Дом, и лес, и ночь!"
    assert sample(text, least=3, most=9, room=25) == "Он шёл туда."
    assert sample(text, least=3, most=9, room=12) == "Дом, и"
    assert sample("я" * 1000, room=5) == "яя"


def test_a_sentence_ends_in_other_scripts_too() -> None:
    assert list(sentences("वह गया। 他走了。 हाँ! “Ja.”")) == ["वह गया।", "他走了。", "हाँ!", "“Ja.”"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("„Ja!“ Er ging… »Nein.« Gut‽", ["„Ja!“", "Er ging…", "»Nein.«"]),
        ("« Oui ! » Elle (rit.) sort.", ["« Oui !", "» Elle (rit.)", "sort."]),
        (
            "[He left.] *She stayed.* _Why?_ So?!...",
            ["[He left.]", "*She stayed.*", "_Why?_", "So?!..."],
        ),
        ("3.14 is no end, nor is a.b. It is", ["3.14 is no end, nor is a.b."]),
        ("ما هذا؟ یہ ہے۔ 「はい。」 ok", ["ما هذا؟", "یہ ہے۔", "「はい。」"]),
    ],
)
def test_a_sentence_takes_the_marks_that_close_it(text: str, found: list[str]) -> None:
    assert list(sentences(text)) == found


def test_a_text_without_a_word_has_no_passage() -> None:
    with pytest.raises(ValueError, match="a text of 3 characters and no word"):
        sample(" \n ")


@pytest.mark.parametrize(
    "text",
    ["'word ' * 200_000", "'.' * 1_000_000 + 'x'", "'.\"' * 500_000 + 'x'", "'x' * 1_000_000"],
)
def test_a_megabyte_on_one_line_takes_no_hours(text: str) -> None:
    """It takes about 0.1 s, and hours if the search goes back at every character; 10 minutes are
    for the slowest machine.
    """
    code = f"from scratch.text.sentences import sample; sample({text})"
    subprocess.run([sys.executable, "-c", code], timeout=600, check=True)
