"""The journal's own model in the reader's browser: type a beginning, and it writes on, token by
token.

What: the page carries what the model wrote after each beginning when the page was printed, and a
link to the model's file (`exhibits.writer.model_file`). In the browser assets/writer.js makes a
text box of it; the file is loaded when the reader asks, and read in a worker. Each step shows the
candidates with their shares, and which earlier tokens each head looked at. Without JavaScript the
samples and the link stay. Source: none; scores, ids and attention are those of `scratch.model.gpt`,
and tests/test_writer.py compares them in Chromium. Left out: top-p. Temperature and top-k are
enough to feel what a choice does.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from exhibits.base.asset import write_asset
from exhibits.base.exhibit import Exhibit, escape
from exhibits.base.json_embed import embed
from exhibits.tokens.chips import chips
from exhibits.writer.model_file import pack_model, unpack_model
from exhibits.writer.sampling import written
from scratch.model.generate import GREEDY, Sampling
from scratch.model.gpt import GPTModel, count_parameters
from scratch.tokenizer.bpe import BytePairEncoding

# tokens written at once; beyond the context's end each takes a browser some tenths of a second
MOST = 200
KEPT = (1, 5, 10, 40, 100, 0)  # what the reader may choose for top-k
WARMEST, WARMER = 2.0, 0.05  # the highest temperature, and the steps to it
FULL = 12.0  # bits of a full shade: one of 4,096
BEST = "the best token each time"
NOTE = "A sample of this page's run. Where JavaScript runs, the model writes on here."


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
    """Show a model that writes in the page, and leave its file in assets/.

    model: with the entries of the encoding; its file, with numbers of 16 bits, may have 5 MB
    name: the file's, without its ending; two pages that show one model give one name
    beginnings: what the reader may choose from; the first one stands in the box
    length: tokens written after a beginning; 1 to MOST
    temperature: 0, the best token each time, to WARMEST; top_k: how many entries stay, 0 for all;
    seed: of the draws. The reader
        may change all three; a seed draws the same in the page as here.

    Raises: ValueError for a value out of its range, a beginning without a token or longer than the
    context, and as `pack_model` and `write_asset`.
    """
    _check(beginnings, length, temperature, top_k, seed)
    sampling = (
        Sampling(temperature, top_k=min(top_k, len(encoding)) or None) if temperature else GREEDY
    )
    packed = pack_model(model, encoding)
    rounded, _ = unpack_model(packed)  # the samples are of the numbers that the browser gets
    samples = []
    for beginning in beginnings:
        given = encoding.encode_ordinary(beginning)
        if not 0 < len(given) <= model.config.context_length:
            limit = model.config.context_length
            raise ValueError(
                f"the beginning {beginning!r} has {len(given)} tokens; give one of 1 to {limit}"
            )
        samples.append((given, written(rounded, given, length, sampling, seed)))
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
    texts = [encoding.decode([id for id, _ in after]) for _, after in samples]
    config = model.config
    entries, places = config.vocab_size, config.context_length
    about = f"{count_parameters(model):,} parameters, {entries:,} entries, reads {places:,} tokens"
    how = (
        f"temperature {temperature:g}, top-k {top_k or 'all'}, seed {seed}" if temperature else BEST
    )
    markup = (
        '<div class="ex-writer" data-pagefind-ignore><p class="ex-head"><b>A beginning</b>'
        f' <span>{about}</span></p><div class="ex-reader-text" data-part="writer-text"'
        f' dir="auto">{escape(beginnings[0])}</div>{_controls(beginnings, megabytes, temperature, top_k, seed)}<p'
        ' class="ex-reader-note"'
        f' data-part="note">{NOTE}</p>{_passage(beginnings[0], texts[0], live=True)}{_chips(encoding, *samples[0]).html}<div'
        f' class="ex-writer-look" data-part="writer-look"></div>{_others(beginnings, texts, how)}<p'
        f' class="ex-writer-file"><a href="{escape(address)}" download>The model as a file</a>,'
        f' {megabytes}. What is typed here stays in this page.</p><script data-part="writer-data"'
        f' type="application/json">{embed(carried)}</script></div>'
    )
    plain = "\n".join(
        f"{beginning}|{text}" for beginning, text in zip(beginnings, texts, strict=True)
    )
    return Exhibit(markup, f"[{about}; {how}]\n{plain}")


def _controls(
    beginnings: Sequence[str], megabytes: str, temperature: float, top_k: int, seed: int
) -> str:
    """What the script brings to life. It stands here already, so that nothing moves then."""
    choices = "".join(
        '<button type="button" class="ex-writer-choice" data-part="writer-choice"'
        f" disabled>{escape(text)}</button>"
        for text in beginnings
    )
    kept = sorted({top_k, *KEPT}, key=lambda k: k or math.inf)
    options = "".join(
        "<option"
        f' value="{k}"{" selected" if k == top_k else ""}>{f"{k:,}" if k else "all"}</option>'
        for k in kept
    )
    shown = f"{temperature:g}" if temperature else "0, best"
    return (
        '<div class="ex-row ex-writer-choices" role="group"'
        f' aria-label="Beginnings">{choices}</div><div class="ex-row ex-writer-tools"><button'
        ' type="button" class="ex-writer-main" data-part="writer-main" disabled>Load the model'
        f' ({megabytes}) and write</button><button type="button" class="ex-writer-more"'
        ' data-part="writer-more" disabled>Go on</button><button type="button"'
        ' class="ex-writer-link" data-part="writer-link" disabled>Copy a link</button></div><div'
        ' class="ex-row ex-writer-settings"><label>temperature <input type="range"'
        f' data-part="writer-temperature" min="0" max="{WARMEST:g}" step="{WARMER:g}"'
        f' value="{temperature:g}" disabled><output'
        f' data-part="writer-warmth">{shown}</output></label><label>top-k <select'
        f' data-part="writer-top-k" disabled>{options}</select></label><label>seed <input'
        f' type="number" data-part="writer-seed" min="0" max="{2**32 - 1}" value="{seed}"'
        " disabled></label></div>"
    )


def _passage(beginning: str, text: str, live: bool = False) -> str:
    """A sample as running text; where it is live, the script writes on in it."""
    places = (' data-part="writer-beginning"', ' data-part="writer-rest"') if live else ("", "")
    return (
        f'<p class="ex-writer-text" dir="auto"><b{places[0]}>{escape(beginning)}</b>'
        f"<span{places[1]}>{escape(text)}</span></p>"
    )


def _others(beginnings: Sequence[str], texts: Sequence[str], how: str) -> str:
    """All samples, folded."""
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


def _chips(encoding: BytePairEncoding, given: list[int], after: list[tuple[int, float]]) -> Exhibit:
    """A sample's chips: those that were given bare, the others shaded by their bits."""
    bits = [-math.log2(share) for _, share in after]
    ids = [*given, *(id for id, _ in after)]
    return chips(
        [encoding.tokens[id] for id in ids],
        ids=ids,
        shades=[*(None for _ in given), *(min(1.0, each / FULL) for each in bits)],
        notes=[*("given" for _ in given), *(f"{each:.1f}" for each in bits)],
        label="The model writes on",
        shade_label=f"bits of surprise, full at {FULL:.0f}",
    )
