"""Split a text into words and special characters, and join such tokens into a line again.

What: `split` cuts at white space and at the special characters , . : ; ? _ ! " ( ) ' and --, keeps
the special characters as tokens of their own, and drops the white space. `join` puts one space
between tokens, but none before , . : ; ? ! " ( ) or '. Source: the splitting rule of Raschka, Build
a Large Language Model (From Scratch), section 2.2. Left out: lower case, stems, abbreviations, and
whatever else depends on the language.

What does not survive `join(split(text))`:
- white space: line breaks, indents and double spaces all become one space;
- space around special characters: `"Hello"` comes back as `" Hello"`, `don't` as `don' t`, `3.14`
  as `3. 14`, `a--b` as `a -- b`, and `wait (` as `wait(`.
What does survive, for every text, is the tokens: `split(join(split(text))) == split(text)`.
"""

import re
from collections.abc import Iterable

SPECIAL = frozenset([*""",.:;?_!"()'""", "--"])  # what is a token of its own
_CUT = re.compile(r"""([,.:;?_!"()']|--|\s)""")
_SPACE_BEFORE_MARK = re.compile(r"""\s+([,.:;?!"()'])""")


def split(text: str) -> list[str]:
    """Split a text into words and special characters.

    Source: Raschka, section 2.2.

    >>> split("Well -- it isn't")
    ['Well', '--', 'it', 'isn', "'", 't']
    """
    return [piece for piece in _CUT.split(text) if piece.strip()]


def join(tokens: Iterable[str]) -> str:
    """Join tokens into one line: a space between two, none before , . : ; ? ! " ( ) and '.

    Source: Raschka, section 2.3. The header of this file says what is lost.

    >>> join(["Well", ",", "it", "isn", "'", "t"])
    "Well, it isn' t"
    """
    return _SPACE_BEFORE_MARK.sub(r"\1", " ".join(tokens))


def token_position(text: str, index: int) -> tuple[int, int]:
    """Return the line of a token, and the column of its first character, both counted from 1.

    index: of the token among those of `split`, from 0
    Raises: IndexError if the text has no such token.

    >>> token_position("one two\\nthree", 2)
    (2, 1)
    """
    tokens = split(text)
    if not 0 <= index < len(tokens):
        raise IndexError(
            f"token {index} of a text of {len(tokens)} tokens; ask for 0 to {len(tokens) - 1}"
        )
    start = end = 0
    for token in tokens[: index + 1]:
        start = text.index(token, end)
        end = start + len(token)
    return text.count("\n", 0, start) + 1, start - text.rfind("\n", 0, start)
