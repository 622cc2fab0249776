"""Look through the printed Markdown of a page for sentences that a number has made absurd.

What: a page's sentences are written once and its numbers come from the text, so a sentence may meet
a 0, a 1, a negative number, two equal numbers, a list of nothing, or a verdict that denies it.
`faults_of` reads the Markdown that `press.render.weave` makes, prose with its values and
exhibits in raw HTML, and names each place that no reader should see. Source: each rule is a kind of
sentence that was printed on some text. Left out: what a sentence means. What is shown of the
learner's own text (chips, quotations, printed samples, code) is not looked at: a text may say what
it likes.
"""

import html
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from press.source.prose import outside_fences

NUMBER = r"(?<![\w.,])[-−+]?\d+(?:,\d{3})*(?:\.\d+)?(?![\w]|[.,]\d)"
COUNT = (  # stands before a count: no part of another number, of a range, of a name
    r"(?<![\w.,/−–+-])"
)
NOTHING_FOLLOWS = r"(?![\w/]|[.,]\d|\s?%)"
VALUE = re.compile(r"\[(?P<value>(?:\\.|[^\]\\])*)\]\{\.computed(?: \.words)?\}", re.S)
RAW_SPAN = re.compile(r"(?P<ticks>`+)(?P<html>[^`].*?)(?P=ticks)\{=html\}", re.S)
CODE_SPAN = re.compile(r"(?<!`)(?P<ticks>`+)(?!`).+?(?<!`)(?P=ticks)(?!`)", re.S)
LINK = re.compile(r"\[(?P<text>[^\]\[]*)\](?:\([^)\s]*\)|\{[^}\n]*\})")
QUOTED = re.compile(r"“[^”]+”|„[^“”]+[“”]|‘[^’]+’(?!\w)|\"[^\"]+\"", re.S)
MATH = re.compile(r"\$\$.+?\$\$|(?<![\\$\w])\$(?=\S)[^$\n]+?(?<=\S)\$(?!\w)", re.S)
CLAIM = re.compile(
    r'<div class="ex-claim [^"]*" id="claim-(?P<id>[\w-]+)">.*?<b'
    r' class="ex-verdict">(?P<verdict>[^<]+)',
    re.S,
)
TABLE = re.compile(r"<table\b(?P<inside>.*?)</table>", re.S)
SAID = re.compile(
    r"<(?P<tag>p|title|td|th|li|figcaption|summary)\b(?P<attributes>[^>]*)>(?P<inside>.*?)</(?P=tag)>",
    re.S,
)
LABELLED = re.compile(r'<svg\b[^>]*\brole="img"[^>]*\baria-label="(?P<label>[^"]*)"')
# the learner's words, or controls
FOREIGN = re.compile(r"<(cite|code|bdi|svg|pre|textarea|select|button)\b.*?</\1>", re.S)
# the claim as it was made, ticks, what is shown of a text
NOT_READ = (
    "ex-said",
    "ex-axis",
    "ex-chip",
    "ex-sr",
    "ex-ids",
    "ex-writer-text",
    "ex-replay-end",
    "ex-quotation",
)
STOP = re.compile(r"(?<=[.!?])[”’)*_]*\s+(?=[^a-z])")


@dataclass(frozen=True)
class Part:
    """Something that a reader reads: `line` of the Markdown from 1; kind: "prose", "words" of an
    exhibit, "cell" of a table.
    """

    kind: str
    line: int
    text: str
    values: tuple[str, ...] = ()
    frame: str = ""  # the prose with a word in place of each value that is not empty


@dataclass(frozen=True, order=True)
class Fault:
    """A place that no reader should see; `line` of the Markdown from 1."""

    line: int
    what: str
    where: str

    def __str__(self) -> str:
        return f"{self.what}: {self.where!r}"


# -- What a reader reads


def parts(markdown: str) -> Iterator[Part]:
    """Yield what a reader reads of a page in its order: paragraphs with their values, and the words
    of exhibits.
    """
    code = ""
    for offset, block, prose in outside_fences(markdown):
        if prose:
            yield from _paragraphs(block, offset + 1)
        elif "cell-code" in block.split("\n", 1)[0]:
            code = block
        elif re.match(r"\s*`{3,}\s*\{=html\}", block):
            inside = block.split("\n", 1)[1].rsplit("\n", 1)[0]
            for kind, text in _words(inside):
                # a cell that asserts it means to show it
                if text != "nan" or "isnan()" not in code:
                    yield Part(kind, offset + 1, text)


