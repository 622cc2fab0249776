"""Classify texts by the words that they contain: a bag of words, and logistic regression.

What: the order of a text's words is ignored; it becomes a vector with a number for each word of the
training texts, 1 if it contains the word, else 0. `LogisticRegression` classifies such vectors, or
others, such as those of a language model. Its loss has a single minimum, so the result does not
depend on a random start. Source: Cox, The Regression Analysis of Binary Sequences (1958); Nocedal,
Updating Quasi-Newton Matrices with Limited Storage (1980), for L-BFGS, which finds the minimum.
Left out: more than two classes.
"""

from collections.abc import Iterable, Sequence

import torch
from torch import Tensor
from torch.nn import functional as F


def vocabulary(texts: Iterable[Sequence[str]]) -> dict[str, int]:
    """Number the distinct words of texts, in sorted order; a text is a list of words.

    >>> vocabulary([["win", "a"], ["a", "prize"]])
    {'a': 0, 'prize': 1, 'win': 2}
    """
    return {word: number for number, word in enumerate(sorted({w for text in texts for w in text}))}


def bags(texts: Sequence[Sequence[str]], numbers: dict[str, int]) -> Tensor:
    """Return which words each text contains: (N, V) float32, 1 or 0.

    texts: N lists of words; numbers: word -> column, as from `vocabulary`; other words are ignored

    >>> bags([["a", "win", "a"], ["loss"]], {"a": 0, "prize": 1, "win": 2}).tolist()
    [[1.0, 0.0, 1.0], [0.0, 0.0, 0.0]]
    """
    rows = torch.zeros(len(texts), len(numbers))
    for row, text in enumerate(texts):
        for word in text:
            if word in numbers:
                rows[row, numbers[word]] = 1
    return rows


class LogisticRegression:
    """A classifier into 0 and 1: class 1 if the weighted sum of a row's numbers is above 0.

    >>> model = LogisticRegression(torch.tensor([[0.0], [1.0]]), torch.tensor([0, 1]))
    >>> model.classify(torch.tensor([[-1.0], [2.0]])).tolist()
    [0, 1]
    """

    def __init__(self, x: Tensor, classes: Tensor, penalty: float = 1e-3) -> None:
        """Find the weights with the lowest loss, also inside torch.no_grad().

        x: (N, F); classes: (N,), 0 or 1
        penalty: the loss has this times the sum of the squared weights added to it
        """
        self.weight = torch.zeros(x.shape[1], requires_grad=True)
        self.bias = torch.zeros(1, requires_grad=True)
        optimiser = torch.optim.LBFGS([self.weight, self.bias], max_iter=100)

        def loss() -> Tensor:
            optimiser.zero_grad()
            error = F.binary_cross_entropy_with_logits(x @ self.weight + self.bias, classes.float())
            total = error + penalty * self.weight.square().sum()
            total.backward()  # type: ignore[no-untyped-call]
            return total

        with torch.enable_grad():
            optimiser.step(loss)  # type: ignore[no-untyped-call]

    @torch.no_grad()
    def classify(self, x: Tensor) -> Tensor:
        """Return the class of each row, 0 or 1: (N, F) -> (N,) int64."""
        return (x @ self.weight + self.bias > 0).long()
