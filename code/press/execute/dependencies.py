"""Say what an execution depends on, and look whether it is as it was.

That is the page's own code (cells and inline expressions), every file of the project that the run
opened and every folder that it listed, as press.execute.file_tracing noted them, the names beside
the page and in code/ (a run may have asked for a file that was missing), the journal's own
environment variables, the versions of Python and of every installed distribution, and the source of
the modules of press that execute.
"""

import hashlib
import json
import os
import platform
import re
from collections.abc import Iterable
from functools import cache
from importlib import metadata
from pathlib import Path

from press.source.config import Config
from press.source.inline import inlines
from press.source.page import Page, Prose

EXECUTING = """execute/cache.py execute/dependencies.py execute/file_tracing.py
    execute/generated_assets.py execute/kernel.py execute/notebook.py execute/outputs.py
    execute/provenance.py execute/result.py source/config.py source/front_matter.py source/inline.py
    source/page.py""".split()
COMPILED = re.compile(r"/__pycache__/([^/]+)\.[\w-]+\.pyc$")
NOT_INPUT = (".press/", ".venv/", ".git/", "_site/", "assets/", "code/press/")
RECORDS = ".press/claims/"  # verdicts, which a gathering page reads
NAMED = re.compile(r"^(?:Name|Version): *(.+)$", re.M)
SETTING = re.compile(r"JOURNAL_(?!SITE$|BROWSER$)")  # those two are for the tests
MISSING = "not there"
CHANGED = "changed while the page ran"


class Inputs:
    """Look at files and folders that runs depend on; paths are relative to the project's root.

    still: while this is used, no page runs; each file and folder is looked at once.
    """

    def __init__(self, config: Config, still: bool = False) -> None:
        self.config = config
        self.hashes: dict[str, tuple[tuple[int, ...], str]] = {}
        if still:
            for look in ("hash", "names", "names_but_pages"):
                setattr(self, look, cache(getattr(self, look)))

    def file(self, path: str) -> Path:
        """Return the file of a path; the verdicts of other pages are those of this press."""
        inside = f"{path}/".startswith(RECORDS)
        return self.config.records / path[len(RECORDS) :] if inside else self.config.root / path

    def hash(self, path: str) -> str:
        """Return the SHA-256 of a file, or MISSING; it is read anew if its inode changed."""
        try:
            state = os.stat(self.file(path))
            mark = state.st_ino, state.st_size, state.st_mtime_ns, state.st_ctime_ns
            if self.hashes.get(path, ((), ""))[0] != mark:
                digest = hashlib.sha256(self.file(path).read_bytes()).hexdigest()
                self.hashes[path] = mark, digest
            return self.hashes[path][1]
        except OSError:
            return MISSING

    def names(self, path: str) -> list[str]:
        """Return the names in a folder, sorted, without hidden ones; [MISSING] for none."""
        try:
            names = sorted(os.listdir(self.file(path)))
        except OSError:
            return [MISSING]
        return [name for name in names if not name.startswith((".", "_")) or name == "__init__.py"]

    def names_but_pages(self, path: str) -> list[str]:
        """Return the names in a folder without pages, and without what press writes there."""
        above = f"{path}/" if path else ""
        return [
            name
            for name in self.names(path)
            if not name.endswith(".qmd") and not f"{above}{name}/".startswith(NOT_INPUT)
        ]

    def touched(self, path: str, began: int) -> bool:
        """Return whether a file or folder changed since a time, in nanoseconds since 1970.

        The verdicts count as unchanged: press itself writes them before the pages that gather them.
        """
        try:  # the inode's time of change: unlike that of the content, nobody can set it
            changed = (self.config.root / path).stat().st_ctime_ns
        except OSError:
            return False
        return 0 < began <= changed and not f"{path}/".startswith(RECORDS)

    def hash_as_read(self, path: str, began: int) -> str:
        """Return the hash of a file that a run read; CHANGED if the file changed meanwhile."""
        return CHANGED if self.touched(path, began) else self.hash(path)

    def names_as_read(self, path: str, began: int) -> list[str]:
        """Return the names in a folder that a run listed; [CHANGED] if they changed meanwhile."""
        return [CHANGED] if self.touched(path, began) else self.names(path)


def noted_files(noted: Iterable[str], root: Path, kind: str = "read") -> set[str]:
    """Return the input files that press.execute.file_tracing noted, or for the kind "list" the
    folders.

    Relative to the root, or absolute if they lie elsewhere. Compiled modules count as their
    sources.

    >>> sorted(noted_files(["read\\t/j/data/a.txt", "read\\t/j/code/x/__pycache__/m.cpython-311.pyc"], Path("/j")))
    ['code/x/m.py', 'data/a.txt']
    """
    files: set[str] = set()
    for line in noted:
        what, _, path = line.partition("\t")
        if what != kind:
            continue
        inside = Path(path).is_relative_to(root)
        file = Path(path).relative_to(root).as_posix() if inside else path
        file = COMPILED.sub(r"/\1.py", file)
        is_input = not f"{file}/".startswith(NOT_INPUT) or f"{file}/".startswith(RECORDS)
        if is_input and "__pycache__" not in file:
            files.add("" if file == "." else file)
    return files


def named_files(page: Page, root: Path) -> set[str]:
    """Return the files that a page's front matter names as read by the programs that it starts."""
    globs = [str(glob).removeprefix("/") for glob in page.settings.get("reads") or ()]
    files = [file for glob in globs for file in root.glob(glob) if file.is_file()]
    return {file.relative_to(root).as_posix() for file in files}


def executed(page: Page) -> list[str]:
    """Return all code that a run of a page executes: its cells, and the inline expressions of each
    prose block.

    >>> from press.source.page import parse_page
    >>> executed(parse_page("---\\ntitle: t\\n---\\nA `{python} n`.\\n\\n```{python}\\nn = 1\\n```\\n", "a.qmd"))
    ['n', 'n = 1 {}']
    """
    code = []
    for block in page.blocks:
        if isinstance(block, Prose):
            if expressions := [item.expression for item in inlines(block.text, 1)]:
                code.append(", ".join(expressions))
        elif block.runs:
            options = {
                key: block.options[key] for key in ("error", "include") if key in block.options
            }
            code.append(f"{block.source} {options}")
    return code


def code_hash(page: Page) -> str:
    """Return a hash of all that a run of the page executes."""
    return hashlib.sha256(json.dumps([page.path, executed(page)]).encode()).hexdigest()


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
    """Return a hash of the names and versions of all installed distributions."""
    texts = (  # item.name would parse them whole, twice
        item.read_text("METADATA") or item.read_text("PKG-INFO") or ""
        for item in metadata.distributions()
    )
    names = sorted("==".join(NAMED.findall(text.partition("\n\n")[0])) for text in texts)
    return hashlib.sha256("\n".join(names).encode()).hexdigest()


@cache
def executing() -> str:
    """Return a hash of the modules of press that decide how a page is executed."""
    here = Path(__file__).parents[1]
    return hashlib.sha256(b"".join((here / name).read_bytes() for name in EXECUTING)).hexdigest()
