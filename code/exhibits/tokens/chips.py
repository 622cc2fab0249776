"""Tokens as chips: what a tokenizer made of a passage, piece by piece.

Each chip shows a token with its white space made visible, its id beneath, and how often the text
has it. The same id has the same colour wherever it stands, so a repeated token is seen before it is
read. A token of bytes that are no whole character is shown in hex.

Left out: merging chips back into running text; a screen reader gets a list of "token 464, The".
"""

from __future__ import annotations

import zlib
from collections.abc import Hashable, Mapping, Sequence

from exhibits.base.exhibit import Exhibit, escape, one_line
from exhibits.tokens.glyphs import MARKS, Token, pieces, plain, right_to_left, spoken

Counts = Sequence[int | None] | Mapping[int, int] | Mapping[str, int] | Mapping[bytes, int]

GOLDEN_ANGLE = 137.508  # degrees: neighbouring ids land far apart on the colour wheel


def hue(key: Hashable) -> int:
    """A colour for an id (or for a token where there is no id): an angle of the colour wheel, in
    degrees.

    >>> hue(464) == hue(464), hue(464) == hue(465)
    (True, False)
    """
    if isinstance(key, str):
        key = key.encode("utf-8", "surrogatepass")
    number = (
        key
        if isinstance(key, int)
        else zlib.crc32(key if isinstance(key, bytes) else repr(key).encode())
    )
    return round(number * GOLDEN_ANGLE) % 360


def chips(
    tokens: Sequence[Token],
    ids: Sequence[int] | None = None,
    counts: Counts | None = None,
    label: str = "Tokens",
    *,
    shades: Sequence[float | None] | None = None,
    notes: Sequence[str] | None = None,
    shade_label: str | None = None,
) -> Exhibit:
    """Show the tokens of a passage, one chip each.

    tokens: str, or bytes where a token may end inside a character
    ids: one per token; shown beneath it
    counts: how often the text has each token: one number per token (None: not said), or a mapping
    from id or token label: whose tokens these are; the heading of the list shades: one value in [0,
    1] per token (None: no value), drawn as a tint and a bar in place of the id's colour notes: one
    short text per token, shown beneath it (a surprisal in bits, say); "" for none shade_label: what
    a full shade means, for the legend

    Raises: ValueError if ids, counts, shades or notes differ from tokens in number, or a shade lies
    outside [0, 1].

    >>> chips(["The", " cat"], ids=[464, 3797], label="GPT-2").text
    'GPT-2: 2 tokens, 2 distinct\\nThe[464] ␣cat[3797]'
    """
    keys: list[Hashable] = list(ids) if ids is not None else list(tokens)
    for name, given in (("ids", ids), ("shades", shades), ("notes", notes)):
        _same_number(name, given, tokens)
    if not isinstance(counts, Mapping):
        _same_number("counts", counts, tokens)
    for shade in shades or ():
        if shade is not None and not 0 <= shade <= 1:
            raise ValueError(
                f"a shade is {shade}; it must lie in [0, 1], so divide by the largest value first"
            )

    items, words = [], []
    for place, token in enumerate(tokens):
        count = _count(counts, place, token, ids)
        below = [str(ids[place])] if ids is not None else []
        below += [f"×{count:,}"] if count is not None else []
        below += [notes[place]] if notes is not None and notes[place] else []
        items.append(
            _chip(
                token,
                ids[place] if ids is not None else None,
                hue(keys[place]),
                shades[place] if shades is not None else 0,
                shades is not None,
                below,
            )
        )
        words.append(plain(token) + (f"[{' '.join(below)}]" if below else ""))
    legend = [_many(len(tokens), "token"), f"{len(set(keys)):,} distinct"]
    heading = escape(one_line(label))
    direction = ' dir="rtl"' if right_to_left(tokens) else ""
    keys_shown = _legend_of_marks(tokens, counts is not None, shade_label)
    markup = (
        '<div class="ex-chips" data-pagefind-ignore><p class="ex-head"><b'
        f' data-part="chips-name">{heading}</b> <span'
        f' data-part="chips-total">{", ".join(legend)}</span></p><ol class="ex-chip-list"'
        ' data-part="chips-list"'
        f' aria-label="{heading}"{direction}>{"".join(items)}</ol>{keys_shown}</div>'
    )
    return Exhibit(markup, f"{label}: {', '.join(legend)}\n{' '.join(words)}")


