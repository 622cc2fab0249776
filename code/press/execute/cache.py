"""Keep a page's execution until anything that it depends on changes; a stale page cannot come out
of it.

The key of an execution: the page's own code (cells and inline expressions), every file of the
project that the run really opened (modules of code/ and texts of data/ alike, as
press.execute.file_tracing noted them; texts that JOURNAL_DATA names elsewhere, too) or that its
front matter names under `press: reads`, the names in every folder that it listed and in data/,
those beside the page and in code/ but for pages (a run may have asked for a file that was not
there), the journal's own environment variables, the versions of Python and of every installed
distribution, and the source of the modules of press that execute. Prose is not in it: prose is
woven anew each time. What the run left in assets/ must still be there. A page that starts another
program, whose reading nobody can follow, is run each time, unless its front matter names what is
read.

jupyter-cache was looked at and not taken: it knows the code cells' text alone, so a change in code/
or data/ would serve stale results, which is what this cache is there to prevent.
"""

import contextlib
import hashlib
import json
import os
import platform
import re
import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

import nbformat

from press.base.errors import Problem
from press.base.files import write_atomically
from press.base.hardlinks import inodes
from press.base.store import Store
from press.execute.generated_assets import left_files, remember
from press.execute.notebook import dump, to_notebook
from press.execute.provenance import own_texts
from press.execute.result import Run
from press.execute.run_diff import Change, as_lists, changes, findings, from_lists
from press.source.claims import records
from press.source.config import Config
from press.source.inline import inlines
from press.source.page import Page, Prose

EXECUTING = """execute/cache.py execute/file_tracing.py execute/generated_assets.py execute/kernel.py execute/notebook.py
    execute/provenance.py execute/result.py source/config.py source/inline.py source/page.py""".split()
COMPILED = re.compile(r"/__pycache__/([^/]+)\.[\w-]+\.pyc$")
NOT_INPUT = (".press/", ".venv/", ".git/", "_site/", "assets/", "code/press/")
RECORDS = ".press/claims/"  # what a gathering page reads
NAMED = re.compile(r"^(?:Name|Version): *(.+)$", re.M)
SETTING = re.compile(r"JOURNAL_(?!SITE$|BROWSER$)")  # those two are for the tests
MISSING = "not there"
CHANGED = "changed while the page ran"


@dataclass(frozen=True)
class Kept:
    """A kept execution: what it depended on, and its notebook (JSON)."""

    manifest: dict[str, Any]
    notebook: str


