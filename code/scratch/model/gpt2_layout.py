"""Convert a GPT's weights from and to the layout in which GPT-2's were published.

What: the published file has other names for the tensors, and its matrices are transposed, (inputs,
outputs); queries, keys and values are in one matrix, as here. `from_gpt2` builds our model from
such tensors, `to_gpt2` gives ours in that layout; `load_gpt2_weights` reads a safetensors file,
which holds numbers and no code. Source: the names and shapes of GPT-2 as the transformers library
has them (GPT2LMHeadModel, Conv1D). Left out: downloading the file (`press weights` does). GPT-2's
head is tied; an untied one is read and written as lm_head.weight.
"""

import re
from collections.abc import Mapping
from pathlib import Path

import torch
from torch import Tensor

from scratch.model.config import GPTConfig
from scratch.model.gpt import GPTModel
from scratch.model.tensor_file import read_tensors

HEAD_DIM = 64  # of every GPT-2; the file itself does not say how many heads there are

_WHOLE = {
    "wte.weight": "tok_emb.weight",
    "wpe.weight": "pos_emb.weight",
    "ln_f.weight": "final_norm.scale",
    "ln_f.bias": "final_norm.shift",
}
_BLOCK = {
    "ln_1.weight": "norm1.scale",
    "ln_1.bias": "norm1.shift",
    "attn.c_attn.weight": "att.qkv.weight",
    "attn.c_attn.bias": "att.qkv.bias",
    "attn.c_proj.weight": "att.out_proj.weight",
    "attn.c_proj.bias": "att.out_proj.bias",
    "ln_2.weight": "norm2.scale",
    "ln_2.bias": "norm2.shift",
    "mlp.c_fc.weight": "ff.expand.weight",
    "mlp.c_fc.bias": "ff.expand.bias",
    "mlp.c_proj.weight": "ff.contract.weight",
    "mlp.c_proj.bias": "ff.contract.bias",
}
_TRANSPOSED = re.compile(r"\.c_(attn|proj|fc)\.weight$")  # published as (inputs, outputs)
_MASKS = re.compile(r"\.attn\.(masked_)?bias$")  # older files carry their causal masks along


class BadWeights(ValueError):
    """Tensors that are not those of a GPT-2; the message names the tensor and what is wrong."""


def gpt2_tensor_names(config: GPTConfig) -> dict[str, str]:
    """Map the published name of each tensor to its name in our model.

    >>> gpt2_tensor_names(GPTConfig.preset("tiny"))["h.1.mlp.c_fc.weight"]
    'trf_blocks.1.ff.expand.weight'
    """
    names = dict(_WHOLE)
    for number in range(config.n_layers):
        for theirs, ours in _BLOCK.items():
            if config.qkv_bias or theirs != "attn.c_attn.bias":
                names[f"h.{number}.{theirs}"] = f"trf_blocks.{number}.{ours}"
    if not config.tied:
        names["lm_head.weight"] = "out_head.weight"
    return names


def to_gpt2(model: GPTModel) -> dict[str, Tensor]:
    """Copy a model's tensors into the published layout: published name -> tensor."""
    own = model.state_dict()
    return {
        theirs: (
            (own[ours].T if _TRANSPOSED.search(theirs) else own[ours]).clone(
                memory_format=torch.contiguous_format
            )
        )
        for theirs, ours in gpt2_tensor_names(model.config).items()
    }


