"""Name the file of a page by its title, and keep its line in the sidebar of `_quarto.yml`.

The dated pages there have a line each, in the order of their days.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from press.base.files import read_utf8, write_atomically
from press.source.quarto_yml import config_name

ROW = re.compile(r"^( *- )(journal/\d{4}-[^\n]*?\.qmd) *(?:#.*)?\n", re.M)
# bytes of a slug: file systems allow 255 for a name, and `DATE-` and `.receipt.json` join it
LONGEST = 150


def slug(title: str) -> str:
    """Return a file name for a title: small letters of any script, digits and hyphens.

    >>> slug("Attention at last!"), slug("Überraschung: 50 % mehr"), slug("கழுதை"), slug("🎉")
    ('attention-at-last', 'uberraschung-50-mehr', 'கழுதை', 'entry')
    """
    plain = unicodedata.normalize("NFKD", title).lower()
    plain = re.sub(r"(?<=[A-Za-z])[\u0300-\u036f]+", "", plain)
    plain = unicodedata.normalize("NFC", plain)
    words = "".join(char if unicodedata.category(char)[0] in "LMN" else "-" for char in plain)
    short = re.sub("-+", "-", words).strip("-")[:60].encode()[:LONGEST].decode(errors="ignore")
    return short.rstrip("-") or "entry"


def add_to_sidebar(root: Path, paths: Iterable[str]) -> None:
    """Add pages to a sidebar that is no glob, each below the last entry that is older."""
    file = root / config_name(root)
    text = read_utf8(file, file.name)
    if text and not text.endswith("\n"):
        text += "\n"
    rows = list(ROW.finditer(text))
    lines: dict[int, str] = defaultdict(str)
    for path in sorted({*paths} - {row[2] for row in rows}) if rows else ():
        older = [row.end() for row in rows if row[2] < path]
        lines[older[-1] if older else rows[0].start()] += f"{rows[0][1]}{path}\n"
    for at in sorted(lines, reverse=True):
        text = text[:at] + lines[at] + text[at:]
    if lines:
        write_atomically(file, text)


def take_from_sidebar(root: Path, path: str) -> None:
    """Take the line of a page out of the sidebar, if it has one."""
    file = root / config_name(root)
    text = read_utf8(file, file.name)
    shorter = ROW.sub(lambda row: "" if row[2] == path else row[0], text)
    if shorter != text:
        write_atomically(file, shorter)