class Cache:
    """The kept executions of a project, one a page, in .press/cache.

    still: while this one is used, no page runs and nothing is written; each file and folder is then
    looked at once, however many pages depend on it.
    """

    def __init__(self, config: Config, still: bool = False) -> None:
        self.config = config
        self.folder = config.work / "cache"
        self.hashes: dict[str, tuple[tuple[int, ...], str]] = {}
        self.looked: dict[tuple[str, str], Any] | None = {} if still else None
        self.seen = Seen(config.work)

    def get(self, page: Page) -> Run | None:
        """The kept run of a page, under the page's present prose; None unless nothing that it
        depends on changed.
        """
        kept = self._load(page)
        if kept is None or any(True for _ in self._changes(page, kept.manifest)):
            return None
        notebook = to_notebook(page)
        done = iter(
            [
                cell
                for cell in nbformat.reads(kept.notebook, as_version=4).cells
                if cell.cell_type == "code"
            ]
        )
        for cell in notebook.cells:
            if cell.cell_type == "code":
                graft(next(done), cell)
        target = records(self.config, page)
        shutil.rmtree(target, ignore_errors=True)
        for name, text in kept.manifest["records"].items():
            write_atomically(target / name, text)
        self._failure(page).unlink(missing_ok=True)
        return Run(
            page, notebook, kept.manifest["seconds"], cached=True, receipt=kept.manifest["receipt"]
        )

    def standing(self, page: Page) -> str | None:
        """By what the kept run of a page is known, its seal, if nothing changed under it; its
        records are then in place.
        """
        stem = f"{self.folder}/{page.path.removesuffix('.qmd')}"
        seen = self.seen.get(page.path, f"{stem}.json")
        manifest = seen or self._manifest(page)
        same_code = seen is not None and seen["page"] == page.digest
        if manifest is None or any(
            True for _ in self._changes(page, manifest, look_at_code=not same_code)
        ):
            return None
        if not same_code:
            self.seen.put(page, f"{stem}.json", manifest)
        for name, text in manifest["records"].items():
            record = records(self.config, page) / name
            if not record.is_file() or record.read_text(encoding="utf-8") != text:
                write_atomically(record, text)
        if f"{page.path.removesuffix('.qmd')}.failed.json" in self._once(
            "", "kept files", inodes, self.folder
        ):
            self._failure(page).unlink(missing_ok=True)
        return str(manifest["seal"])

    def peak(self, page: Page) -> int:
        """Bytes that the page's last run took at its peak; 0 if that is not known."""
        manifest = self._manifest(page)
        return int(manifest["receipt"].get("peak_memory", 0)) if manifest else 0

    def put(self, run: Run, commit: dict[str, Any] | None = None) -> Run:
        """Keep a run, and of the one before it what it showed; commit: as of
        press.execute.provenance.

        Returns: the run, its receipt with the files of data/ that it read, the commit, and what
        changed.
        """
        before = self._load(run.page)
        noted = self._in_their_place(run.noted)
        text, left = dump(run.notebook), left_files(noted, self.config.root)
        read = noted_files(noted, self.config.root) | named_files(run.page, self.config.root)
        files = {path: self._as_read(path, run.began) for path in sorted(read)}
        recorded = {
            file.name: file.read_text(encoding="utf-8")
            for file in sorted(records(self.config, run.page).glob("*.json"))
        }
        shown = {
            "findings": as_lists(findings(run)),
            "records": recorded,
            "executed": run.receipt.get("executed", ""),
        }
        last = before.manifest["shown"] if before else None
        own = own_texts(noted)  # wherever JOURNAL_DATA has them
        receipt = {
            **run.receipt,
            "inputs": {
                _shown(path): digest
                for path, digest in files.items()
                if path.startswith("data/") or path in own
            },
            "commit": commit or {},
            "changes": (
                {"since": last["executed"], "list": _differences(last, shown)} if last else {}
            ),
        }
        manifest = {
            **_versions(),
            "code": _code(run.page),
            "files": files,
            "folders": {
                path: self._names_as_read(path, run.began)
                for path in sorted({*noted_files(noted, self.config.root, "list"), "data"})
            },
            "beside": {path: self._no_pages(path) for path in (_folder(run.page), "code")},
            "ran": [line.removeprefix("ran\t") for line in noted if line.startswith("ran\t")],
            "left": left,
            "shown": shown,
            "before": last,
            "receipt": receipt,
            "records": recorded,
            "seconds": run.seconds,
            "notebook": hashlib.sha256(text.encode()).hexdigest(),
        }
        remember(self.config.work, run.page.path, left)
        notebook_file, manifest_file = self._files(run.page)
        write_atomically(notebook_file, text)
        write_atomically(
            manifest_file, json.dumps({**manifest, "seal": _seal(manifest)}, sort_keys=True) + "\n"
        )
        self._failure(run.page).unlink(missing_ok=True)
        return replace(run, receipt=receipt)

    def _in_their_place(self, noted: Iterable[str]) -> list[str]:
        """What was noted, with the verdicts of other pages where `press render` has them, wherever
        this run had them.
        """
        here, there = f"\t{self.config.records}", f"\t{self.config.root / RECORDS}"
        return [line.replace(here, there.rstrip("/"), 1) for line in noted]

    def _file(self, path: str) -> Path:
        """Where a noted file or folder lies; what a run read of verdicts is compared with this
        press's own.
        """
        inside = f"{path}/".startswith(RECORDS)
        return self.config.records / path[len(RECORDS) :] if inside else self.config.root / path

    def fail(self, page: Page, problems: Iterable[Problem]) -> None:
        """Note that a page's last execution failed, for `press diff`; the kept run stays."""
        write_atomically(
            self._failure(page), json.dumps([str(problem) for problem in problems]) + "\n"
        )

    def failure(self, page: Page) -> list[str]:
        """What was wrong with a page's last execution, if it failed."""
        try:
            return [
                str(line) for line in json.loads(self._failure(page).read_text(encoding="utf-8"))
            ]
        except (OSError, ValueError, TypeError):
            return []

    def last_changes(self, page: Page) -> tuple[str, list[Change]] | None:
        """When the run before the kept one was, and what changed since; None without two runs."""
        kept = self._load(page)
        found = kept.manifest["receipt"]["changes"] if kept else {}
        return (found["since"], [Change(**item) for item in found["list"]]) if found else None

    def why_stale(self, page: Page) -> list[str]:
        """What changed since the kept run of a page: names, in plain words; empty if nothing did.

        A page that was never run says so.
        """
        kept = self._load(page)
        return (
            ["it has not been run"]
            if kept is None
            else list(dict.fromkeys(self._changes(page, kept.manifest)))
        )

    def _changes(
        self, page: Page, manifest: dict[str, Any], look_at_code: bool = True
    ) -> Iterator[str]:
        versions = self._once("", "versions", _versions)
        now = {**versions, "code": _code(page) if look_at_code else manifest["code"]}
        words = {
            "code": "its own code",
            "python": "Python",
            "packages": "the installed packages",
            "press": "press",
            "settings": "the variables JOURNAL_...",
        }
        for name, said in words.items():
            if manifest.get(name) != now[name]:
                yield said
        for path, digest in manifest["files"].items():
            if self._once(path, "hash", self._hash, path) != digest:
                yield path
        for path, names in manifest["folders"].items():
            if self._once(path, "names", self._names, path) != names:
                yield f"the names in {path or '.'}/"
        for path, names in manifest.get("beside", {}).items():
            if self._once(path, "no pages", self._no_pages, path) != names:
                yield f"the names in {path or '.'}/"
        for path, digest in manifest["left"].items():
            if (found := self._once(path, "hash", self._hash, path)) != digest:
                yield (
                    f"{path} is not there"
                    if found == MISSING
                    else f"{path} is not as the page left it"
                )
        yield from sorted(named_files(page, self.config.root) - manifest["files"].keys())
        if manifest.get("ran") and _reads(page) is None:
            yield (
                f"it starts a program that may read anything ({manifest['ran'][0]}); press: reads"
                " can name the files"
            )

    def _once(self, path: str, what: str, look: Callable[..., Any], *arguments: str | Path) -> Any:
        """What a look gives; of a project that is still, what it gave the first time."""
        if self.looked is None:
            return look(*arguments)
        if (path, what) not in self.looked:
            self.looked[path, what] = look(*arguments)
        return self.looked[path, what]

    def _load(self, page: Page) -> Kept | None:
        """The kept run, if both files are there and whole."""
        manifest = self._manifest(page)
        try:
            text = self._files(page)[0].read_text(encoding="utf-8")
        except (OSError, ValueError):
            return None
        whole = (
            manifest is not None
            and hashlib.sha256(text.encode()).hexdigest() == manifest["notebook"]
        )
        return Kept(manifest, text) if manifest is not None and whole else None

    def _manifest(self, page: Page) -> dict[str, Any] | None:
        """What is kept of a run beside its notebook, if it is whole."""
        try:
            manifest: dict[str, Any] = json.loads(self._files(page)[1].read_text(encoding="utf-8"))
            seal = manifest.pop("seal")
            return {**manifest, "seal": seal} if seal == _seal(manifest) else None
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return None

    def _files(self, page: Page) -> tuple[Path, Path]:
        stem = self.folder / page.path
        return stem.with_suffix(".ipynb"), stem.with_suffix(".json")

    def _failure(self, page: Page) -> Path:
        return (self.folder / page.path).with_suffix(".failed.json")

    def _hash(self, path: str) -> str:
        """The SHA-256 of a file, read again only if the file system says that it changed."""
        try:
            file = self._file(path)
            mark = mark_of(file)
            known = self.hashes.get(path)
            if known is None or known[0] != mark:
                known = (mark, hashlib.sha256(file.read_bytes()).hexdigest())
                self.hashes[path] = known
            return known[1]
        except OSError:
            return MISSING

    def _as_read(self, path: str, began: int) -> str:
        """The hash of a file as a run read it, which is not known if the file changed while the run
        went on.
        """
        return CHANGED if self._touched(path, began) else self._hash(path)

    def _names_as_read(self, path: str, began: int) -> list[str]:
        return [CHANGED] if self._touched(path, began) else self._names(path)

    def _no_pages(self, path: str) -> list[str]:
        """The names in a folder but those of pages, of which a new one is no matter for the others,
        and what press makes.
        """
        above = f"{path}/" if path else ""
        return [
            name
            for name in self._names(path)
            if not name.endswith(".qmd") and not f"{above}{name}/".startswith(NOT_INPUT)
        ]

    def _touched(self, path: str, began: int) -> bool:
        """Whether a file or folder changed since a kernel was started; until it is ready, it reads
        none of them.
        """
        if f"{path}/".startswith(
            RECORDS
        ):  # press writes these itself, before the pages that gather them run
            return False
        try:
            state = (self.config.root / path).stat()
        except OSError:
            return False
        return (
            began > 0 and state.st_ctime_ns >= began
        )  # which, unlike the time of change, nobody can set

    def _names(self, path: str) -> list[str]:
        try:
            names = sorted(item.name for item in self._file(path).iterdir())
        except OSError:
            return [MISSING]
        return [name for name in names if not name.startswith((".", "_")) or name == "__init__.py"]


