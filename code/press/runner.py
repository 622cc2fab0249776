"""Execute many pages: side by side over the cores, each in its own kernel, those that gather from the others last."""

import os
import shutil
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor, as_completed

from press.claims import records, unrecorded
from press.execute import Run, execute
from press.numerals import typed_numbers
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
                shutil.rmtree(records(project.config.work, page), ignore_errors=True)
                task = board.add(page.path)
                futures[pool.submit(execute, page, project.config, timeout, task.step)] = (page, task)
            for future in as_completed(futures):
                page, task = futures[future]
                try:
                    done = future.result()
                    faults = [*typed_numbers(done), *unrecorded(project.config.work, page)]
                    if faults:
                        raise PressError(faults)
                    runs[page.path] = done
                    task.done()
                except PressError as error:
                    found += error.problems
                    task.failed()
        if found:
            raise PressError(found)
    return runs
