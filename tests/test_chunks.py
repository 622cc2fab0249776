"""Cutting a text into chunks as GPT-2 does, and faster, but only where a chunk ends."""

import re

import pytest
import tiktoken
from hypothesis import example, given, settings
from hypothesis import strategies as st

from scratch.tokenizer import pretokenize
from scratch.tokenizer.pretokenize import (
    GPT2_PATTERN,
    BadPattern,
    at_every_space,
    at_safe_spaces,
    can_stand_alone,
    characters,
    count,
    cut,
    cutter,
)

# White space of several kinds, letters, digits, marks and a contraction: where the pattern has its
# corners.
corners = st.lists(
    st.sampled_from([*" \n\t\v\u00a0\u3000\x1c\x85ab1'é٣語😀\0", "'s", "  ", " \n", "\n  "])
).map("".join)


def by_tiktoken(pattern: str) -> set[str]:
    """Every character that a pattern of one class matches, asked of tiktoken's own engine."""
    every = "".join(chr(code) for code in range(0x110000) if not 0xD800 <= code < 0xE000)
    bytes_only = {bytes([byte]): byte for byte in range(256)}
    encoding = tiktoken.Encoding(
        "bytes", pat_str=pattern, mergeable_ranks=bytes_only, special_tokens={}
    )
    return set(encoding.decode_bytes(encoding.encode_ordinary(every)).decode())


@pytest.mark.parametrize(("kind", "pattern"), [("L", r"\p{L}"), ("N", r"\p{N}"), ("S", r"\s")])
def test_the_classes_are_those_of_tiktoken_for_every_code_point(kind: str, pattern: str) -> None:
    every = "".join(chr(code) for code in range(0x110000) if not 0xD800 <= code < 0xE000)
    assert set(re.findall(f"[{characters(kind, 0x10FFFF)}]", every)) == by_tiktoken(pattern)


def test_the_pattern_cuts_as_its_seven_rules_say() -> None:
    """By hand: one space goes to the word, the other white space of a run stays apart; 's is a
    chunk, 'S is two.
    """
    assert cut("I'll  say: 'S, 12½ x\n\n y ") == [
        "I", "'ll", " ", " say", ":", " '", "S", ",", " 12½", " x", "\n\n", " y", " ",
    ]  # fmt: skip


def test_without_a_wide_character_the_smaller_classes_cut_the_same() -> None:
    assert [pretokenize._gpt2(last)("don't, 42\n") for last in (0x7F, 0xFFFF, 0x10FFFF)] == [
        ["don", "'t", ",", " 42", "\n"]
    ] * 3


@settings(deadline=None)
@given(corners | st.text())
def test_chunks_joined_are_the_text(text: str) -> None:
    assert "".join(cut(text)) == text


@settings(max_examples=500, deadline=None)
@given(corners | st.text())
@example("a  \n b")
@example("a \x1c b")
@example("a  b ")
@example("a\n  b c")
def test_pieces_between_safe_spaces_have_the_chunks_of_the_text(text: str) -> None:
    head, middle, tail = at_safe_spaces(text)
    apart = [head, *(" " + piece for piece in middle), tail]
    assert "".join(apart) == text
    assert [chunk for piece in apart for chunk in cut(piece)] == cut(text)


@settings(max_examples=500, deadline=None)
@given(
    corners | st.lists(st.sampled_from(["a", "b.", "c\nd", "", "\n", "e\n", "\tf"])).map(" ".join)
)
@example("a  b c")
@example("a b\n")
@example("a  ")
@example(" ")
def test_pieces_between_all_spaces_have_the_chunks_of_the_text_if_they_can_stand_alone(
    text: str,
) -> None:
    pieces = at_every_space(text)
    if pieces and can_stand_alone(pieces[1]):
        head, middle, tail = pieces
        assert [
            chunk
            for piece in [head, *(" " + piece for piece in middle), tail]
            for chunk in cut(piece)
        ] == cut(text)


def test_a_run_of_white_space_is_never_accepted_between_all_spaces() -> None:
    """By hand: each of these has a chunk of several white space characters, or a space cut from
    one.
    """
    for text in ("a   b", "a  ", "a\n  b", "a \n b", "a\t \tb c", "x a\n b c"):
        pieces = at_every_space(text)
        assert pieces is None or not can_stand_alone(pieces[1]), text


def test_a_usual_text_is_cut_at_all_spaces() -> None:
    pieces = at_every_space("A line,\nanother.  Two spaces.\n")
    assert pieces is not None and can_stand_alone(pieces[1])


@settings(deadline=None)
@given(st.lists(corners, max_size=4))
def test_chunks_are_counted_as_they_are_cut(texts: list[str]) -> None:
    counted = count(texts)
    assert sum(counted.values()) == sum(len(cut(text)) for text in texts)
    assert all(counted[chunk] == sum(cut(text).count(chunk) for text in texts) for chunk in counted)


def test_another_pattern_counts_its_own_chunks() -> None:
    assert count(["ab 1", "b 1"], r"\w|\W") == {"a": 1, "b": 2, " ": 2, "1": 2}


def test_a_pattern_that_is_none_is_an_error() -> None:
    with pytest.raises(BadPattern, match=r"'\(' is no regular expression.*mend it"):
        cutter("(")


def test_a_pattern_that_would_lose_text_is_an_error() -> None:
    with pytest.raises(BadPattern, match=r"finds 3 of 4 characters; end it with"):
        cutter(r"\w+")("ab c")


def test_gpt2s_pattern_is_run_by_its_own_way() -> None:
    assert cutter(GPT2_PATTERN) is cut
