"""Show the journal's own model in the reader's browser, where it continues a prompt token by token.

What: the page has samples that the model wrote when the page was printed, and a link to the model's
file (`exhibits.writer.model_file`). In the browser assets/writer.js adds a text box; the file is
loaded when the reader asks for it, and a worker runs the model. Each step shows the most probable
tokens with their probabilities, and each head's attention weights on earlier tokens. Without
JavaScript the samples and the link stay. Source: none; logits, ids and attention weights are those
of `scratch.model.gpt`, and tests/test_writer.py compares them in Chromium. Left out: top-p.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from exhibits.base.asset import write_asset
from exhibits.base.exhibit import Exhibit, escape
from exhibits.base.json_embed import embed
from exhibits.tokens.chips import chips
from exhibits.writer.model_file import pack_model, unpack_model
from exhibits.writer.portable_random import continue_prompt
from scratch.model.generate import GREEDY, Sampling
from scratch.model.gpt import GPTModel, count_parameters
from scratch.tokenizer.bpe import BytePairEncoding

MOST = (
    200  # tokens written at once; beyond the context each takes a browser some tenths of a second
)
TOP_K = (1, 5, 10, 40, 100, 0)  # the reader's choices
WARMEST, WARMER = 2.0, 0.05  # the highest temperature, and the slider's steps
FULL = 12.0  # bits of a full shade: a probability of 1 in 4,096
BEST = "the best token each time"
NOTE = "A sample of this page’s run. Where JavaScript runs, the model writes on here."


@dataclass(frozen=True)
class Settings:
    """The reader's settings: temperature (0: the most probable token), top_k (0: all), and seed."""

    temperature: float
    top_k: int
    seed: int

    def __str__(self) -> str:
        if not self.temperature:
            return BEST
        return f"temperature {self.temperature:g}, top-k {self.top_k or 'all'}, seed {self.seed}"

    def sampling(self, vocab_size: int) -> Sampling:
        """Return the settings in the form that `scratch.model.generate` takes."""
        if not self.temperature:
            return GREEDY
        return Sampling(self.temperature, top_k=min(self.top_k, vocab_size) or None)


@dataclass(frozen=True)
class Sample:
    """A continued prompt: its ids, and each new token's id and probability."""

    given: list[int]
    new: list[tuple[int, float]]


def model_writer(
    model: GPTModel,
    encoding: BytePairEncoding,
    *,
    name: str,
    beginnings: Sequence[str],
    length: int = 40,
    temperature: float = 0.8,
    top_k: int = 40,
    seed: int = 1,
) -> Exhibit:
    """Show a model that writes in the page, and write its file into the journal's assets/.

    The reader may change temperature, top_k and seed; a seed gives the same text in the page as
    here.

    model, encoding: with one vocabulary size; their file may have 5 MB
    name: of the file, without its ending; two pages with the same model give the same name
    beginnings: prompts to choose from; the first one is in the text box
    length: how many tokens follow a prompt, 1 to MOST
    temperature: from 0 (the most probable token each time) to WARMEST, in steps of WARMER
    top_k: how many of the most probable tokens may be drawn, 0 for all
    seed: of the random numbers, 0 to 2**32 - 1

    Raises: ValueError for a value out of its range, a prompt without a token or longer than the
    context, and as `pack_model` and `write_asset` do.
    """
    _check(beginnings, length, temperature, top_k, seed)
    settings = Settings(temperature, top_k, seed)
    packed = pack_model(model, encoding)
    rounded, _ = unpack_model(packed)  # samples are written with the weights that the browser gets
    samples = [_sample(rounded, encoding, prompt, length, settings) for prompt in beginnings]
    texts = [encoding.decode([id for id, _ in sample.new]) for sample in samples]
    address = write_asset(f"{name}.bin", packed)
    megabytes = f"{len(packed) / 1e6:.1f} MB"
    carried = {
        "length": length,
        "file": address,
        "size": megabytes,
        "full": FULL,
        "temperature": temperature,
        "topK": top_k,
        "seed": seed,
    }
    about = _about(model)
    markup = (
        '<div class="ex-writer" data-pagefind-ignore><p class="ex-head"><b>A beginning</b>'
        f' <span>{about}</span></p><div class="ex-reader-text" data-part="writer-text"'
        f' dir="auto">{escape(beginnings[0])}</div>{_controls(beginnings, megabytes, settings)}'
        f'<p class="ex-reader-note" data-part="note">{NOTE}</p>'
        f"{_passage(beginnings[0], texts[0], live=True)}{_chips(encoding, samples[0]).html}"
        '<div class="ex-writer-look" data-part="writer-look"></div>'
        f"{_others(beginnings, texts, str(settings))}"
        f'<p class="ex-writer-file"><a href="{escape(address)}" download>The model as a file</a>,'
        f" {megabytes}. What is typed here stays in this page.</p>"
        f'<script data-part="writer-data" type="application/json">{embed(carried)}</script></div>'
    )
    lines = [f"{prompt}|{text}" for prompt, text in zip(beginnings, texts, strict=True)]
    return Exhibit(markup, "\n".join([f"[{about}; {settings}]", *lines]))


