"""Read the bullets of a note, and write them as Markdown that means what was typed.

Emphasis, code and links stay; every other mark that Pandoc or press would act on (a formula, a
cell, a block, a tag, a footnote) is escaped, and is shown as it was typed.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

MARK = re.compile(
    r"(?P<indent> *)(?:(?:[-*+–—](?=\s|$)|[•·‣◦])\s*(?P<text>.*)|(?P<numbered>\d{1,2}[.)]\s.*))$"
)
RULE = re.compile(r"\s*(?:-{3,}|\*{3,}|_{3,}|={3,})\s*$")
TAB = 4
MEANT = re.compile(  # what keeps its meaning
    r"""(?<!`)(?P<ticks>`+)(?!`)(?P<code>(?=\S|[ ]+\S).+?)(?<!`)(?P=ticks)(?!`)
    |<(?P<auto>https?://[^\s<>`\\{}]+)>
    |!?\[(?P<label>[^\[\]`<>]+)\]\((?P<target>[^\s()<>`\\{}]+)\)
    |(?P<url>https?://[^\s<>"`\\{}|^\[\]]*[\w/])
    |(?<![\w*_~])(?P<mark>\*\*|\*|_|~~)(?=[^\s*_~])(?P<inner>[^*_~`<>\[\]]*[^\s*_~`<>\[\]])(?P=mark)(?![\w*_~])""",
    re.X,
)
SPECIAL = re.compile(
    r"[\\$*`{\[^~]|<(?=[\w/!?])|&(?=#?\w+;)|!(?=\[)|(?<!\w)@|(?<![^\W_])_+|_+(?![^\W_])|(?<!\S)--(?=\S)"
)
NUMBER = re.compile(r"(\(?(?:\d+|[A-Za-z]|[ivxlcdm]+|[IVXLCDM]+))([.)])(?=\s|$)")
START = re.compile(r"[#>|:+=-]")  # of a block, at the start of a bullet


@dataclass(frozen=True)
class Bullet:
    """A bullet: its text on one line, as typed, and its depth, 0 for the outermost."""

    text: str
    depth: int = 0


def read_bullets(text: str) -> list[Bullet]:
    """Return the bullets of a text: -, *, + or a number begins one, what is wrapped belongs to it.

    In a text without such a mark each line is a bullet; a paragraph between bullets is one.

    >>> [(bullet.text, bullet.depth) for bullet in read_bullets("- a,\\n wrapped\\n  - in\\n- two")]
    [('a, wrapped', 0), ('in', 1), ('two', 0)]
    """
    lines = [
        line.expandtabs(TAB).rstrip()
        for line in re.split(r"\r\n|[\n\r\x0b\x0c\x85\u2028\u2029]", text)
    ]
    marked = any(map(MARK.match, lines))
    bullets: list[tuple[int, list[str]]] = []  # indentation, lines
    apart = True
    for line in lines:
        mark = MARK.match(line)
        if not line or RULE.match(line):
            apart = True
            continue
        words = (mark["text"] or mark["numbered"] or "") if mark else line.strip()
        if mark or not marked or (apart and not line.startswith(" ")) or not bullets:
            bullets.append((len(mark["indent"]) if mark else 0, [words]))
        else:
            bullets[-1][1].append(words)
        apart = False
    return list(
        _with_depths((indent, " ".join(" ".join(part).split())) for indent, part in bullets)
    )


def _with_depths(bullets: Iterable[tuple[int, str]]) -> Iterable[Bullet]:
    """Yield the bullets that have a text, each with its depth by its indentation."""
    above: list[int] = []
    for indent, text in bullets:
        if not text:
            continue
        while above and indent < above[-1] + 2:
            above.pop()
        yield Bullet(text, len(above))
        above.append(indent)


def as_markdown(
    bullets: Iterable[Bullet], is_file: Callable[[str], bool] = lambda path: False
) -> list[str]:
    """Return a line of Markdown for each bullet; is_file: whether a link leads to a file.

    >>> as_markdown([Bullet("#1: *two* for $5 in `{python} x`"), Bullet("see https://a.b/c_d.", 1)])
    ['- \\\\#1: *two* for \\\\$5 in `` {python} x ``', '  - see <https://a.b/c_d>.']
    """
    return [f"{'  ' * bullet.depth}- {_block(bullet.text, is_file)}" for bullet in bullets]


def _block(text: str, is_file: Callable[[str], bool]) -> str:
    """Return a bullet's text as a paragraph: its start begins no list, heading or block."""
    markdown = _inline(text, is_file)
    if START.match(markdown):
        return f"\\{markdown}"
    return NUMBER.sub(r"\1\\\2", markdown, count=1) if NUMBER.match(markdown) else markdown


def _inline(text: str, is_file: Callable[[str], bool]) -> str:
    parts, at = [], 0
    for meant in MEANT.finditer(text):
        if markdown := _meaning(meant, is_file):
            parts += [_literal(text[at : meant.start()]), markdown]
            at = meant.end()
    return "".join([*parts, _literal(text[at:])])


def _meaning(meant: re.Match[str], is_file: Callable[[str], bool]) -> str:
    """Return the Markdown of what keeps its meaning; "" for a link that leads nowhere."""
    if meant["code"]:
        runs_not = meant["ticks"] == "`" and meant["code"].startswith("{")
        return f"`` {meant['code']} ``" if runs_not else meant[0]
    if address := meant["auto"] or meant["url"]:
        return f"<{address}>"
    if meant["mark"]:
        return f"{meant['mark']}{_literal(meant['inner'])}{meant['mark']}"
    foreign = re.match(r"(?:https?://|mailto:)[^\s]+$", meant["target"])
    here = is_file(meant["target"].partition("#")[0])
    if not here and not foreign:
        return ""
    shown = "!" if here and meant[0].startswith("!") else ""
    return f"{shown}[{_literal(meant['label'])}]({meant['target']})"


def _literal(text: str) -> str:
    return SPECIAL.sub(lambda mark: "".join(f"\\{char}" for char in mark[0]), text)
