"""Keep a page's kernel while its author writes, and run the cells from the first changed one on.

What earlier runs of later cells defined is still in the kernel, so this is for `press preview`
alone: its runs are not cached, and `press render` runs every page in a fresh kernel.
"""

from press.base.errors import PressError
from press.execute.dependencies import followed
from press.execute.kernel import Kernel, cell_timeout
from press.execute.notebook import code_cells, to_notebook
from press.execute.result import Run
from press.source.claims import calls, records
from press.source.config import Config
from press.source.page import Page


class Session:
    """The kernel of one page, if it has one. Use it from one thread."""

    def __init__(self, config: Config) -> None:
        self.config = config
        self.kernel: Kernel | None = None

    def run(self, page: Page) -> Run:
        """Execute what changed, in a new kernel if there is none; the cells before a failing one
        are done.
        """
        notebook = to_notebook(page)
        if self.kernel is None and code_cells(notebook):
            self.kernel = Kernel(page, self.config).__enter__()  # none, if it raises
        if self.kernel is not None:
            try:
                self.kernel.run(page, notebook, cell_timeout(page, self.config))
            except BaseException as error:
                if not (isinstance(error, PressError) and self.kernel.alive):
                    self.close()  # who knows what it is at
                raise
        made = {f"{call.id}.json" for call in calls(page)}
        for file in records(self.config, page).glob("*.json"):
            if file.name not in made:  # of a claim that is gone from the page
                file.unlink()
        return Run(page, notebook, 0.0, self.kernel.noted() if self.kernel is not None else ())

    def close(self) -> None:
        """Kill the kernel; the next run starts another."""
        if self.kernel is not None:
            self.kernel.close()
            self.kernel = None

    def read(self, changed: set[str]) -> bool:
        """Return whether the kernel has read or missed one of these files, relative to the root."""
        noted = () if self.kernel is None else self.kernel.noted()
        return not changed.isdisjoint(followed(noted, self.config.root))
