"""Execute pages side by side, here or on a dask cluster; those that gather from the others last.

They run in kernels of this machine, or as jobs of a dask.distributed cluster, to which a page goes
as the parsed page and the configuration, and from which an executed notebook comes. A worker must
see the journal's folder under the same path (one machine, or a shared disk), and have the same
packages. How far the pages are is a bar a page on a terminal, elsewhere a line as each ends.
"""

import contextlib
import functools
import os
import shutil
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from pathlib import Path
from typing import Any

from rich import progress
from rich.console import Console

from press.base.errors import PressError, Problem
from press.execute.hardcoded_numbers import typed_numbers
from press.execute.notebook import Progress, Run
from press.execute.receipt import commit
from press.execute.run_cache import Cache
from press.source.claim_calls import records, unrecorded
from press.source.page import Page
from press.source.project import Project
from press.source.quarto_yml import Config

USUAL = 2**30  # bytes that a page is taken to need before its first run (torch alone takes a third)
Submit = Callable[[Page, int | None, Progress], "Future[Run]"]  # the timeout is in seconds


class Board:
    """The lines of the pages that run; use it as a context manager."""

    def __init__(self, console: Console) -> None:
        self.console, self.started = console, time.perf_counter()
        self.bars = progress.Progress(
            progress.TextColumn("{task.description}"),
            progress.BarColumn(24),
            progress.MofNCompleteColumn(),
            progress.TimeElapsedColumn(),
            console=console,
            disable=not console.is_terminal,
        )
        self.tasks: dict[str, progress.TaskID] = {}  # by page

    def __enter__(self) -> "Board":
        self.bars.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.bars.stop()

    def add(self, page: str) -> None:
        """Add the line of a page that is about to run."""
        self.tasks[page] = self.bars.add_task(f"   run  {page}", total=None)

    def step(self, page: str, done: int, of: int) -> None:
        """Show how many of a page's cells are done."""
        self.bars.update(self.tasks[page], completed=done, total=of)

    def end(self, page: str, word: str) -> None:
        """Show what became of a page: ran, kept (nothing changed) or FAILED."""
        line = f"{word:>6}  {page}"
        if self.console.is_terminal:
            self.bars.update(self.tasks[page], description=line)
            self.bars.stop_task(self.tasks[page])
        else:
            at = f"  (at {time.perf_counter() - self.started:.1f} s)"
            self.console.print(line + at, highlight=False, soft_wrap=True)


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
    jobs: how many kernels run at once; default as of `jobs_that_fit`.
    afresh: the pages that are executed whatever the cache has. where: as of `executor`.
    wrong: takes the problems, if it is given; then the runs of the other pages are returned.
    Raises: PressError with the problems of every page that failed; the others run to their end.
    """
    wanted, forced = list(pages), {page.path for page in afresh}
    cache = Cache(project.config)
    runs: dict[str, Run] = {}
    problems: list[Problem] = [] if wrong is None else wrong
    made = functools.cache(lambda: commit(project.root))

    def finish(page: Page, result: Run | list[Problem]) -> None:
        if isinstance(result, Run):
            result = [*typed_numbers(result), *unrecorded(project.config, page)] or result
        if isinstance(result, Run):
            runs[page.path] = result if result.cached else cache.put(result, made())
            board.end(page.path, "kept" if result.cached else "ran")
        else:
            cache.fail(page, result)
            problems.extend(result)
            board.end(page.path, "FAILED")

    with executor(project.config, where, jobs or jobs_that_fit(cache, wanted)) as submit:
        for late in (False, True):
            futures = {}
            phase = [page for page in wanted if page.gathers is late]
            for page in sorted(phase, key=lambda page: not page.pretrained):  # the longest first
                board.add(page.path)
                if page.path not in forced and (cached := cache.get(page)):
                    finish(page, cached)
                else:
                    step = functools.partial(board.step, page.path)
                    futures[submit(page, timeout, step)] = page
            for future in as_completed(futures):
                finish(futures[future], _result(futures[future], future, where))
            if problems and wrong is None:
                raise PressError(problems)
            if problems:  # what gathers from the failed pages cannot run
                break
    return runs


def _result(page: Page, future: "Future[Run]", where: str | None) -> Run | list[Problem]:
    """Return the run of a page that ended, or what kept it from ending well."""
    try:
        return future.result()
    except PressError as error:
        return error.problems
    except Exception as error:  # a worker that died, or does not see the journal
        if where is None:
            raise
        what = f"the cluster did not run the page: {' '.join(str(error).split())}"
        return [Problem(page.path, 0, what, "look at the worker's log")]


def run_page(
    page: Page, config: Config, timeout: int | None, progress: Progress = lambda done, of: None
) -> Run:
    """Execute a page in a fresh kernel on this machine, with none of its earlier verdicts."""
    from press.execute.kernel import execute  # slow to load, and a warm press executes nothing

    shutil.rmtree(records(config, page), ignore_errors=True)
    return execute(page, config, timeout, progress)


def run_on_worker(page: Page, config: Config, timeout: int | None) -> Run:
    """Execute a page on a cluster's worker, which must see the journal."""
    if not (config.root / page.path).is_file():
        what = f"{config.root} is not seen by the worker on {os.uname().nodename}"
        raise PressError.at(page.path, 0, what, "share the journal's folder under the same path")
    return run_page(page, config, timeout)


