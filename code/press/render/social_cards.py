"""Draw the social card of every page: date, title and description on 1200 x 630 pixels.

A messenger or a feed's reader shows it beside a link (og:image). It is set in Source Serif Pro,
which a wheel carries. The font has Latin, Greek and Cyrillic letters; a text in another script is
left out, and the printer says so. A card names in its PNG what it was made from.
"""

import io
import os
import posixpath
import re
import textwrap
import unicodedata
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from functools import cache
from importlib import metadata, resources
from pathlib import Path
from typing import Any
from urllib.parse import quote

from PIL import Image, ImageDraw, ImageFont, PngImagePlugin

from press.base.errors import PressError, Problem
from press.base.files import files_below, sha256, write_atomically
from press.source.dates import day
from press.source.page import Page
from press.source.quarto_yml import Config

FOLDER = "assets/cards"
SIZE = (1200, 630)
LEFT, TOP, FOOT, WIDTH = 96, 84, 540, 1008  # margins, the line at the foot, the width of the text
# light values of exhibits.css
PAPER, INK, SOFT, MACHINE, RULE = ("#fbfaf7", "#1d1f24", "#565b65", "#0a6464", "#d9d4c8")
TITLE_SIZES = (92, 80, 70, 62, 54)  # the largest in which the title takes three lines
COLOURS = 32  # of a PNG: a fifth of the bytes of 24-bit colour
MADE_FROM = "made from"  # the text in a PNG that has the hash of its words


@dataclass(frozen=True)
class Words:
    """The words of a card."""

    date: str
    title: str
    description: str
    site: str


def card(page: Page) -> str:
    """Return the path of a page's card, in the project and in the site."""
    return f"{FOLDER}/{page.path.removesuffix('.qmd')}.png"


def card_words(page: Page, config: Config) -> Words:
    """Return the words of a page's card."""
    return Words(day(page.date), page.title, page.description, config.title)


def make_cards(config: Config, pages: list[Page]) -> tuple[list[Path], list[Problem]]:
    """Bring assets/cards up to date for these pages, and remove the cards of others.

    Returns: the cards, and a problem for each page whose words the font cannot show.
    """
    texts = {card(page): card_words(page, config) for page in pages}
    for name in files_below(config.root / FOLDER):
        path = f"{FOLDER}/{name}"
        if path not in texts and _made_from(config.root / path):
            (config.root / path).unlink()
    stale = [path for path in texts if _made_from(config.root / path) != _key(texts[path])]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for path, data in zip(stale, pool.map(draw_card, map(texts.get, stale)), strict=True):
            write_atomically(config.root / path, data)
    problems = [problem for page in pages for problem in _missing_letters(page, texts[card(page)])]
    return [config.root / path for path in sorted(texts)], problems


def _made_from(file: Path) -> str:
    """Return the hash of the words that a card was drawn from; "" for what is no card of ours."""
    try:
        with Image.open(file) as image:
            return str(image.info.get(MADE_FROM, ""))
    except (OSError, ValueError, SyntaxError):  # as Pillow's readers have it
        return ""


def _key(words: Words) -> str:
    return sha256(repr((_drawn_by(), words)))


@cache
def _drawn_by() -> str:
    """Return a hash of what draws: this file, Pillow, the fonts."""
    versions = [metadata.version(name) for name in ("pillow", "font-source-serif-pro")]
    return sha256(repr((Path(__file__).read_bytes(), versions)))


@cache
def face(name: str, size: int) -> ImageFont.FreeTypeFont:
    """Return a face at a size in pixels, laid out by Pillow itself: the same bytes everywhere."""
    file = resources.files("font_source_serif_pro").joinpath("files", f"SourceSerifPro-{name}.ttf")
    layout = ImageFont.Layout.BASIC
    return ImageFont.truetype(io.BytesIO(file.read_bytes()), size, layout_engine=layout)


@cache
def has_glyph(char: str) -> bool:
    """Return whether the font has a character: it draws one box for all that it lacks.

    >>> has_glyph("a"), has_glyph("Ж"), has_glyph("க")
    (True, True, False)
    """
    mask, box = (face("Regular", 40).getmask(one) for one in (char, "\U0010ffff"))
    return char.isspace() or (mask.size, bytes(mask)) != (box.size, bytes(box))


