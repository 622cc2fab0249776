"""Keep a page's execution until anything that it depends on changes (press.execute.dependencies), so
that no stale page is printed.

Prose is woven anew each time. What a run wrote into assets/ must still be there. A page that starts
another program, whose reading nobody can follow, is run each time, unless its front matter names
the files under `press: reads`.

jupyter-cache would not do: it knows the code cells' text alone, so a change in code/ or data/ would
serve stale results.
"""

import hashlib
import json
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import nbformat

from press.base.errors import Problem
from press.base.files import write_atomically
from press.execute.dependencies import (
    MISSING,
    RECORDS,
    Inputs,
    code_hash,
    named_files,
    noted_files,
    versions,
)
from press.execute.generated_assets import remember, written_assets
from press.execute.notebook import dump, to_notebook
from press.execute.provenance import own_texts
from press.execute.result import Run
from press.execute.run_diff import Change, as_lists, changes, findings, from_lists
from press.source.claims import records
from press.source.config import Config
from press.source.page import Page

FORMAT = 2  # raised whenever the keys of a manifest change; older ones then count as none
WORDS = {
    "code": "its own code",
    "python": "Python",
    "packages": "the installed packages",
    "press": "press",
    "settings": "the variables JOURNAL_...",
}


class Cache:
    """Hold the last execution of each page of a project, in .press/cache: a notebook, and a manifest
    of what it depends on.

    still: while this one is used, no page runs; each file and folder is looked at once, however
    many pages depend on it.
    """

    def __init__(self, config: Config, still: bool = False) -> None:
        self.config = config
        self.folder = config.work / "cache"
        self.inputs = Inputs(config, still)

    def get(self, page: Page) -> Run | None:
        """Return the cached run of a page, under the page's present prose; None if anything that it
        depends on changed.
        """
        manifest = self._manifest(page)
        text = self._notebook(page, manifest)
        if manifest is None or text is None or any(self._changes(page, manifest)):
            return None
        notebook = to_notebook(page)
        cells = nbformat.reads(text, as_version=4).cells
        executed = iter([cell for cell in cells if cell.cell_type == "code"])
        for cell in notebook.cells:
            if cell.cell_type == "code":
                graft(next(executed), cell)
        shutil.rmtree(records(self.config, page), ignore_errors=True)
        self._restore(page, manifest)
        seconds, receipt = manifest["seconds"], manifest["receipt"]
        return Run(page, notebook, seconds, cached=True, receipt=receipt)

    def seal(self, page: Page) -> str | None:
        """Return the seal of the cached run of a page, and put its records in place; None if
        anything that it depends on changed.
        """
        manifest = self._manifest(page)
        if manifest is None or any(self._changes(page, manifest)):
            return None
        self._restore(page, manifest)
        return str(manifest["seal"])

    def _restore(self, page: Page, manifest: dict[str, Any]) -> None:
        for name, text in manifest["records"].items():
            record = records(self.config, page) / name
            if not record.is_file() or record.read_text(encoding="utf-8") != text:
                write_atomically(record, text)
        self._file(page, ".failed.json").unlink(missing_ok=True)

    def peak(self, page: Page) -> int:
        """Return the bytes that the page's last run took at its peak; 0 if that is not known."""
        manifest = self._manifest(page)
        return int(manifest["receipt"].get("peak_memory", 0)) if manifest else 0

    def put(self, run: Run, commit: dict[str, Any] | None = None) -> Run:
        """Keep a run; commit: as of press.execute.provenance.

        Returns: the run, its receipt with the files of data/ that it read, the commit, and what
        changed since the run before.
        """
        page, root, inputs = run.page, self.config.root, self.inputs
        noted, text = self._published(run.noted), dump(run.notebook)
        read = noted_files(noted, root) | named_files(page, root)
        files = {path: inputs.hash_as_read(path, run.began) for path in sorted(read)}
        listed = sorted({*noted_files(noted, root, "list"), "data"})
        verdicts = {
            file.name: file.read_text(encoding="utf-8")
            for file in sorted(records(self.config, page).glob("*.json"))
        }
        results = {
            "findings": as_lists(findings(run)),
            "records": verdicts,
            "executed": run.receipt.get("executed", ""),
        }
        receipt = run.receipt | {
            "inputs": _texts(files, own_texts(noted)),
            "commit": commit or {},
            "changes": self._differences(page, results),
        }
        assets = written_assets(noted, root)
        manifest = versions() | {
            "code": code_hash(page),
            "files": files,
            "folders": {path: inputs.names_as_read(path, run.began) for path in listed},
            "own_names": {path: inputs.names_but_pages(path) for path in (_folder(page), "code")},
            "programs": [line.removeprefix("ran\t") for line in noted if line.startswith("ran\t")],
            "assets": assets,
            "results": results,
            "receipt": receipt,
            "records": verdicts,
            "seconds": run.seconds,
            "notebook": hashlib.sha256(text.encode()).hexdigest(),
        }
        remember(self.config.work, page.path, assets)
        write_atomically(self._file(page, ".ipynb"), text)
        sealed = json.dumps({**manifest, "seal": _seal(manifest)}, sort_keys=True)
        write_atomically(self._file(page, ".json"), sealed + "\n")
        self._file(page, ".failed.json").unlink(missing_ok=True)
        return replace(run, receipt=receipt)

    def _published(self, noted: Iterable[str]) -> list[str]:
        """Return what was noted, with the verdicts of other pages where `press render` has them,
        whatever folder of them this run had.
        """
        here, there = f"\t{self.config.records}", f"\t{self.config.root / RECORDS}"
        return [line.replace(here, there.rstrip("/"), 1) for line in noted]

    def _differences(self, page: Page, results: dict[str, Any]) -> dict[str, Any]:
        """Return when the run before was, and what changed since; {} for the first."""
        manifest = self._manifest(page)
        if manifest is None:
            return {}
        before = manifest["results"]
        pair = from_lists(before["findings"]), from_lists(results["findings"])
        moved = changes(*pair, before["records"], results["records"])
        return {"since": before["executed"], "list": [asdict(change) for change in moved]}

    def fail(self, page: Page, problems: Iterable[Problem]) -> None:
        """Note that a page's last execution failed, for `press diff`; the cached run stays."""
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
        """Return when the run before the cached one was, and what changed since; None without two
        runs.
        """
        manifest = self._manifest(page)
        last = manifest["receipt"]["changes"] if manifest else {}
        return (last["since"], [Change(**item) for item in last["list"]]) if last else None

    def why_stale(self, page: Page) -> list[str]:
        """Return what changed since the cached run of a page, in plain words; [] if nothing did."""
        manifest = self._manifest(page)
        if manifest is None or self._notebook(page, manifest) is None:
            return ["it has not been run"]
        return list(dict.fromkeys(self._changes(page, manifest)))

    def _changes(self, page: Page, manifest: dict[str, Any]) -> Iterator[str]:
        inputs, now = self.inputs, {**versions(), "code": code_hash(page)}
        yield from (words for key, words in WORDS.items() if manifest.get(key) != now[key])
        for path, digest in manifest["files"].items():
            if inputs.hash(path) != digest:
                yield path
        for kind, look in (("folders", inputs.names), ("own_names", inputs.names_but_pages)):
            for path, names in manifest[kind].items():
                if look(path) != names:
                    yield f"the names in {path or '.'}/"
        for path, digest in manifest["assets"].items():
            if (present := inputs.hash(path)) != digest:
                missing = present == MISSING
                yield f"{path} is {'not there' if missing else 'not as the page left it'}"
        yield from sorted(named_files(page, self.config.root) - manifest["files"].keys())
        if manifest["programs"] and page.settings.get("reads") is None:
            program = f"it starts a program that may read anything ({manifest['programs'][0]})"
            yield f"{program}; press: reads can name the files"

    def _notebook(self, page: Page, manifest: dict[str, Any] | None) -> str | None:
        """Return the notebook of a run, if it is the one of the manifest."""
        try:
            text = self._file(page, ".ipynb").read_text(encoding="utf-8")
        except (OSError, ValueError):
            return None
        digest = hashlib.sha256(text.encode()).hexdigest()
        return text if manifest and digest == manifest["notebook"] else None

    def _manifest(self, page: Page) -> dict[str, Any] | None:
        """Return the manifest of a run, if it is whole."""
        try:
            text = self._file(page, ".json").read_text(encoding="utf-8")
            manifest: dict[str, Any] = json.loads(text)
            seal = manifest.pop("seal")
            return {**manifest, "seal": seal} if seal == _seal(manifest) else None
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return None

    def _file(self, page: Page, ending: str) -> Path:
        return (self.folder / page.path).with_suffix(ending)


def _texts(files: dict[str, str], own: Iterable[str]) -> dict[str, str]:
    """Return the hashes of the texts that were read; a receipt has no folders of this machine."""
    chosen = set(own)
    read = {
        path: item for path, item in files.items() if path.startswith("data/") or path in chosen
    }
    return {Path(path).name if Path(path).is_absolute() else path: read[path] for path in read}


def _folder(page: Page) -> str:
    return page.path.rpartition("/")[0]


def _seal(manifest: dict[str, Any]) -> str:
    """Return the hash of a manifest, which holds for one FORMAT only."""
    return hashlib.sha256(json.dumps([FORMAT, manifest], sort_keys=True).encode()).hexdigest()


def graft(executed: nbformat.NotebookNode, cell: nbformat.NotebookNode) -> None:
    """Give an unchanged code cell the outputs of an earlier run."""
    cell.outputs, cell.execution_count = executed.outputs, executed.execution_count
    if "values" in executed.metadata["press"]:
        cell.metadata["press"]["values"] = executed.metadata["press"]["values"]
