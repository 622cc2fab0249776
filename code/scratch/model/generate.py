"""Generate text: choose the next token by temperature, top-k or top-p, append it, and repeat.

What: `choose` takes the most probable token, or draws one: temperature flattens or sharpens the
probabilities, top-k keeps the k most probable tokens, top-p the fewest whose probabilities sum to
at least p. `stream` yields one token per row as soon as it is chosen; `generate` collects them.
With a KV cache each token is read once; without it, the whole row is read for each new token.
Source: Fan et al., Hierarchical Neural Story Generation (2018), section 5.2, for top-k; Holtzman et
al., The Curious Case of Neural Text Degeneration (2020), section 3.1, for top-p; Ackley et al., A
Learning Algorithm for Boltzmann Machines (1985), for temperature. Left out: beam search, penalties
for repetition, prompts of different lengths in one batch.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from scratch.model.gpt import GPTModel, KVCache
from scratch.model.llama import LlamaModel

LanguageModel = GPTModel | LlamaModel


@dataclass(frozen=True)
class Sampling:
    """The settings for choosing the next token; by default the most probable one, at temperature 0.

    Raises: ValueError if a value is out of its range, or top_k or top_p is given at temperature 0,
    which would ignore it.
    """

    temperature: float = 0.0  # what logits are divided by; 1 draws by the model's own probabilities
    top_k: int | None = None  # draw only from the k most probable tokens
    # draw only from the fewest most probable tokens whose probabilities sum to at least p
    top_p: float | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.temperature < math.inf:
            raise ValueError(
                f"temperature is {self.temperature}; give 0 for the best entry, or a number"
                " above it"
            )
        if self.top_k is not None and self.top_k < 1:
            raise ValueError(f"top_k is {self.top_k}; at least 1 entry must stay")
        if self.top_p is not None and not 0 < self.top_p <= 1:
            raise ValueError(
                f"top_p is {self.top_p}; it is a probability, so give more than 0 and at most 1"
            )
        if self.temperature == 0 and (self.top_k or self.top_p):
            raise ValueError(
                "temperature is 0, which takes the best entry; to draw among top_k or top_p, give 1"
            )


GREEDY = Sampling()


def probabilities(logits: Tensor, sampling: Sampling) -> Tensor:
    """Turn logits into the probabilities with which `choose` draws each token.

    logits: (..., V). Returns: (..., V), summing to 1. If top-k and top-p are both given, top-k
    comes first.
    Raises: ValueError at temperature 0, at which nothing is drawn.

    >>> probabilities(torch.tensor([0.0, 0.0, -9.0]), Sampling(temperature=1.0, top_k=2)).tolist()
    [0.5, 0.5, 0.0]
    """
    if sampling.temperature == 0:
        raise ValueError("temperature is 0, at which nothing is drawn; give a number above it")
    highest = logits.amax(dim=-1, keepdim=True)
    logits = (
        logits - highest
    ) / sampling.temperature  # highest 0: a temperature near 0 makes no infinity of it
    ranked, entries = logits.sort(dim=-1, descending=True, stable=True)
    if sampling.top_k is not None:
        ranked[..., sampling.top_k :] = -math.inf
    parts = ranked.softmax(dim=-1)
    # at 1 rounding would cut the last ones off
    if sampling.top_p is not None and sampling.top_p < 1:
        # the probability of all better entries: the best one has 0 and always stays
        before = parts.cumsum(dim=-1) - parts
        parts = parts.masked_fill(before >= sampling.top_p, 0.0)
        parts = parts / parts.sum(dim=-1, keepdim=True)
    return torch.zeros_like(parts).scatter_(-1, entries, parts)  # back from ranks to entries


def choose(
    logits: Tensor, sampling: Sampling = GREEDY, generator: torch.Generator | None = None
) -> Tensor:
    """Choose a token for each row of logits.

    logits: (B, V). Returns: (B,) int64.
    generator: the random numbers for a temperature above 0, from a seed of the caller's
    Raises: ValueError if the temperature is above 0 and there is no generator.

    >>> choose(torch.tensor([[0.1, 0.7, 0.2]])).tolist()
    [1]
    """
    if sampling.temperature == 0:
        return logits.argmax(dim=-1)  # (B, V) -> (B,)
    if generator is None:
        raise ValueError(
            f"temperature is {sampling.temperature} and there is no generator to draw; give one,"
            " seeded"
        )
    # (B, V) -> (B,)
    return torch.multinomial(probabilities(logits, sampling), 1, generator=generator).squeeze(-1)


def stream(
    model: LanguageModel,
    prompts: Sequence[Sequence[int]],
    max_new_tokens: int,
    sampling: Sampling = GREEDY,
    generator: torch.Generator | None = None,
    *,
    eos_id: int | None = None,
    use_cache: bool = True,
) -> Iterator[Tensor]:
    """Yield the tokens that follow the prompts, each as soon as it is chosen; dropout is off.

    prompts: (B, T) ids, all prompts of one length; max_new_tokens: for each row, at most
    sampling, generator: as in `choose`
    eos_id: the token that ends a row; a row that has ended repeats it, and the stream ends when all
    rows have ended
    use_cache: whether to cache keys and values, which is faster and gives the same tokens

    A row longer than the context loses its first tokens. Then every token has a new position, so
    the cached keys and values are wrong, and the whole row is read for each further token.

    Yields: (B,) int64, on the model's device.
    Raises: ValueError if there is no prompt or an empty one, the prompts differ in length, an id is
    not one of the model's, max_new_tokens is negative, or as `choose` does.

    >>> from scratch.model.config import GPTConfig
    >>> config = GPTConfig(11, 8, emb_dim=4, n_heads=2, n_layers=1)
    >>> model = GPTModel(config, torch.Generator().manual_seed(0))
    >>> [tuple(chosen.shape) for chosen in stream(model, [[1, 2], [3, 4]], max_new_tokens=2)]
    [(2,), (2,)]
    """
    ids = _rows(prompts, model.config.vocab_size).to(model.device())
    if max_new_tokens < 0:
        raise ValueError(f"max_new_tokens is {max_new_tokens}; give 0 or more tokens to write")
    return _stream(model, ids, max_new_tokens, sampling, generator, eos_id, use_cache)


def _stream(
    model: LanguageModel,
    ids: Tensor,
    max_new_tokens: int,
    sampling: Sampling,
    generator: torch.Generator | None,
    eos_id: int | None,
    use_cache: bool,
) -> Iterator[Tensor]:
    limit = model.config.context_length
    caches = model.new_caches() if use_cache else None
    ended = torch.zeros(len(ids), dtype=torch.bool, device=ids.device)
    unread = ids[:, -limit:]  # (B, T)
    for _ in range(max_new_tokens):
        logits = _last_logits(model, unread, caches)
        # drawn there, so that seeds mean the same
        chosen = choose(logits.cpu(), sampling, generator).to(ids.device)
        if eos_id is not None:
            chosen = chosen.masked_fill(ended, eos_id)
            ended |= chosen == eos_id
        yield chosen
        if eos_id is not None and bool(ended.all()):
            return
        ids = torch.cat([ids, chosen[:, None]], dim=1)[:, -limit:]
        if caches and len(caches[0]) == limit:
            caches = None
        unread = ids if caches is None else chosen[:, None]


def _last_logits(model: LanguageModel, ids: Tensor, caches: list[KVCache] | None) -> Tensor:
    """Return the logits after the last token of each row: (B, T) -> (B, V), without dropout."""
    was_training = model.training
    model.eval()
    try:
        with torch.inference_mode():
            # the head reads the last position only
            return model.logits(model.hidden(ids, caches)[:, -1])
    finally:
        model.train(was_training)


def generate(
    model: LanguageModel,
    prompts: Sequence[Sequence[int]],
    max_new_tokens: int,
    sampling: Sampling = GREEDY,
    generator: torch.Generator | None = None,
    *,
    eos_id: int | None = None,
    use_cache: bool = True,
) -> list[list[int]]:
    """Generate the tokens that follow the prompts; see `stream`.

    Returns: the new ids of each row, without the prompt; a row ends before its `eos_id`.
    Raises: as `stream`.

    >>> from scratch.model.config import GPTConfig
    >>> config = GPTConfig(11, 8, emb_dim=4, n_heads=2, n_layers=1)
    >>> model = GPTModel(config, torch.Generator().manual_seed(0))
    >>> [len(row) for row in generate(model, [[1, 2], [3, 4]], max_new_tokens=3)]
    [3, 3]
    """
    written = list(
        stream(
            model, prompts, max_new_tokens, sampling, generator, eos_id=eos_id, use_cache=use_cache
        )
    )
    rows: list[list[int]] = (
        torch.stack(written, dim=1).tolist() if written else [[] for _ in prompts]
    )
    return [row[: row.index(eos_id)] if eos_id in row else row for row in rows]


def _rows(prompts: Sequence[Sequence[int]], vocab_size: int) -> Tensor:
    lengths = sorted({len(prompt) for prompt in prompts})
    if not lengths or lengths[0] == 0:
        raise ValueError(
            f"{'a prompt' if lengths else 'the batch'} is empty; a model writes on after 1 token or"
            " more"
        )
    if len(lengths) > 1:
        raise ValueError(
            f"the prompts have {lengths[0]} to {lengths[-1]} tokens; give prompts of one length, or"
            " one by one"
        )
    for prompt in prompts:
        for number in prompt:
            if not 0 <= number < vocab_size:
                raise ValueError(
                    f"id {number} is outside 0 to {vocab_size - 1}; encode with the model's own"
                    " vocabulary"
                )
    return torch.tensor([list(prompt) for prompt in prompts], dtype=torch.int64)
