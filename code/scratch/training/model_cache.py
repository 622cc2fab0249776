"""Train a GPT once and save it under a hash of all that decides it; train less in a smoke test.

What: `trained` looks a training up by a hash of all that decides its weights (text, encoding,
sizes, settings, the source of every module that it runs, torch's version) and trains only if it is
not saved. So the lab that trains a model and the pages that use it have the same one, whichever
runs first, and a change of code trains anew. In a smoke test (`scratch.smoke`) a training is
shorter and has another hash. Source: Nix and Bazel look results up by a hash of their inputs in
this way; Dolstra, The Purely Functional Software Deployment Model (2006). Left out: resuming a
killed training (`scratch.training.trainer` can); here it begins again, which takes minutes.
"""

import hashlib
import json
import math
import os
import platform
import shutil
import time
from collections.abc import Collection, Iterator
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path

import torch

from scratch.atomic_write import atomic_write
from scratch.file_lock import locked
from scratch.model.config import GPTConfig
from scratch.model.gpt import GPTModel
from scratch.model.tensor_file import read_tensors, write_tensors
from scratch.smoke import smoke
from scratch.text.corpus import data_folder
from scratch.tokenizer.bpe import BytePairEncoding
from scratch.training.config import TrainingConfig
from scratch.training.dataset import GPTDataset
from scratch.training.device import choose_compute
from scratch.training.loss import evaluate
from scratch.training.source_hash import source_hash
from scratch.training.trainer import Training, train

# so that sums have one order on every machine, and two trainings at once run at full speed
THREADS = 1
HISTORY = "history.json"
CODE = Path(__file__).resolve().parents[2]  # the folder of the package
SHORTER = 16  # a smoke test makes one step where a real training makes so many,
SMALLER = 4  # with one window of a batch where a real one has so many,
GLANCE = 8  # and measures a loss by so many windows


@dataclass(frozen=True)
class Report:
    """The losses after a number of steps; step 0 is the untrained model."""

    step: int
    loss: float | None  # of the batch, nats a token; None at step 0
    # of the held-out text, nats a token; None where it was not measured
    held_out: float | None
    # of computing since the beginning, evaluations included; by the machine that trained
    seconds: float


@dataclass(frozen=True)
class Trained:
    """A finished training: its encoding, its losses, and the weights at some steps."""

    encoding: BytePairEncoding
    config: GPTConfig
    training: TrainingConfig  # as it ran; a smoke test runs a part
    history: tuple[Report, ...]
    windows: int  # of the training text
    held_out_tokens: int  # of the held-out text
    folder: Path

    @property
    def steps(self) -> tuple[int, ...]:
        """Return the steps whose weights are saved, in order."""
        return tuple(
            sorted(
                int(file.stem.removeprefix("step-"))
                for file in self.folder.glob("step-*.safetensors")
            )
        )

    def model(self, step: int | None = None) -> GPTModel:
        """Load the model as it was after a step; where None, after the last. Dropout is off.

        Raises: ValueError if the weights of that step are not saved.
        """
        chosen = self.steps[-1] if step is None else step
        if chosen not in self.steps:
            raise ValueError(
                f"no weights were saved of step {chosen}; there are"
                f" {', '.join(map(str, self.steps))}"
            )
        model = GPTModel(self.config, torch.Generator())
        weights = read_tensors(_weights(self.folder, chosen))
        with torch.no_grad():
            for name, parameter in model.named_parameters():
                parameter.copy_(weights[name])
        return model.eval()

    def measured(self) -> list[tuple[int, float]]:
        """Return the held-out losses: (step, nats per token)."""
        return [
            (report.step, report.held_out) for report in self.history if report.held_out is not None
        ]

    @property
    def rounds(self) -> float:
        """Return the epochs: how many times each window was read, on average."""
        return self.training.steps * self.training.batch_size / self.windows

    def batch_means(self, size: int = 20) -> list[tuple[float, float]]:
        """Return the mean training loss of every `size` batches: (middle step, nats per token).

        The last mean may be of fewer batches. Raises: ValueError if size is below 1.
        """
        if size < 1:
            raise ValueError(f"size is {size}; a mean is of 1 batch or more")
        losses = [(report.step, report.loss) for report in self.history if report.loss is not None]
        groups = [losses[start : start + size] for start in range(0, len(losses), size)]
        return [
            ((group[0][0] + group[-1][0]) / 2, sum(loss for _, loss in group) / len(group))
            for group in groups
        ]


def models_folder() -> Path:
    """Return the folder of trained models: $JOURNAL_MODELS, else the journal's .press/models.

    Raises: TextError if the journal's folder of texts, beside which it is, cannot be found.
    """
    chosen = os.environ.get("JOURNAL_MODELS")
    return Path(chosen) if chosen else data_folder().parent / ".press" / "models"


