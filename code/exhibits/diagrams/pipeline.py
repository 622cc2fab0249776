"""Draw the way of a text through a language model: text, tokens, ids, vectors, logits, text.

Left out: how the tokenizer cuts, and what happens inside the model; other diagrams show that.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch

from exhibits.base.exhibit import Exhibit, one_line
from exhibits.base.wording import listed
from exhibits.diagrams.diagram import NARROW, WIDE, Layout, diagram
from exhibits.diagrams.shapes import LETTER, arrow, bar, box, cells, chip, label, numeral, span
from exhibits.tokens.glyphs import Token, plain
from scratch.model.gpt import GPTModel
from scratch.tokenizer.bpe import BytePairEncoding

MOST = 6  # tokens that have room on a phone
CELLS = 8  # numbers of a vector that are drawn
GAP = 22  # between two stations
GUTTER = 62  # for the names of the stations


def pipeline(
    tokens: Sequence[Token],
    ids: Sequence[int],
    vectors: Sequence[Sequence[float]],
    answers: Sequence[tuple[Token, float]],
    vocab_size: int,
    model: str = "a GPT",
) -> Exhibit:
    """Draw the way of a text through a model, up to the next token.

    tokens, ids: of the text; the diagram has room for MOST
    vectors: (T, C), one row per token, as `tensor.tolist()` gives it
    answers: the tokens with the highest logits for the next position, each with its logit, the
        highest first
    vocab_size: how many logits there are; model: the model's name

    Raises: ValueError if there are no answers, or tokens, ids and vectors differ in number.

    >>> way = pipeline(["a", "cat"], [4, 7], [[0.1], [-0.2]], [("sat", 3.5)], 100)
    >>> way.text.partition(". ")[0]
    '[diagram] From text to text through a GPT'
    """
    if not 0 < len(tokens) <= MOST or not len(tokens) == len(ids) == len(vectors) or not answers:
        raise ValueError(
            f"there are {len(tokens)} tokens, {len(ids)} ids, {len(vectors)} vectors and"
            f" {len(answers)} answers; give 1 to {MOST} tokens, an id and a vector for each, and"
            " an answer or more"
        )
    width = len(vectors[0])
    pairs = [f"“{plain(token)}” {number}" for token, number in zip(tokens, ids, strict=True)]
    best = [f"“{plain(token)}” {numeral(logit, 1)}" for token, logit in answers]
    given = (tokens, ids, vectors, answers, vocab_size, model)
    return diagram(
        "pipeline",
        f"From text to text through {model}",
        f"The tokens and their ids: {listed(pairs)}. Each id becomes a vector of {width:,} numbers."
        f" {model[0].upper()}{model[1:]} turns the vectors into {vocab_size:,} logits for the next"
        f" token, the highest of them {listed(best)}.",
        _layout(WIDE, *given),
        _layout(NARROW, *given),
    )


def model_pipeline(model: GPTModel, encoding: BytePairEncoding, text: str) -> Exhibit:
    """Draw the way of a text's first tokens through a GPT, computing its vectors and logits.

    Raises: ValueError if the text is empty.
    """
    ids = encoding.encode_ordinary(text)[:MOST]
    if not ids:
        raise ValueError("the text is empty; give a word or more")
    row = torch.tensor([ids])  # (B, T), B = 1
    with torch.inference_mode():
        vectors = model.embed(row)[0]  # (T, C)
        best = model(row)[0, -1].topk(4)
    answers = [
        (encoding.tokens[id], logit)
        for id, logit in zip(best.indices.tolist(), best.values.tolist(), strict=True)
    ]
    tokens = [encoding.tokens[id] for id in ids]
    return pipeline(tokens, ids, vectors.tolist(), answers, len(encoding), "a small GPT")


def _layout(
    width: float,
    tokens: Sequence[Token],
    ids: Sequence[int],
    vectors: Sequence[Sequence[float]],
    answers: Sequence[tuple[Token, float]],
    vocab_size: int,
    model: str,
) -> Layout:
    each = min(88, (width - GUTTER) / len(tokens))
    end = GUTTER + each * len(tokens)
    centres = [GUTTER + each * (at + 0.5) for at in range(len(tokens))]
    text = "".join(map(_text, tokens))
    marks, y = [_name("text", 16), box(GUTTER, 0, end - GUTTER, 26, "faint")], 26.0
    marks.append(label((GUTTER + end) / 2, 18, _tail(text, end - GUTTER - 16), "run"))

    marks += [arrow((x, y + 3), (x, y + GAP - 2)) for x in centres]
    y += GAP
    marks.append(_name("tokens", y + 17))
    for x, token in zip(centres, tokens, strict=True):
        marks.append(chip(x - each / 2 + 2, y, each - 4, token))
    y += 24
    marks += [arrow((x, y + 3), (x, y + GAP - 2)) for x in centres]
    y += GAP + 12
    marks.append(_name("ids", y))
    marks += [label(x, y, str(number), "run") for x, number in zip(centres, ids, strict=True)]
    y += 6
    marks += [arrow((x, y + 2), (x, y + GAP - 2)) for x in centres]
    y += GAP
    most = max(abs(value) for row in vectors for value in row[:CELLS]) or 1.0
    for x, row in zip(centres, vectors, strict=True):
        marks.append(cells(x - 13, y, [[value] for value in row[:CELLS]], 26, 7, most))
    tall = 7 * min(CELLS, len(vectors[0]))
    marks.append(_name("vectors", y + tall / 2))
    marks.append(_name(f"{len(vectors[0]):,} long", y + tall / 2 + 17, "run"))
    y += tall
    marks += [arrow((x, y + 3), (x, y + GAP - 2)) for x in centres]
    y += GAP
    marks += [box(GUTTER, y, end - GUTTER, 40, "lit"), _name("model", y + 24)]
    marks.append(label((GUTTER + end) / 2, y + 24, model, "strong"))
    y += 40
    return _ending(marks, y, end, centres[-1], text, answers, vocab_size)


def _ending(
    marks: list[str],
    y: float,
    end: float,
    last: float,
    text: str,
    answers: Sequence[tuple[Token, float]],
    vocab_size: int,
) -> Layout:
    """Draw the logits after the last token, and the text with the most probable token."""
    marks.append(arrow((last, y + 3), (last, y + GAP - 2)))
    y += GAP
    marks.append(_name("logits", y + 17))
    marks.append(_name(f"{vocab_size:,}", y + 34, "run"))
    highest = max(abs(logit) for _, logit in answers) or 1.0
    room = end - GUTTER - 96 - 52
    for number, (token, logit) in enumerate(answers):
        kind = "" if number else "lit"
        marks.append(chip(GUTTER, y, 90, token, kind, height=22))
        length = max(2.0, room * max(0.0, logit) / highest)
        marks.append(bar(GUTTER + 98, y + 5, length, 12))
        marks.append(label(end, y + 16, numeral(logit, 1), "run", anchor="end"))
        y += 26
    marks.append(arrow((GUTTER + 45, y), (GUTTER + 45, y + GAP - 2)))
    y += GAP + 2
    marks += [_name("text", y + 17), box(GUTTER, y, end - GUTTER, 26, "faint")]
    wide = min(90, span(plain(answers[0][0])) + 16)
    before = _tail(text, end - GUTTER - wide - 20)
    left = (GUTTER + end - span(before) - wide - 6) / 2
    marks.append(label(left, y + 18, before, "run", anchor="start"))
    marks.append(chip(left + span(before) + 6, y + 2, wide, answers[0][0], "lit", height=22))
    return Layout("".join(marks), y + 28)


def _tail(text: str, room: float) -> str:
    """Return the end of a text that has room, on one line.

    >>> _tail("one two three", 60)
    '… three'
    """
    words = one_line(text)
    if span(words) <= room:
        return words
    while words and span(words) + LETTER > room:
        words = words[1:]
    return "…" + words


def _name(name: str, y: float, kind: str = "soft") -> str:
    return label(0, y, name, kind, anchor="start")


def _text(token: Token) -> str:
    return token.decode("utf-8", "replace") if isinstance(token, bytes) else token
