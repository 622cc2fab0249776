"""Draw how attention makes a context vector: a query, keys, scores, weights, the mean of values.

Each vector is a strip of shaded cells. Values with less weight are paler.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from torch import Tensor

from exhibits.base.exhibit import Exhibit
from exhibits.base.wording import listed
from exhibits.diagrams.diagram import Choice, Layout, diagram
from exhibits.diagrams.shapes import arrow, bar, cells, chip, clickable, label, numeral, state
from exhibits.tokens.glyphs import Token, plain
from scratch.model.attention import attention_scores, attention_weights

CELLS = 16  # numbers of a vector that are drawn
ROW, STRIP = 30, 16  # heights of a token's row, and of its vectors
TOP = 78  # where the rows of keys begin, below the query
Columns = tuple[str, str, str]
COLUMNS: Columns = ("query", "keys", "values")  # what is drawn, by its names


@dataclass(frozen=True)
class Places:
    """The positions of a layout's columns: the left end of a strip, the right end of a number."""

    cell: float
    token: float
    keys: float
    scores: float
    weights: float
    bar: float
    values: float


WIDE = Places(6.4, 84, 96, 268, 330, 62, 410)
NARROW = Places(4.6, 58, 64, 184, 248, 48, 264)


@dataclass(frozen=True)
class Heads:
    """The vectors of one head, the scores and weights of each query, and the context vectors."""

    tokens: Sequence[Token]
    q: list[list[float]]
    k: list[list[float]]
    v: list[list[float]]
    scores: list[list[float]]
    weights: list[list[float]]
    contexts: list[list[float]]


def weighted_mean(
    tokens: Sequence[Token],
    q: Tensor,
    k: Tensor,
    v: Tensor,
    start: int = 0,
    *,
    causal: bool = False,
    names: Columns = COLUMNS,
) -> Exhibit:
    """Draw one token's way from its query to its context vector; a reader chooses the token.

    q, k, v: (T, D), the query, key and value of each token
    start: the index of the token shown first; causal: whether a token sees only itself and those
        before it
    names: what the query, the keys and the values are called

    Raises: ValueError if the tokens and the vectors differ in number.

    >>> import torch
    >>> drawn = weighted_mean(["a", "cat"], *torch.eye(2)[None].expand(3, 2, 2))
    >>> drawn.text.partition(". ")[0]
    '[diagram] From scores to the weighted mean'
    """
    if not tokens or not len(tokens) == len(q) == len(k) == len(v):
        raise ValueError(
            f"there are {len(tokens)} tokens, {len(q)} queries, {len(k)} keys and {len(v)} values;"
            " give one or more, and as many of each"
        )
    weights = attention_weights(q, k, causal=causal)  # (T, T)
    rows = [each.tolist() for each in (q, k, v, attention_scores(q, k), weights, weights @ v)]
    head = Heads(tokens, *rows)
    said = [plain(token) for token in tokens]
    notes = [_note(said, at, head.weights[at]) for at in range(len(said))]

    return diagram(
        "weighted-mean",
        "From scores to the weighted mean",
        " ".join(notes),
        _layout(head, WIDE, start, names, causal=causal),
        _layout(head, NARROW, start, names, causal=causal),
        Choice(f"{names[0]} of", said, notes, start),
    )


def _note(names: Sequence[str], at: int, weights: Sequence[float]) -> str:
    """Say which tokens get most of a token's attention."""
    order = sorted(range(len(names)), key=lambda other: -weights[other])[:2]
    most = listed(f"“{names[other]}” {weights[other]:.0%}" for other in order)
    return f"“{names[at]}” gives {most} of its attention."


def _layout(head: Heads, at: Places, start: int, names: Columns, *, causal: bool) -> Layout:
    many = len(head.tokens)
    shown = min(CELLS, len(head.q[0]))
    wide = at.cell * shown
    most = max(abs(one) for rows in (head.q, head.k, head.v) for row in rows for one in row[:shown])
    middle = (ROW - STRIP) / 2

    def strip(x: float, y: float, row: Sequence[float]) -> str:
        return cells(x, y + middle, [row[:shown]], at.cell, STRIP, most)

    marks = [label(at.keys + wide / 2, 14, names[0], "soft")]
    marks.append(arrow((at.keys + wide / 2, 46), (at.keys + wide / 2, TOP - 21)))
    heads = [(at.keys + wide / 2, names[1]), (at.values + wide / 2, names[2])]
    marks += [label(x, TOP - 4, name, "soft") for x, name in heads]
    marks.append(label(at.scores, TOP - 4, "scores", "soft", anchor="end"))
    marks.append(label(at.weights, TOP - 4, "weights", "soft", anchor="end"))
    for row, token in enumerate(head.tokens):
        y = TOP + row * ROW
        name = state(chip(0, y + 3, at.token, token), [row], start)
        marks += [
            clickable(name, row),
            strip(at.keys, y, head.k[row]),
            strip(at.values, y, head.v[row]),
        ]
    bottom = TOP + many * ROW + 24
    marks.append(arrow((at.values + wide / 2, bottom - 20), (at.values + wide / 2, bottom + 2)))
    marks.append(label(at.values - 12, bottom + 20, "context vector", "soft", anchor="end"))
    for query in range(many):
        chosen = chip(0, 21, at.token, head.tokens[query], "lit")
        chosen += strip(at.keys, 18, head.q[query])

        chosen += strip(at.values, bottom, head.contexts[query])
        for row in range(query + 1 if causal else many):
            y = TOP + row * ROW
            weight = head.weights[query][row]
            part = weight / max(head.weights[query])
            chosen += _numbers(at, y, head.scores[query][row], weight, part, wide)
        if causal:
            for row in range(query + 1, many):
                chosen += _veil(at, TOP + row * ROW, 0.0, wide)
        marks.append(state(chosen, [query], start, only=True))
    return Layout("".join(marks), bottom + ROW)


def _numbers(at: Places, y: float, score: float, weight: float, part: float, wide: float) -> str:
    """Draw a key's score and weight.

    part: of the largest weight, which sets the length of the bar and fades the value
    """
    texts = label(at.scores, y + 20, numeral(score), "run", anchor="end")
    texts += label(at.weights, y + 20, f"{weight:.0%}", "run", anchor="end")
    if at is WIDE:
        texts += bar(at.weights + 8, y + 10, at.bar * part, 10)
    else:  # no room beside the number
        texts += bar(at.weights - at.bar, y + 23, at.bar * part, 5)
    return texts + _veil(at, y, part, wide)


def _veil(at: Places, y: float, part: float, wide: float) -> str:
    """Cover a value, the more the smaller its part of the largest weight is."""
    opacity = 0.82 * (1 - part)
    return (
        f'<rect class="dg-veil" style="opacity:{opacity:.2f}" x="{at.values - 1:g}" y="{y + 6:g}"'
        f' width="{wide + 2:g}" height="{ROW - 12}"/>'
    )
