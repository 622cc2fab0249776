"""Running paragraphs, and the part of a text that is held out."""

from random import Random
from textwrap import fill

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from scratch import load_text
from scratch.text.paragraphs import LEAST, MOST, hold_out, opening, paragraphs, set_in_lines


def test_lines_are_joined_and_paragraphs_stay_apart() -> None:
    assert paragraphs("a\nb\n\n\nc\nd") == "a b\n\n\nc d"


def wrapped(width: int, words: int = 400) -> str:
    """Prose as a page is filled: each word goes into the line while it has room."""
    draw = Random(width)
    return fill(" ".join("w" * draw.randint(1, 9) for _ in range(words)), width)


def test_lines_that_end_where_the_next_word_had_no_room_are_joined_whatever_the_width() -> None:
    for width in (30, 72, 130):
        text = wrapped(width)
        assert set_in_lines(text) and "\n" in text and "\n" not in paragraphs(text)


def test_lines_that_end_where_somebody_stopped_stay() -> None:
    """A line of a play, of verse, or a paragraph a line ends although the next word had room."""
    draw = Random(3)
    for longest in (8, 30, 90):
        text = "\n".join(" ".join(["word"] * draw.randint(2, longest)) for _ in range(100))
        assert not set_in_lines(text) and paragraphs(text) == text


def test_a_few_short_lines_in_prose_do_not_count() -> None:
    assert set_in_lines(wrapped(72) + "\nTHE END\nof it all\n" + wrapped(72))


def test_one_long_line_makes_no_page_wide() -> None:
    assert set_in_lines(wrapped(40) + "\n" + "x" * 300 + "\n" + wrapped(40))


@pytest.mark.parametrize("text", ["", "one line", "one\n\ntwo\n\nthree", "\n\n \n"])
def test_a_text_without_a_line_end_inside_a_paragraph_has_no_lines_to_join(text: str) -> None:
    assert not set_in_lines(text) and paragraphs(text) == text


@given(st.text(alphabet="ab\n ", max_size=80))
def test_joining_any_text_changes_white_space_alone(text: str) -> None:
    assert paragraphs(text).split() == text.split()


@given(st.text(alphabet="ab\n ", max_size=80), st.integers(1, 20))
def test_the_opening_is_the_beginning_of_the_text_with_so_many_words(text: str, words: int) -> None:
    found = opening(text, words)
    assert text.startswith(found) and found.split() == text.split()[:words]
    assert found == text or not text[len(found)].isspace()


def test_an_opening_of_no_words_is_refused() -> None:
    with pytest.raises(ValueError, match="words is 0; take 1 or more"):
        opening("some words", 0)


def test_joining_changes_white_space_alone() -> None:
    text = load_text().content
    assert paragraphs(text).split() == text.split()


@given(st.text(alphabet="ab\n ", min_size=2, max_size=80), st.floats(0.01, 0.99))
def test_the_two_parts_are_the_text_and_neither_is_empty(text: str, share: float) -> None:
    learned, held_out = hold_out(text, share)
    assert learned + held_out == text and learned and held_out


def test_the_cut_is_at_the_chapter_nearest_to_the_share() -> None:
    text = "".join(f"CHAPTER {number}\n\n{'word ' * 20}\n\n" for number in range(1, 11))
    assert hold_out(text, 0.11)[1].startswith("CHAPTER 10\n")
    assert hold_out(text, 0.21)[1].startswith("CHAPTER 9\n")


def test_a_chapter_that_is_far_too_long_is_not_held_out() -> None:
    text = "Part 1\n\nfew\n\n" + "Part 2\n\n" + "many words.\n\n" * 50
    assert hold_out(text, 0.1)[1] == "many words.\n\n" * 5


def test_without_chapters_the_cut_is_between_paragraphs() -> None:
    assert hold_out("one\n\ntwo\n\nthree\n\nfour\n\nfive", 0.2) == (
        "one\n\ntwo\n\nthree\n\nfour\n\n",
        "five",
    )


def test_without_paragraphs_the_cut_is_at_the_share() -> None:
    assert hold_out("abcdefghij", 0.3) == ("abcdefg", "hij")


def test_an_empty_line_after_the_title_alone_is_no_place_to_cut() -> None:
    text = "A title\n\n" + "One paragraph to a line.\n" * 1_000
    learned, held_out = hold_out(text, 0.1)
    assert held_out == "One paragraph to a line.\n" * 100 and learned.startswith("A title")


@pytest.mark.parametrize(
    "line", ["Part of him agreed.", "Book in hand, she left.", "Chapters 1 to 3", "part i knew"]
)
def test_a_sentence_is_no_heading(line: str) -> None:
    text = "word\n\n" * 90 + f"{line}\n\n" + "word\n\n" * 3
    assert not hold_out(text, 0.04)[1].startswith(line)


@pytest.mark.parametrize(
    "line", ["CHAPTER 12", "Chapter IV. The ship", "Part One: The end", "BOOK THE LAST", "chapter"]
)
def test_a_heading_has_a_number_or_nothing_behind_it(line: str) -> None:
    text = "word\n\n" * 90 + f"{line}\n\n" + "word\n\n" * 3
    assert hold_out(text, 0.06)[1].startswith(line)


@pytest.mark.parametrize("share", [0, 1, -0.5, 2])
def test_a_share_that_leaves_nothing_is_refused(share: float) -> None:
    with pytest.raises(ValueError, match=f"share is {share}; hold out more than 0"):
        hold_out("text", share)


@pytest.mark.parametrize("text", ["", "a"])
def test_a_text_without_two_parts_is_refused(text: str) -> None:
    with pytest.raises(
        ValueError, match=rf"the text has {len(text)} characters; give one of which"
    ):
        hold_out(text)


@given(st.integers(0, 2**32))
@settings(max_examples=50, deadline=None)
def test_either_part_has_words_for_a_window(seed: int) -> None:
    pieces = [" ", "\n", "\n\n", " word", "\nChapter 2\n\n", "x" * 400]
    draw = Random(seed)
    mixed = draw.choices(pieces, weights=[draw.random() for _ in pieces], k=500) + [" word"] * (
        2 * LEAST + 1
    )
    text = "".join(draw.sample(mixed, len(mixed)))
    assume(len(text.split()) > 2 * LEAST)
    learned, held_out = hold_out(text)
    assert learned + held_out == text and min(len(learned.split()), len(held_out.split())) >= LEAST


@pytest.mark.parametrize(
    "text", ["y" * 90_000 + " word" * 300, "word " * 300 + "y" * 90_000], ids=["first", "last"]
)
def test_a_stretch_without_a_space_is_neither_part(text: str) -> None:
    assert min(len(part.split()) for part in hold_out(text)) == LEAST


def test_of_a_short_text_more_than_the_share_is_held_out_and_still_whole_lines() -> None:
    text = "One paragraph to a line.\n" * 100
    assert hold_out(text)[1] == "One paragraph to a line.\n" * (LEAST // 5)


def test_of_a_long_text_no_more_is_held_out_than_takes_to_measure() -> None:
    text = "One paragraph to a line.\n\n" * 100_000
    assert abs(len(hold_out(text)[1]) - MOST) < 100
    chapters = "".join(f"Chapter {number}\n\n{'word ' * 14_000}\n\n" for number in range(1, 41))
    assert hold_out(chapters)[1].startswith("Chapter 40\n") and len(hold_out(chapters)[1]) > 70_000