@contextlib.contextmanager
def executor(config: Config, name: str | None, jobs: int) -> Iterator[Submit]:
    """Yield what begins pages, at most `jobs` at once on this machine, or (dask://HOST:PORT) on the
    workers of a running cluster; after Ctrl+C, kill what still runs here.

    Raises: PressError for another name, a cluster that does not answer, or a missing package.
    """
    if name is not None:
        client = _client(name)
        pool = client.get_executor(pure=False, retries=0)
        try:
            yield lambda page, timeout, step: pool.submit(run_on_worker, page, config, timeout)
        finally:
            pool.shutdown(wait=False)
            client.close()
        return
    with ThreadPoolExecutor(jobs) as threads:
        try:
            yield lambda page, timeout, step: threads.submit(run_page, page, config, timeout, step)
        except BaseException:
            from press.execute.kernel import kill_all

            threads.shutdown(wait=False, cancel_futures=True)
            kill_all()
            raise


def _client(name: str) -> Any:
    """Return the client of a running cluster."""
    address = name.removeprefix("dask://")
    if address in (name, ""):
        what = f"{name!r} names no executor"
        raise PressError.at("--executor", 0, what, "write dask://HOST:PORT, or leave it out")
    try:
        from distributed import Client

        return Client(f"tcp://{address}", timeout="10s", set_as_default=False)
    except ImportError:
        remedy = "install the extra: pip install -e '.[cluster]'"
        what = "dask.distributed is not installed"
        raise PressError.at("--executor", 0, what, remedy) from None
    except (OSError, ValueError) as error:
        what = f"no cluster answers at tcp://{address}: {' '.join(str(error).split())}"
        remedy = "start one: dask scheduler, dask worker"
        raise PressError.at("--executor", 0, what, remedy) from None


def jobs_that_fit(
    cache: Cache, pages: list[Page], memory: Callable[[], int] = lambda: available_memory()
) -> int:
    """Return how many kernels run at once: one a core and one more, since a page may wait for a
    model that another trains; but no more than memory (bytes) holds, by the peaks of the pages'
    last runs.
    """
    needs = max((cache.peak(page) or USUAL for page in pages), default=USUAL)
    return max(1, min((os.cpu_count() or 1) + 1, memory() // needs))


def available_memory() -> int:
    """Return the bytes of memory that can be had without swapping."""
    try:
        lines = Path("/proc/meminfo").read_text("ascii").splitlines()
        free = next(line for line in lines if line.startswith("MemAvailable"))
        return int(free.split()[1]) * 1024
    except (OSError, StopIteration):
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2
