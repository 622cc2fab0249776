"""Draw tokens with random numbers that assets/sampling.js repeats in the browser.

What: a browser does not have torch's random numbers, but a seed should give the same text in the
page as in the run that printed it. So exhibits draw with these numbers, and
assets/sampling.js draws the same. Source: Steele, Lea and Flood, Fast Splittable
Pseudorandom Number Generators (2014), for the counter whose bits are mixed; here with 32 bits,
mixed as in Wellons's search for good integer hashes. Left out: random numbers good enough for more
than a few thousand draws.
"""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor

from scratch.model.generate import GREEDY, Sampling, choose, probabilities
from scratch.model.gpt import GPTModel

_MASK = 0xFFFF_FFFF


def numbers(seed: int) -> Iterator[float]:
    """Yield random numbers in [0, 1) forever; the same seed gives the same numbers.

    >>> drawn = numbers(1)
    >>> [round(next(drawn), 4) for _ in range(3)]
    [0.3679, 0.0816, 0.8205]
    """
    state = seed & _MASK
    while True:
        state = (state + 0x9E37_79B9) & _MASK
        mixed = state ^ (state >> 16)
        mixed = (mixed * 0x21F0_AAAD) & _MASK
        mixed ^= mixed >> 15
        mixed = (mixed * 0x735A_2D97) & _MASK
        mixed ^= mixed >> 15
        yield mixed / 2**32


def draw(parts: Tensor, number: float) -> int:
    """Draw an id: the first at which the cumulative probability exceeds a number.

    parts: (V,) probabilities, summing to 1; number: in [0, 1). An id of probability 0 is never
    drawn, even if rounding makes the sum less than number.

    >>> draw(torch.tensor([0.5, 0.0, 0.5]), 0.5), draw(torch.tensor([0.5, 0.5, 0.0]), 1.0)
    (2, 1)
    """
    last = 0
    reached = 0.0
    for id, part in enumerate(parts.double().tolist()):
        if part == 0:
            continue
        reached += part
        if number < reached:
            return id
        last = id
    return last  # the sum of all may be a hair below 1


def continue_prompt(
    model: GPTModel, prompt: list[int], length: int, sampling: Sampling = GREEDY, seed: int = 0
) -> list[tuple[int, float]]:
    """Continue a prompt as the script in the page does.

    prompt: ids; length: how many tokens to write; sampling: as in `scratch.model.generate`; seed:
    for `numbers`

    Returns: for each token its id, and its probability at temperature 1 without top-k.
    Raises: ValueError if the prompt is empty.
    """
    if not prompt:
        raise ValueError("the prompt is empty; a model writes on after 1 token or more")
    ids, drawn = list(prompt), numbers(seed)
    tokens = []
    with torch.inference_mode():
        for _ in range(length):
            row = torch.tensor([ids[-model.config.context_length :]])
            logits = model.logits(model.hidden(row)[:, -1]).double()  # (1, V)
            id = (
                int(choose(logits))
                if sampling.temperature == 0
                else draw(probabilities(logits, sampling)[0], next(drawn))
            )
            tokens.append((id, float(logits.softmax(dim=-1)[0, id])))
            ids.append(id)
    return tokens
