"""Take the header and the footer off a plain-text book of Project Gutenberg.

What: the book stands between a line of three stars that says START and one that says END.
Source: the plain-text books of Project Gutenberg, of several decades (the lines have changed a little).
Left out: the small print of the 1990s, which has no such lines, and the credits that stand inside the book.
"""

import re

from scratch.utf8 import TextError

_START = re.compile(r"^\*{3} ?START OF TH(?:E|IS) PROJECT GUTENBERG EBOOK[^*]*\*{3}[^\n]*\n", re.MULTILINE)
_END = re.compile(
    r"^(?:End of (?:the )?Project Gutenberg[^\n]*\n\s*)?\*{3} ?END OF TH(?:E|IS) PROJECT GUTENBERG EBOOK", re.MULTILINE
)


def strip_gutenberg(text: str, origin: str) -> tuple[str, dict[str, str]]:
    """Take Project Gutenberg's header and footer off; other texts come back as they are.

    Returns: the text, and the title and author that the header gave (an empty dict without one).
    Raises: TextError if the START line has no END line after it.

    >>> strip_gutenberg("Any other text.", "memory")
    ('Any other text.', {})
    """
    if not (start := _START.search(text)):
        return text, {}
    if not (end := _END.search(text, start.end())):
        raise TextError(f"{origin} has Project Gutenberg's START line and no END line; it is cut short: fetch it again")
    found = re.findall(r"^(Title|Author): *(\S[^\n]*)$", text[: start.start()], re.MULTILINE)
    return text[start.end() : end.start()].strip() + "\n", {key.lower(): value.strip() for key, value in found}
