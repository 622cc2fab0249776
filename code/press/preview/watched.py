"""Choose the files of a project that a preview watches."""

from collections.abc import Collection
from pathlib import Path

from press.source.config import NAME, OTHER, Config
from press.source.generated import sources


def is_watched(config: Config, named: Collection[str], path: str) -> bool:
    """Return whether a file matters; named: files of pages, and the folders above them."""
    whole, root = Path(path), config.root
    inside = whole.relative_to(root).as_posix() if whole.is_relative_to(root) else "."
    *above, name = inside.split("/")
    if inside in named:
        return True
    if name.startswith(".") or name.endswith(("~", ".swp", ".pyc")):
        return False
    if any(part.startswith(".") or part in ("__pycache__", "_site") for part in above):
        return False
    first = inside.split("/")[0]
    source = first in ("journal", "code", "data", NAME, OTHER) or name.endswith(".qmd")
    made = "assets" in above and not inside.startswith("code/exhibits/assets/")
    beside = "/".join(above) in named  # in a folder that a page may have listed
    return ((source or beside) and not made) or is_resource(config, inside)


def is_resource(config: Config, path: str) -> bool:
    """Return whether a file of the author is copied into the site as it is."""
    inside = path.removeprefix("assets/") if path.startswith("assets/") else ""
    own = inside.startswith((".", "cards/")) or inside in sources()
    return config.is_resource(path) and not own
