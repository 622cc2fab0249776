"""What of a token is shown: its text, a mark for each white space, hex for a byte that is no whole
character.

A token may start with a space, end inside a character, or hold characters that have no shape. Each
becomes visible here, and a reader can tell a mark from a letter by its kind.

Left out: line breaking, and clusters of combining marks across two tokens (each gets its own dotted
circle).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from itertools import groupby

from scratch.text.utf8 import control_picture

Token = str | bytes

MARKS = {" ": ("␣", "space"), "\n": ("↵", "line end"), "\t": ("⇥", "tab")}
SPOKEN = {mark: name for mark, name in MARKS.values()}
INVISIBLE = ("Cc", "Cf", "Cs", "Zs", "Zl", "Zp")  # categories of Unicode that leave no ink


def pieces(token: Token) -> list[tuple[str, str]]:
    """Cut a token into what is shown: (kind, shown) with kind "text", "mark", "hex" or "code".

    >>> pieces(" The")
    [('mark', '␣'), ('text', 'The')]
    >>> pieces(b"\\xe2\\x80")
    [('hex', 'E2 80')]
    """
    text = token.decode("utf-8", "surrogateescape") if isinstance(token, bytes) else token
    found: list[tuple[str, str]] = []
    for place, char in enumerate(text):
        code = ord(char)
        category = unicodedata.category(char)
        if char in MARKS:
            kind, shown = "mark", MARKS[char][0]
        elif isinstance(token, bytes) and 0xDC80 <= code <= 0xDCFF:
            # surrogateescape keeps a lone byte as U+DC80 + byte - 0x80
            kind, shown = ("hex", f"{code - 0xDC00:02X}")
        elif code < 0x20 or code == 0x7F:
            kind, shown = "mark", control_picture(char)
        elif _joins(text, place):
            kind, shown = "text", char
        elif category in INVISIBLE:
            kind, shown = "code", f"U+{code:04X}"
        elif category.startswith("M") and (not found or found[-1][0] != "text"):
            # a mark that has lost its letter needs something to sit on
            kind, shown = ("text", "◌" + char)
        else:
            kind, shown = "text", char
        found.append((kind, shown))
    runs: list[tuple[str, str]] = []
    for kind, run in groupby(found, key=lambda piece: piece[0]):
        if kind in ("text", "hex"):
            runs.append((kind, (" " if kind == "hex" else "").join(shown for _, shown in run)))
        else:
            runs.extend(run)
    return runs


def _joins(text: str, place: int) -> bool:
    """A joiner between two characters (as inside an emoji) belongs to them and is not shown as a
    code.
    """
    inside = 0 < place < len(text) - 1 and not text[place - 1].isascii()
    return (text[place] in "\u200c\u200d" and inside) or (
        "\U000e0020" <= text[place] <= "\U000e007f" and place > 0
    )


def spoken(token: Token) -> str:
    """A token as a screen reader should say it.

    >>> spoken(" The"), spoken(b"\\xe2\\x80"), spoken("\\n\\n")
    ('space The', 'bytes E2 80', 'line end line end')
    """
    words = []
    for kind, shown in pieces(token):
        words += ["bytes"] if kind == "hex" else []
        words.append(SPOKEN.get(shown, shown) if kind == "mark" else shown)
    return " ".join(words) or "nothing"


def plain(token: Token) -> str:
    """A token for a terminal.

    >>> plain(" The"), plain(b"\\xe2")
    ('␣The', '<E2>')
    """
    return "".join(
        f"<{shown}>" if kind in ("hex", "code") else shown for kind, shown in pieces(token)
    )


def right_to_left(tokens: Sequence[Token]) -> bool:
    """A list runs the way its first letter does."""
    for token in tokens:
        for kind, shown in pieces(token):
            for char in shown if kind == "text" else "":
                side = unicodedata.bidirectional(char)
                if side in ("L", "R", "AL"):
                    return side != "L"
    return False
