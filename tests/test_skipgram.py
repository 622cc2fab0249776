"""Skip-gram: the gradients of one step by hand and by autograd, the pairs by hand, and the same
bits twice.

What is derived by hand has two or three float32 products, rounded by 6e-8; a millionth of it is
allowed, or a 100,000th.
"""

import math

import pytest
import torch

from scratch.embeddings.skipgram import SkipgramConfig, gradients, loss, train
from scratch.embeddings.skipgram_pairs import Corpus, keep_probability, pairs, prepare_corpus

SMALL = SkipgramConfig(dimensions=8, batch=16, shared=8, steps=40, minimum_count=1, subsample=1.0)


def sigmoid(x: float) -> float:
    return 1 / (1 + math.exp(-x))


def small_corpus() -> Corpus:
    return prepare_corpus(("the cat sat on the mat and the dog sat on the rug " * 20).split(), 1)


def test_the_gradients_of_one_step_are_those_derived_by_hand() -> None:
    """One pair and one draw, in two dimensions: w = (1, 0), n = (2, 1), d = (-1, 3), draw weighed
    0.5.

    w.n = 2 and w.d = -1, so a = sigmoid(2) - 1 and b = 0.5 * sigmoid(-1):
    by w: a n + b d; by n: a w; by d: b w.
    """
    w, n, d = (torch.tensor([row]) for row in ([1.0, 0.0], [2.0, 1.0], [-1.0, 3.0]))
    a, b = sigmoid(2) - 1, 0.5 * sigmoid(-1)
    by_w, by_n, by_d = gradients(w, n, d, torch.tensor([[0.5]]))
    assert torch.allclose(by_w, torch.tensor([[2 * a - b, a + 3 * b]]))
    assert torch.allclose(by_n, torch.tensor([[a, 0.0]]))
    assert torch.allclose(by_d, torch.tensor([[b, 0.0]]))


def test_the_loss_of_one_step_is_that_derived_by_hand() -> None:
    """The same vectors: -log sigmoid(2) - 0.5 log sigmoid(1)."""
    w, n, d = (torch.tensor([row]) for row in ([1.0, 0.0], [2.0, 1.0], [-1.0, 3.0]))
    expected = -math.log(sigmoid(2)) - 0.5 * math.log(sigmoid(1))
    assert loss(w, n, d, torch.tensor([[0.5]])).item() == pytest.approx(expected, rel=1e-6)


def test_the_gradients_are_autograds() -> None:
    random = torch.Generator().manual_seed(0)
    w, n, d = (torch.randn(size, 5, generator=random, dtype=torch.float64) for size in (7, 7, 4))
    mask = torch.rand(7, 4, generator=random, dtype=torch.float64)
    leaves = [x.clone().requires_grad_() for x in (w, n, d)]
    expected = torch.autograd.grad(loss(leaves[0], leaves[1], leaves[2], mask), leaves)
    for mine, theirs in zip(gradients(w, n, d, mask), expected, strict=True):
        assert torch.allclose(mine, theirs)


def test_every_neighbour_within_the_window_is_a_pair_in_both_directions() -> None:
    """With a window of one, the row 3 1 2 has the pairs 3-1, 1-3, 1-2 and 2-1."""
    centre, neighbour = pairs(
        torch.tensor([3, 1, 2]), torch.ones(4), 1, torch.Generator().manual_seed(0)
    )
    found = sorted(zip(centre.tolist(), neighbour.tolist(), strict=True))
    assert found == [(1, 2), (1, 3), (2, 1), (3, 1)]


def test_a_nearer_neighbour_is_drawn_oftener() -> None:
    """Widths of 1 and 2 are drawn evenly, so a neighbour at distance 2 is met by half of the
    centres: a band of 5 %.
    """
    ids = torch.arange(2000)
    centre, neighbour = pairs(ids, torch.ones(2000), 2, torch.Generator().manual_seed(0))
    distance = (centre - neighbour).abs()
    assert set(distance.tolist()) == {1, 2}
    assert int((distance == 1).sum()) == 2 * 1999
    assert 0.475 < int((distance == 2).sum()) / (2 * 1998) < 0.525


