"""How fast the pretrained model loads, reads and writes beside transformers' of the same file, and
how much memory each takes. By hand or `make bench`.

Both answer one question with greedy tokens and a KV cache, on 1 and 2 threads; they take turns, and
the ids are compared. Prompt: seconds to the first token. Tokens a second: of the others. Medians of
RUNS. Peak memory and the time of loading are those of a process of its own, which loads and writes
LENGTH tokens on 1 thread. Writes data/bench-pretrained.toml.
"""

import functools
import json
import os
import resource
import subprocess
import sys
import time
from statistics import median
from typing import Any

os.environ["HF_HUB_OFFLINE"] = "1"  # before transformers is imported

import torch
from report import head, rounds, write

from scratch.model.generate import generate
from scratch.model.smollm import FILE, load_smollm, load_smollm_tokenizer
from scratch.tokenizer.chat_template import encode_chat

RUNS = 5
LENGTH = 64  # tokens that are written
QUESTION = "Explain in a few sentences why the sky is blue during the day and red at sunset."


def load_theirs() -> Any:
    from transformers import AutoModelForCausalLM
    from transformers.utils import logging

    logging.disable_progress_bar()
    path = FILE.path()
    model = AutoModelForCausalLM.from_pretrained(path.parent, gguf_file=path.name).eval()
    model.generation_config.eos_token_id = None  # so that none ends an answer
    return model


def write_theirs(model: Any, prompt: list[int], length: int) -> list[int]:
    written = model.generate(
        torch.tensor([prompt]),
        attention_mask=torch.ones(1, len(prompt), dtype=torch.int64),
        max_new_tokens=length,
        do_sample=False,
        pad_token_id=0,
    )
    return written[0, len(prompt) :].tolist()  # type: ignore[no-any-return]


def write_ours(model: Any, prompt: list[int], length: int) -> list[int]:
    return generate(model, [prompt], length)[0]


WAYS = {"ours": (load_smollm, write_ours), "transformers": (load_theirs, write_theirs)}


def question() -> list[int]:
    return encode_chat(load_smollm_tokenizer(), [{"role": "user", "content": QUESTION}])


def measure_speed(models: dict[str, Any], threads: int) -> dict[str, Any]:
    torch.set_num_threads(threads)
    prompt = question()
    work, ids = {}, []
    for name, (_, write_on) in WAYS.items():
        for length in (1, LENGTH):
            work[f"{name} {length}"] = functools.partial(write_on, models[name], prompt, length)
        ids.append(work[f"{name} {LENGTH}"]())
    taken = rounds(RUNS, **work)
    row: dict[str, Any] = {"threads": threads, "same_ids": ids[0] == ids[1]}
    speeds = {}
    for name in WAYS:
        first, all_of_them = taken[f"{name} 1"], taken[f"{name} {LENGTH}"]
        pairs = zip(all_of_them, first, strict=True)
        speeds[name] = [(LENGTH - 1) / (whole - one) for whole, one in pairs]
        row[f"{name}_prompt_seconds"] = round(median(first), 3)
        row[f"{name}_tokens_a_second"] = round(median(speeds[name]), 1)
    ratios = [a / b for a, b in zip(speeds["ours"], speeds["transformers"], strict=True)]
    return row | {"prompt_tokens": len(prompt), "speed_up": round(median(ratios), 2)}


def measure_memory(name: str) -> dict[str, Any]:
    """In this process: load, and write LENGTH tokens."""
    torch.set_num_threads(1)
    prompt, (load, write_on) = question(), WAYS[name]
    start, worked = time.perf_counter(), time.process_time()
    model = load()
    row = {
        "way": name,
        "load_seconds": round(time.perf_counter() - start, 2),
        "load_core_seconds": round(time.process_time() - worked, 2),
    }
    write_on(model, prompt, LENGTH)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return row | {"peak_mb": round(peak / (1_000_000 if sys.platform == "darwin" else 1_000))}


def main() -> None:
    if len(sys.argv) > 1:
        print(json.dumps(measure_memory(sys.argv[1])))
        return
    started = head(RUNS) | {"torch": torch.__version__, "tokens": LENGTH}
    memory = []
    for name in WAYS:
        command = [sys.executable, __file__, name]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        memory.append(json.loads(done.stdout.splitlines()[-1]))
        print("memory", json.dumps(memory[-1]), flush=True)
    models = {name: load() for name, (load, _) in WAYS.items()}
    speed = []
    for threads in (1, 2):
        speed.append(measure_speed(models, threads))
        print("speed", json.dumps(speed[-1]), flush=True)
    write(
        "bench-pretrained.toml",
        "Written by tests/bench/pretrained_speed.py.",
        started,
        {"memory": memory, "speed": speed},
    )


if __name__ == "__main__":
    main()
