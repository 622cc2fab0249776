"""Decode the bytes of a file, or name the byte that is not text.

What: only UTF-8 is accepted. A byte order mark is dropped and `\\r\\n` and `\\r` become `\\n`, so
one text gives the same tokens whichever machine saved it. A NUL byte is refused: no text has one,
and it nearly always means UTF-16 or a file that is not text. For the same reason a file is refused
if more than MOST_CONTROLS of its bytes are other control characters. Source: RFC 3629 (UTF-8). Left
out: converting. The error suggests a likely encoding, without knowing the language.
"""

from collections import Counter

# of a text's bytes; a log in colours has 0.05, UTF-16 of another script than the Latin 0.5
MOST_CONTROLS = 0.1
_CONTROLS = bytes([*range(1, 9), *range(14, 32), 127])


class TextError(ValueError):
    """A text that is missing, damaged, unknown or unsuitable; the message has the remedy."""


def decode(data: bytes, origin: str) -> str:
    """Decode a file's bytes as UTF-8, drop a byte order mark, and make every line end a newline.

    origin: the file's name, for the message
    Raises: TextError with the first byte that is not UTF-8, its line, and the likely encoding; also
    for a NUL byte, too many control characters, or nothing but white space.

    >>> decode(b"\\xef\\xbb\\xbfone\\r\\ntwo", "memory")
    'one\\ntwo'
    """
    try:
        text = data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        # the codec drops the mark before it counts
        bad = len(data) - len(error.object) + error.start
        if "unexpected end" in error.reason and b"\0" not in data:
            advice = "the file stops inside a character: it is cut short, so fetch it again"
        else:
            advice = _advice(data)
        line = data.count(b"\n", 0, bad) + 1
        raise TextError(
            f"{origin}: byte {bad} (0x{data[bad]:02x}, line {line}) is not UTF-8; {advice}"
        ) from None
    if (nul := data.find(b"\0")) >= 0:
        raise TextError(f"{origin}: byte {nul} is NUL; {_advice(data)}")
    controls = len(data) - len(data.translate(None, _CONTROLS))
    if controls > MOST_CONTROLS * len(data):
        share = (
            f"{controls / len(data):.0%} of its bytes are control characters, the limit is"
            f" {MOST_CONTROLS:.0%}"
        )
        raise TextError(f"{origin}: {share}; {_advice(data)}")
    if not text.strip():
        raise TextError(
            f"{origin} holds {len(text)} characters and no word; a text needs one word or more:"
            " give another file"
        )
    return text


_FORMATS = {
    b"%PDF": "a PDF",
    b"PK\3\4": "an EPUB, a DOCX or another ZIP",
    b"\x1f\x8b": "a gzip",
    b"\xd0\xcf\x11\xe0": "a DOC",
}


def _advice(data: bytes) -> str:
    """Say what bytes that are not UTF-8 most likely are, and the remedy."""
    for beginning, name in _FORMATS.items():
        if data.startswith(beginning):
            return f"it is {name} file; save it as plain text in UTF-8"
    encoding = _suggest(data)
    if encoding.startswith("UTF-16") and len(data) % 2:
        return (
            f"it looks like {encoding}, cut inside a character; fetch it again, and convert it to"
            " UTF-8"
        )
    remedy = "save it as plain text in UTF-8" if "not text" in encoding else "convert it to UTF-8"
    return f"it looks like {encoding}; {remedy}"


def _suggest(data: bytes) -> str:
    """Name the most likely encoding of bytes that are not UTF-8."""
    marks = {
        b"\xff\xfe\0\0": "UTF-32",
        b"\0\0\xfe\xff": "UTF-32",
        b"\xff\xfe": "UTF-16",
        b"\xfe\xff": "UTF-16",
    }
    for mark, encoding in marks.items():
        if data.startswith(mark):
            return encoding
    if order := _order(data):
        return f"UTF-16 ({order} endian)"
    if b"\0" in data or len(data) > 2 * len(data.translate(None, _CONTROLS)):
        return "a file that is not text" if data.isascii() else "a file that is not text, or UTF-16"
    try:
        data.decode("cp1252")
    except UnicodeDecodeError:
        return "Latin-1 (ISO 8859-1) or another one-byte encoding"
    return "Windows-1252 (cp1252) or another one-byte encoding"


def _order(data: bytes) -> str:
    """Return the byte order of UTF-16 without a mark, or "" if the bytes are something else.

    The high byte of a character tells its part of Unicode. In a text of one script nearly all high
    bytes have one of two values: the script's, or 0 for spaces and marks.
    """
    for order, high, low in (("big", data[0::2], data[1::2]), ("little", data[1::2], data[0::2])):
        common = Counter(high).most_common(2)
        # from Latin, 0x00, to Georgian, 0x10
        scripts = sum(times for value, times in common if value < 0x20)
        if scripts > 0.8 * len(high) and len(set(low)) > len(common):
            return order
    return ""


def control_picture(character: str) -> str:
    """Return the Unicode picture of a control character below U+0020, or of U+007F.

    >>> control_picture(chr(0)), control_picture(chr(127))
    ('\u2400', '\u2421')
    """
    return chr(0x2421 if character == "\x7f" else 0x2400 + ord(character))
