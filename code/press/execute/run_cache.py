"""Cache each page's last execution until what it depends on changes; find clashing assets.

What that is, press.execute.dependencies says. A page that starts another program is executed each
time, since nobody can follow what a program reads, unless its front matter names the files under
`press: reads`. jupyter-cache knows the code cells' text alone, so that a change in code/ or data/
would serve stale results.
"""

import json
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import nbformat

from press.base.errors import Problem
from press.base.files import sha256, write_atomically
from press.execute.dependencies import (
    CHANGED,
    MISSING,
    RECORDS,
    Inputs,
    code_hash,
    declared_files,
    noted_files,
    versions,
    written_assets,
)
from press.execute.file_tracing import of_kind
from press.execute.notebook import Run, code_cells, dump, graft, to_notebook
from press.execute.receipt import own_texts
from press.execute.run_diff import Change, Finding, changes, findings
from press.source.claim_calls import records
from press.source.page import Page
from press.source.quarto_yml import Config

FORMAT = 4  # raised when the keys of a manifest change; manifests of another format count as none
WORDS = {
    "code": "its own code",
    "python": "Python",
    "packages": "the installed packages",
    "press": "press",
    "settings": "the variables JOURNAL_...",
}
Manifest = dict[str, Any]


class Cache:
    """The last execution of each page of a project, in .press/cache: an executed notebook, and a
    manifest of what it depends on; still: as of `Inputs`.
    """

    def __init__(self, config: Config, still: bool = False) -> None:
        self.config = config
        self.folder = config.work / "cache"
        self.inputs = Inputs(config, still)

    def get(self, page: Page) -> Run | None:
        """Return the cached run of a page under its present prose; None if it does not hold."""
        manifest = self._manifest(page, notebook=True)
        if not manifest or any(self._changes(page, manifest)):
            return None
        executed = self._file(page, ".ipynb").read_text(encoding="utf-8")
        notebook = to_notebook(page)
        before = code_cells(nbformat.reads(executed, as_version=4))
        for old, cell in zip(before, code_cells(notebook), strict=True):
            graft(old, cell)
        shutil.rmtree(records(self.config, page), ignore_errors=True)
        self._restore(page, manifest)
        receipt = manifest["receipt"]
        return Run(page, notebook, manifest["seconds"], cached=True, receipt=receipt)

    def seal(self, page: Page) -> str | None:
        """Restore a page's verdicts, and return its manifest's hash; None if it does not hold."""
        manifest = self._manifest(page)
        if not manifest or any(self._changes(page, manifest)):
            return None
        self._restore(page, manifest)
        return str(manifest["seal"])

    def _restore(self, page: Page, manifest: Manifest) -> None:
        """Write the verdicts that a run gave, where they differ."""
        for name, text in manifest["records"].items():
            record = records(self.config, page) / name
            if not record.is_file() or record.read_text(encoding="utf-8") != text:
                write_atomically(record, text)
        self._file(page, ".failed.json").unlink(missing_ok=True)

    def put(self, run: Run, commit: dict[str, Any]) -> Run:
        """Cache a run; `commit` is that of press.execute.receipt.

        Returns: the run, its receipt with the files of data/ that it read, the commit, and what
        changed since the run before.
        """
        page, root, inputs = run.page, self.config.root, self.inputs
        before = self._manifest(page)
        # Whichever folder of verdicts this run had, it depends on that of `press render`.
        here, there = f"\t{self.config.records}", f"\t{root / RECORDS}".rstrip("/")
        noted = [line.replace(here, there, 1) for line in run.noted]
        text, results, assets = dump(run.notebook), findings(run), written_assets(noted, root)
        folder = records(self.config, page)
        verdicts = {file.name: file.read_text("utf-8") for file in sorted(folder.glob("*.json"))}

        def look(path: str, now: Any) -> Any:
            return CHANGED if inputs.changed_since(path, run.began) else now(path)

        read = sorted(noted_files(noted, root, "read") | declared_files(page, root))
        files = {path: look(path, inputs.hash) for path in read}
        asked = noted_files(noted, root, "asked") - files.keys()
        files |= {path: MISSING for path in sorted(asked) if inputs.hash(path) == MISSING}
        folders = sorted(noted_files(noted, root, "list"))
        earlier = before["earlier_assets"] | before["assets"] if before else {}
        receipt = run.receipt | {
            "inputs": _texts(files, own_texts(noted)),
            "commit": commit,
            "changes": _differences(before, results, verdicts),
        }
        manifest = versions() | {
            "code": code_hash(page),
            "files": files,
            "folders": {path: look(path, inputs.names) for path in folders},
            "modules": {
                path: inputs.modules(path) for path in (page.path.rpartition("/")[0], "code")
            },
            "programs": of_kind(noted, "ran"),
            "assets": assets,
            "earlier_assets": {path: earlier[path] for path in earlier.keys() - assets.keys()},
            "findings": [asdict(finding) for finding in results],
            "receipt": receipt,
            "records": verdicts,
            "seconds": run.seconds,
            "notebook": sha256(text),
        }
        body = json.dumps(manifest, sort_keys=True) + "\n"
        write_atomically(self._file(page, ".ipynb"), text)
        write_atomically(self._file(page, ".json"), f"{_seal(body)}\n{body}")
        self._file(page, ".failed.json").unlink(missing_ok=True)
        return replace(run, receipt=receipt)

    def peak(self, page: Page) -> int:
        """Return the bytes that the page's last run took at its peak; 0 if that is not known."""
        manifest = self._manifest(page)
        return int(manifest["receipt"].get("peak_memory", 0)) if manifest else 0

    def reads(self, page: Page) -> set[str]:
        """Return the files that the page's last run read or missed, and the folders it listed."""
        manifest = self._manifest(page)
        return {*manifest["files"], *manifest["folders"]} if manifest else set()

    def assets(self) -> dict[str, tuple[dict[str, str], dict[str, str]]]:
        """Return, by page, the files of assets/ that its last run wrote, and those that earlier
        runs alone wrote, each with its SHA-256; pages that are gone are among them.
        """
        written = {}
        for notebook in sorted(self.folder.rglob("*.ipynb")):
            path = notebook.relative_to(self.folder).with_suffix(".qmd").as_posix()
            if manifest := self._manifest(path):
                written[path] = manifest["assets"], manifest["earlier_assets"]
        return written

    def fail(self, page: Page, problems: Iterable[Problem]) -> None:
        """Write the problems of a failed execution, for `press diff`; the cached run stays."""
        lines = json.dumps([str(problem) for problem in problems]) + "\n"
        write_atomically(self._file(page, ".failed.json"), lines)

    def failure(self, page: Page) -> list[str]:
        """Return what was wrong with a page's last execution, if it failed."""
        try:
            lines = json.loads(self._file(page, ".failed.json").read_text(encoding="utf-8"))
            return [str(line) for line in lines]
        except (OSError, ValueError, TypeError):
            return []

    def last_changes(self, page: Page) -> tuple[str, list[Change]] | None:
        """Return when the run before the last was, and what changed since; None without two."""
        manifest = self._manifest(page)
        last = manifest["receipt"]["changes"] if manifest else {}
        return (last["since"], [Change(**item) for item in last["list"]]) if last else None

    def why_stale(self, page: Page) -> list[str]:
        """Return what changed since the cached run of a page, in words; [] if nothing did."""
        manifest = self._manifest(page, notebook=True)
        changed = self._changes(page, manifest) if manifest else ["it has not been run"]
        return list(dict.fromkeys(changed))

    def _changes(self, page: Page, manifest: Manifest) -> Iterator[str]:
        inputs, now = self.inputs, {**versions(), "code": code_hash(page)}
        yield from (words for key, words in WORDS.items() if manifest.get(key) != now[key])
        for path, digest in manifest["files"].items():
            if inputs.hash(path) != digest:
                yield path
        looks = (("folders", "names", inputs.names), ("modules", "modules", inputs.modules))
        for kind, what, look in looks:
            for path, names in manifest[kind].items():
                if look(path) != names:
                    yield f"the {what} in {path or '.'}/"
        for path, digest in manifest["assets"].items():
            if (present := inputs.hash(path)) != digest:
                missing = present == MISSING
                yield f"{path} is {'not there' if missing else 'not as the page left it'}"
        yield from sorted(declared_files(page, self.config.root) - manifest["files"].keys())
        if manifest["programs"] and page.settings.get("reads") is None:
            program = f"it starts a program that may read anything ({manifest['programs'][0]})"
            yield f"{program}; press: reads can name the files"

    def _manifest(self, page: Page | str, notebook: bool = False) -> Manifest | None:
        """Return the manifest of a page, with its seal, if it (and the notebook) is whole."""
        try:
            seal, _, body = self._file(page, ".json").read_text("utf-8").partition("\n")
            if seal != _seal(body):
                return None
            manifest: Manifest = {**json.loads(body), "seal": seal}
            whole = sha256(self._file(page, ".ipynb").read_text("utf-8")) if notebook else ""
        except (OSError, ValueError):
            return None
        return None if notebook and whole != manifest["notebook"] else manifest

    def _file(self, page: Page | str, ending: str) -> Path:
        path = page if isinstance(page, str) else page.path
        return (self.folder / path).with_suffix(ending)


