"""Take the header and the licence off a plain-text book of Project Gutenberg, whichever of the two
is there.

What: a book stands between a line that says START and one that says END. Known are the lines of
several decades, the small print of the 1990s, and the licence by its own headings, where somebody
has cut off the line before it. Source: the plain-text books of Project Gutenberg. Left out: the
credits and transcriber's notes that stand inside the book.
"""

import re

# characters before a START line that are taken for a header; the small print of the 1990s has
# 12,000
HEADER = 20_000
# characters after an END line that are taken for a licence; that of today has 19,000
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
    """Take Project Gutenberg's headers and licences off; other texts come back as they are.

    Returns: the text, and the title and author that the header gave (an empty dict without one).

    >>> strip_gutenberg("Any other text.")
    ('Any other text.', {})
    >>> strip_gutenberg("A tale.\\n\\nEnd of Project Gutenberg's A Tale, by Somebody\\n\\nUpdated editions ...")
    ('A tale.\\n', {})
    """
    if "utenberg" not in text and "UTENBERG" not in text:
        return text, {}
    text = "\n" + text
    starts = [(found.start(), found.end(), True) for found in _START.finditer(text)]
    ends = [(found.start(), found.end(), False) for found in _END.finditer(text)]
    # the small print stands in a header, or else is a licence at the end
    last = starts[-1][0] if starts else -1
    ends += [
        (found.start(), found.end(), False)
        for found in _SMALL_PRINT.finditer(text)
        if found.start() > last
    ]
    books: list[str] = []
    headers: list[str] = []
    place, licence = 0, False  # where the search goes on, and whether it stands in a licence
    for begin, end, is_start in sorted(starts + ends):
        # What is too long for a header or a licence is a book, whatever the line after it says.
        most = LICENCE * licence + HEADER * is_start
        if begin - place > most:
            books.append(text[place:begin])
        elif is_start:
            headers.append(text[place:begin])
        place, licence = max(end, place), not is_start
    if not licence or len(text) - place > LICENCE:
        books.append(text[place:])
    if books and not headers:
        books[0], headers = _without_opening(books[0])
    if not (starts or ends or headers):
        return text[1:], {}
    return "\n\n".join(filter(None, map(str.strip, books))) + "\n", _fields("".join(headers[:1]))


def _without_opening(book: str) -> tuple[str, list[str]]:
    """Take off the paragraphs of a header that has lost its START line."""
    end = 0
    for gap in re.finditer(r"\n\s*\n|\Z", book[:HEADER]):
        paragraph = book[end : gap.start()].strip()
        if "gutenberg" not in paragraph.lower() and not _ABOUT.match(paragraph):
            break
        end = gap.end()
    is_header = _OPENING.match(book) and re.search("anyone +anywhere|^Title:", book[:end], _FLAGS)
    return (book[end:], [book[:end]]) if is_header else (book, [])


def _fields(header: str) -> dict[str, str]:
    """The title and author that a header gives, each on one line."""
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
