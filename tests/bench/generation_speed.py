"""How much faster a model writes with stored keys and values, by the length of what it writes. By
hand or `make bench`.

The small model (4 blocks, 128 wide) with random weights and a context of 512, a prompt of PROMPT
tokens. All ids are compared: greedy ones, drawn ones, and those of several rows. Both ways take
turns; medians of RUNS. Writes data/bench-generation.toml.
"""

import functools
import json
from statistics import median
from typing import Any

import torch
from report import head, rounds, write

from scratch.model.config import GPTConfig
from scratch.model.generate import GREEDY, Sampling, generate
from scratch.model.gpt import GPTModel

RUNS = 5
PROMPT = 8
LENGTHS = (16, 64, 256, 504)  # tokens that are written; the last fills the context
MODEL = GPTConfig.preset("small", vocab_size=4_096, context_length=512)


def lively() -> GPTModel:
    """A model that does not say one thing for ever: weights five times as large as the first ones."""
    model = GPTModel(MODEL, torch.Generator().manual_seed(0)).eval()
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.dim() > 1:
                parameter.mul_(5)
    return model


def measure(model: GPTModel, length: int) -> dict[str, Any]:
    """Tokens a second with and without, after all ids were found to be the same."""
    draw = torch.Generator().manual_seed(1)
    prompts = torch.randint(MODEL.vocab_size, (2, PROMPT), generator=draw).tolist()
    for sampling in (GREEDY, Sampling(1.0, top_k=50)):
        found = [
            generate(
                model, prompts, length, sampling, torch.Generator().manual_seed(2), use_cache=store
            )
            for store in (True, False)
        ]
        assert found[0] == found[1], f"{length} tokens by {sampling} differ"
        assert len(set(found[0][0])) > length // 4, (
            "the model repeats itself, so the ids prove little"
        )
    write_on = functools.partial(generate, model, prompts[:1], length)
    taken = rounds(
        RUNS,
        stored=functools.partial(write_on, use_cache=True),
        plain=functools.partial(write_on, use_cache=False),
    )
    ratios = [plain / stored for plain, stored in zip(taken["plain"], taken["stored"], strict=True)]
    return {
        "length": length,
        "same_ids": True,
        "stored_tokens": round(length / median(taken["stored"])),
        "plain_tokens": round(length / median(taken["plain"])),
        "speed_up": round(median(ratios), 2),
    }


def main() -> None:
    started = head(RUNS) | {"torch": torch.__version__, "threads": torch.get_num_threads()}
    model = lively()
    rows = []
    for length in LENGTHS:
        rows.append(measure(model, length))
        print("generate", json.dumps(rows[-1]), flush=True)
    write(
        "bench-generation.toml",
        "Written by tests/bench/generation_speed.py.",
        started,
        {"length": rows},
    )


if __name__ == "__main__":
    main()
