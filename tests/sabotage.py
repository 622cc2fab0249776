"""Break the package in one place, and see what verdict a page then gives on a claim of the log.

What: each claim that is no opinion has one break: a splitter that leaves a mark inside, a lookup
that gives the next row, shuffled labels. The cells of its page run up to the claim, their
assertions left out, so that the verdict itself must turn; in a printed page an assertion would stop
the press before. Each runs in a fork of one warm process, on the novella.

    python tests/sabotage.py          prints JSON: {claim: [verdict without a break, verdict with
    it]}
"""

import ast
import json
import os
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
Break = Callable[[], None]


def nothing() -> None:
    """Break nothing."""


class Found(BaseException):
    """The verdict that was asked for has been given."""


def verdict(path: str, id: str, *breaks: Break) -> Any:
    """Run a page's cells up to a claim, after the breaks; give what the claim was told."""
    import exhibits
    from press.source.page import read_page

    def claim(name: str, holds: Any, *arguments: Any, **options: Any) -> None:
        if name == id:
            raise Found(holds)

    os.chdir((ROOT / path).parent)
    for each in breaks:
        each()
    exhibits.claim = claim  # type: ignore[assignment]
    namespace: dict[str, Any] = {"__name__": "__main__"}
    try:
        for cell in read_page(ROOT / path, ROOT).cells:
            tree = ast.increment_lineno(ast.parse(cell.source), cell.code_line - 1)
            # which leaves the assertions out
            exec(compile(tree, path, "exec", optimize=1), namespace)
    except Found as found:
        return found.args[0]
    raise LookupError(f"{path} has no claim {id!r}")


# -- 2 July


def split_loses_the_last() -> None:
    import scratch

    whole = scratch.split
    scratch.split = lambda text: whole(text)[:-1] if len(text) > 10_000 else whole(text)


def split_leaves_commas() -> None:
    import re

    from scratch.text import words

    words._CUT = re.compile(r"""([.:;?_!"()']|--|\s)""")


def half_the_text() -> None:
    import dataclasses

    import scratch

    text = scratch.load_text()
    scratch.load_text = lambda: dataclasses.replace(text, content=text.content[:100_000])  # type: ignore[assignment]


class _Gpt2:
    """GPT-2's encoding, but for what a break replaces."""

    def __init__(self, **replaced: Any) -> None:
        from scratch import load_gpt2

        self.__dict__ |= {"real": load_gpt2(), **replaced}

    def __getattr__(self, name: str) -> Any:
        return getattr(self.real, name)


def twice_the_entries() -> None:
    import scratch

    gpt2 = _Gpt2(n_vocab=100_277)
    scratch.load_gpt2 = lambda: gpt2  # type: ignore[assignment,return-value]


def words_of_equal_length() -> None:
    import scratch

    whole = scratch.load_gpt2().encode_ordinary
    gpt2 = _Gpt2(
        encode_ordinary=lambda text: (
            whole(" the") if text[0] == " " and " " not in text[1:] else whole(text)
        )
    )
    scratch.load_gpt2 = lambda: gpt2  # type: ignore[assignment,return-value]


def steps_of_equal_time() -> None:
    from scratch.baselines import vocab_cost

    vocab_cost.step_time = lambda vocab_size, width: vocab_cost.StepTime(0.1, 0.1)  # type: ignore[assignment]


# -- 4 July


def _forward(change: Callable[..., Any]) -> None:
    from scratch.embeddings.embedding import Embedding

    real = Embedding.forward
    Embedding.forward = lambda self, ids: change(self, ids, real)  # type: ignore[method-assign]


def lookup_gives_whole_numbers() -> None:
    _unchecked()
    _forward(lambda self, ids, real: real(self, ids).long())


def _unchecked() -> None:
    """Measure nothing, since measuring makes sure of the same thing as the claim."""
    from scratch.embeddings import lookup_cost

    lookup_cost.both_ways = lambda *sizes: lookup_cost.BothWays(1, 1, 1.0, 1.0)  # type: ignore[assignment]


def lookup_gives_the_next_row() -> None:
    _unchecked()
    _forward(lambda self, ids, real: real(self, (ids + 1) % len(self.weight)))


def one_hot_is_hot_twice() -> None:
    from scratch.embeddings import embedding

    _unchecked()
    real = embedding.one_hot
    embedding.one_hot = lambda ids, size: real(ids, size) + real((ids + 1) % size, size)  # type: ignore[assignment]


def two_tokens_share_a_row() -> None:
    from scratch.embeddings.embedding import Embedding

    real = Embedding.__init__

    def shared(self: Any, *arguments: Any, **options: Any) -> None:
        real(self, *arguments, **options)
        self.weight.data[1] = self.weight.data[0]

    Embedding.__init__ = shared  # type: ignore[method-assign]


def lookup_adds_a_bias() -> None:
    _unchecked()
    _forward(lambda self, ids, real: real(self, ids) + 1)


def model_adds_no_positions() -> None:
    from scratch.model.gpt import GPTModel

    GPTModel.embed = lambda self, ids, start=0: self.tok_emb(ids)  # type: ignore[method-assign]


def train_for_a_while() -> None:
    """Train longer than a smoke test does, so that something is learned."""
    from scratch.embeddings import skipgram

    class Longer(skipgram.SkipgramConfig):
        def __init__(self, **settings: Any) -> None:
            super().__init__(**{"steps": 1000, **settings})

    skipgram.SkipgramConfig = Longer  # type: ignore[misc]


