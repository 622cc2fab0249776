"""How fast `scratch.tokenizer.bpe` encodes and learns, beside tiktoken and Hugging Face's
tokenizers, all on one thread.

Run it by hand, with further texts to read if you like (python tests/bench/bpe_speed.py NOVEL.txt),
or by `make bench`. cold: a fresh process that has met no text yet and makes its tables, its loading
told apart; warm: the same text again. hard: texts of characters that rarely come so, cold and warm.
All ids and merges are compared, too. Times are the processor's, so that other work counts little;
the peers take turns. Medians of RUNS. Writes data/bench-bpe.toml, which the page
journal/labs/bpe.qmd reads.
"""

import json
import os
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from typing import Any
from unittest.mock import patch

# before the peer is imported
os.environ |= {"RAYON_NUM_THREADS": "1", "TOKENIZERS_PARALLELISM": "false"}

from bpe_texts import hard_texts, texts
from report import head, rounds, write
from tokenizers import Tokenizer, models, pre_tokenizers, trainers

from scratch import load_gpt2
from scratch.tokenizer import array_encoder, chunk_cache
from scratch.tokenizer.bpe import LONG, BytePairEncoding
from scratch.tokenizer.bpe_train import train
from scratch.tokenizer.id_string import LETTERS, of_bytes
from scratch.tokenizer.pretokenize import cut

RUNS = 7
SIZES = (1000, 5000)
GPT2 = BytePairEncoding.gpt2()


def medians(**work: Callable[[], object]) -> dict[str, float]:
    """Seconds of each, the median of RUNS."""
    taken = rounds(RUNS, time.process_time, **work)
    return {name: median(seconds) for name, seconds in taken.items()}


def letters(tokens: list[bytes] | tuple[bytes, ...]) -> list[str]:
    """Tokens as the peer writes them."""
    return ["".join(LETTERS[ord(id)] for id in of_bytes(token)) for token in tokens]


def peer_gpt2() -> Tokenizer:
    """Hugging Face's tokenizer with GPT-2's merges."""
    written = letters(GPT2.tokens[:-1])
    merges = [(written[ord(pair[0])], written[ord(pair[1])]) for pair in GPT2.merges]
    peer = Tokenizer(models.BPE({token: id for id, token in enumerate(written)}, merges))
    peer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    return peer


def peer_train(text: str, size: int) -> Tokenizer:
    peer = Tokenizer(models.BPE())
    peer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(vocab_size=size, initial_alphabet=alphabet, show_progress=False)
    peer.train_from_iterator([text], trainer)
    return peer


def encoding(name: str, text: str, peer: Tokenizer) -> dict[str, Any]:
    """MB/s of everyone on one text."""
    tiktoken = load_gpt2()
    expected = tiktoken.encode_ordinary(text)
    assert GPT2.encode_ordinary(text) == expected, f"the ids of {name} differ from tiktoken's"
    same = peer.encode(text).ids == expected  # it knows the letters of another version of Unicode
    seconds = medians(
        tiktoken=lambda: tiktoken.encode_ordinary(text),
        warm=lambda: GPT2.encode_ordinary(text),
        huggingface=lambda: peer.encode(text).ids,
    )
    seconds["cold"] = median(cold(text)["cold"] for _ in range(RUNS))
    size = len(text.encode()) / 1e6
    speeds = {key: round(size / taken, 2) for key, taken in seconds.items()}
    ratios = {
        "warm_to_tiktoken": round(seconds["tiktoken"] / seconds["warm"], 2),
        "cold_to_tiktoken": round(seconds["tiktoken"] / seconds["cold"], 2),
        "warm_to_huggingface": round(seconds["huggingface"] / seconds["warm"], 2),
        "cold_to_huggingface": round(seconds["huggingface"] / seconds["cold"], 2),
    }
    about = {
        "text": name,
        "megabytes": round(size, 3),
        "chunks": len(set(cut(text))),
        "tokens": len(expected),
        "same_ids_as_huggingface": same,
    }
    return about | speeds | ratios


def cold(text: str) -> dict[str, float]:
    """Return the seconds of a fresh process: to load, to encode, again, and of tiktoken."""
    command = [sys.executable, __file__, "--cold"]
    answer = subprocess.run(command, input=text.encode(), capture_output=True, check=True)
    measured: dict[str, float] = json.loads(answer.stdout)
    return measured


