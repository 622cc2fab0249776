"""Several processes at one training: what one process would learn, whole checkpoints for any
number, one voice.

Two processes meet over gloo on this machine's own loopback, as torchrun would start them. What they
have to say comes back as a file; the tests compare it with one process. Tolerances are for the
order in which numbers are added: see rounding.py.
"""

import json
import math
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest
import torch
from processes import small_files
from rounding import ROUNDING, close, learned_alike, without_keys
from safetensors.torch import load_file
from torch.distributed import TCPStore

from scratch.model.config import GPTConfig
from scratch.training.checkpoint import list_checkpoints, load_checkpoint
from scratch.training.config import TrainingConfig
from scratch.training.dataset import GPTDataset
from scratch.training.device import Compute
from scratch.training.distributed import ALONE, Ranks, joined
from scratch.training.loss import LARGE
from scratch.training.lr_schedule import learning_rate
from scratch.training.recipe import prepare, read_recipe
from scratch.training.trainer import Training, train

MODEL = GPTConfig(vocab_size=13, context_length=8, emb_dim=16, n_heads=2, n_layers=2)
CONFIG = TrainingConfig(
    steps=10,
    batch_size=8,
    grad_accum=2,
    max_lr=1e-2,
    min_lr=1e-3,
    warmup_steps=2,
    grad_clip=0.7,
    save_every=5,
    evaluate_every=5,
)
IDS = [(number * number + number // 7) % 13 for number in range(600)]
# 9 held-out windows: the last batch has one, so one rank has none
LEARNED, HELD_OUT = (IDS[:450], IDS[450:530])
WAYS = ("ddp", "fsdp")
BFLOAT16 = 2.0**-8

TWO = """
import json, os, sys
from dataclasses import replace
from pathlib import Path
import torch
torch.set_num_threads(1)
from scratch.training.device import Compute
from scratch.model.config import GPTConfig
from scratch.training.distributed import joined
from scratch.training.trainer import Training, train
from scratch.training.config import TrainingConfig
from scratch.training.dataset import GPTDataset

given = json.loads(sys.argv[1])
folder, place = Path(given["folder"]), Compute(torch.device("cpu"), "float32", "a test")
config = TrainingConfig(**{**given["config"], "betas": tuple(given["config"]["betas"])})
found = {}

def run(name, way, start=None, dropout=0.0, vocab_size=13, steps=None, config=config):
    model = GPTConfig(**{**given["model"], "drop_rate": dropout, "vocab_size": vocab_size})
    training = Training(model, config, GPTDataset.of(given["learned"], 8, 8), place, replace(ranks, way=way))
    if start is not None:
        assert training.resume(folder / start)
    whole, held = [], GPTDataset.of(given["held_out"], 8, 8)
    for step in train(training, held, folder / name):
        whole.append([step.loss, step.gradient, step.held_out])
        if step.number == steps:
            break
    mine = sum(getattr(one, "to_local", lambda: one)().numel() for one in training.model.parameters())
    found[name] = {"steps": whole, "made": training.steps_made, "held here": mine}

with joined() as ranks:
    for way in ("ddp", "fsdp"):
        run(way, way)
        run(f"{way} after one process", way, start="half of one process")
        run(f"{way}, dropout", way, dropout=0.2)
        run(f"{way}, dropout, half", way, dropout=0.2, steps=5)
        run(f"{way}, dropout, both halves", way, start=f"{way}, dropout, half", dropout=0.2)
        run(f"{way}, large", way, vocab_size=given["large"], steps=2)
        run(f"{way}, muon", way, config=replace(config, optimiser="muon"))
    run("fsdp, half", "fsdp", steps=5)
    run("ddp after fsdp", "ddp", start="fsdp, half")
    (folder / f"rank {ranks.rank}.json").write_text(json.dumps(found))
os._exit(0)  # as press ends; else a thread of gloo's that lets go of a tensor meanwhile now and then aborts the process
"""


QUIET = {
    "OMP_NUM_THREADS": "1",
    "GLOO_SOCKET_IFNAME": "lo" if sys.platform == "linux" else "lo0",
    "TORCH_CPP_LOG_LEVEL": "FATAL",
}


def run(*arguments: str, limit: int | None = None) -> tuple[list[int], str]:
    """Run a Python command as two ranks, as torchrun would, which keeps the store where they meet.

    limit: the largest file that they may write, in bytes. Returns: their statuses, and what they
    complained of.
    """
    # port 0: any that is free
    store = TCPStore("127.0.0.1", 0, is_master=True, wait_for_workers=False)
    known = {"WORLD_SIZE": "2", "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(store.port)} | QUIET
    known |= {"TORCHELASTIC_USE_AGENT_STORE": "True", "TORCHELASTIC_RESTART_COUNT": "0"}

    with small_files(limit):
        processes = [
            subprocess.Popen(
                [sys.executable, *arguments],
                env=os.environ | known | {"RANK": str(rank), "LOCAL_RANK": str(rank)},
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                text=True,
            )
            for rank in range(2)
        ]
    try:
        complaints = "".join(process.communicate(timeout=900)[1] for process in processes)
    finally:
        for process in processes:
            process.kill()
    return [process.returncode for process in processes], complaints


def begin(model: GPTConfig = MODEL, config: TrainingConfig = CONFIG) -> Training:
    return Training(
        model,
        config,
        GPTDataset.of(LEARNED, 8, 8),
        Compute(torch.device("cpu"), "float32", "a test"),
    )


def told(training: Training, folder: Path | None = None) -> list[tuple[float, float, float | None]]:
    steps = train(training, GPTDataset.of(HELD_OUT, 8, 8), folder)
    return [(step.loss, step.gradient, step.held_out) for step in steps]


def alike(one: Any, other: Any, within: float = ROUNDING) -> bool:
    """Whether two reports of steps say the same, up to rounding."""
    return len(one) == len(other) and all(
        (a is None and b is None) or math.isclose(a, b, rel_tol=within)
        for was, now in zip(one, other, strict=True)
        for a, b in zip(was, now, strict=True)
    )


def same_weights(one: Path, other: Path) -> bool:
    """Whether two checkpoints have the same tensors, up to rounding; optimiser's state included."""
    rates = sum(
        learning_rate(step, CONFIG.steps, CONFIG.warmup_steps, CONFIG.max_lr, CONFIG.min_lr)
        for step in range(CONFIG.steps)
    )
    weights, others = (load_file(folder / "model.safetensors") for folder in (one, other))
    state, its = (load_file(folder / "state.safetensors") for folder in (one, other))
    assert weights.keys() == others.keys() and state.keys() == its.keys()
    for name in weights:
        mine, theirs, squares = (
            without_keys(name, tensor)
            for tensor in (weights[name], others[name], state[f"optimiser.exp_avg_sq.{name}"])
        )
        if not learned_alike(mine, theirs, squares, rates):
            return False
    return all(close(root(name, state[name]), root(name, its[name])) for name in state)


def root(name: str, tensor: torch.Tensor) -> torch.Tensor:
    """What of the optimiser's state grows like a gradient: of a mean of squares, the root."""
    return without_keys(name, tensor.sqrt() if ".exp_avg_sq." in name else tensor)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One process trains to the end; two then do what `TWO` says, some of it from the one's
    checkpoint of step 5.
    """
    folder = tmp_path_factory.mktemp("ranks")
    (folder / "one process.json").write_text(json.dumps(told(begin(), folder / "one process")))
    half = folder / "half of one process"
    shutil.copytree(folder / "one process", half, ignore=shutil.ignore_patterns("step-00000010"))
    given = {
        "config": asdict(CONFIG),
        "model": asdict(MODEL),
        "folder": str(folder),
        "large": LARGE,
    }
    statuses, complaints = run(
        "-c", TWO, json.dumps(given | {"learned": LEARNED, "held_out": HELD_OUT})
    )
    assert statuses == [0, 0], complaints
    return folder


@pytest.fixture
def found(folder: Path) -> list[dict[str, Any]]:
    """What each rank reported."""
    return [json.loads((folder / f"rank {rank}.json").read_text()) for rank in range(2)]


@pytest.mark.parametrize("way", WAYS)
def test_two_ranks_learn_what_one_process_learns_from_the_same_batches(
    folder: Path, found: list[dict[str, Any]], way: str
) -> None:
    """Ten steps with grad_accum and clipping, which both bite: losses, gradients, held-out
    losses, weights, optimiser.
    """
    alone = json.loads((folder / "one process.json").read_text())
    assert sum(gradient > CONFIG.grad_clip for _, gradient, _ in alone) >= 2
    assert [held_out is not None for _, _, held_out in alone] == [False] * 4 + [True] + [
        False
    ] * 4 + [True]
    assert alike(found[0][way]["steps"], alone)
    assert same_weights(folder / way / "step-00000010", folder / "one process" / "step-00000010")


@pytest.mark.parametrize("way", WAYS)
def test_muon_moves_two_ranks_as_it_moves_one_process(
    found: list[dict[str, Any]], way: str
) -> None:
    """Losses and gradients within the rounding of bfloat16, in which torch takes Muon's products:
    the way of AdamW from the same seed is farther off than that.
    """
    alone = told(begin(config=replace(CONFIG, optimiser="muon")))
    steps = found[0][f"{way}, muon"]["steps"]
    assert alike(steps, alone, within=BFLOAT16)
    assert not alike(found[0][way]["steps"], alone, within=BFLOAT16)


def test_every_rank_reports_the_mean_of_all(found: list[dict[str, Any]]) -> None:
    assert found[0].keys() == found[1].keys()
    assert all(found[0][name]["steps"] == found[1][name]["steps"] for name in found[0])


def test_fsdp_holds_a_half_here_and_ddp_the_whole(found: list[dict[str, Any]]) -> None:
    whole = sum(MODEL.parameters().values())
    assert [rank["ddp"]["held here"] for rank in found] == [whole, whole]
    assert sum(rank["fsdp"]["held here"] for rank in found) == whole
    # 13 rows are 7 and 6
    assert all(0.4 * whole < rank["fsdp"]["held here"] < 0.6 * whole for rank in found)


@pytest.mark.parametrize("way", WAYS)
def test_a_large_vocabulary_whose_loss_comes_in_chunks_is_shared_too(
    found: list[dict[str, Any]], way: str
) -> None:
    training = begin(replace(MODEL, vocab_size=LARGE))
    alone = [training.advance() for _ in range(2)]
    expected = [(step.loss, step.gradient) for step in alone]
    assert alike([step[:2] for step in found[0][f"{way}, large"]["steps"]], expected)


@pytest.mark.parametrize("way", WAYS)
def test_a_training_of_one_process_goes_on_with_two_ranks(
    folder: Path, found: list[dict[str, Any]], way: str
) -> None:
    alone = json.loads((folder / "one process.json").read_text())
    assert alike(found[0][f"{way} after one process"]["steps"], alone[5:])
    assert same_weights(
        folder / f"{way} after one process" / "step-00000010",
        folder / "one process" / "step-00000010",
    )


@pytest.mark.parametrize("way", WAYS)
def test_a_training_of_two_ranks_goes_on_with_one_process(
    folder: Path, tmp_path: Path, way: str
) -> None:
    shutil.copytree(folder / way / "step-00000005", tmp_path / "step-00000005")
    training = begin()
    assert training.resume(tmp_path)
    assert alike(
        told(training, tmp_path), json.loads((folder / "one process.json").read_text())[5:]
    )
    assert same_weights(tmp_path / "step-00000010", folder / "one process" / "step-00000010")


def test_a_training_in_shares_goes_on_with_the_whole_model_in_each_rank(
    folder: Path, found: list[dict[str, Any]]
) -> None:
    alone = json.loads((folder / "one process.json").read_text())
    assert found[0]["fsdp, half"]["made"] == 5
    assert alike(found[0]["ddp after fsdp"]["steps"], alone[5:])


@pytest.mark.parametrize("way", WAYS)
def test_checkpoints_have_the_same_tensors_and_the_same_note_whatever_wrote_them(
    folder: Path, way: str
) -> None:
    one, two = (load_checkpoint(folder / run / "step-00000010") for run in ("one process", way))
    assert one.note == two.note
    for ours, theirs in ((one.weights, two.weights), (one.state, two.state)):
        assert {name: (tensor.shape, tensor.dtype) for name, tensor in ours.items()} == {
            name: (tensor.shape, tensor.dtype) for name, tensor in theirs.items()
        }


@pytest.mark.parametrize("way", WAYS)
def test_two_ranks_that_stopped_and_went_on_end_with_the_same_bits_dropout_included(
    folder: Path, way: str
) -> None:
    """Two numbers have one sum in either order; with more ranks it depends on gloo."""
    for file in ("model.safetensors", "state.safetensors"):
        straight, halves = (
            folder / f"{way}, dropout{run}" / "step-00000010" / file
            for run in ("", ", both halves")
        )
        assert straight.read_bytes() == halves.read_bytes()
    plain = folder / way / "step-00000010" / "model.safetensors"
    assert (
        plain.read_bytes()
        != (folder / f"{way}, dropout" / "step-00000010" / "model.safetensors").read_bytes()
    )


# -- failures

RECIPE = """\
text = "the-index-of-small-lights"
held_out = 0.01
device = "cpu"
[model]
size = "tiny"
emb_dim = 16
n_layers = 1
context_length = 16
[training]
steps = 100_000
batch_size = 2
warmup_steps = 1
evaluate_every = 3
save_every = 3
"""


def test_an_error_of_all_ranks_and_one_of_the_first_alone_come_as_one_line_each(
    tmp_path: Path,
) -> None:
    """A batch of 3 cannot be split: each rank finds that. No file may exceed 100 kB: only the first
    one writes.
    """
    split, full = tmp_path / "split.toml", tmp_path / "full.toml"
    split.write_text(RECIPE.replace("batch_size = 2", "batch_size = 3"), encoding="utf-8")
    full.write_text(RECIPE, encoding="utf-8")
    for recipe, limit, message in (
        (
            split,
            None,
            (
                "batch_size is 3, grad_accum 1, on 2 ranks; each takes an equal share .* a"
                " multiple of 2"
            ),
        ),
        (full, 100_000, "File too large; raise the limit"),
    ):
        statuses, said = run(
            "-m",
            "press",
            "train",
            str(recipe),
            "--output",
            str(tmp_path / recipe.stem),
            limit=limit,
        )
        assert statuses == [1, 1]
        (line,) = said.splitlines()
        assert re.fullmatch(f"press: .*{message}.*", line)
    assert not (tmp_path / "split").exists()
    assert list_checkpoints(tmp_path / "full") == []


@pytest.mark.soak
def test_a_rank_that_is_killed_leaves_a_whole_checkpoint_and_one_line_and_torchrun_fails(
    tmp_path: Path,
) -> None:
    """By SIGKILL, under torchrun; it is the first rank, which writes. Its number is in the lock
    that it holds.
    """
    recipe, output = tmp_path / "a.toml", tmp_path / "run"
    recipe.write_text(RECIPE, encoding="utf-8")
    command = [
        sys.executable,
        "-m",
        "torch.distributed.run",
        "--nproc-per-node",
        "2",
        "--local-addr",
        "127.0.0.1",
    ]
    # port 0: any that is free
    command += ["--rdzv-backend", "c10d", "--rdzv-endpoint", "127.0.0.1:0"]
    torchrun = subprocess.Popen(
        [*command, "-m", "press", "train", str(recipe), "--output", str(output)],
        env=os.environ | QUIET,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    end = time.monotonic() + 900
    while not list_checkpoints(output) and torchrun.poll() is None and time.monotonic() < end:
        time.sleep(0.05)
    os.kill(int((output / "lock").read_text()), signal.SIGKILL)
    said, complained = torchrun.communicate(timeout=900)
    assert torchrun.returncode != 0
    assert said.splitlines()[0].endswith("on cpu, float32 (1 threads), 2 ranks (ddp).")
    (line,) = [line for line in complained.splitlines() if line.startswith("press:")]
    assert re.match(
        r"press: rank 1 of 2 has lost another rank \(.*\); call again to go on from the newest",
        line,
    )
    for path in list_checkpoints(output):
        assert load_checkpoint(path).step == int(path.name.removeprefix("step-"))
    training = prepare(read_recipe(recipe)).training
    assert training.resume(output)
    assert training.steps_made % 3 == 0
    assert math.isfinite(training.advance().loss)


# -- one rank alone


@pytest.mark.parametrize("number", [1, 2, 3])
@pytest.mark.parametrize("parts", [1, 2])
def test_the_shares_of_a_batch_are_equal_and_make_it_up_part_by_part(
    number: int, parts: int
) -> None:
    batch = torch.arange(12)
    shares = [Ranks(rank, number).share_of(batch, parts) for rank in range(number)]
    # (parts, number, share)
    together = torch.stack([share.view(parts, -1) for share in shares], dim=1)
    assert together.flatten().tolist() == list(range(12))


def test_a_batch_that_cannot_be_shared_is_refused_before_anything_is_made() -> None:
    with pytest.raises(
        ValueError, match=r"batch_size is 8, grad_accum 2, on 3 ranks; .* give a multiple of 6"
    ):
        Training(
            MODEL,
            CONFIG,
            GPTDataset.of(LEARNED, 8, 8),
            Compute(torch.device("cpu"), "float32", "a test"),
            Ranks(0, 3),
        )


def test_an_unknown_way_is_told_the_known_ones() -> None:
    with pytest.raises(ValueError, match="ranks is 'zero'; choose one of ddp, fsdp"):
        Ranks(way="zero")


def test_a_rank_without_a_device_of_its_own_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    taken: list[int] = []
    monkeypatch.setattr(torch.cuda, "set_device", taken.append)
    Ranks(3, world_size=4, local=1).settle(torch.device("cuda"))
    assert taken == [1]
    with pytest.raises(
        ValueError, match="rank 2 has no GPU, there are 2; start 2 ranks, or give device cpu"
    ):
        Ranks(2, world_size=3, local=2).settle(torch.device("cuda"))
    with pytest.raises(ValueError, match="device is 'mps', of which there is one"):
        Ranks(0, world_size=2).settle(torch.device("mps"))


def test_without_torchrun_there_is_one_rank(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("RANK", "WORLD_SIZE"):
        monkeypatch.delenv(name, raising=False)
    with joined() as ranks:
        assert ranks == ALONE
        assert ranks.first
        assert not ranks.any(False)
        assert ranks.sum(torch.tensor(3.0)) == 3