def read_config(tensors: Mapping[str, Tensor], n_heads: int | None = None) -> GPTConfig:
    """Read the configuration off the shapes of published tensors.

    tensors: by their published names, with or without "transformer." in front
    n_heads: heads in each block, which no shape shows; where None, emb_dim / HEAD_DIM, as in every
    GPT-2
    Raises: BadWeights if a tensor that shows a size is missing or has no two dimensions; ValueError
    if the sizes contradict each other.

    >>> config = GPTConfig(11, 8, emb_dim=4, n_heads=2, n_layers=1)
    >>> model = GPTModel(config, torch.Generator().manual_seed(0))
    >>> read_config(to_gpt2(model), n_heads=2) == config
    True
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
    vocab_size, emb_dim = named["wte.weight"].shape
    head = named.get("lm_head.weight")
    numbers = {int(match[1]) for name in named if (match := re.match(r"h\.(\d+)\.", name))}
    if gaps := set(range(len(numbers))) - numbers:
        raise BadWeights(
            f"h.{min(gaps)} is missing, and h.{max(numbers)} is there; blocks are numbered from"
            " 0 on"
        )
    return GPTConfig(
        vocab_size=vocab_size,
        context_length=named["wpe.weight"].shape[0],
        emb_dim=emb_dim,
        n_heads=n_heads if n_heads is not None else max(1, emb_dim // HEAD_DIM),
        n_layers=len(numbers),
        qkv_bias="h.0.attn.c_attn.bias" in named,
        tied=head is None or torch.equal(head, named["wte.weight"]),
    )


def from_gpt2(tensors: Mapping[str, Tensor], config: GPTConfig | None = None) -> GPTModel:
    """Build a model from tensors in the published layout, copied as float32.

    tensors: by their published names, with or without "transformer." in front
    config: of the model; where None, `read_config` of the tensors

    Raises: BadWeights if a tensor is missing, has no place in the model, or has another shape than
    the configuration says.

    >>> config = GPTConfig(11, 8, emb_dim=4, n_heads=2, n_layers=1)
    >>> model = GPTModel(config, torch.Generator().manual_seed(0))
    >>> torch.equal(from_gpt2(to_gpt2(model), model.config).tok_emb.weight, model.tok_emb.weight)
    True
    """
    config = config or read_config(tensors)
    named = {name.removeprefix("transformer."): tensor for name, tensor in tensors.items()}
    named = {name: tensor for name, tensor in named.items() if not _MASKS.search(name)}
    if config.tied:
        named.pop("lm_head.weight", None)  # some files write the table twice
    names = gpt2_tensor_names(config)
    if missing := sorted(set(names) - set(named)):
        raise BadWeights(
            f"{missing[0]} is missing ({len(missing)} in all); the configuration has"
            f" {config.n_layers} blocks"
        )
    if extra := sorted(set(named) - set(names)):
        raise BadWeights(
            f"{extra[0]} is no part of the configuration ({len(extra)} in all); it has"
            f" {config.n_layers} blocks"
        )
    with torch.device("meta"):  # no numbers are drawn that would be thrown away
        model = GPTModel(config, torch.Generator())
    own = {}
    for theirs, ours in names.items():
        given = named[theirs].T if _TRANSPOSED.search(theirs) else named[theirs]
        wanted = model.get_parameter(ours).shape
        if given.shape != wanted:
            shape = tuple(reversed(wanted)) if _TRANSPOSED.search(theirs) else tuple(wanted)
            raise BadWeights(
                f"{theirs} has shape {tuple(named[theirs].shape)}; the configuration needs {shape},"
                " so give the configuration of these weights, or their right file"
            )
        own[ours] = given.to(torch.float32, copy=True).contiguous()
    if config.tied:
        own["out_head.weight"] = own["tok_emb.weight"]
    model.load_state_dict(own, assign=True)
    return model


def load_gpt2_weights(
    path: Path | str, config: GPTConfig | None = None, n_heads: int | None = None
) -> GPTModel:
    """Read a model from a safetensors file in the published layout.

    config, n_heads: where config is None, it is `read_config` of the tensors and n_heads
    Raises: BadWeights if it is not a whole safetensors file, or not of a GPT-2; ValueError if the
    sizes contradict each other; OSError.
    """
    try:
        tensors = read_tensors(Path(path))
    except ValueError as error:
        raise BadWeights(f"{error}; fetch it again") from None
    return from_gpt2(tensors, config or read_config(tensors, n_heads))
