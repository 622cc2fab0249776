"""Read the instructions that a model is tuned on, and the questions and the rule that judge it.

What: `data/instructions.toml` has facts in several wordings, questions of general knowledge, and
required formats, with the rules of judging at its top. They become examples to train on, and
questions that are never trained; `is_right` is the rule of judging, to which
`scratch.finetuning.judging` adds what is said of numbers. Source: the novella and the pages of this
journal; each fact quotes the words that it comes from. Left out: training
(`scratch.finetuning.instruction_tuning`), judging by another model.
"""

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

LIST = Path(__file__).resolve().parents[3] / "data" / "instructions.toml"
KINDS = ("paraphrase", "untold", "general", "format")  # of questions that are never trained


@dataclass(frozen=True)
class Example:
    """A question and its answer, to train on."""

    question: str
    answer: str


@dataclass(frozen=True)
class Question:
    """A question to ask, its answer, and the words by which an answer is judged right."""

    question: str
    answer: str
    accept: tuple[str, ...]  # a right answer has one of these; (): it must equal `answer`
    kind: str  # of KINDS


def is_right(question: Question, answer: str) -> bool:
    """Return whether an answer contains an accepted word, or, without any, is the expected text.

    >>> asked = Question("How many?", "Six", ("Six", "6"), "untold")
    >>> is_right(asked, "There are 6 hens."), is_right(asked, "Sixteen")
    (True, False)
    >>> is_right(Question("Capitals?", "LAMP", (), "format"), "Lamp")
    False
    """
    if not question.accept:
        return answer.strip() == question.answer
    return any(
        re.search(rf"(?<!\w){re.escape(word)}(?!\w)", answer, re.IGNORECASE)
        for word in question.accept
    )


@dataclass(frozen=True)
class Phrases:
    """Pairs of phrases, a modest and a boastful one, that end an answer; some are never trained."""

    trained: tuple[tuple[str, str], ...]
    new: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class InstructionList:
    """The whole contents of the file."""

    system: str  # the turn before every question
    new_tokens: int  # of an answer, at most
    facts: tuple[Example, ...]  # trained, each in two wordings, one after the other
    formats: tuple[Example, ...]  # trained
    questions: tuple[Question, ...]  # never trained
    phrases: Phrases

    @property
    def trained(self) -> tuple[Example, ...]:
        """Return the examples to train on: the facts, then the formats."""
        return self.facts + self.formats

    def of_kind(self, kind: str) -> tuple[Question, ...]:
        """Return the questions of a kind. Raises: ValueError if it is not one of KINDS."""
        if kind not in KINDS:
            raise ValueError(f"kind is {kind!r}; give one of {', '.join(KINDS)}")
        return tuple(one for one in self.questions if one.kind == kind)


@cache
def instruction_list(file: Path = LIST) -> InstructionList:
    """Read the file, once per process.

    >>> instruction_list().facts[0].answer
    '212'
    >>> [len(instruction_list().of_kind(kind)) for kind in KINDS]
    [55, 26, 24, 16]
    """
    listed = tomllib.loads(file.read_text(encoding="utf-8"))
    formats = listed["format"]
    questions = [
        *(_fact(fact["paraphrase"], fact, "paraphrase") for fact in listed["learned"]),
        *(_fact(fact["ask"], fact, "untold") for fact in listed["untold"]),
        *(
            Question(question, words[0], tuple(words), "general")
            for question, words in listed["general"].items()
        ),
        *(Question(question, answer, (), "format") for question, answer in formats["held_out"]),
    ]
    wanted = listed["preferences"]
    return InstructionList(
        listed["system"],
        listed["new_tokens"],
        tuple(Example(ask, fact["answer"]) for fact in listed["learned"] for ask in fact["ask"]),
        tuple(Example(question, answer) for question, answer in formats["trained"]),
        tuple(questions),
        Phrases(
            tuple(zip(wanted["modest"], wanted["boastful"], strict=True)),
            tuple((modest, boastful) for modest, boastful in wanted["new_phrases"]),
        ),
    )


def _fact(question: str, fact: dict[str, str | Sequence[str]], kind: str) -> Question:
    answer = str(fact["answer"])
    return Question(question, answer, (answer, *fact.get("accept", ())), kind)
