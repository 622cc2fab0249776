"""Published weights: the transformers library's GPT-2 and ours have the same scores, both ways."""

import copy
import re
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from scratch.model.config import GPTConfig
from scratch.model.gpt import GPTModel
from scratch.model.gpt2_layout import (
    BadWeights,
    from_gpt2,
    gpt2_tensor_names,
    load_gpt2_weights,
    read_config,
    to_gpt2,
)
from scratch.model.tensor_file import write_tensors

CONFIG = GPTConfig(vocab_size=61, context_length=10, emb_dim=128, n_heads=2, n_layers=3)


@pytest.fixture(scope="module")
def theirs() -> Any:
    """A small GPT-2 of the transformers library, every weight drawn, biases and norms too."""
    transformers = pytest.importorskip("transformers")
    measures = transformers.GPT2Config(
        vocab_size=61,
        n_positions=10,
        n_embd=128,
        n_head=2,
        n_layer=3,
        bos_token_id=0,
        eos_token_id=0,
    )
    model = transformers.GPT2LMHeadModel(measures).eval()
    draw = torch.Generator().manual_seed(0)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.normal_(0, 0.3, generator=draw)
    return model


def read(seed: int = 0) -> Tensor:
    return torch.randint(61, (2, 10), generator=torch.Generator().manual_seed(seed))


def ours(seed: int = 0, **changes: Any) -> GPTModel:
    """A small model of ours, every weight drawn."""
    model = GPTModel(GPTConfig(**{**CONFIG.__dict__, **changes}), torch.Generator())
    draw = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.normal_(0, 0.3, generator=draw)
    return model.eval()


def scores(model: Any, ids: Tensor) -> Tensor:
    """What a copy of a model gives that computes in 64 bits: two ways of adding up then differ by
    some 1e-14 of a score.
    """
    with torch.no_grad():
        found = copy.deepcopy(model).double()(ids)
    return found if isinstance(found, Tensor) else found.logits


def alike(one: Tensor, other: Tensor) -> bool:
    return torch.allclose(one, other, atol=1e-9, rtol=1e-9)


def test_scores_equal_transformers_on_its_weights(theirs: Any) -> None:
    model = from_gpt2(theirs.state_dict())
    assert model.config == CONFIG
    expected = scores(theirs, read())
    assert expected.std() > 1  # no accident of small numbers
    assert alike(scores(model, read()), expected)


def test_scores_equal_transformers_on_our_weights(theirs: Any) -> None:
    model = ours(seed=1)
    theirs.transformer.load_state_dict(to_gpt2(model))  # strict: every name and every shape
    assert alike(scores(theirs, read(1)), scores(model, read(1)))


def test_a_file_that_transformers_wrote_is_read(theirs: Any, tmp_path: Path) -> None:
    theirs.save_pretrained(tmp_path)
    model = load_gpt2_weights(tmp_path / "model.safetensors")
    assert alike(scores(model, read()), scores(theirs, read()))
    assert model.out_head.weight.data_ptr() == model.tok_emb.weight.data_ptr()


@pytest.mark.parametrize("changes", [{}, {"tied": False}, {"qkv_bias": False}])
def test_writing_and_reading_gives_the_same_model(changes: dict[str, bool], tmp_path: Path) -> None:
    model = ours(**changes)
    write_tensors(tmp_path / "model.safetensors", to_gpt2(model))
    back = load_gpt2_weights(tmp_path / "model.safetensors")
    assert back.config == model.config
    assert {name: tensor.tolist() for name, tensor in back.state_dict().items()} == {
        name: tensor.tolist() for name, tensor in model.state_dict().items()
    }
    assert all(parameter.requires_grad for parameter in back.parameters())


def test_the_published_layout_has_inputs_first_and_queries_keys_values_in_one() -> None:
    shapes = {name: tuple(tensor.shape) for name, tensor in to_gpt2(ours()).items()}
    assert shapes["h.0.attn.c_attn.weight"] == (128, 384)
    assert shapes["h.2.mlp.c_fc.weight"] == (128, 512)
    assert shapes["h.2.mlp.c_proj.weight"] == (512, 128)
    assert "lm_head.weight" not in shapes
    assert len(shapes) == 4 + 12 * 3 == len(gpt2_tensor_names(CONFIG))


