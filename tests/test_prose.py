"""Running paragraphs, and the part of a text that is held out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scratch import load_text
from scratch.prose import FULL, hold_out, paragraphs


def test_lines_are_joined_and_paragraphs_stay_apart() -> None:
    assert paragraphs("a\nb\n\n\nc\nd") == "a b\n\n\nc d"


def test_a_text_with_a_paragraph_a_line_is_left_alone() -> None:
    text = "\n".join(["x" * (FULL + 1), "short", "y" * (FULL + 1)])
    assert paragraphs(text) == text


def test_a_single_long_line_among_many_does_not_count() -> None:
    text = "\n".join(["x" * (FULL + 1), *["short"] * 200])
    assert "\n" not in paragraphs(text)


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
    assert hold_out("one\n\ntwo\n\nthree\n\nfour\n\nfive", 0.2) == ("one\n\ntwo\n\nthree\n\nfour\n\n", "five")


def test_without_paragraphs_the_cut_is_at_the_share() -> None:
    assert hold_out("abcdefghij", 0.3) == ("abcdefg", "hij")


def test_an_empty_line_after_the_title_alone_is_no_place_to_cut() -> None:
    text = "A title\n\n" + "One paragraph to a line.\n" * 100
    learned, held_out = hold_out(text, 0.1)
    assert held_out == "One paragraph to a line.\n" * 10 and learned.startswith("A title")


@pytest.mark.parametrize("line", ["Part of him agreed.", "Book in hand, she left.", "Chapters 1 to 3", "part i knew"])
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
    with pytest.raises(ValueError, match=rf"the text has {len(text)} characters; give one of which"):
        hold_out(text)
