"""Read the globs of `_quarto.yml` and of front matter as Quarto does, from the project's root."""

import fnmatch
import os
import re
from pathlib import Path

from press.base.errors import PressError, Problem

NAME_LIMIT, PATH_LIMIT = 255, 1024  # bytes of a name on the disks in use, and of a path


def too_long(path: str) -> bool:
    """Return whether a path is longer than the system's limits."""
    data = path.encode(errors="surrogatepass")
    return len(data) > PATH_LIMIT or any(len(name) > NAME_LIMIT for name in data.split(b"/"))


def glob_problem(item: object, path: str = "_quarto.yml", line: int = 0) -> Problem | None:
    """Return what is wrong with a glob: it excludes, leads out of the project, or can name nothing.

    path, line: of the file that holds the glob.

    >>> print(glob_problem("../*.qmd", line=3))
    _quarto.yml:3: the glob '../*.qmd' is not understood; name files or folders of this project; ...
    """
    glob = item.removeprefix("/") if isinstance(item, str) else ""  # / is the root, for Quarto
    parts = glob.split("/")
    what = f"the glob {item!r} is not understood"
    if too_long(glob):
        what = f"the glob {glob[:40] + '...'!r} is too long"
        remedy = f"a name has at most {NAME_LIMIT} bytes, a path {PATH_LIMIT:,}"
    elif not glob.strip("./") or glob.startswith(("!", "/")) or ".." in parts:
        remedy = "name files or folders of this project; to leave a page out, begin its name with _"
    elif any("**" in part and part != "**" for part in parts):
        single = [part if part == "**" else re.sub(r"(?<!^)\*{2,}", "*", part) for part in parts]
        meant = [part if part == "**" else re.sub(r"^\*{2,}", "**/*", part) for part in single]
        remedy = f"** is a whole name of its own: write {'/'.join(meant)!r}"
    else:
        return None
    return Problem(path, line, what, remedy)


def inside(item: object) -> str:
    """Return a glob relative to the project's root; one that ends in ** names every file below.

    >>> inside("/journal/*.qmd"), inside("data/**")
    ('journal/*.qmd', 'data/**/*')
    """
    if problem := glob_problem(item):
        raise PressError(problem)
    glob = str(item).removeprefix("/")
    return f"{glob}/*" if glob.endswith("**") else glob


def as_list(value: object) -> list[object]:
    """Return the items of a key that may hold one glob or a list of them."""
    return value if isinstance(value, list) else [value]


def names(glob: str, path: str) -> bool:
    """Return whether a glob names a file; `**` is any number of folders.

    >>> [names(glob, "assets/a/x.css") for glob in ("assets/**/*", "assets/*.css", "*/*/x.*")]
    [True, False, True]
    """
    return _names(glob.split("/"), path.split("/"))


def _names(glob: list[str], path: list[str]) -> bool:
    if not glob or not path:
        return not glob and not path
    if glob[0] == "**":
        return any(_names(glob[1:], path[skipped:]) for skipped in range(len(path)))
    return fnmatch.fnmatchcase(path[0], glob[0]) and _names(glob[1:], path[1:])


def expand(root: Path, globs: object) -> set[str]:
    """Return the paths of the .qmd files that a glob, or a list of them, names: a bare `*.qmd`
    means any folder, a folder all in it; folders that begin with . or _ are passed over.
    """
    paths = set()
    for above, folders, files in os.walk(root):
        here = os.path.relpath(above, root)
        paths |= {os.path.normpath(f"{here}/{name}") for name in (*folders, *files)}
        folders[:] = [name for name in folders if not name.startswith((".", "_"))]
    pages = {path for path in paths if path.endswith(".qmd")}
    named = set()
    for glob in map(inside, as_list(globs)):
        if (root / glob).is_dir():
            glob = f"{glob}/**/*"
        elif "/" not in glob and "*" in glob:
            glob = f"**/{glob}"
        named |= {path for path in pages if names(glob, path)}
    return named
