"""Execute a page's notebook in a fresh kernel, and say by page and line what went wrong.

Runs on nbclient. The kernel starts in the page's folder, as under Quarto, with a fixed hash seed;
PRESS_DOCUMENT names the page, by which an exhibit knows that a printer runs it. A cell that never
ends is stopped after a timeout.
"""

import asyncio
import contextlib
import datetime
import os
import re
import signal
import tempfile
import threading
import time
from functools import cache
from itertools import groupby
from pathlib import Path
from types import TracebackType
from typing import Any

import nbformat
from jupyter_client.manager import AsyncKernelManager
from jupyter_core.utils import ensure_event_loop
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat.validator import NotebookValidationError

from press.base.errors import PressError, Problem
from press.execute import file_tracing
from press.execute.notebook import ANSI, is_hidden, to_notebook
from press.execute.provenance import HASH_SEED, own_texts, receipt_of
from press.execute.result import Progress, Run
from press.source.config import Config
from press.source.page import Page

FRAME = re.compile(r"Cell In\[(?P<count>\d+)\], line (?P<line>\d+)")
GROUP = re.compile(r'ipykernel_\d+/\d+\.py", line (\d+), in <module>')
ONE_AT_A_TIME = threading.Lock()
# characters that a cell may show; the largest map of this journal has a fifth of that
MOST = 10_000_000


def execute(
    page: Page,
    config: Config,
    timeout: int | None = None,
    progress: Progress = lambda done, of: None,
) -> Run:
    """Run every cell of a page, in order, in a kernel of its own.

    timeout: seconds a cell may take; else the page's `press: timeout`, else that of `_quarto.yml`.
    Raises: PressError naming the page's line for a cell that raises, never ends, or takes the
    kernel with it.
    """
    notebook = to_notebook(page)
    started, began, moment = (
        time.perf_counter(),
        time.time_ns(),
        datetime.datetime.now(datetime.UTC),
    )
    noted: tuple[str, ...] = ()
    receipt: dict[str, Any] = {}
    if any(cell.cell_type == "code" for cell in notebook.cells):
        with Kernel(page, config) as kernel:
            kernel.run(page, notebook, timeout or cell_timeout(page, config), progress)
            noted = kernel.noted()
        receipt = receipt_of(page, time.perf_counter() - started, kernel.times, noted, moment)
    return Run(page, notebook, time.perf_counter() - started, noted, began=began, receipt=receipt)


def cell_timeout(page: Page, config: Config) -> int:
    """Seconds that a cell of the page may take: the page's `press: timeout`, else that of
    `_quarto.yml`.
    """
    return int((page.meta.get("press") or {}).get("timeout") or config.timeout)


class _Client(NotebookClient):
    """A client that keeps no more of a cell than it may show; `shown`: characters that came of the
    running one.
    """

    shown = 0

    def output(
        self, outs: list[Any], msg: dict[str, Any], display_id: str | None, cell_index: int
    ) -> Any:
        content = msg["content"]
        self.shown += len(content.get("text", "")) + sum(
            len(str(data)) for data in content.get("data", {}).values()
        )
        return super().output(outs, msg, display_id, cell_index) if self.shown <= MOST else None


