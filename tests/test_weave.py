"""What a kernel printed becomes Markdown that shows just that, under the options that the cell has."""

from html import unescape
from html.parser import HTMLParser
from typing import Any

import nbformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from press.execute.notebook import Run, to_notebook
from press.render.pandoc import to_html
from press.render.weave import clean, computed, fenced, weave
from press.source.page import parse_page

stream, output = nbformat.v4.new_output, nbformat.v4.new_output
HOSTILE = [
    "<script>alert(1)</script>", "</code></pre><script>alert(1)</script>", "```\n````\n~~~", ":::\n:::::", "`x` *y* $z$",
    "---\na: b\n---", "&amp; &lt;", "\\alpha \\begin{x}", "@fig-x [^1] {#x .y}", "  two  spaces\tand a tab", "😀 👩‍👩‍👧 é",
    "שלום مرحبا \u202eabc\u202c", "{{< include x >}} `{python} n`", "# Heading\n\n- list\n\n1. one", "| a |\n|---|",
]  # fmt: skip


def stdout(text: str) -> nbformat.NotebookNode:
    return nbformat.v4.new_output("stream", name="stdout", text=text)


def stderr(text: str) -> nbformat.NotebookNode:
    return nbformat.v4.new_output("stream", name="stderr", text=text)


def display(**data: str) -> nbformat.NotebookNode:
    kinds = {
        "html": "text/html",
        "markdown": "text/markdown",
        "plain": "text/plain",
        "svg": "image/svg+xml",
        "png": "image/png",
    }
    return nbformat.v4.new_output(
        "display_data", {kinds[kind]: text for kind, text in data.items()}
    )


def error(name: str, value: str) -> nbformat.NotebookNode:
    return nbformat.v4.new_output(
        "error", ename=name, evalue=value, traceback=["\x1b[31mlong\x1b[0m", f"{name}: {value}"]
    )


def woven(
    *outputs: nbformat.NotebookNode, options: str = "", code: str = "n = 1", **defaults: Any
) -> str:
    """The HTML of a page of one cell with these outputs."""
    page = parse_page(f"---\ntitle: t\n---\n```{{python}}\n{options}{code}\n```\n", "a.qmd")
    notebook = to_notebook(page)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = list(outputs)
    return to_html(weave(Run(page, notebook, 0.0), defaults), page.path)


def words(markup: str) -> str:
    """The text of some HTML, without its tags."""
    pieces: list[str] = []
    parser = HTMLParser()
    parser.handle_data = pieces.append  # type: ignore[method-assign]
    parser.feed(markup)
    return "".join(pieces)


def test_a_cell_is_quartos_boxes_around_code_and_outputs() -> None:
    body = woven(stdout("out\n"), stderr("err\n"), display(plain="val"))
    for box in (
        '"cell"',
        '"sourceCode python cell-code"',
        "cell-output-stdout",
        "cell-output-stderr",
        "cell-output-display",
    ):
        assert box in body
    assert "<pre><code>out</code></pre>" in body


@pytest.mark.parametrize(
    ("options", "code", "output"),
    [
        ("", True, True),
        ("#| echo: false\n", False, True),
        ("#| output: false\n", True, False),
        ("#| include: false\n", False, False),
        ("#| eval: false\n", True, False),
        ("#| echo: false\n#| output: false\n", False, False),
    ],
)
def test_options_show_and_hide(options: str, code: bool, output: bool) -> None:
    body = woven(stdout("shown"), options=options, code="name")
    assert ("name" in body, "shown" in body) == (code, output)


def test_defaults_hold_until_a_cell_says_otherwise() -> None:
    assert "name" not in woven(code="name", echo=False)
    assert "name" in woven(code="name", options="#| echo: true\n", echo=False)


@pytest.mark.parametrize(("fold", "opening"), [("true", "<details class="), ("show", "open>")])
def test_folded_code_has_a_summary(fold: str, opening: str) -> None:
    body = woven(options=f"#| code-fold: {fold}\n#| code-summary: 'a < b'\n")
    assert opening in body and "<summary>a &lt; b</summary>" in body
    assert body.index("<details") < body.index("sourceCode") < body.index("</details>")


def test_a_warning_can_be_left_out_and_other_output_stays() -> None:
    body = woven(stderr("careful"), stdout("shown"), options="#| warning: false\n")
    assert "careful" not in body and "shown" in body


def test_an_intended_error_says_its_name_and_all_of_its_message() -> None:
    body = woven(error("UnknownWord", "no such word\nat 7"), options="#| error: true\n")
    assert "<code>UnknownWord: no such word\nat 7</code>" in body and "long" not in body


