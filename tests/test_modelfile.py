"""A model's file holds the model and its encoding, rounded to 16 bits and otherwise whole; what is
damaged is told.
"""

import gzip
import hashlib
import json
import struct

import pytest
import torch

from exhibits.writer import model_file
from exhibits.writer.model_file import MAGIC, DamagedModel, pack_model, unpack_model
from exhibits.writer.portable_random import continue_prompt, draw, numbers
from scratch.model.config import GPTConfig
from scratch.model.generate import Sampling, generate
from scratch.model.gpt import GPTModel
from scratch.tokenizer.bpe import BytePairEncoding
from scratch.tokenizer.bpe_train import train

TEXT = "low lower lowest, slow slower slowest; the lower the slower, the newer the wider. " * 3


def encoding_of(entries: int, specials: tuple[str, ...] = ()) -> BytePairEncoding:
    return train(TEXT, entries, specials=specials)


def model_of(entries: int, seed: int = 0, **changes) -> GPTModel:
    measures = {"context_length": 16, "emb_dim": 8, "n_heads": 2, "n_layers": 2} | changes
    return GPTModel(GPTConfig(entries, **measures), torch.Generator().manual_seed(seed))


def parts(packed: bytes) -> tuple[dict, bytes]:
    """Head and body, as the header of exhibits.writer.model_file lays them out."""
    whole = gzip.decompress(packed)
    (length,) = struct.unpack_from("<I", whole, len(MAGIC))
    start = len(MAGIC) + 4
    return json.loads(whole[start : start + length]), whole[start + length :]


def file_of(head: dict, body: bytes) -> bytes:
    said = json.dumps(head).encode()
    return gzip.compress(MAGIC + struct.pack("<I", len(said)) + said + body)


SHAPES = [
    {},
    {"tied": False},
    {"qkv_bias": False},
    {"n_heads": 1},
    {"tied": False, "qkv_bias": False, "n_layers": 1},
]


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_what_is_read_is_what_was_written_each_number_rounded_to_16_bits(shape: dict):
    model, encoding = model_of(270, drop_rate=0.1, **shape), encoding_of(270, ("<end>",))
    read, its = unpack_model(pack_model(model, encoding))
    assert read.config == GPTConfig(**{**vars(model.config), "drop_rate": 0.0})
    assert (its.merges, its.specials, its.tokens) == (
        encoding.merges,
        encoding.specials,
        encoding.tokens,
    )
    own = dict(read.named_parameters())
    assert list(own) == [name for name, _ in model.named_parameters()]
    for name, parameter in model.named_parameters():
        assert torch.equal(own[name], parameter.half().float()), name
    assert (read.out_head is read.tok_emb) is model.config.tied
    assert not read.training


def test_the_same_model_makes_the_same_bytes_and_another_one_other_bytes():
    encoding = encoding_of(270)
    packed = pack_model(model_of(270), encoding)
    assert packed == pack_model(model_of(270), encoding)
    assert packed != pack_model(model_of(270, seed=1), encoding)
    assert packed[4:8] == bytes(4)  # gzip's field for the time


def test_the_hash_in_the_head_is_that_of_what_follows_it():
    head, body = parts(pack_model(model_of(270), encoding_of(270)))
    assert head["sha256"] == hashlib.sha256(body).hexdigest()
    assert head["version"] == 1
    numbers_of_model = sum(model_of(270).config.parameters().values())
    assert len(body) == head["merges"] + 2 * numbers_of_model


def test_a_model_and_an_encoding_that_do_not_go_together_are_refused():
    with pytest.raises(ValueError, match="the model has 300 entries, the encoding 270"):
        pack_model(model_of(300), encoding_of(270))
    with pytest.raises(ValueError, match=r"can only cut by GPT-2's pattern"):
        pack_model(model_of(256), BytePairEncoding([], pattern=r"\s|\S+"))
    merges = [chr(0) + chr(0), *(chr(255 + place) + chr(0) for place in range(1, 65_400))]
    with pytest.raises(
        ValueError, match=r"the model has 65,656 entries; the file holds 65,536 at most"
    ):
        pack_model(model_of(65_656, emb_dim=2, n_layers=1), BytePairEncoding(merges))


