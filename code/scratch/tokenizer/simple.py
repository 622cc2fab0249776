"""Number the distinct tokens of a text, so that a text becomes ids and ids become text again.

What: a vocabulary is the distinct tokens of a text in sorted order, with two specials last:
`<|endoftext|>`, which separates two texts, and `<|unk|>`, which replaces a word that the vocabulary
lacks. Source: Raschka, Build a Large Language Model (From Scratch), sections 2.3 and 2.4. Left out:
other ways to number (by frequency), and other specials (padding, begin, end).

The order is that of Python's strings, by code point: marks, then capitals, then small letters. So
the ids depend only on the set of tokens, not on how often or where they occur. Decoding does not
restore the white space (`scratch.text.words`), nor, with unknown="unk", the unknown words: each
comes back as `<|unk|>`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from scratch.text.words import join, split, token_position

END_OF_TEXT = "<|endoftext|>"
UNKNOWN = "<|unk|>"
LONGEST = 20  # characters of a word that is easy to read


class UnknownWord(ValueError):
    """A word of a text that the vocabulary lacks."""

    def __init__(self, word: str, index: int, line: int, character: int) -> None:
        """Keep the word and where it is: token `index` from 0, `line` and `character` from 1."""
        self.word, self.index, self.line, self.character = word, index, line, character
        super().__init__(word, index, line, character)

    def __str__(self) -> str:
        return (
            f"{self.word!r} (token {self.index}, line {self.line}, character {self.character}) is"
            ' not in this vocabulary; encode with unknown="unk", or build the vocabulary from a'
            " text that has the word"
        )


@dataclass(frozen=True)
class SimpleTokenizer:
    """A vocabulary of whole words: `tokens[id]` is a token, `ids[token]` its id.

    Raises: ValueError if a token is repeated, or the last two tokens are not the specials.

    >>> v = SimpleTokenizer.of(["the", "cat", "the", "dog"])
    >>> v.tokens
    ('cat', 'dog', 'the', '<|endoftext|>', '<|unk|>')
    >>> v.decode(v.encode("the dog"))
    'the dog'
    """

    tokens: tuple[str, ...]
    ids: Mapping[str, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        ids = {token: id for id, token in enumerate(self.tokens)}
        if len(ids) < len(self.tokens):
            twice = next(token for id, token in enumerate(self.tokens) if ids[token] != id)
            raise ValueError(
                f"{twice!r} is there twice; each token needs one id, so use"
                " SimpleTokenizer.of(tokens)"
            )
        if self.tokens[-2:] != (END_OF_TEXT, UNKNOWN):
            raise ValueError(
                f"the last two tokens are {self.tokens[-2:]}, not the specials; use"
                " SimpleTokenizer.of(tokens)"
            )
        object.__setattr__(self, "ids", ids)

    @classmethod
    def of(cls, tokens: Iterable[str]) -> "SimpleTokenizer":
        """Make a vocabulary of the distinct tokens, in sorted order, then the two specials.

        >>> len(SimpleTokenizer.of(["b", "a", "b"]))
        4
        """
        return cls((*sorted(set(tokens) - {END_OF_TEXT, UNKNOWN}), END_OF_TEXT, UNKNOWN))

    def __len__(self) -> int:
        return len(self.tokens)

    def unknown_word(self) -> str:
        """Return a word that the vocabulary lacks: a long word of it with "ish" at the end.

        A word of letters alone is preferred to one with digits or marks, and a length near LONGEST
        characters to all others.

        Raises: ValueError if the vocabulary has no word.

        >>> SimpleTokenizer.of(["a", "cat", "!"]).unknown_word()
        'catish'
        """
        words = [token for token in self.tokens[:-2] if any(map(str.isalnum, token))]
        if not words:
            raise ValueError(
                f"none of the {len(self)} entries is a word; build the vocabulary from a text that"
                " has one"
            )
        word = max(
            words,
            key=lambda word: (
                word.isalpha(),
                word.isalnum(),
                min(len(word), 2 * LONGEST - len(word)),
            ),
        )
        while word in self.ids:
            word += "ish"
        return word

    def encode(self, text: str, unknown: Literal["error", "unk"] = "error") -> list[int]:
        """Turn a text into ids, one for each token that `scratch.text.words.split` finds.

        unknown: "error" raises for a word that the vocabulary lacks; "unk" gives it the id of
        `<|unk|>`
        Returns: (T,) ids.
        Raises: UnknownWord for the first unknown word; ValueError for another value of `unknown`.

        >>> SimpleTokenizer.of(["a", "b"]).encode("b c a", unknown="unk")
        [1, 3, 0]
        """
        if unknown not in ("error", "unk"):
            raise ValueError(f'unknown is {unknown!r}; it can be "error" or "unk"')
        tokens = split(text)
        ids = [self.ids.get(token) for token in tokens]
        if unknown == "error" and None in ids:
            index = ids.index(None)
            raise UnknownWord(tokens[index], index, *token_position(text, index))
        return [self.ids[UNKNOWN] if id is None else id for id in ids]

    def decode(self, ids: Iterable[int]) -> str:
        """Turn ids into a line of text, joined by `scratch.text.words.join`.

        Raises: ValueError for an id outside 0 to len(self) - 1.

        >>> SimpleTokenizer.of(["a", "b"]).decode([1, 0])
        'b a'
        """
        tokens = []
        for id in ids:
            if not 0 <= id < len(self):
                raise ValueError(
                    f"id {id} is outside 0 to {len(self) - 1}; decode with the vocabulary that"
                    " encoded it"
                )
            tokens.append(self.tokens[id])
        return join(tokens)
