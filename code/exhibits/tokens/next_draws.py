"""Draw the tokens after a prompt beforehand, at every setting, for bars with a button.

What: a page cannot carry a model of 97 MB, so the run draws for it. At each combination of
temperature, top-k and top-p, `rounds` times, `depth` tokens are drawn one by one; with each go the
probabilities after it. All settings of a round share their random numbers, so a reader sees what
the setting alone changes. Rows that have drawn the same tokens are read once. Source: as
`scratch.model.generate`. Left out: changing a setting on the way, which begins anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Any

from exhibits.base.exhibit import one_line
from exhibits.tokens.glyphs import Token, plain
from scratch.model.generate import LanguageModel, Sampling, probabilities

if TYPE_CHECKING:
    from torch import Tensor

BARS = 10  # tokens that have a bar
TEMPERATURES = (0.0, 0.5, 0.8, 1.0, 1.3, 1.6)
SIZES = (5, 50)  # of top-k, and the whole vocabulary
NUCLEI = (0.5, 0.9, 1.0)  # of top-p
FINE = 1000  # parts of a probability as it is carried


@dataclass(frozen=True)
class Draws:
    """What was drawn, as the script reads it, and some of it in words.

    carried: the settings, the names of tokens, and of each way its draws
    texts: setting -> the prompt and what was drawn there in the first round, for a reader without
        a script
    """

    carried: dict[str, Any]
    texts: dict[str, str]


def next_draws(
    model: LanguageModel,
    prompt: Sequence[int],
    tokens: Sequence[Token],
    *,
    rounds: int = 3,
    depth: int = 10,
    seed: int = 1,
) -> Draws:
    """Draw `depth` tokens after a prompt at each setting, in several rounds.

    prompt: ids, one or more; tokens: the V entries of the vocabulary
    seed: of the random numbers; the tokens end where the model's context does

    Raises: ValueError if the prompt is empty, or rounds or depth is below 1.
    """
    import torch

    if not prompt or min(rounds, depth) < 1:
        raise ValueError(
            f"the prompt has {len(prompt)} tokens, rounds is {rounds} and depth {depth}; give 1 or"
            " more of each"
        )
    depth = min(depth, model.config.context_length - len(prompt))
    sizes = [*(size for size in SIZES if size < len(tokens)), len(tokens)]
    settings = list(product(TEMPERATURES, sizes, NUCLEI))
    chance = torch.rand(rounds, depth, generator=torch.Generator().manual_seed(seed)).tolist()
    ways = _drawn(model, list(prompt), settings, chance)
    names: dict[str, int] = {}
    carried = {
        "temperatures": TEMPERATURES,
        "sizes": sizes,
        "nuclei": NUCLEI,
        "rounds": rounds,
        "ways": [
            [
                [
                    _named(names, tokens, step.id),
                    round(FINE * step.share),
                    *_bars(names, tokens, step),
                ]
                for step in way
            ]
            for way in ways
        ],
        "names": list(names),
    }
    texts = {}
    for number, (temperature, size, nucleus) in enumerate(settings):
        if size == len(tokens) and nucleus == 1:
            parts = [tokens[id] for id in prompt]
            parts += [tokens[step.id] for step in ways[number * rounds]]
            texts[f"temperature {temperature:g}"] = _text(parts)
    return Draws(carried, texts)


@dataclass(frozen=True)
class _Step:
    """A draw: the id, the probability it had, and then the best ids, their probabilities, and how
    many may be drawn.
    """

    id: int
    share: float
    best: list[int]
    shares: list[float]
    many: int


def _drawn(
    model: LanguageModel,
    prompt: list[int],
    settings: Sequence[tuple[float, int, float]],
    chance: Sequence[Sequence[float]],
) -> list[list[_Step]]:
    """Return the steps of each way: of every setting, every round."""
    import torch

    ways: list[list[_Step]] = [[] for _ in settings for _ in chance]
    paths: list[tuple[int, ...]] = [() for _ in ways]
    caches, rows = model.new_caches(), dict[tuple[int, ...], int]({(): 0})
    with torch.inference_mode():
        last = model.hidden(torch.tensor([prompt]), caches)[:, -1]
        for at in range(len(chance[0]) + 1):
            ranked, ids = model.logits(last).double().sort(descending=True, stable=True)
            likely: dict[tuple[int, int], Tensor] = {}
            chosen: list[tuple[int, float]] = []
            for number, way in enumerate(ways):
                place, luck = divmod(number, len(chance))
                key = rows[paths[number]], place
                if key not in likely:
                    likely[key] = _likely(ranked[key[0]], *settings[place])
                parts, own = likely[key], ids[key[0]]
                if way:
                    way[-1] = _after(way[-1], parts, own)
                if at < len(chance[0]):
                    rank = int((parts.cumsum(0) <= chance[luck][at]).sum())
                    rank = min(rank, int((parts > 0).sum()) - 1)
                    chosen.append((int(own[rank]), float(parts[rank])))
            if not chosen:
                break
            before = paths
            paths = [(*path, id) for path, (id, _) in zip(paths, chosen, strict=True)]
            for way, (id, share) in zip(ways, chosen, strict=True):
                way.append(_Step(id, share, [], [], 0))
            new = dict(zip(paths, before, strict=True))
            kept = torch.tensor([rows[path] for path in new.values()])
            for cache in caches:
                assert cache.keys is not None and cache.values is not None
                cache.keys, cache.values = cache.keys[kept], cache.values[kept]
            rows = {path: row for row, path in enumerate(new)}
            last = model.hidden(torch.tensor([[path[-1]] for path in new]), caches)[:, -1]
    return ways


def _likely(ranked: Tensor, temperature: float, size: int, nucleus: float) -> Tensor:
    """Return the probabilities of being drawn of logits in order, the highest first."""
    if temperature == 0:
        import torch

        best = torch.zeros_like(ranked)
        best[0] = 1
        return best
    return probabilities(ranked, Sampling(temperature, top_k=size, top_p=nucleus))


def _after(step: _Step, parts: Tensor, ids: Tensor) -> _Step:
    best, shares = ids[:BARS].tolist(), parts[:BARS].tolist()
    return _Step(step.id, step.share, best, shares, int((parts > 0).sum()))


def _named(names: dict[str, int], tokens: Sequence[Token], id: int) -> int:
    return names.setdefault(plain(tokens[id]), len(names))


def _bars(names: dict[str, int], tokens: Sequence[Token], step: _Step) -> list[Any]:
    """Return how many may be drawn, the best tokens' names, and their probabilities."""
    shares = [round(FINE * share, 1) for share in step.shares if share > 0]
    return [step.many, [_named(names, tokens, id) for id in step.best], shares]


def _text(parts: Sequence[Token]) -> str:
    """Join tokens to a line of text."""
    joined = b"".join(part.encode() if isinstance(part, str) else part for part in parts)
    return one_line(joined.decode("utf-8", "replace"))