def _seal(body: str) -> str:
    """Return the hash of a manifest's text, which holds for one FORMAT only."""
    return sha256(f"{FORMAT}\n{body}")


def _differences(
    before: Manifest | None, results: list[Finding], verdicts: dict[str, str]
) -> dict[str, Any]:
    """Return when the run before was, and what changed since; {} for the first."""
    if before is None:
        return {}
    earlier = [Finding(**item) for item in before["findings"]]
    moved = changes(earlier, results, before["records"], verdicts)
    since = before["receipt"].get("executed", "")
    return {"since": since, "list": [asdict(change) for change in moved]}


def _texts(files: dict[str, str], own: Iterable[str]) -> dict[str, str]:
    """Return the hashes of the texts that were read; a receipt has no folders of this machine."""
    chosen = set(own)
    read = [path for path in files if path.startswith("data/") or path in chosen]
    return {Path(path).name if Path(path).is_absolute() else path: files[path] for path in read}


def clashes(cache: Cache, pages: Iterable[str]) -> list[Problem]:
    """Return a problem for each file that two of these pages write with different content."""
    written, problems = cache.assets(), []
    first: dict[str, tuple[str, str]] = {}
    for page in pages:
        for path, digest in written.get(page, ({}, {}))[0].items():
            other, theirs = first.setdefault(path, (page, digest))
            if theirs != digest:
                what = f"its run leaves {path}, and that of {other} leaves it with another content"
                problems.append(Problem(page, 0, what, "give each file a name of its own"))
    return problems


def sweep(cache: Cache, pages: Iterable[str]) -> None:
    """Remove the files of assets/ that a run wrote and the last run of none of these pages did."""
    written = cache.assets()
    wanted = {path for page in pages for path in written.get(page, ({}, {}))[0]}
    for last, earlier in written.values():
        for path, digest in {**earlier, **last}.items():
            if path not in wanted and cache.inputs.hash(path) == digest:
                (cache.config.root / path).unlink()
