"""Show the tokens of a passage as chips.

What: a chip has a token with its white space made visible, its id, and how often it occurs in the
text. An id has the same colour everywhere, so that a repeated token is easy to see. Bytes of an
incomplete character are written in hex. A screen reader gets a list of "token 464, The". Left out:
joining chips into running text.
"""

from __future__ import annotations

import zlib
from collections.abc import Hashable, Mapping, Sequence

from exhibits.base.exhibit import Exhibit, escape, one_line
from exhibits.base.wording import counted
from exhibits.tokens.glyphs import MARKS, Token, pieces, plain, right_to_left, spoken

Counts = Sequence[int | None] | Mapping[int, int] | Mapping[str, int] | Mapping[bytes, int]

GOLDEN_ANGLE = 137.508  # degrees: neighbouring ids land far apart on the colour wheel


def hue(key: Hashable) -> int:
    """Return the hue of an id, or of a token without an id, in degrees of the colour wheel.

    >>> hue(464) == hue(464), hue(464) == hue(465)
    (True, False)
    """
    if isinstance(key, str):
        key = key.encode("utf-8", "surrogatepass")
    if not isinstance(key, int):
        key = zlib.crc32(key if isinstance(key, bytes) else repr(key).encode())
    return round(key * GOLDEN_ANGLE) % 360


def chips(
    tokens: Sequence[Token],
    ids: Sequence[int] | None = None,
    counts: Counts | None = None,
    label: str = "Tokens",
    *,
    shades: Sequence[float | None] | None = None,
    notes: Sequence[str] | None = None,
    shade_label: str | None = None,
    total: str | None = None,
) -> Exhibit:
    """Show the tokens of a passage, one chip each.

    tokens: str, or bytes where a token may end inside a character
    ids: one per token, written below it
    counts: how often each token occurs in the text: one number per token (None: unknown), or a
        mapping from ids or from tokens
    label: the name of the tokenizer, which heads the list
    shades: one value from 0 to 1 per token (None: no value), drawn as a tint and a bar instead of
        the id's colour
    notes: one short text per token, written below it, such as a surprisal in bits
    shade_label: the meaning of a full shade, for the legend
    total: what follows on the label, if not how many tokens there are; "" for nothing

    Raises: ValueError if ids, counts, shades or notes differ from tokens in number, or a shade is
    outside [0, 1].

    >>> chips(["The", " cat"], ids=[464, 3797], label="GPT-2").text
    'GPT-2: 2 tokens, 2 distinct\\nThe[464] ␣cat[3797]'
    """
    _check(tokens, ids, counts, shades, notes)
    keys: list[Hashable] = list(ids) if ids is not None else list(tokens)
    items, words = [], []
    for index, token in enumerate(tokens):
        id = ids[index] if ids is not None else None
        count = _count(counts, index, token, id)
        below = [str(id)] if id is not None else []
        below += [f"×{count:,}"] if count is not None else []
        below += [notes[index]] if notes is not None and notes[index] else []
        if shades is not None:
            style, kind = f"--s:{round(100 * (shades[index] or 0))}%", "ex-chip ex-shaded"
        else:
            style, kind = f"--h:{hue(keys[index])}", "ex-chip"
        items.append(f'<li class="{kind}" style="{style}">{_chip(token, id, below)}</li>')
        words.append(plain(token) + (f"[{' '.join(below)}]" if below else ""))
    if total is None:
        total = f"{counted(len(tokens), 'token', none='0')}, {len(set(keys)):,} distinct"
    heading = escape(one_line(label))
    direction = ' dir="rtl"' if right_to_left(tokens) else ""
    legend = _legend(tokens, counts is not None, shade_label)
    said = f' <span data-part="chips-total">{escape(one_line(total))}</span>' if total else ""
    markup = (
        '<div class="ex-chips" data-pagefind-ignore><p class="ex-head"><b'
        f' data-part="chips-name">{heading}</b>{said}</p>'
        '<ol class="ex-chip-list" data-part="chips-list"'
        f' aria-label="{heading}"{direction}>{"".join(items)}</ol>{legend}</div>'
    )
    return Exhibit(markup, f"{label}{f': {total}' if total else ''}\n{' '.join(words)}")


