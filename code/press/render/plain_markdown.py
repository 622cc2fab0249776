"""Write an executed page as plain Markdown (page.md): for language models and the feed.

It has prose, code and the outputs of cells, without HTML: an exhibit gives its text/plain, a table
becomes a table of Markdown, a link has its whole address. Pandoc makes it from the page's HTML, so
that numbers of figures and references are those of the page. Measured values are left out, as in
the page: two builds give the same bytes.
"""

import copy
import functools
import html
import re
from dataclasses import replace
from typing import Any
from urllib.parse import quote, urljoin

import nbformat

from press.execute.notebook import Run, raw_html
from press.execute.receipt import MEASURED
from press.render.pandoc import citing, convert, remembered, to_html
from press.render.weave import IMAGES, PLOTLY, alt_of, fenced, weave
from press.source.dates import day
from press.source.page import Page
from press.source.quarto_yml import Config

STAND_IN = "(measured)"
TABLE = re.compile(r"<table class=\"ex-table.*?</table>", re.S)
LISTING = re.compile(r'<div id="listing"[^>]*>\s*</div>')
SIMPLER = (  # what stands in a page, and what its Markdown has for it
    (r'<(?:div|summary) class="callout-header">(.*?)</(?:div|summary)>', r"<p><b>\1</b></p>"),
    (r'<iframe\b[^>]*?\ssrc="([^"]*)".*?</iframe>', r'<p><a href="\1">\1</a></p>'),  # else fetched
    (r"<summary>.*?</summary>", ""),  # of folded code
    (r'<div class="tabs" role="tablist">.*?</div>', ""),
    (r'<p class="tab-title">(.*?)</p>', r"<p><b>\1</b></p>"),
    (r'</?(?:section(?! id="footnotes)|details|figure|figcaption|span|bdi)\b[^>]*>', ""),
)
GFM = "gfm-raw_html-tex_math_gfm+tex_math_dollars"


def markdown_head(page: Page, config: Config) -> str:
    """Return the head of a page's Markdown: title, day, address, description."""
    line = ". ".join(
        filter(None, [day(page.date), f"<{address(page.href, config)}>" if config.site_url else ""])
    )
    parts = [f"# {page.title}", line, page.description]
    return "\n\n".join(filter(None, parts)) + "\n\n"


def markdown_path(page: Page) -> str:
    """Return the path of a page's Markdown in the site."""
    return page.path.removesuffix(".qmd") + ".md"


def address(href: str, config: Config) -> str:
    """Return the whole address of a file of the site; its path where the site has no address."""
    return config.site_url + quote(href)


def page_markdown(run: Run, config: Config, listed: list[Page], more: int = 0) -> str:
    """Return the Markdown of an executed page.

    listed: the newest entries of its listing; more: the number of older ones.
    """
    page = run.page
    woven = weave(replace(run, notebook=_in_words(run.notebook)))
    lines = []
    for other in listed:
        href, title = html.escape(address(other.href, config)), html.escape(other.title)
        about = html.escape(other.description)
        lines.append(f'<li>{day(other.date)}: <a href="{href}">{title}</a>. {about}</li>')
    if more:
        link = f'<a href="{address("llms.txt", config)}">llms.txt</a>'
        lines.append(f"<li>{more:,} earlier ones: {link} has all.</li>")
    entries = f"<ul>{''.join(lines)}</ul>" if lines else ""
    options = citing(page, config.root)
    source = "\n".join((config.site_url, entries, woven, *options))
    make = functools.partial(_convert, page, config, woven, entries, *options)
    return markdown_head(page, config) + remembered(config.work, f"plain/{page.path}", source, make)


def _in_words(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Return a copy of the notebook with text in place of what only a page can show."""
    notebook = copy.deepcopy(notebook)
    for cell in notebook.cells:
        press = cell.metadata.get("press", {})
        if cell.get("outputs"):
            cell.outputs = [_output(one, press.get("options", {})) for one in cell.outputs]
        if "values" in press:
            press["values"] = [_value(dict(data)) for data in press["values"]]
    return notebook


def _output(output: nbformat.NotebookNode, options: dict[str, Any]) -> nbformat.NotebookNode:
    data = output.get("data")
    if not data:
        return output
    if data.keys() & {PLOTLY, *IMAGES} and not data.keys() & {"text/markdown", "text/html"}:
        figure = {"text/plain": f"[figure] {alt_of(options)}"}
        return nbformat.NotebookNode({**output, "data": figure, "output_type": "display_data"})
    markdown = str(data.get("text/markdown", ""))
    raw = raw_html(markdown) if markdown else data.get("text/html")
    if raw is None and markdown:
        return nbformat.NotebookNode({**output, "data": _value(dict(data))})  # Markdown of its own
    tables = TABLE.findall(raw or "")
    words = str(data.get("text/plain", ""))
    if len(tables) == 1 and "ex-chips" not in str(raw):
        plain = {"text/markdown": fenced(MEASURED.sub(STAND_IN, tables[0]), "{=html}")}
    else:
        for match in MEASURED.finditer(raw or ""):
            words = words.replace(html.unescape(match["text"]), STAND_IN)
        plain = {"text/plain": words}
    return nbformat.NotebookNode({**output, "data": plain})


def _value(data: dict[str, str]) -> dict[str, str]:
    """Return an inline value, or Markdown, without measured values."""
    markdown = str(data.get("text/markdown", ""))
    if MEASURED.search(markdown):
        return {"text/plain": STAND_IN}
    return {"text/plain": str(data.get("text/plain", ""))} if "{=html}" in markdown else data


def _convert(page: Page, config: Config, woven: str, entries: str, *options: str) -> str:
    body = to_html(woven, page.path, "--syntax-highlighting=none", *options)
    set_in = LISTING.sub(lambda _: entries, body)
    body = set_in if set_in != body else body + entries
    for pattern, words in SIMPLER:
        body = re.sub(pattern, words, body, flags=re.S)
    if config.site_url:
        here = address(page.href, config)

        def whole(match: re.Match[str]) -> str:
            return f'{match[1]}="{html.escape(urljoin(here, html.unescape(match[2])))}"'

        body = re.sub(r'(?<=\s)(href|src)="([^"]*)"', whole, body)
    return convert(body, "html", GFM, page.path)