def _paragraphs(block: str, first: int) -> Iterator[Part]:
    """Paragraphs, headings and list items of a run of lines without fences; what is quoted is left
    out.
    """
    lines: list[str] = []
    began = first

    def done() -> Iterator[Part]:
        text = "\n".join(lines)
        if text.strip():
            yield _prose(text, began)
        lines.clear()

    for number, line in enumerate(block.split("\n"), first):
        item = re.match(r"\s*(?:[-*+]|\d+[.)])(?:\s+|$)", line)
        if not line.strip() or re.match(r"\s*(?:>|:{3,}|\||#{1,6}\s)", line) or item:
            yield from done()
        if not line.strip() or re.match(r"\s*(?:>|:{3,}|\|)", line):
            continue
        if not lines:
            began = number
        lines.append(line if not item else f"{line[: item.end()].strip()}\0{line[item.end() :]}")
    yield from done()


def _prose(text: str, line: int) -> Part:
    item, zero, rest = text.partition("\0")
    rest = rest if zero else item
    rest = RAW_SPAN.sub(lambda span: f"[{_drawn(span['html'])}]{{.computed}}", rest)
    values = tuple(_unescaped(value["value"]) for value in VALUE.finditer(rest))
    # private use: no text of ours has them
    kept = [f"\ue000{number}\ue001" for number in range(len(values))]
    for value in kept:
        rest = VALUE.sub(value, rest, count=1)
    rest = CODE_SPAN.sub("code", rest)
    rest = MATH.sub("math", rest)
    for _ in range(2):  # a link may hold a span
        rest = LINK.sub(lambda link: link["text"], rest)
    rest = re.sub(r"\{[.#][^}\n]*\}|^#{1,6}\s+", "", rest)
    rest = _unescaped(re.sub(r"(?<!\\)\*{1,2}|(?<![\w\\])_|(?<!\\)_(?!\w)", "", rest))
    framed = rest
    for value, mark in zip(values, kept, strict=True):
        rest = rest.replace(mark, value)
        framed = framed.replace(mark, "value" if value.strip() else "")
    return Part(
        "item" if zero else "prose", line, _one_line(rest), values, _one_line(framed, spaces=True)
    )


def _unescaped(text: str) -> str:
    return re.sub(r"\\([^\w\s])", r"\1", text)


def _one_line(text: str, spaces: bool = False) -> str:
    """A paragraph on one line; with `spaces`, those between two words of a line stay as they are."""
    return re.sub(r"\s*\n\s*", " ", text).strip() if spaces else " ".join(text.split())


def _drawn(markup: str) -> str:
    """Return the words of a raw span; a picture in a list has its name, or none before a page made
    it.
    """
    name = re.search(r'class="ex-picture"(?:[^>]*alt="(?P<alt>[^"]*)")?', markup)
    if name is None:
        return _plain(markup)
    return f"Picture: {html.unescape(name['alt'] or 'none yet').removesuffix('.')}."


def _plain(markup: str) -> str:
    return html.unescape(re.sub(r"<[^>]*>", "", FOREIGN.sub("…", markup)))


def _words(markup: str) -> Iterator[tuple[str, str]]:
    """The words of an exhibit: sentences, names for a screen reader, cells of tables."""
    for said in SAID.finditer(markup):
        if (
            not any(name in said["attributes"] for name in NOT_READ)
            and "ex-chip" not in said["inside"]
        ):
            kind = (
                "cell"
                if said["tag"] in ("td", "th") and "ex-claim" not in said["inside"]
                else "words"
            )
            yield kind, _one_line(_plain(said["inside"]))
    for label in LABELLED.finditer(markup):
        yield "words", html.unescape(label["label"])


# -- The rules

Rule = Callable[[str], "re.Match[str] | None"]
NO_PLURAL = (  # end in s, and are no plural of what can be counted
    "is was has does as its this his hers us yes thus plus minus less across always perhaps besides"
    " towards afterwards class pass mass loss guess process address basis analysis bias axis series"
    " lens gas bus status bits nats seconds degrees milliseconds means means shows makes gives"
    " takes stands comes ends begins holds needs says "
).split()
MEASURES = (
    "temperature value sum product mean loss rate probability share score cosine place position"
    " distance id step"
)
NAMED = re.compile(  # a number after it is a name
    r"(?i)\b(?:figure|table|section|equation|step|layer|block|row|column|place|position|head|start|round|number|id|day|"
    r"chapter|page|top|line) $"
)
COMPARING = (
    "more|less|fewer|higher|lower|longer|shorter|larger|smaller|greater|better|worse|above|below|ahead|behind|cheaper|"
    "faster|slower|rarer|oftener|nearer|closer|wider|narrower|deeper|rises?|rose|falls?|fell|grows?|grew|shrinks?|drops?"
)
COUNTABLE = "word|token|sentence|entry|piece|character|letter|mark|byte|name|group|merge|neighbour|paragraph|exchange|pair"


