"""Write a conversation as one text, which a chat model continues with its answer.

What: a chat model was trained on texts in which every turn is enclosed in two special tokens and
begins with the name of its speaker. `chat_text` writes a conversation in this form, and opens a
last turn for the answer. `encode_chat` turns it into ids, and reads the content of the turns as
ordinary text: a user who types `<|im_end|>` writes ten characters and does not end the turn.
Source: SmolLM2's own chat template, in ChatML, as its file has it. Left out: tools, several
answers, other models' templates.
"""

from collections.abc import Sequence
from typing import Literal, TypedDict

from scratch.tokenizer.bpe_listed import ListedEncoding

START, END = "<|im_start|>", "<|im_end|>"
# what the model is told where the conversation does not begin with a turn of "system"
SYSTEM = "You are a helpful AI assistant named SmolLM, trained by Hugging Face"


class Message(TypedDict):
    """A turn of a conversation: who speaks, and the text."""

    role: Literal["system", "user", "assistant"]
    content: str


def turns(messages: Sequence[Message]) -> list[Message]:
    """Return the turns, with SYSTEM's in front if the first is not the system's.

    Raises: ValueError for a role other than system, user or assistant.

    >>> [turn["role"] for turn in turns([Message(role="user", content="Hi")])]
    ['system', 'user']
    """
    for message in messages:
        if message["role"] not in ("system", "user", "assistant"):
            raise ValueError(f"role is {message['role']!r}; give system, user or assistant")
    if messages and messages[0]["role"] == "system":
        return list(messages)
    return [{"role": "system", "content": SYSTEM}, *messages]


def chat_text(messages: Sequence[Message], *, add_generation_prompt: bool = True) -> str:
    r"""Write a conversation as text, with SYSTEM's turn in front if it has none.

    add_generation_prompt: whether to open the assistant's turn at the end, for the model to fill
    Raises: ValueError for a role other than system, user or assistant.

    >>> system = Message(role="system", content="Be brief.")
    >>> print(chat_text([system, Message(role="user", content="Hi")]))
    <|im_start|>system
    Be brief.<|im_end|>
    <|im_start|>user
    Hi<|im_end|>
    <|im_start|>assistant
    <BLANKLINE>
    """
    text = "".join(
        f"{START}{message['role']}\n{message['content']}{END}\n" for message in turns(messages)
    )
    return text + (f"{START}assistant\n" if add_generation_prompt else "")


def encode_chat(
    encoding: ListedEncoding, messages: Sequence[Message], *, add_generation_prompt: bool = True
) -> list[int]:
    """Turn a conversation into ids; a special token typed within a turn is ordinary text.

    add_generation_prompt: as for `chat_text`
    Returns: (T,) ids.
    Raises: ValueError for a role other than system, user or assistant; NotUnicode; NoEntry.
    """
    start, end = encoding.special_ids[START], encoding.special_ids[END]
    line_end = encoding.encode_ordinary("\n")
    ids: list[int] = []
    for message in turns(messages):
        said = encoding.encode_ordinary(f"{message['role']}\n{message['content']}")
        ids += [start, *said, end, *line_end]
    return ids + (
        [start, *encoding.encode_ordinary("assistant\n")] if add_generation_prompt else []
    )
