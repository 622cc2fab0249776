"""Show how far the pages are: a bar a page on a terminal, elsewhere a line as each ends."""

import time

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)


class Board:
    """The lines of the pages that run; use it as a context manager."""

    def __init__(self, console: Console) -> None:
        self.console, self.started = console, time.perf_counter()
        text = TextColumn("{task.description}")
        columns = (text, BarColumn(24), MofNCompleteColumn(), TimeElapsedColumn())
        self.bars = Progress(*columns, console=console, disable=not console.is_terminal)
        self.tasks: dict[str, TaskID] = {}  # by page

    def __enter__(self) -> "Board":
        self.bars.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.bars.stop()

    def add(self, page: str) -> None:
        """Add the line of a page that is about to run."""
        self.tasks[page] = self.bars.add_task(f"   run  {page}", total=None)

    def step(self, page: str, done: int, of: int) -> None:
        """Show how many of a page's cells are done."""
        self.bars.update(self.tasks[page], completed=done, total=of)

    def end(self, page: str, word: str) -> None:
        """Show what became of a page: ran, kept (nothing changed) or FAILED."""
        if self.console.is_terminal:
            self.bars.update(self.tasks[page], description=f"{word:>6}  {page}")
            self.bars.stop_task(self.tasks[page])
        else:
            seconds = time.perf_counter() - self.started
            line = f"{word:>6}  {page}  (at {seconds:.1f} s)"
            self.console.print(line, highlight=False, soft_wrap=True)
