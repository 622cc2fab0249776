"""How long a small GPT takes to a held-out loss, with each change of `scratch.training.speedrun`.

Every runner runs SEEDS times, one thread each; the runners of a seed take turns, so that a busy
moment meets all of them, and as many seeds run at once as the machine has cores. Times are of the thread's own processor time, so that what else runs on
the machine counts less (it still shares caches and memory); `load` says how busy it was. Writes
data/speedrun.toml, which the page journal/labs/speedrun.qmd reads: all curves, with the hash of the
text. Run it by hand, or by `make bench`.
"""

import hashlib
import os
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from typing import Any

import torch
from report import head, write

from scratch import load_text
from scratch.text.paragraphs import hold_out, paragraphs
from scratch.tokenizer.bpe_train import train
from scratch.training.dataset import GPTDataset
from scratch.training.speedrun import BASELINE, CHANGES, ENTRIES, RATE, SIZES, race

SEEDS = 5
STEPS = 400
TEXT = "the-index-of-small-lights"


def texts() -> tuple[str, str, str]:
    """The text, the part to learn from, and the held-out part."""
    content = load_text(TEXT).content
    return content, *hold_out(paragraphs(content))


def windows() -> tuple[GPTDataset, GPTDataset]:
    """The windows of both parts."""
    _, learned, held_out = texts()
    encoding, T = train(learned, ENTRIES), SIZES.context_length
    return (
        GPTDataset.of(encoding.encode_ordinary(learned), T, T),
        GPTDataset.of(encoding.encode_ordinary(held_out), T, T),
    )


def of_a_seed(seed: int) -> list[dict[str, Any]]:
    """The curves of all runners."""
    torch.set_num_threads(1)
    learned, held_out = windows()
    race(CHANGES[BASELINE], learned, held_out, 5, 0)  # what happens at first and never again
    return [*curves(seed, learned, held_out)]


def curves(seed: int, learned: GPTDataset, held_out: GPTDataset) -> Iterator[dict[str, Any]]:
    """The curve of one runner after another."""
    for name, change in CHANGES.items():
        points = race(change, learned, held_out, STEPS, seed)
        steps, seconds, losses = zip(*points, strict=True)
        print(f"seed {seed}, {name}: {losses[-1]:.3f} after {seconds[-1]:.1f} s", flush=True)
        yield {
            "change": name,
            "seed": seed,
            "load": round(os.getloadavg()[0], 1),
            "steps": list(steps),
            "seconds": [round(each, 3) for each in seconds],
            "held_out": [round(each, 4) for each in losses],
        }


def main() -> None:
    content, _, rest = texts()
    learned, held_out = windows()
    started = head(SEEDS) | {
        "torch": torch.__version__,
        "threads": 1,
        "text": TEXT,
        "sha256": hashlib.sha256(content.encode()).hexdigest(),
        "windows": len(learned),
        "held_out_windows": len(held_out),
        "held_out_tokens": len(held_out) * SIZES.context_length,
        "held_out_characters": len(rest),
        "rate": RATE,
    }
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        rows = [row for curves in pool.map(of_a_seed, range(1, SEEDS + 1)) for row in curves]
    write("speedrun.toml", "Written by tests/bench/speedrun.py.", started, {"run": rows})


if __name__ == "__main__":
    main()
