"""A training is made once: the same question gets the same weights, any other one a training of its
own.
"""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from processes import PATIENCE
from rounding import ROUNDING

from scratch import file_lock
from scratch.model.config import GPTConfig
from scratch.tokenizer.bpe_train import train as train_encoding
from scratch.training import model_cache as module
from scratch.training.config import TrainingConfig
from scratch.training.dataset import GPTDataset
from scratch.training.loss import evaluate
from scratch.training.model_cache import (
    CODE,
    GLANCE,
    SHORTER,
    SMALLER,
    Trained,
    models_folder,
    trained,
)
from scratch.training.source_hash import imported, source_hash

TEXT = "the cat sat on the mat. the dog sat on the log. " * 12
ASKED = "the cat sat on the log. the dog sat on the mat. " * 2
ENCODING = train_encoding(TEXT, 270)
MODEL = GPTConfig(vocab_size=270, context_length=8, emb_dim=8, n_heads=2, n_layers=1)
CONFIG = TrainingConfig(steps=6, batch_size=2, warmup_steps=1, evaluate_every=3)


def make(folder: Path, **changes: object) -> Trained:
    asked = {"learned": TEXT, "held_out": ASKED, "model": MODEL, "config": CONFIG, "keep": (0, 2)}
    return trained(encoding=ENCODING, folder=folder, **{**asked, **changes})  # type: ignore[arg-type]


def no_training(*_: object) -> None:
    raise AssertionError("it was trained again")


def weights(one: Trained, step: int | None = None) -> dict[str, torch.Tensor]:
    return dict(one.model(step).named_parameters())