class Seen:
    """What was read of manifests that were found whole, so that a file that has not changed is not
    read again.
    """

    PARTS = (
        "seal",
        "python",
        "packages",
        "press",
        "settings",
        "code",
        "files",
        "folders",
        "beside",
        "left",
        "ran",
        "records",
    )

    def __init__(self, work: Path) -> None:
        self.store = Store[dict[str, Any]](work / "shelf" / "manifests.pickle")
        self.known = self.store.known

    def get(self, path: str, manifest: str) -> dict[str, Any] | None:
        """The parts of a page's manifest, and the digest of the page that has its code; None unless
        the file is as it was.
        """
        found = self.known.get(path)
        with contextlib.suppress(OSError):
            return found if found and found["mark"] == mark_of(manifest) else None
        return None

    def put(self, page: Page, manifest: str, parts: dict[str, Any]) -> None:
        """Note a manifest of which nothing changed."""
        item = {
            **{name: parts[name] for name in self.PARTS},
            "mark": mark_of(manifest),
            "page": page.digest,
        }
        if self.known.get(page.path) != item:
            self.known[page.path] = item

    def save(self, paths: Iterable[str]) -> None:
        """Keep what is known of these pages for the next press."""
        self.store.save({path: self.known[path] for path in paths if path in self.known})


