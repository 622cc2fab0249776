"""Python is parsed one source at a time, whatever thread asks: CPython counts the depth of its
trees for all of them.
"""

import gc
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from press.base.pyparse import parse

SOURCE = "\n".join(
    f"x{n} = f({n}, [a for a in range({n}) if a], k=lambda z: z * {n})" for n in range(60)
)


@pytest.fixture
def interrupted() -> Iterator[None]:
    """Let the garbage collector come often, and give way to another thread each time, as finalizers
    do.
    """
    threshold = gc.get_threshold()

    def give_way(phase: str, info: dict[str, int]) -> None:
        time.sleep(0)

    gc.callbacks.append(give_way)
    gc.set_threshold(50)
    yield
    gc.set_threshold(*threshold)
    gc.callbacks.remove(give_way)


def from_depths(work: Callable[[str], Any]) -> list[BaseException]:
    """Run work in threads whose stacks are of different depths; what it raised."""
    raised: list[BaseException] = []

    def go(depth: int) -> None:
        if depth:
            go(depth - 1)
            return
        try:
            for _ in range(6):
                work(SOURCE)
        except SystemError as error:
            raised.append(error)

    threads = [threading.Thread(target=go, args=(5 * number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return raised


def test_threads_can_parse_at_once(interrupted: None) -> None:
    """`ast.parse` itself fails here under CPython 3.11: `from_depths(ast.parse)` gives a
    SystemError.
    """
    assert from_depths(parse) == []
