"""Keep a page's kernel while its author writes, and run the cells from the first changed one on.

What earlier runs of later cells defined is still in the kernel, so this is for `press preview`
alone: its runs are not cached, and `press render` runs every page in a fresh kernel.
"""

import nbformat

from press.base.errors import PressError
from press.execute.cache import graft
from press.execute.dependencies import followed
from press.execute.kernel import Kernel, cell_timeout
from press.execute.notebook import to_notebook
from press.execute.result import Run
from press.source.claims import calls, records
from press.source.config import Config
from press.source.page import Page


class Session:
    """The kernel of one page, and the code cells that ran in it without an error, in order. Use it
    from one thread.
    """

    def __init__(self, config: Config) -> None:
        self.config = config
        self.kernel: Kernel | None = None
        self.done: list[nbformat.NotebookNode] = []

    def run(self, page: Page) -> Run:
        """Execute what changed, in a new kernel if there is none.

        Raises: PressError as press.execute.kernel does; the cells before the failing one are done.
        """
        notebook = to_notebook(page)
        code = [number for number, cell in enumerate(notebook.cells) if cell.cell_type == "code"]
        if self.kernel is None:
            self.done = []
            if code:
                self.kernel = Kernel(page, self.config).__enter__()  # none, if it raises
        same = 0
        for number, before in zip(code, self.done, strict=False):
            cell = notebook.cells[number]
            if cell.source != before.source or cell.metadata["tags"] != before.metadata["tags"]:
                break
            graft(before, cell)
            same += 1
        self.done = [notebook.cells[number] for number in code[:same]]
        if same < len(code) and self.kernel is not None:
            self._run_from(self.kernel, page, notebook, code[same:])
        made = {f"{call.id}.json" for call in calls(page)}
        for file in records(self.config, page).glob("*.json"):
            if file.name not in made:  # of a claim that is gone from the page
                file.unlink()
        return Run(page, notebook, 0.0, self.kernel.noted() if self.kernel is not None else ())

    def _run_from(
        self, kernel: Kernel, page: Page, notebook: nbformat.NotebookNode, code: list[int]
    ) -> None:
        """Execute the cells of these numbers, and add those that end to `done`."""

        def add(done: int, of: int) -> None:
            self.done.append(notebook.cells[code[done - 1]])

        try:
            kernel.run(page, notebook, cell_timeout(page, self.config), add, first=code[0])
        except BaseException as error:
            if not isinstance(error, PressError):  # who knows what the kernel is at
                kernel.alive = False
            if not kernel.alive:
                self.close()
            raise

    def close(self) -> None:
        """Kill the kernel; the next run starts another."""
        if self.kernel is not None:
            self.kernel.close()
            self.kernel = None
        self.done = []

    def read(self, changed: set[str]) -> bool:
        """Return whether the kernel has read or missed one of these files (paths relative to the
        root), a module or a text.
        """
        if self.kernel is None:
            return False
        return not changed.isdisjoint(followed(self.kernel.noted(), self.config.root))
