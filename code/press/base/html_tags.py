"""Read the tags of an HTML page, as a browser would."""

from html.parser import HTMLParser

Tag = tuple[str, dict[str, str | None]]  # its name, and its attributes


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[Tag] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def tags_of(markup: str) -> list[Tag]:
    """Return the start tags of a markup, in order.

    >>> tags_of('<a href="b.html"><br hidden>')
    [('a', {'href': 'b.html'}), ('br', {'hidden': None})]
    """
    reader = _Reader()
    reader.feed(markup)
    return reader.tags
