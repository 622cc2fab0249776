"""Run a page that nobody is editing, as `press render` would."""

from press.execute.cache import Cache
from press.execute.executors import run_page
from press.execute.provenance import commit
from press.execute.result import Run
from press.source.claims import unrecorded
from press.source.page import Page
from press.source.project import Project


def fresh_run(page: Page, project: Project) -> Run:
    """Return the run of a page as `press render` would give it, cached for it and for the next preview."""
    cache = Cache(project.config)
    cached = cache.get(page)
    if cached is None:
        run = run_page(page, project.config, None)
        if project.gathering(page) or any(unrecorded(project.config, page)):
            # it says what the preview's runs found, which need not be kept, or gives no verdict
            return run
        cached = cache.put(run, commit(project.root))
    return cached
