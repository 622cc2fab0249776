"""Show how far the pages are: a bar a page on a terminal, elsewhere a line as each ends."""

import time

from rich import progress
from rich.console import Console


class Board:
    """The lines of the pages that run; use it as a context manager."""

    def __init__(self, console: Console) -> None:
        self.console, self.started = console, time.perf_counter()
        self.bars = progress.Progress(
            progress.TextColumn("{task.description}"),
            progress.BarColumn(24),
            progress.MofNCompleteColumn(),
            progress.TimeElapsedColumn(),
            console=console,
            disable=not console.is_terminal,
        )
        self.tasks: dict[str, progress.TaskID] = {}  # by page

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
        line = f"{word:>6}  {page}"
        if self.console.is_terminal:
            self.bars.update(self.tasks[page], description=line)
            self.bars.stop_task(self.tasks[page])
        else:
            at = f"  (at {time.perf_counter() - self.started:.1f} s)"
            self.console.print(line + at, highlight=False, soft_wrap=True)
