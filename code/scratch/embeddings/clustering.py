"""Measure whether vectors of related words are close together, and what chance alone would give.

What: cosines, nearest neighbours, and two measures of a grouping: the fraction of a word's nearest
neighbours that are in its own group (purity), and the mean cosine within groups. The caller
compares them with those of the same vectors under shuffled labels, or of untrained vectors.
Source: Manning, Raghavan and Schuetze, Introduction to Information Retrieval (2008), sections 6.3
(cosine) and 16.3 (purity; here of neighbour lists instead of clusters). Left out: clustering
itself. The groups are given (`scratch.embeddings.word_groups`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import normalize


@dataclass(frozen=True)
class Measure:
    """How well groups of words hold together in a table of vectors."""

    # 0 to 1: the fraction of a word's nearest grouped words that are in its group; mean over words
    purity: float
    within: float  # mean cosine of two words of one group
    between: float  # mean cosine of two words of different groups


def cosine(first: Tensor, second: Tensor) -> float:
    """Return the cosine of two vectors, (C,) each: 1 for equal directions, -1 for opposite ones.

    It is 0 at right angles, and also if a vector is zero.

    >>> cosine(torch.tensor([1.0, 0.0]), torch.tensor([1.0, 1.0]))  # doctest: +ELLIPSIS
    0.7071...
    """
    return float(normalize(first, dim=0) @ normalize(second, dim=0))


def mean_cosine(vectors: Tensor) -> float:
    """Return the mean cosine of all pairs of different rows of a table.

    The sum of all cosines is the squared length of the sum of the unit vectors; of these, the V
    cosines of a row with itself are 1 each.

    vectors: (V, C), no row all zero.
    Raises: ValueError if there are fewer than 2 rows.

    >>> mean_cosine(torch.tensor([[1.0, 0.0], [0.0, 2.0]]))
    0.0
    """
    size = len(vectors)
    if size < 2:
        raise ValueError(f"{size} rows make no pair; give 2 or more")
    return (float(normalize(vectors, dim=1).sum(0).square().sum()) - size) / (size * (size - 1))


def neighbours(vectors: Tensor, index: int, number: int = 10) -> list[tuple[int, float]]:
    """List the rows of a table that have the highest cosines with one of its rows.

    vectors: (V, C); index: of the row; number: how many neighbours
    Returns: (row, cosine), the nearest first, without the row itself.
    Raises: ValueError if index is not 0 to V - 1, or number not 1 to V - 1.

    >>> table = torch.tensor([[1.0, 0.0], [0.0, 1.0], [1.0, 0.1]])
    >>> [row for row, _ in neighbours(table, index=0, number=2)]
    [2, 1]
    """
    size = len(vectors)
    if not 0 <= index < size:
        raise ValueError(f"row {index} is outside 0 to {size - 1}; take an index of this table")
    if not 1 <= number < size:
        raise ValueError(f"number is {number}; a table of {size} has 1 to {size - 1} neighbours")
    unit = normalize(vectors, dim=1)
    near = unit @ unit[index]
    near[index] = -2.0  # below any cosine
    nearest = torch.topk(near, number)
    return list(zip(nearest.indices.tolist(), nearest.values.tolist(), strict=True))


def measure(vectors: Tensor, labels: Sequence[int], number: int = 10) -> Measure:
    """Measure how well groups of words hold together.

    vectors: (n, C), of the grouped words only; labels: n, the group of each

    The purity of a word is over its `number` nearest neighbours, or over as many as its group has
    other words, if these are fewer: so a small group can reach 1 too. Of equal cosines the earlier
    row is nearer.

    Raises: ValueError if there are not as many labels as vectors, a group has only one word, or
    there is only one group.

    >>> measure(torch.tensor([[1.0, 0.0], [1.0, 0.1], [0.0, 1.0], [0.1, 1.0]]), [0, 0, 1, 1]).purity
    1.0
    """
    group = torch.tensor(labels)
    if len(group) != len(vectors):
        raise ValueError(f"{len(group)} labels for {len(vectors)} vectors; give one for each")
    same = group[:, None] == group  # (n, n)
    others = same.sum(1) - 1
    if int(others.min()) < 1 or bool(same.all()):
        raise ValueError(
            "a group has one word only, or there is one group only; give two groups of two words or"
            " more"
        )
    unit = normalize(vectors, dim=1)
    near = unit @ unit.T  # (n, n)
    self = torch.eye(len(group), dtype=torch.bool)
    order = near.masked_fill(self, -2.0).sort(dim=1, descending=True, stable=True).indices
    # (n, n): the ranks of the list that count
    counted = torch.arange(len(group)) < others.clamp_max(number)[:, None]
    hits = (same.gather(1, order) & counted).sum(1) / counted.sum(1)
    return Measure(float(hits.mean()), float(near[same & ~self].mean()), float(near[~same].mean()))


def shuffled(labels: Sequence[int], random: torch.Generator) -> list[int]:
    """Return the labels in random order, so that the groups keep their sizes.

    >>> sorted(shuffled([0, 0, 1], torch.Generator().manual_seed(0)))
    [0, 0, 1]
    """
    return [labels[index] for index in torch.randperm(len(labels), generator=random).tolist()]


def grouped(
    groups: Mapping[str, Sequence[str]], words: Sequence[str]
) -> tuple[list[int], list[int], list[str]]:
    """List the rows, labels and words of the groups, one group after another.

    groups: name -> words; words: those of the table, in the order of its rows
    Returns: of each grouped word its row, the number of its group from 0, and the word.
    Raises: ValueError if a word of a group is not in `words`.

    >>> grouped({"pets": ["cat"], "tools": ["saw"]}, words=["saw", "cat"])
    ([1, 0], [0, 1], ['cat', 'saw'])
    """
    row = {word: index for index, word in enumerate(words)}
    labelled = [(word, label) for label, group in enumerate(groups.values()) for word in group]
    if absent := [word for word, _ in labelled if word not in row]:
        raise ValueError(
            f"{absent[0]!r} is not in the table; keep to its words with"
            " scratch.embeddings.word_groups.present"
        )
    return (
        [row[word] for word, _ in labelled],
        [label for _, label in labelled],
        [word for word, _ in labelled],
    )
