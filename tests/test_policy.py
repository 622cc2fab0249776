"""The pages' Content-Security-Policy: what it says, what it stops in Chromium, what a page may not
hold under it.
"""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from press.render.csp import digest, theme_script


def rules(page: str) -> dict[str, list[str]]:
    """The policy of a printed page, by directive."""
    (said,) = re.findall(r'<meta http-equiv="Content-Security-Policy" content="([^"]*)">', page)
    parts = [part.split() for part in said.replace("&#39;", "'").split("; ")]
    return {name: sources for name, *sources in parts}


@pytest.mark.printer("builtin", "a page of Quarto has no policy")
def test_every_page_has_a_policy_before_anything_runs(site: Path) -> None:
    for file in site.rglob("*.html"):
        page = file.read_text(encoding="utf-8")
        policy = rules(page)
        assert policy["default-src"] == ["'self'"]
        assert policy["script-src"] == ["'self'", "'wasm-unsafe-eval'", digest(theme_script())], (
            file.name
        )
        assert policy["object-src"] == policy["form-action"] == ["'none'"]
        assert policy["base-uri"] == policy["worker-src"] == ["'self'"]
        assert page.index("Content-Security-Policy") < page.index("<script")
        assert re.findall(r"<script>(.*?)</script>", page, re.S) == [theme_script()], file.name


def test_what_the_author_puts_into_the_head_is_named_by_its_hash(journal: Any) -> None:
    config = journal.root / "_quarto.yml"
    head = "format: {html: {include-in-header: {text: '<script>window.mine = 1</script>'}}}\n"
    config.write_text(config.read_text() + head)
    policy = rules((journal.render() / "index.html").read_text(encoding="utf-8"))
    assert digest("window.mine = 1") in policy["script-src"]


@pytest.mark.parametrize(
    ("markup", "said"),
    [
        ("<script>alert(1)</script>", "blocks an inline script; put it into assets/"),
        (
            '<script src="https://host.example/x.js"></script>',
            "from another host; copy it into the project",
        ),
        ('<p onclick="go()">x</p>', "inline handler onclick"),
        ('<a href="javascript:go()">x</a>', "blocks the address 'javascript:go()'"),
        ('<object data="x.svg"></object>', "no place for <object>"),
        ('<form action="https://host.example/"></form>', "a site of files answers no form"),
    ],
)
def test_what_the_policy_would_stop_is_refused_with_its_line(
    journal: Any, markup: str, said: str
) -> None:
    journal.page(f"Text.\n\n```{{=html}}\n{markup}\n```\n")
    answer = journal.press("render", "--with", "builtin")
    assert answer.status == 1 and answer.err.startswith("journal/2025-07-02-a.qmd:8: "), answer.err
    assert said in answer.err


def test_a_picture_or_a_frame_of_another_host_is_a_link_in_prose_and_refused_of_a_cell(
    journal: Any,
) -> None:
    frame = '```{=html}\n<iframe src="//host.example/" title="A film"></iframe>\n```\n'
    journal.page(f"![A cat](https://host.example/cat.png)\n\n{frame}")
    journal.render()
    page = journal.body()
    assert '<a href="https://host.example/cat.png">A cat</a>' in page and "<img src" not in page
    assert '<a href="//host.example/">A film</a>' in page and "<iframe" not in page
    shown = "display({'text/html': '<img src=\"https://host.example/dog.png\">'}, raw=True)"
    journal.page(f"```{{python}}\n{shown}\n```\n")
    said = journal.press("render", "--with", "builtin")
    assert said.status == 1
    what = "journal/2025-07-02-a.qmd:6: <img> would load 'https://host.example/dog.png'"
    assert said.err.startswith(what), said.err


def test_code_and_data_that_only_look_like_scripts_are_no_fault(journal: Any) -> None:
    journal.page(
        '`<script>alert(1)</script>` and onclick="x" in prose, [a'
        ' link](https://host.example/).\n\n```{=html}\n<script type="application/json">{"a":'
        ' 1}</script><script src="/assets/x.js"></script>\n```\n'
    )
    journal.write("assets/x.js", "1;\n")
    journal.write(
        "_quarto.yml",
        (journal.root / "_quarto.yml")
        .read_text()
        .replace("_site}", '_site, resources: ["assets/**"]}'),
    )
    journal.render()


# -- In Chromium


@pytest.mark.printer("builtin", "a page of Quarto has no policy")
@pytest.mark.browser
@pytest.mark.parametrize(
    ("attack", "directive"),
    [
        ("const e = document.createElement('script'); e.textContent = 'window.ran = 1'; document.head.append(e)", "script-src-elem"),
        ("const e = document.createElement('p'); document.body.append(e); e.setAttribute('onclick', 'window.ran = 1'); e.click()", "script-src-attr"),
        ("new Image().src = 'https://host.example/x.png'", "img-src"),
        ("fetch('https://host.example/').catch(() => 0)", "connect-src"),
        ("document.head.append(Object.assign(document.createElement('script'), {src: 'https://host.example/x.js'}))", "script-src-elem"),
    ],
)  # fmt: skip
def test_the_policy_stops_what_it_should(
    visit: Callable[..., Any], entry: str, attack: str, directive: str, until: Callable[..., None]
) -> None:
    page = visit(entry)
    page.evaluate(f"{{ {attack} }}")
    until(page, "violations.length > 0")
    assert page.evaluate("violations[0]").startswith(directive + ": ")
    assert page.evaluate("window.ran") is None


@pytest.mark.printer("builtin", "a page of Quarto has no policy")
@pytest.mark.browser
def test_an_inline_script_in_the_file_itself_does_not_run(
    visit: Callable[..., Any], site: Path, tmp_path: Path
) -> None:
    """From file://, where 'self' has to mean the files, as well: the theme's script runs, a foreign
    one does not.
    """
    text = (site / "index.html").read_text(encoding="utf-8")
    (tmp_path / "index.html").write_text(
        text.replace("</body>", "<script>window.ran = 1</script></body>"), encoding="utf-8"
    )
    page = visit("index.html", tmp_path.as_uri() + "/")
    assert page.evaluate("[window.ran, document.documentElement.dataset.theme]") == [None, "light"]
    assert page.evaluate("violations") == ["script-src-elem: inline"]


@pytest.mark.printer("builtin", "Quarto's search is its own")
@pytest.mark.browser
def test_the_search_works_where_a_worker_does_not_start(visit: Callable[..., Any]) -> None:
    """Then pagefind compiles its WebAssembly in the page: 'wasm-unsafe-eval' is there for this."""
    page = visit(
        "index.html", script="window.Worker = function () { throw new Error('no workers here'); };"
    )
    page.locator(".search-open").click()
    page.keyboard.type("tokenizer")
    page.locator(".search-results a").first.wait_for()
    assert page.evaluate("violations") == []


@pytest.mark.browser
def test_a_plot_can_be_saved_as_a_picture(visit: Callable[..., Any]) -> None:
    page = visit("journal/labs/pretraining.html")
    plot = page.locator(".ex-plot:visible").first
    plot.scroll_into_view_if_needed()
    plot.hover()
    with page.expect_download() as download:
        plot.locator("[data-title^='Download']").first.click()
    assert Path(download.value.path()).read_bytes().startswith(b"\x89PNG")
    assert page.evaluate("violations") == []