def test_a_file_that_is_too_heavy_is_refused_with_its_size_and_the_limit(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr(model_file, "HEAVIEST", 5_000)
    with pytest.raises(
        ValueError, match=r"would have [\d,]+ bytes; the limit is 5,000: show a smaller model"
    ):
        pack_model(model_of(270), encoding_of(270))


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 70_000.0])
def test_a_number_that_16_bits_cannot_hold_is_refused_by_the_name_of_its_tensor(value: float):
    model = model_of(270)
    with torch.no_grad():
        model.trf_blocks[1].ff.expand.weight[0, 0] = value
    with pytest.raises(ValueError, match=r"trf_blocks\.1\.ff\.expand\.weight has a number of"):
        pack_model(model, encoding_of(270))


def test_damage_is_told_and_says_what_to_do():
    packed = pack_model(model_of(270), encoding_of(270))
    head, body = parts(packed)
    cases = {
        "cannot be unpacked": [b"no gzip", packed[:-20], packed[:200]],
        "give one that `pack_model` wrote": [
            b"",
            gzip.compress(b""),
            gzip.compress(b"another file, of some length"),
        ],
        "head cannot be read": [gzip.compress(MAGIC + struct.pack("<I", 9) + b"{" * 9)],
        "has version 2, this journal reads 1": [file_of({**head, "version": 2}, body)],
        "SHA-256 is another": [
            file_of(head, body[:-1] + bytes([body[-1] ^ 1])),
            file_of(head, body[:-2]),
        ],
        "tensors are not those of its configuration": [
            file_of({**head, "tensors": head["tensors"][:-1]}, body)
        ],
        "head does not fit": [file_of({**head, "config": {}, "merges": "x"}, body)],
    }
    for said, files in cases.items():
        for data in files:
            with pytest.raises(DamagedModel, match=said):
                unpack_model(data)


# -- Draws


def test_the_first_random_number_by_hand():
    """Seed 0: the counter is 0x9E3779B9. Mixed: ^= >> 16 gives 0x9E37E78E; times 0x21F0AAAD mod
    2^32 is 0x6EABC6F6; ^= >> 15 gives 0x6EAB1BA1; times 0x735A2D97 is 0x646298F7; ^= >> 15 gives
    0x64625032.
    """
    assert next(numbers(0)) == 0x64625032 / 2**32


def test_random_numbers_spread_evenly_and_differ_by_seed():
    """10,000 numbers in 10 bins: chi-square with 9 degrees of freedom is below 27.9 in 999 of 1,000
    cases.
    """
    for seed in (0, 1, 2**32 - 1):
        drawn = numbers(seed)
        bins = [0] * 10
        for _ in range(10_000):
            bins[int(10 * next(drawn))] += 1
        assert sum((count - 1_000) ** 2 / 1_000 for count in bins) < 27.9, (seed, bins)
    assert next(numbers(1)) != next(numbers(2))


def test_a_number_falls_to_the_entry_whose_shares_it_does_not_exceed():
    """Shares 1/4, 0, 1/2, 1/4: up to 0.25 the first, up to 0.75 the third, then the last; never one
    without a share.
    """
    parts = torch.tensor([0.25, 0.0, 0.5, 0.25])
    assert [draw(parts, number) for number in (0.0, 0.2499, 0.25, 0.7499, 0.75, 0.9999)] == [
        0,
        0,
        2,
        2,
        3,
        3,
    ]
    # rounding leaves a gap at the end
    assert draw(torch.tensor([0.5, 0.4999999, 0.0]), 0.99999999) == 1


def test_the_best_token_each_time_is_what_generate_writes_beyond_the_end_of_the_context_too():
    """In 64 bits, where two ways of adding up differ by less than two entries do."""
    model = model_of(300).double()
    prompt = [5, 6, 7]
    found = continue_prompt(model, prompt, 20)
    assert [id for id, _ in found] == generate(model, [prompt], 20)[0]
    first = model(torch.tensor([prompt]))[0, -1].detach().softmax(dim=-1)
    assert found[0][1] == pytest.approx(float(first.max()))


def test_a_seed_writes_the_same_again_and_another_seed_another_text():
    model, sampling = model_of(300), Sampling(1.0, top_k=50)
    one = continue_prompt(model, [5], 12, sampling, seed=3)
    assert one == continue_prompt(model, [5], 12, sampling, seed=3)
    assert one != continue_prompt(model, [5], 12, sampling, seed=4)


def test_an_empty_prompt_is_refused():
    with pytest.raises(ValueError, match="writes on after 1 token or more"):
        continue_prompt(model_of(300), [], 3)
