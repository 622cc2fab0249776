"""Where pages run: in kernels of this machine, side by side, or as jobs of a dask.distributed
cluster.

A page is a job of its own: it goes out as the parsed page and the configuration, and comes back as
an executed notebook with the records of its claims. A worker must see the journal's folder under
the same path (one machine, or a shared disk), and have the same packages. Left out: starting a
cluster; the address is that of one that is running.
"""

import os
import shutil
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, Protocol

from press.base.errors import PressError, Problem
from press.execute.cache import Cache
from press.execute.result import Progress, Run
from press.source.claims import records
from press.source.config import Config
from press.source.page import Page

USUAL = (
    2**30
)  # bytes that a page is taken to need, until a run has told (torch alone takes a third)


class Executor(Protocol):
    """What runs pages: `submit` begins one, and gives its run later."""

    def submit(self, page: Page, timeout: int | None, progress: Progress) -> "Future[Run]": ...

    def close(self) -> None: ...


def run_page(
    page: Page, config: Config, timeout: int | None, progress: Progress = lambda done, of: None
) -> Run:
    """Execute a page in a fresh kernel on this machine, with none of its earlier records."""
    from press.execute.kernel import (
        execute,
    )  # takes long to load, and a warm press executes nothing

    shutil.rmtree(records(config, page), ignore_errors=True)
    return execute(page, config, timeout, progress)


class Local:
    """Kernels of this machine: `jobs` at once."""

    def __init__(self, config: Config, jobs: int) -> None:
        self.config, self.pool = config, ThreadPoolExecutor(max_workers=jobs)
        self.begun: list[Future[Run]] = []

    def submit(self, page: Page, timeout: int | None, progress: Progress) -> "Future[Run]":
        self.begun.append(self.pool.submit(run_page, page, self.config, timeout, progress))
        return self.begun[-1]

    def close(self) -> None:
        """End; whatever still runs, after Ctrl+C, is not waited for."""
        for future in self.begun:
            future.cancel()
        if not all(future.done() for future in self.begun):
            from press.execute.kernel import kill_all

            kill_all()
        self.pool.shutdown()


class Cluster:
    """The workers of an existing dask.distributed cluster."""

    def __init__(self, config: Config, address: str) -> None:
        try:
            from distributed import Client
        except ImportError:
            what, remedy = (
                "dask.distributed is not installed",
                "install the extra: pip install -e '.[cluster]'",
            )
            raise PressError(Problem("--executor", 0, what, remedy)) from None
        try:
            self.client: Any = Client(address, timeout="10s", set_as_default=False)
        except (OSError, ValueError) as error:
            what = f"no cluster answers at {address}: {' '.join(str(error).split())}"
            raise PressError(
                Problem("--executor", 0, what, "start one: dask scheduler, dask worker")
            ) from None
        self.config, self.waiting = config, ThreadPoolExecutor(max_workers=1000)

    def submit(self, page: Page, timeout: int | None, progress: Progress) -> "Future[Run]":
        job = self.client.submit(remote, page, self.config, timeout, pure=False, retries=0)
        return self.waiting.submit(self._result, page, job)

    def _result(self, page: Page, job: Any) -> Run:
        try:
            run, problems = job.result()
        except Exception as error:  # a worker that died, or does not see the journal
            what = f"the cluster did not run the page: {' '.join(str(error).split())}"
            raise PressError(Problem(page.path, 0, what, "look at the worker's log")) from None
        if problems:
            raise PressError(problems)
        assert isinstance(run, Run)
        return run

    def close(self) -> None:
        self.waiting.shutdown(cancel_futures=True)
        self.client.close()


def remote(page: Page, config: Config, timeout: int | None) -> tuple[Run | None, list[Problem]]:
    """The job of a worker; problems come back as values, for an exception would lose its lines on
    the way.
    """
    if not (config.root / page.path).is_file():
        what = f"{config.root} is not seen by the worker on {os.uname().nodename}"
        return None, [Problem(page.path, 0, what, "share the journal's folder under the same path")]
    try:
        return run_page(page, config, timeout), []
    except PressError as error:
        return None, error.problems


def executor(config: Config, name: str | None, jobs: int) -> Executor:
    """The executor of a name: None for this machine, dask://HOST:PORT for a cluster.

    Raises: PressError for another name, a cluster that does not answer, or a missing package.
    """
    if name is None:
        return Local(config, jobs)
    if not name.startswith("dask://") or len(name) == len("dask://"):
        what = f"{name!r} names no executor"
        raise PressError(Problem("--executor", 0, what, "write dask://HOST:PORT, or leave it out"))
    return Cluster(config, f"tcp://{name.removeprefix('dask://')}")


def jobs_that_fit(
    cache: Cache, pages: list[Page], memory: Callable[[], int] = lambda: available()
) -> int:
    """How many kernels run at once: one a core, but no more than memory holds, by what the pages
    took last time.
    """
    needs = max((cache.peak(page) or USUAL for page in pages), default=USUAL)
    return max(1, min(os.cpu_count() or 1, memory() // needs))


def available() -> int:
    """Bytes of memory that can be had without swapping."""
    try:
        with open("/proc/meminfo", encoding="ascii") as file:
            return next(
                int(line.split()[1]) * 1024 for line in file if line.startswith("MemAvailable:")
            )
    except (OSError, StopIteration):
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2
