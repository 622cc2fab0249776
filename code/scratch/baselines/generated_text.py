"""Measure a generated text: surprisal, repetition, known words; classify tokens as parts of words.

What: `surprisals` gives a model's bits for each token, `repeated` the fraction of groups of tokens
that occurred before, `known_words` how many words are known ones, `legible` makes a text safe to
print, and `parts_of_words` tells tokens that begin a word from those that continue one. Source:
Shannon 1948, section 6, for the bits; repeated groups of four tokens are the measure of Welleck et
al., Neural Text Generation with Unlikelihood Training (2020), section 6. Left out: whether the text
is any good.
"""

import math
from collections.abc import Collection, Sequence
from itertools import accumulate
from unicodedata import category

import torch

from scratch.model.gpt import GPTModel
from scratch.text.words import split

APOSTROPHES = "'’"
JOINERS = "\u200c\u200d"  # between letters of one word, as in Persian and Hindi


def surprisals(model: GPTModel, ids: Sequence[int], prompt_length: int = 1) -> list[float]:
    """Return the surprisal of each token after the tokens before it that fit into the context.

    prompt_length: how many first tokens are read but not measured
    Returns: bits, one number for each of ids[prompt_length:].
    Raises: ValueError if prompt_length is below 1: the first token has nothing before it.

    >>> from scratch.model.config import GPTConfig
    >>> config = GPTConfig(16, 8, emb_dim=4, n_heads=2, n_layers=1)
    >>> model = GPTModel(config, torch.Generator().manual_seed(0))
    >>> [round(bits) for bits in surprisals(model, [3, 1, 2])]  # untrained, so log2 of 16
    [4, 4]
    """
    if prompt_length < 1:
        raise ValueError(
            f"prompt_length is {prompt_length}; a first token can only be guessed after something,"
            " so give 1 or more"
        )
    if len(ids) <= prompt_length:
        return []
    limit, row = model.config.context_length, torch.tensor(ids)
    was_training = model.training
    model.eval()
    try:
        with torch.inference_mode():
            logits = model(row[None, : min(limit, len(ids) - 1)])[0]  # (T, V)
            if len(ids) - 1 > limit:  # further on a window ends before each token
                later = row[1:-1].unfold(0, limit, 1)  # (N, L)
                logits = torch.cat([logits, model.logits(model.hidden(later)[:, -1])])
    finally:
        model.train(was_training)
    logs = logits.log_softmax(-1)[prompt_length - 1 :].gather(1, row[prompt_length:, None])
    return (-logs[:, 0] / math.log(2)).tolist()  # type: ignore[no-any-return]


def repeated(ids: Sequence[int], size: int = 4) -> float:
    """Return the fraction of groups of `size` tokens in a row that occurred before.

    Raises: ValueError if there are fewer than `size` tokens, or size is below 1.

    >>> repeated([1, 2, 1, 2, 1], size=2)
    0.5
    """
    groups = [tuple(ids[start : start + size]) for start in range(len(ids) - size + 1)]
    if not groups or size < 1:
        raise ValueError(
            f"{len(ids)} tokens have no group of {size}; give as many tokens, and a size of 1 or"
            " more"
        )
    return 1 - len(set(groups)) / len(groups)


def known_words(written: str, known: Collection[str]) -> tuple[int, int]:
    """Count the known words of a text, and all its words.

    A word at the very end may be cut off and is not counted.

    known: words in small letters. Returns: (known words, all words).

    >>> known_words("The dog blorbed, the do", {"the", "dog"})
    (3, 4)
    """
    tokens = split(written)
    if tokens and not written[-1].isspace() and tokens[-1][-1].isalnum():
        tokens.pop()
    words = [token.lower() for token in tokens if any(map(str.isalnum, token))]
    return sum(word in known for word in words), len(words)


def legible(text: str) -> str:
    """Replace control characters by U+FFFD, except line ends and tabs.

    An untrained model writes bytes of every kind, and some would move a terminal's cursor.

    >>> legible("a\\x1b[2Kb\\n")
    'a\ufffd[2Kb\\n'
    """
    return "".join(
        "\ufffd" if category(char) == "Cc" and char not in "\n\t" else char for char in text
    )


def parts_of_words(tokens: Sequence[bytes]) -> list[str]:
    """Classify each token: "start" of a word, "inside" a word, or "apart" from words, as marks are.

    A word is a run of letters and digits in any script, with their combining marks and with
    apostrophes between them. A token in which a word starts is a "start".

    tokens: the bytes of each token of a text, in order

    >>> parts_of_words([b"An", b" old", b"er", b" ", b"dog", b"."])
    ['start', 'start', 'inside', 'apart', 'start', 'apart']
    """
    # a half character at an end keeps its bytes
    text = b"".join(tokens).decode("utf-8", "surrogateescape")
    kinds: list[str] = []  # of each byte
    inside = False
    for position, char in enumerate(text):
        first = char.isalnum() and not inside
        inside = char.isalnum() or (inside and _goes_on(text, position))
        size = len(char.encode("utf-8", "surrogateescape"))
        kinds += ["start" if first else "inside" if inside else "apart"] + [
            "inside" if inside else "apart"
        ] * (size - 1)
    ends = [*accumulate(map(len, tokens))]
    own = [kinds[end - len(token) : end] for token, end in zip(tokens, ends, strict=True)]
    return ["start" if "start" in part else part[0] if part else "apart" for part in own]


def _goes_on(text: str, position: int) -> bool:
    """Return whether a character after a letter, itself no letter, belongs to the word."""
    char = text[position]
    between = char in APOSTROPHES and text[position + 1 : position + 2].isalnum()
    # Cs: a lone byte
    return between or char in JOINERS or category(char) == "Cs" or category(char).startswith("M")
