"""A site whose text is full of HTML, Markdown and scripts shows all of it as text, in every part
that comes alive.

A page of all exhibits, and in the soak the whole journal with short trainings, is printed on
tests/texts/hostile.txt and read in Chromium. The text's title is hostile, too. Nothing of either may
become an element, run, or ask another host.
"""

import os
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import any_text
import pytest
from alive import WAIT, wake_maps, wake_plots

pytestmark = pytest.mark.browser
NAME = "hostile"
HOSTILE = (any_text.TEXTS / f"{NAME}.txt").read_text(encoding="utf-8")
DIALOGS = (
    "window.dialogs = []; for (const kind of ['alert', 'confirm', 'prompt']) window[kind] = (said)"
    " => { dialogs.push(said); };"
)
# Every element and attribute that is none of the theme's, the exhibits' or plotly's, from which a
# site could be attacked.
INJECTED = """() => {
    const own = (address) => address === null || new URL(address, document.baseURI).origin === location.origin;
    const rest = new Set("marquee iframe frame object embed applet audio video source noscript template plaintext xmp b[onclick]".split(" "));
    const strange = (e) => {
        const is = (...names) => names.includes(e.localName);
        if ([...e.attributes].some((a) => a.name.startsWith("on") || /^\\s*(javascript:|vbscript:|data:(?!image\\/png))/i.test(a.value))) return true;
        if (rest.has(e.localName)) return true;
        if (is("script")) return !(e.type === "application/json" || (e.hasAttribute("src") ? own(e.getAttribute("src"))
            : e.parentElement === document.head && e === document.head.querySelector("script")));
        if (is("style")) return e.parentElement !== document.head || !(/^plotly/.test(e.id) || /^\\.maplibregl/.test(e.textContent));
        if (is("link")) return e.parentElement !== document.head || !(own(e.getAttribute("href")) || e.rel === "canonical");
        if (is("meta")) return e.parentElement !== document.head || /refresh/i.test(e.httpEquiv);
        if (is("img", "image", "use")) {
            const source = e.getAttribute("src") ?? e.getAttribute("href");
            return !own(source) && !(e.closest(".ex-live") && source.startsWith("data:image/png")); // a heat map of plotly's
        }
        if (is("base")) return location.pathname.split("/").pop() !== "404.html";
        if (is("form")) return e.method !== "dialog";
        if (is("title")) return !e.closest("head, svg");
        if (is("a")) return /evil/.test(e.href);
        return is("h1") && e !== document.querySelector("h1");
    };
    return [...document.querySelectorAll("*")].filter(strange).map((e) => e.outerHTML.slice(0, 160));
}"""
TWICE = """() => { const ids = [...document.querySelectorAll("[id]")].map((e) => e.id).filter(Boolean);
    return ids.filter((id, at) => ids.indexOf(id) < at); }"""


FORMAT = """\
format:
  html:
    css: assets/exhibits.css
    include-in-header: {text: <script defer src="/assets/exhibits.js"></script>}
"""


@dataclass
class Read:
    """What was noted of a page: faults as of conftest's Watch, what the policy stopped, dialogs,
    strange elements, words.
    """

    faults: list[str]
    stopped: list[str]
    dialogs: list[str]
    injected: list[str]
    twice: list[str]
    words: str


