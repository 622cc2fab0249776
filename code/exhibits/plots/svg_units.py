"""Write coordinates of the still drawing for SVG, so that it fits any width.

What: there are two systems: percentages of the plot area for elements that keep their size, such as
texts, and a stretched system of UNITS by UNITS for paths, whose strokes keep their width.
"""

from __future__ import annotations

UNITS = 1000  # one decimal is kept: a ten-thousandth of the width


def per_cent(share: float) -> str:
    """Write a position in the plot area, from 0 to 1, as a percentage.

    >>> per_cent(0.5)
    '50%'
    """
    return f"{round(100 * share, 2):g}%"


def unit(share: float) -> str:
    """Write a position in the plot area, from 0 to 1, in the stretched system.

    >>> unit(0.5)
    '500'
    """
    return f"{round(UNITS * share, 1):g}"


def stretched(inner: str, *, clipped: bool = False, view: str = f"0 0 {UNITS} {UNITS}") -> str:
    """Wrap paths in the stretched system; clipped: whether to cut them at the plot area."""
    if not inner:
        return ""
    overflow = "hidden" if clipped else "visible"
    return (
        f'<svg width="100%" height="100%" viewBox="{view}" preserveAspectRatio="none"'
        f' overflow="{overflow}">{inner}</svg>'
    )
