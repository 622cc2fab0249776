"""An executed page, apart from what executes pages: those libraries take a fifth of a second to load."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import nbformat

from press.source.page import Page

Progress = Callable[[int, int], None]  # cells done, of so many


@dataclass(frozen=True)
class Run:
    """Hold an executed page: its notebook with outputs, the seconds that it took, and what
    press.execute.file_tracing noted.

    cached: whether the run comes from press.execute.cache; began: when the kernel was started, in
    nanoseconds since 1970; receipt: as of press.execute.provenance, {} in a preview.
    """

    page: Page
    notebook: nbformat.NotebookNode
    seconds: float
    noted: tuple[str, ...] = ()
    cached: bool = False
    began: int = 0
    receipt: dict[str, Any] = field(default_factory=dict)
