"""Write values into a page as JSON: plain, rounded, and safe inside a script element."""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

_BEYOND = "".join(
    chr(0x10000 * plane + last) for plane in range(1, 17) for last in (0xFFFE, 0xFFFF)
)
_UNSAFE = re.compile(  # marks of HTML, ends of lines of scripts, and what HTML forbids as text
    f"[<>&`\u2028\u2029\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff{_BEYOND}]"
)
DIGITS = 5  # significant digits of a float: finer than a pixel; an int keeps all of its digits


def embed(value: object) -> str:
    """Write a value as JSON that is safe inside a script element of HTML.

    Floats are rounded to DIGITS significant digits; infinite ones and NaN become null.

    >>> embed(["</script><!--", 0.1234567, None])
    '["\\\\u003c/script\\\\u003e\\\\u003c!--",0.12346,null]'
    >>> print(embed("\\x80 \\U0001ffff"))
    "\\u0080 \\ud83f\\udfff"
    """
    text = json.dumps(_rounded(value), ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    text = _UNSAFE.sub(lambda found: _escaped(found.group()), text)
    return text.encode("utf-8", "replace").decode()  # a lone surrogate cannot be written to a file


def _escaped(char: str) -> str:
    """Return a character as JSON escapes it: one escape for each of its 16-bit halves."""
    units = char.encode("utf-16-be")
    return "".join(f"\\u{units[at]:02x}{units[at + 1]:02x}" for at in range(0, len(units), 2))


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