def trained(
    learned: str,
    held_out: str,
    encoding: BytePairEncoding,
    model: GPTConfig,
    config: TrainingConfig,
    keep: Collection[int] = (),
    folder: Path | None = None,
) -> Trained:
    """Train a model on a text, or load it if it is saved; a second caller waits for the first.

    learned, held_out: the text to train on, and the one to measure the loss on
    keep: steps whose weights are saved, in addition to the last; 0 is the untrained model
    folder: of all saved trainings; where None, `models_folder()`

    A smoke test makes 1 / SHORTER of the steps, with 1 / SMALLER of the windows in each, and
    measures the loss on GLANCE windows.

    Raises: ValueError if the encoding and the model differ in vocabulary size, a text is too short
    for a window, or a step in keep is not 0 to config.steps; OSError if the folder cannot be
    written.
    """
    if len(encoding) != model.vocab_size:
        raise ValueError(
            f"the encoding has {len(encoding)} entries, the model {model.vocab_size}; they must be"
            " equal"
        )
    if wrong := [step for step in keep if not 0 <= step <= config.steps]:
        raise ValueError(
            f"step {wrong[0]} is to be kept; the training has the steps 0 to {config.steps}"
        )
    length = model.context_length
    windows, evaluation = (
        GPTDataset.of(encoding.encode_ordinary(text), length, length)
        for text in (learned, held_out)
    )
    if smoke():
        config, keep = _shortened(config), {_part(step) for step in keep}
        evaluation = replace(evaluation, ids=evaluation.ids[: GLANCE * length + 1])
    store = models_folder() if folder is None else folder
    key = _key(learned, held_out, encoding, model, config, keep)
    target = store / key
    store.mkdir(parents=True, exist_ok=True)
    (lock := store / f"{key}.lock").touch()
    with locked(lock):
        if not (target / HISTORY).is_file():
            _make(target, windows, evaluation, model, config, {*keep, config.steps})
    rows = json.loads((target / HISTORY).read_text(encoding="utf-8"))
    names = [field.name for field in fields(Report)]
    history = tuple(Report(**dict(zip(names, row, strict=True))) for row in rows)
    return Trained(encoding, model, config, history, len(windows), len(evaluation) * length, target)


def _part(steps: int) -> int:
    return math.ceil(steps / SHORTER)


def _shortened(config: TrainingConfig) -> TrainingConfig:
    """Shorten a training for a smoke test."""
    steps, every = _part(config.steps), _part(config.evaluate_every)
    batch = math.ceil(config.batch_size / config.grad_accum / SMALLER) * config.grad_accum
    warmup_steps = min(_part(config.warmup_steps), steps - 1)
    return replace(
        config, steps=steps, warmup_steps=warmup_steps, batch_size=batch, evaluate_every=every
    )


def _make(
    target: Path,
    windows: GPTDataset,
    evaluation: GPTDataset,
    model: GPTConfig,
    config: TrainingConfig,
    keep: set[int],
) -> None:
    """Train, and save the whole training at once."""
    for stale in target.parent.glob(f".{target.name}.*"):  # of a training that was killed
        shutil.rmtree(stale, ignore_errors=True)
    threads = torch.get_num_threads()
    torch.set_num_threads(THREADS)
    try:
        with atomic_write(target) as draft, torch.enable_grad():
            draft.mkdir()
            history = list(_train(draft, windows, evaluation, model, config, keep))
            text = json.dumps([list(asdict(report).values()) for report in history])
            (draft / HISTORY).write_text(text, encoding="utf-8")
    finally:
        torch.set_num_threads(threads)


def _train(
    folder: Path,
    windows: GPTDataset,
    evaluation: GPTDataset,
    model: GPTConfig,
    config: TrainingConfig,
    keep: set[int],
) -> Iterator[Report]:
    began = time.perf_counter()
    training = Training(model, config, windows, choose_compute("cpu", "float32"))
    if 0 in keep:
        _save(folder, 0, training.model)
    yield Report(0, None, evaluate(training.model, evaluation), time.perf_counter() - began)
    for step in train(training, evaluation):
        if step.number in keep:
            _save(folder, step.number, training.model)
        yield Report(step.number, step.loss, step.held_out, time.perf_counter() - began)


def _save(folder: Path, step: int, model: GPTModel) -> None:
    weights = {name: parameter.detach() for name, parameter in model.named_parameters()}
    write_tensors(_weights(folder, step), weights)


def _weights(folder: Path, step: int) -> Path:
    return folder / f"step-{step:06}.safetensors"


def _key(
    learned: str,
    held_out: str,
    encoding: BytePairEncoding,
    model: GPTConfig,
    config: TrainingConfig,
    keep: Collection[int],
) -> str:
    """Hash all that decides the weights: 24 hex digits."""
    parts = {
        "texts": [hashlib.sha256(text.encode()).hexdigest() for text in (learned, held_out)],
        "encoding": [*map(str, (encoding.pattern, *encoding.specials)), "".join(encoding.merges)],
        "model": asdict(model),
        "training": asdict(config),
        "keep": sorted(keep),
        "smoke": smoke(),
        "source": SOURCE,
        "machine": [
            torch.__version__,
            platform.machine(),
            torch.backends.cpu.get_cpu_capability(),
            THREADS,
        ],
    }
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:24]


# as it was imported: an edit while this process runs changes nothing in it
SOURCE = source_hash(__name__, CODE)
