"""Inline expressions: where they stand, what they show, and that nothing else is taken for one."""

import itertools
import re

from hypothesis import given
from hypothesis import strategies as st

from press.source.prose import escape, inline_value, inlines, outside_fences, replace_inlines


def found(text: str) -> list[tuple[str, int]]:
    return [(item.expression, item.line) for item in inlines(text, 1)]


def test_an_expression_knows_its_line() -> None:
    assert found("a\n\nb `{python} n` c\nd `{python} m`") == [("n", 3), ("m", 4)]


def test_code_that_is_shown_is_no_expression() -> None:
    assert found("`` `{python} n` ``, `python n`, `{r} n`, `{python}`") == []
    assert (
        found("```\n`{python} n`\n```\n\n~~~\n`{python} n`\n~~~\n\n````\n```\n`{python} n`\n````\n")
        == []
    )


def test_inline_code_at_the_start_of_a_line_opens_no_fence() -> None:
    assert found("```x``` and `{python} n`") == [("n", 1)]


def test_an_unclosed_tick_ends_with_its_paragraph() -> None:
    assert found("The ` key.\n\nAnd `{python} n`.") == [("n", 3)]


def test_an_escaped_tick_opens_nothing() -> None:
    assert found(r"The \` key and `{python} n`.") == [("n", 1)]


def test_two_spaces_in_a_string_stay_two() -> None:
    """Folding them would count something else."""
    assert found("`{python} text.count('  ')`") == [("text.count('  ')", 1)]


def test_a_wrapped_expression_is_one_line() -> None:
    assert found("`{python} f(a,\n   b)`") == [("f(a, b)", 1)]


def test_expressions_are_found_and_replaced_in_the_same_order() -> None:
    text = "`{python} a`\n```\n`{python} x`\n```\n`{python} b` `{python} c`"
    names = [item.expression for item in inlines(text, 1)]
    assert names == ["a", "b", "c"]
    replaced = replace_inlines(text, map(str.upper, names))
    assert replaced == "A\n```\n`{python} x`\n```\nB C"


@given(st.text(st.sampled_from("a `~{}python\n\\:"), max_size=60))
def test_text_outside_and_inside_fences_is_all_of_the_text(text: str) -> None:
    runs = list(outside_fences(text))
    assert "\n".join(run for _, run, _ in runs) == text
    assert replace_inlines(text, itertools.repeat("")) == text or inlines(text, 1)


def test_a_string_loses_its_quotes_and_nothing_else() -> None:
    assert inline_value({"text/plain": repr('it\'s "so"')}) == ('it\'s "so"', False)
    # some object's own repr
    assert inline_value({"text/plain": "'a' + 'b'"}) == ("'a' + 'b'", False)
    assert inline_value({}) == ("", False)


def test_markup_in_a_value_is_shown_as_it_is(printed) -> None:
    for value in [
        "*a*",
        "<b>",
        "&amp;",
        "$x$",
        "[a](b)",
        "@fig-a",
        "a | b",
        "1. x",
        "--",
        "'q'",
        "~~x~~",
        "\\n",
        "^a^",
    ]:
        from html import unescape

        body = printed("n `{python} n` m", repr(value))
        shown = re.split('<span class="computed(?: words)?">', body)[1].split("</span>")[0]
        assert unescape(shown) == value, value


@given(st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1))
def test_every_printable_sign_of_ascii_is_escaped_or_needs_no_escape(text: str) -> None:
    """An escape adds backslashes alone."""
    escaped = escape(text)
    assert escaped.replace("\\", "") == text.replace("\\", "")
