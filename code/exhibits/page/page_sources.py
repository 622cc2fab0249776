"""Read the source of the published pages, for pages that collect something from all of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from exhibits.page.pretrained_here import left_out

FOLDER = "journal"
# as press.source.page reads it
FRONT_MATTER = re.compile(r"---[^\S\n]*\n(.*?)^(?:---|\.\.\.)[^\S\n]*$", re.S | re.M)


@dataclass(frozen=True)
class Published:
    """A page: its path relative to the root, its front matter ({} without), its whole source."""

    path: Path
    fields: dict[str, object]
    text: str


def front_matter(path: Path, text: str) -> dict[str, object]:
    """Return the front matter of a page.

    path: of the page, for the message; text: its source
    Raises: ValueError if there is none, or it is not valid YAML.

    >>> front_matter(Path("a.qmd"), "---\\ntitle: X\\n---\\n")
    {'title': 'X'}
    """
    match = FRONT_MATTER.match(text)
    import yaml  # slow to import

    if not match:
        raise ValueError(
            f"{path} does not start with front matter between two lines of ---; add it"
        )
    try:
        fields = yaml.safe_load(match[1])
    except yaml.YAMLError as error:
        raise ValueError(f"the front matter of {path} is no valid YAML: {error}") from None
    return fields if isinstance(fields, dict) else {}


def published(base: Path, having: re.Pattern[str]) -> Iterator[Published]:
    """Yield the published pages of journal/ whose source matches a pattern, sorted by path.

    Drafts are left out, and so are pages that the site's `_quarto.yml` leaves out.

    base: the journal's root; having: the pattern, searched anywhere in the source
    Raises: ValueError if a front matter is not valid YAML.
    """
    without_model = left_out(base)
    for file in sorted((base / FOLDER).rglob("*.qmd")):
        text = file.read_text(encoding="utf-8-sig")
        path = file.relative_to(base)
        if any(part.startswith(("_", ".")) for part in path.parts) or not having.search(text):
            continue
        fields = front_matter(file, text) if text.startswith("---") else {}
        settings = fields.get("press")
        needs_model = isinstance(settings, dict) and settings.get("pretrained") is True
        if not fields.get("draft") and not (needs_model and without_model):
            yield Published(path, fields, text)
