"""What the tests of the pretrained model share: the file, our model of it, and the libraries that
are asked for the same.
"""

import os
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from scratch.model.gguf_file import GGUFFile
from scratch.model.llama import LlamaConfig, LlamaModel
from scratch.model.llama_file import from_gguf
from scratch.model.smollm import FILE, NoPretrained, load_smollm_tokenizer, pretrained_file
from scratch.tokenizer.bpe_listed import ListedEncoding

os.environ.setdefault("HF_HUB_OFFLINE", "1")  # transformers asks nobody; set before its import


def path() -> Path:
    try:
        return FILE.path()
    except NoPretrained as missing:
        pytest.skip(str(missing))


@cache
def file() -> GGUFFile:
    path()  # skips where there is none
    return pretrained_file()


@cache
def model() -> LlamaModel:
    return from_gguf(file())


def _measures(config: LlamaConfig, **more: Any) -> Any:
    """A LlamaConfig of transformers of the same measures."""
    from transformers import LlamaConfig as Config

    return Config(
        vocab_size=config.vocab_size,
        max_position_embeddings=config.context_length,
        hidden_size=config.emb_dim,
        num_attention_heads=config.n_heads,
        num_key_value_heads=config.n_kv_heads,
        num_hidden_layers=config.n_layers,
        intermediate_size=config.hidden_dim,
        rope_parameters={"rope_type": "default", "rope_theta": config.rope_base},
        rms_norm_eps=config.rms_eps,
        tie_word_embeddings=True,
        **more,
    )


@cache
def tokenizer() -> ListedEncoding:
    path()
    return load_smollm_tokenizer()


@cache
def their_tokenizer(digits_apart: bool = True) -> Any:
    """The library's own encoder of the file's entries and merges.

    The published tokenizer splits off each digit first and then as GPT-2 does; the one that
    transformers makes of a GGUF file leaves the first step out.
    """
    from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers

    said = file().metadata
    entries = said["tokenizer.ggml.tokens"]
    merges = [tuple(merge.split(" ")) for merge in said["tokenizer.ggml.merges"]]
    tokenizer = Tokenizer(models.BPE({entry: id for id, entry in enumerate(entries)}, merges))
    steps = [pre_tokenizers.ByteLevel(add_prefix_space=False)]
    if digits_apart:
        steps.insert(0, pre_tokenizers.Digits(individual_digits=True))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(steps)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens([AddedToken(entry, special=True) for entry in entries[:17]])
    return tokenizer


def halves_first(weight: Tensor, heads: int) -> Tensor:
    """Put the rows of each head from our order (pairs side by side) into transformers' (first
    halves, then second halves).
    """
    rows, columns = weight.shape
    pairs = weight.view(heads, rows // heads // 2, 2, columns)
    return pairs.transpose(1, 2).reshape(rows, columns)


def as_theirs(model: LlamaModel) -> Any:
    """transformers' model of the same weights."""
    from transformers import LlamaForCausalLM

    config, own = model.config, model.state_dict()
    state = {"model.embed_tokens.weight": own["tok_emb.weight"]}
    state |= {"lm_head.weight": own["tok_emb.weight"], "model.norm.weight": own["final_norm.scale"]}
    head = config.emb_dim // config.n_heads
    sizes = [config.emb_dim, config.n_kv_heads * head, config.n_kv_heads * head]
    for layer in range(config.n_layers):
        ours, name = f"trf_blocks.{layer}", f"model.layers.{layer}"
        queries, keys, values = own[f"{ours}.att.qkv.weight"].split(sizes)
        state[f"{name}.self_attn.q_proj.weight"] = halves_first(queries, config.n_heads)
        state[f"{name}.self_attn.k_proj.weight"] = halves_first(keys, config.n_kv_heads)
        state[f"{name}.self_attn.v_proj.weight"] = values
        for theirs, part in {
            "self_attn.o_proj.weight": "att.out_proj.weight",
            "input_layernorm.weight": "norm1.scale",
            "post_attention_layernorm.weight": "norm2.scale",
            "mlp.gate_proj.weight": "ff.gate.weight",
            "mlp.up_proj.weight": "ff.expand.weight",
            "mlp.down_proj.weight": "ff.contract.weight",
        }.items():
            state[f"{name}.{theirs}"] = own[f"{ours}.{part}"]
    with torch.device("meta"):
        reference = LlamaForCausalLM(_measures(config, attn_implementation="eager"))
    reference.load_state_dict(state, assign=True)
    reference.model.rotary_emb = type(reference.model.rotary_emb)(reference.config)  # not on meta
    return reference.eval()