def _same_number(name: str, given: Sequence[object] | None, tokens: Sequence[Token]) -> None:
    if given is not None and len(given) != len(tokens):
        raise ValueError(
            f"{len(given)} {name} for {len(tokens)} tokens; give one for each token, in their order"
        )


def _count(
    counts: Counts | None, place: int, token: Token, ids: Sequence[int] | None
) -> int | None:
    if counts is None:
        return None
    if not isinstance(counts, Mapping):
        return counts[place]
    by_key: Mapping[object, int] = counts  # type: ignore[assignment]  # a mapping is looked up by id or by token
    if ids is not None and ids[place] in by_key:
        return by_key[ids[place]]
    return by_key.get(token, 0)


def _chip(
    token: Token,
    number: int | None,
    angle: int,
    shade: float | None,
    shaded: bool,
    below: list[str],
) -> str:
    style = f"--s:{round(100 * (shade or 0))}%" if shaded else f"--h:{angle}"
    shown = "".join(
        escape(piece) if kind == "text" else f'<span class="ex-{kind}">{escape(piece)}</span>'
        for kind, piece in pieces(token)
    )
    more = below[1:] if number is not None else below
    named = f"token {number}, {spoken(token)}" if number is not None else f"token {spoken(token)}"
    name = escape(", ".join([named, *(note.replace("×", "count ") for note in more)]))
    subs = "".join(
        f'<span class="ex-sub" aria-hidden="true">{escape(line)}</span>' for line in below
    )
    kind = "ex-chip ex-shaded" if shaded else "ex-chip"
    return (
        f'<li class="{kind}" style="{style}"><span class="ex-sr">{name}</span>'
        f'<bdi class="ex-token" aria-hidden="true">{shown or "∅"}</bdi>{subs}</li>'
    )


def _many(number: int, noun: str) -> str:
    return f"{number:,} {noun}" + ("" if number == 1 else "s")


def _legend_of_marks(tokens: Sequence[Token], counted: bool, shade_label: str | None) -> str:
    """Explain only the marks that occur."""
    seen = {
        (kind, shown) if kind == "mark" else (kind, "")
        for token in tokens
        for kind, shown in pieces(token)
    }
    lines = [
        f'<span><span class="ex-mark">{mark}</span> {name}</span>'
        for mark, name in MARKS.values()
        if ("mark", mark) in seen
    ]
    if ("hex", "") in seen:
        lines.append('<span><span class="ex-hex">E2</span> a byte of a character cut in two</span>')
    if ("code", "") in seen:
        lines.append('<span><span class="ex-code">U+00A0</span> an invisible character</span>')
    if counted:
        lines.append("<span>×&#8239;how often in the text</span>")
    if shade_label:
        ramp = '<span class="ex-ramp" aria-hidden="true"></span>'
        lines.append(f'<span data-part="chips-shade">{ramp} {escape(one_line(shade_label))}</span>')
    return f'<p data-part="chips-key" class="ex-key">{"".join(lines)}</p>' if lines else ""


def side_by_side(*exhibits: Exhibit) -> Exhibit:
    """Set exhibits beside each other, for comparison; on a phone they stack."""
    inner = "".join(f'<div class="ex-side">{exhibit.html}</div>' for exhibit in exhibits)
    return Exhibit(
        f'<div class="ex-sides">{inner}</div>', "\n\n".join(exhibit.text for exhibit in exhibits)
    )
