"""Tune SmolLM2 by LoRA on this journal's instructions, and load it with its answers.

What: `instructed` loads the tuned model, saved under a hash of all that decides it; the first call
lets `teach` make it. `teach` tunes the upper blocks on the examples of `data/instructions.toml`.
The loss is the mean over the answers' tokens; questions that are never trained are asked before and
after. The settings were chosen only by the loss of the training examples. Source: Raschka, Build a
Large Language Model (From Scratch), chapter 7 and appendix E. Left out: several seeds; other
instructions.
"""

import json
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import torch

from scratch.finetuning.answers import ask
from scratch.finetuning.instruction_dataset import (
    Encoded,
    InstructionDataset,
    alpaca_text,
    encode_example,
)
from scratch.finetuning.instruction_list import KINDS, InstructionList, Question, instruction_list
from scratch.finetuning.lora import merge_lora
from scratch.finetuning.lora_training import (
    LoRASettings,
    add_lora,
    load_lora,
    minimise,
    shuffled_batches,
    write_lora,
)
from scratch.finetuning.saved_result import saved_result
from scratch.finetuning.upper_blocks import answer_logs, inputs_of, lower_states
from scratch.model.llama import LlamaModel
from scratch.model.smollm import FILE, load_smollm, load_smollm_tokenizer
from scratch.smoke import fewer
from scratch.tokenizer.bpe_listed import ListedEncoding
from scratch.training.model_cache import CODE
from scratch.training.source_hash import source_hash

SETTINGS = LoRASettings(
    first_block=22, rank=8, alpha=2.0, max_lr=2e-3, batch_size=8, passes=fewer(5, 1)
)
TRAINED = fewer(1_000, 16)  # examples, at most
MEASURED = ("paraphrase", "untold")  # whose loss is followed
RESULT, WEIGHTS = "result.json", "lora.safetensors"
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


def teach(draft: Path, listed: InstructionList, questions: Sequence[Question]) -> None:
    """Ask, tune and ask again; write answers, losses and LoRA into a folder.

    draft: the folder, which exists; questions: those to ask
    Writes: RESULT, the fields of `Instructed`, and WEIGHTS.
    """
    began = time.process_time()
    model, encoding = load_smollm(), load_smollm_tokenizer()
    wordings = [one.question for one in questions]
    rest = (listed.system, listed.new_tokens)
    before = ask(model, encoding, wordings, *rest)
    prompts = {
        name: [-logs.sum().item() for logs in _whole(model, encoded)]
        for name, encoded in _two_prompts(encoding, listed, questions).items()
    }
    losses, held_out = _tune(model, encoding, listed, questions)
    write_lora(draft / WEIGHTS, model)
    merge_lora(model)
    after = ask(model, encoding, wordings, *rest)
    result = {
        "losses": losses,
        "held_out": held_out,
        "before": dict(zip(wordings, before, strict=True)),
        "after": dict(zip(wordings, after, strict=True)),
        "prompts": prompts,
        "seconds": time.process_time() - began,
    }
    (draft / RESULT).write_text(json.dumps(result), encoding="utf-8")


def _two_prompts(
    encoding: ListedEncoding, listed: InstructionList, questions: Sequence[Question]
) -> dict[str, list[Encoded]]:
    """Encode the general questions with their answers: "chat" by the chat template, "alpaca" under
    headings.
    """
    asked = [one for one in questions if one.kind == "general"]
    chat = [encode_example(encoding, one.question, one.answer, listed.system) for one in asked]
    alpaca = []
    for one in asked:
        prompt = encoding.encode_ordinary(alpaca_text(one.question))
        alpaca.append(Encoded([*prompt, *encoding.encode_ordinary(one.answer)], len(prompt)))
    return {"chat": [Encoded(one.ids[:-1], one.answer_start) for one in chat], "alpaca": alpaca}


def _whole(model: LlamaModel, encoded: Sequence[Encoded]) -> list[torch.Tensor]:
    """Return the log probabilities of each answer's tokens, computed by the whole model."""
    blocks = len(model.trf_blocks)
    with torch.no_grad():
        return answer_logs(model, lower_states(model, inputs_of(encoded), blocks), encoded, blocks)


def _tune(
    model: LlamaModel,
    encoding: ListedEncoding,
    listed: InstructionList,
    questions: Sequence[Question],
) -> tuple[list[float], dict[str, list[float]]]:
    first_block, system = SETTINGS.first_block, listed.system
    encoded = InstructionDataset(listed.trained[:TRAINED], encoding, system).encoded
    states = lower_states(model, inputs_of(encoded), first_block)
    measured = {
        kind: [
            encode_example(encoding, one.question, one.answer, system)
            for one in questions
            if one.kind == kind
        ]
        for kind in MEASURED
    }
    lower = {
        kind: lower_states(model, inputs_of(part), first_block) for kind, part in measured.items()
    }
    add_lora(model, SETTINGS)

    def mean_loss(kind: str) -> float:
        with torch.no_grad():
            return (
                -torch.cat(answer_logs(model, lower[kind], measured[kind], first_block))
                .mean()
                .item()
            )

    def loss_of(numbers: list[int]) -> torch.Tensor:
        chosen = [encoded[number] for number in numbers]
        logs = answer_logs(model, [states[number] for number in numbers], chosen, first_block)
        return -torch.cat(logs).mean()

    batches = shuffled_batches(len(encoded), SETTINGS)
    a_pass = len(batches) // SETTINGS.passes
    held_out = {kind: [mean_loss(kind)] for kind in MEASURED}
    losses = []
    for loss in minimise(model, batches, loss_of, SETTINGS):
        losses.append(loss)
        if len(losses) % a_pass == 0:
            for kind in MEASURED:
                held_out[kind].append(mean_loss(kind))
    return losses, held_out


# as it was imported: an edit while this process runs changes nothing in it
SOURCE = source_hash(__name__, CODE)
