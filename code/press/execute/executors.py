"""Run pages in kernels of this machine, side by side, or as jobs of a dask.distributed cluster.

On a cluster a page goes out as the parsed page and the configuration, and comes back as an executed
notebook. A worker must see the journal's folder under the same path (one machine, or a shared
disk), and have the same packages.
"""

import contextlib
import os
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from press.base.errors import PressError
from press.execute.cache import Cache
from press.execute.result import Progress, Run
from press.source.claims import records
from press.source.config import Config
from press.source.page import Page

USUAL = 2**30  # bytes that a page is taken to need before its first run (torch alone takes a third)
Submit = Callable[[Page, int | None, Progress], "Future[Run]"]  # the timeout is in seconds


def run_page(
    page: Page, config: Config, timeout: int | None, progress: Progress = lambda done, of: None
) -> Run:
    """Execute a page in a fresh kernel on this machine, with none of its earlier verdicts."""
    from press.execute.kernel import execute  # slow to load, and a warm press executes nothing

    shutil.rmtree(records(config, page), ignore_errors=True)
    return execute(page, config, timeout, progress)


def run_on_worker(page: Page, config: Config, timeout: int | None) -> Run:
    """Execute a page on a cluster's worker.

    Raises: PressError as `run_page` does, or if the worker does not see the journal.
    """
    if not (config.root / page.path).is_file():
        what = f"{config.root} is not seen by the worker on {os.uname().nodename}"
        raise PressError.at(page.path, 0, what, "share the journal's folder under the same path")
    return run_page(page, config, timeout)


@contextlib.contextmanager
def this_machine(config: Config, jobs: int) -> Iterator[Submit]:
    """Yield what begins pages in at most `jobs` kernels; after Ctrl+C, kill what still runs."""
    with ThreadPoolExecutor(jobs) as pool:
        try:
            yield lambda page, timeout, step: pool.submit(run_page, page, config, timeout, step)
        except BaseException:
            from press.execute.kernel import kill_all

            pool.shutdown(wait=False, cancel_futures=True)
            kill_all()
            raise


@contextlib.contextmanager
def cluster(config: Config, address: str) -> Iterator[Submit]:
    """Yield what begins pages on the workers of a running cluster; `address` is its scheduler's."""
    try:
        from distributed import Client
    except ImportError:
        remedy = "install the extra: pip install -e '.[cluster]'"
        what = "dask.distributed is not installed"
        raise PressError.at("--executor", 0, what, remedy) from None
    try:
        client: Any = Client(address, timeout="10s", set_as_default=False)
    except (OSError, ValueError) as error:
        what = f"no cluster answers at {address}: {' '.join(str(error).split())}"
        remedy = "start one: dask scheduler, dask worker"
        raise PressError.at("--executor", 0, what, remedy) from None
    pool = client.get_executor(pure=False, retries=0)
    try:
        yield lambda page, timeout, step: pool.submit(run_on_worker, page, config, timeout)
    finally:
        pool.shutdown(wait=False)
        client.close()


def executor(
    config: Config, name: str | None, jobs: int
) -> contextlib.AbstractContextManager[Submit]:
    """Return the executor of a name: None for this machine, dask://HOST:PORT for a cluster.

    Raises: PressError for another name; on entering, for a cluster that does not answer, or a
    missing package.
    """
    if name is None:
        return this_machine(config, jobs)
    if not name.startswith("dask://") or len(name) == len("dask://"):
        what = f"{name!r} names no executor"
        raise PressError.at("--executor", 0, what, "write dask://HOST:PORT, or leave it out")
    return cluster(config, f"tcp://{name.removeprefix('dask://')}")


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