def mark_of(file: str | Path) -> tuple[int, ...]:
    """By what the file system tells that a file has changed. Raises: OSError if it is not there."""
    state = os.stat(file)
    return state.st_ino, state.st_size, state.st_mtime_ns, state.st_ctime_ns


def _shown(path: str) -> str:
    """A text as a receipt names it: one that lies elsewhere without the folder of this machine."""
    return Path(path).name if os.path.isabs(path) else path


def _folder(page: Page) -> str:
    return page.path.rpartition("/")[0]


def _code(page: Page) -> str:
    """A hash of all that a run of the page executes."""
    return hashlib.sha256(json.dumps([page.path, executed(page)]).encode()).hexdigest()


def _versions() -> dict[str, str]:
    """The parts of a key that are the same for all pages."""
    said = sorted(f"{name}={value}" for name, value in os.environ.items() if SETTING.match(name))
    return {
        "python": platform.python_version(),
        "packages": installed(),
        "press": executing(),
        "settings": "\n".join(said),
    }


def executed(page: Page) -> list[str]:
    """All code that a run of a page executes: its cells, and the inline expressions of each prose
    block.

    >>> from press.source.page import parse_page
    >>> executed(parse_page("---\\ntitle: t\\n---\\nA `{python} n`.\\n\\n```{python}\\nn = 1\\n```\\n", "a.qmd"))
    ['n', 'n = 1 {}']
    """
    found = []
    for block in page.blocks:
        if isinstance(block, Prose):
            found += [
                ", ".join(item.expression for item in group)
                for group in [inlines(block.text, 1)]
                if group
            ]
        elif block.options.get("eval") is not False:
            told = {
                name: block.options[name] for name in ("error", "include") if name in block.options
            }
            found.append(f"{block.source} {told}")
    return found