def _search(pattern: str, flags: re.RegexFlag = re.NOFLAG) -> Rule:
    return re.compile(pattern, flags).search


def _equal_numbers(sentence: str) -> "re.Match[str] | None":
    """A number that is compared with itself, and is said to differ."""
    pair = (
        rf"(?P<one>{NUMBER})[^.;:\d]{{0,60}}?\b(?:against|than|compared with|instead of|and"
        rf" then|but)\b[^.;:\d]{{0,60}}?(?P<two>{NUMBER})"
    )
    for found in re.finditer(pair, sentence):
        if found["one"] == found["two"] and re.search(rf"\b(?:{COMPARING})\b", sentence):
            return found
    for found in re.finditer(
        rf"\b[Ff]rom (?P<one>{NUMBER})[^.;:\d]{{0,30}}? to (?P<two>{NUMBER})", sentence
    ):
        if found["one"] == found["two"]:
            return found
    return None


def _one_of_many(sentence: str) -> "re.Match[str] | None":
    """1 of something in the plural, or with a verb in the plural."""
    for found in re.finditer(rf"{COUNT}1 (?:[a-z-]+ )?(?P<noun>[a-z]{{2,}}s)\b", sentence):
        if (
            found["noun"] not in NO_PLURAL
            and not found["noun"].endswith("ss")
            and not NAMED.search(sentence[: found.start()])
        ):
            return found
    verb = r"(?:are|were|have)\b"
    for found in re.finditer(
        rf"{COUNT}1 (?:(?!and\b|or\b|that\b|which\b|who\b)[a-z-]+ ){{0,5}}?{verb}", sentence
    ):
        if not NAMED.search(sentence[: found.start()]):
            return found
    return None


def _nothing_counted(sentence: str) -> "re.Match[str] | None":
    """0 of something, where a sentence would say "no", or say something else."""
    before = r"(?:of|in|among|beside|between|for|with|all|these|those|the)"
    for found in re.finditer(
        rf"(?i)(?P<last>[a-z]+ )?\b{before} (?:(?:the|these|those|all|its|other)"
        rf" )?0{NOTHING_FOLLOWS}",
        sentence,
    ):
        last = (found["last"] or "").strip().lower()
        if last not in MEASURES.split() and not re.match(
            r" (?:to|and|or) \d", sentence[found.end() :]
        ):
            return found
    for found in re.finditer(
        rf"(?<![Ff]rom ){COUNT}0 (?:[a-z-]+ )?(?P<noun>[a-z]{{2,}}s)\b", sentence
    ):
        if found["noun"] not in NO_PLURAL and not found["noun"].endswith("ss"):
            return found
    return None