def cold_here() -> None:
    """Be that process. numpy is there already, as it is in every process that uses torch."""
    text = sys.stdin.buffer.read().decode()
    tiktoken = load_gpt2()
    start = time.process_time()
    encoding = BytePairEncoding.gpt2()
    taken = {"load": time.process_time() - start}
    ids = []
    steps = {
        "cold": encoding.encode_ordinary,
        "warm": encoding.encode_ordinary,
        "tiktoken": tiktoken.encode_ordinary,
    }
    for name, encode in steps.items():
        start = time.process_time()
        ids.append(encode(text))
        taken[name] = time.process_time() - start
    assert ids[0] == ids[1] == ids[2], "the ids differ from tiktoken's"
    print(json.dumps(taken))


def hard(name: str, text: str) -> dict[str, Any]:
    """Return the time of one hard text, in times of tiktoken's, each in a fresh process."""
    runs = [cold(text) for _ in range(RUNS)]
    seconds = {key: median(run[key] for run in runs) for key in runs[0]}
    return {
        "text": name,
        "tiktoken_ms": round(1000 * seconds["tiktoken"], 1),
        "cold_times": round(seconds["cold"] / seconds["tiktoken"], 2),
        "warm_times": round(seconds["warm"] / seconds["tiktoken"], 2),
    }


def training(name: str, text: str, size: int) -> dict[str, Any]:
    """Seconds to learn an encoding of this size, and the largest memory of ours."""
    own, peer = train(text, size), peer_train(text, size)
    merges = [tuple(pair) for pair in json.loads(peer.to_str())["model"]["merges"]]
    written = letters(own.tokens)
    assert [(written[ord(pair[0])], written[ord(pair[1])]) for pair in own.merges] == merges, (
        f"the merges of {name} differ"
    )
    seconds = medians(own=lambda: train(text, size), huggingface=lambda: peer_train(text, size))
    tracemalloc.start()
    train(text, size)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return {
        "text": name,
        "entries": size,
        "own_seconds": round(seconds["own"], 3),
        "huggingface_seconds": round(seconds["huggingface"], 3),
        "own_to_huggingface": round(seconds["own"] / seconds["huggingface"], 2),
        "own_peak_mb": round(peak / 1e6, 1),
    }


def profile(text: str) -> dict[str, float]:
    """Milliseconds of each stage of encoding a text that was never met, the tables made.

    list: making Python's integers; rest: making bytes of the text, and placing the ids
    """
    stages: list[tuple[str, Any, str]] = [
        ("cut", array_encoder, "begins"),
        ("keys", array_encoder, "keys"),
        ("find", chunk_cache.ChunkIds, "find"),
        ("distinct", array_encoder, "_distinct"),
        ("merge", array_encoder, "merge_chunks"),
    ]
    runs = []
    for _ in range(RUNS):
        fresh = BytePairEncoding(GPT2.merges, GPT2.specials)
        fresh.encode_ordinary("any " * LONG)  # makes the tables
        taken = dict.fromkeys([name for name, _, _ in stages], 0.0)
        with ExitStack() as stack:
            for name, owner, function in stages:
                timed = _timed(getattr(owner, function), name, taken)
                stack.enter_context(patch.object(owner, function, timed))
            start = time.process_time()
            ids = fresh.encode_array(text)
            whole = time.process_time() - start
            start = time.process_time()
            ids.tolist()
            taken |= {"rest": whole - sum(taken.values()), "list": time.process_time() - start}
        start = time.process_time()
        load_gpt2().encode_ordinary(text)
        runs.append(taken | {"tiktoken": time.process_time() - start})
    return {name: round(1000 * median(run[name] for run in runs), 2) for name in runs[0]}


def _timed(work: Callable[..., Any], name: str, taken: dict[str, float]) -> Callable[..., Any]:
    def run(*arguments: Any) -> Any:
        start = time.process_time()
        result = work(*arguments)
        taken[name] += time.process_time() - start
        return result

    return run


def main() -> None:
    started = head(RUNS)
    given = texts() | {
        Path(name).stem: Path(name).read_text(encoding="utf-8") for name in sys.argv[1:]
    }
    peer = peer_gpt2()
    coded, learned, hardest = [], [], []
    for name, text in given.items():
        coded.append(encoding(name, text, peer))
        print("encode", json.dumps(coded[-1]), flush=True)
    for name, text in hard_texts().items():
        hardest.append(hard(name, text))
        print("hard", json.dumps(hardest[-1]), flush=True)
    for name, text in given.items():
        for size in SIZES:
            learned.append(training(name, text, size))
            print("train", json.dumps(learned[-1]), flush=True)
    stages = profile(given["docstrings"])
    print("profile of docstrings, ms", json.dumps(stages))
    says = "Written by tests/bench/bpe_speed.py; read by journal/labs/bpe.qmd."
    tables = {"encode": coded, "hard": hardest, "train": learned, "profile": [stages]}
    write("bench-bpe.toml", says, started, tables)


if __name__ == "__main__":
    cold_here() if sys.argv[1:] == ["--cold"] else main()