def test_a_frequent_word_is_dropped_by_the_formula_and_a_rare_one_never() -> None:
    """Of 100 tokens with t = 0.04: f = 0.96 gives sqrt(1/24) + 1/24, and f = 0.04 gives 2, which is
    1 at most.
    """
    keep = keep_probability(torch.tensor([96, 4]), subsample=0.04)
    assert keep.tolist() == pytest.approx([math.sqrt(1 / 24) + 1 / 24, 1.0])


def test_rare_words_leave_the_text_and_ids_follow_frequency() -> None:
    corpus = prepare_corpus("b a a c b a b".split(), minimum_count=2)
    assert corpus.words == ("a", "b")  # equal counts in sorted order
    assert corpus.counts == (3, 3)
    assert corpus.ids.tolist() == [1, 0, 0, 1, 0, 1]


def test_the_same_seed_gives_the_same_bits_twice_and_another_seed_others() -> None:
    corpus = small_corpus()
    runs = [
        dict(train(corpus, SkipgramConfig(**{**SMALL.__dict__, "seed": seed})))
        for seed in (1, 1, 2)
    ]
    assert torch.equal(runs[0][SMALL.steps], runs[1][SMALL.steps])
    assert not torch.equal(runs[0][SMALL.steps], runs[2][SMALL.steps])


def test_training_leaves_the_callers_random_numbers_alone() -> None:
    before = torch.random.get_rng_state()
    list(train(small_corpus(), SMALL))
    assert torch.equal(torch.random.get_rng_state(), before)


def test_words_of_one_place_come_to_point_the_same_way() -> None:
    """Cat and dog both stand between 'the' and 'sat' here; measured over ten seeds their cosine
    rose to 0.9 and more.
    """
    corpus = small_corpus()
    found = dict(train(corpus, SkipgramConfig(**{**SMALL.__dict__, "steps": 400})))
    cat, dog = corpus.words.index("cat"), corpus.words.index("dog")
    near = [
        torch.cosine_similarity(found[step][cat], found[step][dog], dim=0).item()
        for step in (0, 400)
    ]
    assert near[1] > max(near[0], 0.5)


def test_checkpoints_come_at_the_start_the_marks_and_the_end() -> None:
    calls: list[tuple[int, int]] = []
    found = list(
        train(
            small_corpus(), SMALL, marks=[7, 3], progress=lambda done, of: calls.append((done, of))
        )
    )
    assert [step for step, _ in found] == [0, 3, 7, SMALL.steps]
    assert calls == [(step, SMALL.steps) for step in range(1, SMALL.steps + 1)]
    assert not torch.equal(found[0][1], found[1][1])  # copies, not views of one table


def test_a_setting_that_cannot_be_is_refused() -> None:
    with pytest.raises(ValueError, match="window is 0; training needs 1 or more"):
        SkipgramConfig(window=0)
    with pytest.raises(ValueError, match="subsample, learning_rate and decay are"):
        SkipgramConfig(learning_rate=0.0)
    with pytest.raises(ValueError, match="mark 41 is outside 0 to 40"):
        train(small_corpus(), SMALL, marks=[41])


def test_a_text_without_two_frequent_words_is_refused() -> None:
    with pytest.raises(ValueError, match=r"1 words come 3 times or more; learning needs 2"):
        prepare_corpus("a a a b".split(), minimum_count=3)


def test_a_text_of_which_subsampling_leaves_nothing_is_refused_at_once() -> None:
    corpus = prepare_corpus("a a b b".split(), minimum_count=1)
    with pytest.raises(
        ValueError,
        match=r"subsampling by 1e-06 leaves 0\.0057 of 4 words in a reading.*larger subsample",
    ):
        train(corpus, SkipgramConfig(steps=1, subsample=1e-6))
