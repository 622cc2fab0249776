"""Parse Python from any thread.

CPython (3.11 to 3.13 at least) counts the depth of the trees that it builds in one place for all
threads: two at once can end in "SystemError: AST constructor recursion depth mismatch".
"""

import ast
import threading
from typing import Any

ONE_AT_A_TIME = threading.RLock()


def parse(source: str, mode: str = "exec") -> Any:
    """Return the tree of a source, as `ast.parse` does."""
    with ONE_AT_A_TIME:
        return ast.parse(source, mode=mode)


def literal(text: str) -> Any:
    """Return the value of a literal, as `ast.literal_eval` does."""
    with ONE_AT_A_TIME:
        return ast.literal_eval(text)