class Kernel:
    """A fresh kernel in a page's folder. Use it as a context manager, and from one thread."""

    def __init__(self, page: Page, config: Config) -> None:
        self.page, self.root, self.folder = page, config.root, (config.root / page.path).parent
        self.sockets = tempfile.TemporaryDirectory(prefix="press-")
        self.log = Path(self.sockets.name) / "watch"
        self.environment = {
            **os.environ,
            "PRESS_DOCUMENT": str(config.root / page.path),
            "PYTHONHASHSEED": HASH_SEED,
            "JUPYTER_PREFER_ENV_PATH": "1",
            "PYDEVD_DISABLE_FILE_VALIDATION": "1",
            file_tracing.LOG: str(self.log),
            file_tracing.ROOT: str(config.root),
            "PRESS_RECORDS": str(config.records),
        }
        # Sockets of files, not ports: nobody else on the machine can talk to the kernel, and no
        # port can be taken.
        place = f"{self.sockets.name}/kernel"
        with ONE_AT_A_TIME:
            _resolve_classes()
        self.manager = AsyncKernelManager(
            kernel_name="python3", transport="ipc", ip=place, connection_file=f"{place}.json"
        )
        self.times: list[
            tuple[int, float]
        ] = []  # of each cell that ran, its line in the page, and seconds
        self.alive = True  # until it dies, or a cell has to be stopped in it
        self.unwanted = False
        self.client = _Client(
            nbformat.v4.new_notebook(),
            km=self.manager,
            resources={"metadata": {"path": str(self.folder)}},
            extra_arguments=["--IPKernelApp.exec_lines=__import__('press.execute.file_tracing')"],
            shutdown_kernel="immediate",
        )

    def __enter__(self) -> "Kernel":
        RUNNING.add(self)
        try:
            self.client.start_new_kernel(env=self.environment)
            self.client.start_new_kernel_client()
        except RuntimeError as error:
            self.close()
            raise PressError(
                Problem(self.page.path, 0, f"no kernel started: {error}", "reinstall ipykernel")
            ) from None
        if self.unwanted:  # since it began to start
            self.kill()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Kill the kernel at once, and remove its sockets."""
        RUNNING.discard(self)
        self.client._cleanup_kernel()
        self.sockets.cleanup()
        loop = (
            ensure_event_loop()
        )  # the one of this thread, in which nbclient has waited for the kernel
        if not loop.is_running():
            if left := asyncio.all_tasks(
                loop
            ):  # of a cell that ended by an error of nbclient's own
                loop.run_until_complete(_cancelled(left))
            loop.close()

    def kill(self) -> None:
        """Kill the kernel from another thread; who waits for a cell of it is told that it died."""
        self.unwanted = True
        process = getattr(self.manager.provisioner, "pid", None)
        if process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)

    def noted(self) -> tuple[str, ...]:
        """What press.execute.file_tracing noted so far."""
        if not self.log.exists():  # it is starting
            return ()
        return tuple(self.log.read_text(encoding="utf-8", errors="surrogateescape").splitlines())

    def _texts(self) -> list[str]:
        """The learner's own texts that the page has read so far, as a reader knows them."""
        read = map(Path, own_texts(self.noted()))
        return [
            str(path.relative_to(self.root) if path.is_relative_to(self.root) else path)
            for path in read
        ]

    def run(
        self,
        page: Page,
        notebook: nbformat.NotebookNode,
        limit: int,
        progress: Progress = lambda done, of: None,
        first: int = 0,
    ) -> None:
        """Execute a notebook's code cells from cell number `first` on; `limit`: seconds that each
        may take.

        Raises: PressError as `execute` does.
        """
        client = self.client
        client.nb, client.timeout = notebook, limit
        client.reset_execution_trackers()
        code = [
            number
            for number, cell in enumerate(notebook.cells)
            if cell.cell_type == "code" and number >= first
        ]
        running = notebook.cells[0]
        try:
            for done, number in enumerate(code, 1):
                running = notebook.cells[number]
                shown = running.source
                running.source = _probe(running) if is_hidden(running) else shown
                client.shown = 0
                started = time.perf_counter()
                try:
                    client.execute_cell(running, number)
                finally:
                    running.source = shown
                if client.shown > MOST:
                    what = (
                        f"the cell shows {client.shown:,} characters; a page takes {MOST:,} of one"
                        " cell"
                    )
                    remedy = "show a part of it, or leave it in a file"
                    raise PressError(
                        Problem(page.path, running.metadata["press"]["line"], what, remedy)
                    )
                self.times.append(
                    (running.metadata["press"]["line"], time.perf_counter() - started)
                )
                running.outputs = _joined(running.outputs)
                if is_hidden(running):
                    _take_values(page, running)
                progress(done, len(code))
        except CellTimeoutError:
            self.alive = False
            remedy = (
                f"shorten it, or raise 'press: timeout' (seconds) in {page.path} or _quarto.yml"
            )
            what = f"the cell was stopped after {limit} s: {_first_line(running)}"
            raise PressError(
                Problem(page.path, running.metadata["press"]["line"], what, remedy)
            ) from None
        except DeadKernelError:
            self.alive = False
            remedy = "look for a crash in native code, or for memory running out"
            what = f"the kernel died in the cell: {_first_line(running)}"
            raise PressError(
                Problem(page.path, running.metadata["press"]["line"], what, remedy)
            ) from None
        except CellExecutionError as error:
            raise PressError(_raised(page, running, error, self._texts())) from None
        except (nbformat.ValidationError, NotebookValidationError) as error:
            self.alive = False  # the rest of what the cell shows is still to come
            what = f"the cell shows what no notebook can hold: {str(error).partition(chr(10))[0]}"
            remedy = "give a text for text/html, text/markdown and their like"
            raise PressError(
                Problem(page.path, running.metadata["press"]["line"], what, remedy)
            ) from None


