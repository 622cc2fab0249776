"""Execute many pages: side by side over the cores, each in its own kernel, those that gather from the others last."""

import functools
import os
import shutil
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor, as_completed

from press.cache import Cache
from press.claims import records, unrecorded
from press.execute import Run, execute
from press.numerals import typed_numbers
from press.page import Page
from press.problems import PressError, Problem
from press.progress import Board, Task
from press.project import Project
from press.receipt import commit


def run_pages(
    project: Project,
    pages: Iterable[Page],
    board: Board,
    timeout: int | None = None,
    jobs: int | None = None,
    afresh: Iterable[Page] = (),
) -> dict[str, Run]:
    """Give the runs of pages by path: from the cache where nothing changed, else executed.

    timeout: seconds a cell may take, for all pages; default each page's own.
    jobs: how many kernels at once; default one a core. A failing page does not stop the others.
    afresh: the pages that are executed whatever the cache has.
    Raises: PressError with the problems of every page that failed.
    """
    wanted, forced = list(pages), {page.path for page in afresh}
    cache = Cache(project.config)
    runs: dict[str, Run] = {}
    found: list[Problem] = []
    made = functools.cache(lambda: commit(project.root))

    def run(page: Page, task: Task) -> Run:
        done = None if page.path in forced else cache.get(page)
        if done is None:
            shutil.rmtree(records(project.config.work, page), ignore_errors=True)
            done = execute(page, project.config, timeout, task.step)
        faults = [*typed_numbers(done), *unrecorded(project.config.work, page)]
        if faults:
            raise PressError(faults)
        return done if done.cached else cache.put(done, made())

    for late in (False, True):
        with ThreadPoolExecutor(max_workers=jobs or os.cpu_count() or 1) as pool:
            futures = {}
            for page in wanted:
                if project.gathering(page) is late:
                    task = board.add(page.path)
                    futures[pool.submit(run, page, task)] = (page, task)
            for future in as_completed(futures):
                page, task = futures[future]
                try:
                    runs[page.path] = future.result()
                    task.done(cached=runs[page.path].cached)
                except PressError as error:
                    cache.fail(page, error.problems)
                    found += error.problems
                    task.failed()
        if found:
            raise PressError(found)
    return runs
