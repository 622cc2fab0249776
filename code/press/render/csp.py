"""Write the Content-Security-Policy of every page, and refuse what a browser would block.

Source: W3C, Content Security Policy Level 3. Scripts come from the site's own files; inline ones
are named by their hash: the theme's, and those in `include-in-header` of _quarto.yml. There is no
eval. Three things are open, each for a part of the site:

- 'wasm-unsafe-eval' lets pagefind compile its WebAssembly in the page, where no worker starts;
- inline styles: colours of chips, sizes of plots, the style elements that plotly.js makes;
- blob: as the address of an image, by which plotly.js saves a plot as a picture.

Quarto's own pages carry inline scripts that differ from version to version, and have no policy.
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
from press.source.page import Page

POLICY = (
    "default-src 'self'; script-src 'self' 'wasm-unsafe-eval' {hashes};"
    " style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; worker-src 'self';"
    " object-src 'none'; base-uri 'self'; form-action 'none'"
)
SCRIPT = re.compile(r"<script>(.*?)</script>", re.S)
HANDLER = "put a script into assets/ and let it listen with addEventListener"
INLINE = 'put it into assets/ and load it: <script defer src="/assets/name.js">'
FORBIDDEN = {  # elements, each with what to write instead
    "form": "a site of files answers no form: write a link",
    **dict.fromkeys(("object", "embed", "base", "meta"), "use an image, a link or an iframe"),
}


def digest(script: str) -> str:
    """Return the hash of a script as a policy names it.

    >>> digest("")
    "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='"
    """
    return f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"


@cache
def theme_script() -> str:
    """Return the one inline script of the theme, from the template of a page."""
    template = resources.files("press.render").joinpath("theme", "page.html.j2")
    (script,) = SCRIPT.findall(template.read_text(encoding="utf-8"))
    return str(script)


def content_policy(header: str = "") -> str:
    """Return the policy of every page; header: what _quarto.yml puts into each head.

    >>> content_policy("<script>x = 1</script>").count("sha256")
    2
    """
    hashes = map(digest, [theme_script(), *SCRIPT.findall(header)])
    return POLICY.format(hashes=" ".join(hashes))


def policy_problems(page: Page, body: str) -> Iterator[Problem]:
    """Yield what a printed body holds and a browser would silently refuse to run or to load."""
    reader = _Reader()
    reader.feed(body)
    for text, what, remedy in reader.faults:
        yield Problem(page.path, _line(page, text), what, remedy)


class _Reader(HTMLParser):
    """Collects of each fault its text in the page, what is wrong, and the remedy."""

    def __init__(self) -> None:
        super().__init__()
        self.faults: list[tuple[str, str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        blocks = "the page's policy blocks"
        values = {name: value or "" for name, value in attrs}
        for name, value in values.items():
            loads = name in ("src", "srcset", "poster") or (tag == "link" and name == "href")
            if name.startswith("on"):
                self.faults.append((name, f"{blocks} the inline handler {name}", HANDLER))
            if re.match(r"\s*javascript:", value, re.I):
                remedy = "link to a place, or put a script into assets/"
                self.faults.append((value, f"{blocks} the address {value[:40]!r}", remedy))
            elif loads and re.match(r"\s*(?:https?:)?//", value, re.I):
                remedy = "copy it into the project: a page asks no other host"
                what = f"<{tag}> would load {value!r} from another host"
                self.faults.append((value, what, remedy))
        kind = values.get("type", "").strip().lower()
        if tag == "script" and "src" not in values and kind in ("", "module", "text/javascript"):
            self.faults.append(("<script", f"{blocks} an inline script", INLINE))
        if tag in FORBIDDEN:
            what = f"the page's policy has no place for <{tag}>"
            self.faults.append((f"<{tag}", what, FORBIDDEN[tag]))


def _line(page: Page, text: str) -> int:
    """Return the line of a page's prose that holds a text; 0 if a cell printed it."""
    for block in page.prose:
        for number, line in enumerate(block.text.split("\n"), block.line):
            if text.lower() in html.unescape(line).lower():
                return number
    return 0
