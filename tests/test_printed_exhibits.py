"""Exhibits as the built-in printer sets them, in Chromium: alive in the page, whole at its edges,
quick with any text.

As it is printed; the first test, and in the soak each, also with every word of every exhibit in a
span of its own, as a printer may do with "GPT-2".
"""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from scratch import load_gpt2, split

pytestmark = pytest.mark.browser
DESK, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
FRAME = 1_000  # ms that a frame may take at most, in the soak
LIVE = """
GPT-2 and top-k, before any exhibit.

```{python}
import plotly.graph_objects as go
from exhibits import embedding_plot, first_merges, merge_replay, merges_learned, plot, reader_tokenizers
from scratch import SimpleTokenizer
from exhibits.page.choices import choices
from exhibits.page.sliders import sliders
from exhibits.base.exhibit import Exhibit
reader_tokenizers(SimpleTokenizer.of(["a", "cat"]), {"a": 2, "cat": 1}, text="a GPT-2", words="BERT-2 with top-k")
```

```{python}
merge_replay(" GPT")
```

```{python}
merges_learned(first_merges("the cats of GPT-2", 3), "the cats of GPT-2", label="GPT-2")
```

```{python}
def state(heat, k):
    drawn = plot(go.Figure(go.Bar(x=["a", "b"], y=[heat, k])), f"bars {heat} {k}")
    fold = choices({"top-k": {"GPT-2": Exhibit(f"<p>state {heat}{k}</p>", "")}}, f"state-{heat}{k}")
    return Exhibit(fold.html + drawn.html, "")

sliders({"heat-1": ["low", "high"], "top-k": ["GPT-2", "GPT-3"]}, state)
```

```{python}
words = ["GPT-2", "top-k", *(f"word-{n}" for n in range(130))]
steps = [(n, [[(i * 7 + n) % 5 - 2.0, i % 3 - 1.0, 1.0] for i in range(len(words))]) for n in (0, 100)]
embedding_plot(words, range(1, 133), {"GPT-2": "top-k", "top-k": "top-k"}, steps, "a map", word="GPT-2")
```

```{python}
import torch
from exhibits.writer.writer import model_writer
from scratch.tokenizer.bpe import BytePairEncoding
from scratch.model.config import GPTConfig
from scratch.model.gpt import GPTModel
model = GPTModel(GPTConfig(256, 64, emb_dim=8, n_heads=2, n_layers=1), torch.Generator().manual_seed(0)).eval()
model_writer(model, BytePairEncoding([]), name="tiny", beginnings=["GPT-2 has top-k", "SHA-256 too"], length=6)
```
"""
WIDE = """
## What is found

The lantern of GPT-2 stands here, and nobody lit it.

```{python}
from exhibits import table
header = ["vocabulary", "entries", "parameters", "readings", "bits a character", "time of a step", "lost"]
rows = [["own, small", 1024, 169728, 1.7, 2.103, 51234567, "white space"], ["GPT-2", 50257, 3320640, 0.1, 2.69, 10, "nothing"]]
table(rows, header)
```

```{python}
#| label: tbl-wide
#| tbl-cap: How wide a table is
table(rows, header)
```

```{python}
from IPython.display import HTML
cells = "".join(f"<td>value{n}</td>" for n in range(9))
HTML("<table class='dataframe'><tr>" + "".join(f"<th>column{n}</th>" for n in range(9)) + f"</tr><tr>{cells}</tr></table>")
```

| one column | another one | a third one | the fourth |
|------------|-------------|-------------|------------|
| attic window with a view | of the whole town | and of the hills | beyond |

```{python}
import sys
print("a message of one line that goes on and on, " * 8)
print("x" * 300, file=sys.stderr)
print("y" * 300)
```

```{python}
#| error: true
raise ValueError("the value is 12; bytes alone need 256, so ask for 256 or more, or " + "z" * 300)
```

## Beside a note

A paragraph.

::: {.column-margin}
A note of some length that stands in the margin beside its paragraph and beside all that comes next to it.
:::

```{python}
table(rows, header)
```

::: {.callout-note}
## Inside

```{python}
table(rows, header)
```
:::

## What is counted

```{python}
#| echo: false
table([["sparrows, counted twice", 78395], ["of these: with wings", 12]], header=["what", "how many"])
```

Before the table stood no word of a heron. A heron came later, and stayed.
"""
# Boxes whose content is cut off or has to be scrolled sideways.
CUT = """() => [...document.querySelectorAll(".prose :is(table, pre, .ex-scroll, .cell-output, .cell-output *)")].filter((box) =>
    box.clientWidth > 0 && box.scrollWidth > box.clientWidth + 1 && getComputedStyle(box).overflowX !== "visible" && !box.matches(".ex-sr"))
    .map((box) => `${box.tagName}.${box.className} ${box.clientWidth} < ${box.scrollWidth}: ${box.textContent.trim().slice(0, 40)}`)"""
