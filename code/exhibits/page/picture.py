"""Make the small picture of a page's card: its best figure's drawing, without words.

What: a cell passes its exhibit through `picture`, which writes the drawing into assets/ without its
words, which would be too small to read. Both printers copy the file, and `picture_of` shows it on
another page. The picture has the colours of exhibits.css (picture.css repeats them, and a test
keeps them equal), light or dark like the page around it. Left out: exhibits without a drawing, such
as chips and tables.
"""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path
from xml.etree import ElementTree

from exhibits.base.asset import FOLDER, write_asset
from exhibits.base.exhibit import Exhibit, escape, one_line
from exhibits.base.site_paths import page_of, root, seen_from_here

WIDTH, HEIGHT = 320, 200  # px
EDGE = 12  # px around the drawing
LINE = 28  # px of the words above it
WORDS = {"ex-ticks", "ex-grid"}  # classes of what a small picture leaves out
OPENING = '<svg role="img"'


def picture(exhibit: Exhibit, words: str = "") -> Exhibit:
    """Write the drawing of an exhibit as the picture of the page that runs; return the exhibit.

    words: a title above the drawing, at most 26 letters
    Raises: ValueError if the exhibit has no drawing.
    """
    base = root()
    page = page_of(base)
    small = miniature(exhibit.html, words)
    if page is not None:
        write_asset(picture_name(page), small.encode())
    return exhibit


def picture_of(page: str) -> Exhibit:
    """Show the picture of another page, or an empty box of its size if that page has none.

    page: its path relative to the root, such as "journal/labs/bpe.qmd"
    """
    base = root()
    file = Path(FOLDER, picture_name(Path(page)))
    if not (base / file).is_file():
        return Exhibit('<i class="ex-picture"></i>', "No picture yet.", inline=True)
    alt = alt_of((base / file).read_text(encoding="utf-8"))
    markup = (
        f'<img class="ex-picture" src="{escape(seen_from_here(file, base))}" alt="{escape(alt)}"'
        f' width="{WIDTH}" height="{HEIGHT}" loading="lazy" decoding="async">'
    )
    return Exhibit(markup, f"Picture: {alt.removesuffix('.')}.", inline=True)


def picture_name(page: Path) -> str:
    """Return the name of a page's picture in assets/.

    >>> picture_name(Path("journal/labs/bpe.qmd"))
    'journal-labs-bpe-picture.svg'
    """
    return "-".join([*page.with_suffix("").parts, "picture.svg"])


def alt_of(drawing: str) -> str:
    """Return the title of a drawing, which is its text for a screen reader.

    >>> alt_of('<svg xmlns="http://www.w3.org/2000/svg"><title>a line</title></svg>')
    'a line'
    """
    title = ElementTree.fromstring(drawing).find("{*}title")
    return one_line(title.text or "") if title is not None else ""


def miniature(markup: str, words: str = "") -> str:
    """Return the first drawing of an exhibit as an SVG file, without its words.

    markup: of the exhibit; words: a title above the drawing
    Raises: ValueError if the exhibit has no drawing.

    >>> miniature("<p>a</p>")
    Traceback (most recent call last):
    ValueError: this exhibit has no drawing; a picture is made from a plot, a map or a diagram
    """
    whole = _first_drawing(markup)
    if whole is None:
        raise ValueError(
            "this exhibit has no drawing; a picture is made from a plot, a map or a diagram"
        )
    drawing = ElementTree.fromstring(whole)
    alt = one_line(drawing.findtext("title") or "")
    _drop_words(drawing)
    above = LINE if words else 0
    label = (
        f'<text class="label" x="{EDGE}" y="{EDGE + 14}">{escape(words)}</text>' if words else ""
    )
    drawing.attrib = {
        **{name: value for name, value in drawing.attrib.items() if name == "viewBox"},
        **{"x": str(EDGE), "y": str(EDGE + above), "overflow": "visible"},
        **{"width": str(WIDTH - 2 * EDGE), "height": str(HEIGHT - 2 * EDGE - above)},
    }
    inner = ElementTree.tostring(drawing, encoding="unicode")
    style = (files("exhibits") / "page" / "picture.css").read_text(encoding="utf-8")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}"'
        f' viewBox="0 0 {WIDTH} {HEIGHT}" role="img"><title>{escape(alt)}</title>'
        f"<style>{style}</style>"
        f'<rect width="100%" height="100%" style="fill: var(--raised)"/>'
        f'{label}<g class="ex-still">{inner}</g></svg>\n'
    )


def _first_drawing(markup: str) -> str | None:
    start, depth = markup.find(OPENING), 0
    for tag in re.finditer(r"<svg\b|</svg>", markup[start:] if start >= 0 else ""):
        depth += 1 if tag[0] == "<svg" else -1
        if depth == 0:
            return markup[start : start + tag.end()]
    return None


def _drop_words(part: ElementTree.Element) -> None:
    """Remove a drawing's words and grid lines; a glyph that marks a point stays."""
    for child in list(part):
        classes = set(child.get("class", "").split())
        word = child.tag in ("text", "title", "desc") and "ex-glyph" not in classes
        if word or classes & WORDS:
            part.remove(child)
        else:
            _drop_words(child)
