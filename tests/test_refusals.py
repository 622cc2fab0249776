"""What of Quarto's Markdown the built-in printer does not know is refused at its line, and nothing
else is.
"""

import textwrap

import pytest

from press.source.markdown_checks import refusals
from press.source.page import parse_page


def faults(body: str) -> list[str]:
    """The refusals of a page whose body begins on line 4."""
    return [
        str(problem)
        for problem in refusals(parse_page(f"---\ntitle: t\n---\n{textwrap.dedent(body)}", "a.qmd"))
    ]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("{{< include x.qmd >}}\n", "4: the shortcode include"),
        ("\nA {{< var title >}} here.\n", "5: the shortcode var"),
        ("::: {.content-visible when-profile='a'}\n:::\n", "4: content for when-profile"),
        ("::: {.notes}\n:::\n", "4: the block notes; no page shows it"),
        ("```{#fig-a .python}\n1\n```\n", "4: a figure in a fence"),
        ("::: {.panel-sidebar}\n:::\n", "4: the panel panel-sidebar; only .panel-tabset is known"),
        ("::: {.callout-danger}\n:::\n", "4: the callout callout-danger; callouts are callout-note"),
        ("::: {.callout-note appearance='loud'}\n:::\n", "4: appearance=loud; it may be default, simple, minimal"),
        ("::: {#fig-a fig-link='b'}\n:::\n", "4: the block's attribute fig-link; take it out; known are"),
        ("![A](a.png){#fig-a fig-link='b'}\n", "4: the image's attribute fig-link"),
        ("![A](a.png){fig-align=middle}\n", "4: fig-align=middle; it may be default, left, center, right"),
        ("\n```{{python}}\n1\n```\n", "5: a fence of doubled braces; to show a cell, set it in a fence of four"),
        ("> ```{python}\n> 1\n> ```\n", "4: a cell inside a quotation"),
        ("See.[^a]\n", "4: the footnote [^a] is nowhere written; write [^a]: ..."),
        ("Above.\n\n---\nkey: value\n---\n", "6: Quarto would take the lines after this --- for front matter"),
        ("::: {.callout-note}\ntext\n", "4: the ::: block is never closed"),
        ("text\n\n:::\n", "6: ::: closes nothing"),
        ("`{python} n =`\n", "4: the inline 'n =' is not an expression"),
        ("a\n`{python} import os`\n", "5: the inline 'import os' is not an expression"),
        ("`{python} a, b`\n", "4: the inline 'a, b' is not an expression"),
        ("`{python} n  # so`\n", "4: the inline 'n  # so' is not an expression"),
        ("`{python} n=1`\n", "4: the inline 'n=1' is not an expression"),
        ("So $n = `{python} n`$.\n", "4: an inline expression inside math"),
        ("$$\nn = `{python} n`\n$$\n", "4: an inline expression inside math"),
        ("<!--\n```{python}\n1\n```\n-->\n", "5: a cell inside an HTML comment still runs; mark it '#| eval: false'"),
    ],
)  # fmt: skip
def test_what_would_be_dropped_is_refused_at_its_line(body: str, said: str) -> None:
    (fault,) = faults(body)
    assert fault.startswith(f"a.qmd:{said}")
    assert "; " in fault  # and has a remedy


@pytest.mark.parametrize(
    "body",
    [
        "::: {.content-visible when-format='html'}\n:::\n",
        "::: {.column-page}\n:::\n",
        "::: {layout-ncol=2}\n:::\n",
        "::: {#fig-a layout='[[1,1]]'}\n:::\n",
        "::: {#thm-a}\n:::\n",
        "::: {.grid}\n:::\n",
        "::: {.aside}\n:::\n",
        "Word [beside]{.aside}.\n",
        "| a |\n|---|\n| 1 |\n\n: Ones {#tbl-a tbl-colwidths='[9]'}\n",
        "```{#lst-a .python}\n1\n```\n",
        "```{.python filename='a.py'}\n1\n```\n",
        "```{=latex}\nx\n```\n",
        "::: {.callout-note title='A' collapse='true'}\n:::\n\n::: callout-tip\n:::\n",
        "::: {.column-margin .run-shows}\n:::\n",
        ":::: {.panel-tabset}\n## A\n::: {.callout-warning}\nx\n:::\n## B\n::::\n",
        "::: {.callout-note}\n```{python}\n1\n```\n:::\n",
        "````markdown\n{{< include x >}}\n::: {.aside}\n```{{python}}\n[^a]\n````\n",
        "`{{< include x >}}` and `::: {.aside}` and `[^a]`\n",
        "<!-- {{< include x >}} -->\n",
        "<!-- a -->\n\n```{python}\n1\n```\n\n<!-- b -->\n",
        "<!--\n```{python}\n#| eval: false\n1\n```\n-->\n",
        "Costs $5 and `{python} n` or $6.\n",
        "Above.\n\n---\n\nBelow.\n\n***\n",
        "A title\n---\n\ntext\n",
        "See.[^a]\n\n[^a]: Written.\n",
        "```{.python}\n# Whole\n1  # <1>\n```\n",
        (
            "`{python} (a, b)` `{python} f'{n:,}'` `{python} {'a': 1}['a']` `{python} f(x for x in"
            " y)`\n"
        ),
        "| a | b |\n|---|---|\n| `{python} n` | x |\n",
        "- ```inline``` code\n",
        "##Not a heading\n\n#tag\n",
    ],
)
def test_what_is_known_is_not_refused(body: str) -> None:
    assert faults(body) == []
