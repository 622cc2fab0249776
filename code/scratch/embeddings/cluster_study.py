"""Train word vectors with several seeds, and measure whether related words lie together.

What: one training per seed. Each is measured with learned vectors, and against chance in two ways:
with untrained vectors, and with shuffled labels. `verdict` is the rule by which the journal judges,
fixed before the judged groups were measured. Source: `scratch.embeddings.skipgram`,
`scratch.embeddings.clustering` and `scratch.embeddings.word_groups`, which name theirs. Left out:
tuning; the settings come from the caller.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import mean
from typing import Literal

import torch
from torch import Tensor

from scratch.embeddings.clustering import Measure, grouped, measure, shuffled
from scratch.embeddings.skipgram import SkipgramConfig, train
from scratch.embeddings.skipgram_pairs import Corpus
from scratch.significance import MeanInterval, student

SHUFFLES = 20  # their mean is measured; a single one would be noisy


@dataclass(frozen=True)
class Run:
    """A training with one seed: its tables at some steps, and three measures.

    learned: the last table; untrained: the table at step 0; shuffled: the last table with shuffled
    labels, the mean of SHUFFLES
    """

    seed: int
    checkpoints: dict[int, Tensor]  # step: (V, C)
    learned: Measure
    untrained: Measure
    shuffled: Measure


def study(
    corpus: Corpus,
    groups: Mapping[str, Sequence[str]],
    seeds: Sequence[int],
    config: SkipgramConfig | None = None,
    marks: Sequence[int] = (),
    progress: Callable[[int, int], None] | None = None,
) -> list[Run]:
    """Train once for each seed, and measure each training.

    groups: name -> words, as from `scratch.embeddings.word_groups.present`
    marks, progress: as in `scratch.embeddings.skipgram.train`

    Raises: ValueError if a group has a word that the corpus lacks.

    >>> from scratch.embeddings.skipgram_pairs import prepare_corpus
    >>> corpus = prepare_corpus("a b c d a b c d a b".split(), minimum_count=1)
    >>> config = SkipgramConfig(steps=2, batch=2)
    >>> groups = {"x": ["a", "b"], "y": ["c", "d"]}
    >>> [run.seed for run in study(corpus, groups, seeds=[4, 5], config=config)]
    [4, 5]
    """
    config = config or SkipgramConfig()
    rows, labels, _ = grouped(groups, corpus.words)
    return [
        _run(corpus, rows, labels, replace(config, seed=seed), marks, progress) for seed in seeds
    ]


def summary(runs: Sequence[Run], table: str, figure: str) -> MeanInterval:
    """Return the mean of a measure over the seeds, and its 95 % interval.

    table: "learned", "untrained" or "shuffled"; figure: "purity", "within" or "between"
    Raises: ValueError unless there are 2 to 10 runs.
    """
    return student([getattr(getattr(run, table), figure) for run in runs])


def verdict(runs: Sequence[Run]) -> Literal[True, False, "part", "not shown"]:
    """Judge whether learned vectors group related words better than shuffled or untrained ones do.

    "Above" means that the whole 95 % interval is above the other.

    Returns: True if the learned purity is above the shuffled and the untrained one, and the mean
    cosine within groups above the shuffled one; else "part" if the purity is above one of the two;
    else False if the shuffled purity is above it; else "not shown".
    Raises: ValueError unless there are 2 to 10 runs.
    """

    def above(figure: str, one: str, other: str) -> bool:
        return summary(runs, one, figure).low > summary(runs, other, figure).high

    purity = [above("purity", "learned", table) for table in ("shuffled", "untrained")]
    if all(purity) and above("within", "learned", "shuffled"):
        return True
    if any(purity):
        return "part"
    return False if above("purity", "shuffled", "learned") else "not shown"


def _run(
    corpus: Corpus,
    rows: list[int],
    labels: list[int],
    config: SkipgramConfig,
    marks: Sequence[int],
    progress: Callable[[int, int], None] | None,
) -> Run:
    checkpoints = dict(train(corpus, config, marks, progress))
    learned = checkpoints[config.steps][rows]
    random = torch.Generator().manual_seed(config.seed)
    mixed = [measure(learned, shuffled(labels, random)) for _ in range(SHUFFLES)]
    chance = Measure(
        *(mean(getattr(one, name) for one in mixed) for name in ("purity", "within", "between"))
    )
    return Run(
        config.seed,
        checkpoints,
        measure(learned, labels),
        measure(checkpoints[0][rows], labels),
        chance,
    )
