"""Run pages on an existing dask.distributed cluster.

A page is a job of its own: it goes out as the parsed page and the configuration, and comes back as
an executed notebook with the records of its claims. A worker must see the journal's folder under
the same path (one machine, or a shared disk), and have the same packages.
"""

import os
from concurrent.futures import Future
from typing import Any

from press.base.errors import PressError
from press.execute.executors import run_page
from press.execute.result import Progress, Run
from press.source.config import Config
from press.source.page import Page


class Cluster:
    """Submit pages to the workers of a running cluster; `address` is its scheduler's."""

    def __init__(self, config: Config, address: str) -> None:
        try:
            from distributed import Client
        except ImportError:
            remedy = "install the extra: pip install -e '.[cluster]'"
            what = "dask.distributed is not installed"
            raise PressError.at("--executor", 0, what, remedy) from None
        try:
            self.client: Any = Client(address, timeout="10s", set_as_default=False)
        except (OSError, ValueError) as error:
            what = f"no cluster answers at {address}: {' '.join(str(error).split())}"
            remedy = "start one: dask scheduler, dask worker"
            raise PressError.at("--executor", 0, what, remedy) from None
        self.config, self.pool = config, self.client.get_executor(pure=False, retries=0)

    def submit(self, page: Page, timeout: int | None, progress: Progress) -> "Future[Run]":
        job: Future[Run] = self.pool.submit(remote, page, self.config, timeout)
        return job

    def result(self, page: Page, future: "Future[Run]") -> Run:
        try:
            return future.result()
        except PressError:
            raise
        except Exception as error:  # a worker that died, or does not see the journal
            what = f"the cluster did not run the page: {' '.join(str(error).split())}"
            raise PressError.at(page.path, 0, what, "look at the worker's log") from None

    def close(self) -> None:
        self.pool.shutdown(wait=False)
        self.client.close()


def remote(page: Page, config: Config, timeout: int | None) -> Run:
    """Run a page on a worker. Raises: PressError as `execute` does, or if the worker does not see
    the journal.
    """
    if not (config.root / page.path).is_file():
        what = f"{config.root} is not seen by the worker on {os.uname().nodename}"
        raise PressError.at(page.path, 0, what, "share the journal's folder under the same path")
    return run_page(page, config, timeout)
