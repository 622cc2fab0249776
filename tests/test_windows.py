"""The windows of a text: by hand, and against a plain loop."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from scratch.training.dataset import GPTDataset, create_dataloader


def by_loop(ids: list[int], length: int, stride: int) -> list[tuple[list[int], list[int]]]:
    """The rule as a loop: begin every stride ids, as long as a full window and its last target are
    there.
    """
    found = []
    start = 0
    while start + length + 1 <= len(ids):
        found.append((ids[start : start + length], ids[start + 1 : start + length + 1]))
        start += stride
    return found


@given(st.data(), st.lists(st.integers(0, 99), min_size=2, max_size=40))
def test_windows_and_loader_agree_with_a_loop(data: st.DataObject, ids: list[int]) -> None:
    length = data.draw(st.integers(1, len(ids) - 1))
    stride = data.draw(st.integers(1, 8))
    batch = data.draw(st.integers(1, 9))
    windows = GPTDataset.of(ids, length, stride)
    expected = by_loop(ids, length, stride)
    assert [(a.tolist(), b.tolist()) for a, b in windows] == expected
    handed = [
        row
        for a, b in create_dataloader(windows, batch)
        for row in zip(a.tolist(), b.tolist(), strict=True)
    ]
    assert handed == expected


def test_the_targets_are_the_inputs_shifted_by_one() -> None:
    inputs, targets = GPTDataset.of([3, 1, 4, 1, 5], context_length=4, stride=1)[0]
    assert inputs.tolist() == [3, 1, 4, 1]
    assert targets.tolist() == [1, 4, 1, 5]


def test_a_batch_has_the_shape_batch_times_context() -> None:
    inputs, targets = next(create_dataloader(GPTDataset.of(range(100), 8, 4), batch_size=5))
    assert inputs.shape == targets.shape == (5, 8)
    assert inputs.dtype == torch.int64


def test_drop_last_leaves_out_the_batch_that_is_not_full() -> None:
    windows = GPTDataset.of(range(11), context_length=4, stride=1)  # 7 windows
    assert [len(a) for a, _ in create_dataloader(windows, 3)] == [3, 3, 1]
    assert [len(a) for a, _ in create_dataloader(windows, 3, drop_last=True)] == [3, 3]


def test_shuffling_keeps_every_window_and_its_targets_and_obeys_the_seed() -> None:
    windows = GPTDataset.of(range(50), context_length=3, stride=1)

    def starts(seed: int) -> list[int]:
        found = []
        for inputs, targets in create_dataloader(
            windows, 7, generator=torch.Generator().manual_seed(seed)
        ):
            assert torch.equal(targets, inputs + 1)  # of a text that counts upward
            found += inputs[:, 0].tolist()
        return found

    assert sorted(starts(1)) == list(range(len(windows)))
    assert starts(1) == starts(1) != starts(2)
    assert starts(1) != sorted(starts(1))


def test_a_text_of_exactly_one_window_is_long_enough() -> None:
    assert len(GPTDataset.of([1, 2, 3], context_length=2, stride=9)) == 1


def test_a_text_that_is_too_short_is_told_what_it_needs() -> None:
    with pytest.raises(
        ValueError,
        match=r"the text has 4 ids; .* context_length 4 .* need 5, so take a longer text",
    ):
        GPTDataset.of([1, 2, 3, 4], context_length=4, stride=1)


@pytest.mark.parametrize(("length", "stride", "name"), [(0, 1, "context_length"), (1, 0, "stride")])
def test_a_size_below_one_is_refused(length: int, stride: int, name: str) -> None:
    with pytest.raises(ValueError, match=f"{name} is 0; windows need 1 or more"):
        GPTDataset.of([1, 2, 3], length, stride)


def test_a_batch_that_cannot_be_filled_is_refused_at_once() -> None:
    windows = GPTDataset.of(range(5), context_length=4, stride=1)
    with pytest.raises(ValueError, match="batch_size is 0; a batch needs 1 or more"):
        create_dataloader(windows, 0)
    with pytest.raises(
        ValueError, match="batch_size is 2 and the text has 1 windows, so drop_last leaves none"
    ):
        create_dataloader(windows, 2, drop_last=True)


def test_a_window_outside_the_text_is_an_index_error() -> None:
    with pytest.raises(IndexError, match="window 1 is outside 0 to 0"):
        GPTDataset.of(range(5), context_length=4, stride=1)[1]
