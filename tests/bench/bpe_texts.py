"""The texts of the benchmarks of byte-pair encoding, each made the same way on every machine.

novella: this journal's own text. mill: MILL bytes of other sentences in its words, drawn by its
word trigrams, so that its chunks do not simply come round again; it has no word that the novella
has not. topics: Python's own reference, real prose about syntax, with indents and marks, from the
standard library. cyrillic: the novella with its Latin letters exchanged for Cyrillic ones, for a
text without ASCII letters.
"""

import random
import re
import sys
from pydoc_data.topics import topics

from scratch import load_text

MILL = 1_200_000
LATIN = "abcdefghijklmnopqrstuvwxyz"


def mill(size: int = MILL, seed: int = 0) -> str:
    """Write a text by trigrams of the novella's words, each with the white space before it."""
    words = re.findall(r"\s*\S+", load_text("the-index-of-small-lights").content)
    follow: dict[tuple[str, str], list[str]] = {}
    for first, second, third in zip(words, words[1:], words[2:], strict=False):
        follow.setdefault((first, second), []).append(third)
    draw = random.Random(seed)
    starts = list(follow)
    state = starts[0]
    written: list[str] = []
    length = 0
    while length < size:
        if state not in follow:  # the novella's last two words
            state = draw.choice(starts)
        word = draw.choice(follow[state])
        written.append(word)
        length += len(word.encode())
        state = (state[1], word)
    return "".join(written)


def texts() -> dict[str, str]:
    """All of them, by name."""
    novella = load_text("the-index-of-small-lights").content
    cyrillic = {ord(letter): 0x430 + place for place, letter in enumerate(LATIN)}
    cyrillic |= {ord(letter.upper()): 0x410 + place for place, letter in enumerate(LATIN)}
    return {
        "novella": novella,
        "mill": mill(),
        "topics": "\n\n".join(topics.values()),
        "cyrillic": novella.translate(cyrillic),
    }


if __name__ == "__main__":
    for name, text in texts().items():
        sys.stdout.write(
            f"{name:10} {len(text.encode()):>9,} bytes, {len(set(text.split())):>6,} distinct"
            " words\n"
        )
