"""Show two idioms of different languages side by side, as a table and as a picture.

What: the picture has two animals and two things above, and below them the idea that they share.
Source of the words: R. S. McGregor, The Oxford Hindi-English Dictionary (1993); Tamil Lexicon,
University of Madras (1924 to 1936). The transliterations follow ISO 15919 (the Hindi one without
silent vowels). Left out: the history of the idioms.
"""

from __future__ import annotations

from dataclasses import dataclass

from exhibits.base.exhibit import Exhibit, escape

IDEA = "Who lacks the sense for a fine thing cannot know its worth."


@dataclass(frozen=True)
class Idiom:
    """An idiom of a language.

    tag: the language's code in HTML; animal, thing: in English, and in the idiom's own script;
    remembered: the transliteration in the log
    """

    language: str
    tag: str
    script: str
    transliteration: str
    literal: str
    animal: tuple[str, str]
    thing: tuple[str, str]
    remembered: str


HINDI = Idiom(
    "Hindi", "hi", "बन्दर क्या जाने अदरक का स्वाद", "bandar kyā jāne adrak kā svād",
    "What does a monkey know of the taste of ginger?", ("monkey", "बन्दर"), ("ginger", "अदरक"),
    "Bandar aur Adrak",
)  # fmt: skip
TAMIL = Idiom(
    "Tamil", "ta", "கழுதைக்குத் தெரியுமா கற்பூர வாசனை", "kaḻutaikkut teriyumā kaṟpūra vācaṉai",
    "Does a donkey know the smell of camphor?", ("donkey", "கழுதை"), ("camphor", "கற்பூரம்"),
    "Kazhudhai and Karpoora Vasanai",
)  # fmt: skip


def idiom_table(left: Idiom = HINDI, right: Idiom = TAMIL, idea: str = IDEA) -> Exhibit:
    """Show two idioms as a table: script, transliteration, literal meaning, and the shared idea.

    >>> "Bandar aur Adrak" in idiom_table().text
    True
    """
    latin = [f"{idiom.tag}-Latn" for idiom in (left, right)]
    rows = [
        ("as I remember it", _cell(left.remembered, latin[0]), _cell(right.remembered, latin[1])),
        ("in its script", _cell(left.script, left.tag), _cell(right.script, right.tag)),
        (
            "in Latin letters",
            _cell(left.transliteration, latin[0]),
            _cell(right.transliteration, latin[1]),
        ),
        ("word for word", _cell(left.literal), _cell(right.literal)),
        ("the idea", _cell(idea), _cell("The same.")),
    ]
    head = "".join(
        f'<th scope="col">{escape(name)}</th>' for name in ("what", left.language, right.language)
    )
    body = "".join(
        f'<tr><th scope="row" style="{_WRAPS};font-weight:normal;border-bottom:1px solid'
        f' var(--rule)">{escape(name)}</th>{first.html}{second.html}</tr>'
        for name, first, second in rows
    )
    lines = [f"{name}: {first.text} | {second.text}" for name, first, second in rows]
    return Exhibit(
        '<div class="ex-scroll" data-label="Two idioms"><table class="ex-table">'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>",
        "\n".join([f"{left.language} | {right.language}", *lines]),
    )


_WRAPS = "white-space:normal;vertical-align:top"  # so that three columns fit a phone


def _cell(text: str, tag: str = "") -> Exhibit:
    """Return a cell that may take several lines; tag is its language, for a screen reader."""
    language = f' lang="{tag}"' if tag else ""
    return Exhibit(f'<td{language} style="{_WRAPS}">{escape(text)}</td>', text)


