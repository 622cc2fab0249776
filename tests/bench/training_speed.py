"""How fast `scratch.training.trainer` learns, beside a plain loop as nanoGPT has it, and beside
torch.compile of that.

Run it by hand, for some vocabulary sizes if you like (python tests/bench/training_speed.py 1024),
or by `make bench`. The plain loop is written here of torch's own modules: the scores of all tokens
at once, plain AdamW, no compiling. All have the same configuration, take turns, and make STEPS
steps a turn; medians of RUNS turns. tokens: learned from in a second. of_peak: the share of the
products of matrices that the device can make, measured in the same turns; a token costs 6
operations for every weight that is multiplied, and 12 * blocks * width * context for attention
(Chowdhery et al., PaLM (2022), appendix B). On a GPU also GPT-2's 124M in bfloat16. Writes
data/bench-training.toml when all sizes are measured.
"""

import functools
import json
import sys
import time
from collections.abc import Callable
from statistics import median
from typing import Any

import torch
from report import head, rounds, write
from torch import Tensor, nn
from torch.nn import functional as F

from scratch.model.config import GPTConfig
from scratch.model.gpt import count_parameters
from scratch.training.config import TrainingConfig
from scratch.training.dataset import GPTDataset
from scratch.training.device import Compute, choose_compute
from scratch.training.trainer import Training

RUNS = 7
STEPS = 4  # a turn
SIZES = (50_257, 4_096, 1_024)
SMALL = GPTConfig.preset("small")  # 4 blocks, 4 heads, 128 wide, 128 tokens
CPU = Compute(torch.device("cpu"), "float32", "the bench")
RATE = 1e-3
IDS = 200_000  # to learn from, drawn: the speed does not depend on them
SQUARE = {"cpu": 2_048, "cuda": 8_192}  # rows of the matrices whose product is the measure


class PlainBlock(nn.Module):
    """A block of torch's modules."""

    def __init__(self, config: GPTConfig) -> None:
        super().__init__()
        C = config.emb_dim
        self.heads = config.n_heads
        self.norms = nn.ModuleList([nn.LayerNorm(C), nn.LayerNorm(C)])
        self.qkv, self.output = nn.Linear(C, 3 * C), nn.Linear(C, C)
        self.widen, self.narrow = nn.Linear(C, 4 * C), nn.Linear(4 * C, C)

    def forward(self, x: Tensor) -> Tensor:
        """(B, T, C) -> (B, T, C)."""
        B, T, C = x.shape
        parts = self.qkv(self.norms[0](x)).split(C, dim=2)
        queries, keys, values = (part.view(B, T, self.heads, -1).transpose(1, 2) for part in parts)
        contexts = F.scaled_dot_product_attention(queries, keys, values, is_causal=True)
        x = x + self.output(contexts.transpose(1, 2).reshape(B, T, C))
        return x + self.narrow(F.gelu(self.widen(self.norms[1](x)), approximate="tanh"))


class PlainGPT(nn.Module):
    """The same model, tied head and all."""

    def __init__(self, config: GPTConfig) -> None:
        super().__init__()
        self.tokens = nn.Embedding(config.vocab_size, config.emb_dim)
        self.places = nn.Embedding(config.context_length, config.emb_dim)
        self.blocks = nn.ModuleList(PlainBlock(config) for _ in range(config.n_layers))
        self.norm = nn.LayerNorm(config.emb_dim)
        self.head = nn.Linear(config.emb_dim, config.vocab_size, bias=False)
        for table in (self.tokens, self.places):
            nn.init.normal_(table.weight, std=0.02)
        self.head.weight = self.tokens.weight

    def forward(self, ids: Tensor, targets: Tensor) -> Tensor:
        """The loss: two of (B, T) -> ()."""
        x = self.tokens(ids) + self.places(torch.arange(ids.shape[1], device=ids.device))
        for block in self.blocks:
            x = block(x)
        return F.cross_entropy(self.head(self.norm(x)).flatten(0, 1).float(), targets.flatten())


class PlainLoop:
    """nanoGPT's loop: draw windows, one forward and one backward, clip, AdamW."""

    def __init__(
        self, config: GPTConfig, ids: Tensor, batch_size: int, place: Compute, compiled: bool
    ) -> None:
        torch.manual_seed(0)
        self.model = PlainGPT(config).to(place.device)
        self.loss = torch.compile(self.model) if compiled else self.model
        self.optimiser = torch.optim.AdamW(
            self.model.parameters(), lr=RATE, betas=(0.9, 0.95), weight_decay=0.1
        )
        self.ids, self.batch_size, self.place, self.length = (
            ids,
            batch_size,
            place,
            config.context_length,
        )

    def advance(self) -> None:
        """Make one step."""
        starts = torch.randint(len(self.ids) - self.length, (self.batch_size,)).tolist()
        inputs, targets = (
            torch.stack([self.ids[start + shift : start + shift + self.length] for start in starts])
            for shift in (0, 1)
        )
        with self.place.products():
            loss = self.loss(inputs.to(self.place.device), targets.to(self.place.device))
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        self.optimiser.step()