BOXES = """(selector) => [...document.querySelectorAll(selector)].map((box) => box.getBoundingClientRect())
    .map(({ left, right, top, bottom }) => ({ left, right, top, bottom }))"""
LONG = """window.frames = []; for (const type of ["longtask", "long-animation-frame"])
    new PerformanceObserver((list) => frames.push(...list.getEntries().map((entry) => entry.duration))).observe({ type });"""


@pytest.fixture(scope="module")
def home(
    tmp_path_factory: pytest.TempPathFactory,
    journal_in: Callable[[Path], Any],
    serving: Callable[..., Any],
) -> Iterator[str]:
    """Where a small journal is served that has the real stylesheet and scripts; printed by a
    process of its own.
    """
    journal = journal_in(tmp_path_factory.mktemp("printed"))
    config = (
        (journal.root / "_quarto.yml")
        .read_text(encoding="utf-8")
        .replace("_site}", '_site, resources: ["assets/**"]}')
    )
    header = '{text: <script defer src="/assets/exhibits.js"></script>}'
    journal.write(
        "_quarto.yml",
        f"{config}format: {{html: {{css: assets/exhibits.css, include-in-header: {header}}}}}\n",
    )
    journal.page(LIVE, "journal/2025-07-02-live.qmd")
    journal.page(WIDE, "journal/2025-07-03-wide.qmd")
    process = journal.command("render", "--with", "builtin")
    _, err = process.communicate()
    assert process.returncode == 0, err
    journal.write("_site/journal/marked.html", marked(journal.body("journal/2025-07-02-live.html")))
    with serving(journal.site) as found:
        yield found


@pytest.fixture(scope="module")
def address(home: str) -> str:
    return home


WORDS = re.compile(
    r"(?P<kept><(?P<tag>script|style|svg|select|pre|code)\b.*?</(?P=tag)>|<[^<>]*>)|(?P<word>[^\s<>]+)",
    re.S,
)


def marked(page: str) -> str:
    """A page with each word of its article in a span."""
    head, article, tail = re.split(r"(?<=<div class=\"prose\">)|(?=</article>)", page)
    return (
        head
        + WORDS.sub(
            lambda found: found["kept"] or f"<span class=whole>{found['word']}</span>", article
        )
        + tail
    )


PLAIN, MARKED = "journal/2025-07-02-live.html", "journal/marked.html"


@pytest.fixture(params=[PLAIN, pytest.param(MARKED, marks=pytest.mark.soak)])
def live(request: pytest.FixtureRequest, visit: Callable[..., Any]) -> Any:
    """The page of live exhibits, all of them alive."""
    page = visit(request.param, viewport=DESK)
    for kind in (
        ".ex-reader textarea",
        ".ex-replay-gpt2 button",
        ".ex-replay-learned button",
        ".ex-sliders.ex-drawn",
        ".ex-explorer canvas",
        ".ex-writer textarea",
    ):
        page.locator(kind.split(" ")[0].split(".ex-drawn")[0]).scroll_into_view_if_needed()
        page.locator(kind).first.wait_for()
    yield page
    assert page.watch.faults == []


def entered(page: Any) -> None:
    page.focus(".ex-reader textarea")
    expect(page.locator(".ex-reader > .ex-reader-note")).to_have_text(re.compile(r"this page\.$"))


