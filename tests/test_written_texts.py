"""Texts that a model wrote: one line each, the prompt apart, nothing of them markup."""

import pytest

from exhibits.tokens.written_texts import written_texts


def test_a_text_is_escaped_and_flows_on_one_line() -> None:
    exhibit = written_texts([("a", "The", " <cat>\n\nsat")], ["right"])
    assert exhibit.text == "a: The <cat> sat (right)"
    assert '<span class="ex-texts-given">The</span> &lt;cat&gt; sat' in exhibit.html
    assert '<span class="ex-texts-note">right</span>' in exhibit.html


def test_a_space_between_prompt_and_text_is_kept_once() -> None:
    assert written_texts([("a", "The ", "cat ")]).text == "a: The cat "
    assert written_texts([("a", "light", "house")]).text == "a: lighthouse"


def test_notes_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="1 texts and 2 notes"):
        written_texts([("a", "", "b")], ["c", "d"])
    with pytest.raises(ValueError, match="0 texts"):
        written_texts([])