def test_a_labelled_output_is_a_numbered_figure_with_its_caption() -> None:
    body = woven(display(html="<b>1</b>"), options="#| label: fig-a\n#| fig-cap: 'A *small* one'\n")
    assert '<div id="fig-a"' in body
    figure = body[body.index("<figure>") : body.index("</figure>")]
    assert "<b>1</b>" in figure and words(figure).split() == [
        "1",
        "Figure",
        "1:",
        "A",
        "small",
        "one",
    ]


def test_a_table_bears_its_caption_above() -> None:
    body = woven(display(html="<b>1</b>"), options="#| label: tbl-a\n#| tbl-cap: One\n")
    assert body.index("<figcaption>") < body.index("<b>1</b>")


@pytest.mark.parametrize(
    "caption",
    [
        "1. The first",
        "- a dash",
        "2025. A year",
        "# of words",
        "a) so",
        "> more",
        "| bar",
        ": colon",
    ],
)
def test_a_caption_is_a_caption_however_it_begins(caption: str) -> None:
    body = woven(display(html="<b>1</b>"), options=f"#| label: fig-a\n#| fig-cap: '{caption}'\n")
    shown = body[body.index("<figcaption>") : body.index("</figcaption>")]
    assert " ".join(words(shown).split()) == f"Figure 1: {caption}"


def test_a_caption_over_two_paragraphs_is_one() -> None:
    body = woven(
        display(html="<b>1</b>"),
        options="#| label: fig-a\n#| fig-cap: |\n#|   One.\n#|\n#|   Two.\n",
    )
    assert "One. Two." in body[body.index("<figcaption>") : body.index("</figcaption>")]


def test_output_as_it_is_becomes_markdown_and_warnings_do_not() -> None:
    body = woven(
        stdout("*strong*"),
        stderr("*careful*"),
        error("Oops", "*x*"),
        options="#| output: asis\n#| error: true\n",
    )
    assert "<em>strong</em>" in body
    assert "<code>*careful*</code>" in body and "<code>Oops: *x*</code>" in body


def test_the_richest_form_is_shown() -> None:
    assert "<em>m</em>" in woven(display(markdown="*m*", html="<i>h</i>", plain="p"))
    body = woven(display(html="<i>h</i>", plain="p"))
    assert "<i>h</i>" in body and "p</code>" not in body


@pytest.mark.parametrize(
    ("kind", "data", "url"),
    [
        ("svg", "<svg/>", "data:image/svg+xml;base64,PHN2Zy8+"),
        ("png", "QUJD\n", "data:image/png;base64,QUJD"),
    ],
)
def test_an_image_stands_in_the_page_with_its_text(kind: str, data: str, url: str) -> None:
    options = '#| fig-alt: A "rising" line\n'
    body = woven(display(**{kind: data, "plain": "<Figure size 1x1>"}), options=options)
    assert f'<img src="{url}" alt="A &quot;rising&quot; line"' in body and "Figure size" not in body


def test_an_empty_cell_leaves_no_empty_box() -> None:
    page = parse_page("---\ntitle: t\n---\n```{python}\n```\n", "a.qmd")
    assert to_html(weave(Run(page, to_notebook(page), 0.0), {}), page.path).strip() == ""


def test_tabs_in_code_and_output_stay_tabs() -> None:
    body = woven(stdout("a\tb"), code="s = '\t'")
    assert "a\tb" in body and "\t" in body[: body.index("cell-output")]


@pytest.mark.parametrize("text", HOSTILE)
def test_printed_text_stays_text(text: str) -> None:
    body = woven(stdout(text))
    shown = body[body.index("<pre><code>") + 11 :]
    assert unescape(shown[: shown.index("</code>")]) == text.rstrip("\n")
    assert "<script" not in body


@settings(deadline=None, max_examples=25)
@given(
    st.text(
        st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff")
        | st.sampled_from("`~:\n\t"),
        min_size=1,
    ).filter(str.strip)
)
def test_any_text_comes_back_from_the_page(text: str) -> None:
    body = woven(stdout(text))
    shown = body[body.index("<pre><code>") + 11 :]
    assert unescape(shown[: shown.index("</code>")]) == clean(text.rstrip("\n")).rstrip("\n")


def test_what_html_forbids_is_shown_by_a_picture_or_a_replacement() -> None:
    assert (
        clean("a\x00\x1b[1mb\x1b[0m\x1b]\x7f\x85\ud800\ufdd0\uffff\t\n")
        == "a␀b␛]␡\ufffd\ufffd\ufffd\ufffd\t\n"
    )


def test_a_value_with_control_characters_is_cleaned_too() -> None:
    assert computed({"text/plain": repr("a\x00b")}) == "[a␀b]{.computed .words}"


@given(st.text(st.sampled_from("`~\na")))
def test_no_text_closes_its_fence(text: str) -> None:
    first, *inside, last = fenced(text, "x").split("\n")
    assert first == last + "x" and last not in inside
