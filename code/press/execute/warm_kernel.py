"""A page's kernel kept warm while its author writes: only the cells from the first changed one on
are run again.

What earlier runs of later cells left in the kernel stays there, so this is for `press preview`
alone; what it ran is not kept in the cache, and `press render` runs every page in a fresh kernel.
"""

import nbformat

from press.base.errors import PressError
from press.execute.cache import Cache, graft, noted_files
from press.execute.kernel import Kernel, cell_timeout
from press.execute.notebook import to_notebook
from press.execute.result import Run
from press.source.claims import calls, records
from press.source.config import Config
from press.source.page import Page


class Session:
    """The last run of one page, and its kernel once a cell changed. Use it from one thread."""

    def __init__(self, config: Config) -> None:
        self.config = config
        self.kernel: Kernel | None = None
        self.done: list[
            nbformat.NotebookNode
        ] = []  # the code cells that ran without an error, in order

    def update(self, page: Page) -> Run:
        """Bring the run up to date with the page as it is now.

        Raises: PressError as press.execute.kernel does; the cells that ran before the failing one
        stay done.
        """
        kept = Cache(self.config).get(page) if self.kernel is None else None
        return kept or self.run(page)

    def run(self, page: Page) -> Run:
        """Execute what changed, starting a kernel and executing everything if there is none yet."""
        notebook = to_notebook(page)
        code = [number for number, cell in enumerate(notebook.cells) if cell.cell_type == "code"]
        if self.kernel is None:
            self.done = []
            if code:
                kernel = Kernel(page, self.config)
                self.kernel = kernel.__enter__()  # none, if it raises
        same = 0
        for number, before in zip(code, self.done, strict=False):
            cell = notebook.cells[number]
            if cell.source != before.source or cell.metadata["tags"] != before.metadata["tags"]:
                break
            graft(before, cell)
            same += 1
        self.done = [notebook.cells[number] for number in code[:same]]
        if same < len(code) and self.kernel is not None:
            ran = 0

            def count(done: int, of: int) -> None:
                nonlocal ran
                ran = done

            try:
                limit = cell_timeout(page, self.config)
                self.kernel.run(page, notebook, limit, count, first=code[same])
            except PressError:
                raise
            except BaseException:  # who knows what the kernel is at
                self.kernel.alive = False
                raise
            finally:
                self.done = [notebook.cells[number] for number in code[: same + ran]]
                if not self.kernel.alive:
                    self.close()
        made = {f"{call.id}.json" for call in calls(page)}
        for file in records(self.config, page).glob("*.json"):
            if file.name not in made:  # of a claim that the page has made no more
                file.unlink()
        return Run(page, notebook, 0.0, self.kernel.noted() if self.kernel is not None else ())

    def close(self) -> None:
        """Kill the kernel; the next update starts afresh."""
        if self.kernel is not None:
            self.kernel.close()
            self.kernel = None
        self.done = []

    def read(self, changed: set[str]) -> bool:
        """Whether the kernel has read one of these files (paths relative to the root), a module or
        a text.
        """
        return self.kernel is not None and not changed.isdisjoint(
            noted_files(self.kernel.noted(), self.config.root)
        )
