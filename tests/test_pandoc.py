"""Quarto's blocks through Pandoc and the filter: what comes out, and what stops the press."""

import os
import subprocess
from importlib import metadata
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

import html5lib
import pytest

from press.base.errors import PressError
from press.render.pandoc import binary, to_html


def parse(markup: str) -> Element:
    """The tree of a body; html5lib in strict mode raises at the first error in the markup."""
    page = (
        f"<!DOCTYPE html><html lang='en'><head><title>t</title></head><body>{markup}</body></html>"
    )
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    return parser.parse(page).find("body")


def body(markdown: str) -> Element:
    return parse(to_html(markdown, "a.qmd"))


def text(element: Element | None) -> str:
    assert element is not None
    return " ".join("".join(element.itertext()).split())


def by_class(tree: Element, name: str) -> list[Element]:
    return [element for element in tree.iter() if name in (element.get("class") or "").split()]


@pytest.mark.parametrize("kind", ["note", "tip", "warning", "important", "caution"])
def test_a_callout_without_a_title_says_its_kind(kind: str) -> None:
    (callout,) = by_class(body(f"::: {{.callout-{kind}}}\nText.\n:::\n"), f"callout-{kind}")
    header, content = callout
    assert (text(header), text(content)) == (kind.capitalize(), "Text.")


@pytest.mark.parametrize(
    "opening", ["::: {.callout-note}\n## A *b*\n", '::: {.callout-note title="A *b*"}\n']
)
def test_the_title_of_a_callout_is_a_heading_or_an_attribute(opening: str) -> None:
    tree = body(f"{opening}Text.\n:::\n")
    (header,) = by_class(tree, "callout-header")
    assert text(header) == "A b" and header.find("em") is not None
    assert tree.find(".//h2") is None


@pytest.mark.parametrize(("collapse", "is_open"), [("true", False), ("false", True)])
def test_a_callout_that_folds_is_a_details(collapse: str, is_open: bool) -> None:
    details = body(f'::: {{.callout-note collapse="{collapse}"}}\nText.\n:::\n').find("details")
    assert details is not None and details[0].tag == "summary"
    assert ("open" in details.attrib) is is_open


def test_a_tabset_has_a_button_and_a_panel_for_each_heading_that_name_each_other() -> None:
    tree = body(
        "::: {.panel-tabset}\n## A\na\n\n### inner\n\n## B\nb\n:::\n\n::: {.panel-tabset}\n##"
        " C\nc\n:::\n"
    )
    buttons = [element for element in tree.iter("button")]
    panels = {
        element.get("id"): element for element in tree.iter() if element.get("role") == "tabpanel"
    }
    assert [text(button) for button in buttons] == ["A", "B", "C"]
    shown = [text(panels[button.get("aria-controls")]) for button in buttons]
    # each with its title, for print and where no script runs
    assert shown == ["A a inner", "B b", "C c"]
    for button in buttons:
        assert panels[button.get("aria-controls")].get("aria-labelledby") == button.get("id")
    assert [button.get("aria-selected") for button in buttons] == ["true", "false", "true"]


def test_blocks_nest_as_they_are_written() -> None:
    """A heading inside a block must not carry what follows the block into it."""
    tree = body("""\
## Part

::::: {.callout-note}
## Title

### Inside

:::: {.panel-tabset}
#### A

::: {.callout-tip collapse="true"}
##### Deep
deep
:::

#### B
b
::::
:::::

After.

## Next
""")
    (callout,) = by_class(tree, "callout-note")
    (tip,) = by_class(tree, "callout-tip")
    assert tip in list(callout.iter()) and "deep" in text(tip)
    assert "After." not in text(callout)
    part = next(element for element in tree.iter("section") if element.get("id") == "part")
    assert text(part).endswith("After.")
    assert [section.get("id") for section in tree.findall("section")] == ["part", "next"]


def test_a_margin_note_says_that_it_is_one() -> None:
    (note,) = by_class(body("::: {.column-margin .run-shows}\nBeside.\n:::\n"), "column-margin")
    assert (note.get("role"), note.get("class")) == ("note", "column-margin run-shows")


