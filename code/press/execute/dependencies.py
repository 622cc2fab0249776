"""Hash what an execution depends on (files, modules, versions, settings), and tell what changed.

It depends on the page's own code (cells and inline expressions); on every file of the project that
the run opened, or asked for and missed, and every folder that it listed (press.execute.file_tracing
notes them); on the names of modules beside the page and in code/, since an import may have missed
one; on the journal's environment variables; on the versions of Python and of every installed
distribution; and on the rooms of press that execute.
"""

import json
import os
import platform
import re
from collections.abc import Iterable
from functools import cache
from importlib import metadata
from pathlib import Path

from press.base.files import path_in, sha256
from press.execute.file_tracing import of_kind
from press.source.keys import FIGURE
from press.source.page import Page, Prose
from press.source.prose import inlines
from press.source.quarto_yml import NAME, OTHER, Config

EXECUTING = ("base", "source", "execute")  # rooms of press
COMPILED = re.compile(r"/__pycache__/([^/]+)\.[\w-]+\.pyc$")
NOT_INPUT = (".press/", ".venv/", ".git/", "_site/", "assets/", "code/press/")
RECORDS = ".press/claims/"  # verdicts, which a gathering page reads
MODULES = (".py", ".so", ".pyd")
SETTING = re.compile(r"JOURNAL_(?!SITE$|BROWSER$)")  # those two are for the tests
MISSING = "not there"
CHANGED = "changed while the page ran"
# Of `_quarto.yml`: a page reads no list of pages.
ENTRY = re.compile(rb"^ *- journal/\d{4}-[^\n]*\.qmd[^\n]*\n", re.M)


class Inputs:
    """The files and folders that runs depend on; paths are relative to the project's root.

    still: nothing changes while this one is used, so each is looked at once.
    """

    def __init__(self, config: Config, still: bool = False) -> None:
        self.config = config
        if still:
            for look in ("hash", "names", "modules"):
                setattr(self, look, cache(getattr(self, look)))

    def file(self, path: str) -> Path:
        """Return the file of a path; the verdicts of other pages are those of this press."""
        is_record = f"{path}/".startswith(RECORDS)
        return self.config.records / path[len(RECORDS) :] if is_record else self.config.root / path

    def hash(self, path: str) -> str:
        """Return a file's SHA-256, `_quarto.yml`'s without its list of entries; or MISSING."""
        try:
            data = self.file(path).read_bytes()
        except OSError:
            return MISSING
        return sha256(ENTRY.sub(b"", data) if path in (NAME, OTHER) else data)

    def names(self, path: str) -> list[str]:
        """Return the names in a folder, sorted, without hidden ones; [MISSING] for none."""
        try:
            names = sorted(os.listdir(self.file(path)))
        except OSError:
            return [MISSING]
        return [name for name in names if not name.startswith((".", "_")) or name == "__init__.py"]

    def modules(self, path: str) -> list[str]:
        """Return the names in a folder that Python could import, press's own left out."""
        above = f"{path}/" if path else ""
        return [
            name
            for name in self.names(path)
            if not f"{above}{name}/".startswith(NOT_INPUT)
            and (name.endswith(MODULES) or (self.file(above + name) / "__init__.py").is_file())
        ]

    def changed_since(self, path: str, began: int) -> bool:
        """Return whether what press does not write itself changed since a time (ns since 1970)."""
        try:  # the inode's time of change: unlike that of the content, nobody can set it
            changed = (self.config.root / path).stat().st_ctime_ns
        except OSError:
            return False
        return 0 < began <= changed and not f"{path}/".startswith(RECORDS)


def noted_files(noted: Iterable[str], root: Path, *kinds: str) -> set[str]:
    """Return the input files of the notes of some kinds ("list": folders), relative to the root, or
    absolute if they lie elsewhere; compiled modules count as their sources.

    >>> compiled = "read\\t/j/code/x/__pycache__/m.cpython-311.pyc"
    >>> sorted(noted_files(["read\\t/j/data/a.txt", compiled], Path("/j"), "read"))
    ['code/x/m.py', 'data/a.txt']
    """
    files: set[str] = set()
    for path in of_kind(noted, *kinds):
        file = COMPILED.sub(r"/\1.py", path_in(root, Path(path), path))
        is_record = f"{file}/".startswith(RECORDS) and "/." not in file  # nor a draft of one
        is_input = is_record or not f"{file}/".startswith(NOT_INPUT)
        if is_input and "__pycache__" not in file:
            files.add("" if file == "." else file)
    return files


def followed(noted: Iterable[str], root: Path) -> set[str]:
    """Return the files that were read or missed, and the folders that were listed."""
    return noted_files(noted, root, "read", "asked", "list")


def declared_files(page: Page, root: Path) -> set[str]:
    """Return the files that a page's front matter names as read by the programs that it starts."""
    globs = [str(glob).removeprefix("/") for glob in page.settings.get("reads") or ()]
    files = [file for glob in globs for file in root.glob(glob) if file.is_file()]
    return {file.relative_to(root).as_posix() for file in files}


def written_assets(noted: Iterable[str], root: Path) -> dict[str, str]:
    """Return the SHA-256 of each file that a run left in assets/, by its path in the project."""
    notes = [note.partition("\t") for note in of_kind(noted, "wrote")]
    written = {Path(path): digest for digest, _, path in notes if Path(path).is_file()}
    inside = [path for path in sorted(written) if path.is_relative_to(root / "assets")]
    return {path.relative_to(root).as_posix(): written[path] for path in inside}


def code_hash(page: Page) -> str:
    """Return a hash of all that a run of the page executes: cells, and inline expressions."""
    code = [f"{key} {page.meta[key]}" for key in FIGURE if key in page.meta]
    for block in page.blocks:
        if isinstance(block, Prose):
            if expressions := [item.expression for item in inlines(block.text, 1)]:
                code.append(", ".join(expressions))
        elif block.runs:
            options = {
                key: block.options[key] for key in ("error", "include") if key in block.options
            }
            code.append(f"{block.source} {options}")
    return sha256(json.dumps([page.path, code]))


def versions() -> dict[str, str]:
    """Return what all pages depend on, by kind."""
    settings = [f"{name}={value}" for name, value in os.environ.items() if SETTING.match(name)]
    return {
        "python": platform.python_version(),
        "packages": installed(),
        "press": executing(),
        "settings": "\n".join(sorted(settings)),
    }


@cache
def installed() -> str:
    """Return the names and versions of all installed distributions, hashed."""
    names = sorted(f"{item.name}=={item.version}" for item in metadata.distributions())
    return sha256("\n".join(names))


@cache
def executing() -> str:
    """Return a hash of the rooms of press that decide how a page is executed."""
    press = Path(__file__).parents[1]
    files = sorted(file for room in EXECUTING for file in (press / room).glob("*.*"))
    return sha256(b"".join(file.read_bytes() for file in files))
