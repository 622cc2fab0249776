"""Measure the surprisal of each word of a sentence by a GPT, whose tokens may be parts of words.

What: the surprisal of a text is the sum over its tokens, so that of a word is the sum over its
tokens. A token that begins with a space belongs to the word after the space; a token with two marks
belongs to the first. The words' surprisals sum to the sentence's. Source: Shannon 1948, section 6,
for the bits; Oh and Schuler, Leading Whitespaces of Language Models' Subword Vocabulary Pose a
Confound (2024), for the sum over a word's tokens, and the problem of the space before a word. Left
out: the correction that they propose; sentences longer than the model's context.

`GPTWords` has the methods of `scratch.baselines.ngram.NextWord`, so `scratch.baselines.word_swaps`
can use either.
"""

import math
from collections.abc import Sequence
from itertools import accumulate

import torch

from scratch.model.generate import LanguageModel
from scratch.text.words import join
from scratch.tokenizer.bpe import BytePairEncoding
from scratch.tokenizer.bpe_listed import ListedEncoding

BEFORE = "\n\n"  # what the model reads in front of a sentence: the gap between two paragraphs


class GPTWords:
    """A GPT with its encoding, as a model of words.

    before: the text that the model reads before a sentence
    Raises: ValueError if encoding and model differ in vocabulary size, or `before` is empty.
    """

    def __init__(
        self,
        model: LanguageModel,
        encoding: BytePairEncoding | ListedEncoding,
        before: str = BEFORE,
    ) -> None:
        if len(encoding) != model.config.vocab_size:
            raise ValueError(
                f"the encoding has {len(encoding)} entries, the model {model.config.vocab_size}"
            )
        if not before:
            raise ValueError(
                "before is empty; a first word can only be guessed after something, so give a text"
            )
        self.model, self.encoding, self.before = model, encoding, before

    def __contains__(self, word: str) -> bool:
        return True  # any text can be written in bytes

    def surprisals(self, tokens: Sequence[str]) -> list[float]:
        """Return the surprisal of each word after the words before it, in bits.

        tokens: words and marks, as `scratch.text.words.split` gives them; the model reads `join` of
        them
        Raises: ContextTooLong if the sentence, in the encoding's tokens, is longer than the
        model's context.
        """
        ends = list(accumulate(map(len, lengths(tokens))))  # of words, in bytes of the line
        bits = [0.0] * len(tokens)
        # bytes of the line so far; the word of the next token
        read = word = 0
        for id, surprise in self._read(join(tokens)):
            while word + 1 < len(tokens) and read >= ends[word]:
                word += 1
            bits[word] += surprise
            read += len(self.encoding.tokens[id])
        return bits

    def _read(self, line: str) -> list[tuple[int, float]]:
        """Return the ids of a line, each with its surprisal in bits."""
        before, ids = (self.encoding.encode_ordinary(text) for text in (self.before, line))
        read = torch.tensor([[*before, *ids]])
        with torch.inference_mode():
            logprobs = self.model.eval()(read[:, :-1])[0].log_softmax(-1)  # (T - 1, V)
        own = logprobs[len(before) - 1 :].gather(1, read[0, len(before) :, None])[:, 0]  # (N,)
        return list(zip(ids, (-own / math.log(2)).tolist(), strict=True))


def lengths(tokens: Sequence[str]) -> list[bytes]:
    """Return the bytes that each token adds to `join` of them, with the space before it.

    >>> lengths(["Well", ",", "it", "is"])
    [b'Well', b',', b' it', b' is']
    """
    parts, line = [], ""
    for number in range(len(tokens)):
        longer = join(tokens[: number + 1])
        parts.append(longer[len(line) :].encode())
        line = longer
    return parts