def test_a_head_written_twice_and_old_masks_are_passed_over() -> None:
    tensors = to_gpt2(ours())
    tensors["lm_head.weight"] = tensors["wte.weight"].clone()
    tensors["h.0.attn.bias"] = torch.ones(1, 1, 10, 10)
    tensors["h.0.attn.masked_bias"] = torch.tensor(-1e4)
    model = from_gpt2({f"transformer.{name}": tensor for name, tensor in tensors.items()} | tensors)
    assert model.config.tied


def test_the_number_of_heads_is_not_in_the_file_and_may_be_given() -> None:
    assert read_config(to_gpt2(ours())).n_heads == 2
    assert read_config(to_gpt2(ours()), n_heads=4).n_heads == 4


def test_half_precision_is_read_as_float32() -> None:
    halves = {name: tensor.bfloat16() for name, tensor in to_gpt2(ours()).items()}
    assert from_gpt2(halves).tok_emb.weight.dtype == torch.float32


def test_a_wrong_shape_names_the_tensor_and_both_shapes() -> None:
    tensors = to_gpt2(ours())
    tensors["h.1.attn.c_attn.weight"] = tensors["h.1.attn.c_attn.weight"].T
    with pytest.raises(
        BadWeights,
        match=re.escape(
            "h.1.attn.c_attn.weight has shape (384, 128); the configuration needs (128, 384)"
        ),
    ):
        from_gpt2(tensors, CONFIG)


def test_a_tensor_missing_or_left_over_is_named() -> None:
    tensors = to_gpt2(ours())
    del tensors["h.2.ln_1.bias"]
    with pytest.raises(
        BadWeights,
        match=r"h\.2\.ln_1\.bias is missing \(1 in all\); the configuration has 3 blocks",
    ):
        from_gpt2(tensors)
    two_blocks = GPTConfig(**{**CONFIG.__dict__, "n_layers": 2})
    with pytest.raises(
        BadWeights, match=r"h\.2\.attn\.c_attn\.bias is no part of the configuration \(12 in all\)"
    ):
        from_gpt2(to_gpt2(ours()), two_blocks)
    with pytest.raises(BadWeights, match=r"wte\.weight is missing; a GPT-2 has it"):
        read_config({"model.embed_tokens.weight": torch.zeros(1)})


@pytest.mark.parametrize(
    ("name", "tensor", "message"),
    [
        (
            "wte.weight",
            torch.zeros(61),
            r"wte\.weight has shape \(61,\); it is a table, so it needs two dimensions",
        ),
        ("wpe.weight", torch.zeros(()), r"wpe\.weight has shape \(\); it is a table"),
        ("h.99999999.ln_1.bias", torch.zeros(128), r"h\.3 is missing, and h\.99999999 is there"),
        (
            "h.0.mlp.c_fc.bias",
            torch.zeros(7),
            r"h\.0\.mlp\.c_fc\.bias has shape \(7,\); .* needs \(512,\)",
        ),
    ],
)
def test_measures_that_cannot_be_read_from_the_tensors_are_named(
    name: str, tensor: Tensor, message: str
) -> None:
    with pytest.raises(BadWeights, match=message):
        from_gpt2(to_gpt2(ours()) | {name: tensor})


def test_a_file_that_was_cut_off_is_refused(tmp_path: Path) -> None:
    whole, cut = tmp_path / "whole.safetensors", tmp_path / "cut.safetensors"
    write_tensors(whole, to_gpt2(ours()))
    cut.write_bytes(whole.read_bytes()[:-100])
    with pytest.raises(BadWeights, match=r"cut\.safetensors is no whole safetensors file"):
        load_gpt2_weights(cut)
    save_file(load_file(whole), cut)
    assert load_gpt2_weights(cut).config == CONFIG
