"""Run a notebook's cells in a fresh kernel, by nbclient, with a limit of seconds a cell.

The kernel starts in the page's folder, as under Quarto, with a fixed hash seed. PRESS_DOCUMENT
names the page, so that an exhibit knows of the printer. A cell that takes too long is stopped.
"""

import asyncio
import contextlib
import datetime
import os
import signal
import tempfile
import threading
import time
from functools import cache
from pathlib import Path
from typing import Any

import nbformat
from jupyter_client.manager import AsyncKernelManager
from jupyter_core.utils import ensure_event_loop
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat.validator import NotebookValidationError

from press.base.errors import PressError
from press.execute import file_tracing
from press.execute.notebook import Progress, Run, code_cells, graft, is_hidden, to_notebook
from press.execute.outputs import join_streams, probe, problem_of, take_values
from press.execute.receipt import HASH_SEED, own_texts, receipt_of
from press.source.page import Page
from press.source.quarto_yml import Config

ONE_AT_A_TIME = threading.Lock()
MOST = 10_000_000  # characters of a cell's outputs; the journal's largest map has a fifth of that
ENDINGS = (CellTimeoutError, DeadKernelError, CellExecutionError)
INVALID = (nbformat.ValidationError, NotebookValidationError)


def execute(
    page: Page,
    config: Config,
    timeout: int | None = None,
    progress: Progress = lambda done, of: None,
) -> Run:
    """Return the run of a page: every cell executed, in order, in a kernel of its own.

    timeout: seconds a cell may take; default that of `cell_timeout`.
    Raises: PressError with the page's line for a cell that raises, takes longer, or kills the
    kernel.
    """
    notebook = to_notebook(page)
    started, began = time.perf_counter(), time.time_ns()
    moment = datetime.datetime.now(datetime.UTC)
    if not code_cells(notebook):
        return Run(page, notebook, 0.0, began=began)
    with Kernel(page, config) as kernel:
        kernel.run(page, notebook, timeout or cell_timeout(page, config), progress)
        noted = kernel.noted()
    seconds = time.perf_counter() - started
    receipt = receipt_of(page, seconds, kernel.times, noted, moment)
    return Run(page, notebook, seconds, noted, began=began, receipt=receipt)


def cell_timeout(page: Page, config: Config) -> int:
    """Return the seconds that a cell of a page may take."""
    return int(page.settings.get("timeout") or config.timeout)


class _Client(NotebookClient):
    """A client that drops outputs beyond MOST; `characters` are those of the running cell."""

    characters = 0

    def output(
        self, outs: list[Any], msg: dict[str, Any], display_id: str | None, cell_index: int
    ) -> Any:
        content = msg["content"]
        rich = content.get("data", {}).values()
        self.characters += len(content.get("text", "")) + sum(len(str(data)) for data in rich)
        return None if self.characters > MOST else super().output(outs, msg, display_id, cell_index)


