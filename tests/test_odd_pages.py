"""Odd but legal pages, from text to site: all of it runs, nothing of it is lost, and the HTML is
valid.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

import html5lib
import pytest

ODD = r"""
A page that begins with prose and `{python} 1` value before any cell.

```{python}
#| include: false
n = 1024
```

## The `{python} n` words and `code` {#sec-words}

::::: {.callout-note title="With *a* `{python} n`"}
In a callout, and after it @fig-inside:

```{python}
#| label: fig-inside
#| fig-cap: "Inside, with *marks*: 1 < 2 & `code`"
from IPython.display import SVG, Markdown
SVG('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"></svg>')
```

:::: {.panel-tabset}

### First

```{python}
print("in the first tab")
```

### Second

::: {.callout-tip collapse="true"}
Nested `{python} n + 1`.

```{python}
print("in a fold in a tab in a callout")
```
:::

::::

:::::

````{python}
#| echo: true
fence = '''
```
not the end
```
'''
print(len(fence))
````

```{python}
```

````markdown
```{python}
1 / 0
```
`{python} n`
````

~~~
```{python}
1 / 0
```
~~~

<!-- a comment with `code`, @someone, {#sec-words} and --- -->

| a | `{python} n` |
|---|--------------|
| `{python} "x | y"` | $\frac{1}{2}$ |

: Of `{python} n` things {#tbl-things}

---

See @tbl-things, @sec-words, @eq-one.[^note] It costs $5 and $6; so $x_1 = 2$.

$$
e = mc^2
$$ {#eq-one}

[^note]: A note with `{python} n` and

    a second paragraph.

- a list

    ```python
    shown_only()
    ```

- `{python} n`

> A quotation of `{python} n`.

::: {.column-margin}
Beside.
:::

Term
:   Definition `{python} n`

```{python}
Markdown("**strong** and `code`")
```

```{python}
#| output: asis
print("A paragraph *by a cell*.")
```

```{=html}
<p class="raw">`{python} n` is raw</p>
```

日本語 עברית 😀 `{python} "日本語 עברית 😀"`
"""


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory, journal_in: Callable[[Path], Any]) -> Element:
    """The page, its file with a byte order mark and Windows line ends, its name with letters of two
    scripts.
    """
    journal = journal_in(tmp_path_factory.mktemp("odd"))
    text = "\ufeff---\ntitle: Odd 日本\ndate: 2025-07-02\n---\n" + ODD
    journal.write("journal/2025-07-02-größe-日本.qmd", text.replace("\n", "\r\n").encode())
    page = journal.render() / "journal" / "2025-07-02-größe-日本.html"
    tree = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(
        page.read_text(encoding="utf-8")
    )
    return next(element for element in tree.iter("div") if element.get("class") == "prose")


def said(element: Element) -> str:
    return " ".join("".join(element.itertext()).split())


def with_class(tree: Element, name: str) -> list[Element]:
    return [element for element in tree.iter() if name in str(element.get("class") or "").split()]


def test_every_cell_ran_where_it_stands(odd: Element) -> None:
    (note,) = with_class(odd, "callout-note")
    (tip,) = with_class(odd, "callout-tip")
    assert "in a fold in a tab in a callout" in said(tip)
    assert "in the first tab" in said(note) and tip in list(note.iter())
    assert [said(element) for element in with_class(odd, "cell-output-stdout")][
        2
    ] == "21"  # the lines of `fence`


def test_every_inline_value_is_set_and_none_is_left(odd: Element) -> None:
    """n stands in a heading, a title, a table's head and caption, a note, a list, a quotation and a
    definition.
    """
    values = [said(element) for element in with_class(odd, "computed")]
    assert values.count("1024") == 8
    assert {"1", "1025", "x | y", "日本語 עברית 😀"} <= set(values)
    for code in odd.iter("code"):
        if "{python} n" in said(code):
            assert "1 / 0" in said(code), said(code)  # only where a page shows how it is written


def test_what_is_shown_is_not_run(odd: Element) -> None:
    shown = [said(element) for element in odd.iter("pre")]
    assert "```{python} 1 / 0 ``` `{python} n`" in shown
    assert "```{python} 1 / 0 ```" in shown
    assert any("shown_only()" in text for text in shown)
    assert [said(element) for element in with_class(odd, "raw")] == ["`{python} n` is raw"]


def test_numbers_and_references_agree(odd: Element) -> None:
    references = {element.get("href"): said(element) for element in with_class(odd, "quarto-xref")}
    assert references == {
        "#fig-inside": "Figure 1",
        "#tbl-things": "Table 1",
        "#sec-words": "The 1024 words and code",
        "#eq-one": "Equation 1",
    }
    captions = [said(element) for element in odd.iter() if element.tag in ("caption", "figcaption")]
    assert captions == ["Figure 1: Inside, with marks: 1 < 2 & code", "Table 1: Of 1024 things"]


def test_no_empty_box_stands_for_an_empty_cell(odd: Element) -> None:
    assert [
        cell for cell in with_class(odd, "cell") if not said(cell) and not list(cell.iter("img"))
    ] == []


def test_markdown_by_a_cell_is_markdown(odd: Element) -> None:
    assert [said(element) for element in odd.iter("em")][-1] == "by a cell"
    assert "strong" in [said(element) for element in odd.iter("strong")]


def test_the_rule_the_note_and_the_definition_are_there(odd: Element) -> None:
    assert list(odd.iter("hr"))
    (notes,) = with_class(odd, "footnotes")
    assert "A note with 1024 and a second paragraph." in said(notes)
    assert [said(element) for element in odd.iter("dd")] == ["Definition 1024"]
    assert "It costs $5 and $6; so" in said(odd)


def test_a_page_may_be_front_matter_alone(journal: Any) -> None:
    journal.page("")
    journal.render()
    assert "Page journal/2025-07-02-a" in journal.body()
