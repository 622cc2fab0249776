"""Write values into a page as JSON: plain, rounded, and safe inside a script element."""

from __future__ import annotations

import base64
import html
import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

DIGITS = 5  # significant digits of a float: finer than a pixel; an int keeps all of its digits


def embed(value: object) -> str:
    """Write a value as JSON that is safe inside a script element of HTML.

    Floats are rounded to DIGITS significant digits; infinite ones and NaN become null.

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
    """Round a number to DIGITS significant digits; return an int if the result is whole.

    >>> short(123456.7), short(0.1 + 0.2)
    (123460, 0.3)
    """
    number = float(f"{value:.{DIGITS}g}")
    return int(number) if number == int(number) and abs(number) < 1e15 else number


def plain(value: Any) -> Any:
    """Convert the values of a Plotly figure to those of JSON.

    Arrays, also packed ones, become lists; dates become texts without a time zone.

    >>> plain({"x": (date(2025, 7, 2),)})
    {'x': ['2025-07-02']}
    """
    if isinstance(value, Mapping):
        if "bdata" in value:
            return _unpacked(value)
        return {key: plain(inner) for key, inner in value.items()}
    if hasattr(value, "tolist"):
        dates = getattr(getattr(value, "dtype", None), "kind", "") == "M"
        return plain(value.astype("datetime64[us]").tolist() if dates else value.tolist())
    if value != value and isinstance(value, datetime):  # NaT, no moment
        return None
    if isinstance(value, datetime):
        return value.replace(tzinfo=None).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return [plain(inner) for inner in value] if isinstance(value, list | tuple) else value


def _unpacked(value: Mapping[str, Any]) -> Any:
    """Return a typed array of Plotly's JSON as lists."""
    import numpy as np

    numbers = np.frombuffer(base64.b64decode(value["bdata"]), np.dtype(str(value["dtype"])))
    shape = [int(part) for part in str(value.get("shape", numbers.size)).split(",")]
    return numbers.reshape(shape).tolist()


def literal(value: Any) -> Any:
    """Escape all texts in a value, so that Plotly does not read them as markup.

    >>> literal(["<b>"])
    ['&lt;b&gt;']
    """
    if isinstance(value, str):
        return html.escape(value, quote=False)
    return [literal(inner) for inner in value] if isinstance(value, list) else value
