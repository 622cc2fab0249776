"""Choose a passage to show, by a rule that works on any text instead of a favourite quotation.

What: `sentences` cuts a text where a sentence seems to end; `sample` takes the one that shows a tokenizer most, with
the most kinds of special characters.
Source: none; it is a rule of thumb.
Left out: abbreviations. "Mr." ends a sentence here, which is good enough to choose one by.
"""

import re
from collections.abc import Iterator

from scratch.words import split

FALLBACK = 200  # characters, about three lines
_END = re.compile(r"""[.!?]+["'”’)]*(?=\s|$)""")


def sentences(text: str) -> Iterator[str]:
    """Cut a text into sentences, as they stand there: with their line breaks, without those between two.

    What has no sign of an end, such as a heading, is no sentence and is passed over.

    >>> list(sentences('He said, "Go!" She went.'))
    ['He said, "Go!"', 'She went.']
    """
    for paragraph in re.split(r"\n\s*\n", text):
        start = 0
        for end in _END.finditer(paragraph):
            yield paragraph[start : end.end()].strip()
            start = end.end()


def sample(text: str, least: int = 18, most: int = 40) -> str:
    """Choose the sentence of least to most tokens with the most kinds of special characters; of equals, the first.

    A text without such a sentence gives its first FALLBACK characters.
    Raises: ValueError if the text has no token.

    >>> sample("A plain one. An odd one: yes!", least=3, most=9)
    'An odd one: yes!'
    """
    if not text.strip():
        raise ValueError(f"a text of {len(text)} characters and no word has no passage; give one with a word")
    known = [sentence for sentence in sentences(text) if least <= len(split(sentence)) <= most]
    return max(known, key=_kinds) if known else text.strip()[:FALLBACK]


def _kinds(sentence: str) -> int:
    return len({token for token in split(sentence) if not token[0].isalnum()})
