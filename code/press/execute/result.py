"""The run of a page, apart from what executes pages: those libraries load slowly."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import nbformat

from press.source.page import Page

Progress = Callable[[int, int], None]  # cells done, of so many


@dataclass(frozen=True)
class Run:
    """An executed page: its notebook with outputs, its seconds, the notes of file_tracing.

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