def labels_are_shuffled() -> None:
    import torch

    from scratch.embeddings import cluster_study, word_groups

    real = word_groups.present

    def shuffled(*arguments: Any) -> dict[str, list[str]]:
        groups = real(*arguments)
        words = [word for group in groups.values() for word in group]
        mixed = cluster_study.shuffled([*range(len(words))], torch.Generator().manual_seed(1))
        given = iter(words[place] for place in mixed)
        return {name: [next(given) for _ in group] for name, group in groups.items()}

    word_groups.present = shuffled


# -- 5 July


def lookup_knows_the_position() -> None:
    import torch

    _forward(lambda self, ids, real: real(self, ids) + torch.arange(len(ids))[:, None])


def every_kind_knows_the_distance_alone() -> None:
    from scratch.embeddings import relative

    relative.knows_distance_alone = lambda scores: True  # type: ignore[assignment]


def positions_give_the_next_row() -> None:
    from scratch.embeddings.positional import PositionEmbedding

    PositionEmbedding.forward = lambda self, places: self.weight[places + 1]  # type: ignore[method-assign]


def positions_are_not_added() -> None:
    from scratch.embeddings.positional import PositionEmbedding

    real = PositionEmbedding.__init__

    def zeros(self: Any, *arguments: Any) -> None:
        real(self, *arguments)
        self.weight.data.zero_()

    PositionEmbedding.__init__ = zeros  # type: ignore[method-assign]


def _judge(fits: Callable[[list[str], str], bool]) -> None:
    """Put a judge in the GPT's place, to which a word that fits costs 1 bit and another 9."""
    from exhibits.page import pretrained_here
    from scratch.baselines import ngram, word_surprisal

    class Judge:
        def __init__(self, *arguments: Any) -> None:
            pass

        def __contains__(self, word: str) -> bool:
            return True

        def surprisals(self, tokens: list[str]) -> list[float]:
            return [1.0 if fits(tokens, token) else 9.0 for token in tokens]

    word_surprisal.GPTWords = Judge  # type: ignore[misc,assignment]
    ngram.bits_per_token = lambda *arguments: 1.0  # type: ignore[assignment]
    pretrained_here.pretrained_missing = lambda *arguments: "left out"  # the second witness


def a_judge_who_knows_pets() -> None:
    _judge(lambda tokens, word: word == "dog" or (word == "cat" and tokens[-1] == "cat"))


def a_judge_who_knows_nothing() -> None:
    _judge(lambda tokens, word: True)


DAYS = {
    "journal/2025-07-02-a-tokenizer.qmd": {
        "tokenizer-words": (nothing, split_loses_the_last),
        "splits-words-specials": (nothing, split_leaves_commas),
        "forty-thousand": (nothing, half_the_text),
        "gpt2-fifty-thousand": (nothing, twice_the_entries),
        "subwords": (nothing, words_of_equal_length),
        "small-vocab-efficient": (nothing, steps_of_equal_time),
        "one-twelfth": (nothing, twice_the_entries),
    },
    "journal/2025-07-04-embeddings.qmd": {
        "numbers-in": (nothing, lookup_gives_whole_numbers),
        "lookup-table": (nothing, lookup_gives_the_next_row),
        "final-input": (nothing, model_adds_no_positions),
        "onehot-matmul": (nothing, one_hot_is_hot_twice),
        "row-per-token": (nothing, two_tokens_share_a_row),
        "layer-no-bias": (nothing, lookup_adds_a_bias),
        "clusters": (train_for_a_while, labels_are_shuffled),
    },
    "journal/2025-07-05-positions.qmd": {
        "what-not-where": (nothing, lookup_knows_the_position),
        "absolute-relative": (nothing, every_kind_knows_the_distance_alone),
        "position-table": (nothing, positions_give_the_next_row),
        "same-token-differs": (nothing, positions_are_not_added),
        "substitution": (a_judge_who_knows_pets, a_judge_who_knows_nothing),
    },
}


def forked(path: str, id: str, *breaks: Break) -> Any:
    """Give the verdict as a fork of this process found it, or what it raised."""
    read, write = os.pipe()
    child = os.fork()
    if not child:
        said: Any = "nothing"
        try:
            said = verdict(path, id, *breaks)
        except BaseException as error:
            said = f"{type(error).__name__}: {error}"
        finally:
            os.write(write, json.dumps(said).encode()[:4_000])
            os._exit(0)
    os.close(write)
    with os.fdopen(read, "rb") as pipe:
        said = pipe.read()
    os.waitpid(child, 0)
    return json.loads(said or b'"ended without a word"')


def main() -> None:
    """Give every verdict, with and without its break."""
    os.environ["JOURNAL_SMOKE"] = "1"
    os.environ["JOURNAL_DATA"] = str(ROOT / "data")
    from any_text import warm

    warm()
    wanted = [
        (path, id, breaks)
        for path, claims in DAYS.items()
        for id, (given, broken) in claims.items()
        for breaks in (
            (given,),
            (broken,) if given.__name__.startswith("a_judge") else (given, broken),
        )
    ]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        said = list(pool.map(lambda one: forked(one[0], one[1], *one[2]), wanted))
    found: dict[str, list[Any]] = {}
    for (_, id, _), one in zip(wanted, said, strict=True):
        found.setdefault(id, []).append(one)
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