@pytest.mark.parametrize("live", [PLAIN, MARKED], indirect=True)
def test_a_key_changes_the_counts_of_the_tokenizers_and_nothing_else_of_their_headings(
    live: Any,
) -> None:
    heads = live.locator(".ex-reader .ex-head")
    entered(live)
    live.keyboard.press("End")
    live.keyboard.type(" cat")
    expect(heads.nth(0)).to_have_text("Your text 11 characters")
    expect(heads.nth(1)).to_have_text("BERT-2 with top-k 3 tokens, 3 distinct, 1 unknown")
    expect(heads.nth(2)).to_have_text("GPT-2 6 tokens, 6 distinct")
    ids = " ".join(map(str, load_gpt2().encode_ordinary("a GPT-2 cat")))
    expect(live.locator("[data-side=gpt2] .ex-ids")).to_have_text(f"ids {ids}")
    live.get_by_role("button", name="Back to the example").click()
    expect(heads.nth(0)).to_have_text("Your text 7 characters")
    expect(heads.nth(2)).to_have_text("GPT-2 5 tokens, 5 distinct")


def test_a_step_changes_the_count_of_a_replay_and_nothing_else_of_its_heading(live: Any) -> None:
    gpt2, learned = live.locator(".ex-replay-gpt2"), live.locator(".ex-replay-learned")
    gpt2.get_by_role("button", name="Next").click()
    expect(gpt2.locator(".ex-head")).to_have_text("GPT-2's merges 3 pieces")
    expect(gpt2.locator("tr.ex-now")).to_have_count(1)
    gpt2.get_by_role("textbox").fill("GPT-2")
    expect(gpt2.locator(".ex-head")).to_have_text("GPT-2's merges 5 pieces")
    expect(gpt2.locator("tbody tr")).to_have_text(["111,315P + TG · PT | - | 2"])
    expect(gpt2.locator(".ex-reader-note")).to_contain_text("P + T comes next")
    expect(learned.locator(".ex-head")).to_have_text("GPT-2 17 pieces")
    learned.get_by_role("slider").press("End")
    expect(learned.locator(".ex-head")).not_to_have_text("GPT-2 17 pieces")
    learned.get_by_role("button", name="Bytes").click()
    expect(learned.locator(".ex-head")).to_have_text("GPT-2 17 pieces")
    expect(learned.locator(".ex-reader-note")).to_have_text(
        "The bytes of the passage, before the first merge."
    )


def test_a_dial_shows_its_state_and_the_exhibits_in_it_live(live: Any) -> None:
    sliders = live.locator(".ex-sliders")
    live.mouse.move(0, 0)
    sliders.locator(".ex-slider-stage .ex-plot-box").hover()
    expect(sliders.locator(".ex-slider-stage .ex-plot.ex-drawn .ex-live svg").first).to_be_visible()
    sliders.get_by_role("slider", name="top-k").press("ArrowRight")
    sliders.get_by_role("slider", name="heat-1").press("ArrowRight")
    expect(sliders.locator("output")).to_have_text(["high", "GPT-3"])
    expect(sliders.get_by_text("state 11")).to_be_visible()
    live.mouse.move(0, 0)
    sliders.locator(".ex-slider-stage .ex-plot-box").hover()
    expect(sliders.locator(".ex-slider-stage .ex-plot.ex-drawn .ex-live svg").first).to_be_visible()


def test_a_map_chooses_words_with_hyphens_and_its_table_goes_on(live: Any) -> None:
    box = live.locator(".ex-explorer")
    box.get_by_label("Find a word").fill("top-k")
    live.keyboard.press("Enter")
    expect(box.locator(".ex-chosen b")).to_have_text("top-k")
    box.get_by_text("The map as a table").click()
    names = box.locator("[data-part=table-rows] tr td:first-child")
    expect(names).to_have_count(120)
    box.get_by_role("button", name="More rows").click()
    expect(box.locator("[data-part=map-rows]")).to_have_text("132 of 132 words at step 100.")
    assert sorted(names.all_text_contents()) == sorted(
        ["GPT-2", "top-k", *(f"word-{n}" for n in range(130))]
    )
    expect(box.get_by_role("button", name="More rows")).to_be_hidden()


