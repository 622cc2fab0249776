"""Read the globs of `_quarto.yml` and of front matter as Quarto does, from the project's root."""

import fnmatch
import os
import re
from collections.abc import Iterable, Iterator
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
    >>> glob_problem("/journal/**/*.qmd") is None
    True
    """
    glob = item.removeprefix("/") if isinstance(item, str) else ""  # / is the root, for Quarto
    parts = glob.split("/")
    if too_long(glob):
        remedy = f"a name has at most {NAME_LIMIT} bytes, a path {PATH_LIMIT:,}"
        return Problem(path, line, f"the glob {glob[:40] + '...'!r} is too long", remedy)
    what = f"the glob {item!r} is not understood"
    if not glob.strip("./") or glob.startswith(("!", "/")) or ".." in parts:
        remedy = "name files or folders of this project; to leave a page out, begin its name with _"
        return Problem(path, line, what, remedy)
    if any("**" in part and part != "**" for part in parts):
        single = [part if part == "**" else re.sub(r"(?<!^)\*{2,}", "*", part) for part in parts]
        meant = [part if part == "**" else re.sub(r"^\*{2,}", "**/*", part) for part in single]
        remedy = f"** is a whole name of its own: write {'/'.join(meant)!r}"
        return Problem(path, line, what, remedy)
    return None


def inside(item: object) -> str:
    """Return a glob relative to the project's root; one that ends in ** names every file below.

    Raises: PressError with what `glob_problem` returns.

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
    means any folder, a folder all in it.

    >>> import tempfile
    >>> root = Path(tempfile.mkdtemp()); (root / "journal/labs").mkdir(parents=True)
    >>> for name in ("index.qmd", "journal/a.qmd", "journal/labs/b.qmd"):
    ...     _ = (root / name).write_text("")
    >>> [len(expand(root, glob)) for glob in ("*.qmd", "journal", "journal/**", "journal/*.qmd")]
    [3, 2, 2, 1]
    >>> sorted(expand(root, "journal"))
    ['journal/a.qmd', 'journal/labs/b.qmd']
    """
    paths: set[str] = set()
    for glob in map(inside, as_list(globs)):
        files: Iterable[str]
        if (root / glob).is_dir():
            files = _below(root, glob, "*")
        elif "/" not in glob and "*" in glob:
            files = _below(root, "", glob)
        else:
            files = (file.relative_to(root).as_posix() for file in root.glob(glob))
        paths.update(file for file in files if file.endswith(".qmd"))
    return paths


def _below(root: Path, folder: str, glob: str) -> Iterator[str]:
    """Yield the paths of the files at any depth of a folder whose names match; folders that begin
    with . or _ are passed over.
    """
    for above, folders, files in os.walk(root / folder):
        folders[:] = [name for name in folders if not name.startswith((".", "_"))]
        here = above[len(str(root)) :].lstrip("/")
        yield from (f"{here}/{name}".lstrip("/") for name in fnmatch.filter(files, glob))
