"""Show a chat with SmolLM2, with conversations from the run that prints the page.

What: a page calls `talk_to_smollm`. Source: `scratch.model.smollm`. Left out: drawing tokens at
random. Printed answers take the most probable token each time, so that the same question gets the
same answer in the page.
"""

from __future__ import annotations

from collections.abc import Sequence

from exhibits.base.exhibit import Exhibit
from exhibits.chat.chat import Turn, absent, chat
from exhibits.chat.recorded_steps import carried, steps_of
from scratch.model.generate import generate
from scratch.model.llama import LlamaModel
from scratch.model.smollm import NoPretrained, load_smollm, load_smollm_tokenizer, pretrained_file
from scratch.tokenizer.bpe_listed import ListedEncoding
from scratch.tokenizer.chat_template import END, Message, encode_chat

NAME = "smollm2"
LONGEST = 80  # tokens of a printed answer; some seconds of the run


def talk_to_smollm(conversations: Sequence[Sequence[str]], samples: Sequence[str] = ()) -> Exhibit:
    """Show a chat with SmolLM2; if its weights are missing, one line that says how to get them.

    conversations: the user's turns of each, which the model answers here; the first is shown token
    by token, and the reader may choose their first turns in the page
    samples: sentences to score
    """
    try:
        file = pretrained_file()
    except NoPretrained as missing:
        return absent(str(missing))
    model, encoding = load_smollm(), load_smollm_tokenizer()
    had = [converse(model, encoding, questions) for questions in conversations]
    end = encoding.special_ids[END]
    recorded = carried(had[0], lambda id: encoding.decode_bytes([id]), end) if had else None
    return chat(
        file,
        name=NAME,
        title="SmolLM2-135M-Instruct",
        beginnings=[questions[0] for questions in conversations],
        samples=samples,
        conversations=had,
        recorded=recorded,
    )


def converse(
    model: LlamaModel, encoding: ListedEncoding, questions: Sequence[str], longest: int = LONGEST
) -> list[Turn]:
    """Have a conversation: the model answers each question, with the most probable tokens.

    longest: tokens of an answer, at most; an answer cut off there ends with an ellipsis
    Returns: questions and answers in turn, each answer with its steps.
    """
    turns: list[Turn] = []
    end = encoding.special_ids[END]
    for question in questions:
        turns.append(Turn("user", question))
        messages: list[Message] = [{"role": one.role, "content": one.text} for one in turns]  # type: ignore[typeddict-item]
        prompt = encode_chat(encoding, messages)
        (ids,) = generate(model, [prompt], longest, eos_id=end)
        cut = len(ids) == longest
        steps = steps_of(model, prompt, ids if cut else [*ids, end])
        turns.append(Turn("assistant", encoding.decode(ids) + ("\u2026" if cut else ""), steps))
    return turns