def _seal(manifest: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(manifest, sort_keys=True).encode()).hexdigest()


def _differences(before: dict[str, Any], now: dict[str, Any]) -> list[dict[str, Any]]:
    pair = from_lists(before["findings"]), from_lists(now["findings"])
    return [asdict(change) for change in changes(*pair, before["records"], now["records"])]


def graft(before: nbformat.NotebookNode, cell: nbformat.NotebookNode) -> None:
    """Give an unchanged code cell what it showed in an earlier run."""
    cell.outputs, cell.execution_count = before.outputs, before.execution_count
    if "values" in before.metadata["press"]:
        cell.metadata["press"]["values"] = before.metadata["press"]["values"]


def noted_files(noted: Iterable[str], root: Path, kind: str = "read") -> set[str]:
    """The files that press.execute.file_tracing noted as read (or the folders as listed), if they
    are input.

    Relative to the root, or whole if they lie elsewhere. Compiled modules count as their sources.

    >>> sorted(noted_files(["read\\t/j/data/a.txt", "read\\t/j/code/x/__pycache__/m.cpython-311.pyc"], Path("/j")))
    ['code/x/m.py', 'data/a.txt']
    """
    found: set[str] = set()
    for line in noted:
        what, _, path = line.partition("\t")
        if what != kind:
            continue
        inside = Path(path).is_relative_to(root)
        relative = COMPILED.sub(
            r"/\1.py", Path(path).relative_to(root).as_posix() if inside else path
        )
        folder = f"{relative}/"
        if "__pycache__" not in relative and (
            not folder.startswith(NOT_INPUT) or folder.startswith(RECORDS)
        ):
            found.add("" if relative == "." else relative)
    return found


def _reads(page: Page) -> list[str] | None:
    """The globs under `press: reads`; None if the page says nothing of what its programs read."""
    return (page.meta.get("press") or {}).get("reads")


def named_files(page: Page, root: Path) -> set[str]:
    """The files that a page's front matter names as read by the programs that it starts."""
    files = (
        file
        for glob in _reads(page) or ()
        for file in root.glob(glob.removeprefix("/"))
        if file.is_file()
    )
    return {file.relative_to(root).as_posix() for file in files}


@cache
def installed() -> str:
    """A hash of the names and versions of all installed distributions."""
    texts = (
        item.read_text("METADATA") or item.read_text("PKG-INFO") or ""
        for item in metadata.distributions()
    )
    found = sorted(
        "==".join(NAMED.findall(text.partition("\n\n")[0])) for text in texts
    )  # item.name parses it all, twice
    return hashlib.sha256("\n".join(found).encode()).hexdigest()


@cache
def executing() -> str:
    """A hash of the modules of press that decide how a page is executed."""
    here = Path(__file__).parents[1]
    return hashlib.sha256(b"".join((here / name).read_bytes() for name in EXECUTING)).hexdigest()
