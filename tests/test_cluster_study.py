"""The study of seeds: its rule of judgement by hand, and a tiny corpus run through."""

import pytest
import torch

from scratch.embeddings.cluster_study import Run, study, summary, verdict
from scratch.embeddings.clustering import Measure
from scratch.embeddings.skipgram import SkipgramConfig
from scratch.embeddings.skipgram_pairs import prepare_corpus


def runs(
    purity: float, untrained: float, chance: float, within: float = 0.8, mixed: float = 0.5
) -> list[Run]:
    """Five runs that differ by thousandths, so that the intervals are narrow."""
    return [
        Run(
            seed,
            {},
            Measure(purity + seed / 1000, within + seed / 1000, 0.0),
            Measure(untrained + seed / 1000, 0.0, 0.0),
            Measure(chance + seed / 1000, mixed + seed / 1000, 0.0),
        )
        for seed in range(5)
    ]


def test_learned_above_both_comparisons_holds() -> None:
    assert verdict(runs(0.5, 0.2, 0.2)) is True


def test_learned_above_one_comparison_alone_holds_in_part() -> None:
    assert verdict(runs(0.5, 0.6, 0.2)) == "part"
    assert verdict(runs(0.5, 0.2, 0.2, within=0.4)) == "part"


def test_learned_that_is_no_better_than_chance_shows_nothing() -> None:
    assert verdict(runs(0.2, 0.2, 0.2)) == "not shown"


def test_learned_that_is_worse_than_chance_does_not_hold() -> None:
    assert verdict(runs(0.1, 0.3, 0.2)) is False


def test_a_study_measures_each_seed_the_same_way_twice() -> None:
    corpus = prepare_corpus(
        ("the cat ate the red fish and the dog ate the blue bone " * 20).split(), 1
    )
    groups = {"pets": ["cat", "dog"], "colours": ["red", "blue"]}
    config = SkipgramConfig(dimensions=8, batch=16, shared=8, steps=30)
    found, again = (study(corpus, groups, [1, 2], config, marks=[10]) for _ in range(2))
    assert [run.learned for run in found] == [run.learned for run in again]
    assert list(found[0].checkpoints) == [0, 10, 30]
    assert torch.equal(found[1].checkpoints[30], again[1].checkpoints[30])
    assert summary(found, "learned", "purity").values == tuple(run.learned.purity for run in found)


def test_a_group_with_a_word_that_the_corpus_lacks_is_refused() -> None:
    corpus = prepare_corpus(["a", "b", "a", "b"], 1)
    with pytest.raises(ValueError, match="'yak' is not in the table"):
        study(corpus, {"x": ["a", "b"], "y": ["yak", "a"]}, [1])
