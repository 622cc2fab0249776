"""Cut the site's letters out of their packages: the same on every machine, and small.

Three faces for every page: the serif upright (400 to 700) and italic, and the monospaced one. Two
more are for Devanagari and Tamil, and one is for formulas: few fonts say how a bracket grows round
a fraction, and a phone has none of them. The SIL Open Font License lets a subset go out under
another name than the reserved one: here "Journal". assets/fonts.css says when each is used.

A face gets the plain characters, and of the others those that the pages, the exhibits and the texts
use. A subset takes seconds, so the files are kept by a hash of what they are made from.
"""

import hashlib
import io
import os
from dataclasses import dataclass
from importlib import metadata, resources
from pathlib import Path

from press.base.files import write_atomically
from press.source.globs import expand

# Code points in hexadecimal. What the serif and the monospaced face have in any case:
PLAIN = "20-7E A0-FF 2010-2014 2018-201E 2026 2212"
# Latin with the accents of Western Europe and of Indian words, some Greek, the signs of arithmetic.
LATIN = (
    "20-7E A0-101 112-113 12A-12B 14C-14D 152-153 15A-15B 160-161 16A-16B 17D-17E 394 3A3 "
    "3B1-3B5 3B8 3BB-3BC 3C0 3C3 3C6 3C9 1E0D 1E25 1E37 1E3B 1E43 1E45 1E47 1E49 1E5B 1E5F "
    "1E63 1E6D 2010-2014 2018-201E 2022 2026 2032-2033 2039-203A 2070-2089 20AC 2190-2193 "
    "2211-2212 221A 221E 2248 2260 2264-2265"
)
MONO = f"{LATIN} 2400-2426 2500 2502 250C 2510 2514 2518 251C 2524 252C 2534 253C 2588 FFFD"
# What a formula has beside the prose's letters: brackets, sums and roots, operators, accents.
MATH = (
    "28-29 2B-2C 2F 3C-3E 5B 5D-5E 7B-7D D7 2016 2061-2063 2192 2202 2208 220F 2211-2212 221A "
    "221D-221E 2248 2260 2264-2265 2299 22A4 22C5 27E8-27E9"
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
JOINERS = "20 200C-200D 25CC"
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
        f"900-97F {JOINERS}", "*",
    ),
    Face("journal-tamil", SCRIPTS[1], "files/NotoSansTamil[wdth,wght]", UPRIGHT,
         f"B80-BFF {JOINERS}", "*"),
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
    """Return a package's licence, or that of the serif under the copyright line of its own font."""
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
    always = face.characters if face.package == "ziamath" else f"{PLAIN} {JOINERS}"
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


def codes(ranges: str) -> set[int]:
    """Return the code points of hexadecimal ranges.

    >>> sorted(codes("61-63 78"))
    [97, 98, 99, 120]
    """
    ends = [[int(end, 16) for end in part.split("-")] for part in ranges.split()]
    return {point for first, *last in ends for point in range(first, (last or [first])[0] + 1)}


def _source(package: str, path: str) -> Path:
    """Return a file of an installed package, which is not imported."""
    return Path(str(metadata.distribution(package).locate_file(package.replace("-", "_")))) / path


def _key(face: Face, characters: set[int]) -> str:
    """Return a hash of all that decides a font file: the face, this file, the versions."""
    versions = [metadata.version(name) for name in (face.package, "fonttools", "brotli")]
    made_from = (Path(__file__).read_bytes(), repr(face), sorted(characters), versions)
    return hashlib.sha256(repr(made_from).encode()).hexdigest()[:32]
