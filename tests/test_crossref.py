"""Labels and references: each label once, each reference to a label, at the line where it stands."""

import textwrap

import pytest

from press.source.markdown_checks import crossref_problems, labels, references
from press.source.page import Page, parse_page


def page(body: str) -> Page:
    """A page whose body begins on line 4."""
    return parse_page(f"---\ntitle: t\n---\n{textwrap.dedent(body)}", "a.qmd")


def faults(body: str) -> list[str]:
    return [str(problem) for problem in crossref_problems(page(body))]


GOOD = """\
## Part {#sec-part}

See @fig-a, [@tbl-b] and [-@eq-c] in @sec-part. Mail a@b.example, or `@no-one`, or \\@no-one. [x](https://a.example/@b)

```{python}
#| echo: false
#| label: fig-a
1
```

: Caption {#tbl-b}

$$x$$ {#eq-c}
"""


def test_labels_of_cells_and_of_attributes_are_found_with_their_lines() -> None:
    assert [(mark.label, mark.line) for mark in labels(page(GOOD))] == [
        ("sec-part", 4), ("fig-a", 10), ("tbl-b", 14), ("eq-c", 16)
    ]  # fmt: skip


def test_references_are_found_and_addresses_are_none() -> None:
    assert [mark.label for mark in references(page(GOOD))] == ["fig-a", "tbl-b", "eq-c", "sec-part"]
    assert faults(GOOD) == []


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("See\n@fig-gone.\n", "a.qmd:5: @fig-gone refers to nothing; labels of this page: none"),
        (
            "## A {#sec-a}\n\n[see @sec-b]\n",
            "a.qmd:6: @sec-b refers to nothing; labels of this page: sec-a",
        ),
        ("As said [@raschka2024].\n", "a.qmd:4: @raschka2024 is a citation"),
        (
            "# A {#x}\n\n[b]{#x}\n",
            "a.qmd:6: the label x stands twice, first at line 4; rename one of them",
        ),
        (
            "```{python}\n#| label: x\n```\n\n```{python}\n#| echo: false\n#| label: x\n```\n",
            "a.qmd:10: the label x stands twice, first at line 5",
        ),
    ],
)
def test_what_refers_to_nothing_or_stands_twice_is_refused_at_its_line(
    body: str, said: str
) -> None:
    (fault,) = faults(body)
    assert fault.startswith(said)


@pytest.mark.parametrize(
    "body",
    [
        "```python\n@decorator {#x}\n```\n\n~~~\n@decorator {#x}\n~~~\n",
        "<!-- @someone, later {#x} -->\n\n<!--\n\n@someone {#x}\n\n-->\n",
        "`a @b` and ``c ` @d``\n",
    ],
)
def test_code_and_comments_refer_to_nothing(body: str) -> None:
    assert faults(body) == []
    assert list(labels(page(body))) == []


def test_a_reference_becomes_a_link_that_says_kind_and_number(printed) -> None:
    """Figures, tables and equations are numbered apart, in the order of the page; a section says
    its heading.
    """
    body = printed("""\
        See @fig-two, [-@fig-one], @tbl-a, @eq-a and @sec-s.

        ## The part {#sec-s}

        ![First](a.png){#fig-one}

        ::: {#fig-two}

        ![](b.png)

        Second
        :::

        | a |
        |---|
        | 1 |

        : Of ones {#tbl-a}

        $$
        x
        $$ {#eq-a}
        """)
    assert [part.split("</a>")[0] for part in body.split('class="quarto-xref">')[1:]] == [
        "Figure\u00a02", "1", "Table\u00a01", "Equation\u00a01", "The part"
    ]  # fmt: skip
    for label in ("fig-one", "fig-two", "tbl-a", "eq-a", "sec-s"):
        assert body.count(f'id="{label}"') == 1 and f'href="#{label}"' in body
    assert "Figure\u00a02:</span> Second" in body and "Table\u00a01:</span> Of ones" in body