# Each kind of exhibit, with the hostile text wherever it takes a text.
EXHIBITS = """
```{python}
import plotly.graph_objects as go
import torch
from exhibits import chips, claim, embedding_plot, first_merges, merge_replay, merges_learned
from exhibits import plot, ran_on, reader_tokenizers, runs_on, table
from exhibits.page.choices import choices
from exhibits.page.guess import calibration, guess_which
from exhibits.page.sliders import sliders
from exhibits.tokens.attention_heads import attention_heads
from exhibits.tokens.probability_bars import probability_bars
from exhibits.tokens.surprisal import surprisal
from exhibits.writer.writer import model_writer
from scratch import SimpleTokenizer, load_text, split
from scratch.baselines.needs import text_for
from scratch.baselines.ngram import learn
from scratch.model.config import GPTConfig
from scratch.model.gpt import GPTModel
from scratch.tokenizer.bpe import BytePairEncoding
text = load_text()
tokens = split(text.content)
lines = list(dict.fromkeys(line for line in text.content.split("\\n") if set(line) & set("<&{")))
words = [*lines[:6], *dict.fromkeys(tokens)][:40]
ran_on(text)
```

```{python}
runs_on(text_for("swapped words", text))
```

```{python}
chips(words, range(40), label=lines[1], notes=words)
```

```{python}
reader_tokenizers(SimpleTokenizer.of(tokens), {"a": 2}, text=text.content[:300], words=lines[1])
```

```{python}
merge_replay("onerror")
```

```{python}
merges_learned(first_merges(text.content[:200], 3), text.content[:200], label=lines[1])
```

```{python}
plot(go.Figure(go.Bar(x=words[:5], y=[1, 2, 3, 4, 5], name=lines[1]), {"title": lines[2]}), lines[1])
```

```{python}
shown = [word for word in words if len(word) < 200]
vectors = [[(i * 7) % 5 - 2.0, i % 3 - 1.0, 1.0] for i in range(len(shown))]
groups = {shown[0]: lines[1][:30], shown[1]: lines[1][:30]}
embedding_plot(shown, range(1, len(shown) + 1), groups, [(0, vectors)], lines[1], word=shown[0])
```

```{python}
table([[line, 1] for line in lines[:9]], [lines[1], "n"])
```

```{python}
choices({"kind": {line: chips([line]) for line in lines[:3]}}, "lines")
```

```{python}
sliders({"line": lines[:3]}, lambda at: chips([lines[at]]), label=lines[1])
```

```{python}
attention_heads(words[:4], torch.full((1, 1, 4, 4), 0.25), label=lines[1])
```

```{python}
probability_bars(words[:2], torch.zeros(2, 40), words, label=lines[1])
```

```{python}
surprisal(learn(tokens, order=2), text.content[:300])
```

```{python}
asked = guess_which(f"Which? {lines[1]}", words[0], words[:3])
asked
```

```{python}
calibration(asked)
```

```{python}
claim("hostile", True, lines[1], lines[2], says="It is copied.", text=text)
```

```{python}
model = GPTModel(GPTConfig(256, 64, emb_dim=8, n_heads=2, n_layers=1), torch.Generator().manual_seed(0))
model_writer(model.eval(), BytePairEncoding([]), name="tiny", beginnings=[lines[1][:20], lines[2][:20]], length=6)
```

It begins with `{python} lines[0]`, and goes on with `{python} lines[1]`.
"""


@pytest.fixture(
    scope="module", params=["exhibits", pytest.param("journal", marks=pytest.mark.soak)]
)
def site(
    tmp_path_factory: pytest.TempPathFactory,
    request: pytest.FixtureRequest,
    journal_in: Callable[[Path], Any],
    print_site: Callable[..., None],
) -> Path:
    """A page of all exhibits on the hostile text, or the whole journal on it."""
    folder = tmp_path_factory.mktemp("hostile")
    root = any_text.journal_of(NAME, folder)
    if request.param == "exhibits":
        small = journal_in(folder)
        config = (small.root / "_quarto.yml").read_text(encoding="utf-8")
        config = config.replace("_site}", '_site, resources: ["assets/**"]}')
        small.write("_quarto.yml", config.replace("/small/", "/") + FORMAT)
        small.page(EXHIBITS, "journal/2025-07-02-exhibits.qmd")
        shutil.copytree(root / "data", small.root / "data")
        root = small.root
    own = ("JOURNAL_DATA", "PRESS_RECORDS")
    environment = {name: value for name, value in os.environ.items() if name not in own}
    environment |= {"JOURNAL_SMOKE": "1", "JOURNAL_MODELS": str(folder / "models")}
    print_site(root, folder / "site", environment)
    return folder / "site"