NUMBERS: tuple[tuple[str, Rule], ...] = (
    ("two signs before a number", _search(r"(?<![\w-])[-−+–±]\s?[-−+–]+\s?\.?\d")),
    ("a hyphen for a minus", _search(r"(?<![\w.,)\]%”’\"*-])-\.?\d")),
    ("a sign before nothing", _search(r"(?<![\w.,])[-−]0(?:\.0+)?(?![\d.,]\d|\d|\w)")),
    ("no number", _search(r"(?<![\w.])[-−+]?(?:nan|NaN|NAN|inf|Inf|Infinity)(?![\w-])")),
    ("an object of Python's", _search(r"\bat 0x[0-9a-f]{4}|<function |<class '|\bExhibit\(|\btensor\(|\bdict_\w+\(|\bCounter\(")),
    ("a number in the form of a machine", _search(r"(?<![\w.])\d+(?:\.\d+)?e[-−+]?\d{2}\b")),
    ("a number without its thousands separators", _search(r"(?<!\bid )(?<!\btoken )(?<![\w.,/#−-])\d{5,}(?:\.\d+)?(?!\w)")),
    ("1 of many", _one_of_many),
    ("all of 1", _search(r"\b[Aa]ll (?:the )?1\b(?![\d.,]\d)")),
    ("many of one", _search(rf"{COUNT}(?:[2-9]|\d{{2,3}}|\d[\d,]+\d) (?:{COUNTABLE}) (?:is|are|of|in|that|which)\b")),
    ("a count of nothing", _nothing_counted),
    ("the wrong article", _search(r"\b[Aa] (?:8\d{0,2}|8\d?(?:,\d{3})+|11|18|1[18](?:,\d{3})+)(?![\d,])|\b[Aa]n (?:[2-79]\d*|10|1[2-79]|1)(?:,\d{3})*(?![\d,])")),
    ("one number compared with itself", _equal_numbers),
)  # fmt: skip
FRAMES: tuple[tuple[str, Rule], ...] = (
    ("a gap", _search(r"\S {2,}\S")),
    ("a gap before a mark", _search(r"\S\s[,;:.!?](?=\s|$)|\(\s|\s\)")),
    ("marks that stand together", _search(r",\s?,|[,;:]\s?\.(?!\.)|(?<!\.)\.\.(?!\.)|(?<!\bal)(?<!\betc)(?<!\.\w)[.!?]\s?,|;\s?;|::(?!:)|:\s:(?=\s|$)|\(\)|“”|‘’")),
    ("an empty code span", _search(r"`")),
)  # fmt: skip
DOUBLED = _search(r"(?i)(?<![\w'’-])(?!had\b|that\b|very\b|is\b)([^\W\d_]{2,}) \1(?![\w'’-])")
CELL = "a cell of a table"
EMPTY_VALUE = "a value of nothing (under Quarto its source would stand here)"
PYTHONIC = re.compile(r"(?:None|True|False|nan|-?inf)")
VALUE_OF_NONE = _search(r"(?<!^)(?<![.!?:] )\bNone\b(?! of\b)")


def faults_of(markdown: str, verdicts: Mapping[str, str] | None = None) -> list[Fault]:
    r"""Name each place of a page's Markdown that no reader should see.

    verdicts: what became of the claims that are judged elsewhere, by id

    >>> print(*faults_of("It is [\\-12\\.04]{.computed} bits, of the [0]{.computed} words."), sep="\n")
    a count of nothing: 'It is -12.04 bits, of the 0 words.'
    a hyphen for a minus: 'It is -12.04 bits, of the 0 words.'
    """
    found: list[Fault] = []
    for part in parts(markdown):
        found += (fault for fault in _of_part(part) if not _told(fault, found))
    for offset, block, prose in outside_fences(markdown):
        if not prose and re.match(r"\s*`{3,}\s*\{=html\}", block):
            for table in TABLE.finditer(block):
                if "<thead" in table["inside"] and not re.search(
                    r"<t[dr]\b", table["inside"].partition("</thead>")[2]
                ):
                    found.append(
                        Fault(offset + 1, "a table without a row", _plain(table["inside"])[:80])
                    )
        elif prose:
            for bare in re.finditer(r"^\|.*\|\n\|[ :|-]+\|(?=\n(?!\|)|$(?![\s\S]))", block, re.M):
                line = offset + 1 + block[: bare.start()].count("\n")
                found.append(Fault(line, "a table without a row", bare[0].split("\n")[0]))
        elif "cell-code" not in block.split("\n", 1)[0] and (
            bare := re.search(r"\bat 0x[0-9a-f]{4}", block)
        ):
            found.append(Fault(offset + 1, "an object of Python's", _around(block, bare)))
    return sorted({*found, *_contradictions(markdown, verdicts or {})})


def _told(fault: Fault, found: list[Fault]) -> bool:
    """Whether a table has been named for a cell before; one is enough to find the others."""
    return fault.what == CELL and any(
        (other.line, other.what) == (fault.line, CELL) for other in found
    )


def _of_part(part: Part) -> Iterator[Fault]:
    if part.kind == "cell":
        if PYTHONIC.fullmatch(part.text) or re.match(r"-\.?\d|[-−+]{2}\d", part.text):
            yield Fault(part.line, CELL, part.text)
        return
    if part.kind == "item" and not part.text:
        yield Fault(part.line, "an item of nothing", part.frame)
    for value in part.values:
        if not value.strip():
            yield Fault(part.line, EMPTY_VALUE, part.text[:80])
        elif PYTHONIC.fullmatch(value.strip()) or VALUE_OF_NONE(value):
            yield Fault(part.line, "a value of Python's", f"{value} in {part.text[:80]}")
    for sentence in STOP.split(QUOTED.sub("“…”", part.text)):
        for what, rule in NUMBERS:
            if rule(sentence):
                yield Fault(part.line, what, sentence)
    # A value or an exhibit may name the learner's text, whose title may have a backtick.
    looked_at = [(part.frame, FRAMES)] if part.frame else [(part.text, FRAMES[:-1])]
    looked_at += [(value, FRAMES[:-1]) for value in part.values if len(value.split()) > 3]
    for text, rules in looked_at:
        bare = QUOTED.sub("“…”", text)
        for what, rule in rules:
            if hit := rule(bare):
                yield Fault(part.line, what, _around(bare, hit))
    if hit := DOUBLED(QUOTED.sub("“…”", part.text)):
        yield Fault(part.line, "a word twice", _around(part.text, hit))