async def _cancelled(tasks: set[asyncio.Task[Any]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)


RUNNING: set[Kernel] = set()


def kill_all() -> None:
    """Kill every kernel of this process, whoever waits for it."""
    for kernel in list(RUNNING):
        kernel.kill()


@cache
def _resolve_classes() -> None:
    """Make one manager and client, and throw them away.

    traitlets replaces names of classes by the classes when the first instance is made, in a place
    that all threads share; two kernels that start at the same moment ended in "import_item accepts
    strings".
    """
    NotebookClient(nbformat.v4.new_notebook(), km=(manager := AsyncKernelManager()))
    manager.client()


def _first_line(cell: nbformat.NotebookNode) -> str:
    return str(cell.source.split("\n")[0])


def _joined(outputs: list[nbformat.NotebookNode]) -> list[nbformat.NotebookNode]:
    """Outputs in which each run of stream messages is one of stdout and one of stderr.

    A kernel sends what is printed in pieces, as its clock has it; two builds of a page must not
    differ by that.
    """
    done: list[nbformat.NotebookNode] = []
    for streams, group in groupby(outputs, key=lambda output: output.output_type == "stream"):
        items = list(group)
        for name in ("stdout", "stderr") if streams else ():
            text = "".join(output.text for output in items if output.name == name)
            if text:
                done.append(nbformat.v4.new_output("stream", name=name, text=text))
        done += [] if streams else items
    return done


def _probe(cell: nbformat.NotebookNode) -> str:
    """Code that shows each inline value as a display of its own, and leaves no name behind."""
    lines = ["from IPython.display import display as __press_display"]
    lines += [f"__press_display({item['code']})" for item in cell.metadata["press"]["inlines"]]
    return "\n".join([*lines, "del __press_display"])


def _take_values(page: Page, cell: nbformat.NotebookNode) -> None:
    """Keep each inline value in the cell's metadata."""
    wanted = cell.metadata["press"]["inlines"]
    shown: list[dict[str, str]] = []
    for output in cell.outputs:
        if output.output_type == "display_data":
            shown.append(output.data)
        elif output.get("name") == "stdout":
            item = wanted[min(len(shown), len(wanted) - 1)]
            what = (
                f"the inline {item['code']!r} prints {output.text.strip()!r}, which no reader"
                " would see"
            )
            raise PressError(
                Problem(page.path, item["line"], what, "give the value, instead of printing it")
            )
    if len(shown) != len(wanted):
        what = f"{len(wanted)} inline expressions gave {len(shown)} values"
        raise PressError(
            Problem(
                page.path,
                wanted[0]["line"],
                what,
                "an inline expression must show one value, and print nothing",
            )
        )
    cell.metadata["press"]["values"] = [
        {kind: data[kind] for kind in ("text/markdown", "text/plain") if kind in data}
        for data in shown
    ]
    cell.outputs = []


def _raised(
    page: Page, cell: nbformat.NotebookNode, error: CellExecutionError, texts: list[str]
) -> Problem:
    line, shown = error_line(cell, first=2)
    name, value = error.ename or "Error", " ".join(str(error.evalue).split())
    said = f"{name}: {value}" if value else name
    remedy = "mend it, or mark it '#| error: true' if meant"
    if name == "TextError":  # it says what the text lacks
        remedy = (
            "mend or replace the text, or take it away; `press texts` lists those that are here"
        )
    elif texts:
        only = f"if only {'this text does' if len(texts) == 1 else 'these texts do'} it"
        remedy = (
            f"it ran on {' and '.join(texts)}: {only}, print on another (press texts) and report"
            " it, or mend the cell"
        )
    return Problem(page.path, line, f"the cell raised {said}; in: {shown}", remedy)


def error_line(cell: nbformat.NotebookNode, first: int = 1) -> tuple[int, str]:
    """The line of the page at which an executed cell of `to_notebook` raised, and what stands on
    it.

    first: the line of the executed code on which the first inline expression stood; 2 after
    `_probe`.
    """
    output = next((item for item in cell.get("outputs", []) if item.output_type == "error"), None)
    traceback = ANSI.sub("", "\n".join(output.traceback)) if output else ""
    own = [
        int(frame["line"])
        for frame in FRAME.finditer(traceback)
        if frame["count"] == str(cell.execution_count)
    ]
    if not output:  # IPython prints the traceback of an ExceptionGroup to stderr
        printed = "".join(
            item.text for item in cell.get("outputs", []) if item.get("name") == "stderr"
        )
        own = [int(line) for line in GROUP.findall(printed)][-1:]
    place = cell.metadata["press"]
    if is_hidden(cell):  # each expression has a line
        items = place["inlines"]
        item = items[min(max((own[0] if own else first) - first, 0), len(items) - 1)]
        return item["line"], f"`{{python}} {item['code']}`"
    offset = (own[0] if own else 1) - 1
    return place["line"] + offset, (cell.source.split("\n")[offset : offset + 1] or [""])[0].strip()