def test_the_second_time_nothing_is_trained(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = make(tmp_path)
    monkeypatch.setattr(module, "Training", no_training)
    assert make(tmp_path) == first


def test_two_trainings_of_one_kind_end_with_the_same_bits(tmp_path: Path) -> None:
    one, other = weights(make(tmp_path / "one")), weights(make(tmp_path / "other"))
    assert all(torch.equal(one[name], other[name]) for name in one)


@pytest.mark.parametrize(
    "change",
    [
        {"learned": TEXT + "x"},
        {"held_out": ASKED + "x"},
        {"model": replace(MODEL, n_heads=1)},
        {"config": replace(CONFIG, seed=5)},
        {"keep": (2,)},
    ],
    ids=["learned", "held-out", "model", "config", "keep"],
)
def test_whatever_decides_the_weights_makes_another_training(
    tmp_path: Path, change: dict[str, object]
) -> None:
    assert make(tmp_path).folder != make(tmp_path, **change).folder


def test_a_change_in_the_source_makes_another_training(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = make(tmp_path).folder
    monkeypatch.setattr(module, "SOURCE", "other")
    assert make(tmp_path).folder != before


def test_the_source_is_all_that_a_training_runs() -> None:
    """Read from the code: what model_cache.py imports, and what that imports; and the hash is of
    more than names.
    """
    near = imported(Path(module.__file__).read_text(encoding="utf-8"))
    assert {
        f"scratch.{name}"
        for name in ("training.trainer", "model.gpt", "training.loss", "tokenizer.bpe")
    } <= near
    assert "scratch.baselines.word_swaps" not in near
    far = imported((CODE / "scratch/model/gpt.py").read_text(encoding="utf-8"))
    assert {
        f"scratch.{name}" for name in ("model.attention", "model.config", "embeddings.positional")
    } <= far
    assert source_hash(module.__name__, CODE) == module.SOURCE and len(module.SOURCE) == 64


@pytest.mark.parametrize(
    ("file", "counts"),
    [("train.py", True), ("deep/near.py", True), ("deep/far.py", True), ("deep/strange.py", False)],
)
def test_an_edit_of_a_module_that_is_imported_changes_the_hash(
    tmp_path: Path, file: str, counts: bool
) -> None:
    files = {
        "train.py": "from mine.deep import near\n",
        "deep/__init__.py": "",
        "deep/near.py": "def f():\n    import mine.deep.far\n",
        "deep/far.py": "n = 1\n",
        "deep/strange.py": "n = 1\n",
    }
    for name, text in files.items():
        (tmp_path / "mine" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "mine" / name).write_text(text, encoding="utf-8")
    before = source_hash("mine.train", tmp_path)
    with open(tmp_path / "mine" / file, "a", encoding="utf-8") as edited:
        edited.write("m = 2\n")
    assert (source_hash("mine.train", tmp_path) != before) is counts


def test_comments_docstrings_and_layout_do_not_count(tmp_path: Path) -> None:
    module = tmp_path / "mine" / "train.py"
    module.parent.mkdir()
    hashes = []
    for text in (
        "def f():\n    return [1, 2]\n",
        '"""Train."""\n\n\ndef f():  # a list\n    """Return it."""\n    return [\n        1,\n        2,\n    ]\n',
        'def f():\n    """Return it."""\n',
        "def f():\n    return [1, 3]\n",
    ):
        module.write_text(text, encoding="utf-8")
        hashes.append(source_hash("mine.train", tmp_path))
    assert hashes[0] == hashes[1] and len({*hashes}) == 3


def test_the_weights_of_a_step_are_those_after_that_step(tmp_path: Path) -> None:
    kept = make(tmp_path)
    assert kept.steps == (0, 2, 6)
    asked = GPTDataset.of(ENCODING.encode_ordinary(ASKED), 8, 8)
    measured = dict(kept.measured())
    assert sorted(measured) == [0, 3, 6]
    for step in (0, 6):
        assert evaluate(kept.model(step), asked) == pytest.approx(measured[step], rel=ROUNDING)
    start = weights(kept, 0)
    shorter = make(tmp_path / "b", config=replace(CONFIG, seed=0), keep=(0,))
    assert all(torch.equal(start[name], tensor) for name, tensor in weights(shorter, 0).items())
    with pytest.raises(ValueError, match="no weights were saved of step 1; there are 0, 2, 6"):
        kept.model(1)


def test_the_history_has_every_step_and_its_loss_falls(tmp_path: Path) -> None:
    kept = make(tmp_path, config=replace(CONFIG, steps=60, max_lr=1e-2, evaluate_every=20))
    assert [report.step for report in kept.history] == list(range(61))
    assert kept.history[0].loss is None
    losses = [report.loss for report in kept.history[1:] if report.loss is not None]
    assert len(losses) == 60 and sum(losses[-10:]) < 0.8 * sum(losses[:10])
    seconds = [report.seconds for report in kept.history]
    assert seconds == sorted(seconds) and seconds[0] >= 0


def test_the_mean_of_batches_stands_at_their_middle(tmp_path: Path) -> None:
    kept = make(tmp_path)
    losses = [report.loss or 0 for report in kept.history[1:]]
    assert kept.batch_means(4) == [
        (2.5, pytest.approx(sum(losses[:4]) / 4)),
        (5.5, pytest.approx(sum(losses[4:]) / 2)),
    ]
    assert [step for step, _ in kept.batch_means(1)] == [1, 2, 3, 4, 5, 6]
    with pytest.raises(ValueError, match="size is 0; a mean is of 1 batch or more"):
        kept.batch_means(0)


def test_the_rounds_are_how_often_all_windows_were_read(tmp_path: Path) -> None:
    kept = make(tmp_path)
    assert kept.rounds == 6 * 2 / kept.windows and kept.training == CONFIG


def test_a_smoke_test_makes_a_part_of_the_steps(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JOURNAL_SMOKE", "1")
    config = replace(
        CONFIG, steps=80, warmup_steps=20, evaluate_every=40, batch_size=16, grad_accum=2
    )
    kept = make(tmp_path, config=config, keep=(0, 40), held_out=ASKED * 10)
    assert kept.history[-1].step == 80 // SHORTER and kept.steps == (0, 3, 5)
    assert kept.training == replace(
        config, steps=5, warmup_steps=2, evaluate_every=3, batch_size=16 // SMALLER
    )
    assert [step for step, _ in kept.measured()] == [0, 3, 5] and kept.held_out_tokens == GLANCE * 8
    assert make(tmp_path, config=replace(CONFIG, steps=1, warmup_steps=0), keep=(1,)).steps == (1,)


def test_nothing_of_a_smoke_test_is_taken_for_the_real_thing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not even by a training that is as short as that of a smoke test is."""
    monkeypatch.setenv("JOURNAL_SMOKE", "1")
    smoke = make(tmp_path, keep=())
    steps = smoke.history[-1].step
    monkeypatch.delenv("JOURNAL_SMOKE")
    real = make(tmp_path, config=smoke.training, keep=())
    assert real.history[-1].step == steps and real.folder != smoke.folder


def test_what_a_killed_training_left_is_cleared_and_not_taken(tmp_path: Path) -> None:
    kept = make(tmp_path)
    left = kept.folder.with_name(f".{kept.folder.name}.1")
    kept.folder.rename(left)
    (left / "history.json").unlink()
    again = make(tmp_path)
    assert again.folder == kept.folder and again.folder.is_dir() and not left.exists()


def test_a_training_that_fails_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_save", no_training)
    with pytest.raises(AssertionError):
        make(tmp_path)
    assert [file.suffix for file in tmp_path.iterdir()] == [".lock"]


def test_the_threads_and_the_gradients_of_the_caller_stay(tmp_path: Path) -> None:
    before = torch.get_num_threads()
    with torch.inference_mode(False), torch.no_grad():
        kept = make(tmp_path)
        assert not torch.is_grad_enabled()
    assert torch.get_num_threads() == before and kept.history[-1].loss is not None


def test_two_at_once_make_one_training(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Threads stand for processes: each opens the lock's file anew, and flock tells open files
    apart.
    """
    made, asks, both, keep, lock = [], [], threading.Event(), module._make, file_lock.fcntl.flock

    def slow(*arguments: object) -> None:
        made.append(1)
        both.wait(PATIENCE)  # until both ask for the lock
        keep(*arguments)  # type: ignore[arg-type]

    def ask(file: object, how: int) -> None:
        asks.append(file)
        if len(asks) == 2:
            both.set()
        lock(file, how)  # type: ignore[arg-type]

    monkeypatch.setattr(module, "_make", slow)
    monkeypatch.setattr(file_lock.fcntl, "flock", ask)
    with ThreadPoolExecutor(2) as pool:
        one, other = pool.map(make, [tmp_path, tmp_path])
    assert one == other and made == [1]


def test_what_does_not_go_together_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="the encoding has 270 entries, the model 300"):
        make(tmp_path, model=replace(MODEL, vocab_size=300))
    with pytest.raises(ValueError, match="step 7 is to be kept; the training has the steps 0 to 6"):
        make(tmp_path, keep=(7,))
    with pytest.raises(ValueError, match="the text has 1 ids"):
        make(tmp_path, held_out="the")


def test_the_folder_is_beside_the_texts_or_as_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("JOURNAL_MODELS", raising=False)
    assert models_folder().parts[-2:] == (".press", "models")
    monkeypatch.setenv("JOURNAL_MODELS", str(tmp_path))
    assert models_folder() == tmp_path
