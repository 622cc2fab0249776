"""Cut the site's letters out of their packages: the same on every machine, and small.

Three faces for every page: the serif upright (400 to 700) and italic, and the monospaced one. Two
more are for Devanagari and Tamil, which a browser loads where a page has such letters, and one is
for formulas: few fonts say how a bracket grows round a fraction, and a phone has none of them.
Their packages carry the whole fonts under the SIL Open Font License, which lets a subset go out
under another name than the reserved one: here "Journal". assets/fonts.css says when each is used.

Of the characters that a face may have it gets the plain ones and those that the pages, the exhibits
and the texts use. A subset takes seconds, so the files are kept by a hash of what they are made
from.
"""

import hashlib
import io
import os
from dataclasses import dataclass
from importlib import metadata, resources
from pathlib import Path

from press.base.files import write_atomically
from press.source.globs import expand

# what the serif and the monospaced face have in any case
PLAIN = "\u0020-\u007e\u00a0-\u00ff\u2010-\u2014\u2018-\u201e\u2026\u2212"
# Latin with the accents of Western Europe and of Indian words, some Greek, the signs of arithmetic.
LATIN = (
    "\u0020-\u007e\u00a0-\u00ff\u0100\u0101\u0112\u0113\u012a\u012b\u014c\u014d\u0152\u0153\u015a\u015b"
    "\u0160\u0161\u016a\u016b\u017d\u017e\u0394\u03a3\u03b1-\u03b5\u03b8\u03bb\u03bc\u03c0\u03c3\u03c6\u03c9"
    "\u1e0d\u1e25\u1e37\u1e3b\u1e43\u1e45\u1e47\u1e49\u1e5b\u1e5f\u1e63\u1e6d\u2010-\u2014\u2018-\u201e\u2022"
    "\u2026\u2032\u2033\u2039\u203a\u2070-\u2089\u20ac\u2190-\u2193\u2211\u2212\u221a\u221e\u2248\u2260\u2264"
    "\u2265"
)
MONO = (
    LATIN
    + "\u2400-\u2426\u2500\u2502\u250c\u2510\u2514\u2518\u251c\u2524\u252c\u2534\u253c\u2588\ufffd"
)
# What a formula has beside the prose's letters: brackets, sums and roots, operators, accents.
MATH = (
    "()[]{|}\u2016\u27e8\u27e9\u2211\u220f\u221a\u2192\u22c5\u00d7\u2299=+\u2212<>\u2264\u2265\u2248\u2260\u2208\u22a4\u221d"
    "\u221e\u2202/^,\u2061-\u2063"
)
LICENCE = "fonts-licence.txt"


@dataclass(frozen=True)
class Face:
    """A font file that is made: from which file of which package, its axes, its characters."""

    name: str
    package: str
    file: str
    axes: tuple[tuple[str, float | tuple[float, float]], ...]
    characters: str
    features: str = "kern liga mark mkmk ccmp locl tnum lnum"


SERIF, MONO_PACKAGE = "fontpkg-source-serif-4", "fontpkg-jetbrains-mono"
SCRIPTS = "fontpkg-noto-sans-devanagari", "fontpkg-noto-sans-tamil"
JOINERS = "\u0020\u200c\u200d\u25cc"
BOLD = ("wght", (400.0, 700.0))
READ = ("opsz", 14.0)  # the size in points that the letters are drawn for
UPRIGHT = (("wdth", 100.0), ("wght", 400.0))
FACES = (
    Face("journal-serif", SERIF, "files/SourceSerif4[opsz,wght]", (READ, BOLD), LATIN),
    Face(
        "journal-serif-italic", SERIF, "files/SourceSerif4-Italic[opsz,wght]", (READ, UPRIGHT[1]),
        LATIN,
    ),
    Face("journal-mono", MONO_PACKAGE, "files/JetBrainsMono[wght]", (BOLD,), MONO),
    Face(
        "journal-devanagari", SCRIPTS[0], "files/NotoSansDevanagari[wdth,wght]", UPRIGHT,
        "\u0900-\u097f" + JOINERS, "*",
    ),
    Face("journal-tamil", SCRIPTS[1], "files/NotoSansTamil[wdth,wght]", UPRIGHT,
         "\u0b80-\u0bff" + JOINERS, "*"),
    Face("journal-math", "ziamath", "fonts/STIXTwoMath-Regular", (), MATH, ""),
)  # fmt: skip
_PACKAGES = tuple(dict.fromkeys(face.package for face in FACES))


