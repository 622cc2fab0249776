"""Coordinates of the still drawing, as SVG writes them.

Two systems, so that the drawing is fluid: percentages of the plot area for whatever keeps its size
(texts, bars), and a stretched system of UNITS by UNITS for paths, whose strokes keep their width.
"""

from __future__ import annotations

UNITS = 1000  # one decimal is kept: a ten-thousandth of the width


def per_cent(share: float) -> str:
    return f"{round(100 * share, 2):g}%"


def unit(share: float) -> str:
    return f"{round(UNITS * share, 1):g}"


def stretched(inner: str, *, clipped: bool = False, view: str = f"0 0 {UNITS} {UNITS}") -> str:
    if not inner:
        return ""
    overflow = "hidden" if clipped else "visible"
    return (
        f'<svg width="100%" height="100%" viewBox="{view}" preserveAspectRatio="none"'
        f' overflow="{overflow}">{inner}</svg>'
    )
