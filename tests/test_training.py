"""Training: loss and gradients by torch's own, schedule by hand, and a kill that changes no bit of
what is learned.
"""

import io
import json
import math
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path

import pytest
import torch
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from processes import small_files
from rich.console import Console
from rounding import ROUNDING, close, learned_alike, without_keys
from safetensors.torch import load_file, save_file
from torch.nn import functional as F

from press.cli import train as command
from press.cli.train import train as train_command
from scratch.model.config import GPTConfig
from scratch.model.gpt import GPTModel
from scratch.shards.build import build, in_processes
from scratch.shards.shard_reader import Shards
from scratch.text.corpus import load_text
from scratch.tokenizer.bpe_train import train as train_encoding
from scratch.tokenizer.registry import load_encoding
from scratch.training import checkpoint
from scratch.training.batch_order import BatchOrder
from scratch.training.checkpoint import (
    BadCheckpoint,
    Checkpoint,
    list_checkpoints,
    load_checkpoint,
    save_checkpoint,
)
from scratch.training.config import OPTIMISERS, TrainingConfig
from scratch.training.dataset import GPTDataset, gather
from scratch.training.device import Compute, choose_compute
from scratch.training.loss import LARGE, chunked_cross_entropy, evaluate, next_token_loss
from scratch.training.lr_schedule import learning_rate
from scratch.training.recipe import BadRecipe, Recipe, prepare, read_recipe
from scratch.training.trainer import StepReport, Training, train

