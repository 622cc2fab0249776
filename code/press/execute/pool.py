"""Execute many pages side by side, each in its own kernel, those that gather from the others last."""

import contextlib
import functools
from collections.abc import Callable, Iterable
from concurrent.futures import as_completed

from press.base.errors import PressError, Problem
from press.execute.cache import Cache
from press.execute.dependencies import executed
from press.execute.executors import executor, jobs_that_fit, run_page
from press.execute.hardcoded_numbers import typed_numbers
from press.execute.progress import Board, Task
from press.execute.provenance import commit
from press.execute.result import Run
from press.source.claims import unrecorded
from press.source.page import Page
from press.source.project import Project


def run_pages(
    project: Project,
    pages: Iterable[Page],
    board: Board,
    timeout: int | None = None,
    jobs: int | None = None,
    afresh: Iterable[Page] = (),
    where: str | None = None,
) -> dict[str, Run]:
    """Return the runs of pages by path: from the cache where nothing changed, else executed.

    timeout: seconds a cell may take, for all pages; default each page's own.
    jobs: how many kernels at once; default one a core, and no more than fit into memory. A failing
    page does not stop the others. afresh: the pages that are executed whatever the cache has;
    where: as of press.execute.executors. Raises: PressError with the problems of every page that
    failed.
    """
    wanted, forced = list(pages), {page.path for page in afresh}
    cache = Cache(project.config)
    runs: dict[str, Run] = {}
    problems: list[Problem] = []
    made = functools.cache(lambda: commit(project.root))
    running = executor(project.config, where, jobs or jobs_that_fit(cache, wanted))

    def finish(page: Page, task: Task, give: Callable[[], Run]) -> None:
        try:
            run = give()
            faults = [*typed_numbers(run), *unrecorded(project.config, page)]
            if faults:
                raise PressError(faults)
            runs[page.path] = run if run.cached else cache.put(run, made())
            task.done(cached=run.cached)
        except PressError as error:
            cache.fail(page, error.problems)
            problems.extend(error.problems)
            task.failed()

    with contextlib.closing(running):
        for late in (False, True):
            futures = {}
            for page in [page for page in wanted if project.gathering(page) is late]:
                cached = None if page.path in forced else cache.get(page)
                task = board.add(page.path)
                if cached is not None:
                    finish(page, task, lambda cached=cached: cached)  # type: ignore[misc]
                elif executed(page):
                    futures[running.submit(page, timeout, task.step)] = (page, task)
                else:
                    finish(page, task, functools.partial(run_page, page, project.config, timeout))
            for future in as_completed(futures):
                page, task = futures[future]
                finish(page, task, functools.partial(running.result, page, future))
            if problems:
                raise PressError(problems)
    return runs
