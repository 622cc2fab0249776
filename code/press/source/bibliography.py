"""Read the sources that a page cites, so that a key that none has is refused at its line."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from press.base.errors import PressError
from press.base.files import read_utf8
from press.source.globs import as_list

KEY = re.compile(  # of BibTeX, of CSL's JSON or YAML
    r"@\w+\s*[{(]\s*(?P<bib>[^,\s]+)|^[\s{-]*[\"']?id[\"']?:\s*[\"']?(?P<csl>[^\"',\s]+)", re.M
)


def sources(path: str, meta: Mapping[str, Any], root: Path) -> dict[Path, str]:
    """Return the files of a page's bibliography, with their texts.

    Raises: PressError for a file that is not there.
    """
    texts = {}
    for name in as_list(meta.get("bibliography") or []):
        file = beside(root, path, str(name))
        if not file.is_file():
            remedy = "mend the path, which begins at the page, or at the project with a /"
            raise PressError.at(path, 1, f"the bibliography {name} is no file", remedy)
        texts[file] = read_utf8(file, str(name))
    return texts


def beside(root: Path, path: str, name: str) -> Path:
    """Return the file that a page at a path names, or `_metadata.yml` or `_quarto.yml` above it;
    with a / before it, one of the root.
    """
    if name.startswith("/"):
        return root / name[1:]
    files = [root / folder / name for folder in Path(path).parents]
    return next((file for file in files if file.is_file()), files[0])


def bibliography_keys(texts: Mapping[Path, str]) -> frozenset[str]:
    """Return the keys of all sources.

    >>> bibliography_keys({Path("a.bib"): "@book{knuth84,\\n}"})
    frozenset({'knuth84'})
    """
    return frozenset(
        match["bib"] or match["csl"] for text in texts.values() for match in KEY.finditer(text)
    )
