"""The splitting rule, what survives it, and what does not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scratch import join, load_text, split
from scratch.text.words import token_position

MARKS = ",.:;?_!\"()'"


def test_each_mark_is_a_token_of_its_own_and_white_space_is_none() -> None:
    """By hand: cut at each mark, at -- and at white space, and drop the white space.

    He said, "It's 4 p.m.--no_one (here?) waits: go; now!"
    He|said|,|"|It|'|s|4|p|.|m|.|--|no|_|one|(|here|?|)|waits|:|go|;|now|!|"
    """
    text = 'He said, "It\'s 4 p.m.--no_one\n(here?)\t waits: go; now!"'
    cut = 'He|said|,|"|It|\'|s|4|p|.|m|.|--|no|_|one|(|here|?|)|waits|:|go|;|now|!|"'
    assert split(text) == cut.split("|")


def test_two_hyphens_are_a_token_and_one_belongs_to_its_word() -> None:
    """By hand: the scan takes -- from the left, so three hyphens are -- and a left-over -."""
    assert split("well-known -- a---b") == ["well-known", "--", "a", "--", "-b"]


def test_other_characters_stay_in_their_word() -> None:
    assert split("“Quoted” £5 naïve… 3% <b>") == ["“Quoted”", "£5", "naïve…", "3%", "<b>"]


def test_unicode_white_space_separates_too() -> None:
    assert split("a\u00a0b\u2003c\u2028d") == ["a", "b", "c", "d"]


@pytest.mark.parametrize(
    ("text", "back"),
    [
        ("one\n\n  two", "one two"),
        ('"Hello," he said.', '" Hello," he said.'),
        ("don't", "don' t"),
        ("3.14", "3. 14"),
        ("a--b", "a -- b"),
        ("wait (here)", "wait( here)"),
        ("no_one", "no _ one"),
        (" a ", "a"),
    ],
)
def test_what_does_not_survive_is_as_the_header_says(text: str, back: str) -> None:
    assert join(split(text)) == back != text


def test_a_plain_sentence_survives_whole() -> None:
    text = "The cat slept; the dog, being a dog, did not."
    assert join(split(text)) == text


@given(st.text() | st.text(alphabet="ab -" + MARKS + "\n\t\x1c\u00a0"))
def test_the_tokens_survive_for_every_text(text: str) -> None:
    assert split(join(split(text))) == split(text)


@given(st.text() | st.text(alphabet="ab -" + MARKS + "\n"))
def test_no_character_but_white_space_is_lost(text: str) -> None:
    assert "".join(split(text)) == "".join(text.split())


@given(st.text(alphabet="ab -,.\n").filter(split), st.data())
def test_a_place_is_where_the_token_stands(text: str, data: st.DataObject) -> None:
    tokens = split(text)
    index = data.draw(st.integers(min_value=0, max_value=len(tokens) - 1))
    line, character = token_position(text, index)
    assert text.split("\n")[line - 1][character - 1 :].startswith(tokens[index])


@pytest.mark.parametrize("index", [-1, 2])
def test_a_token_that_is_not_there_has_no_place(index: int) -> None:
    with pytest.raises(IndexError, match=f"token {index} of a text of 2 tokens; ask for 0 to 1"):
        token_position("a b", index)


def test_the_second_of_two_equal_tokens_has_its_own_place() -> None:
    assert [token_position("the cat\nthe the", index) for index in (0, 2, 3)] == [
        (1, 1),
        (2, 1),
        (2, 5),
    ]


def test_the_novella_has_the_tokens_that_were_counted_while_prototyping() -> None:
    tokens = split(load_text("the-index-of-small-lights").content)
    assert (len(tokens), len(set(tokens))) == (78_395, 4_011)  # shared/design.md
