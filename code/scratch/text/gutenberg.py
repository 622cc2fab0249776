"""Remove the header and the licence from a plain-text book of Project Gutenberg.

What: a book is between a line with START and one with END. The forms of these lines from several
decades are recognised, also the small print of the 1990s, and the licence's own headings, for files
in which the END line is missing. Source: the plain-text books of Project Gutenberg. Left out: the
credits and transcriber's notes inside the book.
"""

import re

# characters before a START line that count as a header; the small print of the 1990s has
# 12,000
HEADER = 20_000
# characters after an END line that count as a licence; that of today has 19,000
LICENCE = 40_000

_NAME = r"Project +Gutenberg(?:[’']s)?(?:[™®]|-tm|\(tm\))?"
_KIND = r"(?:e-?book|e-?text)"
# a line's beginning; the text is given one more, which is faster than asking for ^
_STARS = r"\n[ \t]*(?:\*[ \t*]*)?"
_FLAGS = re.IGNORECASE | re.MULTILINE
_START = re.compile(  # a title may go on to further lines, up to the stars
    rf"{_STARS}START +OF +(?:THE +|THIS +)?{_NAME} +{_KIND}(?:[^*\n]*(?:\n[^*\n]+){{0,4}}\*\*.*|.*)"
    rf"|{_STARS}END[ *]*THE +SMALL +PRINT!.*(?=\n\s*\S)",
    _FLAGS,
)
_END = re.compile(
    rf"{_STARS}(?:(?:The +)?END +OF +(?:THE +|THIS +)?{_NAME} +{_KIND}\b"
    # with the book's title; inside a sentence it has a small letter
    rf"|(?-i:E)nd +of +(?:the +|this +)?{_NAME}(?=[ \n])"
    r"|START *: *FULL +LICEN[SC]E|THE +FULL +PROJECT +GUTENBERG +LICEN[SC]E"
    r"|Section +1\. +General +Terms +of +Use +and +Redistributing +Project"
    r"|This +file +should +be +named +\S+\.(?:txt|zip)|Updated +editions +will +replace +the"
    r" +previous +one).*",
    _FLAGS,
)
_SMALL_PRINT = re.compile(rf"{_STARS}START[ *]*THE +SMALL +PRINT!.*", _FLAGS)
_FIELD = re.compile(r"^(Title|Author): *(\S.*(?:\n[ \t]+\S.*)*)", re.MULTILINE)
_BY = re.compile(
    rf"^[ \t*]*(?:The +)?{_NAME}(?: +{_KIND})?(?: +of|,)? +(?P<title>\S.*?(?:\n.+?)?),? +by"
    r" +(?P<author>[^\n*\[]+)",
    _FLAGS,
)
_OPENING = re.compile(rf"\s*{_STARS}(?:The +)?{_NAME}", re.IGNORECASE)
_ABOUT = re.compile(
    r"(?:title|author|translator|illustrator|editor|release date|posting date|last updated|most"
    r" recently updated|"
    r"original publication|language|credits|character set encoding)\b.*:",
    re.IGNORECASE,
)


def strip_gutenberg(text: str) -> tuple[str, dict[str, str]]:
    """Remove Project Gutenberg's headers and licences from a text; other texts stay as they are.

    Returns: the text, and a dict with "title" and "author", as far as the header names them.

    >>> strip_gutenberg("Any other text.")
    ('Any other text.', {})
    >>> strip_gutenberg("A tale.\\n\\nEnd of Project Gutenberg's A Tale, by Somebody\\n\\n...")
    ('A tale.\\n', {})
    """
    if "utenberg" not in text and "UTENBERG" not in text:
        return text, {}
    text = "\n" + text
    starts = [(match.start(), match.end(), True) for match in _START.finditer(text)]
    ends = [(match.start(), match.end(), False) for match in _END.finditer(text)]
    # the small print is part of a header, or else a licence at the end
    last = starts[-1][0] if starts else -1
    ends += [
        (match.start(), match.end(), False)
        for match in _SMALL_PRINT.finditer(text)
        if match.start() > last
    ]
    books: list[str] = []
    headers: list[str] = []
    position, licence = 0, False  # where the search goes on, and whether that is inside a licence
    for begin, end, is_start in sorted(starts + ends):
        # What is too long for a header or a licence is a book, whatever the line after it says.
        most = LICENCE * licence + HEADER * is_start
        if begin - position > most:
            books.append(text[position:begin])
        elif is_start:
            headers.append(text[position:begin])
        position, licence = max(end, position), not is_start
    if not licence or len(text) - position > LICENCE:
        books.append(text[position:])
    if books and not headers:
        books[0], headers = _without_opening(books[0])
    if not (starts or ends or headers):
        return text[1:], {}
    return "\n\n".join(filter(None, map(str.strip, books))) + "\n", _fields("".join(headers[:1]))


def _without_opening(book: str) -> tuple[str, list[str]]:
    """Remove a header without a START line; return the rest, and the header in a list."""
    end = 0
    for gap in re.finditer(r"\n\s*\n|\Z", book[:HEADER]):
        paragraph = book[end : gap.start()].strip()
        if "gutenberg" not in paragraph.lower() and not _ABOUT.match(paragraph):
            break
        end = gap.end()
    is_header = _OPENING.match(book) and re.search("anyone +anywhere|^Title:", book[:end], _FLAGS)
    return (book[end:], [book[:end]]) if is_header else (book, [])


def _fields(header: str) -> dict[str, str]:
    """Return the title and author that a header gives, each on one line."""
    found = dict(_FIELD.findall(header))
    by = _BY.search(header)
    title, author = (
        found.get("Title", by and by["title"]),
        found.get("Author", by and by["author"]),
    )
    fields = {"title": title, "author": author}
    return {
        field: " ".join(value.split()) for field, value in fields.items() if value and value.strip()
    }
