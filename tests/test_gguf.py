"""GGUF files: read as the library `gguf` reads them, unpacked as it unpacks them, and refused when
damaged.
"""

import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import smollm
from hypothesis import given
from hypothesis import strategies as st

from scratch.model.gguf_file import BadGGUF, GGUFFile, StoredTensor, read_gguf
from scratch.model.llama import LlamaConfig
from scratch.model.llama_file import from_gguf, gguf_tensor_names, load_llama
from scratch.model.quantized import FORMATS, unpack_q4_1, unpack_q8_0

WHY = "the library gguf, which is asked for the same, is not installed"
SMALL = LlamaConfig(64, 8, emb_dim=64, n_heads=2, n_kv_heads=1, n_layers=2, hidden_dim=96)


def write_small(path: Path, **changes: Any) -> dict[str, np.ndarray]:
    """Write a Llama of random blocks by the library; return its tensors as the library unpacks
    them.
    """
    gguf = pytest.importorskip("gguf", reason=WHY)
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_vocab_size(SMALL.vocab_size)
    writer.add_context_length(SMALL.context_length)
    writer.add_embedding_length(SMALL.emb_dim)
    writer.add_head_count(SMALL.n_heads)
    writer.add_head_count_kv(SMALL.n_kv_heads)
    writer.add_block_count(SMALL.n_layers)
    writer.add_feed_forward_length(SMALL.hidden_dim)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_array("tokenizer.ggml.tokens", ["a", "é", "日本"])
    draw, unpacked = np.random.default_rng(0), {}
    shapes = {"attn_k": (32, 64), "attn_v": (32, 64), "ffn_gate": (96, 64), "ffn_up": (96, 64)}
    shapes |= {"ffn_down": (64, 96), "token_embd": (64, 64)}
    for name in [part for parts in gguf_tensor_names(SMALL).values() for part in parts]:
        short = name.removesuffix(".weight").split(".")[-1]
        weights = draw.normal(size=shapes.get(short, (64, 64))).astype(np.float32)
        kind = gguf.GGMLQuantizationType.Q8_0
        if short == "ffn_up":
            kind = gguf.GGMLQuantizationType.Q4_1
        if short.endswith("norm"):
            weights, kind = weights[0], gguf.GGMLQuantizationType.F32
        weights = changes.get(name, weights)
        packed = gguf.quants.quantize(weights, kind)
        writer.add_tensor(name, packed, raw_dtype=kind)
        unpacked[name] = gguf.quants.dequantize(packed, kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return unpacked


@pytest.fixture
def small(tmp_path: Path) -> Path:
    write_small(tmp_path / "small.gguf")
    return tmp_path / "small.gguf"


@pytest.mark.parametrize(("number", "size"), [(3, 20), (8, 34)])
@given(data=st.data())
def test_random_blocks_are_unpacked_as_the_library_does(
    number: int, size: int, data: st.DataObject
) -> None:
    """Any bytes are a block; scales of all kinds come up, infinities and NaN among them."""
    gguf = pytest.importorskip("gguf", reason=WHY)
    blocks = np.frombuffer(data.draw(st.binary(min_size=size, max_size=size)) * 2, np.uint8)
    with np.errstate(all="ignore"):
        ours = FORMATS[number].unpack(blocks)
        theirs = gguf.quants.dequantize(blocks, gguf.GGMLQuantizationType(number))
    assert np.array_equal(ours, theirs, equal_nan=True)


def test_a_block_of_eight_bits_by_hand() -> None:
    """Scale 0.25; numbers -128, 0 and 127 are -32, 0 and 31.75."""
    numbers = np.zeros(32, np.int8)
    numbers[:3] = [-128, 0, 127]
    block = np.concatenate([np.array([0.25], "<f2").view(np.uint8), numbers.view(np.uint8)])
    assert unpack_q8_0(block)[:4].tolist() == [-32.0, 0.0, 31.75, 0.0]


def test_a_block_of_four_bits_by_hand() -> None:
    """Scale 0.5, least -3; byte 0xF2 at the front holds 2 for weight 0 and 15 for weight 16."""
    packed = np.zeros(16, np.uint8)
    packed[0] = 0xF2
    block = np.concatenate([np.array([0.5, -3.0], "<f2").view(np.uint8), packed])
    assert unpack_q4_1(block)[[0, 1, 16, 17]].tolist() == [-2.0, -3.0, 4.5, -3.0]


def test_a_file_of_the_library_is_read_as_it_was_written(tmp_path: Path) -> None:
    written = write_small(tmp_path / "small.gguf")
    file = read_gguf(tmp_path / "small.gguf")
    assert file.metadata["tokenizer.ggml.tokens"] == ["a", "é", "日本"]
    assert file.metadata["general.architecture"] == "llama"
    assert list(file.tensors) == list(written)
    for name, tensor in file.tensors.items():
        assert np.array_equal(tensor.unpack(), written[name])
    state = load_llama(tmp_path / "small.gguf").state_dict()
    for ours, parts in gguf_tensor_names(SMALL).items():
        assert np.array_equal(state[ours].numpy(), np.concatenate([written[p] for p in parts]))


def test_a_file_that_is_cut_short_anywhere_is_refused_in_one_line(small: Path) -> None:
    whole = small.read_bytes()
    for size in [*range(0, 3_000, 97), len(whole) - 1]:
        small.write_bytes(whole[:size])
        with pytest.raises(BadGGUF) as caught:
            read_gguf(small)
        assert str(small) in str(caught.value) and "\n" not in str(caught.value)


def test_what_is_no_gguf_file_of_this_version_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "model.gguf"
    path.write_text("a model, they said", encoding="utf-8")
    with pytest.raises(BadGGUF, match="does not begin with GGUF"):
        read_gguf(path)
    path.write_bytes(b"GGUF" + struct.pack("<IQQ", 2, 0, 0))
    with pytest.raises(BadGGUF, match="its version is 2; give a file of version 3"):
        read_gguf(path)


def test_a_format_that_is_not_unpacked_here_is_named(small: Path) -> None:
    """The tensor's number of a format is made 14, which is Q6_K."""
    whole, name = small.read_bytes(), b"blk.1.ffn_up.weight"
    at = whole.index(name) + len(name) + 4 + 2 * 8
    small.write_bytes(whole[:at] + struct.pack("<I", 14) + whole[at + 4 :])
    with pytest.raises(BadGGUF, match=r"blk.1.ffn_up.weight is stored in format 14"):
        read_gguf(small)


def without(file: GGUFFile, name: str) -> GGUFFile:
    return GGUFFile(file.metadata, {key: t for key, t in file.tensors.items() if key != name})


def test_tensors_that_do_not_make_up_a_llama_are_named(small: Path) -> None:
    file = read_gguf(small)
    with pytest.raises(BadGGUF, match=r"blk.0.attn_q.weight is missing \(1 such"):
        from_gguf(without(file, "blk.0.attn_q.weight"))
    file.tensors["rope_freqs.weight"] = file.tensors["output_norm.weight"]
    with pytest.raises(BadGGUF, match=r"rope_freqs.weight is no part of this architecture"):
        from_gguf(file)
    del file.metadata["llama.block_count"]
    with pytest.raises(BadGGUF, match=r"does not say 'llama.block_count'"):
        from_gguf(file)


def test_a_tensor_of_another_shape_is_named(small: Path) -> None:
    file = read_gguf(small)
    norm = file.tensors["output_norm.weight"]
    file.tensors["output_norm.weight"] = StoredTensor(
        norm.name, (32,), norm.format, norm.data[:128]
    )
    with pytest.raises(BadGGUF, match=r"output_norm.weight have shape \(32,\).* need \(64,\)"):
        from_gguf(file)


# -- the pretrained file


def test_the_pretrained_file_is_the_one_that_is_known() -> None:
    """Golden: 134,515,008 parameters, 30 layers, 9 heads with 3 of keys and values (model card)."""
    file = smollm.file()
    config = LlamaConfig.from_metadata(file.metadata)
    assert sum(config.parameters().values()) == 134_515_008
    assert (config.n_layers, config.n_heads, config.n_kv_heads, config.vocab_size) == (
        30,
        9,
        3,
        49_152,
    )


def test_its_tensors_are_unpacked_as_the_library_does() -> None:
    """One of each format: the table of token vectors, a matrix of four bits, a norm."""
    gguf = pytest.importorskip("gguf", reason=WHY)
    tensors = smollm.file().tensors
    for name in ("token_embd.weight", "blk.29.ffn_down.weight", "blk.0.attn_norm.weight"):
        stored = tensors[name]
        kind = gguf.GGMLQuantizationType[stored.format.name]
        rows = stored.data.reshape(stored.shape[0], -1) if len(stored.shape) > 1 else stored.data
        expected = gguf.quants.dequantize(rows if kind else rows.view(np.float32), kind)
        assert np.array_equal(stored.unpack(), expected)
