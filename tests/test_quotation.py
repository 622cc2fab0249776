"""A quotation: every character as it is, a paragraph for each line, its tokens folded below it."""

from exhibits.base.exhibit import Exhibit
from exhibits.page.quotation import quotation


def test_what_is_quoted_is_text_and_never_markup() -> None:
    shown = quotation("a <b> `c`\n\n \n*d* $e$").html
    assert "<p>a &lt;b&gt; &#96;c&#96;</p><p>*d* $e$</p>" in shown


def test_what_was_given_is_set_apart_from_what_was_written() -> None:
    shown = quotation(" slept.\nIt woke.", given="The <cat>")
    assert (
        '<p><span class="ex-given">The &lt;cat&gt;</span> slept.</p><p>It woke.</p>' in shown.html
    )
    assert shown.text == "The <cat> slept.\nIt woke."


def test_an_exhibit_can_be_folded_below() -> None:
    shown = quotation("a", below=Exhibit("<i>chips</i>", "chips"), title="in tokens")
    assert shown.html.endswith(
        "</blockquote><details><summary>in tokens</summary><i>chips</i></details></div>"
    )
    assert shown.text == "a\nchips"