class Kernel:
    """A fresh kernel in a page's folder. Use it as a context manager, and from one thread.

    times: the line and the seconds of each cell that ran; done: the cells of the last run that
    ended without an error; alive: False once it has died, or a cell was stopped in it.
    """

    def __init__(self, page: Page, config: Config) -> None:
        self.page, self.root = page, config.root
        self.times: list[tuple[int, float]] = []
        self.done: list[nbformat.NotebookNode] = []
        self.alive, self.unwanted = True, False
        self.sockets = tempfile.TemporaryDirectory(prefix="press-")
        self.log = Path(self.sockets.name, "watch")
        # What matplotlib draws by: the page's size of figures, as Quarto sets it; and fixed ids.
        width, height = page.meta.get("fig-width", 7), page.meta.get("fig-height", 5)
        style = f"figure.figsize: {width}, {height}\nfigure.dpi: 96\nsvg.hashsalt: press\n"
        Path(self.sockets.name, "matplotlibrc").write_text(style, encoding="utf-8")
        self.environment = {
            "SOURCE_DATE_EPOCH": "0",  # the date that matplotlib writes into an SVG
            **os.environ,
            "PRESS_DOCUMENT": str(config.root / page.path),
            "PYTHONHASHSEED": HASH_SEED,
            "JUPYTER_PREFER_ENV_PATH": "1",
            "PYDEVD_DISABLE_FILE_VALIDATION": "1",
            "PLOTLY_RENDERER": "plotly_mimetype",
            "MATPLOTLIBRC": f"{self.sockets.name}/matplotlibrc",
            file_tracing.LOG: str(self.log),
            file_tracing.ROOT: str(config.root),
            "PRESS_RECORDS": str(config.records),
        }
        with ONE_AT_A_TIME:
            _resolve_classes()
        # Sockets of files: unlike ports, nobody else can talk to them, and none can be taken.
        address = f"{self.sockets.name}/kernel"
        self.manager = AsyncKernelManager(
            kernel_name="python3", transport="ipc", ip=address, connection_file=f"{address}.json"
        )
        self.client = _Client(
            nbformat.v4.new_notebook(),
            km=self.manager,
            resources={"metadata": {"path": str((config.root / page.path).parent)}},
            extra_arguments=["--IPKernelApp.exec_lines=__import__('press.execute.file_tracing')"],
            shutdown_kernel="immediate",
        )

    def __enter__(self) -> "Kernel":
        RUNNING.add(self)
        try:
            self.client.start_new_kernel(env=self.environment)
            self.client.start_new_kernel_client()
        except BaseException as error:
            self.close()
            if not isinstance(error, RuntimeError):
                raise
            what = f"no kernel started: {error}"
            raise PressError.at(self.page.path, 0, what, "reinstall ipykernel") from None
        if self.unwanted:  # since it began to start
            self.kill()
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """Kill the kernel at once, and remove its sockets."""
        RUNNING.discard(self)
        try:
            self.client._cleanup_kernel()
        finally:
            self.sockets.cleanup()
            _close_loop()

    def kill(self) -> None:
        """Kill the kernel from another thread; who waits for a cell gets a DeadKernelError."""
        self.unwanted = True
        process = getattr(self.manager.provisioner, "pid", None)
        if process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)

    def noted(self) -> tuple[str, ...]:
        """Return the notes of press.execute.file_tracing."""
        if not self.log.exists():  # it is starting
            return ()
        return tuple(self.log.read_text(encoding="utf-8", errors="surrogateescape").splitlines())

    def run(
        self,
        page: Page,
        notebook: nbformat.NotebookNode,
        limit: int,
        progress: Progress = lambda done, of: None,
    ) -> None:
        """Execute a notebook's code cells from the first one on that is not as it was in the run
        before, each in `limit` seconds.

        Raises: PressError as `execute` does.
        """
        self.client.nb, self.client.timeout = notebook, limit
        self.client.reset_execution_trackers()
        cells, before, self.done = code_cells(notebook), self.done, []
        for cell, old in zip(cells, before, strict=False):
            if cell.source != old.source or cell.metadata["tags"] != old.metadata["tags"]:
                break
            graft(old, cell)
            self.done.append(cell)
        for cell in cells[len(self.done) :]:
            number = int(cell.id.removeprefix("cell-"))
            try:
                self._execute(cell, number)
            except (*ENDINGS, *INVALID) as error:
                self.alive = isinstance(error, CellExecutionError)
                texts = [text.removeprefix(f"{self.root}/") for text in own_texts(self.noted())]
                raise PressError(problem_of(page, cell, error, limit, texts)) from None
            if self.client.characters > MOST:
                size = f"{self.client.characters:,} characters"
                what = f"the cell shows {size}; a page takes {MOST:,} of one cell"
                remedy = "show a part of it, or leave it in a file"
                raise PressError.at(page.path, cell.metadata["press"]["line"], what, remedy)
            cell.outputs = join_streams(cell.outputs, number)
            if is_hidden(cell):
                take_values(page, cell)
            self.done.append(cell)
            progress(len(self.done), len(cells))

    def _execute(self, cell: nbformat.NotebookNode, number: int) -> None:
        """Execute one cell, and note its time."""
        source = cell.source
        if is_hidden(cell):
            cell.source = probe(cell)
        self.client.characters = 0
        started = time.perf_counter()
        try:
            self.client.execute_cell(cell, number)
        finally:
            cell.source = source
        self.times.append((cell.metadata["press"]["line"], time.perf_counter() - started))


def _close_loop() -> None:
    """Close this thread's event loop, in which nbclient has waited for the kernel."""
    loop = ensure_event_loop()
    if not loop.is_running():
        if tasks := asyncio.all_tasks(loop):  # of a cell that ended by nbclient's own error
            for task in tasks:
                task.cancel()
            loop.run_until_complete(asyncio.wait(tasks))
        loop.close()


RUNNING: set[Kernel] = set()


def kill_all() -> None:
    """Kill every kernel of this process."""
    for kernel in list(RUNNING):
        kernel.kill()


@cache
def _resolve_classes() -> None:
    """Make one manager and client, and drop them.

    traitlets replaces names of classes by the classes when the first instance is made, in state
    that all threads share; two first kernels at the same moment end in "import_item accepts
    strings".
    """
    NotebookClient(nbformat.v4.new_notebook(), km=(manager := AsyncKernelManager()))
    manager.client()
