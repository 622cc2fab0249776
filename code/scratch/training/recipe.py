"""Read a training from a TOML file: text, encoding, model and settings; hold out the text's end.

What: `read_recipe` reads a TOML file and refuses unknown fields; `prepare` loads the text, encodes
it, holds out its end, and makes a `Training`, at step 0. Source: the fields are those of
`GPTConfig` and `TrainingConfig`; TOML is read by the standard library. Left out: running it
(`scratch.training.trainer.train`); several texts (build shards from them, and give their folder).

    text = "the-index-of-small-lights"  # a name of `press texts`; or shards = "FOLDER"
    encoding = "gpt2"  # or a NAME of `press tokens train`, or its file
    held_out = 0.1  # the part of the tokens, from the end, that only measures the loss
    compile = true  # by torch.compile, which needs a C++ compiler: a minute, then faster steps
    ranks = "fsdp"  # under torchrun, a part of the model each; "ddp", the default: all of it each

    [model]
    size = "small"  # a `GPTConfig.preset`; the fields below change it
    drop_rate = 0.1

    [training]
    steps = 1000
    optimiser = "muon"  # for the matrices of the blocks; "adamw", the default: for all
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from scratch.model.config import GPTConfig
from scratch.shards.shard_reader import Shards
from scratch.text.corpus import load_text
from scratch.text.utf8 import TextError, decode
from scratch.tokenizer.registry import fingerprint, load_encoding
from scratch.training.config import TrainingConfig
from scratch.training.dataset import GPTDataset
from scratch.training.device import choose_compute
from scratch.training.distributed import ALONE, Ranks
from scratch.training.trainer import Training
from scratch.training.type_check import check


class BadRecipe(ValueError):
    """A recipe with an error; the message names file, field and remedy."""


@dataclass(frozen=True)
class Recipe:
    """The fields of a recipe, as at the top of this file.

    Raises: BadRecipe unless just one of text and shards is given, if held_out is below 0, or 1 or
    more, or if model has vocab_size, which the encoding decides.
    """

    text: str | None = None
    shards: str | None = None
    encoding: str = "gpt2"
    held_out: float = 0.1
    device: str = "auto"
    precision: str = "auto"
    compile: bool = False
    ranks: str = "ddp"  # of `scratch.training.distributed.WAYS`
    model: Mapping[str, Any] = field(default_factory=dict)
    training: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if (self.text is None) == (self.shards is None):
            raise BadRecipe("give one of text and shards; the model learns from it")
        if not 0 <= self.held_out < 1:
            raise BadRecipe(
                f"held_out is {self.held_out}; it is a share, so give 0 to hold nothing out"
            )
        if "vocab_size" in self.model:
            raise BadRecipe("model has vocab_size; the encoding says it, so leave it out")


@dataclass(frozen=True)
class Prepared:
    """A training at step 0, and the held-out windows that measure it, or None for none."""

    training: Training
    held_out: GPTDataset | None


def read_recipe(path: Path) -> Recipe:
    """Read a recipe; paths in it are relative to the current folder.

    Raises: BadRecipe with the file's name and the field, if a field is unknown, of the wrong type
    or out of range; OSError.
    """
    try:
        given = tomllib.loads(decode(path.read_bytes(), str(path)))
    except TextError as error:
        raise BadRecipe(str(error)) from None
    except ValueError as error:
        raise BadRecipe(f"{path}: {error}") from None
    known = {"": Recipe, "model.": GPTConfig, "training.": TrainingConfig}
    for prefix, kind in known.items():
        part = given.get(prefix.removesuffix("."), {}) if prefix else given
        if not isinstance(part, dict):
            raise BadRecipe(
                f"{path}: {prefix.removesuffix('.')} is {part!r}; write it as a table,"
                f" [{prefix.removesuffix('.')}]"
            )
        names = {one.name for one in fields(kind)} | ({"size"} if kind is GPTConfig else set())
        if unknown := sorted(set(part) - names):
            raise BadRecipe(
                f"{path}: {prefix}{unknown[0]} is unknown; there are {', '.join(sorted(names))}"
            )
    try:
        for prefix, kind in known.items():
            check(kind, given.get(prefix.removesuffix("."), {}) if prefix else given, prefix)
        recipe = Recipe(**given)
        model_config(recipe, vocab_size=1), training_config(recipe)  # raise for values out of range
    except ValueError as error:
        raise BadRecipe(f"{path}: {error}") from None
    return recipe


def model_config(recipe: Recipe, vocab_size: int) -> GPTConfig:
    """Return the model's configuration. Raises: ValueError for a value out of its range.

    >>> model_config(Recipe(text="a", model={"size": "tiny"}), vocab_size=300).emb_dim
    64
    """
    changes = {**recipe.model, "vocab_size": vocab_size}
    return GPTConfig.preset(changes.pop("size", "small"), **changes)


def training_config(recipe: Recipe) -> TrainingConfig:
    """Return the training's configuration. Raises: ValueError for a value out of its range.

    >>> training_config(Recipe(text="a", training={"betas": [0.9, 0.99]})).betas
    (0.9, 0.99)
    """
    given = dict(recipe.training)
    if "betas" in given:
        given["betas"] = tuple(given["betas"])  # TOML has lists
    return TrainingConfig(**given)


def prepare(recipe: Recipe, ranks: Ranks = ALONE) -> Prepared:
    """Make the training of a recipe, at step 0.

    ranks: the processes that share it; recipe.ranks says how
    Raises: ValueError for values that contradict each other (a held-out part shorter than a window,
    say); BadRecipe if the shards have another encoding; NoEncoding; TextError; OSError.
    """
    encoding = load_encoding(recipe.encoding)
    model, config = model_config(recipe, len(encoding)), training_config(recipe)
    context_length = model.context_length
    ids: Tensor | Shards
    if recipe.shards is not None:
        ids = Shards(recipe.shards)
        if ids.index["fingerprint"] != fingerprint(encoding):
            by = f"{ids.index['encoding']} ({ids.index['entries']:,} entries)"
            raise BadRecipe(
                f"{recipe.shards} was encoded by {by}, not by {recipe.encoding}; give that as the"
                " encoding"
            )
    else:
        ids = torch.tensor(encoding.encode_ordinary(load_text(recipe.text).content))
    cut = len(ids) - round(len(ids) * recipe.held_out)
    parts = ((0, cut), (cut, len(ids)))
    learned, rest = (
        ids.part(*ends) if isinstance(ids, Shards) else ids[slice(*ends)] for ends in parts
    )
    held_out = GPTDataset(rest, context_length, context_length) if len(rest) else None
    compute, ranks = (
        choose_compute(recipe.device, recipe.precision),
        replace(ranks, way=recipe.ranks),
    )
    windows = GPTDataset(learned, context_length, context_length)
    training = Training(model, config, windows, compute, ranks, recipe.compile)
    return Prepared(training, held_out)
