"""Count and time what a vocabulary costs: the two layers of a model that depend on its size.

What: an embedding table has one row per entry, and so has the output layer, which computes a logit
for every entry. The layers between the two cost the same for any vocabulary. Parameters and
multiply-adds are exact. Seconds are processor time on one core, which other work on the machine
disturbs only a little. Source: Vaswani et al., Attention Is All You Need (2017), section 3.4, for
the two tables; Kaplan et al., Scaling Laws for Neural Language Models (2020), section 2.1, for the
count of a transformer block. Left out: sharing one table between both layers, as GPT-2 does, and
losses that look at few entries at a time.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from scratch.smoke import fewer, smoke

REPEATS = fewer(5, 1)  # a median of these
TOKENS = 128  # of a training step: a short context


@dataclass(frozen=True)
class StepTime:
    """The processor time of one step in seconds, each a median of REPEATS measurements."""

    training: float  # all tokens of the step: logits, loss, gradients, new weights
    inference: float  # one further token: its logits alone


def table_parameters(vocab_size: int, width: int) -> int:
    """Count the weights of an embedding table; width: numbers of a token's vector.

    >>> table_parameters(vocab_size=1000, width=256)
    256000
    """
    return vocab_size * width


def output_multiply_adds(vocab_size: int, width: int) -> int:
    """Count the multiply-adds for the logits of one token; width: numbers of its vector.

    >>> output_multiply_adds(vocab_size=1000, width=256)
    256000
    """
    return vocab_size * width


def block_multiply_adds(width: int) -> int:
    """Count the multiply-adds of one transformer block for one token.

    Four width x width matrices of attention, and two width x 4 width matrices of the feed-forward
    network. The products of queries, keys and values depend on the context and are not counted.
    Source: Kaplan et al. 2020, table 1.

    >>> block_multiply_adds(width=256)
    786432
    """
    return 4 * width**2 + 2 * width * 4 * width


def reading_multiply_adds(tokens: int, vocab_size: int, width: int, blocks: int) -> int:
    """Count the multiply-adds of reading a text once, through all blocks to the logits.

    >>> reading_multiply_adds(tokens=10, vocab_size=1000, width=256, blocks=0)
    2560000
    """
    return tokens * (output_multiply_adds(vocab_size, width) + blocks * block_multiply_adds(width))


def step_time(vocab_size: int, width: int, tokens: int = TOKENS, seed: int = 0) -> StepTime:
    """Time one step of the smallest model with both layers: embedding table and output layer.

    The weights are random float32 numbers; the optimiser is AdamW.

    width: numbers of a token's vector; tokens: in a training step
    Raises: ValueError if a size is below 1.

    >>> step_time(vocab_size=10, width=4, tokens=8).training > 0
    True
    """
    for name, value in (("vocab_size", vocab_size), ("width", width), ("tokens", tokens)):
        if value < 1:
            raise ValueError(f"{name} is {value}; a step needs 1 or more")
    random = torch.Generator().manual_seed(seed)
    table = torch.randn(vocab_size, width, generator=random).requires_grad_()
    output = torch.randn(vocab_size, width, generator=random).requires_grad_()
    ids = torch.randint(vocab_size, (tokens + 1,), generator=random)
    optimizer = torch.optim.AdamW([table, output], fused=True)

    def logits(inputs: Tensor) -> Tensor:
        return table[inputs] @ output.T  # (T,) -> (T, C) -> (T, V)

    def train() -> None:
        optimizer.zero_grad()
        cross_entropy(logits(ids[:-1]), ids[1:]).backward()  # type: ignore[no-untyped-call]
        optimizer.step()

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with torch.no_grad():
            inference = _seconds(lambda: logits(ids[:1]))
        return StepTime(training=_seconds(train), inference=inference)
    finally:
        torch.set_num_threads(threads)


def _seconds(step: Callable[[], object]) -> float:
    if not smoke():
        step()  # the first one also makes room in memory
    times = []
    for _ in range(REPEATS):
        start, steps, took = time.process_time(), 0, 0.0
        # some machines count a core's time in hundredths of a second, which a small step does not
        # last
        while not took:
            step()
            steps += 1
            took = time.process_time() - start
        times.append(took / steps)
    return median(times)
