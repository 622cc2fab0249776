"""How fast `scratch.tokenizer.bpe` encodes and learns, beside tiktoken and Hugging Face's
tokenizers, all on one thread.

Run it by hand, with further texts to read if you like (python tests/bench/bpe_speed.py NOVEL.txt),
or by `make bench`. cold: a fresh process that has met no text yet, its loading told apart; warm: the
same text again. hard: a megabyte of characters that rarely come so, cold and warm. All ids and
merges are compared, too. The peers take turns, so that a busy moment meets all of them; medians of
RUNS. Writes data/bench-bpe.toml, which the page journal/labs/bpe.qmd reads.
"""

import json
import os
import random
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

# before the peer is imported
os.environ |= {"RAYON_NUM_THREADS": "1", "TOKENIZERS_PARALLELISM": "false"}

from bpe_texts import texts
from report import head, rounds, write
from tokenizers import Tokenizer, models, pre_tokenizers, trainers

from scratch import load_gpt2
from scratch.tokenizer.bpe import BytePairEncoding
from scratch.tokenizer.bpe_batch import merge_all
from scratch.tokenizer.bpe_merge import merge
from scratch.tokenizer.bpe_train import train
from scratch.tokenizer.id_string import LETTERS, of_bytes, to_list
from scratch.tokenizer.pretokenize import at_every_space, count, cut

RUNS = 7
SIZES = (1000, 5000)
GPT2 = BytePairEncoding.gpt2()


def medians(**work: Callable[[], object]) -> dict[str, float]:
    """Seconds of each, the median of RUNS."""
    return {name: median(seconds) for name, seconds in rounds(RUNS, **work).items()}


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
    seconds["cold"] = median(cold(text)[1] for _ in range(RUNS))
    size = len(text.encode()) / 1e6
    speeds = {key: round(size / taken, 2) for key, taken in seconds.items()}
    ratios = {
        "warm_to_tiktoken": round(seconds["tiktoken"] / seconds["warm"], 2),
        "cold_to_tiktoken": round(seconds["tiktoken"] / seconds["cold"], 2),
        "warm_to_huggingface": round(seconds["huggingface"] / seconds["warm"], 2),
        "cold_to_huggingface": round(seconds["huggingface"] / seconds["cold"], 2),
    }
    distinct = len(set(cut(text)))
    return (
        {
            "text": name,
            "megabytes": round(size, 3),
            "chunks": distinct,
            "same_ids_as_huggingface": same,
        }
        | speeds
        | ratios
    )


def cold(text: str) -> tuple[float, float]:
    """Return the seconds of a fresh process to load GPT-2's encoding, and to encode a text."""
    command = [sys.executable, __file__, "--cold"]
    answer = subprocess.run(command, input=text.encode(), capture_output=True, check=True)
    load, encode = map(float, answer.stdout.split())
    return load, encode


def cold_here() -> None:
    """Be that process. numpy is there already, as it is in every process that uses torch."""
    text = sys.stdin.buffer.read().decode()
    start = time.perf_counter()
    encoding = BytePairEncoding.gpt2()
    loaded = time.perf_counter()
    encoding.encode_ordinary(text)
    print(loaded - start, time.perf_counter() - loaded)


def hard_texts(size: int = 1_000_000) -> dict[str, str]:
    """Return texts of a million characters that no writer writes."""
    draw = random.Random(0)
    signs = {
        "one letter": "a", "one mark": "^", "newlines": "\n", "spaces": " ", "tabs": "\t",
        "digits": "0123456789", "letters": "etaoinshrdlu", "emoji": "😀😂🙏😍🎉👍",
        "Chinese": [chr(code) for code in range(0x4E00, 0x4E00 + 3_000)],
        "long words": [*map(chr, range(0x621, 0x64A)), " "],
    }  # fmt: skip
    return {name: "".join(draw.choices(each, k=size)) for name, each in signs.items()}


def hard(name: str, text: str) -> dict[str, Any]:
    """Return the time of one hard text, in times of tiktoken's."""
    tiktoken = load_gpt2()
    assert GPT2.encode_ordinary(text) == tiktoken.encode_ordinary(text), f"other ids for {name}"
    fresh = iter([BytePairEncoding(GPT2.merges, GPT2.specials) for _ in range(RUNS)])
    seconds = medians(
        tiktoken=lambda: tiktoken.encode_ordinary(text),
        cold=lambda: next(fresh).encode_ordinary(text),
        warm=lambda: GPT2.encode_ordinary(text),
    )
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
    """Milliseconds of each stage of encoding: what is left to be made faster."""
    pieces = at_every_space(text)
    assert pieces is not None, "this text is cut at safe spaces only"
    middle = pieces[1]
    known = {piece: "".join(map(chr, GPT2.encode_ordinary(" " + piece))) for piece in set(middle)}
    found = list(map(known.__getitem__, middle))
    ids = "".join(found)
    joined = "".join(f" {piece} \0" for piece in known)
    chunks = [chunk.encode() for chunk in set(cut(text))]
    rest = [chunk for chunk in chunks if chunk not in GPT2._ids]
    seconds = medians(
        warm_cut=lambda: text.split(" "),
        warm_look_up=lambda: list(map(known.__getitem__, middle)),
        warm_join=lambda: "".join(found),
        warm_numbers=lambda: to_list(ids),
        cold_cut=lambda: cut(joined),
        cold_merge=lambda: merge_all(rest, GPT2._pairs, GPT2._ranks),
        cold_merge_one_by_one=lambda: [merge(of_bytes(chunk), GPT2._ranks) for chunk in rest],
        train_count=lambda: count([text]),
    )
    return {name: round(1000 * taken, 2) for name, taken in seconds.items()}


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
    stages = profile(given["mill"])
    print("profile of mill, ms", json.dumps(stages))
    says = "Written by tests/bench/bpe_speed.py; read by journal/labs/bpe.qmd."
    tables = {"encode": coded, "hard": hardest, "train": learned, "profile": [stages]}
    write("bench-bpe.toml", says, started, tables)


if __name__ == "__main__":
    cold_here() if sys.argv[1:] == ["--cold"] else main()
