"""Cut the site's letters out of their packages: the same on every machine, and small.

Three faces for every page: the serif upright (400 to 700) and italic, and the monospaced one. Two
more are for Devanagari and Tamil, and one is for formulas: few fonts say how a bracket grows round
a fraction, and a phone has none of them. The SIL Open Font License lets a subset go out under
another name than the reserved one: here "Journal". assets/fonts.css says when each is used.

A face gets the plain characters, and of the others those that the pages, the exhibits and the texts
use. A subset takes seconds, so the files are kept by a hash of what they are made from.
"""

import io
import os
import tomllib
from dataclasses import dataclass
from importlib import metadata, resources
from pathlib import Path

from press.base.files import sha256, write_atomically
from press.source.globs import expand

DATA = tomllib.loads(
    resources.files("press.publish").joinpath("fonts.toml").read_text(encoding="utf-8")
)
CHARACTERS: dict[str, str] = DATA["characters"]  # code points in hexadecimal, with ranges
LICENCE = "fonts-licence.txt"


@dataclass(frozen=True)
class Face:
    """A font file that is made: from which file of which package, its axes, its characters."""

    name: str
    package: str
    file: str
    axes: dict[str, float | list[float]]
    characters: list[str]  # keys of CHARACTERS
    features: str = "kern liga mark mkmk ccmp locl tnum lnum"


FACES = tuple(Face(**row) for row in DATA["face"])
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
    _, blank, text = _licence(_PACKAGES[0]).partition("\n\n")
    return f"{line}{blank}{text}"


def points(face: Face, used: set[int]) -> set[int]:
    """Return the code points that a face gets, where `used` are those of the site."""
    always = used | codes("plain", "joiners")
    return codes(*face.characters) & (codes("math") if face.package == "ziamath" else always)


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
        ranges = {axis: tuple(at) if isinstance(at, list) else at for axis, at in face.axes.items()}
        font = instancer.instantiateVariableFont(font, ranges)
    for number, text in ((1, face.name), (2, "Regular"), (4, face.name), (6, face.name)):
        font["name"].setName(text.replace("journal", "Journal"), number, 3, 1, 0x409)
    font.flavor, font.recalcTimestamp = "woff2", False
    file = io.BytesIO()
    font.save(file)
    return file.getvalue()


def codes(*names: str) -> set[int]:
    """Return the code points of these of CHARACTERS.

    >>> [f"{point:X}" for point in sorted(codes("joiners"))]
    ['20', '200C', '200D', '25CC']
    """
    parts = [part for name in names for part in CHARACTERS[name].split()]
    ends = [[int(end, 16) for end in part.split("-")] for part in parts]
    return {point for first, *last in ends for point in range(first, (last or [first])[0] + 1)}


def _source(package: str, path: str) -> Path:
    """Return a file of an installed package, which is not imported."""
    return Path(str(metadata.distribution(package).locate_file(package.replace("-", "_")))) / path


def _key(face: Face, characters: set[int]) -> str:
    """Return a hash of all that decides a font file: the face, this file, the versions."""
    versions = [metadata.version(name) for name in (face.package, "fonttools", "brotli")]
    made_from = (Path(__file__).read_bytes(), repr(face), sorted(characters), versions)
    return sha256(repr(made_from))[:32]
