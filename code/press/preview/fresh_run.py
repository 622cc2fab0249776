"""Run a page that is not being edited, as `press render` would."""

from press.execute.cache import Cache
from press.execute.executors import run_page
from press.execute.provenance import commit
from press.execute.result import Run
from press.source.claims import unrecorded
from press.source.page import Page
from press.source.project import Project


def fresh_run(page: Page, project: Project) -> Run:
    """Return a page's run, from the cache or executed; `press render` finds it there, too."""
    cache = Cache(project.config)
    cached = cache.get(page)
    if cached is None:
        run = run_page(page, project.config, None)
        if project.gathering(page) or any(unrecorded(project.config, page)):
            # what the preview's runs gave is not cached, nor a run that lacks a verdict
            return run
        cached = cache.put(run, commit(project.root))
    return cached
