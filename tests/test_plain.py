"""A page as Markdown, llms.txt and the full text of the feed: clean, whole, with addresses that
lead there, equal twice.
"""

import re
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import Any

import pytest

CONTENT = "http://purl.org/rss/1.0/modules/content/"
SITE = "https://journal.example/small/"
PAGE = """\
Words with a number, `{python} 6 * 7`, and [a link](2025-07-04-b.qmd#there), and @fig-x, and $x^2$.

```{python}
#| label: fig-x
#| fig-cap: A figure
from exhibits import chips, measured, table
chips(["The", " cat"], ids=[464, 3797], label="Two")
```

::: {.callout-tip}
## Look
*Here*.
:::

::: {.panel-tabset}
## First
one

## Second
two
:::

```{python}
import time
table([["loop", measured(f"{time.perf_counter_ns()} ns", "loop")]], header=["what", "how long"])
```

It took `{python} measured(f"{time.perf_counter_ns()} ns", "prose")`.

```{python}
print("<script>alert(1)</script>")
```
"""


@pytest.fixture
def full(journal: Any) -> Any:
    journal.page(PAGE, front="description: 'All of it <b>'\n")
    journal.page("## There\nText.", "journal/2025-07-04-b.qmd")
    journal.render()
    return journal


def test_the_markdown_of_a_page_has_its_words_its_code_and_the_answers(full: Any) -> None:
    text = full.body("journal/2025-07-02-a.md")
    address = f"{SITE}journal/2025-07-02-a.html"
    assert text.startswith(
        f"# Page journal/2025-07-02-a\n\n2 July 2025. <{address}>\n\nAll of it <b>\n\n"
    )
    assert f"a number, 42, and [a link]({SITE}journal/2025-07-04-b.html#there)" in text
    assert f"[Figure 1]({SITE}journal/2025-07-02-a.html#fig-x), and $x^2$." in text.replace(
        "\u00a0", " "
    )
    assert '``` python\nfrom exhibits import chips, measured, table\nchips(["The", " cat"]' in text
    assert "    The[464] ␣cat[3797]" in text
    assert "Figure 1: A figure" in text.replace("\u00a0", " ")
    assert "**Look**\n\n*Here*." in text
    assert "**First**\n\none\n\n**Second**\n\ntwo" in text
    assert re.search(r"\| what +\| how long +\|\n\|-+\|-+\|\n\| loop \| \(measured\) \|", text)
    assert "It took (measured)." in text
    assert "    <script>alert(1)</script>" in text  # what a cell printed is code


def test_there_is_no_html_and_no_fence_of_pandocs_in_it(full: Any) -> None:
    text = full.body("journal/2025-07-02-a.md").split("All of it <b>\n")[1]
    shown = re.sub(r"^(?:    .*|```.*?^```)$", "", text, flags=re.M | re.S)
    assert not re.search(r"<(?!https?:)[a-z/]|:::|\{[.#=]|ex-", shown), shown


def test_each_page_leads_to_its_markdown(full: Any) -> None:
    for page in full.site.rglob("*.html"):
        links = re.findall(
            r'<link rel="alternate" type="text/markdown"[^>]* href="([^"]*)"',
            page.read_text(encoding="utf-8"),
        )
        assert links == ([] if page.name == "404.html" else [page.with_suffix(".md").name]), (
            page.name
        )
        assert all((page.parent / link).is_file() for link in links)


def test_the_front_page_lists_the_entries(full: Any) -> None:
    text = full.body("index.md")
    assert text.index("4 July 2025: [Page") < text.index("2 July 2025: [Page")
    assert f"({SITE}journal/2025-07-02-a.html). All of it" in text


def test_llms_txt_leads_to_the_markdown_of_every_page(full: Any) -> None:
    text = full.body("llms.txt")
    assert text.startswith("# A small journal\n\n> Made by a test\n\n")
    links = re.findall(r"^- \[[^\]]+\]\(([^)]+)\)", text, re.M)
    assert links == [
        SITE + name for name in ("journal/2025-07-02-a.md", "journal/2025-07-04-b.md", "index.md")
    ]
    assert all((full.site / link.removeprefix(SITE)).is_file() for link in links)
    assert "2 July 2025. All of it <b>" in text


def items(journal: Any) -> dict[str, str]:
    root = ElementTree.fromstring(journal.body("index.xml").encode())
    return {
        item.findtext("link", ""): item.findtext(f"{{{CONTENT}}}encoded", "")
        for item in root.findall("channel/item")
    }