def test_a_footnote_leads_there_and_back() -> None:
    tree = body("Word.[^a] Other.^[Inline.]\n\n[^a]: Written.\n")
    ids = {element.get("id") for element in tree.iter()} - {None}
    links = [element.get("href") for element in tree.iter("a")]
    assert len(links) == 4 and {link.removeprefix("#") for link in links} <= ids


def test_math_is_mathml_and_keeps_its_source() -> None:
    tree = body("So $x^2$ and\n\n$$\\frac{1}{2}$$\n")
    kinds = [element.get("display") for element in tree.iter() if element.tag.endswith("math")]
    assert kinds == ["inline", "block"]
    assert [text(element) for element in tree.iter() if element.tag.endswith("annotation")] == [
        "x^2",
        r"\frac{1}{2}",
    ]


def test_dollars_that_are_money_are_no_math() -> None:
    tree = body("It costs $5 and then $6.\n")
    assert text(tree) == "It costs $5 and then $6."


def test_a_link_to_a_page_leads_to_its_html_and_others_stay() -> None:
    tree = body("[a](b.qmd) [b](b.qmd#x) [c](https://a.example/x.qmd) [d](data.csv) [e](#here)\n")
    wanted = ["b.html", "b.html#x", "https://a.example/x.qmd", "data.csv", "#here"]
    assert [element.get("href") for element in tree.iter("a")] == wanted


def test_a_body_is_no_front_matter_and_no_title_block() -> None:
    assert text(body("% of all words\n% are short\n")) == "% of all words % are short"
    assert "key: value" in text(body("Above.\n\n---\nkey: value\n---\n\nBelow.\n"))


@pytest.mark.parametrize(
    ("label", "markdown"),
    [
        ("fig-a_b", "![A](a.png){#fig-a_b}\n"),
        ("tbl-a_b", "| a |\n|---|\n| 1 |\n\n: Ones {#tbl-a_b}\n"),
        ("eq-a_b", "$$x$$ {#eq-a_b}\n"),
        ("fig-d", "::: {#fig-d}\n```\ncode\n```\n\nCaption\n:::\n"),
        ("tbl-d", "::: {#tbl-d}\n| a |\n|---|\n| 1 |\n\nCaption\n:::\n"),
    ],
)
def test_what_bears_a_label_can_be_referred_to(label: str, markdown: str) -> None:
    tree = body(f"See @{label}.\n\n{markdown}")
    assert [element.get("id") for element in tree.iter() if element.get("id") == label] == [label]
    assert "{#" not in text(tree)


@pytest.mark.parametrize(
    ("markdown", "said"),
    [
        (
            "$\\frac{1$\n",
            (
                "a.qmd: Pandoc cannot read the math $\\frac{1$: something in it is not closed;"
                " close every {"
            ),
        ),
        (
            "$\\foo{" + "x+" * 300 + "}$\n",
            "unexpected control sequence \\foo; write it in commands of LaTeX's own",
        ),
        (
            "<div>\nText.\n",
            (
                "a.qmd: a ::: block or <div> is never closed; end it with a line of :::, or with"
                " </div>"
            ),
        ),
        ("::: {.x}\nText.\n\n::: {.y}\nMore.\n", "a ::: block or <div> is never closed"),
        (
            "# A\n\n# B {#a}\n",
            "two headings have the identifier #a; rename one of them: ## Heading {#another-name}",
        ),
        ("::: {.panel-tabset}\nText.\n:::\n", "without a heading has no tabs"),
        ("::: {.panel-tabset}\nText.\n\n## A\n:::\n", "text before the first heading"),
        ("A \\textbf{word}.\n", "raw TeX is printed nowhere"),
        ("\\begin{tabular}{l}\nx\n\\end{tabular}\n", "raw TeX is printed nowhere"),
        ("A word.\n\n[^a]: Never referred to.\n", "[^a]: is defined and nowhere used"),
        ("[^a]\n\n[^a]: x\n\n[^a]: y\n", "[^a]: is defined twice"),
        ("[a]: x\n\n[a]: y\n", "[a]: is defined twice"),
    ],
)
def test_what_pandoc_would_drop_stops_the_press(markdown: str, said: str) -> None:
    with pytest.raises(PressError) as caught:
        to_html(markdown, "a.qmd")
    assert str(caught.value).startswith("a.qmd") and said in str(caught.value)
    assert "\n" not in str(caught.value) and len(str(caught.value)) < 240
    assert "stack traceback" not in str(caught.value) and "WARNING" not in str(caught.value)


