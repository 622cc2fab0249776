"""Load what was measured while preferences tuned SmolLM2; the first call tunes it.

What: `preferred` starts from the model of `scratch.finetuning.instructed`, and loads what
`scratch.finetuning.prefer` measured, saved under a hash of all that decides it. Source: see
`scratch.finetuning.saved_result`. Left out: the weights, which no page needs.
"""

import json
from dataclasses import asdict, dataclass

from scratch.finetuning.dpo import Pair, preference_pairs
from scratch.finetuning.instructed import Instructed, instructed
from scratch.finetuning.instruction_list import instruction_list
from scratch.finetuning.prefer import BETA, MEASURED, RESULT, SETTINGS, prefer
from scratch.finetuning.saved_result import saved_result
from scratch.smoke import fewer
from scratch.training.model_cache import CODE
from scratch.training.source_hash import source_hash

PAIRS = fewer(1_000, 10)  # to train on, at most


@dataclass(frozen=True)
class Preferred:
    """The measurements of the tuning; logs are log probabilities of whole answers, in nats."""

    losses: list[float]  # of each batch
    rewards: list[tuple[float, float]]  # of each batch: mean of the chosen, of the rejected
    steps: list[int]  # after which held-out pairs were measured
    logs: dict[str, list[list[float]]]  # "chosen", "rejected", "plain" -> for each step, each pair
    new_logs: dict[str, list[list[float]]]  # of phrases never trained; before and after
    after: dict[str, str]  # question -> answer
    seconds: float  # of a core, by the machine that trained
    beta: float
    pairs: tuple[Pair, ...]  # trained
    held_out: tuple[Pair, ...]
    start: Instructed  # the model that was tuned


def preferred() -> Preferred:
    """Tune the model by preferences, or load the measurements if it was tuned before.

    Raises: NoPretrained.
    """
    listed, start = instruction_list(), instructed()
    untold = start.of_kind("untold")
    pairs = preference_pairs(listed.facts[::2][:PAIRS], listed.phrases.trained)
    held_out = preference_pairs(untold, listed.phrases.trained)
    new = preference_pairs(untold, listed.phrases.new)
    parts = [
        SOURCE, start.folder.name, BETA, asdict(SETTINGS), MEASURED,
        pairs, held_out, new,
    ]  # fmt: skip
    asked = [*untold, *start.of_kind("general")]
    kinds = [pairs, held_out, new]
    folder = saved_result(parts, lambda draft: prefer(draft, start.model(), listed, kinds, asked))
    result = json.loads((folder / RESULT).read_text(encoding="utf-8"))
    return Preferred(**result, beta=BETA, pairs=tuple(pairs), held_out=tuple(held_out), start=start)


# as it was imported: an edit while this process runs changes nothing in it
SOURCE = source_hash(prefer.__module__, CODE)