def bring_to_life(page: Any) -> None:
    """Scroll to the end, wake what wakes, write the hostile text into each live tokenizer, and
    search for it.
    """
    page.evaluate("document.querySelectorAll('details').forEach((fold) => { fold.open = true; })")
    page.evaluate(
        """async () => { for (let y = 0; y < document.documentElement.scrollHeight; y += innerHeight) {
            scrollTo({ top: y, behavior: "instant" }); await new Promise(requestAnimationFrame); } }"""
    )
    wake_plots(page)
    wake_maps(page)
    for box in page.locator(".ex-reader").all():
        box.scroll_into_view_if_needed()
        box.locator("textarea").fill(HOSTILE[:1_500])
        ids = box.locator(".ex-ids", has_text=re.compile(r"\b27\b"))  # of "<", maybe hidden
        ids.first.wait_for(state="attached", timeout=WAIT)
    page.locator(".search-open").click()
    page.keyboard.type("clerk")  # of the title, so that an excerpt has it
    page.locator(".search-results a").first.wait_for(timeout=WAIT)


@pytest.fixture(scope="module")
def read(visiting: Callable[..., Any], names: list[str]) -> dict[str, Read]:
    """By page, what was noted of it once every part was alive."""
    found = {}
    for name in [*names, "404.html"]:
        page = visiting(name, script=DIALOGS)
        bring_to_life(page)
        page.wait_for_load_state("networkidle")
        noted = [page.evaluate(what) for what in ("violations", "dialogs", INJECTED, TWICE)]
        found[name] = Read([*page.watch.faults], *noted, page.locator("body").inner_text())
        page.done()
    return found


def test_no_page_opens_a_dialog_or_asks_another_host(read: dict[str, Read]) -> None:
    assert {name: page.dialogs for name, page in read.items() if page.dialogs} == {}
    assert {name: page.faults for name, page in read.items() if page.faults} == {}
    assert {name: page.stopped for name, page in read.items() if page.stopped} == {}


def test_no_element_comes_out_of_the_text(read: dict[str, Read]) -> None:
    assert {name: page.injected for name, page in read.items() if page.injected} == {}


def test_no_name_of_a_place_comes_out_of_the_text(read: dict[str, Read]) -> None:
    """The text has an element of a claim's id in it, and one of a measured value's key."""
    assert {name: page.twice for name, page in read.items() if page.twice} == {}


def test_what_would_be_markup_is_there_to_be_read(read: dict[str, Read]) -> None:
    """So the pages did show it, and the tests above looked at something."""
    dated = [page for name, page in read.items() if name.startswith("journal/2025")]
    title = " ".join(any_text.TITLES[NAME].split())
    assert dated and all(title in " ".join(page.words.split()) for page in dated)
    assert any(
        mark in page.words
        for page in read.values()
        for mark in ("alert(", "onerror", "{python}", "evil.example")
    )


@pytest.mark.parametrize(
    "markup",
    [
        '<img src="http://evil.example/a.png">',
        "<b onclick='alert(1)'>b</b>",
        "<style>body { color: red }</style>",
        "<iframe srcdoc='x'></iframe>",
        '<a href="javascript:alert(1)">a</a>',
        "<link rel='stylesheet' href='http://evil.example/a.css'>",
        "<form action='http://evil.example/'></form>",
        "<script></script>",
        "<h1>Another</h1>",
    ],
)
def test_an_element_that_came_in_would_be_seen(visit: Callable[..., Any], markup: str) -> None:
    page = visit("404.html")
    assert page.evaluate(INJECTED) == []
    page.evaluate(
        "(markup) => document.querySelector('main').insertAdjacentHTML('beforeend', markup)", markup
    )
    assert len(page.evaluate(INJECTED)) == 1
