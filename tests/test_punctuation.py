"""Marks inside words are counted by Unicode's categories, and plain marks are what the splitting
rule knows.
"""

import unicodedata
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scratch import load_text, split
from scratch.text.punctuation import COMMONEST, marks_inside, plain_marks

TYPOGRAPHIC = "‘’‚‛“”„‟«»‹›′″‴—–―…\u2010\u2011\u00a0\u2009\u200b\u00ad\u200c\u200d"


def test_the_words_of_the_rule_that_hold_a_mark_are_counted_by_hand() -> None:
    """Words: “Hello, ”, she, said—it’s, *bold*, [note], end: five of seven hold a mark, ” is
    nothing else.
    """
    found = marks_inside(split("“Hello,” she said—it’s *bold* [note] end."))
    assert (found.of, found.words, found.alone, found.distinct) == (7, 5, 1, 5)
    assert found.marks == Counter({mark: 1 for mark in "“”—’*[]"})


@pytest.mark.parametrize("mark", "“”’‘„«»—–…*[]{}<>/\\#&@§°%$£€+=~^`|•·‰™→♥")
def test_a_mark_is_whatever_unicode_calls_punctuation_or_a_symbol(mark: str) -> None:
    assert unicodedata.category(mark)[0] in "PS"
    assert marks_inside([f"one{mark}two", "three"]).marks == Counter({mark: 1})


@pytest.mark.parametrize(
    "word",
    [
        "well-known",
        "e\u0301-mail",
        "1914-1918",
        "non\u2011breaking",
        "naïve",
        "3½",
        "x²",
        "Ⅳ",
        "слово",
        "שלום",
        "नमस्ते",
    ],
)
def test_letters_digits_combining_marks_and_the_hyphen_between_them_are_spelling(word: str) -> None:
    assert marks_inside([word]).words == 0


@pytest.mark.parametrize("word", ["-b", "b-", "-", "a-*"])
def test_a_hyphen_at_an_end_of_a_word_is_a_mark(word: str) -> None:
    assert marks_inside([word]).marks["-"] == 1


def test_special_characters_that_are_tokens_are_no_words_but_inside_a_word_they_are_marks() -> None:
    """So a splitter that leaves a comma in its word is found out."""
    assert marks_inside(split("a, b -- c!")).words == 0
    assert marks_inside(["a,", "b--c"]).marks == Counter({",": 1, "-": 1})


def test_examples_are_the_commonest_and_equal_ones_stand_in_order() -> None:
    found = marks_inside(["b*", "a*", "c*", "c*", *(f"{number}*" for number in range(20))])
    assert found.examples[:2] == (("c*", 2), ("0*", 1)) and len(found.examples) == COMMONEST
    assert (found.words, found.distinct, found.marks["*"]) == (24, 23, 24)


def test_a_text_of_nothing_holds_nothing() -> None:
    assert marks_inside([]).words == marks_inside([]).of == 0


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("‘It’s’ ‚low‛", "'It's' 'low'"),
        ("“so” „low‟ «angle» ‹inner›", '"so" "low" "angle" \'inner\''),
        ("5′ 3″", "5' 3\""),
        ("said—it – or ― so", "said--it -- or -- so"),
        ("1914–1918, 10–", "1914-1918, 10--"),
        ("well…", "well..."),
        ("a\u00a0b\u2009c\u202fd", "a b c d"),
        ("soft\u00adly\u200b\u2060\ufeff", "softly"),
        ("non\u2011breaking", "non-breaking"),
        ("Auf\u200clage", "Auflage"),
        ("می\u200cخواهم 👩\u200d👧", "می\u200cخواهم 👩\u200d👧"),  # joiners that are spelling
        ("plain 'text' \"here\" -- and... é", "plain 'text' \"here\" -- and... é"),
    ],
)
def test_a_mark_becomes_what_a_typewriter_has(written: str, plain: str) -> None:
    assert plain_marks(written)[0] == plain


def test_what_was_replaced_is_counted_by_mark() -> None:
    assert plain_marks("“a” “b” — \u00ad")[1] == Counter({"“": 2, "”": 2, "—": 1, "\u00ad": 1})


@given(st.text(st.sampled_from(TYPOGRAPHIC + "ab 1é👩")))
def test_a_text_made_plain_is_plain(text: str) -> None:
    plain, replaced = plain_marks(text)
    assert plain_marks(plain) == (plain, Counter())
    assert (plain == text) == (not replaced)


@given(st.text(st.sampled_from("‘’“”„«»—…ab 1")))
def test_of_a_text_made_plain_no_such_mark_stays_inside_a_word(text: str) -> None:
    assert marks_inside(split(plain_marks(text)[0])).words == 0


def test_the_novella_has_plain_marks_already() -> None:
    text = load_text("the-index-of-small-lights").content
    assert plain_marks(text) == (text, Counter())
