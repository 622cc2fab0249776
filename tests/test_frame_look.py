"""Folded code, terms, the book's line and formulas, as a browser shows them on the printed site."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.browser]
PAGE = """\
A [softmax]{.term} is here.

::: {.follows}
The book: chapter 3.
:::

$$a + b + c + d + e + f + g + h + i + j + k + l + m + n + o + p + q + r + s + t + u + v + w + x + y + z + a + b + c + d$$

```{python}
#| code-fold: true
#| code-summary: "The check"
n = 1
```
"""


@pytest.fixture(scope="module")
def look(
    tmp_path_factory: pytest.TempPathFactory,
    journal_in: Callable[[Path], Any],
    serving: Callable[..., Any],
) -> Iterator[str]:
    journal = journal_in(tmp_path_factory.mktemp("look"))
    config = journal.root / "_quarto.yml"
    sheets = "[assets/fonts.css, assets/exhibits.css, assets/page.css]"
    text = config.read_text()
    text = text.replace("output-dir: _site}", "output-dir: _site, resources: [/assets/**]}")
    config.write_text(f"{text}format: {{html: {{css: {sheets}}}}}\n")
    journal.page(PAGE, "journal/2025-07-02-a.qmd")
    process = journal.command("render", "--with", "builtin")
    _, err = process.communicate()
    assert process.returncode == 0, err
    with serving(journal.site) as found:
        yield found


def test_a_wide_formula_scrolls_in_itself_on_a_phone(look: str, visit: Any) -> None:
    page = visit("journal/2025-07-02-a.html", look, viewport={"width": 390, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    box = page.locator("p:has(> math[display='block'])")
    assert box.evaluate("box => box.scrollWidth > box.clientWidth")
    assert box.evaluate("box => getComputedStyle(box).overflowX") == "auto"


def test_a_fold_a_term_and_the_books_line_have_a_look_of_their_own(look: str, visit: Any) -> None:
    page = visit("journal/2025-07-02-a.html", look)
    style = "(part, name) => getComputedStyle(part)[name]"
    soft = page.locator(".follows").evaluate(style, "color")
    assert soft == page.locator(".code-fold > summary").evaluate(style, "color")
    assert soft != page.locator(".term").evaluate(style, "color")
    assert page.locator(".term").evaluate(style, "fontWeight") == "600"
    page.emulate_media(media="print")
    assert not page.locator(".code-fold > summary").is_visible()
    page.emulate_media(media="screen")
    assert page.locator(".code-fold > summary").is_visible()
