"""Show a chat with a pretrained model, which runs in the reader's browser.

What: the model's shards go into assets/ (`exhibits.chat.model_shards`); the page has the controls,
and conversations from the run that printed it, the first one in the frame, where its tokens can be
tapped. In the browser assets/chat.js loads the shards when the reader agrees, and the model
answers. Each token shows the ten most probable ones, and a tap on one continues from there; the
surprisal of a sentence can be measured instead. Source: none; tokens and logits are those of
`scratch.model.llama`, and tests/test_talk.py compares them in Chromium. Left out: a system message
of the reader's own, and more than CONTEXT tokens.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from exhibits.base.asset import write_asset
from exhibits.base.exhibit import Exhibit, escape
from exhibits.base.json_embed import embed
from exhibits.chat.model_shards import CONTEXT, MOST, pack_shards
from exhibits.chat.recorded_steps import Step
from exhibits.tokens.surprisal import FULL
from scratch.model.gguf_file import GGUFFile
from scratch.model.llama import LlamaConfig

TOP_P = 0.9  # as the model's makers advise; temperature 0 answers as the run did
MEMORY = 300  # MB that a browser takes for the model, its keys and values; measured in Chromium
ROLES = {"user": "You", "assistant": "SmolLM2"}
NOTE = "Where JavaScript runs, you can talk to the model here."


@dataclass(frozen=True)
class Turn:
    """A turn of a conversation.

    role: "user" or "assistant"; steps: what could have come at each token of an answer
    """

    role: str
    text: str
    steps: tuple[Step, ...] = ()


def chat(
    model: GGUFFile,
    *,
    name: str,
    title: str,
    beginnings: Sequence[str],
    samples: Sequence[str] = (),
    conversations: Sequence[Sequence[Turn]] = (),
    recorded: Mapping[str, Any] | None = None,
    most: int = MOST,
) -> Exhibit:
    """Show a model to talk to, and write its shards into assets/.

    model: a Llama in a GGUF file; name: the beginning of its files' names
    title: the model's name for the reader; beginnings: messages to choose from
    samples: sentences to score; conversations: from the run that prints the page
    recorded: the first of them, token by token (`exhibits.chat.recorded_steps.carried`)
    most: bytes in a shard, at most

    Raises: ValueError as `exhibits.chat.model_shards.pack_shards` and `write_asset` do.
    """
    packed = pack_shards(model, name, most)
    addresses = {file: write_asset(file, data) for file, data in packed.files.items()}
    size = f"{packed.total / 1e6:.0f} MB"
    load = f"Load the model ({size})"
    config = LlamaConfig.from_metadata(model.metadata)
    parameters = sum(config.parameters().values())
    carried = {
        "index": addresses[packed.index],
        "key": packed.key,
        "files": len(packed.files) - 1,
        "size": size,
        "load": load,
        "full": int(FULL),
        "recorded": recorded,
    }
    about = f"{parameters:,} parameters, looks back {min(CONTEXT, config.context_length):,} tokens"
    if config.context_length > CONTEXT:
        about += f" here, of the {config.context_length:,} that it could"
    shown = list(conversations[:1]) if recorded else []
    others = conversations[len(shown) :]
    markup = (
        '<div class="ex-chat" data-pagefind-ignore><p class="ex-head"><b>'
        f"{escape(title)}</b> <span>{about}</span></p>{_modes()}"
        f'<div class="ex-chat-room">{_frame(shown)}<div class="ex-chat-side"'
        ' data-part="chat-side"></div><div class="ex-chat-ask">'
        f"{_choices('choice', 'Beginnings', beginnings)}{_choices('sample', 'Samples', samples)}"
        f"{_controls()}{_gate(load, size)}</div></div>"
        f'<script data-part="chat-data" type="application/json">{embed(carried)}</script></div>'
        f"{_printed(others)}"
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
        ' data-part="chat-remove" disabled>Remove it</button></div><progress'
        ' class="ex-chat-bar" data-part="chat-bar" max="1" value="0" aria-label="Loaded of the'
        f' model"></progress><p class="ex-chat-cost">{size} to download, once: your browser'
        f" keeps it. It takes about {MEMORY} MB of memory; on a phone use Wi-Fi, and expect it to"
        " be slow and warm. What you type stays in this page.</p></div>"
    )


def _frame(shown: Sequence[Sequence[Turn]]) -> str:
    """Return the frame in which the model answers; a recorded conversation is in it already."""
    return (
        '<div class="ex-chat-talk"><div class="ex-chat-log" data-part="chat-log" role="log"'
        ' aria-live="off" aria-label="Conversation" tabindex="0">'
        f'{"".join(_turns(turns) for turns in shown)}</div><div class="ex-chat-log"'
        ' data-part="chat-scored" role="group" aria-label="Scored sentence" tabindex="0" hidden>'
        f'</div><p class="ex-reader-note" data-part="note">{NOTE}</p></div>'
    )


def _modes() -> str:
    modes = "".join(
        f'<button type="button" data-part="chat-mode" data-mode="{mode}"'
        f' aria-pressed="{"true" if mode == "chat" else "false"}" disabled>{name}</button>'
        for mode, name in (("chat", "Chat"), ("score", "Score a sentence"))
    )
    return (
        '<div class="ex-row ex-chat-modes"><span class="ex-joined" role="group" aria-label="What to'
        f' do">{modes}</span><output data-part="chat-count"></output></div>'
    )


def _choices(kind: str, label: str, texts: Sequence[str]) -> str:
    """Return a row of texts to choose from: beginnings of a chat, or sentences to score."""
    buttons = "".join(
        f'<button type="button" class="ex-writer-choice" data-part="chat-{kind}"'
        f" disabled>{escape(text)}</button>"
        for text in texts
    )
    hidden = " hidden" if kind == "sample" else ""
    return (
        f'<div class="ex-row ex-chat-choices" data-part="chat-{kind}s" role="group"'
        f' aria-label="{label}"{hidden}>{buttons}</div>'
    )


def _controls() -> str:
    """Return the question whether to load, the text box, and the settings with a line of help."""
    return (
        '<div class="ex-chat-asked" data-part="chat-asked" hidden><p data-part="chat-why"'
        ' id="chat-why"></p><div class="ex-row"><button type="button" class="ex-writer-main"'
        ' data-part="chat-yes" aria-describedby="chat-why">Yes, load it</button><button'
        ' type="button" data-part="chat-no">Not now</button></div></div>'
        '<textarea class="ex-reader-text ex-chat-text" data-part="chat-text" dir="auto"'
        ' aria-label="Your message" placeholder="Your message" disabled></textarea>'
        '<div class="ex-row ex-chat-tools"><button type="button" class="ex-writer-main"'
        ' data-part="chat-send" disabled>Send</button><button type="button" data-part="chat-new"'
        ' disabled>New conversation</button></div><div data-part="chat-settings"><div class="ex-row'
        ' ex-writer-settings">'
        '<label>temperature <input type="range" data-part="chat-temperature" min="0" max="2"'
        ' step="0.05" value="0" disabled>'
        '<output data-part="chat-warmth">0: the likeliest</output></label>'
        '<label>top-p <input type="range" data-part="chat-top-p" min="0.05" max="1" step="0.05"'
        f' value="{TOP_P:g}" disabled><output data-part="chat-mass">{TOP_P:.2f}</output></label>'
        '</div><p class="ex-chat-cost">Temperature 0 always takes the likeliest token, whatever'
        " top-p is. Above it, chance decides, and the higher, the wilder. Top-p lets it draw"
        " only from the likeliest tokens that add up to so much.</p></div>"
    )


def _turns(turns: Sequence[Turn]) -> str:
    return "".join(
        f'<div class="ex-chat-turn{" ex-chat-you" if turn.role == "user" else ""}"><p'
        f' class="ex-chat-who">{ROLES[turn.role]}</p><p class="ex-chat-said"'
        f' dir="auto">{escape(turn.text)}</p></div>'
        for turn in turns
    )


def _printed(conversations: Sequence[Sequence[Turn]]) -> str:
    """Return the other conversations from the run that prints the page, folded."""
    if not conversations:
        return ""
    told = "".join(f'<div class="ex-chat-printed">{_turns(one)}</div>' for one in conversations)
    many = len(conversations)
    name = "Another recorded conversation" if many == 1 else f"{many} more recorded conversations"
    return f'<details class="ex-chat-examples"><summary>{name}</summary>{told}</details>'