def test_a_model_writes_on_after_a_beginning_with_names(live: Any) -> None:
    box = live.locator(".ex-writer")
    box.get_by_role("button", name="SHA-256 too").click()
    box.get_by_role("button", name="Load the model").click()
    expect(box.locator(".ex-chips .ex-head")).to_have_text(
        "The model writes on 11 tokens given, 6 written"
    )
    expect(box.locator(".ex-reader-note")).to_contain_text("Point at a token")
    expect(box.locator(":scope > .ex-writer-text b")).to_have_text("SHA-256 too")
    expect(box.locator(":scope > .ex-head")).to_have_text(
        re.compile("^A beginning [0-9,]+ parameters")
    )
    expect(box.locator(".ex-key")).to_contain_text("bits of surprise, full at 12")
    box.get_by_role("slider").press("Home")
    expect(box.locator("output")).to_have_text("0: the likeliest")


def test_a_name_breaks_at_no_hyphen_on_a_phone(visit: Callable[..., Any]) -> None:
    page = visit("journal/2025-07-02-live.html", viewport=PHONE)
    names = page.locator(".prose .whole:visible")
    assert names.count() > 5
    assert (
        names.evaluate_all("names => names.filter((name) => name.getClientRects().length > 1)")
        == []
    )


# -- The edges


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESK, PHONE])
def test_nothing_is_cut_off_where_there_is_room(
    visit: Callable[..., Any], size: Any, theme: Any
) -> None:
    """Room: on a desk the margin without a note; on a phone numbers stay whole, and a table wider
    than it scrolls.
    """
    page = visit("journal/2025-07-03-wide.html", viewport=size, color_scheme=theme)
    page.evaluate(
        "document.querySelectorAll('#beside-a-note .ex-scroll').forEach((table) => table.remove())"
    )
    assert [box for box in page.evaluate(CUT) if size == DESK or "PRE" in box] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]


def test_a_cut_would_be_seen(visit: Callable[..., Any]) -> None:
    page = visit("journal/2025-07-03-wide.html", viewport=DESK)
    page.evaluate(
        "document.querySelectorAll('.prose *').forEach((part) => part.style.setProperty('--room',"
        " '0px'))"
    )
    page.evaluate(
        "document.querySelectorAll('pre, td, th').forEach((part) => { part.style.whiteSpace ="
        " 'pre'; part.style.overflow = 'auto'; })"
    )
    assert {name.split(".")[0] for name in page.evaluate(CUT)} == {"DIV", "TABLE", "PRE"}


def test_a_wide_table_reaches_into_the_free_margin_and_under_no_note(
    visit: Callable[..., Any],
) -> None:
    page = visit("journal/2025-07-03-wide.html", viewport=DESK)
    tables, [note], [prose] = (
        page.evaluate(BOXES, name)
        for name in (".ex-scroll", ".column-margin", "#what-is-found > p")
    )
    assert tables[0]["right"] > prose["right"] + 20 and tables[1]["right"] > prose["right"] + 20
    for box in tables:
        assert (
            box["right"] <= note["left"]
            or box["bottom"] <= note["top"]
            or box["top"] >= note["bottom"]
        )
    assert all(box["right"] <= prose["right"] + 1 for box in tables[2:])


# -- A text of any length

TEXTS = {
    "line ends": "\n" * 100_000,
    "letters": "a" * 100_000,
    "emoji": "😀" * 100_000,
    "spaces": " " * 100_000,
    "digits": "7" * 100_000,
    "lines of Windows": "a cat\r\n" * 20_000,
    "a megabyte": "The cat sat on a mat, and said: nothing.\n" * 25_000,
}


WAYS = ("pasted", "put in at once")


def put(page: Any, text: str, way: str) -> str:
    """Put a text into the live tokenizers, in place of a letter, and wait until it is counted.

    Returns: the text as a box of a page has it.
    """
    area, whole = page.locator(".ex-reader textarea"), text.replace("\r\n", "\n")
    length = page.locator(".ex-reader [data-part=reader-length]")
    area.fill("a")
    expect(length).to_have_text("1 character")
    page.evaluate("text => navigator.clipboard.writeText(text)", text)
    area.select_text()
    page.evaluate("frames.length = 0")
    if way == "pasted":
        page.keyboard.press("Control+v")
    else:
        page.keyboard.insert_text(text)
    expect(length).to_have_text(f"{len(whole):,} characters", timeout=60_000)
    expect(page.locator(".ex-sides")).to_have_attribute("aria-busy", "false", timeout=60_000)
    return whole


