"""Record what each part of a site was made from (printed.json); take unchanged parts over.

A part (a page with its notebook, a sheet of a list, the search index) has a key, the hash of all
that it is made from, and files. It is taken if its key is the same, and each file has its hash.
"""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from press.base.files import copy, link, sha256, write_atomically
from press.publish.links import Links, read_links


@dataclass(frozen=True)
class Part:
    """The record of a part.

    files: the SHA-256 of each; copies: files of the project in it; links: of its page, if any.
    """

    key: str
    files: dict[str, str]
    copies: list[str]
    links: Links | None = None


class Record:
    """The parts of the site at `site`, from .press/printed.json."""

    def __init__(self, work: Path, site: Path) -> None:
        self.file, self.site = work / "printed.json", site
        self.parts: dict[str, Part] = {}  # of the site that is being built
        try:
            known = json.loads(self.file.read_text(encoding="utf-8"))
            self.before = {name: Part(**part) for name, part in known.items()}
        except (OSError, ValueError, TypeError, AttributeError):
            self.before = {}

    def take(self, name: str, key: str, root: Path, folder: Path) -> bool:
        """Link a part of the old site into `folder`; return False if it changed."""
        part = self.before.get(name)
        if part is None or part.key != key:
            return False
        if not all((root / path).is_file() for path in part.copies):
            return False
        try:
            hashes = {path: sha256((self.site / path).read_bytes()) for path in part.files}
        except OSError:
            return False
        if hashes != part.files:
            return False
        for path in part.files:  # no file of a site is changed in its place, so a link will do
            link(self.site / path, folder / path)
        for path in part.copies:
            copy(root / path, folder / path)
        self.parts[name] = part
        return True

    def add(
        self, name: str, key: str, folder: Path, files: Iterable[str], copies: Iterable[str] = ()
    ) -> None:
        """Record a part by its files in `folder`; a page comes first among them."""
        paths = list(files)
        hashes = {path: sha256((folder / path).read_bytes()) for path in paths}
        page = paths[0].endswith(".html")
        links = read_links((folder / paths[0]).read_text(encoding="utf-8")) if page else None
        self.parts[name] = Part(key, hashes, list(copies), links)

    def links(self) -> dict[str, Links]:
        """Return the links of each page, by its address."""
        parts = self.parts.values()
        return {next(iter(part.files)): part.links for part in parts if part.links is not None}

    def save(self) -> None:
        """Write the record of the site that was built."""
        write_atomically(
            self.file, json.dumps({name: asdict(part) for name, part in self.parts.items()})
        )
