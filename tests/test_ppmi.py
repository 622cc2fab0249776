"""Counts, PPMI and the decomposition: by hand on three words, and by torch's own decomposition."""

import math

import pytest
import torch

from scratch.embeddings.ppmi import cooccurrences, ppmi, ppmi_vectors


def test_nearer_words_weigh_more() -> None:
    """Row 0 1 2 with a window of two: 0-1 and 1-2 at distance 1 weigh 1, 0-2 at distance 2 weighs
    1/2.
    """
    found = cooccurrences(torch.tensor([0, 1, 2]), vocab_size=3, window=2)
    assert found.tolist() == [[0, 1, 0.5], [1, 0, 1], [0.5, 1, 0]]


def test_counts_agree_with_a_loop() -> None:
    ids = torch.randint(0, 6, (80,), generator=torch.Generator().manual_seed(0)).tolist()
    expected = torch.zeros(6, 6)
    for place, word in enumerate(ids):
        for other in range(max(0, place - 3), min(len(ids), place + 4)):
            if other != place:
                expected[word, ids[other]] += (4 - abs(place - other)) / 3
    # sums of float32 thirds, up to 40
    assert torch.allclose(cooccurrences(torch.tensor(ids), 6, 3), expected, atol=1e-5)


def test_ppmi_is_the_logarithm_of_count_over_chance() -> None:
    """Counts [[0, 3], [3, 2]]: total 8, the rows 3 and 5, so (0, 1) has 3/8 over 3/8 * 5/8 = 8/5.

    (0, 0) never met, so 0; (1, 1) has 2/8 over 25/64 = 0.64, below chance, so 0.
    """
    found = ppmi(torch.tensor([[0.0, 3.0], [3.0, 2.0]]), smoothing=1.0)
    expected = torch.tensor([[0.0, math.log(1.6)], [math.log(1.6), 0.0]])
    assert torch.allclose(found, expected)


def test_a_word_that_never_meets_another_has_zeros_and_no_nan() -> None:
    found = ppmi(torch.tensor([[0.0, 1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 0.0]]))
    assert found[2].tolist() == [0, 0, 0] == found[:, 2].tolist()
    assert not found.isnan().any()


def test_smoothing_makes_a_rare_context_less_surprising() -> None:
    counts = torch.tensor([[0.0, 90.0, 1.0], [90.0, 0.0, 9.0], [1.0, 9.0, 0.0]])
    assert ppmi(counts, 0.75)[1, 2] < ppmi(counts, 1.0)[1, 2]


def test_all_directions_together_give_the_strengths_back() -> None:
    """With all dimensions V V^T has the eigenvalues S of the decomposition, since V = U S**0.5."""
    ids = torch.randint(0, 8, (200,), generator=torch.Generator().manual_seed(1))
    vectors = ppmi_vectors(ids, 8, window=2, dimensions=8)
    table = ppmi(cooccurrences(ids, 8, 2))
    strengths = torch.linalg.svdvals(table)
    # up to 10, by two float32 algorithms
    assert torch.allclose(torch.linalg.eigvalsh(vectors @ vectors.T).flip(0), strengths, atol=1e-4)


def test_the_signs_are_fixed() -> None:
    ids = torch.randint(0, 8, (200,), generator=torch.Generator().manual_seed(1))
    vectors = ppmi_vectors(ids, 8, dimensions=4)
    assert (vectors.sum(0) >= 0).all()
    assert torch.equal(vectors, ppmi_vectors(ids, 8, dimensions=4))


def test_words_with_the_same_neighbours_have_the_same_direction() -> None:
    """a x b and c x d: x stands between; 1 and 3 meet x alone, so their rows of the table are
    equal.
    """
    vectors = ppmi_vectors(
        torch.tensor([1, 0, 2, 0, 3, 0, 1, 0, 2, 0, 3, 0, 1]), 4, window=1, dimensions=2
    )
    assert torch.cosine_similarity(vectors[1], vectors[3], dim=0).item() == pytest.approx(
        1, abs=1e-4
    )


def test_a_size_that_cannot_be_is_refused() -> None:
    ids = torch.tensor([0, 1, 2])
    with pytest.raises(ValueError, match="dimensions is 4; 3 words have 1 to 3"):
        ppmi_vectors(ids, 3, dimensions=4)
    with pytest.raises(
        ValueError, match="vocab_size is 5,001; the limit is 5,000, so take the commonest words"
    ):
        ppmi_vectors(ids, 5_001)
    with pytest.raises(ValueError, match="window is 0; a neighbourhood needs 1 or more"):
        cooccurrences(ids, 3, 0)