@pytest.fixture
def clipboard(visit: Callable[..., Any]) -> Any:
    """The page of live exhibits, with the tokenizers entered and a clipboard."""
    permissions = ["clipboard-read", "clipboard-write"]
    page = visit(PLAIN, script=LONG, viewport=DESK, permissions=permissions)
    entered(page)
    return page


@pytest.mark.soak
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("kind", TEXTS)
def test_no_text_holds_the_page_up(clipboard: Any, kind: str, way: str) -> None:
    """The shortest of three tries counts: what holds up a page does so each time, and a busy
    machine does not.
    """
    worst = []
    for _ in range(3):
        put(clipboard, TEXTS[kind], way)
        clipboard.wait_for_timeout(300)
        worst.append(max([0, *clipboard.evaluate("frames")]))
    assert min(worst) < FRAME, worst


@pytest.mark.parametrize("way", WAYS)
def test_all_of_a_long_text_is_counted_and_its_beginning_shown(clipboard: Any, way: str) -> None:
    for kind in TEXTS if way == "pasted" else ("lines of Windows",):
        whole = put(clipboard, TEXTS[kind], way)
        counted_and_shown(clipboard, whole)


def counted_and_shown(page: Any, whole: str) -> None:
    """Compare what the page says of a text with Python's two tokenizers."""
    ids, words = load_gpt2().encode_ordinary(whole), split(whole)
    area = page.locator(".ex-reader textarea")
    totals = page.locator(".ex-reader [data-part=chips-total]").all_text_contents()
    assert totals[0].startswith(f"{len(words):,} token")
    assert totals[1].startswith(f"{len(ids):,} tokens, {len(set(ids)):,} distinct")
    shown = area.input_value()
    assert whole.startswith(shown) and len(shown) < len(whole)
    note = f"The box shows the first {len(shown):,} of {len(whole):,} characters"
    expect(page.locator(".ex-reader > .ex-reader-note")).to_contain_text(note)
    drawn = page.locator("[data-side=gpt2] .ex-chip").count()
    expect(page.locator("[data-side=gpt2] .ex-rest")).to_contain_text(
        f"The first {drawn:,} are drawn, {len(ids) - drawn:,} more are not."
    )


def test_a_long_text_is_edited_where_it_is_shown_and_goes_as_a_whole(
    visit: Callable[..., Any],
) -> None:
    page = visit("journal/2025-07-02-live.html", viewport=DESK)
    entered(page)
    area, length = (
        page.locator(".ex-reader textarea"),
        page.locator(".ex-reader [data-part=reader-length]"),
    )
    area.fill("cat " * 5_000)
    expect(length).to_have_text("20,000 characters")
    page.keyboard.press("Control+Home")
    page.keyboard.type("a dog ")
    expect(length).to_have_text("20,006 characters")
    assert area.input_value().startswith("a dog cat cat") and len(area.input_value()) == 10_000
    area.select_text()
    page.keyboard.type("x")
    expect(length).to_have_text("1 character")
    expect(page.locator(".ex-reader > .ex-reader-note")).to_have_text(re.compile("^Type or paste"))


# -- The search


@pytest.mark.parametrize(
    ("words", "begins", "lacks"),
    [
        (
            "lantern",
            "The lantern of GPT-2 stands here, and nobody lit it.",
            ["July", "What is found", "vocabulary"],
        ),
        (
            "heron",
            "Before the table stood no word of a heron. A heron came later",
            ["sparrows", "how many"],
        ),
        ("sparrows", "sparrows, counted twice. 78,395.", ["whathow"]),
        ("wide", "The lantern of GPT-2 stands here", ["July", "Page"]),
    ],
)
def test_an_excerpt_begins_with_the_words_around_the_hit(
    visit: Callable[..., Any], words: str, begins: str, lacks: list[str]
) -> None:
    page = visit("index.html")
    page.locator(".search-open").click()
    page.locator("#search-words").fill(words)
    excerpt = page.locator(".search-results p").first
    expect(excerpt).to_contain_text(begins)
    said = excerpt.inner_text()
    assert said.startswith(begins) and not [lacked for lacked in lacks if lacked in said], said
