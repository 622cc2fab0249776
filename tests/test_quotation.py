"""A quotation: every character as it is, a paragraph for each line, its tokens folded below it."""

import re

from exhibits.base.exhibit import Exhibit
from exhibits.page.quotation import quotation


def test_what_is_quoted_is_text_and_never_markup() -> None:
    shown = quotation("a <b> `c`\n\n \n*d* $e$").html
    assert re.findall("<p [^>]*>(.*?)</p>", shown) == ["a &lt;b&gt; &#96;c&#96;", "*d* $e$"]


def test_what_was_given_is_set_apart_from_what_was_written() -> None:
    shown = quotation(" slept.\nIt woke.", given="The <cat>")
    lines = re.findall("<p [^>]*>(.*?)</p>", shown.html)
    assert lines == ['<span class="ex-given">The &lt;cat&gt;</span> slept.', "It woke."]
    assert shown.text == "The <cat> slept.\nIt woke."


def test_an_exhibit_can_be_folded_below() -> None:
    shown = quotation("a", below=Exhibit("<i>chips</i>", "chips"), title="in tokens")
    assert shown.html.endswith(
        "</blockquote><details><summary>in tokens</summary><i>chips</i></details></div>"
    )
    assert shown.text == "a\nchips"
