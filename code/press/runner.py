"""Execute many pages: side by side over the cores, each in its own kernel, those that gather from the others last."""

import os
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor, as_completed

from press.execute import Run, execute
from press.page import Page
from press.problems import PressError, Problem
from press.progress import Board
from press.project import Project


def run_pages(
    project: Project, pages: Iterable[Page], board: Board, timeout: int | None = None, jobs: int | None = None
) -> dict[str, Run]:
    """Execute pages and give their runs by path.

    jobs: how many kernels at once; default one a core. A failing page does not stop the others.
    Raises: PressError with the problems of every page that failed.
    """
    wanted = list(pages)
    waves = [[page for page in wanted if project.gathering(page) is late] for late in (False, True)]
    runs: dict[str, Run] = {}
    found: list[Problem] = []
    for wave in waves:
        with ThreadPoolExecutor(max_workers=jobs or os.cpu_count() or 1) as pool:
            futures = {}
            for page in wave:
                task = board.add(page.path)
                futures[pool.submit(execute, page, project.config, timeout, task.step)] = (page, task)
            for future in as_completed(futures):
                page, task = futures[future]
                try:
                    runs[page.path] = future.result()
                    task.done()
                except PressError as error:
                    found += error.problems
                    task.failed()
        if found:
            raise PressError(found)
    return runs
