"""Show a chat with a pretrained model, which runs in the reader's browser.

What: the model's shards go into assets/ (`exhibits.chat.model_shards`); the page has the controls,
and a few conversations from the run that printed it, for readers without a script. In the browser
assets/chat.js loads the shards when the reader asks for them, and the model answers. Each token
shows the ten most probable ones, and a tap on one continues from there; the surprisal of a sentence
can be measured instead. Source: none; tokens and logits are those of `scratch.model.llama`, and
tests/test_talk.py compares them in Chromium. Left out: a system message of the reader's own, and
more than CONTEXT tokens.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from exhibits.base.asset import write_asset
from exhibits.base.exhibit import Exhibit, escape
from exhibits.base.json_embed import embed
from exhibits.chat.model_shards import CONTEXT, MOST, pack_shards
from exhibits.tokens.surprisal import FULL
from scratch.model.gguf_file import GGUFFile
from scratch.model.llama import LlamaConfig

TOP_P = 0.9  # as the model's makers advise; temperature 0 answers as the run did
MEMORY = 300  # MB that a browser takes for the model, its keys and values; measured in Chromium
ROLES = {"user": "You", "assistant": "SmolLM2"}
NOTE = "Where JavaScript runs, you can talk to the model here."


@dataclass(frozen=True)
class Turn:
    """A turn of a conversation; role: "user" or "assistant"."""

    role: str
    text: str


def chat(
    model: GGUFFile,
    *,
    name: str,
    title: str,
    beginnings: Sequence[str],
    conversations: Sequence[Sequence[Turn]] = (),
    most: int = MOST,
) -> Exhibit:
    """Show a model to talk to, and write its shards into assets/.

    model: a Llama in a GGUF file; name: the beginning of its files' names
    title: the model's name for the reader; beginnings: messages to choose from
    conversations: for readers without a script; most: bytes in a shard, at most

    Raises: ValueError as `exhibits.chat.model_shards.pack_shards` and `write_asset` do.
    """
    packed = pack_shards(model, name, most)
    addresses = {file: write_asset(file, data) for file, data in packed.files.items()}
    size = f"{packed.total / 1e6:.0f} MB"
    load = f"Load the model ({size}, kept by your browser)"
    parameters = sum(LlamaConfig.from_metadata(model.metadata).parameters().values())
    carried = {
        "index": addresses[packed.index],
        "key": packed.key,
        "files": len(packed.files) - 1,
        "size": size,
        "load": load,
        "full": int(FULL),
    }
    about = f"{parameters:,} parameters, reads {CONTEXT:,} tokens"
    markup = (
        '<div class="ex-chat" data-pagefind-ignore><p class="ex-head"><b>'
        f"{escape(title)}</b> <span>{about}</span></p>{_gate(load, size)}{_modes(beginnings)}"
        '<div class="ex-chat-room"><div class="ex-chat-talk"><div class="ex-chat-log"'
        ' data-part="chat-log" role="log" aria-live="off" aria-label="Conversation"'
        ' tabindex="0"></div><div class="ex-chat-log" data-part="chat-scored" role="group"'
        ' aria-label="Scored sentence" tabindex="0" hidden></div>'
        f'{_controls()}</div><div class="ex-chat-side" data-part="chat-side"></div></div>'
        f'<script data-part="chat-data" type="application/json">{embed(carried)}</script></div>'
        f"{_printed(conversations)}"
    )
    plain = "\n\n".join(
        "\n".join(f"{ROLES[turn.role]}: {turn.text}" for turn in turns) for turns in conversations
    )
    return Exhibit(markup, f"[{about}; {size}]\n{plain}")


def absent(why: str) -> Exhibit:
    """Show one line in place of the chat, because the model is missing; why: how to get it.

    >>> absent("run make").text
    'Without the pretrained model there is nobody to talk to here: run make'
    """
    line = f"Without the pretrained model there is nobody to talk to here: {why}"
    return Exhibit(f'<p class="ex-ran-on">{escape(line)}</p>', line)


def _gate(load: str, size: str) -> str:
    """Return the button that loads the model, with the size of the download."""
    return (
        '<div class="ex-chat-gate"><div class="ex-row"><button type="button" class="ex-chat-load"'
        f' data-part="chat-load" disabled>{load}</button><button type="button"'
        ' data-part="chat-remove" disabled>Remove what is kept</button></div><progress'
        ' class="ex-chat-bar" data-part="chat-bar" max="1" value="0" aria-label="Loaded of the'
        f' model"></progress><p class="ex-chat-cost">It costs {size} of download, once, and about'
        f" {MEMORY} MB of memory while it runs. On a phone take a Wi-Fi network, and expect slower"
        " answers and a warm phone. What you type stays in this page.</p></div>"
        f'<p class="ex-reader-note" data-part="note">{NOTE}</p>'
    )


def _modes(beginnings: Sequence[str]) -> str:
    choices = "".join(
        '<button type="button" class="ex-writer-choice" data-part="chat-choice"'
        f" disabled>{escape(text)}</button>"
        for text in beginnings
    )
    modes = "".join(
        f'<button type="button" data-part="chat-mode" data-mode="{mode}"'
        f' aria-pressed="{"true" if mode == "chat" else "false"}" disabled>{name}</button>'
        for mode, name in (("chat", "Chat"), ("score", "Score a sentence"))
    )
    return (
        '<div class="ex-row ex-chat-modes"><span class="ex-joined" role="group" aria-label="What to'
        f' do">{modes}</span><output data-part="chat-count"></output></div><div class="ex-row'
        f' ex-chat-choices" role="group" aria-label="Beginnings">{choices}</div>'
    )


def _controls() -> str:
    """Return the text box and the settings; they take their room already, so nothing moves."""
    return (
        '<textarea class="ex-reader-text ex-chat-text" data-part="chat-text" dir="auto"'
        ' aria-label="Your message" placeholder="Your message" disabled></textarea>'
        '<div class="ex-row ex-chat-tools"><button type="button" class="ex-writer-main"'
        ' data-part="chat-send" disabled>Send</button><button type="button" data-part="chat-new"'
        ' disabled>New conversation</button></div><div class="ex-row ex-writer-settings">'
        '<label>temperature <input type="range" data-part="chat-temperature" min="0" max="2"'
        ' step="0.05" value="0" disabled><output data-part="chat-warmth">0, best</output></label>'
        '<label>top-p <input type="range" data-part="chat-top-p" min="0.05" max="1" step="0.05"'
        f' value="{TOP_P:g}" disabled><output data-part="chat-mass">{TOP_P:.2f}</output></label>'
        "</div>"
    )


def _printed(conversations: Sequence[Sequence[Turn]]) -> str:
    """Return the conversations from the run that prints the page."""
    if not conversations:
        return ""
    told = "".join(
        '<div class="ex-chat-printed">'
        + "".join(
            f'<div class="ex-chat-turn{" ex-chat-you" if turn.role == "user" else ""}"><p'
            f' class="ex-chat-who">{ROLES[turn.role]}</p><p class="ex-chat-said"'
            f' dir="auto">{escape(turn.text)}</p></div>'
            for turn in turns
        )
        + "</div>"
        for turns in conversations
    )
    return f'<div class="ex-chat-examples">{told}</div>'
