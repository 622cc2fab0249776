"""Ask a chat model questions, and return its answers, the most probable token at each step.

What: `ask` puts each question into the chat template and lets the model write until it ends its
turn; questions with equally many tokens are answered in one batch. Source: the chat template of
`scratch.tokenizer.chat_template`. Left out: judging the answers
(`scratch.finetuning.instruction_list`).
"""

from collections.abc import Sequence
from itertools import groupby

from scratch.finetuning.instruction_dataset import encode_prompt
from scratch.model.generate import generate
from scratch.model.llama import LlamaModel
from scratch.tokenizer.bpe_listed import ListedEncoding
from scratch.tokenizer.chat_template import END

TOGETHER = 16  # questions of one length


def ask(
    model: LlamaModel,
    encoding: ListedEncoding,
    questions: Sequence[str],
    system: str,
    new_tokens: int,
) -> list[str]:
    """Return the answers, in the order of the questions, without white space at the ends.

    system: the system's turn before each question; new_tokens: of an answer, at most
    """
    prompts = {question: encode_prompt(encoding, question, system) for question in questions}
    end, answers = encoding.special_ids[END], dict[str, str]()
    by_length = sorted(prompts, key=lambda question: len(prompts[question]))
    for _, group in groupby(by_length, key=lambda question: len(prompts[question])):
        asked = list(group)
        for start in range(0, len(asked), TOGETHER):
            part = asked[start : start + TOGETHER]
            rows = generate(model, [prompts[question] for question in part], new_tokens, eos_id=end)
            answers |= {
                question: encoding.decode(row).strip()
                for question, row in zip(part, rows, strict=True)
            }
    return [answers[question] for question in questions]