def lacks_glyph(text: str) -> str:
    """Return the characters of a text that the font lacks, each once."""
    return "".join(dict.fromkeys(c for c in unicodedata.normalize("NFC", text) if not has_glyph(c)))


def _missing_letters(page: Page, words: Words) -> Iterator[Problem]:
    parts = {"title": words.title, "description": words.description, "site's title": words.site}
    missing = {part: lacks_glyph(text) for part, text in parts.items()}
    lost = " and ".join(f"the {part} ({chars!r})" for part, chars in missing.items() if chars)
    if lost:
        what = f"its card leaves out {lost}: the card's font has no such letters"
        remedy = "draw a picture yourself, and name it in the front matter"
        yield Problem(page.path, 1, what, f"{remedy} as image: /assets/my-card.png")


def draw_card(words: Words) -> bytes:
    """Return a card as PNG: date, title, description, and at the foot the site's title."""
    image = Image.new("RGB", SIZE, PAPER)
    pen = ImageDraw.Draw(image)
    normal = {part: unicodedata.normalize("NFC", text) for part, text in asdict(words).items()}
    text = {part: "" if lacks_glyph(value) else value for part, value in normal.items()}
    pen.text((LEFT, TOP), text["date"], SOFT, face("It", 40))
    top = TOP + 66 * bool(text["date"])
    for size in TITLE_SIZES:
        lines = wrap(text["title"], face("Regular", size), 3)
        if not lines[-1].endswith("…"):
            break
    for line in lines:
        # the white edge of a capital hangs out
        pen.text((LEFT - size // 24, top), line, INK, face("Regular", size))
        top += round(size * 1.14)
    for line in wrap(text["description"], face("Regular", 34), min((FOOT - 60 - top) // 46, 3)):
        pen.text((LEFT, top + 30), line, SOFT, face("Regular", 34))
        top += 46
    pen.line([(LEFT, FOOT), (LEFT + WIDTH, FOOT)], RULE, 2)
    (site,) = wrap(text["site"], face("Semibold", 32), 1)
    pen.text((LEFT, FOOT + 22), site, INK, face("Semibold", 32))
    # the cursor, as behind the site's title
    at = LEFT + round(face("Semibold", 32).getlength(site)) + 8 * bool(site)
    pen.rectangle([at, FOOT + 28, at + 15, FOOT + 59], MACHINE)
    file, about = io.BytesIO(), PngImagePlugin.PngInfo()
    about.add_text(MADE_FROM, _key(words))
    image.quantize(COLOURS, dither=Image.Dither.NONE).save(file, "PNG", pnginfo=about)
    return file.getvalue()


def wrap(text: str, font: ImageFont.FreeTypeFont, most: int) -> list[str]:
    """Break a text into at most `most` lines of the card's width; what is over ends in "…".

    >>> wrap("one two " * 20, face("Regular", 92), 1)
    ['one two one two one…']
    """
    columns = 5 * WIDTH // round(font.size)  # more of the narrowest letters than a line holds
    while True:
        lines = textwrap.wrap(
            text, columns, max_lines=most, placeholder="…", break_on_hyphens=False
        )
        if all(font.getlength(line) <= WIDTH for line in lines):
            return lines or [""]
        columns -= 1


def card_picture(page: Page, config: Config) -> dict[str, Any] | None:
    """Return the picture of a page for links elsewhere: its `image`, else its card.

    It is None for a site without an address.
    Raises: PressError for an `image` that is no file of the project.
    """
    image = str(page.meta.get("image", ""))
    alt = ". ".join(filter(None, [page.title, day(page.date), config.title]))
    alt = str(page.meta.get("image-alt", "")) or alt
    if not config.site_url:
        return None
    if not image or image.removeprefix("/") == card(page):
        width, height = SIZE
        href = config.site_url + quote(card(page))
        return {"href": href, "alt": alt, "width": width, "height": height}
    if re.match("https?://", image):
        return {"href": image, "alt": alt, "width": None}
    folder = "" if image.startswith("/") else posixpath.dirname(page.path)
    path = posixpath.normpath(posixpath.join(folder, image.removeprefix("/")))
    if path.startswith("..") or not (config.root / path).is_file():
        what = f"the image {image!r} is no file of the project"
        remedy = "mend the path, or take it out: the page has a card of its own"
        raise PressError.at(page.path, 1, what, remedy)
    return {"href": config.site_url + quote(path), "alt": alt, "width": None}
