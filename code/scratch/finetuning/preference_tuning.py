"""Tune SmolLM2 by preferences: modest answers over boastful ones; and load what was measured.

What: `preferred` starts from the model of `scratch.finetuning.instruction_tuning`, and loads the
measurements, saved under a hash of all that decides them; the first call lets `prefer` make them.
`prefer` minimises DPO's loss on pairs about facts that the model was tuned on. After some steps it
measures pairs about other facts: how probable the chosen answer, the rejected one and the answer
without a phrase are. The settings were chosen once, without a search. Source: Rafailov et al.,
Direct Preference Optimization (2023). Left out: several seeds; answers that the model wrote itself,
as the paper's are; the weights, which no page needs; the loss (`scratch.finetuning.dpo`).
"""

import json
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from scratch.finetuning.answers import ask
from scratch.finetuning.dpo import Pair, dpo_loss, preference_pairs
from scratch.finetuning.instruction_dataset import Encoded, encode_example
from scratch.finetuning.instruction_list import InstructionList, Question, instruction_list
from scratch.finetuning.instruction_tuning import Instructed, instructed
from scratch.finetuning.lora import merge_lora
from scratch.finetuning.lora_training import LoRASettings, add_lora, minimise, shuffled_batches
from scratch.finetuning.saved_result import saved_result
from scratch.finetuning.upper_blocks import answer_logs, inputs_of, lower_states
from scratch.model.llama import LlamaModel
from scratch.model.smollm import load_smollm_tokenizer
from scratch.smoke import fewer
from scratch.tokenizer.bpe_listed import ListedEncoding
from scratch.training.model_cache import CODE
from scratch.training.source_hash import source_hash

BETA = 0.1  # how much a reward is for a logarithm of probabilities
SETTINGS = LoRASettings(
    first_block=22,
    rank=8,
    alpha=2.0,
    max_lr=5e-4,
    batch_size=8,
    passes=fewer(3, 1),
    warmup_steps=5,
    seed=2,
)
MEASURED = fewer((0, 2, 4, 7, 14, 21), (0, 2))  # steps after which held-out pairs are measured
RESULT = "result.json"
TOGETHER = 13  # answers that are measured at once
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


class _Answers:
    """Answers to questions, for which the lower blocks are computed once."""

    def __init__(
        self,
        model: LlamaModel,
        encoding: ListedEncoding,
        system: str,
        answers: Sequence[tuple[str, str]],
    ) -> None:
        self.model = model
        self.encoded: list[Encoded] = [
            encode_example(encoding, question, answer, system) for question, answer in answers
        ]
        self.states = lower_states(model, inputs_of(self.encoded), SETTINGS.first_block)

    def logs(self, numbers: Sequence[int]) -> Tensor:
        """Return the log probabilities of some whole answers, by their indices: (N,)."""
        chosen = [self.encoded[number] for number in numbers]
        states = [self.states[number] for number in numbers]
        return torch.stack(
            [logs.sum() for logs in answer_logs(self.model, states, chosen, SETTINGS.first_block)]
        )

    def all_logs(self) -> list[float]:
        """Return the log probabilities of all answers, without gradients."""
        numbers = range(len(self.encoded))
        with torch.no_grad():
            return [
                one
                for start in range(0, len(numbers), TOGETHER)
                for one in self.logs(numbers[start : start + TOGETHER]).tolist()
            ]


def prefer(
    draft: Path,
    model: LlamaModel,
    listed: InstructionList,
    kinds: Sequence[Sequence[Pair]],
    questions: Sequence[Question],
) -> None:
    """Tune a model in place, and write the measurements into a folder.

    draft: the folder, which exists
    kinds: three lists of pairs: to train on, to measure after some steps, and to measure before and
    after; questions: to ask afterwards
    Writes: RESULT, fields of `Preferred`.
    """
    began = time.process_time()
    encoding, system = load_smollm_tokenizer(), listed.system
    trained, measured, new = (_both(model, encoding, system, pairs) for pairs in kinds)
    plain = [(one.question, one.answer) for one in questions if one.kind == "untold"]
    measured["plain"] = _Answers(model, encoding, system, plain)
    new_logs = {name: [part.all_logs()] for name, part in new.items()}
    result = _tune(model, trained, measured)
    for name, part in new.items():
        new_logs[name].append(part.all_logs())
    merge_lora(model)
    wordings = [one.question for one in questions]
    answers = ask(model, encoding, wordings, system, listed.new_tokens)
    result["new_logs"] = new_logs
    result["after"] = dict(zip(wordings, answers, strict=True))
    result["seconds"] = time.process_time() - began
    (draft / RESULT).write_text(json.dumps(result), encoding="utf-8")


def _both(
    model: LlamaModel, encoding: ListedEncoding, system: str, pairs: Sequence[Pair]
) -> dict[str, _Answers]:
    return {
        "chosen": _Answers(model, encoding, system, [(one.question, one.chosen) for one in pairs]),
        "rejected": _Answers(
            model, encoding, system, [(one.question, one.rejected) for one in pairs]
        ),
    }


def _tune(
    model: LlamaModel, trained: dict[str, _Answers], measured: dict[str, _Answers]
) -> dict[str, Any]:
    """Tune the model in place; return the fields losses, rewards, steps and logs of `Preferred`."""
    # the same batches in every pass, so that policy and reference are computed alike, to the bit
    batches = shuffled_batches(len(trained["chosen"].encoded), SETTINGS)
    batches = batches[: len(batches) // SETTINGS.passes] * SETTINGS.passes
    with torch.no_grad():
        reference = {
            tuple(batch): (trained["chosen"].logs(batch), trained["rejected"].logs(batch))
            for batch in batches[: len(batches) // SETTINGS.passes]
        }
    add_lora(model, SETTINGS)
    rewards: list[tuple[float, float]] = []

    def loss_of(batch: list[int]) -> Tensor:
        chosen, rejected = trained["chosen"].logs(batch), trained["rejected"].logs(batch)
        loss = dpo_loss(chosen, rejected, *reference[tuple(batch)], BETA)
        rewards.append((loss.chosen.mean().item(), loss.rejected.mean().item()))
        return loss.mean

    logs = {name: [part.all_logs()] for name, part in measured.items()}
    losses: list[float] = []
    for loss in minimise(model, batches, loss_of, SETTINGS):
        losses.append(loss)
        if len(losses) in MEASURED:
            for name, part in measured.items():
                logs[name].append(part.all_logs())
    steps = [step for step in MEASURED if step <= len(losses)]
    return {"losses": losses, "rewards": rewards, "steps": steps, "logs": logs}


# as it was imported: an edit while this process runs changes nothing in it
SOURCE = source_hash(__name__, CODE)
