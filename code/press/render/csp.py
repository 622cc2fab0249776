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
from collections import Counter
from collections.abc import Iterator
from functools import cache
from importlib import resources

from press.base.errors import Problem
from press.base.html_tags import tags_of
from press.execute.notebook import Run
from press.source.page import Page

POLICY = (
    "default-src 'self'; script-src 'self' 'wasm-unsafe-eval' {hashes};"
    " style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; worker-src 'self';"
    " object-src 'none'; base-uri 'self'; form-action 'none'"
)
SCRIPT = re.compile(r"<script>(.*?)</script>", re.S)
BLOCKS = "the page's policy blocks"
HANDLER = "put a script into assets/ and let it listen with addEventListener"
INLINE = (
    'put it into assets/ and load it: <script defer src="/assets/name.js">; where a library made'
    " it, show a picture, a table or an exhibit instead"
)
MARKUP = ("text/html", "text/markdown", "image/svg+xml")  # kinds of output
PLAYED = ("audio", "video", "source", "track", "iframe")
SHOWN_TWICE = (
    "give one of them an id of its own (a pandas Styler: uuid=, a great_tables GT: id=), or show"
    " one of them alone"
)
ELSEWHERE = re.compile(
    r"""<(?P<tag>img|iframe)\b[^>]*?\bsrc=(?P<quote>["']?)(?P<url>(?:https?:)?//[^"'\s>]*)"""
    r"(?P=quote)[^>]*>(?:(?<!/>)(?:(?!<iframe).)*?</iframe>)?",
    re.S,
)
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


def linked(page: Page, body: str) -> str:
    """Return a body in which a picture or a frame of another host, as the prose has it, is a link.

    What a cell shows is left for `policy_problems` to refuse.
    """
    prose = html.unescape("".join(block.text for block in page.prose))

    def link(match: re.Match[str]) -> str:
        url = html.unescape(match["url"])
        if url not in prose:
            return match[0]
        words = re.search(r"""\b(?:alt|title)=["']([^"']+)["']""", match[0])
        text = words[1] if words else match["url"]
        inside = body.rfind("<a ", 0, match.start()) > body.rfind("</a>", 0, match.start())
        return text if inside else f'<a href="{match["url"]}">{text}</a>'

    return ELSEWHERE.sub(link, body)


def policy_problems(run: Run, body: str) -> Iterator[Problem]:
    """Yield what a browser would silently block in a printed body, and the ids that stand twice."""
    page, outputs, ids = run.page, _outputs_of(run), Counter[str]()
    for tag, attributes in tags_of(body):
        values = {name: value or "" for name, value in attributes.items()}
        ids.update(filter(None, [values.get("id")]))
        for text, what, remedy in _faults(tag, values):
            yield Problem(page.path, _line(page, text, outputs), what, remedy)
    for id in [id for id, times in ids.items() if times > 1]:
        has = rf"\bid=[\"']?{re.escape(id)}(?![\w:.-])"
        if lines := [line for line, markup in outputs for _ in re.findall(has, markup)]:
            cells = " and ".join(f"line {line}" for line in dict.fromkeys(lines))
            what = f"the id {id!r} stands twice, in what the cells of {cells} show"
            yield Problem(page.path, lines[-1], what, SHOWN_TWICE)


def _outputs_of(run: Run) -> list[tuple[int, str]]:
    """Return the line of each cell, with the markup that it shows."""
    shown = []
    for cell in run.notebook.cells:
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            text = output.get("text", "") if output.output_type == "stream" else ""
            markup = "\n".join([text, *(str(data.get(kind, "")) for kind in MARKUP)])
            shown.append((cell.metadata["press"]["line"], markup))
    return shown


def _faults(tag: str, values: dict[str, str]) -> Iterator[tuple[str, str, str]]:
    for name, value in values.items():
        loads = name in ("src", "srcset", "poster") or (tag == "link" and name == "href")
        if name.startswith("on"):
            yield name, f"{BLOCKS} the inline handler {name}", HANDLER
        if re.match(r"\s*javascript:", value, re.I):
            remedy = "link to a place, or put a script into assets/"
            yield value, f"{BLOCKS} the address {value[:40]!r}", remedy
        elif loads and tag in PLAYED and value.startswith("data:"):
            remedy = "write it into assets/, and name the file"
            yield value[:60], f"{BLOCKS} the data in <{tag}>", remedy
        elif loads and re.match(r"\s*(?:https?:)?//", value, re.I):
            remedy = "copy it into the project: a page asks no other host"
            yield value, f"<{tag}> would load {value!r} from another host", remedy
    kind = values.get("type", "").strip().lower()
    if tag == "script" and "src" not in values and kind in ("", "module", "text/javascript"):
        yield "<script", f"{BLOCKS} an inline script", INLINE
    if tag in FORBIDDEN:
        yield f"<{tag}", f"the page's policy has no place for <{tag}>", FORBIDDEN[tag]


def _line(page: Page, text: str, outputs: list[tuple[int, str]]) -> int:
    """Return the line of a page's prose that holds a text, else of the cell that shows it, or 0."""
    for block in page.prose:
        for number, line in enumerate(block.text.split("\n"), block.line):
            if text.lower() in html.unescape(line).lower():
                return number
    shown = (line for line, markup in outputs if text.lower() in html.unescape(markup).lower())
    return next(shown, 0)