def _around(text: str, hit: "re.Match[str]") -> str:
    return text[max(hit.start() - 40, 0) : hit.end() + 40]


# -- Verdicts and conclusions

DENIED = frozenset({"does not hold", "not shown here"})
UPHELD = frozenset({"holds"})
# What a page, or the summary, may not say where a claim has one of these verdicts.
AGAINST: Mapping[str, tuple[tuple[str, frozenset[str]], ...]] = {
    "clusters": (
        (r"(?<!that )(?<![Ww]hether )[Rr]elated words (?:do )?(?:come to )?(?:cluster|lie together)(?! or)", DENIED),
        (r"\bdo cluster\b|[Cc]ats and dogs (?:did|do) find each other", DENIED),
        (r"(?:doesn[’']t|does not) show that related words cluster|related words are farther apart than by chance", UPHELD),
    ),
    "substitution": (
        (r"(?:the|this|a small) model (?:has learned|knows) (?:which|where|when)|most other words don[’']t\b", DENIED),
    ),
    "forty-thousand": ((r"[Oo]ver 40K, then\b|is (?:indeed )?over 40K", DENIED),),
    "splits-words-specials": ((r"no word (?:of the text )?has a (?:special character|mark) inside", DENIED | {"holds in part"}),),
    "subwords": ((r"the rarer a word(?: is)?, the more pieces it (?:takes|took)", DENIED),),
    "small-vocab-efficient": ((r"a smaller vocabulary (?:makes|made) every step cheaper", frozenset({"does not hold"})),),
}  # fmt: skip
AFTER = (  # how the paragraph after a claim's box may not begin
    (
        re.compile(
            r"(?:It|They|This|That) (?:does|do|can|holds?|is so)[.,:;]|Yes\b|Indeed\b|So it"
            r" (?:is|does)\b"
        ),
        DENIED,
    ),
    (
        re.compile(
            r"(?:It|They|This|That) (?:does not|do not|doesn[’']t|don[’']t|cannot)[.,:;]|No[.,:;]"
        ),
        UPHELD,
    ),
)
SPOKEN = re.compile(
    r"\b[Tt]h(?:e|is) claim (?P<verdict>holds in part|holds|does not hold|is not shown here)\b"
)


def _contradictions(markdown: str, verdicts: Mapping[str, str]) -> Iterator[Fault]:
    """Sentences that say what a verdict denies."""
    judged = {**verdicts, **{claim["id"]: claim["verdict"] for claim in CLAIM.finditer(markdown)}}
    readable = [part for part in parts(markdown) if part.kind != "cell"]
    for id, phrases in AGAINST.items():
        for phrase, wrong in phrases:
            for part in readable if judged.get(id) in wrong else ():
                if hit := re.search(phrase, part.text):
                    yield Fault(part.line, f"{id} {_verb(judged[id])}", _around(part.text, hit))
    last: tuple[str, str] | None = None  # the box that was read last
    fresh = False  # and nothing since
    for offset, block, prose in outside_fences(markdown):
        if not prose:
            for claim in CLAIM.finditer(block):
                last, fresh = (claim["id"], claim["verdict"]), True
            continue
        for part in _paragraphs(block, offset + 1):
            if last is None:
                continue
            for beginning, wrong in AFTER if fresh else ():
                if beginning.match(part.text) and last[1] in wrong:
                    yield Fault(part.line, f"{last[0]} {_verb(last[1])}", part.text[:80])
            for spoken in SPOKEN.finditer(part.text):
                if spoken["verdict"].removeprefix("is ") != last[1]:
                    yield Fault(
                        part.line, f"{last[0]} {_verb(last[1])}", _around(part.text, spoken)
                    )
            fresh = False


def _verb(verdict: str) -> str:
    return f"is {verdict}" if verdict == "not shown here" else verdict