def _check(
    tokens: Sequence[Token],
    ids: Sequence[int] | None,
    counts: Counts | None,
    shades: Sequence[float | None] | None,
    notes: Sequence[str] | None,
) -> None:
    lists = {"ids": ids, "shades": shades, "notes": notes}
    if not isinstance(counts, Mapping):
        lists["counts"] = counts
    for name, given in lists.items():
        if given is not None and len(given) != len(tokens):
            raise ValueError(
                f"{len(given)} {name} for {len(tokens)} tokens; give one for each token, in their"
                " order"
            )
    for shade in shades or ():
        if shade is not None and not 0 <= shade <= 1:
            raise ValueError(
                f"a shade is {shade}; it must lie in [0, 1], so divide by the largest value first"
            )


def _count(counts: Counts | None, index: int, token: Token, id: int | None) -> int | None:
    if counts is None:
        return None
    if not isinstance(counts, Mapping):
        return counts[index]
    by_key: Mapping[object, int] = counts  # type: ignore[assignment]  # looked up by id or token
    return by_key[id] if id is not None and id in by_key else by_key.get(token, 0)


def _chip(token: Token, id: int | None, below: list[str]) -> str:
    """Return the inside of a chip: its name for a screen reader, its token, the lines below."""
    marked = "".join(
        escape(piece) if kind == "text" else f'<span class="ex-{kind}">{escape(piece)}</span>'
        for kind, piece in pieces(token)
    )
    more = below[1:] if id is not None else below
    named = f"token {id}, {spoken(token)}" if id is not None else f"token {spoken(token)}"
    name = escape(", ".join([named, *(note.replace("×", "count ") for note in more)]))
    subs = "".join(
        f'<span class="ex-sub" aria-hidden="true">{escape(line)}</span>' for line in below
    )
    return (
        f'<span class="ex-sr">{name}</span>'
        f'<bdi class="ex-token" aria-hidden="true">{marked or "∅"}</bdi>{subs}'
    )


def _legend(tokens: Sequence[Token], with_counts: bool, shade_label: str | None) -> str:
    """Explain the marks that occur."""
    marks = {
        (kind, piece) if kind == "mark" else (kind, "")
        for token in tokens
        for kind, piece in pieces(token)
    }
    lines = [
        f'<span><span class="ex-mark">{mark}</span> {name}</span>'
        for mark, name in MARKS.values()
        if ("mark", mark) in marks
    ]
    if ("hex", "") in marks:
        lines.append('<span><span class="ex-hex">E2</span> a byte of a character cut in two</span>')
    if ("code", "") in marks:
        lines.append('<span><span class="ex-code">U+00A0</span> an invisible character</span>')
    if with_counts:
        lines.append("<span>×&#8239;how often in the text</span>")
    if shade_label:
        ramp = '<span class="ex-ramp" aria-hidden="true"></span>'
        lines.append(f'<span data-part="chips-shade">{ramp} {escape(one_line(shade_label))}</span>')
    return f'<p data-part="chips-key" class="ex-key">{"".join(lines)}</p>' if lines else ""


def side_by_side(*exhibits: Exhibit) -> Exhibit:
    """Show exhibits side by side; on a phone, one below another.

    >>> print(side_by_side(Exhibit("<b>a</b>", "a"), Exhibit("<b>b</b>", "b")).text)
    a
    <BLANKLINE>
    b
    """
    inner = "".join(f'<div class="ex-side">{exhibit.html}</div>' for exhibit in exhibits)
    return Exhibit(
        f'<div class="ex-sides">{inner}</div>', "\n\n".join(exhibit.text for exhibit in exhibits)
    )
