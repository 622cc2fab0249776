"""Which words of a text may stand on a page side by side."""

import pytest

from scratch.text.word_rows import ENOUGH, all_rows, common, is_word, word_rows

KNOWN = set("a cat saw the dog and hen".split())


@pytest.mark.parametrize("token", ["dog", "Ångström", "नमस्ते", "ы"])
def test_letters_make_a_word_in_any_script(token: str) -> None:
    assert is_word(token)


@pytest.mark.parametrize("token", ["", "7", "b2b", "it’s", "<b>", "--", "🐈", "\u0301"])
def test_what_has_more_than_letters_is_no_word_of_a_row(token: str) -> None:
    assert not is_word(token)


def test_common_words_are_among_the_commonest_tokens() -> None:
    """By hand: , 3, a 3, b 2, c 2, d 1. The commonest three of two uses or more are , a b, and the
    comma is no word.
    """
    tokens = list(",a,ba,bcacd")
    assert common(tokens, often=2) == {"a", "b", "c"}
    assert common(tokens, often=2, most=3) == {"a", "b"}
    assert common(tokens, often=4) == set()


def test_a_row_ends_at_a_mark_at_an_unknown_word_and_at_a_paragraph() -> None:
    text = "The cat saw a\ndog, the hen. The cow saw\n\na cat"
    assert list(all_rows(text, KNOWN, 3)) == [
        ("the", "cat", "saw"),
        ("cat", "saw", "a"),
        ("saw", "a", "dog"),
    ]


def test_no_word_is_twice_in_a_row() -> None:
    assert list(all_rows("the dog and the cat", KNOWN, 4)) == [("dog", "and", "the", "cat")]
    assert list(all_rows("cat cat cat", KNOWN, 2)) == []


def test_whole_sentences_come_alone_if_there_are_enough() -> None:
    few = "The cat saw a dog and hen. " * (ENOUGH - 1)
    assert word_rows(few, KNOWN, 7) == [tuple("the cat saw a dog and hen".split())] * (ENOUGH - 1)
    assert len(word_rows(f"{few} Hen and a cat saw the dog hen", KNOWN, 7)) == ENOUGH + 1
    assert (
        len(word_rows(few + "The hen saw a dog and cat! Hen and a cat saw the dog", KNOWN, 7))
        == ENOUGH
    )


def test_no_more_rows_are_given_than_are_wanted() -> None:
    assert len(word_rows("the dog and a cat", KNOWN, 2, most=3)) == 3
    assert len(word_rows("A cat. " * 2 * ENOUGH, KNOWN, 2, most=3)) == 3


def test_a_text_without_such_a_row_has_none() -> None:
    assert (
        word_rows("", KNOWN)
        == word_rows("1, 2, 3", KNOWN)
        == word_rows("no word here is known", KNOWN)
        == []
    )


def test_no_more_of_a_paragraph_is_looked_up_than_is_wanted() -> None:
    """By hand: rows of 6 of the 7 words begin at once, so the 10th ends with the 15th word."""
    looked_up: list[object] = []

    class Watched(set[str]):
        def __contains__(self, token: object) -> bool:
            looked_up.append(token)
            return super().__contains__(token)

    assert len(word_rows("the cat saw a dog and hen " * 1000, Watched(KNOWN), 6, most=10)) == 10
    assert len(looked_up) == 15
