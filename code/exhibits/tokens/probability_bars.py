"""Show the probabilities of the next token as bars that follow temperature, top-k and top-p.

What: for each position of a sentence the page has the logits of the TOP most probable tokens, and a
histogram of all others, from which assets/probability-bars.js computes softmax, top-k and top-p at
any setting. The histogram's bins are BIN wide; each token in a bin counts as at its middle, which
at a temperature t changes the probability of these tokens by a factor of about 1 + (BIN / t)**2 /
24. Given draws (`exhibits.tokens.next_draws`), a button draws a token, appends it and goes on.
Without a script the bars are those at temperature 1, without top-k and top-p. Source: as
`scratch.model.generate`. Left out: drawing what was not drawn beforehand, which the writer does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from exhibits.base.exhibit import Exhibit, escape, one_line
from exhibits.base.json_embed import embed
from exhibits.base.wording import counted
from exhibits.tokens.glyphs import Token, plain
from exhibits.tokens.next_draws import BARS, Draws

if TYPE_CHECKING:
    from torch import Tensor

TOP = 100  # tokens whose logits are carried
BIN = 0.05  # of the histogram of all other logits
DECIMALS = 3  # of a carried logit
MOST = 24  # positions: more would make a page heavy


def probability_bars(
    read: Sequence[Token],
    logits: Tensor,
    tokens: Sequence[Token],
    at: int | None = None,
    label: str = "The next token",
    draws: Draws | None = None,
) -> Exhibit:
    """Show the ten most probable next tokens after each position of a sentence.

    read: the T tokens of the sentence; logits: (T, V), the model's output after each
    tokens: the V entries of the vocabulary
    at: the position that is shown first, by default the last
    label: the name of the exhibit, for a screen reader
    draws: what is drawn after the last token, at each setting

    Raises: ValueError if the shapes differ, T is above MOST, or at is not 0 to T - 1.

    >>> import torch
    >>> print(probability_bars(["a"], torch.tensor([[2.0, 0.0]]), ["a", "b"]).text)
    The next token after “a”
    88.1%  a
    11.9%  b
    """
    if tuple(logits.shape) != (len(read), len(tokens)):
        raise ValueError(
            f"logits has the shape {tuple(logits.shape)}; give ({len(read)}, {len(tokens)}), a row"
            " for each token that was read"
        )
    if not 0 < len(read) <= MOST:
        raise ValueError(f"the sentence has {len(read)} tokens; give 1 to {MOST}")
    at = len(read) - 1 if at is None else at
    if not 0 <= at < len(read):
        raise ValueError(f"at is {at}; give a position from 0 to {len(read) - 1}")
    carried: dict[str, Any] = {
        "vocabulary": len(tokens),
        "bin": BIN,
        "at": at,
        "positions": [_position(row, tokens) for row in logits],
    }
    if draws:
        carried["draws"] = draws.carried
    likely = logits[at].double().softmax(-1)
    best = likely.topk(min(BARS, len(tokens)))
    rows = [
        (tokens[id], share)
        for id, share in zip(best.indices.tolist(), best.values.tolist(), strict=True)
    ]
    texts = draws.texts if draws else {}
    lines = [f"{label} after “{plain(read[at])}”", *(f"{p:.1%}  {plain(t)}" for t, p in rows)]
    lines += [f"Drawn at {setting}: {text}" for setting, text in texts.items()]
    return Exhibit(_markup(read, at, rows, carried, one_line(label), texts), "\n".join(lines))


def _position(row: Tensor, tokens: Sequence[Token]) -> dict[str, Any]:
    """Return the data of a position: names, logits minus the highest one, and other tokens by bin.

    others: number of a bin of width BIN below the highest logit -> how many tokens are in it
    """
    import torch

    ranked, ids = row.double().sort(descending=True, stable=True)
    below = ranked[0] - ranked
    bins = (below[TOP:] / BIN).floor().long()
    first = int(bins[0]) if len(bins) else 0
    return {
        "names": [plain(tokens[id]) for id in ids[:BARS].tolist()],
        "below": [round(value, DECIMALS) for value in below[:TOP].tolist()],
        "first": first,
        "others": torch.bincount(bins - first).tolist() if len(bins) else [],
    }


def _markup(
    read: Sequence[Token],
    at: int,
    rows: Sequence[tuple[Token, float]],
    carried: dict[str, Any],
    label: str,
    texts: Mapping[str, str],
) -> str:
    sentence = "".join(
        f"<li{' class=ex-now' if place == at else ''}><span>{escape(plain(token))}</span></li>"
        for place, token in enumerate(read)
    )
    bars = "".join(
        f'<li class="ex-probs-bar" style="--share:{100 * share:.2f}%"><span>'
        f"{escape(plain(token))}</span><i></i><span>{share:.1%}</span></li>"
        for token, share in rows
    )
    rest = max(0.0, 1 - sum(share for _, share in rows))
    others = carried["vocabulary"] - len(rows)
    bars += (
        f'<li class="ex-probs-bar ex-probs-rest" style="--share:{100 * rest:.2f}%"><span>{others:,}'
        f" others</span><i></i><span>{rest:.1%}</span></li>"
    )
    drawn = "".join(
        f"<li>{escape(setting)}: <bdi>{escape(text)}</bdi></li>" for setting, text in texts.items()
    )
    still = f'<ul class="ex-probs-still" data-part="probs-still">{drawn}</ul>' if drawn else ""
    room = '<div class="ex-row ex-probs-draw" data-part="probs-draw"></div>' if drawn else ""
    many = " data-draws" if drawn else ""
    return (
        f'<div class="ex-probs"{many} role="group" aria-label="{escape(label)}"'
        " data-pagefind-ignore>"
        f'<ol class="ex-probs-read" aria-label="After which token" data-part="probs-read">'
        f'{sentence}</ol><div class="ex-controls" data-part="probs-controls"></div>'
        f'<ol class="ex-probs-bars" aria-label="{escape(label)}" data-part="probs-bars"'
        f">{bars}</ol>{room}"
        f'<p data-part="probs-line" role="status">All {counted(carried["vocabulary"], "token")} may'
        f' be drawn.</p>{still}<script data-part="probs-data"'
        f' type="application/json">{embed(carried)}</script></div>'
    )
