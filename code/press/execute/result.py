"""An executed page. It is known apart from what executes pages, whose libraries take a fifth of a
second to load.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import nbformat

from press.source.page import Page

Progress = Callable[[int, int], None]  # cells done, of so many


@dataclass(frozen=True)
class Run:
    """An executed page: its notebook with outputs, the wall time of the whole in seconds, what
    press.execute.file_tracing noted.

    cached: whether the run comes from press.execute.cache, and no kernel was started.
    began: when the kernel was started, in nanoseconds since 1970; receipt: as of
    press.execute.provenance, {} in a preview.
    """

    page: Page
    notebook: nbformat.NotebookNode
    seconds: float
    noted: tuple[str, ...] = ()
    cached: bool = False
    began: int = 0
    receipt: dict[str, Any] = field(default_factory=dict)