def _about(model: GPTModel) -> str:
    entries, context = model.config.vocab_size, model.config.context_length
    return f"{count_parameters(model):,} parameters, {entries:,} entries, reads {context:,} tokens"


def _sample(
    model: GPTModel, encoding: BytePairEncoding, prompt: str, length: int, settings: Settings
) -> Sample:
    given = encoding.encode_ordinary(prompt)
    limit = model.config.context_length
    if not 0 < len(given) <= limit:
        raise ValueError(
            f"the beginning {prompt!r} has {len(given)} tokens; give one of 1 to {limit}"
        )
    sampling = settings.sampling(len(encoding))
    return Sample(given, continue_prompt(model, given, length, sampling, settings.seed))


def _controls(beginnings: Sequence[str], megabytes: str, settings: Settings) -> str:
    """Return the controls, which the script enables; nothing moves then, as they are printed."""
    choices = "".join(
        '<button type="button" class="ex-writer-choice" data-part="writer-choice"'
        f" disabled>{escape(text)}</button>"
        for text in beginnings
    )
    options = "".join(
        f'<option value="{k}"{" selected" if k == settings.top_k else ""}>'
        f"{f'{k:,}' if k else 'all'}</option>"
        for k in sorted({settings.top_k, *TOP_K}, key=lambda k: k or math.inf)
    )
    degrees = f"{settings.temperature:g}" if settings.temperature else "0: the likeliest"
    return (
        '<div class="ex-row ex-writer-choices" role="group"'
        f' aria-label="Beginnings">{choices}</div><div class="ex-row ex-writer-tools">'
        '<button type="button" class="ex-writer-main" data-part="writer-main" disabled>'
        f"Load the model ({megabytes}) and write</button>"
        '<button type="button" class="ex-writer-more" data-part="writer-more" disabled>Go on'
        '</button><button type="button" class="ex-writer-link" data-part="writer-link" disabled>'
        'Copy a link</button></div><div class="ex-row ex-writer-settings"><label>temperature'
        ' <input type="range" data-part="writer-temperature" min="0"'
        f' max="{WARMEST:g}" step="{WARMER:g}" value="{settings.temperature:g}" disabled>'
        f'<output data-part="writer-warmth">{degrees}</output></label></div>'
        '<details class="ex-writer-more-settings"><summary>More settings</summary>'
        '<div class="ex-row ex-writer-settings"><label>top-k'
        f' <select data-part="writer-top-k" disabled>{options}</select></label><label>seed'
        ' <input type="number" data-part="writer-seed" min="0"'
        f' max="{2**32 - 1}" value="{settings.seed}" disabled></label></div></details>'
    )


def _passage(beginning: str, text: str, live: bool = False) -> str:
    """Return a sample as running text; in the live one the script writes."""
    names = (' data-part="writer-beginning"', ' data-part="writer-rest"') if live else ("", "")
    return (
        f'<p class="ex-writer-text" dir="auto"><b{names[0]}>{escape(beginning)}</b>'
        f"<span{names[1]}>{escape(text)}</span></p>"
    )


def _others(beginnings: Sequence[str], texts: Sequence[str], how: str) -> str:
    """Return all samples in a fold."""
    passages = "".join(map(_passage, beginnings, texts))
    return (
        "<details><summary>What it wrote when the page was printed"
        f" ({how})</summary>{passages}</details>"
    )


def _check(
    beginnings: Sequence[str], length: int, temperature: float, top_k: int, seed: int
) -> None:
    if isinstance(beginnings, str) or not beginnings or len(set(beginnings)) < len(beginnings):
        raise ValueError(
            f"beginnings are {beginnings!r}; give a list of one or more texts, each once"
        )
    if not 1 <= length <= MOST:
        raise ValueError(f"length is {length}; the page writes 1 to {MOST} tokens at once")
    if (
        not 0 <= temperature <= WARMEST
        or abs(temperature / WARMER - round(temperature / WARMER)) > 1e-9
    ):
        limits = (
            f"0 for the best token each time, or up to {WARMEST:g} in steps of {WARMER:g}, as the"
            " page's slider has them"
        )
        raise ValueError(f"temperature is {temperature}; give {limits}")
    if top_k < 0:
        raise ValueError(f"top_k is {top_k}; give how many entries stay, or 0 for all")
    if not 0 <= seed < 2**32:
        raise ValueError(f"seed is {seed}; give 0 to {2**32 - 1:,}")


def _chips(encoding: BytePairEncoding, sample: Sample) -> Exhibit:
    """Return a sample's chips, the new tokens shaded by their surprisal in bits."""
    bits = [-math.log2(probability) for _, probability in sample.new]
    ids = [*sample.given, *(id for id, _ in sample.new)]
    return chips(
        [encoding.tokens[id] for id in ids],
        ids=ids,
        shades=[*(None for _ in sample.given), *(min(1.0, each / FULL) for each in bits)],
        notes=[*("given" for _ in sample.given), *(f"{each:.1f}" for each in bits)],
        label="The model writes on",
        shade_label=f"bits of surprise, full at {FULL:.0f}",
    )
