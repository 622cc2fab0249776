"""Chips: what is shown of a token, whatever it is made of."""

import re
from xml.etree.ElementTree import Element

import html5lib
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exhibits import chips, reader_tokenizers, side_by_side
from exhibits.tokens.chips import hue
from exhibits.tokens.glyphs import pieces, spoken
from scratch import SimpleTokenizer
from scratch.tokenizer.tiktoken_gpt2 import load_gpt2


def parse(markup: str) -> Element:
    return (
        html5lib.HTMLParser(namespaceHTMLElements=False)
        .parse(f"<!doctype html><title>t</title>{markup}")
        .find("body")
    )


def items(markup: str) -> list[Element]:
    return parse(markup).findall(".//li")


def part(item: Element, kind: str) -> list[str]:
    return ["".join(found.itertext()) for found in item.iter() if found.get("class") == kind]


def test_a_chip_is_called_by_its_id_and_its_text():
    (item,) = items(chips(["The"], [464]).html)
    assert part(item, "ex-sr") == ["token 464, The"]
    assert part(item, "ex-token") == ["The"] and part(item, "ex-sub") == ["464"]


def test_white_space_is_shown_by_marks_that_are_no_letters():
    (item,) = items(chips([" a\n\tb"]).html)
    assert part(item, "ex-token") == ["␣a↵⇥b"]
    assert part(item, "ex-mark") == ["␣", "↵", "⇥"]
    assert part(item, "ex-sr") == ["token space a line end tab b"]


def test_the_same_id_has_the_same_colour_and_another_id_another():
    one, two, three = (item.get("style") for item in items(chips(["a", "b", "a"], [5, 6, 5]).html))
    assert one == three != two


def test_without_ids_the_colour_is_the_token_s_own():
    one, two, three = (item.get("style") for item in items(chips(["a", b"b", "a"]).html))
    assert one == three != two
    assert hue("a") == hue("a") and 0 <= hue("a") < 360


def test_bytes_that_are_no_whole_character_are_shown_in_hex():
    """The euro sign U+20AC is E2 82 AC in UTF-8: cut after the second byte, neither half is a
    character.
    """
    assert pieces(b" \xe2\x82") == [("mark", "␣"), ("hex", "E2 82")]
    assert pieces(b"\xac\xe2\x82\xac") == [("hex", "AC"), ("text", "€")]
    assert spoken(b"\xe2\x82") == "bytes E2 82"


def test_control_characters_are_shown_by_their_pictures():
    assert pieces("\x00\x1b\x7f") == [("mark", "␀"), ("mark", "␛"), ("mark", "␡")]


@pytest.mark.parametrize(
    "char", ["\u00a0", "\u200b", "\u202e", "\ufeff", "\u00ad", "\x85", "\u2028", "\ud800"]
)
def test_a_character_without_ink_is_shown_by_its_number(char):
    assert pieces(f"a{char}b") == [("text", "a"), ("code", f"U+{ord(char):04X}"), ("text", "b")]
    chips([char]).html.encode("utf-8")


@pytest.mark.parametrize("emoji", ["👩‍🚀", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "❤️", "👍🏽"])
def test_an_emoji_of_several_characters_stays_whole(emoji):
    assert pieces(emoji) == [("text", emoji)]


def test_a_joiner_between_plain_letters_is_shown():
    assert ("code", "U+200D") in pieces("a\u200db")


def test_a_list_runs_the_way_of_its_first_letter():
    assert 'dir="rtl"' in chips(["«", "שלום", " the"]).html
    assert 'dir="rtl"' not in chips(["the", " שלום"]).html


def test_a_text_cannot_bring_markup():
    shown = parse(chips(["<script>alert(1)</script>", '"><img src=x onerror=y>'], label="<i>").html)
    assert not [found for found in shown.iter() if found.tag in ("script", "img", "i")]


def test_counts_are_found_by_place_by_id_and_by_token():
    for counts in ([1200, 3], {464: 1200, 7: 3}, {"The": 1200, "a": 3}):
        first, second = items(chips(["The", "a"], [464, 7], counts).html)
        assert part(first, "ex-sub") == ["464", "×1,200"] and part(second, "ex-sub") == ["7", "×3"]
        assert part(first, "ex-sr") == ["token 464, The, count 1,200"]


