"""Sentences with two words exchanged: joined as in a book, a colour for each word that moves."""

import re

import pytest

from exhibits.page.exchanged import exchanged

BEFORE = ['"', "You", "left", "out", "a", "mouse", ",", '"', "said", "Registrar", "Vell", "."]
AFTER = ['"', "You", "left", "out", "a", "Registrar", ",", '"', "said", "mouse", "Vell", "."]


def test_no_space_within_quotation_marks_and_none_before_a_comma() -> None:
    assert exchanged([(BEFORE, AFTER)], [-2.44]).text == (
        "“You left out a mouse,” said Registrar Vell.\n"
        "“You left out a Registrar,” said mouse Vell. (−2.4 bits)"
    )


def test_an_apostrophe_is_within_its_word() -> None:
    tokens = ["It", "isn", "'", "t", "(", "a", ")", "cow", "!"]
    assert exchanged([(tokens, tokens)], [0]).text.startswith("It isn't (a) cow!\n")


def test_a_word_keeps_its_colour_where_it_goes() -> None:
    shown = exchanged([(BEFORE, AFTER)], [1.0]).html
    assert re.findall(r'<b class="ex-swapped-(\d)">(\w+)</b>', shown) == [
        ("1", "mouse"),
        ("2", "Registrar"),
        ("2", "Registrar"),
        ("1", "mouse"),
    ]


def test_markup_in_a_sentence_stays_text() -> None:
    assert "&lt;cow&gt;" in exchanged([(["<cow>"], ["<pig>"])], [0]).html


def test_each_pair_has_its_number() -> None:
    with pytest.raises(ValueError, match="1 pairs and 0 numbers"):
        exchanged([(["a"], ["b"])], [])
