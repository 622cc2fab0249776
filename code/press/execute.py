"""Execute a page's notebook in a fresh kernel, and say by page and line what went wrong.

Runs on nbclient. The kernel starts in the page's folder, as under Quarto, with a fixed hash seed; PRESS_DOCUMENT
names the page, by which an exhibit knows that a printer runs it. A cell that never ends is stopped after a timeout.
"""

import os
import re
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import nbformat
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

from press import watch
from press.config import Config
from press.notebook import is_hidden, to_notebook
from press.page import Page
from press.problems import PressError, Problem

ANSI = re.compile(r"\x1b\[[0-9;]*m")
FRAME = re.compile(r"Cell In\[(?P<count>\d+)\], line (?P<line>\d+)")
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Run:
    """An executed page: its notebook with outputs, the wall time of the whole in seconds, what press.watch noted.

    cached: whether the run comes from press.cache, and no kernel was started.
    """

    page: Page
    notebook: nbformat.NotebookNode
    seconds: float
    noted: tuple[str, ...] = ()
    cached: bool = False


def execute(page: Page, config: Config, timeout: int | None = None, progress: Progress = lambda done, of: None) -> Run:
    """Run every cell of a page, in order, in a kernel of its own.

    timeout: seconds a cell may take; else the page's `press: timeout`, else that of `_quarto.yml`.
    Raises: PressError naming the page's line for a cell that raises, never ends, or takes the kernel with it.
    """
    notebook = to_notebook(page)
    limit = timeout or cell_timeout(page, config)
    started = time.perf_counter()
    done = 0

    def cell_done(cell: nbformat.NotebookNode, cell_index: int, execute_reply: dict[str, object]) -> None:
        nonlocal done
        done += 1
        progress(done, total)

    total = sum(cell.cell_type == "code" for cell in notebook.cells)
    folder = (config.root / page.path).parent
    environment = {
        **os.environ,
        "PRESS_DOCUMENT": str(config.root / page.path),
        "PYTHONHASHSEED": "0",
        "JUPYTER_PREFER_ENV_PATH": "1",
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",
    }
    noted: tuple[str, ...] = ()
    if total:
        with tempfile.TemporaryDirectory(prefix="press-") as sockets:
            log = Path(sockets) / "watch"
            environment |= {watch.LOG: str(log), watch.ROOT: str(config.root)}
            _run(page, notebook, limit, environment, folder, sockets, cell_done)
            noted = tuple(log.read_text(encoding="utf-8", errors="surrogateescape").splitlines())
    for cell in notebook.cells:
        if is_hidden(cell):
            _take_values(page, cell)
    return Run(page, notebook, time.perf_counter() - started, noted)


def cell_timeout(page: Page, config: Config) -> int:
    """Seconds that a cell of the page may take: the page's `press: timeout`, else that of `_quarto.yml`."""
    return int((page.meta.get("press") or {}).get("timeout") or config.timeout)


def _run(
    page: Page,
    notebook: nbformat.NotebookNode,
    limit: int,
    environment: dict[str, str],
    folder: Path,
    sockets: str,
    cell_done: Callable[..., None],
) -> None:
    # Sockets of files, not ports: nobody else on the machine can talk to the kernel, and no port can be taken.
    manager = AsyncKernelManager(
        kernel_name="python3", transport="ipc", ip=f"{sockets}/kernel", connection_file=f"{sockets}/kernel.json"
    )
    client = _Client(
        notebook,
        km=manager,
        timeout=limit,
        resources={"metadata": {"path": str(folder)}},
        on_cell_executed=cell_done,
        extra_arguments=["--IPKernelApp.exec_lines=__import__('press.watch')"],
        shutdown_kernel="immediate",
    )
    try:
        client.execute(env=environment, cleanup_kc=True)
    except CellTimeoutError:
        line, last = _place(notebook)
        remedy = f"shorten it, or raise 'press: timeout' (seconds) in {page.path} or _quarto.yml"
        what = f"the cell was stopped after {limit} s: {last}"
        raise PressError(Problem(page.path, line, what, remedy)) from None
    except DeadKernelError:
        line, last = _place(notebook)
        remedy = "look for a crash in native code, or for memory running out"
        raise PressError(Problem(page.path, line, f"the kernel died in the cell: {last}", remedy)) from None
    except CellExecutionError as error:
        raise PressError(_raised(page, notebook, error)) from None
    except RuntimeError as error:
        if any(cell.metadata["press"].get("started") for cell in notebook.cells):
            raise
        raise PressError(Problem(page.path, 0, f"no kernel started: {error}", "reinstall ipykernel")) from None