def test_a_token_that_a_mapping_lacks_was_counted_zero_times():
    (item,) = items(chips(["a"], counts={"b": 2}).html)
    assert part(item, "ex-sub") == ["×0"]


def test_the_head_says_how_many_and_how_many_distinct():
    assert chips(["a", "b", "a"], label="Mine").text.startswith("Mine: 3 tokens, 2 distinct\n")
    assert chips(["a"]).text.startswith("Tokens: 1 token, 1 distinct")
    assert chips(["a"], total="1 <piece>").text.startswith("Tokens: 1 <piece>\n")
    assert "1 &lt;piece&gt;</span>" in chips(["a"], total="1 <piece>").html
    assert chips(["a"], total="").text == "Tokens\na" and "total" not in chips(["a"], total="").html


def test_only_the_marks_that_occur_are_explained():
    plain, spaced = (
        re.findall(r'class="ex-key">(.*)</p>', chips([token]).html) for token in ("a", " a")
    )
    assert not plain and "space" in spaced[0] and "tab" not in spaced[0]


def test_a_shade_tints_its_chip_and_a_note_stands_below():
    one, two = items(
        chips(
            ["a", "b"], shades=[0.5, None], notes=["7.1 bits", ""], shade_label="full: 14 bits"
        ).html
    )
    assert one.get("style") == "--s:50%" and two.get("style") == "--s:0%"
    assert part(one, "ex-sub") == ["7.1 bits"] and part(one, "ex-sr") == ["token a, 7.1 bits"]


@pytest.mark.parametrize(
    "wrong", [{"ids": [1]}, {"counts": [1]}, {"shades": [0.1]}, {"notes": ["x"]}]
)
def test_as_many_of_each_as_tokens(wrong):
    with pytest.raises(ValueError, match="for 2 tokens"):
        chips(["a", "b"], **wrong)


@pytest.mark.parametrize("shade", [-0.1, 1.1, float("nan")])
def test_a_shade_lies_between_0_and_1(shade):
    with pytest.raises(ValueError, match=r"\[0, 1\]"):
        chips(["a"], shades=[shade])


@given(st.lists(st.one_of(st.text(), st.binary()), max_size=5))
def test_any_tokens_give_markup_that_says_as_many_chips(tokens):
    shown = chips(tokens)
    assert len(items(shown.html)) == len(tokens)
    assert "\n" not in shown.html and "`" not in shown.html
    shown.html.encode("utf-8")


@given(st.text(st.characters(exclude_categories=["C", "Z", "M"]), min_size=1))
def test_text_with_ink_is_shown_as_it_is(text):
    assert pieces(text) == [("text", text)] == pieces(text.encode())


def test_gpt2_s_tokens_of_an_emoji_are_shown_byte_by_byte():
    """U+1F9E0 is F0 9F A7 A0; GPT-2 has no token for the whole of it."""
    encoding = load_gpt2()
    tokens = [encoding.decode_single_token_bytes(id) for id in encoding.encode("🧠")]
    assert len(tokens) > 1
    shown = " ".join(piece for token in tokens for kind, piece in pieces(token) if kind == "hex")
    assert shown == "F0 9F A7 A0"


def test_side_by_side_keeps_the_order_and_both_texts():
    both = side_by_side(chips(["a"], label="One"), chips(["b"], label="Two"))
    assert both.html.index("One") < both.html.index("Two")
    assert both.text == f"{chips(['a'], label='One').text}\n\n{chips(['b'], label='Two').text}"


def test_a_count_that_is_not_said_and_an_empty_note_leave_no_line():
    known, unknown = (
        chips(["a", "dog"], [0, 3], [2, None], notes=["", "unknown"])
        .text.splitlines()[1]
        .split(" d")
    )
    assert known == "a[0 ×2]" and unknown == "og[3 unknown]"


def test_an_unknown_word_is_called_unknown_as_printed():
    box = reader_tokenizers(SimpleTokenizer.of(["a", "cat"]), {"a": 2, "cat": 1}, text="a dog")
    assert "a[0 ×2] dog[3 unknown]" in box.text
    assert "×0" not in box.html and "token 3, dog, unknown" in box.html
