"""Choose prompts from the text itself, since a model has learned to continue such words.

What: `beginnings` gives the most frequent beginnings of the text's sentences, `sentence_about` a
sentence of about a given length. Both work on any text: where there are no sentences they take
words from the beginning. Source: none; they are rules of thumb. Left out: what a prompt means.
"""

from collections import Counter
from collections.abc import Iterator
from itertools import chain, islice

from scratch.text.sentences import sentences
from scratch.tokenizer.bpe import BytePairEncoding

LOOKED_AT = 20_000  # sentences, and words where there are none: the commonest are among them
LONGEST = 100  # characters of a single word that are tried
OPENING = "\"'“‘«„‚(["  # marks before a sentence's first word


def beginnings(
    text: str, encoding: BytePairEncoding, number: int = 3, words: int = 3, most: int = 24
) -> list[str]:
    """List the most frequent beginnings of a text's sentences.

    Beginnings with different first words come before several with the same first word. If there are
    too few, words from inside sentences follow, and then shorter beginnings.

    number: of beginnings; words: in each, at most; most: tokens of the encoding in each, at most
    Returns: `number` different beginnings, or as many as the text has, at least one.
    Raises: ValueError if the text has no word, or number, words or most is below 1.

    >>> text = "The dog sat. A cat came in. The dog sat down. The dog ate."
    >>> beginnings(text, BytePairEncoding([]), number=3, words=2)
    ['The dog', 'A cat', 'cat came']
    """
    if min(number, words, most) < 1:
        raise ValueError(f"number is {number}, words {words}, most {most}; give 1 or more of each")
    if not text.strip():
        raise ValueError(
            f"a text of {len(text)} characters and no word has no beginning; give one with a word"
        )
    prompts: dict[str, None] = {}
    for size in range(words, 0, -1):
        for prompt in chain(_of_sentences(text, size), _inside(text, size)):
            if prompt not in prompts and len(encoding.encode_ordinary(prompt)) <= most:
                prompts[prompt] = None
            if len(prompts) == number:
                return list(prompts)
    return list(prompts) or [_cut(text.split()[0], encoding, most)]


def _of_sentences(text: str, size: int) -> list[str]:
    """List beginnings of sentences, different first words before equal ones, by frequency."""
    count: Counter[str] = Counter()
    for sentence in islice(sentences(text), LOOKED_AT):
        parts = sentence.lstrip(OPENING).split(maxsplit=size)
        if len(parts) > size and all(map(_plain, parts[:size])):
            count[" ".join(parts[:size])] += 1
    before: Counter[str] = Counter()
    ranked = []
    for prompt, _ in count.most_common():
        first = prompt.split()[0].lower()
        ranked.append((before[first], prompt))
        before[first] += 1
    return [prompt for _, prompt in sorted(ranked, key=lambda pair: pair[0])]


def _inside(text: str, size: int) -> Iterator[str]:
    """Yield runs of words from anywhere, in their order, those without marks first."""
    row = text.split(maxsplit=LOOKED_AT)[:LOOKED_AT]
    runs = [row[start : start + size] for start in range(len(row) - size + 1)]
    for wanted in (True, False):
        yield from (" ".join(run) for run in runs if all(map(_plain, run)) is wanted)


def _plain(word: str) -> bool:
    return word.replace("'", "").replace("’", "").isalpha()


def _cut(word: str, encoding: BytePairEncoding, most: int) -> str:
    """Return the longest beginning of a word with at most `most` tokens, or its first character."""
    return next(
        (
            word[:end]
            for end in range(min(len(word), LONGEST), 1, -1)
            if len(encoding.encode_ordinary(word[:end])) <= most
        ),
        word[0],
    )


def sentence_about(text: str, length: int) -> str:
    """Choose the sentence whose length is nearest to a number of characters; of equals, the first.

    length: in characters
    Returns: if every sentence is longer than twice the length, the text's first words that fit into
    the length, or a part of the first word.

    Raises: ValueError if the text has no word.

    >>> sentence_about("No. That is enough. It went on and on and on.", 15)
    'That is enough.'
    """
    if not text.strip():
        raise ValueError(
            f"a text of {len(text)} characters and no word has no sentence; give one with a word"
        )
    known = [sentence for sentence in sentences(text) if len(sentence) <= 2 * length]
    if known:
        return min(known, key=lambda sentence: abs(len(sentence) - length))
    words = text.split(maxsplit=length)[:length]
    while len(words) > 1 and len(" ".join(words)) > length:
        words.pop()
    return " ".join(words)[: 2 * length]