class _Client(NotebookClient):
    """nbclient, with inline expressions asked for as the protocol's user_expressions."""

    async def async_execute_cell(self, cell, cell_index, *args, **keywords):  # type: ignore[no-untyped-def]
        cell.metadata["press"]["started"] = True
        if is_hidden(cell):
            shown, cell.source = cell.source, _probe(cell)
            try:
                return await super().async_execute_cell(cell, cell_index, *args, **keywords)
            finally:
                cell.source = shown
        return await super().async_execute_cell(cell, cell_index, *args, **keywords)


def _probe(cell: nbformat.NotebookNode) -> str:
    """Code that shows each inline value as a display of its own, and leaves no name behind."""
    lines = ["from IPython.display import display as __press_display"]
    lines += [f"__press_display({item['code']})" for item in cell.metadata["press"]["inlines"]]
    return "\n".join([*lines, "del __press_display"])


def _take_values(page: Page, cell: nbformat.NotebookNode) -> None:
    """Keep each inline value in the cell's metadata."""
    wanted = cell.metadata["press"]["inlines"]
    shown = [output.data for output in cell.outputs if output.output_type == "display_data"]
    if len(shown) != len(wanted):
        what = f"{len(wanted)} inline expressions gave {len(shown)} values"
        raise PressError(
            Problem(page.path, wanted[0]["line"], what, "an inline expression must show one value, and print nothing")
        )
    cell.metadata["press"]["values"] = [
        {kind: data[kind] for kind in ("text/markdown", "text/plain") if kind in data} for data in shown
    ]
    cell.outputs = []


def _place(notebook: nbformat.NotebookNode) -> tuple[int, str]:
    """Line and first source line of the cell that was running: the last one that was started."""
    started = [cell for cell in notebook.cells if cell.metadata["press"].get("started")]
    cell = started[-1] if started else notebook.cells[0]
    return cell.metadata["press"]["line"], (cell.source.splitlines() or [""])[0]


def _raised(page: Page, notebook: nbformat.NotebookNode, error: CellExecutionError) -> Problem:
    cell = [cell for cell in notebook.cells if cell.metadata["press"].get("started")][-1]
    line, shown = error_line(cell)
    name, value = error.ename or "Error", " ".join(str(error.evalue).split())
    said = f"{name}: {value}" if value else name
    remedy = "mend it, or mark it '#| error: true' if meant"
    return Problem(page.path, line, f"the cell raised {said}; in: {shown}", remedy)


def error_line(cell: nbformat.NotebookNode) -> tuple[int, str]:
    """The line of the page at which an executed cell of `to_notebook` raised, and what stands on it."""
    output = next((item for item in cell.get("outputs", []) if item.output_type == "error"), None)
    traceback = ANSI.sub("", "\n".join(output.traceback)) if output else ""
    own = [int(frame["line"]) for frame in FRAME.finditer(traceback) if frame["count"] == str(cell.execution_count)]
    place = cell.metadata["press"]
    if is_hidden(cell):  # _probe gives each expression a line, the first being line 2
        items = place["inlines"]
        item = items[min(max((own[0] if own else 2) - 2, 0), len(items) - 1)]
        return item["line"], f"`{{python}} {item['code']}`"
    offset = (own[0] if own else 1) - 1
    return place["line"] + offset, (cell.source.splitlines()[offset : offset + 1] or [""])[0].strip()
