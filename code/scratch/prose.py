"""Make a text ready for a language model: running paragraphs, and a part at the end that nothing is learned from.

What: `paragraphs` joins lines that end only because the page was full; where they end says nothing about the language.
`hold_out` takes the last chapters away, so that a model can be asked about a story that it has not read.
Source: holding a part out is how every model of language is judged, Shannon, Prediction and Entropy of Printed English
(1951), among the first; chapters and not scattered sentences, since a model knows half a scene if it has read the other.
Left out: hyphens at the ends of lines; verse, of which the lines are joined like all others.
"""

import re
from collections.abc import Iterable

FULL = 90  # characters: a line of a text that is set in lines is hardly ever longer
SHARE = 0.1  # of a text that is held out, about
_NUMBER = r"(?:\d+|[IVXLCDM]+|(?i:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|the \w+))\b"
HEADING = re.compile(rf"^(?i:chapter|part|book)(?: +{_NUMBER}.{{0,60}})?$", re.M)
_INSIDE = re.compile(r"(?<!\n)\n(?!\n)")  # a line end with no empty line beside it
_GAP = re.compile(r"\n\n+")


def paragraphs(text: str) -> str:
    """Join the lines of each paragraph by spaces; empty lines stay between paragraphs.

    A text of which over one line in a hundred is longer than FULL is not set in lines, and is given back as it is.

    >>> paragraphs("It was\\nlate.\\n\\nShe\\nslept.")
    'It was late.\\n\\nShe slept.'
    """
    lines = text.split("\n")
    if sum(len(line) > FULL for line in lines) * 100 > len(lines):
        return text
    return _INSIDE.sub(" ", text)


def hold_out(text: str, share: float = SHARE) -> tuple[str, str]:
    """Split a text in two: what is learned from, and its last chapters, which are not.

    The cut is at the heading of a chapter that comes nearest to the share, if one leaves at least half of it and at most
    twice as much; else so at the gap between two paragraphs; else so at the end of a line; else at the very place.
    Raises: ValueError if the share is not above 0 and below 1, or the text has fewer than two characters.

    >>> hold_out("Chapter 1\\n\\nOnce.\\n\\nChapter 2\\n\\nNow.", share=0.4)
    ('Chapter 1\\n\\nOnce.\\n\\n', 'Chapter 2\\n\\nNow.')
    """
    if not 0 < share < 1:
        raise ValueError(f"share is {share}; hold out more than 0 and less than 1 of the text")
    if len(text) < 2:
        raise ValueError(f"the text has {len(text)} characters; give one of which a part can be held out")
    wanted = min(max(round(len(text) * (1 - share)), 1), len(text) - 1)

    def near(places: Iterable[int]) -> list[int]:
        inside = [place for place in places if 0 < place < len(text)]
        return [place for place in inside if share / 2 <= 1 - place / len(text) <= 2 * share]

    heads = near(found.start() for found in HEADING.finditer(text))
    gaps = heads or near(found.end() for found in _GAP.finditer(text))
    places = gaps or near(found.end() for found in re.finditer("\n", text)) or [wanted]
    cut = min(places, key=lambda place: abs(place - wanted))
    return text[:cut], text[cut:]
