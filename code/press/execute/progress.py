"""Show one line a page while pages run: a bar and the time on a terminal, elsewhere a plain line as
each ends.
"""

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


class Task:
    """Hold the line of one page."""

    def __init__(self, board: "Board", name: str, bar: TaskID | None) -> None:
        self.board, self.name, self.bar = board, name, bar

    def step(self, done: int, of: int) -> None:
        """Show that one more cell is done."""
        if self.bar is not None:
            self.board.progress.start_task(self.bar)
            self.board.progress.update(self.bar, completed=done, total=of)

    def done(self, cached: bool) -> None:
        """Show that the page is there: executed, or cached because nothing changed."""
        self._end("kept" if cached else "ran")

    def failed(self) -> None:
        """Show that the page gave an error, which the command prints at its end."""
        self._end("FAILED")

    def _end(self, word: str) -> None:
        if self.bar is not None:
            self.board.progress.update(self.bar, description=f"{word:>6}  {self.name}")
            self.board.progress.stop_task(self.bar)
        else:
            seconds = time.perf_counter() - self.board.started
            line = f"{word:>6}  {self.name}  (at {seconds:.1f} s)"
            self.board.console.print(line, highlight=False, soft_wrap=True)


class Board:
    """Show all the lines; use it as a context manager."""

    def __init__(self, console: Console) -> None:
        self.console, self.started = console, time.perf_counter()
        text = TextColumn("{task.description}")
        columns = (text, BarColumn(24), MofNCompleteColumn(), TimeElapsedColumn())
        self.progress = Progress(*columns, console=console)

    def __enter__(self) -> "Board":
        if self.console.is_terminal:
            self.progress.start()
        return self

    def __exit__(self, *error: object) -> None:
        if self.console.is_terminal:
            self.progress.stop()

    def add(self, name: str) -> Task:
        """Add the line of a page that is about to run."""
        if not self.console.is_terminal:
            return Task(self, name, None)
        return Task(self, name, self.progress.add_task(f"   run  {name}", total=None))
