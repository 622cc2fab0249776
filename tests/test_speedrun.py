"""The race: each option by its definition, times and their test by hand."""

import hashlib
import tomllib
from dataclasses import fields, replace
from pathlib import Path

import pytest
import torch
from rounding import close
from torch.nn import functional as F

from scratch.model.config import GPTConfig
from scratch.model.gpt import GPTModel
from scratch.model.gpt_options import OptionBlock, OptionGPT, Options
from scratch.training.dataset import GPTDataset
from scratch.training.speedrun import BASELINE, CHANGES, EVERY, Point, race, reached

TINY = GPTConfig(vocab_size=13, context_length=8, emb_dim=16, n_heads=2, n_layers=1)
X = torch.randn(2, 8, 16, generator=torch.Generator().manual_seed(1))


def seeded() -> torch.Generator:
    return torch.Generator().manual_seed(0)


def test_without_options_the_model_is_the_books() -> None:
    model, book = OptionGPT(TINY, Options(), seeded()), GPTModel(TINY, seeded())
    names = {"att.qkv": "qkv", "att.out_proj": "out_proj", "ff.expand": "expand"}
    names |= {"ff.contract": "contract"}
    weights = model.state_dict()
    for name in book.state_dict():
        old = name
        for theirs, ours in names.items():
            name = name.replace(theirs, ours)
        book.state_dict()[old].copy_(weights[name])
    ids = torch.tensor([[3, 1, 4, 1, 5]])
    assert close(model(ids), book(ids))


def test_normalised_queries_and_keys_do_not_feel_how_large_their_weights_are() -> None:
    for option, same in ((True, True), (False, False)):
        block = OptionBlock(TINY, Options(qk_norm=option), seeded())
        before = block.attend(X)
        with torch.no_grad():
            block.qkv.weight[:32] *= 100  # queries and keys; the values follow
        off = (block.attend(X) - before).abs().max() / before.abs().max()
        assert (off.item() < 1e-3) == same


def test_rotary_positions_tell_an_order_without_a_table() -> None:
    """In one block the last token gathers from those before; without positions their order is
    nothing to it.
    """
    for option in (True, False):
        model = OptionGPT(TINY, Options(rotary=option), seeded())
        torch.nn.init.zeros_(model.pos_emb.weight)
        model.trf_blocks[0].qkv.weight.data *= 30  # type: ignore[union-attr, operator]
        one, other = (model(torch.tensor([ids]))[0, -1] for ids in ([2, 7, 1], [7, 2, 1]))
        assert close(one, other) != option
    assert not OptionGPT(TINY, Options(rotary=True), seeded()).pos_emb.weight.requires_grad


def test_a_block_whose_last_matrices_are_0_passes_its_input_on() -> None:
    assert torch.equal(OptionBlock(TINY, Options(zero_init=True), seeded())(X), X)
    assert not torch.equal(OptionBlock(TINY, Options(), seeded())(X), X)


def test_relu_squared_is_the_square_of_what_is_positive() -> None:
    block = OptionBlock(TINY, Options(relu_squared=True), seeded())
    x = X + block.attend(block.norm1(X))
    inside = block.expand(block.norm2(x))
    expected = x + block.contract(torch.where(inside > 0, inside**2, 0.0))
    assert close(block(X), expected)
    assert not close(block(X), x + block.contract(F.gelu(inside)))


def test_each_change_differs_from_the_baseline_in_one_thing() -> None:
    plain = CHANGES[BASELINE]
    for name, change in CHANGES.items():
        options = sum(
            getattr(change.options, each.name) != getattr(plain.options, each.name)
            for each in fields(Options)
        )
        other = (change.optimiser != plain.optimiser) + (change.warmup_steps > 0)
        assert options + other == (name != BASELINE), name


@pytest.mark.parametrize("name", CHANGES)
def test_a_race_learns_and_its_seed_decides(name: str) -> None:
    """A row of ids that repeats itself: from ln 13 = 2.56 far down."""
    windows = GPTDataset.of([0, 3, 1, 12, 5, 7, 2] * 80, 8, 8)
    change = replace(CHANGES[name], warmup_steps=min(10, CHANGES[name].warmup_steps))
    curve = race(change, windows, windows, EVERY + 20, seed=3, sizes=TINY)
    assert [point.steps for point in curve] == [0, EVERY, EVERY + 20]
    assert curve[0].seconds == 0 < curve[1].seconds < curve[2].seconds
    assert curve[-1].held_out < 2.0 < 2.4 < curve[0].held_out < 2.8
    again = race(change, windows, windows, EVERY, seed=3, sizes=TINY)
    assert [point.held_out for point in again] == [point.held_out for point in curve[:2]]


def test_a_curve_that_starts_below_the_target_is_there_at_once_and_one_above_never() -> None:
    curve = [Point(0, 0.0, 3.0), Point(10, 1.0, 2.0)]
    assert reached(curve, 4.0) == Point(0, 0.0, 4.0)
    assert reached(curve, 1.0) is None


def test_the_recorded_race_has_every_change_by_every_seed() -> None:
    data = Path(__file__).parents[1] / "data"
    record = tomllib.loads((data / "speedrun.toml").read_text(encoding="utf-8"))
    text = (data / f"{record['text']}.txt").read_bytes().decode()
    assert hashlib.sha256(text.encode()).hexdigest() == record["sha256"]
    runs = [(run["change"], run["seed"]) for run in record["run"]]
    assert sorted(runs) == sorted(
        (name, seed) for name in CHANGES for seed in range(1, record["runs"] + 1)
    )
    for run in record["run"]:
        assert len(run["steps"]) == len(run["seconds"]) == len(run["held_out"])
