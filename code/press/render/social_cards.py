"""The social card of every page: its date, title and description as a picture, drawn in the site's
own voices.

A card is what a messenger or a feed's reader shows of a link (og:image, 1200 x 630 pixels). Set in
Source Serif Pro, which a wheel carries, since the site's own faces are those of the reader's
machine. Its bytes depend on the words, on the fonts and on Pillow alone, so two builds are equal. A
card is drawn again only if its words change: editing the prose of a page draws nothing.

The font has Latin, Greek and Cyrillic letters. A title in another script is left out rather than
drawn as boxes, and the printer says so.
"""

import hashlib
import io
import json
import os
import posixpath
import re
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from dataclasses import astuple, dataclass
from functools import cache
from importlib import metadata, resources
from pathlib import Path
from typing import Any
from urllib.parse import quote

from PIL import Image, ImageColor, ImageDraw, ImageFont

from press.base.errors import PressError, Problem
from press.base.files import write_atomically
from press.source.config import Config
from press.source.dates import day
from press.source.page import Page

FOLDER = "assets/cards"
SIZE = (1200, 630)
LEFT, RIGHT, TOP, FOOT = 96, 1104, 84, 540
# light values of exhibits.css
PAPER, INK, SOFT, MACHINE, RULE = ("#fbfaf7", "#1d1f24", "#565b65", "#0a6464", "#d9d4c8")
SIZES = (92, 80, 70, 62, 54)  # of the title, the largest that fits in three lines
# of a picture that a page names, only the head is read, however large it is
Image.MAX_IMAGE_PIXELS = None
# shades from the paper to the letters: a fifth of the bytes, and no step that can be seen
STEPS = 20
FACES = {
    "roman": "SourceSerifPro-Regular.ttf",
    "bold": "SourceSerifPro-Semibold.ttf",
    "italic": "SourceSerifPro-It.ttf",
}


@dataclass(frozen=True)
class Words:
    """What a card says."""

    date: str
    title: str
    description: str
    site: str


def card(page: Page) -> str:
    """Where the card of a page stands, in the project and in the site.

    >>> from press.source.page import parse_page
    >>> card(parse_page("---\\ntitle: x\\n---\\n", "journal/labs/a.qmd"))
    'assets/cards/journal/labs/a.png'
    """
    return f"{FOLDER}/{page.path.removesuffix('.qmd')}.png"


def words(page: Page, config: Config) -> Words:
    """What the card of a page says."""
    description = " ".join(str(page.meta.get("description", "")).split())
    return Words(day(page.date), page.title, description, config.title)


def alt(page: Page, config: Config) -> str:
    """What a card says, for who cannot see it."""
    return ". ".join(filter(None, [page.title, day(page.date), config.title]))


