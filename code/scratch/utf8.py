"""Turn the bytes of a file into text, or say which byte is none.

What: UTF-8 and nothing else. A byte order mark is dropped and `\\r\\n` and `\\r` become `\\n`, so one text gives the
same tokens whichever machine saved it. A NUL byte is refused: no text has one, and it nearly always means UTF-16 or a
file that is no text.
Source: RFC 3629 (UTF-8).
Left out: converting. The error suggests an encoding from a few signs; it does not know languages.
"""


class TextError(ValueError):
    """A text is missing, damaged, unknown, or not text; the message says which, and what to do."""


def decode(data: bytes, origin: str) -> str:
    """Turn a file's bytes into text: UTF-8, no byte order mark, every line end a newline.

    Raises: TextError with the first offending byte, its line, and the encoding that the bytes suggest.

    >>> decode(b"\\xef\\xbb\\xbfone\\r\\ntwo", "memory")
    'one\\ntwo'
    """
    try:
        text = data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        bad = len(data) - len(error.object) + error.start  # the codec drops the mark before it counts
        if "unexpected end" in error.reason:
            advice = "the file stops inside a character: it is cut short, so fetch it again"
        else:
            advice = f"it looks like {_suggest(data)}; convert it to UTF-8"
        line = data.count(b"\n", 0, bad) + 1
        raise TextError(f"{origin}: byte {bad} (0x{data[bad]:02x}, line {line}) is not UTF-8; {advice}") from None
    if (nul := data.find(b"\0")) >= 0:
        raise TextError(f"{origin}: byte {nul} is NUL; it looks like {_suggest(data)}; convert it to UTF-8")
    if not text.strip():
        raise TextError(f"{origin} holds {len(text)} characters and no word; a text needs one word or more")
    return text


def _suggest(data: bytes) -> str:
    """Name the encoding that bytes which are no UTF-8 text most likely have."""
    marks = {b"\xff\xfe\0\0": "UTF-32", b"\0\0\xfe\xff": "UTF-32", b"\xff\xfe": "UTF-16", b"\xfe\xff": "UTF-16"}
    for mark, encoding in marks.items():
        if data.startswith(mark):
            return encoding
    if b"\0" in data:  # in UTF-16 every second byte of plain English is NUL
        even, odd = data[0::2].count(0), data[1::2].count(0)
        if max(even, odd) * 4 > len(data):
            return "UTF-16 (little endian)" if odd > even else "UTF-16 (big endian)"
        return "a file that is not text"
    try:
        data.decode("cp1252")
    except UnicodeDecodeError:
        return "Latin-1 (ISO 8859-1) or another one-byte encoding"
    return "Windows-1252 (cp1252) or another one-byte encoding"
