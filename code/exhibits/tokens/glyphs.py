"""Make a token's bytes visible: marks for white space, hex for parts of characters, spoken names.

What: a token may start with a space, end inside a character, or contain invisible characters.
`pieces` gives each piece a kind, so that a mark can look different from a letter. Left out: line
breaking; a letter whose combining marks are in the next token (that token gets a dotted circle).
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
    """Cut a token into visible pieces: (kind, text).

    The kind is "text", "mark" for white space, "hex" for bytes that are not a whole character, or
    "code" for the code point of an invisible character.

    >>> pieces(" The")
    [('mark', '␣'), ('text', 'The')]
    >>> pieces(b"\\xe2\\x80")
    [('hex', 'E2 80')]
    """
    text = token.decode("utf-8", "surrogateescape") if isinstance(token, bytes) else token
    single: list[tuple[str, str]] = []
    for index, char in enumerate(text):
        code = ord(char)
        category = unicodedata.category(char)
        if char in MARKS:
            kind, shown = "mark", MARKS[char][0]
        elif isinstance(token, bytes) and 0xDC80 <= code <= 0xDCFF:
            # surrogateescape keeps a lone byte as U+DC80 + byte - 0x80
            kind, shown = "hex", f"{code - 0xDC00:02X}"
        elif code < 0x20 or code == 0x7F:
            kind, shown = "mark", control_picture(char)
        elif _joins(text, index):
            kind, shown = "text", char
        elif category in INVISIBLE:
            kind, shown = "code", f"U+{code:04X}"
        elif category.startswith("M") and (not single or single[-1][0] != "text"):
            # a combining mark without a letter gets a dotted circle
            kind, shown = "text", "◌" + char
        else:
            kind, shown = "text", char
        single.append((kind, shown))
    runs: list[tuple[str, str]] = []
    for kind, run in groupby(single, key=lambda piece: piece[0]):
        if kind in ("text", "hex"):
            runs.append((kind, (" " if kind == "hex" else "").join(shown for _, shown in run)))
        else:
            runs.extend(run)
    return runs


def _joins(text: str, index: int) -> bool:
    """Return whether a character joins its neighbours, as inside an emoji, and belongs to them."""
    inside = 0 < index < len(text) - 1 and not text[index - 1].isascii()
    return (text[index] in "\u200c\u200d" and inside) or (
        "\U000e0020" <= text[index] <= "\U000e007f" and index > 0
    )


def spoken(token: Token) -> str:
    """Return the words with which a screen reader should say a token.

    >>> spoken(" The"), spoken(b"\\xe2\\x80"), spoken("\\n\\n")
    ('space The', 'bytes E2 80', 'line end line end')
    """
    words = []
    for kind, shown in pieces(token):
        words += ["bytes"] if kind == "hex" else []
        words.append(SPOKEN.get(shown, shown) if kind == "mark" else shown)
    return " ".join(words) or "nothing"


def plain(token: Token) -> str:
    """Return a token as text for a terminal, with marks for white space and hex for bytes.

    >>> plain(" The"), plain(b"\\xe2")
    ('␣The', '<E2>')
    """
    return "".join(
        f"<{shown}>" if kind in ("hex", "code") else shown for kind, shown in pieces(token)
    )


def right_to_left(tokens: Sequence[Token]) -> bool:
    """Return whether the first letter in the tokens is of a script written from right to left.

    >>> right_to_left([" ", "שלום"]), right_to_left(["a", "ש"])
    (True, False)
    """
    for token in tokens:
        for kind, shown in pieces(token):
            for char in shown if kind == "text" else "":
                side = unicodedata.bidirectional(char)
                if side in ("L", "R", "AL"):
                    return side != "L"
    return False