def operations(config: GPTConfig) -> int:
    """Multiplications and additions that learning from a token takes, forwards and backwards."""
    C = config.emb_dim
    # 4 C^2 in attention, 8 C^2 after it; the head
    multiplied = config.n_layers * 12 * C * C + config.vocab_size * C
    return 6 * multiplied + 12 * config.n_layers * C * config.context_length


def product(place: Compute) -> tuple[Callable[[], object], float]:
    """A product of matrices as the device does it best, and its operations."""
    rows = SQUARE[place.device.type]
    kind = getattr(torch, place.precision)
    a, b = (torch.randn(rows, rows, device=place.device, dtype=kind) for _ in range(2))
    return lambda: torch.mm(a, b), 2.0 * rows**3


def waited(work: Callable[[], object], times: int, place: Compute) -> None:
    """Do it several times, and wait for the device."""
    for _ in range(times):
        work()
    if place.device.type == "cuda":
        torch.cuda.synchronize()


def compiled_or_why_not(
    loop: Callable[..., PlainLoop], place: Compute
) -> tuple[PlainLoop | None, float, str]:
    """The compiled loop after its first step, the seconds that took, and why there is none."""
    start = time.perf_counter()
    try:
        made = loop(compiled=True)
        waited(made.advance, 2, place)
    except (
        Exception
    ) as error:  # no C++ compiler, no Python headers: the compiler's own errors are many
        return (
            None,
            0.0,
            f"not measured: torch.compile failed ({(str(error).splitlines() or [repr(error)])[0]})",
        )
    return made, time.perf_counter() - start, "measured"


def measure(config: GPTConfig, batch_size: int, place: Compute) -> dict[str, Any]:
    """Tokens a second of everyone, and of what the device could do."""
    torch._dynamo.reset()
    ids = torch.randint(config.vocab_size, (IDS,), generator=torch.Generator().manual_seed(0))
    windows = GPTDataset(ids, config.context_length, config.context_length)
    own = Training(config, TrainingConfig(batch_size=batch_size, max_lr=RATE), windows, place)
    loop = functools.partial(PlainLoop, config, ids, batch_size, place)
    plain = loop(compiled=False)
    assert count_parameters(plain.model) == count_parameters(own.model), (
        "the plain model is another one"
    )
    compiled, compiling, said = compiled_or_why_not(loop, place)
    multiply, each = product(place)
    work = {"own": (own.advance, STEPS), "plain": (plain.advance, STEPS), "peak": (multiply, 4)}
    if compiled:
        work["compiled"] = (compiled.advance, STEPS)
    for step, _ in work.values():
        waited(step, 1, place)  # what happens at first and never again
    turns = {
        name: functools.partial(waited, step, times, place) for name, (step, times) in work.items()
    }
    taken = rounds(RUNS, **turns)
    tokens = STEPS * batch_size * config.context_length
    speeds = {name: tokens / median(taken[name]) for name in taken if name != "peak"}
    # the most that it can: a busy moment is no limit of the device
    peak = 4 * each / min(taken["peak"])
    found: dict[str, Any] = {
        "entries": config.vocab_size,
        "parameters": count_parameters(own.model),
    }
    found |= {f"{name}_tokens": round(speed) for name, speed in speeds.items()}
    others = [name for name in speeds if name != "own"]
    for name in others:
        ratios = [theirs / ours for theirs, ours in zip(taken[name], taken["own"], strict=True)]
        found[f"own_to_{name}"] = round(median(ratios), 2)
    found |= {"torch_compile": said, "compiling_seconds": round(compiling, 1)}
    found |= {"peak_gigaflops": round(peak / 1e9, 1), "operations_a_token": operations(config)}
    return found | {
        f"{name}_of_peak": round(speed * operations(config) / peak, 3)
        for name, speed in speeds.items()
    }


def on_a_gpu() -> list[dict[str, Any]]:
    """GPT-2's smallest model on this machine's GPU; nothing where there is none."""
    if not torch.cuda.is_available():
        return []
    place = choose_compute("cuda", "bfloat16")
    return [{"device": torch.cuda.get_device_name()} | measure(GPTConfig.preset("gpt2"), 8, place)]


def main() -> None:
    started = head(RUNS) | {
        "torch": torch.__version__,
        "threads": torch.get_num_threads(),
        "steps_a_run": STEPS,
    }
    sizes = tuple(map(int, sys.argv[1:])) or SIZES
    rows = []
    for size in sizes:
        rows.append(measure(GPTConfig(**{**SMALL.__dict__, "vocab_size": size}), 8, CPU))
        print("cpu", json.dumps(rows[-1]), flush=True)
    gpu = on_a_gpu()
    started["gpu_device"] = gpu[0]["device"] if gpu else "not measured: no GPU"
    print("gpu", json.dumps(gpu) if gpu else started["gpu_device"])
    if sizes == SIZES:
        says = "Written by tests/bench/training_speed.py."
        write("bench-training.toml", says, started, {"cpu": rows} | ({"gpu": gpu} if gpu else {}))


if __name__ == "__main__":
    main()