# Each drawing fills a box of 80 by 80.
_STROKE = (
    'fill="none" stroke="var(--ink)" stroke-width="2" stroke-linecap="round"'
    ' stroke-linejoin="round"'
)
_FILL = 'fill="var(--raised)" stroke="var(--ink)" stroke-width="2" stroke-linejoin="round"'
MONKEY = (
    f'<g {_FILL}><circle cx="13" cy="36" r="10"/><circle cx="67" cy="36" r="10"/><circle cx="40"'
    ' cy="38" r="28"/></g><g fill="var(--paper)" stroke="var(--ink)" stroke-width="1.5"><path'
    ' d="M40 27c-5-9-20-6-19 6 1 7 5 9 5 9s-6 5-5 11c2 8 12 11 19 11s17-3 19-11c1-6-5-11-5-11s4-2'
    ' 5-9c1-12-14-15-19-6z"/></g><g fill="var(--ink)"><circle cx="32" cy="35" r="3"/><circle'
    ' cx="48" cy="35" r="3"/><circle cx="38" cy="46" r="1.4"/><circle cx="42" cy="46"'
    f' r="1.4"/></g><g {_STROKE}><path d="M32 57q8-5 16 0"/></g>'
)
DONKEY = (
    f'<g {_FILL}><path d="M26 30C16 20 14 6 19 2c7 2 13 12 14 24z"/><path d="M54 30C64 20 66 6 61'
    ' 2c-7 2-13 12-14 24z"/><path d="M40 20c-14 0-18 10-17 20l5 24c1 8 6 13 12 13s11-5'
    ' 12-13l5-24c1-10-3-20-17-20z"/></g><g fill="var(--paper)" stroke="var(--ink)"'
    ' stroke-width="1.5"><path d="M28 62c2-6 7-7 12-7s10 1 12 7c1 9-5 15-12'
    ' 15s-13-6-12-15z"/></g><g fill="var(--ink)"><circle cx="31" cy="40" r="3"/><circle cx="49"'
    ' cy="40" r="3"/><circle cx="36" cy="64" r="1.8"/><circle cx="44" cy="64" r="1.8"/></g><g'
    f' {_STROKE}><path d="M35 71h10"/><path d="M34 20q6-8 12 0"/></g>'
)
GINGER = (
    '<g fill="var(--raised)" stroke="var(--hue-7)" stroke-width="2" stroke-linejoin="round"><path'
    ' d="M10 46c-6-6-2-15 6-15 4 0 7 2 9 5 1-9-2-17 4-22 6-4 14 0 14 8 0 6-2 8-2 13 4-4 8-9 16-9 9'
    " 0 14 8 10 14-3 5-10 4-14 5 5 3 9 8 6 14-3 7-13 7-17 1-2-3-2-6-5-8-6 4-14"
    ' 3-18-1-3-2-6-2-9-5z"/></g><g fill="none" stroke="var(--hue-7)" stroke-width="1.5"'
    ' stroke-linecap="round"><path d="M30 20q5 3 10 1M58 31q2 6 0 10M15 36q4 4 3 9M29 32q6 4 12'
    ' 2M47 60q5-1 8-5"/></g>'
)
CAMPHOR = (
    '<g fill="var(--raised)" stroke="var(--hue-6)" stroke-width="2" stroke-linejoin="round"><path'
    ' d="M16 52l13-6 13 6-13 6zM16 52v12l13 6V58M42 52v12l-13 6"/><path d="M40 47l12-5 12 5-12'
    ' 6zM40 47v4M64 47v11l-12 6-10-5M52 53v11"/></g><g fill="none" stroke="var(--hue-6)"'
    ' stroke-width="2" stroke-linecap="round"><path d="M26 38c-6-7 5-10 0-18M40 34c-6-7 5-11'
    ' 0-20M54 34c-6-7 5-10 0-18"/></g>'
)


def match(left: Idiom = HINDI, right: Idiom = TAMIL, idea: str = IDEA) -> Exhibit:
    """Draw two idioms: for each an animal and a thing, with lines to the idea that they share.

    >>> match().text
    '[picture] Hindi has a monkey and ginger, Tamil a donkey and camphor; both lead to one idea.'
    """
    what = (
        f"{left.language} has a {left.animal[0]} and {left.thing[0]}, {right.language} a"
        f" {right.animal[0]} and {right.thing[0]}; both lead to one idea"
    )
    columns = _column(85, 23.75, left, MONKEY, GINGER)
    columns += _column(275, -23.75, right, DONKEY, CAMPHOR)
    middle = "".join(
        _word(180, y, "≠", size=24, ink="var(--ink-soft)")
        + _word(180, y + 18, name, size=13, ink="var(--ink-soft)")
        for y, name in ((70, "animal"), (188, "thing"))
    )
    first, second = _halves(idea)
    ending = (
        '<rect x="8" y="290" width="344" height="58" rx="8" fill="var(--raised)"'
        ' stroke="var(--machine)"'
        f' stroke-width="1.5"/>{_word(180, 315, first)}{_word(180, 335, second)}'
    )
    return Exhibit(
        f'<svg class="ex-idioms" viewBox="0 0 360 352" role="img" aria-label="{escape(what)}:'
        f' {escape(idea)}"'
        ' style="display:block;width:100%;max-width:22rem;height:auto;margin:0.6rem 0"'
        f' data-pagefind-ignore="all">{columns}{middle}{ending}</svg>',
        f"[picture] {what}.",
    )


def _column(x: float, inward: float, idiom: Idiom, animal: str, thing: str) -> str:
    """Draw an idiom's animal and thing above each other, and the line that turns inward below."""
    return (
        f'<g transform="translate({x} 0)">{_word(0, 14, idiom.language, weight="bold")}'
        f'<g transform="translate(-40 24)">{animal}</g>'
        f"{_word(0, 122, idiom.animal[0])}{_word(0, 140, idiom.animal[1], idiom.tag)}"
        f'<g transform="translate(-40 142)">{thing}</g>'
        f"{_word(0, 232, idiom.thing[0])}{_word(0, 250, idiom.thing[1], idiom.tag)}"
        f'<path d="M0 260v8q0 10 {inward} 10H{3 * inward}q{inward} 0 {inward} 10" fill="none"'
        ' stroke="var(--ink-soft)" stroke-width="1.5"/></g>'
    )


def _word(
    x: float,
    y: float,
    text: str,
    tag: str = "",
    *,
    size: int = 15,
    ink: str = "var(--ink)",
    weight: str = "normal",
) -> str:
    language = f' lang="{tag}"' if tag else ""
    style = f"font:{weight} {size}px var(--voice-learner);fill:{ink}"
    return (
        f'<text x="{x:g}" y="{y:g}" text-anchor="middle"{language}'
        f' style="{style}">{escape(text)}</text>'
    )


def _halves(sentence: str) -> tuple[str, str]:
    """Cut a sentence at the space nearest to its middle.

    >>> _halves("one two three")
    ('one two', 'three')
    """
    spaces = [at for at, char in enumerate(sentence) if char == " "]
    middle = min(spaces, key=lambda at: abs(at - len(sentence) / 2), default=len(sentence))
    return sentence[:middle], sentence[middle + 1 :]
