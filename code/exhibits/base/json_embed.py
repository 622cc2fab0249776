"""Values on their way into a page as JSON: plain, short, and unable to break out of their script
element.
"""

from __future__ import annotations

import html
import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

DIGITS = 5  # significant ones of a float: finer than a pixel; an int is carried whole


def embed(value: object) -> str:
    """JSON that is safe inside a script element: no text in it can end the element or open a
    comment.

    >>> embed(["</script><!--", 0.1234567, None])
    '["\\\\u003c/script\\\\u003e\\\\u003c!--",0.12346,null]'
    """
    text = json.dumps(_rounded(value), ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for char in "<>&`\u2028\u2029":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return text.encode("utf-8", "replace").decode()  # a lone surrogate cannot be written to a file


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return None if value != value or value in (float("inf"), float("-inf")) else short(value)
    if isinstance(value, Mapping):
        return {key: _rounded(inner) for key, inner in value.items()}
    return [_rounded(inner) for inner in value] if isinstance(value, list | tuple) else value


def short(value: float) -> float | int:
    """A number of DIGITS significant digits, an int where it can be one.

    >>> short(123456.7), short(0.1 + 0.2)
    (123460, 0.3)
    """
    number = float(f"{value:.{DIGITS}g}")
    return int(number) if number == int(number) and abs(number) < 1e15 else number


def plain(value: Any) -> Any:
    """Plotly's arrays as lists, and dates as texts; a time zone is left out, as Plotly leaves it
    out.
    """
    if isinstance(value, Mapping):
        if "bdata" in value:
            raise ValueError("the figure carries a packed array; give lists, as tensor.tolist()")
        return {key: plain(inner) for key, inner in value.items()}
    if hasattr(value, "tolist"):
        dates = getattr(getattr(value, "dtype", None), "kind", "") == "M"
        return plain(value.astype("datetime64[us]").tolist() if dates else value.tolist())
    if isinstance(value, datetime):
        return value.replace(tzinfo=None).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return [plain(inner) for inner in value] if isinstance(value, list | tuple) else value


def literal(value: Any) -> Any:
    """Plotly reads a small markup in texts; what comes from a text must not be read so."""
    if isinstance(value, str):
        return html.escape(value, quote=False)
    return [literal(inner) for inner in value] if isinstance(value, list) else value
