"""Join the lines of paragraphs, find chapter headings, and hold out a text's last part.

What: `paragraphs` joins lines that end only because the line was full, which says nothing about the
language. `hold_out` sets the last chapters aside, so that a model can be tested on a part of the
story that it has not read. `opening` gives the first words of a text. Source: Shannon, Prediction
and Entropy of Printed English (1951), among the first to judge a model of language on text that it
has not seen. Whole chapters are held out, not scattered sentences, since a model that has read half
a scene knows something of the other half. Left out: hyphens at the ends of lines; a text that mixes
prose and verse, which is treated as all one or all the other.
"""

import re
from collections.abc import Iterable
from itertools import pairwise

# of the lines of a text that is set in lines, so many are no longer than its page is wide
WIDTH = 0.95
# of the line ends inside paragraphs, from which on a text counts as set in lines: novels have 0.8
# and more
FULL = 0.5
SHARE = 0.1  # of a text that is held out, about
MOST = 100_000  # characters that are held out, about: enough to measure a loss by, and soon read
# words that either part has: each is a token or more, so they fill a window of 128 and its targets
LEAST = 130
_NUMBER = (
    r"(?:\d+|[IVXLCDM]+|(?i:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|the"
    r" \w+))\b"
)
HEADING = re.compile(rf"^(?i:chapter|part|book)(?: +{_NUMBER}.{{0,60}})?$", re.M)
_INSIDE = re.compile(r"(?<!\n)\n(?!\n)")  # a line end inside a paragraph
_GAP = re.compile(r"\n\n+")


def paragraphs(text: str) -> str:
    """Join the lines of each paragraph by spaces; empty lines stay between paragraphs.

    A text whose lines end for another reason (`set_in_lines`), such as verse, a play, or one line
    per paragraph, is returned as it is.

    >>> paragraphs("It was\\nlate.\\n\\nShe\\nslept.")
    'It was late.\\n\\nShe slept.'
    """
    return _INSIDE.sub(" ", text) if set_in_lines(text) else text


def set_in_lines(text: str) -> bool:
    """Return whether most lines of a text end where the next word would not fit.

    >>> set_in_lines("It was late and she\\nhad slept for hours.")
    True
    >>> set_in_lines("Who is there?\\nI.\\nYou?\\nYes.")
    False
    """
    lines = [line.strip() for line in text.split("\n")]
    ends = [
        (len(line), len(below.split(maxsplit=1)[0]))
        for line, below in pairwise(lines)
        if line and below
    ]
    if not ends:
        return False
    width = sorted(length for length, _ in ends)[round(WIDTH * (len(ends) - 1))]
    return sum(length + 1 + word > width for length, word in ends) > FULL * len(ends)


def opening(text: str, words: int) -> str:
    """Return the first `words` words of a text, with the white space between and after them.

    Raises: ValueError if words is below 1.

    >>> opening("It was\\nlate. She slept.", 3)
    'It was\\nlate. '
    """
    if words < 1:
        raise ValueError(f"words is {words}; take 1 or more")
    rest = text.split(maxsplit=words)[words:]
    return text[: len(text) - len(rest[0])] if rest else text


def hold_out(text: str, share: float = SHARE) -> tuple[str, str]:
    """Split a text in two: a part to train on, and the last chapters, which are held out.

    The held-out part has about `share` of the text's characters, but at most MOST. The cut is at
    the nearest chapter heading, if that holds out between half and twice as much; else in the same
    way at the nearest gap between paragraphs; else at the nearest line end; else exactly there. If
    the text has more than twice LEAST words, each part gets at least LEAST.

    Raises: ValueError if share is not between 0 and 1, or the text has fewer than two characters.

    >>> hold_out("Chapter 1\\n\\nOnce.\\n\\nChapter 2\\n\\nNow.", share=0.4)
    ('Chapter 1\\n\\nOnce.\\n\\n', 'Chapter 2\\n\\nNow.')
    """
    if not 0 < share < 1:
        raise ValueError(f"share is {share}; hold out more than 0 and less than 1 of the text")
    if len(text) < 2:
        raise ValueError(
            f"the text has {len(text)} characters; give one of which a part can be held out"
        )
    first, last = _bounds(text)
    wanted = max(first, min(round(len(text) - min(len(text) * share, MOST)), last))
    size = len(text) - wanted

    def near(cuts: Iterable[int]) -> list[int]:
        return [
            cut for cut in cuts if first <= cut <= last and size / 2 <= len(text) - cut <= 2 * size
        ]

    heads = near(match.start() for match in HEADING.finditer(text))
    gaps = heads or near(match.end() for match in _GAP.finditer(text))
    cuts = gaps or near(match.end() for match in re.finditer("\n", text)) or [wanted]
    cut = min(cuts, key=lambda cut: abs(cut - wanted))
    return text[:cut], text[cut:]


def _bounds(text: str) -> tuple[int, int]:
    """Return the first and the last index for a cut: each side has LEAST words, if the text has
    twice as many.
    """
    if len(text.split(maxsplit=2 * LEAST)) <= 2 * LEAST:
        return 1, len(text) - 1
    head = text.rsplit(maxsplit=LEAST)[0]
    return len(text) - len(text.split(maxsplit=LEAST)[-1]), len(text) - len(
        text[len(head) :].lstrip()
    )