def test_each_thing_that_pandoc_says_is_a_line_of_its_own() -> None:
    with pytest.raises(PressError) as caught:
        to_html("$x_$ and $y_$\n\n[^a]: Unused.\n", "a.qmd")
    assert len(str(caught.value).splitlines()) == 3


@pytest.mark.parametrize(
    ("woven", "line"),
    [
        # the second of two lines that are alike
        ("Own.\n\n<div>\n\na\n\n</div>\n\n<div>\n\nb\n", 10),
        # which of three?
        ("<div>\n\nby a cell\n\n</div>\n\nOwn.\n\n<div>\n\na\n\n</div>\n\n<div>\n\nb\n", 0),
        ("Own.\n\n<section><div>\n\nb\n", 0),
    ],
)
def test_a_line_is_told_only_where_it_is_certain(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, woven: str, line: int
) -> None:
    (tmp_path / "_quarto.yml").write_text("{}", encoding="utf-8")
    page = "---\ntitle: t\n---\n<div>\n\na\n\n</div>\n\n<div>\n\nb\n"
    (tmp_path / "a.qmd").write_text(page, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(PressError) as caught:
        to_html(woven, "a.qmd")
    (problem,) = caught.value.problems
    assert problem.line == line


def test_a_line_of_the_page_is_found_through_what_pandoc_quotes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not the line of what is only shown: line 4 is a code span, 6 a fence; the math stands on 9."""
    (tmp_path / "_quarto.yml").write_text("{}", encoding="utf-8")
    body = "`$x_$`\n```\n$x_$\n```\n\n$x_$\n"
    (tmp_path / "a.qmd").write_text(f"---\ntitle: t\n---\n{body}", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(PressError, match=r"^a\.qmd:9: Pandoc cannot read the math \$x_\$: "):
        to_html(f"By a cell, before all.\n\n{body}", "a.qmd")


@pytest.mark.parametrize(
    "tag",
    [
        "<b>bold</b>",
        "<br>",
        "<kbd>x</kbd>",
        "<details>\n<summary>\ns\n</summary>\n\nx\n\n</details>",
    ],
)
def test_raw_html_passes(tag: str) -> None:
    assert tag.split("\n\n")[0] in to_html(f"{tag}\n", "a.qmd")


def test_a_comment_of_the_author_is_not_published() -> None:
    markup = to_html(
        "One<!-- a secret -->, two.\n\n<!--\n\nanother -- secret\n\n-->\n\nThree.\n", "a.qmd"
    )
    assert "secret" not in markup and text(parse(markup)) == "One, two. Three."


def test_quotes_and_dashes_are_set(printed: Any) -> None:
    assert text(parse(printed('"So" -- he said...\n'))) == "“So” – he said…"


def test_pandoc_is_that_of_the_wheel_whatever_the_machine_has(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    newer = tmp_path / "pandoc"
    newer.write_text("#!/bin/sh\necho pandoc 99.0\n", encoding="utf-8")
    newer.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    monkeypatch.setenv("PYPANDOC_PANDOC", str(newer))
    binary.cache_clear()
    said = subprocess.run([binary(), "--version"], capture_output=True, text=True).stdout.split()
    wheel = metadata.distribution("pypandoc_binary").locate_file("pypandoc/files/pandoc")
    assert said[1] != "99.0" and Path(binary()).samefile(str(wheel))


def test_a_wheel_without_pandoc_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    binary.cache_clear()
    monkeypatch.setattr("press.render.pandoc.util.find_spec", lambda name: None)
    with pytest.raises(PressError, match="the binary is not there; reinstall pypandoc_binary"):
        binary()
