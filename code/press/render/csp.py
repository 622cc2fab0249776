"""The Content-Security-Policy of every page: what a browser may run and load, and what it must
refuse.

Source: W3C, Content Security Policy Level 3. Scripts come from the site's own files; the one inline
script of the theme is named by its hash, which is computed from the template, and so is a script in
`include-in-header` of _quarto.yml. There is no eval. What had to be found out:

- pagefind runs its WebAssembly in a worker, which has the policy of its own answer, not the page's. Where the worker
  does not start, the page itself compiles it: 'wasm-unsafe-eval' lets it, and allows no eval of
  text.
- plotly.js 4 evaluates nothing. It puts two <style> elements into the page: an empty one that it fills rule by rule,
  which no policy sees, and MapLibre's stylesheet as text, at start, whether a map is drawn or not.
  Both are named by hash, the second one's text being read from the installed plotly.min.js. Its
  styles are set by script, which is free. Saving a plot as a picture draws it from a blob.
- Colours of chips, sizes of stills and the alignment of Pandoc's tables are style attributes: those are allowed, style
  elements are not, but for what a page itself brings: each by its hash.

Quarto's own pages carry inline scripts that differ from version to version, and get no policy from
here.
"""

import base64
import hashlib
import html
import re
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from importlib import resources

from press.base.errors import Problem
from press.source.page import Page, Prose

SCRIPT = re.compile(r"<script>(.*?)</script>", re.S)
STYLE = re.compile(r"<style[^>]*>(.*?)</style>", re.S)
MAPLIBRE = b"textContent='.maplibregl-map{"
SUSPECT = re.compile(
    r"<(?:script(?!"
    r" type=\"application/json\")|object|embed|form|base|meta)\b|\son\w+\s*=|javascript:"
    r"|\s(?:src|srcset|poster)\s*=\s*[\"']?\s*(?:https?:)?//|<link\b",
    re.I,
)


def digest(text: str) -> str:
    """A hash as a policy names it.

    >>> digest("")
    "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='"
    """
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


@cache
def theme_script() -> str:
    """The inline script of the theme, from the page's template."""
    template = (
        resources.files("press.render")
        .joinpath("theme", "page.html.j2")
        .read_text(encoding="utf-8")
    )
    (script,) = SCRIPT.findall(template)
    return str(script)


@cache
def plotly_style() -> str:
    """The stylesheet that plotly.min.js puts into a page when it starts; '' if it has none."""
    source = resources.files("plotly").joinpath("package_data", "plotly.min.js").read_bytes()
    at = source.find(MAPLIBRE)
    found = (
        re.match(rb"textContent='((?:[^'\\]|\\.)*)'", source[at : at + 1_000_000])
        if at >= 0
        else None
    )
    return re.sub(r"\\(.)", r"\1", found[1].decode()) if found else ""


def content_policy(header: str = "", body: str = "") -> str:
    """The policy of a page; header: what _quarto.yml puts into its head, body: its own HTML.

    >>> "'unsafe-eval'" in content_policy(), content_policy("<script>x = 1</script>").count("'sha256-")
    (False, 4)
    """
    scripts = [theme_script(), *SCRIPT.findall(header)]
    styles = ["", plotly_style(), *STYLE.findall(header), *STYLE.findall(body)]
    rules = {
        "default-src": ["'self'"],
        "script-src": ["'self'", "'wasm-unsafe-eval'", *map(digest, scripts)],
        "style-src-elem": ["'self'", *map(digest, dict.fromkeys(styles))],
        "style-src-attr": ["'unsafe-inline'"],
        "img-src": ["'self'", "data:", "blob:"],
        "worker-src": ["'self'"],
        "object-src": ["'none'"],
        "base-uri": ["'self'"],
        "form-action": ["'none'"],
    }
    return "; ".join(f"{name} {' '.join(sources)}" for name, sources in rules.items())


def blocked(page: Page, body: str) -> Iterator[Problem]:
    """Problems for what a printed body holds and a browser would refuse to run or to load, without
    a word to a reader.
    """
    if SUSPECT.search(body):
        reader = _Reader()
        reader.feed(body)
        for seen, what, remedy in reader.found:
            yield Problem(page.path, _line(page, seen), what, remedy)


class _Reader(HTMLParser):
    """Collects (a piece of the source, what is wrong, the remedy)."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        for name, value in given.items():
            if name.startswith("on"):
                remedy = "put a script into assets/ and let it listen with addEventListener"
                self.found.append(
                    (name, f"the page's policy blocks the inline handler {name}", remedy)
                )
            if re.match(r"\s*javascript:", value, re.I):
                remedy = "link to a place, or put a script into assets/"
                self.found.append(
                    (value, f"the page's policy blocks the address {value[:40]!r}", remedy)
                )
            loads = name in ("src", "srcset", "poster") or (tag == "link" and name == "href")
            if loads and re.match(r"\s*(?:https?:)?//", value, re.I):
                remedy = "copy it into the project: a page asks no other host"
                self.found.append(
                    (value, f"<{tag}> would load {value!r} from another host", remedy)
                )
        kind = given.get("type", "").strip().lower()
        if tag == "script" and "src" not in given and kind in ("", "module", "text/javascript"):
            remedy = 'put it into assets/ and load it: <script defer src="/assets/name.js">'
            self.found.append(("<script", "the page's policy blocks an inline script", remedy))
        if tag in ("object", "embed", "form", "base", "meta"):
            remedy = {"form": "a site of files answers no form: write a link"}.get(
                tag, "use an image, a link or an iframe"
            )
            self.found.append((f"<{tag}", f"the page's policy has no place for <{tag}>", remedy))


def _line(page: Page, seen: str) -> int:
    """The line of a page's prose on which something stands; 0 if a cell printed it."""
    for block in page.blocks:
        if isinstance(block, Prose):
            for number, line in enumerate(block.text.split("\n"), block.line):
                if seen.lower() in html.unescape(line).lower():
                    return number
    return 0
