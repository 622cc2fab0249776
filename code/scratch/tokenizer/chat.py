"""Write a conversation as the one text that a model goes on with.

What: a model that answers was trained on texts in which every turn stands between two special
tokens, after the name of who speaks. `chat_text` writes a conversation so, and leaves the last turn
open for the answer. `encode_chat` makes ids of it, and takes what the turns say as ordinary text:
a writer who types `<|im_end|>` writes ten characters, and ends no turn. Source: SmolLM2's own chat
template, in ChatML, as its file has it. Left out: tools, several answers, other models' templates.
"""

from collections.abc import Sequence
from typing import Literal, TypedDict

from scratch.tokenizer.bpe_listed import ListedEncoding

START, END = "<|im_start|>", "<|im_end|>"
# what the model is told where the conversation does not begin with a turn of "system"
SYSTEM = "You are a helpful AI assistant named SmolLM, trained by Hugging Face"


class Message(TypedDict):
    """A turn of a conversation."""

    role: Literal["system", "user", "assistant"]
    content: str


def turns(messages: Sequence[Message]) -> list[Message]:
    """Put the system's turn in front where there is none.

    Raises: ValueError for a role that the model does not know.
    """
    for message in messages:
        if message["role"] not in ("system", "user", "assistant"):
            raise ValueError(f"role is {message['role']!r}; give system, user or assistant")
    if messages and messages[0]["role"] == "system":
        return list(messages)
    return [{"role": "system", "content": SYSTEM}, *messages]


def chat_text(messages: Sequence[Message], *, add_generation_prompt: bool = True) -> str:
    r"""Write a conversation as text.

    add_generation_prompt: whether the assistant's turn is opened, for the model to go on with

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
    """Turn a conversation into ids: those of `chat_text`, unless a turn says a special token.

    Raises: ValueError for an unknown role; NotUnicode, NoEntry.
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