def make_cards(config: Config, pages: list[Page]) -> tuple[list[Path], list[Problem]]:
    """Bring assets/cards up to date for these pages, and take out cards of pages that are gone.

    Returns: the files, and a note for each page whose words its card cannot show.
    """
    note = config.work / "cards.json"
    try:
        noted = dict(json.loads(note.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        noted = {}
    wanted = {card(page): page for page in pages}
    keys = {
        name: hashlib.sha256(repr((_made_by(), words(page, config))).encode()).hexdigest()
        for name, page in wanted.items()
    }
    stale = [
        name for name in wanted if not _stands(config.root / name, noted.get(name), keys[name])
    ]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for name, data in zip(
            stale, pool.map(lambda name: draw(words(wanted[name], config)), stale), strict=True
        ):
            write_atomically(config.root / name, data)
            noted[name] = [keys[name], len(data)]
    for name in noted.keys() - wanted.keys():
        (config.root / name).unlink(missing_ok=True)
    if stale or noted.keys() - wanted.keys():
        kept = {name: noted[name] for name in sorted(wanted)}
        write_atomically(note, json.dumps(kept, indent=0).encode())
    notes = [
        Problem(page.path, 1, *said) for page in pages if (said := _unshown(words(page, config)))
    ]
    return [config.root / name for name in sorted(wanted)], notes


def _stands(file: Path, mark: object, key: str) -> bool:
    return (
        isinstance(mark, list)
        and len(mark) == 2
        and mark[0] == key
        and file.is_file()
        and file.stat().st_size == mark[1]
    )


@cache
def _made_by() -> str:
    """A hash of what draws: this file, Pillow, the fonts."""
    versions = [metadata.version(name) for name in ("pillow", "font-source-serif-pro")]
    return hashlib.sha256(repr((Path(__file__).read_bytes(), versions)).encode()).hexdigest()


@cache
def face(name: str, size: int) -> ImageFont.FreeTypeFont:
    """One of the faces, at a size in pixels; laid out by Pillow itself, so that every machine gives
    the same bytes.
    """
    data = resources.files("font_source_serif_pro").joinpath("files", FACES[name]).read_bytes()
    return ImageFont.truetype(io.BytesIO(data), size, layout_engine=ImageFont.Layout.BASIC)


@cache
def has(char: str, name: str = "roman") -> bool:
    """Whether a face has a character: what it lacks is drawn as the same box as a character that no
    font has.

    >>> has("a"), has("Ж"), has("க")
    (True, True, False)
    """
    if char.isspace():
        return True
    font = face(name, 40)
    mask, box = font.getmask(char), font.getmask("\U0010ffff")
    return (mask.size, bytes(mask)) != (box.size, bytes(box))


def lacks(text: str, name: str = "roman") -> str:
    """The characters of a text that a face cannot draw, each once."""
    return "".join(
        char for char in dict.fromkeys(unicodedata.normalize("NFC", text)) if not has(char, name)
    )


def _unshown(said: Words) -> tuple[str, str] | None:
    """What is left out of a card and why, as (what, remedy)."""
    parts = {"title": said.title, "description": said.description, "site's title": said.site}
    missing = {part: lacks(text) for part, text in parts.items()}
    left_out = [f"the {part} ({chars!r})" for part, chars in missing.items() if chars]
    if not left_out:
        return None
    what = f"its card leaves out {' and '.join(left_out)}: the card's font has no such letters"
    return (
        what,
        "draw a picture yourself, and name it in the front matter as image: /assets/my-card.png",
    )


def draw(said: Words) -> bytes:
    """The card as PNG."""
    image = Image.new("RGB", SIZE, PAPER)
    pen = ImageDraw.Draw(image)
    title, description, site = (
        unicodedata.normalize("NFC", text) if not lacks(text) else "" for text in astuple(said)[1:]
    )
    top = TOP
    if said.date:
        pen.text((LEFT, top), said.date, SOFT, face("italic", 40))
        top += 66
    size = next((size for size in SIZES if len(wrap(title, face("roman", size))) <= 3), SIZES[-1])
    for line in wrap(title, face("roman", size), 4):
        # a capital's white edge hangs out
        pen.text((LEFT - size // 24, top), line, INK, face("roman", size))
        top += round(size * 1.14)
    top += 30
    room = (FOOT - 30 - top) // 46
    for line in wrap(description, face("roman", 34), min(room, 3)):
        pen.text((LEFT, top), line, SOFT, face("roman", 34))
        top += 46
    pen.line([(LEFT, FOOT), (RIGHT, FOOT)], RULE, 2)
    bold = face("bold", 32)
    (shown,) = wrap(site, bold, 1) or [""]
    pen.text((LEFT, FOOT + 22), shown, INK, bold)
    at = LEFT + round(bold.getlength(shown)) + (8 if shown else 0)
    # the cursor, as behind the site's title
    pen.rectangle([at, FOOT + 28, at + 15, FOOT + 59], MACHINE)
    out = io.BytesIO()
    image.quantize(palette=_palette(), dither=Image.Dither.NONE).save(out, "PNG")
    return out.getvalue()


@cache
def _palette() -> Image.Image:
    """The colours of a card, and the shades between the paper and the two that letters have."""
    paper = ImageColor.getrgb(PAPER)
    shades = [*paper, *ImageColor.getrgb(MACHINE), *ImageColor.getrgb(RULE)]
    for colour in (INK, SOFT):
        for step in range(1, STEPS + 1):
            mixed = zip(paper, ImageColor.getrgb(colour), strict=True)
            shades += [round(ground + (tone - ground) * step / STEPS) for ground, tone in mixed]
    image = Image.new("P", (1, 1))
    image.putpalette(shades)
    return image


def wrap(text: str, font: ImageFont.FreeTypeFont, most: int | None = None) -> list[str]:
    """Break a text into lines of the card's width, a word too long for one inside it; what is over
    `most` ends in an ellipsis.

    >>> wrap("one two " * 20, face("roman", 92), 1)[0][-1]
    '…'
    """
    lines: list[str] = []
    for word in text.split():
        joined = f"{lines[-1]} {word}" if lines else word
        if font.getlength(joined) <= RIGHT - LEFT:
            lines[-1:] = [joined]
            continue
        lines.append("")
        for char in word:
            if font.getlength(lines[-1] + char) > RIGHT - LEFT:
                lines.append("")
            lines[-1] += char
    lines = [line for line in lines if line]
    if most is None or len(lines) <= most:
        return lines
    last = f"{lines[most - 1]}…" if most > 0 else ""
    while last and font.getlength(last) > RIGHT - LEFT:
        last = last[:-2] + "…"
    return [*lines[: max(most - 1, 0)], last] if most > 0 else []


def picture(page: Page, config: Config) -> dict[str, Any] | None:
    """Return the picture that stands for a page elsewhere, as the template has it: its card, or
    what its front matter names as `image`; None for a site without an address.

    Raises: PressError for an `image` that is no file of the project.
    """
    image = str(page.meta.get("image", ""))
    text = str(page.meta.get("image-alt", "")) or alt(page, config)
    if not config.site_url:
        return None
    if not image or image.removeprefix("/") == card(page):
        width, height = SIZE
        href = config.site_url + quote(card(page))
        return {"href": href, "alt": text, "width": width, "height": height}
    if re.match("https?://", image):
        return {"href": image, "alt": text, "width": None}
    folder = "" if image.startswith("/") else posixpath.dirname(page.path)
    path = posixpath.normpath(posixpath.join(folder, image.removeprefix("/")))
    if path.startswith("..") or not (config.root / path).is_file():
        what = f"the image {image!r} is no file of the project"
        remedy = "mend the path, or take it out: the page has a card of its own"
        raise PressError.at(page.path, 1, what, remedy)
    return {"href": config.site_url + quote(path), "alt": text, **measures(config.root / path)}


def measures(file: Path) -> dict[str, int | None]:
    """Width and height of a picture in pixels; None for what Pillow cannot read."""
    try:
        with Image.open(file) as image:
            return {"width": image.width, "height": image.height}
    except (OSError, ValueError, SyntaxError):  # as Pillow's readers have it
        return {"width": None, "height": None}
