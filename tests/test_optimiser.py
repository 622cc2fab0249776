"""The choices of a training beside its settings: Muon's step by a singular value decomposition, and
compiled kernels by the plain ones.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from test_training import CONFIG, CPU, IDS, MODEL, RECIPE, begin

from scratch.model.config import GPTConfig
from scratch.model.gpt import GPTModel
from scratch.training.checkpoint import NOTE, BadCheckpoint
from scratch.training.compiled import compile_step
from scratch.training.dataset import GPTDataset
from scratch.training.distributed import Ranks
from scratch.training.optimiser import MuonWithAdamW, make_optimiser, state_names
from scratch.training.recipe import BadRecipe, read_recipe
from scratch.training.trainer import Training

MUON = replace(CONFIG, optimiser="muon")
# Five rounds of Newton's and Schulz's iteration bring singular values near 1, not to 1 (Jordan
# et al. 2024 plot 0.7 to 1.2 for five); torch takes the products in bfloat16, 2**-8 each
NEAR_ONE = (0.65, 1.25)
BFLOAT16 = 2.0**-4  # of some ten such products, one after another


@pytest.mark.parametrize("shape", [(48, 16), (16, 16), (16, 64)])
def test_a_step_of_muon_is_orthogonal_and_keeps_the_gradients_directions(
    shape: tuple[int, int],
) -> None:
    """In the basis of the gradient's own singular vectors the step is a diagonal of numbers near
    1, times the size of AdamW's steps: 0.2 times the root of the larger side (Liu et al. 2025).
    """
    layer = torch.nn.Linear(shape[1], shape[0], bias=False)
    config = replace(MUON, max_lr=1.0, min_lr=0.0, weight_decay=0.0)
    optimiser = make_optimiser(layer, config)
    before = layer.weight.detach().clone()
    layer.weight.grad = torch.randn(shape, generator=torch.Generator().manual_seed(0))
    left, sizes, right = torch.linalg.svd(layer.weight.grad, full_matrices=False)
    assert sizes[0] / sizes[-1] > 2  # the gradient itself is far from orthogonal
    optimiser.step()
    step = (before - layer.weight.detach()) / (0.2 * max(shape) ** 0.5)
    seen = left.T @ step @ right.T  # in the gradient's basis
    values = seen.diagonal()
    assert NEAR_ONE[0] < values.min() and values.max() < NEAR_ONE[1]
    assert (seen - values.diag()).abs().max() < BFLOAT16


@pytest.mark.parametrize("tied", [True, False])
def test_muon_moves_the_matrices_of_the_blocks_and_adamw_the_rest(tied: bool) -> None:
    model = GPTModel(replace(MODEL, tied=tied), torch.Generator())
    optimiser = make_optimiser(model, MUON)
    assert isinstance(optimiser, MuonWithAdamW)
    names = state_names(optimiser)
    of_muon = {name for name, each in model.named_parameters() if len(names[each]) == 1}
    assert of_muon == {
        f"trf_blocks.{block}.{part}.weight"
        for block in range(MODEL.n_layers)
        for part in ("att.qkv", "att.out_proj", "ff.expand", "ff.contract")
    }
    assert names.keys() == set(model.parameters())
    shrinking = [g for g in optimiser.param_groups if g["weight_decay"]]
    assert all(each.dim() == 2 for group in shrinking for each in group["params"])


def test_a_checkpoint_says_its_optimiser_and_one_without_a_word_is_adamws(tmp_path: Path) -> None:
    training = begin()
    training.advance()
    note = training.save(tmp_path) / NOTE
    with pytest.raises(BadCheckpoint, match="has optimiser adamw, not muon; give adamw"):
        begin(MUON).resume(tmp_path)
    content = json.loads(note.read_text())
    del content["training"]["optimiser"]
    note.write_text(json.dumps(content))
    assert begin().resume(tmp_path)
    with pytest.raises(BadCheckpoint, match="has optimiser adamw, not muon"):
        begin(MUON).resume(tmp_path)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("steps = 6", "steps = 6\noptimiser = 'sgd'"), "optimiser is 'sgd'; choose one of adamw"),
        (("held_out", "compile = 'yes'\nheld_out"), "compile is 'yes'; give true or false"),
    ],
)
def test_an_unknown_choice_of_a_recipe_is_refused(
    tmp_path: Path, change: tuple[str, str], message: str
) -> None:
    (tmp_path / "a.toml").write_text(RECIPE.replace(*change), encoding="utf-8")
    with pytest.raises(BadRecipe, match=f"a.toml: {message}"):
        read_recipe(tmp_path / "a.toml")


# -- compiled kernels


def losses(model: GPTConfig, compiled: bool) -> list[float]:
    windows = GPTDataset.of(IDS, 8, 8)
    training = Training(model, MUON, windows, CPU, compiled=compiled)
    steps = [training.advance().loss for _ in range(3)]
    return [*steps, training.measure(windows)]


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of torch's own, at its first use
@pytest.mark.skipif(not shutil.which("g++"), reason="no C++ compiler here")
@pytest.mark.soak
def test_a_compiled_training_has_the_losses_of_a_plain_one() -> None:
    """To 2**-10 of it: kernels add in another order (2**-14, see rounding.py), and Muon rounds to
    bfloat16, after three steps at a rate of a hundredth.
    """
    model = replace(MODEL, drop_rate=0.0, n_layers=1)
    assert losses(model, compiled=True) == pytest.approx(losses(model, compiled=False), rel=2**-10)


def test_without_a_compiler_a_recipe_that_asks_for_one_ends_with_one_line(tmp_path: Path) -> None:
    recipe = tmp_path / "a.toml"
    recipe.write_text("compile = true\n" + RECIPE, encoding="utf-8")
    without = {"CXX": "/nonexistent", "TORCHINDUCTOR_CACHE_DIR": str(tmp_path / "kernels")}
    command = [sys.executable, "-m", "press", "train", str(recipe), "--output"]
    done = subprocess.run(
        [*command, str(tmp_path / "run")],
        env={**os.environ, **without, "PATH": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert re.match(r"press: compile is true, and torch.compile failed .*; install a C\+\+", line)
    assert not (tmp_path / "run").exists()


def test_several_ranks_do_not_compile() -> None:
    model = GPTModel(MODEL, torch.Generator())
    with pytest.raises(ValueError, match="compile is true on 2 ranks; start 1, or leave"):
        compile_step(model, model, CPU.device, Ranks(0, 2))
