"""Define the command `press train`: train a model by a recipe, from its last checkpoint on.

It prints a line at each evaluation, with loss, tokens a second and the time that remains, and on a
terminal each step below it. Ctrl+C saves before it ends; a kill costs the steps since the last
checkpoint. Under torchrun the ranks train together, and the first prints. Training itself is in
`scratch.training.recipe` and `scratch.training.trainer`.
"""

import contextlib
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from press.cli.options import console, errors_as_lines, output_folder
from press.publish.atomic_publish import lock
from press.source.quarto_yml import find_root

if TYPE_CHECKING:
    from scratch.training.recipe import Prepared

says_what_is_wrong = errors_as_lines(ValueError, "the checkpoints before stay as they were")


@click.command()
@click.argument("config", type=click.Path(path_type=Path))
@output_folder("Folder of the checkpoints; default .press/runs/NAME.")
@says_what_is_wrong
def train(config: Path, output: Path | None) -> None:
    """Train a model by the recipe CONFIG (TOML); stopped or killed, it goes on when called again.

    Example: press train runs/small.toml

    \b
    A recipe to begin with (code/scratch/training/recipe.py has all that may stand in one):
        text = "the-index-of-small-lights"
        [model]
        size = "small"
        [training]
        steps = 1000

    On several GPUs: torchrun --standalone --nproc-per-node 2 -m press train runs/small.toml
    """
    from scratch.training.distributed import ReportedElsewhere, joined
    from scratch.training.recipe import prepare, read_recipe

    folder = output or find_root() / ".press" / "runs" / config.stem
    try:
        with joined() as ranks:
            console.quiet = not ranks.first
            prepared = prepare(read_recipe(config), ranks)
            with lock(folder) if ranks.first else contextlib.nullcontext():
                ranks.barrier()
                _train(prepared, folder)
    except ReportedElsewhere:
        sys.exit(1)
    except RuntimeError as error:  # torch's own, from a GPU and from the CPU
        if not any(words in str(error) for words in ("out of memory", "can't allocate memory")):
            raise
        remedy = "give fewer windows (batch_size, or a higher grad_accum), a smaller model"
        what = f"the memory does not suffice for {config}; {remedy}, or more ranks with fsdp"
        raise ValueError(what) from None


def _train(prepared: "Prepared", folder: Path) -> None:
    training = prepared.training
    resumed = training.resume(folder)
    size = sum(training.model.config.parameters().values())
    tokens = len(training.windows) * training.windows.context_length
    ranks = training.ranks
    several = f", {ranks.world_size} ranks ({ranks.way})" if ranks.world_size > 1 else ""
    console.print(
        f"{size:,} parameters, {tokens:,} tokens to learn from, on {training.compute}{several}."
    )
    if resumed:
        console.print(f"Going on after step {training.steps_made:,} of {training.config.steps:,}.")
    if training.steps_made == training.config.steps:
        console.print(f"All steps are made: {folder}")
        return
    _run(prepared, folder)


def _run(prepared: "Prepared", folder: Path) -> None:
    from scratch.training.trainer import train as steps

    training = prepared.training
    total, began, first = training.config.steps, time.perf_counter(), training.steps_made
    held_out, saved = "", None
    with _stops() as asked, console.status("") as status:
        for step in steps(training, prepared.held_out, folder):
            speed = (step.number - first) * step.tokens / (time.perf_counter() - began)
            if step.held_out is not None:
                held_out = f", held out {step.held_out:.3f}"
            state = f"loss {step.loss:.3f}{held_out}, {speed:,.0f} tokens/s"
            seconds = (total - step.number) * step.tokens / speed
            line = f"step {step.number:,}/{total:,}: {state}, {seconds:,.0f} s left"
            status.update(line)
            if step.held_out is not None or step.number == total:
                console.print(line)
            saved = step.saved or saved
            if training.ranks.any(bool(asked)):
                saved = step.saved or training.save(folder)
                console.print(
                    f"Stopped after step {step.number:,}; the same command goes on from there."
                )
                break
    console.print(f"The newest checkpoint: {saved}")


@contextlib.contextmanager
def _stops() -> Iterator[list[int]]:
    """Yield a list that Ctrl+C or SIGTERM fills; a second one ends the program at once."""
    asked: list[int] = []
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def ask(number: int, _: object) -> None:
        asked.append(number)
        signal.signal(number, before[signal.Signals(number)])

    for number in before:
        signal.signal(number, ask)
    try:
        yield asked
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