MODEL = GPTConfig(vocab_size=13, context_length=8, emb_dim=16, n_heads=2, n_layers=2, drop_rate=0.2)
CONFIG = TrainingConfig(
    steps=12,
    batch_size=4,
    grad_accum=2,
    max_lr=1e-2,
    min_lr=1e-3,
    warmup_steps=2,
    save_every=3,
    evaluate_every=4,
)
CPU = Compute(torch.device("cpu"), "float32", "a test")
IDS = [(number * number + number // 7) % 13 for number in range(600)]


def seeded(number: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(number)


def begin(
    config: TrainingConfig = CONFIG, model: GPTConfig = MODEL, ids: list[int] = IDS
) -> Training:
    return Training(model, config, GPTDataset.of(ids, 8, 8), CPU)


def weights(training: Training) -> dict[str, list[float]]:
    return {name: parameter.tolist() for name, parameter in training.model.named_parameters()}


# -- loss


@settings(deadline=None)
@given(
    st.integers(1, 9), st.integers(1, 5), st.integers(2, 7), st.integers(1, 12), st.integers(0, 99)
)
def test_the_loss_in_chunks_and_its_gradients_are_torchs(
    N: int, C: int, V: int, size: int, seed: int
) -> None:
    draw = seeded(seed)
    targets = torch.randint(V, (N,), generator=draw)
    hidden, head = (
        torch.randn(N, C, generator=draw, requires_grad=True),
        torch.randn(V, C, generator=draw, requires_grad=True),
    )
    found = []
    for loss in (
        chunked_cross_entropy(hidden, head, targets, size),
        F.cross_entropy(hidden @ head.T, targets),
    ):
        by_hidden, by_head = torch.autograd.grad(3 * loss, (hidden, head))
        found.append((loss, by_hidden, by_head))
    for ours, theirs in zip(*found, strict=True):
        # a share less 1 is rounded as 1 is
        assert torch.allclose(ours, theirs, atol=ROUNDING, rtol=ROUNDING)


def test_a_large_vocabulary_gets_the_same_gradients_through_a_tied_head() -> None:
    """The model takes chunks by itself here; the table gets gradients from the entrance and from
    the exit.
    """
    model = GPTModel(replace(MODEL, vocab_size=LARGE, drop_rate=0.0), seeded())
    read = torch.randint(LARGE, (2, 9), generator=seeded())
    chunked = torch.autograd.grad(
        next_token_loss(model, read[:, :-1], read[:, 1:]), list(model.parameters())
    )
    plain = F.cross_entropy(model(read[:, :-1]).flatten(0, 1), read[:, 1:].flatten())
    whole = torch.autograd.grad(plain, list(model.parameters()))
    for (name, _), ours, theirs in zip(model.named_parameters(), chunked, whole, strict=True):
        assert close(without_keys(name, ours), without_keys(name, theirs)), name


def test_evaluation_is_the_mean_over_all_tokens_without_dropout() -> None:
    """Three windows in batches of two: the last batch is smaller and counts less."""
    model = GPTModel(MODEL, seeded())
    windows = GPTDataset.of(IDS[:25], 8, 8)
    inputs, targets = gather(windows, torch.arange(3))
    expected = F.cross_entropy(model.eval()(inputs).flatten(0, 1), targets.flatten()).item()
    model.train()
    assert math.isclose(evaluate(model, windows, batch_size=2), expected, rel_tol=ROUNDING)
    assert model.training


# -- order and schedule


@settings(deadline=None)
@given(st.integers(1, 12), st.integers(1, 9), st.integers(0, 5))
def test_every_round_has_each_window_once_whatever_the_batch(
    number: int, batch_size: int, seed: int
) -> None:
    order = BatchOrder(number, batch_size, seed)
    row = torch.cat([order[step] for step in range(3 * number)]).tolist()
    rounds = [row[start : start + number] for start in range(0, len(row) - number + 1, number)]
    assert all(sorted(one) == list(range(number)) for one in rounds)


def test_the_order_of_a_step_depends_on_seed_and_step_alone() -> None:
    one, same = BatchOrder(50, 7, seed=1), BatchOrder(50, 7, seed=1)
    backwards = [one[step].tolist() for step in reversed(range(20))][::-1]
    assert backwards == [same[step].tolist() for step in range(20)]
    assert backwards[0] != BatchOrder(50, 7, seed=2)[0].tolist()
    rounds = [BatchOrder(7, 7, seed=1)[step].tolist() for step in range(2)]
    assert rounds[0] != rounds[1]


def test_windows_are_gathered_as_they_are_taken_one_by_one() -> None:
    windows = GPTDataset.of(IDS, 8, 5)
    inputs, targets = gather(windows, torch.tensor([4, 0, 9]))
    assert [(a.tolist(), b.tolist()) for a, b in zip(inputs, targets, strict=True)] == [
        (windows[number][0].tolist(), windows[number][1].tolist()) for number in (4, 0, 9)
    ]


def test_the_rate_rises_in_a_line_then_falls_along_half_a_cosine_to_its_lowest() -> None:
    """Ten steps, four of warm-up: 1/4 to 4/4 of 0.8; then 0.8, and the middle of 0.8 and 0.2 half
    way to the last.
    """
    rates = [learning_rate(step, 9, 4, 0.8, 0.2) for step in range(9)]
    assert [round(rate, 6) for rate in rates[:5]] == [0.2, 0.4, 0.6, 0.8, 0.8]
    assert round(rates[6], 6) == 0.5
    assert round(rates[8], 6) == 0.2
    assert learning_rate(0, 1, 0, 0.8, 0.2) == 0.8


@pytest.mark.parametrize(
    ("arguments", "message"),
    [((9, 9, 0), "step is 9; .* 0 to 8"), ((0, 5, 5), "warmup_steps is 5 of 5 steps")],
)
def test_a_rate_outside_the_training_is_refused(
    arguments: tuple[int, int, int], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        learning_rate(*arguments, 1.0, 0.0)


# -- a step


def test_a_step_is_that_of_torchs_adamw_written_out() -> None:
    """Without dropout: the weights after three steps against a plain loop of torch's own parts, up
    to rounding.
    """
    model = replace(MODEL, drop_rate=0.0)
    config = replace(CONFIG, grad_accum=1, grad_clip=0.5)
    training = begin(config, model)
    plain = GPTModel(model, seeded(config.seed))
    groups = [
        {"params": [p for p in plain.parameters() if p.dim() > 1], "weight_decay": 0.1},
        {"params": [p for p in plain.parameters() if p.dim() == 1], "weight_decay": 0.0},
    ]
    optimiser = torch.optim.AdamW(groups, betas=(0.9, 0.95))
    for step in range(3):
        inputs, targets = gather(
            training.windows, BatchOrder(len(training.windows), 4, config.seed)[step]
        )
        optimiser.zero_grad()
        F.cross_entropy(plain(inputs).flatten(0, 1), targets.flatten()).backward()
        torch.nn.utils.clip_grad_norm_(plain.parameters(), 0.5)
        for group in optimiser.param_groups:
            group["lr"] = learning_rate(step, 12, 2, 1e-2, 1e-3)
        optimiser.step()
        training.advance()
    rates = sum(learning_rate(step, 12, 2, 1e-2, 1e-3) for step in range(3))
    for (name, ours), theirs in zip(
        training.model.named_parameters(), plain.parameters(), strict=True
    ):
        squares = optimiser.state[theirs]["exp_avg_sq"]
        assert learned_alike(
            *(without_keys(name, part) for part in (ours, theirs, squares)), rates
        ), name


def test_parts_of_a_batch_add_up_to_the_batch() -> None:
    model = replace(MODEL, drop_rate=0.0)
    whole, parts = (begin(replace(CONFIG, grad_accum=number), model) for number in (1, 4))
    a, b = whole.advance(), parts.advance()
    assert math.isclose(a.loss, b.loss, rel_tol=ROUNDING) and math.isclose(
        a.gradient, b.gradient, rel_tol=ROUNDING
    )
    for (name, one), other in zip(
        whole.model.named_parameters(), parts.model.parameters(), strict=True
    ):
        assert close(without_keys(name, one.grad), without_keys(name, other.grad)), name  # type: ignore[arg-type]


def test_gradients_are_shortened_from_the_named_step_on_and_in_that_step() -> None:
    training = begin(replace(CONFIG, grad_clip=0.01, clip_from=2))
    for number in range(4):
        step = training.advance()
        length = math.sqrt(
            sum(float((p.grad**2).sum()) for p in training.model.parameters() if p.grad is not None)
        )
        # the report is of the gradient as it was; the first ones are about 1
        assert step.gradient > 0.02
        assert (length <= 0.0101) == (number >= 2)


def test_training_learns() -> None:
    """A row of ids that repeats itself: from ignorance (ln 13 = 2.56) to near certainty; the band
    is for the seed.
    """
    config = TrainingConfig(steps=60, batch_size=8, max_lr=1e-2, min_lr=1e-3, warmup_steps=5)
    steps = list(train(begin(config, replace(MODEL, drop_rate=0.0), [0, 3, 1, 12, 5, 7, 2] * 80)))
    assert 2.4 < steps[0].loss < 2.8
    assert steps[-1].loss < 0.3


def test_the_seed_decides_and_torchs_generator_is_given_back() -> None:
    before = torch.get_rng_state()
    runs = [begin(replace(CONFIG, seed=seed)) for seed in (0, 0, 1)]
    for run in runs:
        run.advance()
        torch.rand(1)  # somebody else draws meanwhile
    torch.set_rng_state(before)
    runs[0].advance()
    assert torch.equal(torch.get_rng_state(), before)
    runs[1].advance()
    assert weights(runs[0]) == weights(runs[1]) != weights(runs[2])


def test_steps_report_when_they_evaluate_and_save(tmp_path: Path) -> None:
    steps = list(train(begin(), GPTDataset.of(IDS[:50], 8, 8), tmp_path))
    assert [step.number for step in steps] == list(range(1, 13))
    assert [step.number for step in steps if step.held_out is not None] == [4, 8, 12]
    assert [step.number for step in steps if step.saved] == [3, 6, 9, 12]
    assert all(step.tokens == 32 for step in steps)


# -- stopping and going on

KILLED = """
import json, sys
from pathlib import Path
import torch
torch.set_num_threads(1)
from scratch.training.device import Compute
from scratch.model.config import GPTConfig
from scratch.training.trainer import Training, train
from scratch.training.config import TrainingConfig
from scratch.training.dataset import GPTDataset
given = json.loads(sys.argv[1])
place = Compute(torch.device("cpu"), "float32", "a test")
config = TrainingConfig(**{**given["config"], "betas": tuple(given["config"]["betas"])})
training = Training(GPTConfig(**given["model"]), config, GPTDataset.of(given["ids"], 8, 8), place)
for step in train(training, folder=Path(given["folder"])):
    print(step.number, flush=True)
    if step.number == 8:
        sys.stdin.read()  # the kill comes here
"""


@pytest.mark.parametrize("optimiser", OPTIMISERS)
def test_a_training_that_was_killed_and_taken_up_again_ends_with_the_same_bits(
    tmp_path: Path, optimiser: str
) -> None:
    """Killed by SIGKILL after step 8 of 12, in another process; its last checkpoint is that of step
    6. With dropout.
    """
    config = replace(CONFIG, optimiser=optimiser)
    straight = begin(config)
    whole = [step.loss for step in train(straight, folder=tmp_path / "straight")]
    given = {
        "config": asdict(config),
        "model": asdict(MODEL),
        "ids": IDS,
        "folder": str(tmp_path / "killed"),
    }
    process = subprocess.Popen(
        [sys.executable, "-c", KILLED, json.dumps(given)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout and process.stdin
    assert [int(process.stdout.readline()) for _ in range(8)] == list(range(1, 9))
    os.kill(process.pid, signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    process.stdout.close()
    process.stdin.close()

    again = begin(config)
    assert again.resume(tmp_path / "killed")
    assert again.steps_made == 6
    assert [step.loss for step in train(again, folder=tmp_path / "killed")] == whole[6:]
    for name in (checkpoint.WEIGHTS, checkpoint.STATE, checkpoint.NOTE):
        files = [tmp_path / run / "step-00000012" / name for run in ("straight", "killed")]
        assert files[0].read_bytes() == files[1].read_bytes(), name


def test_a_checkpoint_is_no_pickle_and_has_all_that_a_training_is(tmp_path: Path) -> None:
    training = begin()
    training.advance()
    folder = training.save(tmp_path)
    assert sorted(file.name for file in folder.iterdir()) == [
        "model.safetensors",
        "state.safetensors",
        "training.json",
    ]
    names = [name for name, _ in training.model.named_parameters()]
    assert sorted(load_file(folder / checkpoint.WEIGHTS)) == sorted(names)
    kinds = ("step", "exp_avg", "exp_avg_sq")
    expected = [f"optimiser.{kind}.{name}" for kind in kinds for name in names]
    assert sorted(load_file(folder / checkpoint.STATE)) == sorted(expected)
    assert json.loads((folder / checkpoint.NOTE).read_text())["step"] == 1


def test_the_newest_two_checkpoints_stay(tmp_path: Path) -> None:
    list(train(begin(), folder=tmp_path))
    assert [path.name for path in list_checkpoints(tmp_path)] == ["step-00000009", "step-00000012"]


@pytest.mark.parametrize("after", [0, 1, 3])
def test_a_disk_that_fills_up_leaves_the_checkpoints_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    """The disk is full after so many files are safe on it."""
    training = begin()
    training.advance()
    before = training.save(tmp_path)
    content = {file.name: file.read_bytes() for file in before.iterdir()}
    plain, done = checkpoint._to_disk, []

    def fill(path: Path) -> None:
        if len(done) == after:
            raise OSError(28, "No space left on device")
        done.append(path)
        plain(path)

    monkeypatch.setattr(checkpoint, "_to_disk", fill)
    training.advance()
    with pytest.raises(OSError, match="No space left"):
        training.save(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [before.name]
    assert {file.name: file.read_bytes() for file in before.iterdir()} == content


def test_a_disk_that_is_really_full_is_told_by_file_and_the_checkpoints_before_stay(
    tmp_path: Path,
) -> None:
    """No file may exceed 20,000 bytes, so the system itself refuses the weights; the library's own
    error is no OSError.
    """
    before = begin()
    before.advance()
    content = {file.name: file.read_bytes() for file in before.save(tmp_path).iterdir()}
    (tmp_path / "a.toml").write_text(RECIPE, encoding="utf-8")
    with small_files(20_000):
        before.advance()
        with pytest.raises(OSError, match="File too large"):
            before.save(tmp_path)
        result = CliRunner().invoke(
            train_command, [str(tmp_path / "a.toml"), "--output", str(tmp_path / "run")]
        )
    assert [path.name for path in list_checkpoints(tmp_path)] == ["step-00000001"]
    assert {
        file.name: file.read_bytes() for file in (tmp_path / "step-00000001").iterdir()
    } == content
    assert result.exit_code == 1
    (line,) = result.stderr.splitlines()
    assert re.search(
        r"model\.safetensors: File too large; raise the limit .*; the checkpoints before stay", line
    )


def test_what_a_killed_writer_left_is_no_checkpoint_and_is_cleared(tmp_path: Path) -> None:
    half = tmp_path / ".step-00000003.99999"
    half.mkdir()
    (half / checkpoint.WEIGHTS).write_bytes(b"half")
    assert list_checkpoints(tmp_path) == []
    assert not begin().resume(tmp_path)
    save_checkpoint(tmp_path, Checkpoint(1, {}, {}, {}))
    assert [path.name for path in tmp_path.iterdir()] == ["step-00000001"]


@pytest.mark.parametrize("name", [checkpoint.WEIGHTS, checkpoint.STATE, checkpoint.NOTE])
def test_a_damaged_checkpoint_is_named_with_the_remedy(tmp_path: Path, name: str) -> None:
    training = begin()
    training.advance()
    file = training.save(tmp_path) / name
    file.write_bytes(file.read_bytes()[:-20])
    with pytest.raises(
        BadCheckpoint,
        match=r"step-00000001 is damaged .*; delete it, and the one before it is taken",
    ):
        begin().resume(tmp_path)
    file.unlink()
    with pytest.raises(BadCheckpoint, match="step-00000001 is damaged"):
        load_checkpoint(file.parent)


def changed(file: str, name: str, tensor: torch.Tensor | None) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        tensors = load_file(folder / file)
        del tensors[name]
        save_file(tensors | ({} if tensor is None else {name: tensor}), folder / file)

    return change


def noted(**values: object) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        note = json.loads((folder / checkpoint.NOTE).read_text())
        (folder / checkpoint.NOTE).write_text(json.dumps(note | values))

    return change


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            changed(checkpoint.WEIGHTS, "pos_emb.weight", None),
            "step-00000001 has no pos_emb.weight; delete it",
        ),
        (
            changed(checkpoint.WEIGHTS, "pos_emb.weight", torch.zeros(3, 2)),
            r"has pos_emb.weight of shape \(3, 2\), not \(8, 16\); delete",
        ),
        (
            changed(checkpoint.WEIGHTS, "pos_emb.weight", torch.zeros(8, 16).int()),
            "has pos_emb.weight in torch.int32, not torch.float32",
        ),
        (
            changed(checkpoint.STATE, "optimiser.exp_avg.pos_emb.weight", None),
            "has no optimiser.exp_avg.pos_emb.weight; delete it",
        ),
        (noted(step=7), "training.json does not say what it is of; delete it"),
        (noted(step=True), "training.json does not say what it is of"),
        (noted(step="1"), "training.json does not say what it is of"),
        (noted(model=[]), "training.json does not say what it is of"),
        (noted(version=2), "training.json is not of version 1"),
        (noted(data=None), "was trained on other tokens"),
    ],
)
def test_a_checkpoint_that_was_tampered_with_is_refused_and_what_is_wrong_named(
    tmp_path: Path, change: Callable[[Path], None], message: str
) -> None:
    training = begin()
    training.advance()
    change(training.save(tmp_path))
    with pytest.raises(BadCheckpoint, match=message):
        begin().resume(tmp_path)


def test_a_checkpoint_of_another_training_is_refused_and_the_difference_named(
    tmp_path: Path,
) -> None:
    training = begin()
    training.advance()
    training.save(tmp_path)
    with pytest.raises(BadCheckpoint, match="has steps 12, not 24; give 12, or another folder"):
        begin(replace(CONFIG, steps=24)).resume(tmp_path)
    with pytest.raises(BadCheckpoint, match="has n_heads 2, not 4"):
        begin(model=replace(MODEL, n_heads=4)).resume(tmp_path)
    with pytest.raises(
        BadCheckpoint, match="has vocab_size 13, not 14; give an encoding of so many entries, or"
    ):
        begin(model=replace(MODEL, vocab_size=14)).resume(tmp_path)
    with pytest.raises(BadCheckpoint, match="was trained on other tokens"):
        begin(ids=IDS[1:] + IDS[:1]).resume(tmp_path)
    assert begin(replace(CONFIG, save_every=5, evaluate_every=1)).resume(tmp_path)


# -- devices, recipes, the command


def test_a_device_that_is_not_here_or_unknown_is_refused() -> None:
    if not torch.cuda.is_available():
        with pytest.raises(ValueError, match=r"device is 'cuda'; this machine has .*cpu"):
            choose_compute("cuda")
    with pytest.raises(ValueError, match="device is 'tpu'; choose one of auto, cpu, cuda, mps"):
        choose_compute("tpu")
    with pytest.raises(ValueError, match="precision is 'half'"):
        choose_compute("cpu", "half")


def test_the_cpu_computes_in_float32_and_says_so() -> None:
    assert str(choose_compute("cpu")) == f"cpu, float32 ({torch.get_num_threads()} threads)"


@pytest.mark.parametrize(
    ("here", "chosen"),
    [
        ({"cuda": True, "units": True, "mps": False}, "cuda, bfloat16 (this GPU has units for it)"),
        (
            {"cuda": True, "units": False, "mps": False},
            "cuda, float32 (bfloat16 has no units here)",
        ),
        ({"cuda": False, "units": False, "mps": True}, "mps, float32 (bfloat16 has no units here)"),
        ({"cuda": True, "units": True, "mps": True}, "cuda, bfloat16 (this GPU has units for it)"),
        (
            {"cuda": False, "units": False, "mps": False},
            f"cpu, float32 ({torch.get_num_threads()} threads)",
        ),
    ],
)
def test_the_best_device_is_chosen_and_said_with_the_reason(
    monkeypatch: pytest.MonkeyPatch, here: dict[str, bool], chosen: str
) -> None:
    """GPUs that are not here are made believe; what is computed on them is not."""
    monkeypatch.setattr(torch.cuda, "is_available", lambda: here["cuda"])
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda including_emulation: here["units"])
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: here["mps"])
    assert str(choose_compute()) == chosen
    assert str(choose_compute("cpu")).startswith("cpu, float32")


def test_bfloat16_is_of_products_and_weights_stay_float32() -> None:
    place = choose_compute("cpu", "bfloat16")
    with place.products():
        assert (torch.ones(2, 2) @ torch.ones(2, 2)).dtype == torch.bfloat16
    training = Training(MODEL, CONFIG, GPTDataset.of(IDS, 8, 8), place)
    assert math.isfinite(training.advance().loss)
    assert {parameter.dtype for parameter in training.model.parameters()} == {torch.float32}


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"steps": 0}, "steps is 0; give 1 or more"),
        ({"grad_accum": 3}, "batch_size is 4, grad_accum 3; the parts must be equal"),
        ({"min_lr": 1.0}, "min_lr is 1.0, max_lr 0.01"),
        ({"grad_clip": 0.0}, "grad_clip is 0.0"),
        ({"warmup_steps": 12}, "warmup_steps is 12 of 12 steps"),
    ],
)
def test_a_training_that_cannot_be_is_refused(wrong: dict[str, float], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        replace(CONFIG, **wrong)  # type: ignore[arg-type]


def test_windows_of_another_length_than_the_context_are_refused() -> None:
    with pytest.raises(ValueError, match="the windows have 6 tokens, the model's context 8"):
        Training(MODEL, CONFIG, GPTDataset.of(IDS, 6, 6), CPU)


RECIPE = """\
text = "the-index-of-small-lights"
held_out = 0.01
[model]
size = "tiny"
emb_dim = 16
n_layers = 1
context_length = 16
[training]
steps = 6
batch_size = 2
warmup_steps = 1
evaluate_every = 3
save_every = 3
"""


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("n_layers = 1", "layers = 1"), "a.toml: model.layers is unknown; there are .*n_layers"),
        (("steps = 6", "epochs = 6"), "a.toml: training.epochs is unknown"),
        (("held_out = 0.01", "held_out = 2"), "a.toml: held_out is 2; it is a share"),
        (("held_out", "held_in"), "a.toml: held_in is unknown"),
        (("emb_dim = 16", "vocab_size = 16"), "a.toml: model has vocab_size; the encoding says it"),
        (("text = ", "encoding = "), "a.toml: give one of text and shards"),
        (("[model]", "model = 3\n[x]"), "a.toml: "),
        (("held_out", "= 3"), "a.toml: "),
        (("steps = 6", "steps = 6.5"), "a.toml: training.steps is 6.5; give a whole number"),
        (("steps = 6", "steps = true"), "a.toml: training.steps is True; give a whole number"),
        (("batch_size = 2", "batch_size = 0"), "a.toml: batch_size is 0; give 1 or more"),
        (("steps = 6", "max_lr = 'fast'"), "a.toml: training.max_lr is 'fast'; give a number"),
        (("steps = 6", "max_lr = inf"), "a.toml: min_lr is 0.0001, max_lr inf"),
        (
            ("steps = 6", "betas = [0.9]"),
            r"a.toml: training.betas is \[0.9\]; give 2 in brackets, each a number",
        ),
        (
            ("steps = 6", "betas = [0.9, 1.5]"),
            r"a.toml: betas are \(0.9, 1.5\); .* give 0 to below 1",
        ),
        (("steps = 6", "weight_decay = -1"), "a.toml: weight_decay is -1; give 0 for none"),
        (
            ("steps = 6", "seed = 99999999999999999999"),
            "a.toml: seed is 99999999999999999999; give 0 to 9223372036854775807",
        ),
        (("steps = 6", "clip_from = -1"), "a.toml: clip_from is -1"),
        (("warmup_steps = 1", "warmup_steps = 6"), "a.toml: warmup_steps is 6 of 6 steps"),
        (
            ("emb_dim = 16", "emb_dim = 'wide'"),
            "a.toml: model.emb_dim is 'wide'; give a whole number",
        ),
        (("emb_dim = 16", "n_heads = 3"), "a.toml: emb_dim is 64, n_heads 3"),
        (("emb_dim = 16", "qkv_bias = 'no'"), "a.toml: model.qkv_bias is 'no'; give true or false"),
        (('size = "tiny"', 'size = "huge"'), "a.toml: there is no size 'huge'; there are tiny"),
        (("held_out = 0.01", "held_out = 'some'"), "a.toml: held_out is 'some'; give a number"),
        (("held_out = 0.01", "device = 3"), "a.toml: device is 3; give text in quotes"),
    ],
)
def test_a_recipe_that_cannot_be_followed_is_named_with_file_and_field(
    tmp_path: Path, change: tuple[str, str], message: str
) -> None:
    (tmp_path / "a.toml").write_text(RECIPE.replace(*change), encoding="utf-8")
    with pytest.raises(BadRecipe, match=message):
        read_recipe(tmp_path / "a.toml")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            ("0.01", "0.0001"),
            "the text has 9 ids; a window of context_length 16 and its targets need 17",
        ),
        (("the-index-of-small-lights", "gone"), "'gone' is no listed text; known are"),
        (('text = "the-index-of-small-lights"', 'shards = "gone"'), "gone has no index.json"),
        (("held_out = 0.01", 'device = "tpu"'), "device is 'tpu'; choose one of"),
        (("held_out = 0.01", 'ranks = "zero"'), "ranks is 'zero'; choose one of ddp, fsdp"),
        (("held_out = 0.01", 'encoding = "gone.bpe"'), "no encoding 'gone.bpe'; there are gpt2"),
        (
            ("emb_dim = 16", "emb_dim = 100_000_000"),
            "the memory does not suffice for .*a.toml; give fewer windows",
        ),
        (
            ("steps = 6", "steps = 6\nmax_lr = 1e30"),
            "the loss of step [0-9] is .*; begin anew with a lower",
        ),
    ],
)
def test_the_command_says_in_one_line_why_a_recipe_cannot_be_followed(
    tmp_path: Path, change: tuple[str, str], message: str
) -> None:
    (tmp_path / "a.toml").write_text(RECIPE.replace(*change), encoding="utf-8")
    result = CliRunner().invoke(
        train_command, [str(tmp_path / "a.toml"), "--output", str(tmp_path / "run")]
    )
    assert result.exit_code == 1
    assert re.search(f"press: (.*: )?{message}", result.stderr)
    assert result.stderr.count("\n") == 1
    assert list_checkpoints(tmp_path / "run") == []