def fonts(root: Path) -> dict[str, bytes]:
    """Return the font files of the site at `root` and their licences, by name in assets/.

    They are kept in $JOURNAL_FONTS, else in .press/fonts.
    """
    folder = Path(os.environ.get("JOURNAL_FONTS") or root / ".press" / "fonts")
    used, made = _used(root), {}
    for face in FACES:
        needed = points(face, used)
        file = folder / f"{_key(face, needed)}.woff2"
        if not file.is_file():
            write_atomically(file, subset(face, needed))
        made[f"{face.name}.woff2"] = file.read_bytes()
    return {**made, LICENCE: "\n\n\n".join(map(_licence, _PACKAGES)).encode()}


def _licence(package: str) -> str:
    """Return the licence of a package's fonts; one that carries none has its font's copyright line
    over the same licence.
    """
    file = _source(package, "LICENSE")
    if file.is_file():
        return file.read_text("utf-8")
    from fontTools.ttLib import TTFont

    face = next(face for face in FACES if face.package == package)
    line = TTFont(_source(package, f"{face.file}.ttf"))["name"].getDebugName(0)
    _, blank, text = _licence(SERIF).partition("\n\n")
    return f"{line}{blank}{text}"


def points(face: Face, used: set[int]) -> set[int]:
    """Return the code points that a face gets, where `used` are those of the site."""
    always = face.characters if face.package == "ziamath" else PLAIN + JOINERS
    return codes(face.characters) & (codes(always) | used)


def _used(root: Path) -> set[int]:
    """Return the code points that the pages, the exhibits and the texts have."""
    exhibits = Path(str(resources.files("exhibits")))
    pages = [root / path for path in expand(root, "*.qmd")]
    sources = [*exhibits.rglob("*.py"), *exhibits.rglob("*.js"), *(root / "data").glob("*.txt")]
    used: set[str] = set()
    for file in (*pages, *sources):
        used |= set(file.read_text(encoding="utf-8", errors="ignore"))
    return set(map(ord, used))


def subset(face: Face, characters: set[int]) -> bytes:
    """Return a face as woff2: its characters, its axes pinned or narrowed, under our own name."""
    from fontTools.subset import Options, Subsetter  # late: half a second to import
    from fontTools.ttLib import TTFont
    from fontTools.varLib import instancer

    font = TTFont(_source(face.package, f"{face.file}.ttf"))
    options = Options()
    options.layout_features = face.features.split()
    options.hinting = options.bidi_closure = False
    options.name_IDs = []
    options.drop_tables += ["DSIG", "MVAR", "STAT"]
    cutter = Subsetter(options)
    cutter.populate(unicodes=characters)
    cutter.subset(font)
    if face.axes:
        font = instancer.instantiateVariableFont(font, dict(face.axes))
    for number, text in ((1, face.name), (2, "Regular"), (4, face.name), (6, face.name)):
        font["name"].setName(text.replace("journal", "Journal"), number, 3, 1, 0x409)
    font.flavor, font.recalcTimestamp = "woff2", False
    file = io.BytesIO()
    font.save(file)
    return file.getvalue()


def codes(characters: str) -> set[int]:
    """Return the code points of a string with ranges, as "a-cx".

    >>> sorted(codes("a-cx")) == [97, 98, 99, 120]
    True
    """
    points: set[int] = set()
    at = 0
    while at < len(characters):
        last = characters[at + 2] if characters[at + 1 : at + 2] == "-" else characters[at]
        points.update(range(ord(characters[at]), ord(last) + 1))
        at += 3 if characters[at + 1 : at + 2] == "-" else 1
    return points


def _source(package: str, path: str) -> Path:
    """Return a file of an installed package, which is not imported."""
    return Path(str(metadata.distribution(package).locate_file(package.replace("-", "_")))) / path


def _key(face: Face, characters: set[int]) -> str:
    """Return a hash of all that decides a font file: the face, this file, the versions."""
    versions = [metadata.version(name) for name in (face.package, "fonttools", "brotli")]
    made_from = (Path(__file__).read_bytes(), repr(face), sorted(characters), versions)
    return hashlib.sha256(repr(made_from).encode()).hexdigest()[:32]
