"""The texts of the benchmarks of byte-pair encoding, each made the same way on every machine.

novella: this journal's own text. mill: MILL bytes of other sentences in its words, drawn by its
word trigrams, so that its chunks do not simply come round again; it has no word that the novella
has not. topics: Python's own reference, real prose about syntax, with indents and marks, from the
standard library. docstrings: DOCSTRINGS characters of what its modules say, English with many
distinct words. cyrillic: half of them with their Latin letters exchanged for Cyrillic ones, so as
many bytes, for a text without ASCII letters. `hard_texts` are made of characters that rarely come
so.
"""

import ast
import random
import re
import string
import sys
import sysconfig
from pathlib import Path
from pydoc_data.topics import topics

from scratch import load_text

MILL = 1_200_000
DOCSTRINGS = 1_000_000
HARD = 300_000
LATIN = string.ascii_lowercase


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


def docstrings(size: int = DOCSTRINGS) -> str:
    """Gather the docstrings of the standard library's modules."""
    texts: list[str] = []
    for path in sorted(Path(sysconfig.get_path("stdlib")).rglob("*.py")):
        if sum(map(len, texts)) > size:
            break
        if {"site-packages", "test", "tests"} & set(path.parts):
            continue
        nodes = ast.walk(ast.parse(path.read_bytes()))
        has_one = ast.Module | ast.ClassDef | ast.FunctionDef
        texts += [ast.get_docstring(node) or "" for node in nodes if isinstance(node, has_one)]
    return "\n".join(filter(None, texts))[:size]


def texts() -> dict[str, str]:
    """All of them, by name."""
    cyrillic = {ord(letter): 0x430 + place for place, letter in enumerate(LATIN)}
    cyrillic |= {ord(letter.upper()): 0x410 + place for place, letter in enumerate(LATIN)}
    written = docstrings()
    return {
        "novella": load_text("the-index-of-small-lights").content,
        "mill": mill(),
        "topics": "\n\n".join(topics.values()),
        "docstrings": written,
        "cyrillic": written[: len(written) // 2].translate(cyrillic),
    }


def hard_texts(size: int = HARD) -> dict[str, str]:
    """Return texts of so many characters that no writer writes."""
    draw = random.Random(0)
    signs = {
        "one letter": "a", "one mark": "^", "newlines": "\n", "spaces": " ", "tabs": "\t",
        "digits": string.digits, "digits and spaces": string.digits + " ",
        "letters": string.ascii_letters, "letters and spaces": string.ascii_lowercase + "   ",
        "marks": string.punctuation, "white space": " \t\n\r\u00a0\u2003",
        "names in one word": ["Foo", "Bar", "get", "Value"],
        "emoji": list(map(chr, range(0x1F300, 0x1F600))),
        "Chinese": list(map(chr, range(0x4E00, 0x9FA5))),
        "Korean": list(map(chr, range(0xAC00, 0xD7A3))),
        "Thai": list(map(chr, range(0xE01, 0xE2E))),
        "Arabic": [*map(chr, range(0x621, 0x64A)), " "],
        "mathematical letters": list(map(chr, range(0x1D400, 0x1D4FF))),
        "private use": list(map(chr, range(0xE000, 0xF8FF))),
        "all of Unicode": [chr(code) for code in range(0x20, 0x110000) if not 0xD800 <= code < 0xE000],
    }  # fmt: skip
    made = {name: "".join(draw.choices(each, k=size))[:size] for name, each in signs.items()}
    words = ("".join(draw.choices(LATIN, k=draw.randint(3, 12))) for _ in range(size // 8))
    numbers = (str(draw.randrange(10 ** draw.randint(1, 15))) for _ in range(size // 9))
    return made | {"words of random letters": " ".join(words), "numbers": " ".join(numbers)}


if __name__ == "__main__":
    for name, text in texts().items():
        sys.stdout.write(
            f"{name:10} {len(text.encode()):>9,} bytes, {len(set(text.split())):>6,} distinct"
            " words\n"
        )
