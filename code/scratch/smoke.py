"""Shorten the experiments for a smoke test, so that many texts can be tried in a minute.

What: JOURNAL_SMOKE=1 in the environment cuts trainings to a few steps, and what an experiment needs
of a text to a part of it. The printer's cache has every JOURNAL_... variable in its key, so a short
result never replaces a real one. Source: the setting SMOKE_TEST of PyTorch's tutorials, which does
the same. Left out: any other use. Nothing is to be learned from numbers that a smoke test gives.
"""

import os
from typing import TypeVar

Setting = TypeVar("Setting")

SETTING = "JOURNAL_SMOKE"
PART = 20  # of a length that an experiment needs, one in so many


def smoke() -> bool:
    """Return whether JOURNAL_SMOKE is set."""
    return bool(os.environ.get(SETTING))


def fewer(full: Setting, few: Setting) -> Setting:
    """Return `full`, or in a smoke test `few`.

    >>> fewer(3000, 30) in (3000, 30)
    True
    """
    return few if smoke() else full