def test_the_feed_has_the_whole_text_without_scripts_and_with_whole_addresses(full: Any) -> None:
    text = items(full)[SITE + "journal/2025-07-02-a.html"]
    assert "<strong>Look</strong>" in text and "<td" in text and "It took (measured)." in text
    assert "The[464] ␣cat[3797]" in text and "&lt;script&gt;alert(1)" in text
    assert "All of it" not in text  # that is the description
    assert not re.search(r"<script|<style|<svg|<button| class=| style=| id=| on\w+=|\[CDATA", text)
    links = re.findall(r'(?:href|src)="([^"]*)"', text)
    assert links and all(link.startswith(SITE) for link in links), links


def test_two_builds_give_the_same_bytes_though_runs_differ(full: Any, tree: Any) -> None:
    kinds = (".md", ".txt", ".xml", ".png", ".html")
    first = {name: data for name, data in tree(full.site).items() if name.endswith(kinds)}
    said = full.press("render", "--with", "builtin", "--fresh")
    assert said.status == 0 and "Executed 3 of 3" in said.out
    again = {name: data for name, data in tree(full.site).items() if name.endswith(kinds)}
    assert first.keys() == again.keys()
    assert [name for name in first if first[name] != again[name]] == []


def test_a_kept_page_keeps_its_markdown_and_its_place_in_the_feed(full: Any) -> None:
    before = items(full), full.body("journal/2025-07-02-a.md")
    full.page("## There\nOther text.", "journal/2025-07-04-b.qmd")
    full.render()
    assert (
        items(full)[SITE + "journal/2025-07-02-a.html"],
        full.body("journal/2025-07-02-a.md"),
    ) == (before[0][SITE + "journal/2025-07-02-a.html"], before[1])
    assert "Other text." in items(full)[SITE + "journal/2025-07-04-b.html"]


def test_what_was_kept_and_is_damaged_is_made_anew(full: Any) -> None:
    text, feed = full.body("journal/2025-07-02-a.md"), full.body("index.xml")
    for file in [
        *(full.root / ".press/pandoc/plain").rglob("*.qmd"),
        *(full.root / ".press/pandoc/feed").rglob("*.qmd"),
    ]:
        file.write_text(file.read_text(encoding="utf-8") + "damage", encoding="utf-8")
    assert full.press("render", "--with", "builtin", "--fresh").status == 0
    assert (full.body("journal/2025-07-02-a.md"), full.body("index.xml")) == (text, feed)


def test_a_site_without_an_address_has_markdown_with_links_that_stay_inside(journal: Any) -> None:
    config = journal.root / "_quarto.yml"
    config.write_text(
        config.read_text().replace("  site-url: https://journal.example/small/\n", "")
    )
    journal.page("[A link](2025-07-04-b.qmd)")
    journal.page("Text.", "journal/2025-07-04-b.qmd")
    journal.render()
    assert "[A link](2025-07-04-b.html)" in journal.body("journal/2025-07-02-a.md")
    assert "](journal/2025-07-02-a.md)" in journal.body("llms.txt")


def test_code_that_the_page_hides_is_hidden_and_code_that_it_folds_is_there(journal: Any) -> None:
    config = journal.root / "_quarto.yml"
    config.write_text(config.read_text() + "execute: {echo: false}\n")
    journal.page(
        "```{python}\nprint(6 * 7)\n```\n\nText.\n\n```{python}\n#| echo: true\n#| code-fold:"
        " true\nn = 1\n```\n"
    )
    journal.render()
    text = journal.body("journal/2025-07-02-a.md")
    assert "print" not in text and "    42\n" in text
    assert "``` python\nn = 1\n```" in text and "Code" not in text


@pytest.mark.printer("builtin", "Quarto writes no page.md")
def test_the_journals_own_pages_are_clean(site: Path) -> None:
    files = sorted(site.rglob("*.md"))
    assert len(files) == len(list(site.rglob("*.html"))) - 1
    for file in files:
        shown = re.sub(
            r"^(?:    .*|```.*?^```)$", "", file.read_text(encoding="utf-8"), flags=re.M | re.S
        )
        assert not re.search(r"<(?!https?:)[a-z/]+[ >]|^:::|\{[.#=]|ex-chip", shown, re.M), (
            file.name
        )
