"""List what each experiment needs in a text, and choose the text that it runs on.

What: on a text that lacks the words an experiment asks about, or is too short to learn from, the
experiment would fail or, worse, give meaningless numbers. So each one states its needs here:
something that can be counted in any text, and how much of it there must be. `text_for` gives the
learner's text if it meets them, else the novella that comes with the journal. Source: the limits
were chosen on the novella and three other books, as the smallest at which an experiment ran and its
control groups were not empty. Left out: experiments that run on any text.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from pathlib import Path

from scratch.baselines.word_swaps import FACTOR, exchanges, peers
from scratch.embeddings.word_groups import JUDGED, present
from scratch.smoke import PART, smoke
from scratch.text.corpus import Text, list_texts, load_text
from scratch.text.utf8 import TextError
from scratch.text.word_rows import LENGTH, OFTEN, all_rows, common
from scratch.text.words import split

STAND_IN = "the-index-of-small-lights"  # it meets every need; a test says so
# its folder, if the learner's own lacks it
SHIPPED = Path(__file__).resolve().parents[3] / "data"


@dataclass(frozen=True)
class Need:
    """Something that an experiment needs in a text, and how much of it at least."""

    what: str  # in the plural, as in "words"
    least: int
    count: Callable[[str], int]  # of the text's content
    # whether it grows with the text's length; a smoke test then asks for a part
    length: bool = False


@dataclass(frozen=True)
class Lack:
    """A need that a text does not meet: how much it has, and how much is needed."""

    what: str
    has: int
    least: int

    def __str__(self) -> str:
        return f"{self.least:,} {self.what} (it has {self.has:,})"


@dataclass(frozen=True)
class Basis:
    """The text that an experiment runs on, and what the learner's own text lacks for that."""

    experiment: str
    own: Text
    text: Text
    lacks: tuple[Lack, ...] = ()


@lru_cache(maxsize=4)
def words_of(content: str) -> list[str]:
    """Return the running words of a text in small letters, without marks.

    >>> words_of("The dog -- the Dog!")
    ['the', 'dog', 'the', 'dog']
    """
    return [token.lower() for token in split(content) if any(map(str.isalnum, token))]


@lru_cache(maxsize=4)
def counts_of(content: str) -> Counter[str]:
    """Count how often each word of a text occurs, in small letters.

    >>> counts_of("The dog -- the Dog!").most_common(1)
    [('the', 2)]
    """
    return Counter(words_of(content))


def _uses(word: str) -> Callable[[str], int]:
    return lambda content: counts_of(content)[word]


def _known(words: str) -> Callable[[str], int]:
    return lambda content: sum(counts_of(content)[word] > 0 for word in words.split())


GROUPED = 5  # uses from which a word of a group counts, as in the word vectors
# of the swaps on 5 July
SENTENCES = "i have a pet dog cat food my own we ate the bread cheese soup lamp sea"


def _groups(content: str) -> int:
    return len(present(JUDGED, counts_of(content), GROUPED))


def _grouped(content: str) -> int:
    return sum(map(len, present(JUDGED, counts_of(content), GROUPED).values()))


def _peers(content: str) -> int:
    return len(peers(counts_of(content), "dog", FACTOR))


def _exchanges(content: str) -> int:
    return len(list(exchanges(content, JUDGED["animals"], JUDGED["trades"])))


CHOICE = 2  # rows of words to choose from
# of the word vectors in the attention lab; as many words could all be at right angles
DIRECTIONS = 16


def _rows(content: str) -> int:
    return len(list(islice(all_rows(content, common(split(content.lower()))), CHOICE)))


WORDS = Need("words", 10_000, lambda content: len(words_of(content)), length=True)

EXPERIMENTS: dict[str, tuple[Need, ...]] = {
    "pieces of rare words": (
        Need("distinct words", 200, lambda content: len(counts_of(content))),
        Need(
            "words used once",
            20,
            lambda content: sum(times == 1 for times in counts_of(content).values()),
        ),
    ),
    "attention over six words": (
        Need(
            f"words that occur {OFTEN} times or more",
            DIRECTIONS + 1,
            lambda content: len(common(words_of(content))),
        ),
        Need(f"rows of {LENGTH} different such words", CHOICE, _rows),
    ),
    "word vectors": (
        WORDS,
        Need("groups of related words", 3, _groups),
        Need(f"related words that occur {GROUPED} times or more", 20, _grouped),
    ),
    "a small GPT": (
        WORDS,
    ),  # its training reads so many words about 40 times; of fewer it would learn them by heart
    "swapped words": (
        WORDS,
        Need("words that its sentences use", len(SENTENCES.split()), _known(SENTENCES)),
        Need("uses of “dog”", 10, _uses("dog")),
        Need("uses of “cat”", 10, _uses("cat")),
        Need("words about as frequent as “dog”", 10, _peers),
    ),
    "exchanged animals and trades": (
        WORDS,
        Need("short sentences with an animal and a trade", 3, _exchanges),
    ),
}


def lacks(experiment: str, content: str) -> tuple[Lack, ...]:
    """Return the needs of an experiment that a text does not meet.

    experiment: a key of EXPERIMENTS; content: the text
    Raises: ValueError for an unknown experiment.

    >>> [str(lack) for lack in lacks("pieces of rare words", "one two two")]
    ['200 distinct words (it has 2)', '20 words used once (it has 1)']
    """
    if experiment not in EXPERIMENTS:
        raise ValueError(f"{experiment!r} is no experiment; known are {', '.join(EXPERIMENTS)}")
    missing = []
    for need in EXPERIMENTS[experiment]:
        least = max(need.least // PART, 1) if need.length and smoke() else need.least
        if (has := need.count(content)) < least:
            missing.append(Lack(need.what, has, least))
    return tuple(missing)


def text_for(experiment: str, text: Text) -> Basis:
    """Choose the text of an experiment: the given one if it meets the needs, else the novella.

    experiment: a key of EXPERIMENTS
    Raises: ValueError for an unknown experiment; TextError if the novella is needed and missing.

    >>> from scratch.text.corpus import load_text
    >>> text_for("word vectors", load_text("the-index-of-small-lights")).lacks
    ()
    """
    missing = lacks(experiment, text.content)
    if not missing or text.name == STAND_IN:
        return Basis(experiment, text, text)
    try:
        own = any(entry.name == STAND_IN and entry.path.is_file() for entry in list_texts())
        return Basis(experiment, text, load_text(STAND_IN, None if own else SHIPPED), missing)
    except TextError as error:
        what = f"{experiment!r} needs {missing[0]} of {text.title}, and the novella cannot stand in"
        raise TextError(f"{what}: {error}") from None


def plan(text: Text) -> list[Basis]:
    """Choose a text for every experiment, as `text_for` does, in the order of EXPERIMENTS."""
    return [text_for(experiment, text) for experiment in EXPERIMENTS]