def test_a_file_that_is_no_utf8_is_told_by_byte_and_line(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_bytes(b'held_out = 0\ntext = "caf\xe9"')
    with pytest.raises(BadRecipe, match=r"a\.toml: byte 24 \(0xe9, line 2\) is not UTF-8"):
        read_recipe(tmp_path / "a.toml")


def test_a_recipe_holds_out_the_end_of_the_text() -> None:
    prepared = prepare(
        Recipe(
            text="the-index-of-small-lights",
            held_out=0.25,
            device="cpu",
            model={"size": "tiny", "emb_dim": 8},
        )
    )
    learned, held_out = prepared.training.windows.ids, prepared.held_out.ids  # type: ignore[union-attr]
    assert isinstance(learned, torch.Tensor)
    assert (len(learned), len(held_out)) == (65_398, 21_799)  # of the novella's 87,197
    assert prepared.training.model.config == GPTConfig.preset("tiny", emb_dim=8)


def test_the_command_trains_says_how_it_goes_and_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An interrupt (Ctrl+C) comes with step 4: the step is finished and saved; the second call
    makes the other two.
    """
    (tmp_path / "a.toml").write_text(RECIPE, encoding="utf-8")
    plain = Training.advance

    def interrupted(training: Training) -> StepReport:
        if training.steps_made == 3:
            os.kill(os.getpid(), signal.SIGINT)
        return plain(training)

    arguments = [str(tmp_path / "a.toml"), "--output", str(tmp_path / "run")]
    with monkeypatch.context() as patch:
        patch.setattr(Training, "advance", interrupted)
        first = CliRunner().invoke(train_command, arguments)
    assert first.exit_code == 0, first.output
    assert f"parameters, 86,320 tokens to learn from, on {choose_compute('cpu')}." in first.output
    assert "step 3/6: loss 10." in first.output
    assert "Stopped after step 4" in first.output
    second = CliRunner().invoke(train_command, arguments)
    assert "Going on after step 4 of 6." in second.output
    assert "step 6/6: loss 10." in second.output
    assert "step 3/6" not in second.output
    assert "All steps are made" in CliRunner().invoke(train_command, arguments).output


def test_shards_are_learned_from_and_held_out_as_the_text_in_memory_is(tmp_path: Path) -> None:
    """The shards have one id more, the end of the text; with a held-out part it lies there, behind
    the last window.
    """
    text = tmp_path / "a.txt"
    text.write_text(load_text("the-index-of-small-lights").content[:40_000], encoding="utf-8")
    build([text], tmp_path / "shards", part_bytes=9_000, mapper=in_processes(1))
    (tmp_path / "a.toml").write_text(
        RECIPE.replace(
            'text = "the-index-of-small-lights"', f'shards = "{tmp_path / "shards"}"'
        ).replace("0.01", "0.2"),
        encoding="utf-8",
    )
    prepared = prepare(read_recipe(tmp_path / "a.toml"))
    assert isinstance(prepared.training.windows.ids, Shards)
    ids = [*load_encoding("gpt2").encode_ordinary(text.read_text(encoding="utf-8")), 50_256]
    cut = len(ids) - round(len(ids) * 0.2)
    training = prepared.training
    memory = Training(training.model.config, training.config, GPTDataset.of(ids[:cut], 16, 16), CPU)
    held_out = GPTDataset.of(ids[cut:], 16, 16)
    found = [
        [(step.loss, step.held_out) for step in train(one, kept)]
        for one, kept in ((training, prepared.held_out), (memory, held_out))
    ]
    assert found[0] == found[1]
    assert found[0][-1][1] is not None


@pytest.mark.parametrize("by", ["name", "file"])
def test_shards_of_an_own_encoding_are_learned_from_whatever_it_is_called(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, by: str
) -> None:
    text = tmp_path / "a.txt"
    text.write_text(load_text("the-index-of-small-lights").content[:40_000], encoding="utf-8")
    (tmp_path / "texts.toml").touch()
    monkeypatch.setenv("JOURNAL_DATA", str(tmp_path))
    # as if to be taken for GPT-2's
    train_encoding(text.read_text(encoding="utf-8"), 300).save(tmp_path / "gpt2.bpe")
    train_encoding(text.read_text(encoding="utf-8"), 300).save(tmp_path / "small.bpe")
    build(
        [text],
        tmp_path / "shards",
        str(tmp_path / "gpt2.bpe"),
        part_bytes=9_000,
        mapper=in_processes(1),
    )
    recipe = RECIPE.replace(
        'text = "the-index-of-small-lights"', f'shards = "{tmp_path / "shards"}"'
    )
    own = "small" if by == "name" else str(tmp_path / "small.bpe")
    (tmp_path / "own.toml").write_text(f'encoding = "{own}"\n{recipe}', encoding="utf-8")
    assert prepare(read_recipe(tmp_path / "own.toml")).training.model.config.vocab_size == 300
    (tmp_path / "gpt2.toml").write_text(recipe, encoding="utf-8")
    with pytest.raises(
        BadRecipe,
        match=r"was encoded by gpt2 \(300 entries\), not by gpt2; give that as the encoding",
    ):
        prepare(read_recipe(tmp_path / "gpt2.toml"))


def test_a_terminal_shows_the_step_the_loss_tokens_a_second_and_the_time_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.toml").write_text(RECIPE, encoding="utf-8")
    screen = io.StringIO()
    terminal = Console(
        file=screen, force_terminal=True, width=120, highlight=False, color_system=None
    )
    monkeypatch.setattr(command, "console", terminal)
    train_command.main(
        [str(tmp_path / "a.toml"), "--output", str(tmp_path / "run")], standalone_mode=False
    )
    assert re.search(
        r"step 6/6: loss 10\.\d{3}, held out 10\.\d{3}, [\d,]+ tokens/s, 0 s left",
        screen.getvalue(),
    )
    assert re.search(r"step \d/6: loss 10\.\d{3}, [\d,]+ tokens/s, \d+ s left", screen.getvalue())


def test_the_command_says_in_one_line_what_is_wrong(tmp_path: Path) -> None:
    missing = CliRunner().invoke(
        train_command, [str(tmp_path / "none.toml"), "--output", str(tmp_path / "run")]
    )
    assert missing.exit_code == 1
    assert missing.output.count("\n") == 1
    assert "none.toml" in missing.output
