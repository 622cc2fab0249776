"""Load the tuned SmolLM2, with its answers before and after tuning; the first call tunes it.

What: `instructed` loads what `scratch.finetuning.instruct` made, saved under a hash of all that
decides it. Source: see `scratch.finetuning.saved_result`. Left out: other instructions.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from scratch.finetuning.instruct import RESULT, SETTINGS, TRAINED, WEIGHTS, teach
from scratch.finetuning.instruction_list import KINDS, InstructionList, Question, instruction_list
from scratch.finetuning.lora import merge_lora
from scratch.finetuning.saved_result import saved_result
from scratch.finetuning.tune_lora import load_lora
from scratch.model.llama import LlamaModel
from scratch.model.smollm import FILE, load_smollm
from scratch.smoke import fewer
from scratch.training.model_cache import CODE
from scratch.training.source_hash import source_hash

ASKED = fewer(1_000, 3)  # questions of a kind, at most


@dataclass(frozen=True)
class Instructed:
    """The losses of the tuning, and the model's answers before and after."""

    losses: tuple[float, ...]  # of each batch, nats a token of the answers
    held_out: dict[str, list[float]]  # of each kind of MEASURED, before the first pass, after each
    before: dict[str, str]  # question -> answer
    after: dict[str, str]
    prompts: dict[str, list[float]]  # nats of each general answer, by how it is asked
    seconds: float  # of a core that it took, by the machine that trained
    questions: tuple[Question, ...]  # that were asked
    folder: Path

    def model(self) -> LlamaModel:
        """Load the tuned model, with its LoRA merged into its weights."""
        model = load_smollm()
        load_lora(self.folder / WEIGHTS, model, SETTINGS)
        merge_lora(model)
        return model.eval()

    def of_kind(self, kind: str) -> list[Question]:
        """Return the questions of a kind (one of KINDS) that were asked."""
        return [one for one in self.questions if one.kind == kind]


def asked_of(listed: InstructionList) -> tuple[Question, ...]:
    """Return the questions to ask: all that are never trained, in a smoke test a few."""
    return tuple(one for kind in KINDS for one in listed.of_kind(kind)[:ASKED])


def instructed() -> Instructed:
    """Tune the model, or load it if it was tuned before.

    Raises: NoPretrained.
    """
    listed = instruction_list()
    questions = asked_of(listed)
    parts = [
        SOURCE,
        FILE.sha256,
        asdict(SETTINGS),
        [listed.system, listed.new_tokens],
        [asdict(one) for one in listed.trained[:TRAINED]],
        [(one.question, one.answer) for one in questions],
    ]
    folder = saved_result(parts, lambda draft: teach(draft, listed, questions))
    result = json.loads((folder / RESULT).read_text(encoding="utf-8"))
    return Instructed(**result, questions=questions, folder=folder)


# as it was imported: an edit while this process runs changes nothing in it
SOURCE = source_hash(teach.__module__, CODE)
