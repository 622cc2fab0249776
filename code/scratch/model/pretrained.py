"""Read and write a GPT's weights in the layout in which GPT-2's were published.

What: the published file names its tensors otherwise, keeps its matrices the other way round (inputs
first), and has queries, keys and values in one matrix, as we have. `from_gpt2` builds our model of
such tensors, `to_gpt2` gives ours in that layout; `load_gpt2_weights` and `save_gpt2_weights` do
both with a safetensors file, which holds numbers and no code. Source: the names and shapes of GPT-2
as the transformers library has them (GPT2LMHeadModel, Conv1D). Left out: fetching the file (`press
weights` does); a head of its own (GPT-2's is tied; an untied one is written as lm_head.weight).
"""

import re
from collections.abc import Mapping
from pathlib import Path

import torch
from torch import Tensor

from scratch.model.config import GPTConfig
from scratch.model.gpt import GPT
from scratch.model.tensor_file import read_tensors, write_tensors

HEAD_WIDTH = 64  # of every GPT-2; the file itself does not say how many heads there are

_WHOLE = {
    "wte.weight": "tokens",
    "wpe.weight": "places",
    "ln_f.weight": "norm.scale",
    "ln_f.bias": "norm.shift",
}
_BLOCK = {
    "ln_1.weight": "attention_norm.scale",
    "ln_1.bias": "attention_norm.shift",
    "attn.c_attn.weight": "attention.qkv.weight",
    "attn.c_attn.bias": "attention.qkv.bias",
    "attn.c_proj.weight": "attention.output.weight",
    "attn.c_proj.bias": "attention.output.bias",
    "ln_2.weight": "feed_norm.scale",
    "ln_2.bias": "feed_norm.shift",
    "mlp.c_fc.weight": "feed.widen.weight",
    "mlp.c_fc.bias": "feed.widen.bias",
    "mlp.c_proj.weight": "feed.narrow.weight",
    "mlp.c_proj.bias": "feed.narrow.bias",
}
_TURNED = re.compile(r"\.c_(attn|proj|fc)\.weight$")  # kept as (inputs, outputs)
_MASKS = re.compile(r"\.attn\.(masked_)?bias$")  # older files carry their causal masks along


class BadWeights(ValueError):
    """Tensors that do not make up a GPT; the message names the tensor, and both shapes where they
    differ.
    """


def layout(config: GPTConfig) -> dict[str, str]:
    """The published name of each of our tensors: published -> ours.

    >>> layout(GPTConfig.preset("tiny"))["h.1.mlp.c_fc.weight"]
    'blocks.1.feed.widen.weight'
    """
    names = dict(_WHOLE)
    for number in range(config.blocks):
        for theirs, ours in _BLOCK.items():
            if config.qkv_bias or theirs != "attn.c_attn.bias":
                names[f"h.{number}.{theirs}"] = f"blocks.{number}.{ours}"
    if not config.tied:
        names["lm_head.weight"] = "head"
    return names


def to_gpt2(model: GPT) -> dict[str, Tensor]:
    """Give a model's tensors in the published layout, as copies."""
    own = model.state_dict()
    return {
        theirs: (
            (own[ours].T if _TURNED.search(theirs) else own[ours]).clone(
                memory_format=torch.contiguous_format
            )
        )
        for theirs, ours in layout(model.config).items()
    }


