"""Execute pages side by side, each in its own kernel; those that gather from the others last."""

import functools
from collections.abc import Iterable
from concurrent.futures import Future, as_completed

from press.base.errors import PressError, Problem
from press.execute.cache import Cache
from press.execute.executors import executor, jobs_that_fit
from press.execute.hardcoded_numbers import typed_numbers
from press.execute.progress import Board
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
    wrong: list[Problem] | None = None,
) -> dict[str, Run]:
    """Return the runs of pages by path: from the cache where nothing changed, else executed.

    timeout: seconds a cell may take, for all pages; default each page's own.
    jobs: how many kernels run at once; default one a core, as memory allows.
    afresh: the pages that are executed whatever the cache has. where: as of executors.
    wrong: takes the problems, if it is given; then the runs of the other pages are returned.
    Raises: PressError with the problems of every page that failed; the others run to their end.
    """
    wanted, forced = list(pages), {page.path for page in afresh}
    cache = Cache(project.config)
    runs: dict[str, Run] = {}
    problems: list[Problem] = [] if wrong is None else wrong
    made = functools.cache(lambda: commit(project.root))

    def finish(page: Page, run: Run) -> None:
        if faults := [*typed_numbers(run), *unrecorded(project.config, page)]:
            fail(page, faults)
            return
        runs[page.path] = run if run.cached else cache.put(run, made())
        board.end(page.path, "kept" if run.cached else "ran")

    def fail(page: Page, faults: list[Problem]) -> None:
        cache.fail(page, faults)
        problems.extend(faults)
        board.end(page.path, "FAILED")

    with executor(project.config, where, jobs or jobs_that_fit(cache, wanted)) as submit:
        for late in (False, True):
            futures = {}
            for page in [page for page in wanted if project.gathering(page) is late]:
                board.add(page.path)
                cached = None if page.path in forced else cache.get(page)
                if cached is not None:
                    finish(page, cached)
                else:
                    step = functools.partial(board.step, page.path)
                    futures[submit(page, timeout, step)] = page
            for future in as_completed(futures):
                page = futures[future]
                try:
                    run = _result(page, future, where)
                except PressError as error:
                    fail(page, error.problems)
                else:
                    finish(page, run)
            if problems and wrong is None:
                raise PressError(problems)
            if problems:  # what gathers from the failed pages cannot run
                break
    return runs


def _result(page: Page, future: "Future[Run]", where: str | None) -> Run:
    """Return the run of a page that ended.

    Raises: PressError as `run_page` does, or for a cluster that did not run it.
    """
    try:
        return future.result()
    except PressError:
        raise
    except Exception as error:  # a worker that died, or does not see the journal
        if where is None:
            raise
        what = f"the cluster did not run the page: {' '.join(str(error).split())}"
        raise PressError.at(page.path, 0, what, "look at the worker's log") from None
