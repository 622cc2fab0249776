"""Shorten the experiments for a smoke test, so that many texts can be tried in a minute.

What: with JOURNAL_SMOKE=1 in the environment, trainings make only a few steps, and experiments run
on much shorter texts. The printer's cache has every JOURNAL_... variable in its key, so a short
result never replaces a real one. Source: SMOKE_TEST in PyTorch's tutorials, which does the same.
Left out: any other use; the numbers of a smoke test mean nothing.
"""

import os
from typing import TypeVar

Setting = TypeVar("Setting")

SETTING = "JOURNAL_SMOKE"
PART = 20  # of a length that an experiment needs, one in so many


def smoke() -> bool:
    """Return whether this is a smoke test: whether JOURNAL_SMOKE is set and not empty."""
    return bool(os.environ.get(SETTING))


def fewer(full: Setting, few: Setting) -> Setting:
    """Return `full`, or in a smoke test `few`.

    >>> fewer(3000, 30) in (3000, 30)
    True
    """
    return few if smoke() else full