def read_config(tensors: Mapping[str, Tensor], heads: int | None = None) -> GPTConfig:
    """Find the configuration in the shapes of published tensors.

    heads: in each block; where None, as many as are HEAD_WIDTH wide, as in every GPT-2.
    Raises: BadWeights if a tensor is missing from which a measure is read; ValueError if the
    measures do not go together.
    """
    named = {name.removeprefix("transformer."): tensor for name, tensor in tensors.items()}
    for name in ("wte.weight", "wpe.weight", "h.0.attn.c_attn.weight"):
        if name not in named:
            raise BadWeights(
                f"{name} is missing; a GPT-2 has it, so this is another kind of model, or a part"
                " of one"
            )
    for name in ("wte.weight", "wpe.weight"):
        if named[name].dim() != 2:
            raise BadWeights(
                f"{name} has shape {tuple(named[name].shape)}; it is a table, so it needs two"
                " dimensions"
            )
    vocab_size, width = named["wte.weight"].shape
    head = named.get("lm_head.weight")
    numbers = {int(found[1]) for name in named if (found := re.match(r"h\.(\d+)\.", name))}
    if gaps := set(range(len(numbers))) - numbers:
        raise BadWeights(
            f"h.{min(gaps)} is missing, and h.{max(numbers)} is there; blocks are numbered from"
            " 0 on"
        )
    return GPTConfig(
        vocab_size=vocab_size,
        context_length=named["wpe.weight"].shape[0],
        width=width,
        heads=heads if heads is not None else max(1, width // HEAD_WIDTH),
        blocks=len(numbers),
        qkv_bias="h.0.attn.c_attn.bias" in named,
        tied=head is None or torch.equal(head, named["wte.weight"]),
    )


def from_gpt2(tensors: Mapping[str, Tensor], config: GPTConfig | None = None) -> GPT:
    """Build a model of tensors in the published layout; it keeps copies, in float32.

    tensors: by their published names, with or without "transformer." in front
    config: what the tensors should be; where None, it is read from them

    Raises: BadWeights if a tensor is missing, one is left over, or one has another shape than the
    configuration says.

    >>> model = GPT(GPTConfig(11, 8, width=4, heads=2, blocks=1), torch.Generator().manual_seed(0))
    >>> torch.equal(from_gpt2(to_gpt2(model), model.config).tokens, model.tokens)
    True
    """
    config = config or read_config(tensors)
    named = {name.removeprefix("transformer."): tensor for name, tensor in tensors.items()}
    named = {name: tensor for name, tensor in named.items() if not _MASKS.search(name)}
    if config.tied:
        named.pop("lm_head.weight", None)  # some files write the table twice
    names = layout(config)
    if missing := sorted(set(names) - set(named)):
        raise BadWeights(
            f"{missing[0]} is missing ({len(missing)} in all); the configuration has"
            f" {config.blocks} blocks"
        )
    if extra := sorted(set(named) - set(names)):
        raise BadWeights(
            f"{extra[0]} is no part of the configuration ({len(extra)} in all); it has"
            f" {config.blocks} blocks"
        )
    with torch.device("meta"):  # no numbers are drawn that would be thrown away
        model = GPT(config, torch.Generator())
    own = {}
    for theirs, ours in names.items():
        given = named[theirs].T if _TURNED.search(theirs) else named[theirs]
        wanted = model.get_parameter(ours).shape
        if given.shape != wanted:
            shape = tuple(reversed(wanted)) if _TURNED.search(theirs) else tuple(wanted)
            raise BadWeights(
                f"{theirs} has shape {tuple(named[theirs].shape)}; the configuration needs {shape},"
                " so give the configuration of these weights, or their right file"
            )
        own[ours] = given.to(torch.float32, copy=True).contiguous()
    if config.tied:
        own["head"] = own["tokens"]
    model.load_state_dict(own, assign=True)
    if config.tied:
        model.head = model.tokens
    return model


def save_gpt2_weights(model: GPT, path: Path | str) -> None:
    """Write a model to a safetensors file in the published layout. Raises: OSError."""
    write_tensors(Path(path), to_gpt2(model))


def load_gpt2_weights(
    path: Path | str, config: GPTConfig | None = None, heads: int | None = None
) -> GPT:
    """Read a model from a safetensors file in the published layout.

    heads: in each block, if there is no configuration to say so; see `read_config`
    Raises: BadWeights if it is no safetensors file, or not of a GPT-2; OSError.
    """
    try:
        tensors = read_tensors(Path(path))
    except ValueError as error:
        raise BadWeights(f"{error}; fetch it again") from None
    return from_gpt2(tensors, config or read_config(tensors, heads))
