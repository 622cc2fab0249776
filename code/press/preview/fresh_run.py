"""Run a page that is not being edited, as `press render` would."""

from dataclasses import replace
from pathlib import Path

from press.base.files import files_below, write_atomically
from press.execute.cache import Cache
from press.execute.pool import run_page
from press.execute.provenance import commit
from press.execute.result import Run
from press.source.claims import records, unrecorded
from press.source.config import VERDICTS
from press.source.page import Page
from press.source.project import Project


def fresh_run(page: Page, project: Project) -> Run:
    """Return a page's run, from the cache or executed; `press render` finds it there, too.

    Not cached is a run that lacks a verdict, or that gathered those of warm kernels.
    """
    config, cache = project.config, Cache(project.config)
    printing = replace(config, verdicts=VERDICTS)
    run = cache.get(page)
    if run is None:
        run = run_page(page, config, None)
        gathered = project.gathering(page) and _files(config.records) != _files(printing.records)
        if gathered or any(unrecorded(config, page)):
            return run
        run = cache.put(run, commit(project.root))
    if "draft" not in page.meta:  # a draft's verdicts are for the preview alone
        for name, text in _files(records(config, page)).items():
            write_atomically(records(printing, page) / name, text)
    return run


def _files(folder: Path) -> dict[str, bytes]:
    return {path: (folder / path).read_bytes() for path in files_below(folder)}
