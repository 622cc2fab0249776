"""Relative positions: distances by a loop, Shaw's clipping and sum by hand, T5's buckets by their
definition.

Scores are sums of three or four float32 products of numbers of about 1; what is allowed, 1e-5, is
many roundings of 6e-8.
"""

import pytest
import torch

from scratch.embeddings.relative import (
    BucketBias,
    RelativeTable,
    buckets,
    distances,
    knows_distance_alone,
)
from scratch.model.attention import attention_scores


def seeded() -> torch.Generator:
    return torch.Generator().manual_seed(0)


def test_a_distance_is_the_keys_place_less_the_querys() -> None:
    found = distances(5)
    assert all(found[query, key] == key - query for query in range(5) for key in range(5))


def test_beyond_the_clip_all_distances_have_one_row() -> None:
    """Clip 2: rows 0 to 4 for -2, -1, 0, 1, 2."""
    table = RelativeTable(emb_dim=3, clip=2, generator=seeded())
    assert table.weight.shape == (5, 3)
    assert table.bucket_of(torch.tensor([-50, -3, -2, -1, 0, 1, 2, 3, 50])).tolist() == [
        0,
        0,
        0,
        1,
        2,
        3,
        4,
        4,
        4,
    ]


def test_a_score_is_the_query_times_the_vector_of_its_distance() -> None:
    table = RelativeTable(emb_dim=3, clip=2, generator=seeded())
    queries = torch.randn(6, 3, generator=seeded())
    found, weight = table(queries).detach(), table.weight.detach()
    for query in range(6):
        for key in range(6):
            row = max(-2, min(2, key - query)) + 2
            assert found[query, key].item() == pytest.approx(
                float(queries[query] @ weight[row]) / 3**0.5, abs=1e-5
            )


def test_added_to_attentions_scores_it_is_shaws_sum() -> None:
    """Equation 4: the query times the sum of the key and the vector of their distance, over the
    root of the width.
    """
    table = RelativeTable(emb_dim=4, clip=2, generator=seeded())
    queries, keys = torch.randn(2, 6, 4, generator=seeded())
    found = (attention_scores(queries, keys) + table(queries)).detach()
    vectors = table.weight[table.bucket_of(distances(6))].detach()
    for query in range(6):
        for key in range(6):
            shaw = float(queries[query] @ (keys[key] + vectors[query, key])) / 2
            assert found[query, key].item() == pytest.approx(shaw, abs=1e-5)


def test_moving_the_whole_text_changes_no_relative_score() -> None:
    """A sum of three products of numbers of about 1 may be rounded otherwise in another row; a
    number looked up is exact.
    """
    query = torch.randn(3, generator=seeded()).expand(9, 3)
    summed, looked_up = (
        RelativeTable(3, clip=2, generator=seeded())(query),
        BucketBias(generator=seeded())(9),
    )
    assert torch.allclose(summed[1:, 1:], summed[:-1, :-1], atol=1e-6)
    assert torch.equal(looked_up[1:, 1:], looked_up[:-1, :-1])


def test_near_distances_have_a_bucket_each_and_directions_are_apart() -> None:
    """32 buckets: 16 a direction, 8 of them exact. Keys before the query and at it come first."""
    near = torch.arange(8)
    assert buckets(-near).tolist() == list(range(8))
    assert buckets(near[1:]).tolist() == list(range(17, 24))


def test_far_buckets_grow_by_equal_factors() -> None:
    """From 8 to 128 is a factor of 16 = 2^4 in 8 buckets, so each ends sqrt(2) times further away:
    bucket 8 + n begins at 8 * 2^(n/2), which is 8, 11.3, 16, 22.6, 32, 45.3, 64, 90.5.
    """
    begins = [8, 12, 16, 23, 32, 46, 64, 91]
    for number, begin in enumerate(begins, start=8):
        assert buckets(torch.tensor([-begin, -begin + 1])).tolist() == [number, number - 1]


def test_from_far_on_all_is_one_bucket() -> None:
    assert buckets(torch.tensor([-128, -129, -100_000, 128, 100_000])).tolist() == [
        15,
        15,
        15,
        31,
        31,
    ]


def test_every_bucket_is_used_and_none_beyond() -> None:
    # 16: a key after it at distance 0
    assert set(buckets(torch.arange(-300, 301)).tolist()) == set(range(32)) - {16}


@pytest.mark.parametrize("number", [0, 2, 30])
def test_buckets_come_in_fours(number: int) -> None:
    with pytest.raises(ValueError, match=f"number is {number}; two directions"):
        buckets(torch.tensor([0]), number)


def test_far_lies_behind_the_near_ones() -> None:
    with pytest.raises(ValueError, match="far is 8; 8 distances have a bucket each"):
        BucketBias(32, far=8, generator=seeded())


def test_the_bias_reads_its_number_by_bucket() -> None:
    bias = BucketBias(8, far=16, generator=seeded())
    with torch.no_grad():
        bias.weight.copy_(torch.arange(8.0))
    assert torch.equal(bias(20).long(), buckets(distances(20), 8, 16))


def test_no_length_is_too_long_and_none_too_short_but_0() -> None:
    assert BucketBias(generator=seeded())(700).shape == (700, 700)
    with pytest.raises(ValueError, match="length is 0"):
        distances(0)


@pytest.mark.parametrize("sizes", [{"emb_dim": 0}, {"clip": 0}])
def test_a_table_of_distances_has_at_least_one(sizes: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="needs 1 or more"):
        RelativeTable(**({"emb_dim": 3, "clip": 2} | sizes), generator=seeded())


def test_one_score_off_its_diagonal_is_noticed() -> None:
    """A thousandth of the largest score, 4 here, is 0.004."""
    scores = distances(5).double()
    assert knows_distance_alone(scores)
    scores[3, 1] += 0.003
    assert knows_distance_alone(scores)
    scores[3, 1] += 0.003
    assert not knows_distance_alone(scores)
