"""Cut a paragraph into sentences, and choose one as an example, by a rule that works on any text.

What: `sentences` cuts a text where a sentence seems to end; `sample` chooses the sentence with the
most kinds of special characters, which shows most about a tokenizer. Source: none; it is a rule of
thumb. Left out: abbreviations. "Mr." ends a sentence here, which is good enough for an example.
"""

import re
from collections.abc import Iterator

from scratch.text.words import split

FALLBACK = 200  # characters, about three lines
ROOM = 600  # bytes in UTF-8 of a sentence to show; an English one of 40 tokens has about 250
# as Hindi, Chinese, Arabic, Armenian and Amharic end a sentence, too
_ENDING = ".!?…‼⁇⁈⁉।॥。．！？؟۔։።"
_CLOSING = """"'”’“‘»«›‹)\\]}」』_*"""  # marks that may follow it, as in German and French
# Looked for is only where a run of such marks begins: a million points are then read once.
_END = re.compile(rf"(?<![{_ENDING}])[{_ENDING}]++[{_CLOSING}]*+(?=\s|$)")

_QUOTED = re.compile(r"[\n\"“”„«»‹›「」『』_*]|\s'|'\s|^'|'$")


def sentences(text: str) -> Iterator[str]:
    """Yield the sentences of a text, with the line breaks inside them.

    Text without a final mark, such as a heading, is left out.

    >>> list(sentences('He said, "Go!" She went.'))
    ['He said, "Go!"', 'She went.']
    """
    for paragraph in re.split(r"\n\s*\n", text):
        start = 0
        for end in _END.finditer(paragraph):
            yield paragraph[start : end.end()].strip()
            start = end.end()


def sample(text: str, least: int = 18, most: int = 40, room: int = ROOM) -> str:
    """Choose the sentence with the most kinds of special characters; of equals, the first.

    least, most: how many tokens of `scratch.text.words.split` it has
    room: the largest number of bytes in UTF-8, and so of tokens in a byte-level tokenizer
    Returns: where no sentence fits, the first words, up to FALLBACK characters and `room` bytes.

    Raises: ValueError if the text has no token.

    >>> sample("A plain one. An odd one: yes!", least=3, most=9)
    'An odd one: yes!'
    """
    if not text.strip():
        raise ValueError(
            f"a text of {len(text)} characters and no word has no passage; give one with a word"
        )
    known = [sentence for sentence in sentences(text) if least <= len(split(sentence)) <= most]
    fitting = [sentence for sentence in known if len(sentence.encode()) <= room]
    return max(fitting, key=_kinds) if fitting else _beginning(text, room)


def plain_sentence(text: str, least: int, most: int) -> str:
    """Choose the first sentence on one line without quotation marks; else what `sample` chooses.

    least, most: how many tokens of `scratch.text.words.split` it has

    >>> plain_sentence('"Go!" she said. "No," he said. It rained, all day.', least=4, most=9)
    'It rained, all day.'
    """
    for sentence in sentences(text):
        if not _QUOTED.search(sentence) and least <= len(split(sentence)) <= most:
            return sentence
    return sample(text, least, most, room=200)


def _beginning(text: str, room: int) -> str:
    """Return the first run of words that fits, else the first token that fits."""

    def fits(passage: str) -> bool:
        return len(passage) <= FALLBACK and len(passage.encode()) <= room

    start = end = 0
    for word in re.finditer(r"\S+", text):
        start = start if end else word.start()
        if not fits(text[start : word.end()]):
            if end:
                break
            continue
        end = word.end()
    if end:
        return text[start:end]
    tokens = split(text)  # if none fits, a part of one is all that can be shown
    return next(
        filter(fits, tokens), tokens[0].encode()[: min(FALLBACK, room)].decode(errors="ignore")
    )


def _kinds(sentence: str) -> int:
    return len({token for token in split(sentence) if not token[0].isalnum()})
