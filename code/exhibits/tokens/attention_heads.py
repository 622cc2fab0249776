"""Show the attention weights of heads on a sentence, as a table and as arcs above its tokens.

What: the table has the tokens on both axes, with a row for each token that attends; wider arcs lead
from one token to those that get more attention. If there are several blocks or heads, the page has
the weights of all, in per cent, and assets/attention-heads.js shows the head that the sliders
choose, and the row that is pointed at; buttons may lead to heads worth seeing. Without a script one
head and one row are shown. Left out: marking the causal mask; its weights are 0 and show as empty
cells.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from exhibits.base.exhibit import Exhibit, escape, one_line
from exhibits.base.json_embed import embed
from exhibits.tokens.glyphs import Token, plain

if TYPE_CHECKING:
    from torch import Tensor

LEVELS = 100  # of a weight of 1: whole per cents, as they are read out
MOST_TOKENS = 24
MOST_BYTES = 60_000  # of all weights, a byte each
LEAST = 2 / LEVELS  # weight of an arc that is drawn
ARC_HIGH, CELL = 90, 100  # of the drawing of the arcs: its height, and the width of a token
LOOP, LOOP_HIGH = 30, 34  # half the width of an arc to the token itself, and its height


def attention_heads(
    tokens: Sequence[Token],
    weights: Tensor | Sequence[Tensor],
    start: tuple[int, int] = (0, 0),
    row: int | None = None,
    label: str = "Attention",
    finds: Mapping[str, tuple[int, int, int]] | None = None,
) -> Exhibit:
    """Show the attention weights of one head; with several, sliders choose block and head.

    tokens: the T tokens of the sentence
    weights: (L, H, T, T) for L blocks of H heads, or L tensors (H, T, T); each row sums to 1
    start: the block and the head that are shown first, from 0
    row: the token whose attention is first drawn as arcs, by default the last
    label: the name of the exhibit, for a screen reader
    finds: the name of a button -> the block, the head and the row that it shows

    Raises: ValueError if the shapes differ, there are too many tokens or weights, a weight is
    outside [0, 1], or a block, head or row is outside.

    >>> import torch
    >>> print(attention_heads(["a", "b"], torch.tensor([[[[1.0, 0.0], [0.75, 0.25]]]])).text)
    Attention: b looks at a 75%, b 25%
    """
    import torch

    maps = torch.stack(list(weights)) if not isinstance(weights, torch.Tensor) else weights
    maps = maps.detach().float()
    row = len(tokens) - 1 if row is None else row
    finds = finds or {}
    for block, head, at in [(*start, row), *finds.values()]:
        _check(tokens, maps, (block, head), at)
    names = [plain(token).replace("␣", "") or plain(token) for token in tokens]
    levels = (maps * LEVELS).round().to(torch.uint8).contiguous()
    shown = levels[start].double() / LEVELS  # (T, T), as the script reads it
    carried = {
        "blocks": maps.shape[0],
        "heads": maps.shape[1],
        "start": list(start),
        "row": row,
        "tokens": names,
        "finds": list(finds.values()),
        "weights": base64.b64encode(levels.numpy().tobytes()).decode(),
    }
    line = _line(names, row, shown[row].tolist())
    markup = (
        f'<div class="ex-heads" role="group" aria-label="{escape(one_line(label))}"'
        f' style="--tokens:{len(names)}" data-heads="{_sliders(maps)}" data-pagefind-ignore>'
        f'<div class="ex-controls" data-part="heads-controls"></div>{_buttons(finds)}'
        f"{_table(names, shown.tolist(), row, one_line(label))}"
        f'<p data-part="heads-line" role="status">{escape(line)}</p><script'
        f' data-part="heads-data" type="application/json">{embed(carried)}</script></div>'
    )
    return Exhibit(markup, f"{label}: {line}")


def _check(tokens: Sequence[Token], maps: Tensor, start: tuple[int, int], row: int) -> None:
    count = len(tokens)
    if maps.dim() != 4 or tuple(maps.shape[2:]) != (count, count):
        raise ValueError(
            f"weights has the shape {tuple(maps.shape)}; give (blocks, heads, {count}, {count})"
        )
    if not 0 < count <= MOST_TOKENS or maps.numel() > MOST_BYTES:
        raise ValueError(
            f"there are {count} tokens and {maps.numel():,} weights; the limits are {MOST_TOKENS}"
            f" and {MOST_BYTES:,}, so take a shorter sentence or fewer heads"
        )
    if not bool(((maps >= 0) & (maps <= 1.0001)).all()):
        raise ValueError("a weight is outside [0, 1]; give attention weights, after softmax")
    inside = 0 <= start[0] < maps.shape[0] and 0 <= start[1] < maps.shape[1] and 0 <= row < count
    if not inside:
        raise ValueError(
            f"start is {start} and row is {row}; there are {maps.shape[0]} blocks of"
            f" {maps.shape[1]} heads, and {count} tokens, numbered from 0"
        )


def _buttons(finds: Mapping[str, object]) -> str:
    """Return a row of buttons, which the script enables."""
    buttons = "".join(
        f'<button type="button" data-part="heads-find" aria-pressed="false" disabled>'
        f"{escape(one_line(name))}</button>"
        for name in finds
    )
    row = f'<div class="ex-row ex-heads-finds" role="group" aria-label="Heads">{buttons}</div>'
    return row if finds else ""


def _sliders(maps: Tensor) -> int:
    """Return how many sliders there will be: one for blocks, one for heads, where several are."""
    return sum(size > 1 for size in maps.shape[:2])


def _line(names: Sequence[str], row: int, weights: Sequence[float]) -> str:
    """Say what a token attends to most, in words; attention-heads.js says it alike."""
    best = sorted(range(len(names)), key=lambda at: -weights[at])[:3]
    seen = [f"{names[at]} {weights[at]:.0%}" for at in best if weights[at] >= LEAST]
    return f"{names[row]} looks at {', '.join(seen) or 'none'}"


def _table(names: Sequence[str], weights: Sequence[Sequence[float]], row: int, label: str) -> str:
    columns = "".join(f'<th scope="col"><span>{escape(name)}</span></th>' for name in names)
    rows = "".join(
        f'<tr{" class=ex-now" if at == row else ""}><th scope="row"><span>{escape(name)}</span>'
        "</th>"
        + "".join(
            f'<td style="--t:{100 * weight:.0f}%"><span class="ex-sr">{weight:.0%}</span></td>'
            for weight in weights[at]
        )
        + "</tr>"
        for at, name in enumerate(names)
    )
    arcs = _arcs(weights[row], row)
    return (
        f'<table class="ex-heads-table" data-part="heads-table"><caption class="ex-sr">'
        f"{escape(label)}: a row is the token"
        ' that attends, a column the token attended to.</caption><thead><tr aria-hidden="true">'
        f'<td></td><td colspan="{len(names)}" data-part="heads-arcs">{arcs}</td></tr><tr>'
        f"<td></td>{columns}</tr></thead><tbody>{rows}</tbody></table>"
    )


def _arcs(weights: Sequence[float], row: int) -> str:
    """Draw arcs from a token to those that it attends to; to itself, a loop."""
    parts = []
    for at, weight in enumerate(weights):
        if weight < LEAST:
            continue
        x, y = (CELL * (place + 0.5) for place in (row, at))
        top = ARC_HIGH - 1.3 * ARC_HIGH * (0.25 + 0.75 * abs(row - at) / max(1, len(weights) - 1))
        if at == row:
            x, y, top = x - LOOP, y + LOOP, ARC_HIGH - LOOP_HIGH
        path = f"M{x:g} {ARC_HIGH}C{x:g} {top:g} {y:g} {top:g} {y:g} {ARC_HIGH}"
        parts.append(f'<path d="{path}" style="--w:{weight:.2f}"/>')
    return (
        f'<svg viewBox="0 0 {CELL * len(weights)} {ARC_HIGH}" preserveAspectRatio="none"'
        f">{''.join(parts)}</svg>"
    )
