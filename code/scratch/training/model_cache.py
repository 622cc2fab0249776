"""Train a model once, and keep it: whoever asks for the same training again gets the same weights
at once.

What: `trained` looks a training up by all that decides its weights (text, encoding, measures, way
of training, the source of every module that it runs, torch's version) and makes it only if it was
never made. So the lab that trains a model and the pages that use it have one and the same,
whichever is run first, and none can be of yesterday's code. In a smoke test (`scratch.smoke`) a
training has a part of its steps, and its key says so. Source: looking a result up by a hash of what
it came from is how Nix and Bazel build, Dolstra, The Purely Functional Software Deployment Model
(2006). Left out: going on with a training that was killed (`scratch.training.trainer` can); here it
begins anew, and takes minutes.
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

# so that sums have one order on every machine, and two trainings side by side do not slow each
# other
THREADS = 1
HISTORY = "history.json"
CODE = Path(__file__).resolve().parents[2]  # the folder of the package
SHORTER = 16  # a smoke test makes one step where a real training makes so many,
SMALLER = 4  # with one window of a batch where a real one has so many,
GLANCE = 8  # and measures a loss by so many windows


@dataclass(frozen=True)
class Report:
    """What was noted after a step; 0 is before the first."""

    step: int
    loss: float | None  # of the batch, nats a token; None at step 0
    # on the text that is not learned from, nats a token, where it was measured
    held_out: float | None
    # of computing since the beginning, evaluations included; by the machine that trained
    seconds: float


@dataclass(frozen=True)
class Trained:
    """A training that was made: its encoding, what was noted, and the weights at some steps."""

    encoding: BytePairEncoding
    config: GPTConfig
    training: TrainingConfig  # as it was made; a smoke test makes less than was asked for
    history: tuple[Report, ...]
    windows: int  # that are learned from, in a round
    held_out_tokens: int  # of the text that is not learned from
    folder: Path

    @property
    def steps(self) -> tuple[int, ...]:
        """The steps at which the weights were kept, the last one among them."""
        return tuple(
            sorted(
                int(file.stem.removeprefix("step-"))
                for file in self.folder.glob("step-*.safetensors")
            )
        )

    def model(self, step: int | None = None) -> GPTModel:
        """Read the model as it was after a step; the last one if none is named. Dropout is off.

        Raises: ValueError if the weights of that step were not kept.
        """
        chosen = self.steps[-1] if step is None else step
        if chosen not in self.steps:
            raise ValueError(
                f"no weights were kept of step {chosen}; there are"
                f" {', '.join(map(str, self.steps))}"
            )
        model = GPTModel(self.config, torch.Generator())
        weights = read_tensors(_weights(self.folder, chosen))
        with torch.no_grad():
            for name, parameter in model.named_parameters():
                parameter.copy_(weights[name])
        return model.eval()

    def measured(self) -> list[tuple[int, float]]:
        """The steps at which the held-out text was measured, with its loss in nats a token."""
        return [
            (report.step, report.held_out) for report in self.history if report.held_out is not None
        ]

    @property
    def rounds(self) -> float:
        """How many times each window was read, on average."""
        return self.training.steps * self.training.batch_size / self.windows

    def batch_means(self, size: int = 20) -> list[tuple[float, float]]:
        """Return the mean loss of each `size` batches in nats a token, with the step in the middle
        of them.

        The last mean may be of fewer. Raises: ValueError if size is below 1.
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
    """Where trained models are kept: $JOURNAL_MODELS, else .press/models beside the folder of the
    texts.

    Raises: TextError if no folder of texts is found.
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
    """Train a model on a text, or take it from where it was kept. A second caller waits for the
    first to end.

    learned, held_out: texts; keep: steps after which the weights are kept too (0: before the first)
    folder: of all kept trainings; `models_folder()` if it is not given

    In a smoke test a step stands for SHORTER of them, the steps to keep included, a window for
    SMALLER of a batch, and GLANCE windows for the held-out text.

    Raises: ValueError if the encoding does not fit the model, a text is too short for a window, or
    a step to keep is none of the training; OSError if nothing can be written.
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
    T = model.context_length
    learning, asking = (
        GPTDataset.of(encoding.encode_ordinary(text), T, T) for text in (learned, held_out)
    )
    if smoke():
        config, keep = _shortened(config), {_part(step) for step in keep}
        asking = replace(asking, ids=asking.ids[: GLANCE * T + 1])
    store = models_folder() if folder is None else folder
    mark = _key(learned, held_out, encoding, model, config, keep)
    target = store / mark
    store.mkdir(parents=True, exist_ok=True)
    (lock := store / f"{mark}.lock").touch()
    with locked(lock):
        if not (target / HISTORY).is_file():
            _make(target, learning, asking, model, config, {*keep, config.steps})
    noted = json.loads((target / HISTORY).read_text(encoding="utf-8"))
    names = [field.name for field in fields(Report)]
    history = tuple(Report(**dict(zip(names, row, strict=True))) for row in noted)
    return Trained(encoding, model, config, history, len(learning), len(asking) * T, target)


def _part(steps: int) -> int:
    return math.ceil(steps / SHORTER)


def _shortened(config: TrainingConfig) -> TrainingConfig:
    """Make a smoke test's training of a real one."""
    steps, every = _part(config.steps), _part(config.evaluate_every)
    batch = math.ceil(config.batch_size / config.grad_accum / SMALLER) * config.grad_accum
    warmup_steps = min(_part(config.warmup_steps), steps - 1)
    return replace(
        config, steps=steps, warmup_steps=warmup_steps, batch_size=batch, evaluate_every=every
    )


def _make(
    target: Path,
    learning: GPTDataset,
    asking: GPTDataset,
    model: GPTConfig,
    config: TrainingConfig,
    keep: set[int],
) -> None:
    """Train, and put all that is kept in its place at once, when it is whole."""
    for left in target.parent.glob(f".{target.name}.*"):  # of a training that was killed
        shutil.rmtree(left, ignore_errors=True)
    threads = torch.get_num_threads()
    torch.set_num_threads(THREADS)
    try:
        with atomic_write(target) as draft, torch.enable_grad():
            draft.mkdir()
            history = list(_train(draft, learning, asking, model, config, keep))
            text = json.dumps([list(asdict(report).values()) for report in history])
            (draft / HISTORY).write_text(text, encoding="utf-8")
    finally:
        torch.set_num_threads(threads)


def _train(
    folder: Path,
    learning: GPTDataset,
    asking: GPTDataset,
    model: GPTConfig,
    config: TrainingConfig,
    keep: set[int],
) -> Iterator[Report]:
    began = time.perf_counter()
    training = Training(model, config, learning, choose_compute("cpu", "float32"))
    if 0 in keep:
        _save(folder, 0, training.model)
    yield Report(0, None, evaluate(training.model, asking), time.perf_counter() - began)
    for step in train(training, asking):
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
    """A hash of all that decides what comes out: 24 hex digits."""
    said = {
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
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:24]


# as it was imported: an edit while this process runs does not change what it runs
SOURCE = source_hash(__name__, CODE)
