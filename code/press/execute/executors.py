"""Run pages in kernels of this machine, side by side, or as jobs of a cluster."""

import os
import shutil
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Protocol

from press.base.errors import PressError
from press.execute.cache import Cache
from press.execute.result import Progress, Run
from press.source.claims import records
from press.source.config import Config
from press.source.page import Page

USUAL = 2**30  # bytes that a page is taken to need before its first run (torch alone takes a third)


class Executor(Protocol):
    """Run pages: `submit` begins one, `result` waits for its run."""

    def submit(self, page: Page, timeout: int | None, progress: Progress) -> "Future[Run]": ...

    def result(self, page: Page, future: "Future[Run]") -> Run: ...

    def close(self) -> None: ...


def run_page(
    page: Page, config: Config, timeout: int | None, progress: Progress = lambda done, of: None
) -> Run:
    """Execute a page in a fresh kernel on this machine, with none of its earlier records."""
    from press.execute.kernel import execute  # slow to load, and a warm press executes nothing

    shutil.rmtree(records(config, page), ignore_errors=True)
    return execute(page, config, timeout, progress)


class Local:
    """Run `jobs` kernels at once on this machine."""

    def __init__(self, config: Config, jobs: int) -> None:
        self.config, self.pool = config, ThreadPoolExecutor(max_workers=jobs)
        self.begun: list[Future[Run]] = []

    def submit(self, page: Page, timeout: int | None, progress: Progress) -> "Future[Run]":
        self.begun.append(self.pool.submit(run_page, page, self.config, timeout, progress))
        return self.begun[-1]

    def result(self, page: Page, future: "Future[Run]") -> Run:
        return future.result()

    def close(self) -> None:
        """Kill whatever still runs, after Ctrl+C, and end."""
        for future in self.begun:
            future.cancel()
        if not all(future.done() for future in self.begun):
            from press.execute.kernel import kill_all

            kill_all()
        self.pool.shutdown()


def executor(config: Config, name: str | None, jobs: int) -> Executor:
    """Return the executor of a name: None for this machine, dask://HOST:PORT for a cluster.

    Raises: PressError for another name, a cluster that does not answer, or a missing package.
    """
    if name is None:
        return Local(config, jobs)
    if not name.startswith("dask://") or len(name) == len("dask://"):
        what = f"{name!r} names no executor"
        raise PressError.at("--executor", 0, what, "write dask://HOST:PORT, or leave it out")
    from press.execute.cluster import Cluster

    return Cluster(config, f"tcp://{name.removeprefix('dask://')}")


def jobs_that_fit(
    cache: Cache, pages: list[Page], memory: Callable[[], int] = lambda: available()
) -> int:
    """Return how many kernels run at once: one a core, but no more than memory holds, by the peaks
    of the pages' last runs.
    """
    needs = max((cache.peak(page) or USUAL for page in pages), default=USUAL)
    return max(1, min(os.cpu_count() or 1, memory() // needs))


def available() -> int:
    """Return the bytes of memory that can be had without swapping."""
    try:
        with open("/proc/meminfo", encoding="ascii") as file:
            kilobytes = (line.split()[1] for line in file if line.startswith("MemAvailable:"))
            return int(next(kilobytes)) * 1024
    except (OSError, StopIteration):
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2
