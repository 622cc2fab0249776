"""The check of printed sentences finds what was seen on real texts, and lets through what only
looks like it.
"""

import pytest
from printed_text import faults_of

from press.render.weave import computed


def value(text: object) -> str:
    """An inline value, as a page prints it."""
    return computed({"text/plain": repr(text)})


def exhibit(markup: str) -> str:
    return f"```{{=html}}\n{markup}\n```\n"


def box(id: str, verdict: str) -> str:
    """A claim's box."""
    return exhibit(
        f'<div class="ex-claim ex-x" id="claim-{id}"><p><b class="ex-verdict">{verdict}</b>'
        f" {id}</p></div>"
    )


SEEN = [  # each was printed by the journal on some text, or is of a kind with one that was
    (f"It is no great judge: {value('-12.04')} bits ahead of mere frequencies.", "a hyphen for a minus"),
    (f"In “I have a” the cat does not fit, with {value('-10.27')} bits.", "a hyphen for a minus"),
    (f"It is {value('--2')} bits.", "two signs before a number"),
    (f"It is −{value('-2')} bits.", "two signs before a number"),
    (f"It is +{value('−0.3')} bits.", "two signs before a number"),
    (f"It is {value('−0.00')} bits.", "a sign before nothing"),
    (f"A third sentence: *dog* {value(0)} times.", "a count of nothing"),
    (f"Beside {value(0)} other words stands the dog.", "a count of nothing"),
    (f"Of the {value(0)} sentences the model finds none less surprising.", "a count of nothing"),
    (f"They are {value(12)} of {value(0)} that I tried.", "a count of nothing"),
    (f"It stands in {value(0)} of them.", "a count of nothing"),
    (f"A third of {value(0)}.", "a count of nothing"),
    (f"And {value(1)} of the pieces are whole words.", "1 of many"),
    (f"It has {value(1)} sentences.", "1 of many"),
    (f"It has {value(1)} distinct words.", "1 of many"),
    (f"Here {value('1 words')} are left.", "1 of many"),
    (f"Of these {value(1)} have a capital.", "1 of many"),
    (f"That is {value('1,204')} token of the text.", "many of one"),
    (f"All {value(1)} of them were found.", "all of 1"),
    (f"The loss is {value(float('nan'))} nats.", "no number"),
    (f"It is {value('inf')} times as long.", "no number"),
    (f"It is {value('−inf')} bits, or {value('nan%')}.", "no number"),
    (f"It ends at {value('Infinity')}.", "no number"),
    (f"The word is {value(None)}.", "a value of Python's"),
    (f"The first is {value('the word None, as it was')}.", "a value of Python's"),
    (f"Does it? {value(True)}.", "a value of Python's"),
    (f"A novel has tens of thousands: {value(260467)} in this one.", "a number without its thousands separators"),
    (f"It has {value('12345.5')} of them.", "a number without its thousands separators"),
    (f"That makes {value('1.2e+06')} of them.", "a number in the form of a machine"),
    (f"It is {value('<generator object g at 0x7f3a>')}.", "an object of Python's"),
    (f"It is {value('tensor(3)')}.", "an object of Python's"),
    (f"A little more: {value('4.84')} bytes a token against {value('4.84')}.", "one number compared with itself"),
    (f"It falls from {value('2.31')} to {value('2.31')} nats.", "one number compared with itself"),
    (f"From {value(3)} to {value(3)}, in one sentence.", "one number compared with itself"),
    (f"It has a {value(8)}-fold use.", "the wrong article"),
    (f"It is an {value(12)} of a whole.", "the wrong article"),
    (f"The words {value('')}, and no more.", "a gap before a mark"),
    (f"The words are {value('')}.", "a gap before a mark"),
    (f"The marks {value('')} and the words.", "a gap"),
    (f"The marks ({value('')}) and the words.", "marks that stand together"),
    (f"In “{value('')}” it fits.", "marks that stand together"),
    (f"It has none, {value('')}, of them.", "marks that stand together"),
    (f"These two: {value('the , and a dog')}.", "a gap before a mark"),
    (f"It is the {value('the old dog')}.", "a word twice"),
    ("They stand for `` and nothing else.", "an empty code span"),
    (f"- one\n- {value('')}\n- three", "an item of nothing"),
    ("1. one\n2.\n", "an item of nothing"),
    (f"A value of {value('')} alone", "a value of nothing"),
    ("| a | b |\n|---|--:|\n", "a table without a row"),
    ("| a | b |\n|---|--:|\n\nMore.", "a table without a row"),
    (
        exhibit('<table class="ex-table"><thead><tr><th>a</th></tr></thead><tbody></tbody></table>'),
        "a table without a row",
    ),
    (exhibit("<table><thead><tr><th>a</th></tr></thead><tbody><tr><td>nan</td></tr></tbody></table>"), "a cell of a table"),
    (exhibit("<table><tr><td>-2.4</td></tr></table>"), "a cell of a table"),
    (exhibit("<svg role='x'><title>It ends at nan.</title></svg>"), "no number"),
    (exhibit('<svg viewBox="0 0 1 1" role="img" aria-label="A line to 123456."></svg>'), "a number without its"),
    (exhibit('<p class="ex-head"><b>GPT-2</b> <span>1 tokens, 1 distinct</span></p>'), "1 of many"),
    (exhibit('<p class="ex-note">It has 0 words of that.</p>'), "a count of nothing"),
    ("::: {.cell-output}\n```\n[<Line2D object at 0x7f3a>]\n```\n:::", "an object of Python's"),
]  # fmt: skip

INNOCENT = [
    f"It is {value('−12.04')} bits behind, and {value('+0.30')} bits ahead there.",
    "GPT-2, GPT-3-like, 3-4 words, 2025-07-05, and a top-1 choice of the 12-hour day.",
    "Pages 3–4, from −2 to −1, (−1), and --- a rule, -- a dash, --plain-marks an option.",
    f"{value('No words')} of it are left, and {value('1 word')} is.",
    (
        f"Of the {value('1,204')} sentences {value('1 sentence')} is short, which is {value('0%')}"
        f" or {value('0.0%')}."
    ),
    "It is 0.25 of the whole, 0 bits, of 0.5 nats; at a temperature of 0 the best one is taken.",
    "The first place has the number 0, and places go from 0 to 9. Step 0 is the beginning.",
    f"From {value('0')} words to {value('467')}, from 0 to 3 words.",
    "A line in Figure 1 would have met it, and the first two rows of Table 1 are equal.",
    "1 is a number. Layer 1 has a bias, and 1 less than 2 is 1. The 1 that stands there are two.",
    (
        "Row 1 and row 2 are alike, 2.1 words are many, and 1,001 words are more; 1/12 of the"
        " entries are, too."
    ),
    (
        f"None of the words is {value('none')}; infinity, nanometres, information, Ferdinand,"
        " inference."
    ),
    f"{value('None of the five kept a word.')} True stories, and a False start in prose.",
    (
        f"It has {value('50,257')} entries, id 50256 is the last; 2025, 1998 and 9999 are years;"
        " 0.123456 is a share."
    ),
    f"It is {value('4.84')} bytes a token against {value('4.85')}, a little more.",
    f"With {value('4.84')} against {value('4.84')} they are alike.",
    f"Both have {value('3')} words, and {value('3')} is few. It goes from 3 to 4.",
    "He had had that that he knew, very very old. The old dog. Dog and dog's.",
    'He said “, .. ( )” and “None”, “the the”, "0 words" and `-1`, `None`, `..`, ``a ` b``.',
    "An 8-fold use, an 11th, an 18, an 80, an 800, a 10, a 12, a 7, a 100, a 1,100.",
    "He waited... and (so it was) said: “Who is there?” Yes! So: :-) no, …, and so on.",
    "- one\n- two\n\n3. three\n\n* four *five* six",
    "| a | b |\n|---|--:|\n| 1 | 2 |\n",
    "> Of the 0 words 1 are -2, , and nan.",
    "```\nOf the 0 words 1 are -2, , and nan.\n```",
    "```{.python .cell-code}\nx = -1  # of 0, None, nan\n```",
    "A product $-1 + 0$ and $$-2 \\cdot 0$$ is no count; it costs $5.",
    "[a link](a-1.html) to [it](b.qmd#x-2){.y}, a [span]{lang=hi}, H~2~O, @fig-growth and @tbl-2.",
    f"It ran on {value('A text with ` in its title, by me')}.",
    exhibit('<p class="ex-note">It ran on A `text`, by me.</p>'),
    exhibit('<ol><li class="ex-chip"><p class="ex-sr">of 0 words -1, nan</p></li></ol>'),
    exhibit('<p class="ex-ran-on">This page ran on <cite>Of 0 words -1</cite> by me.</p>'),
    exhibit(
        "<table><thead><tr><th>a</th></tr></thead><tbody><tr><td>−2.4</td><td>–</td><td>0</td></tr></tbody></table>"
    ),
    "```{.python .cell-code}\nassert x.isnan()\n```\n\n"
    + exhibit("<table><tr><td>nan</td></tr></table>"),
    exhibit(
        '<p class="ex-axis">0</p><svg role="img"><title>A line from 91 uses to'
        " 1.</title><text>-1</text></svg>"
    ),
]


@pytest.mark.parametrize(("markdown", "what"), SEEN, ids=[text[:60] for text, _ in SEEN])
def test_what_was_seen_is_found(markdown: str, what: str) -> None:
    assert [fault.what for fault in faults_of(markdown) if fault.what.startswith(what)], faults_of(
        markdown
    )


@pytest.mark.parametrize("markdown", INNOCENT, ids=[text[:60] for text in INNOCENT])
def test_what_only_looks_like_it_is_let_through(markdown: str) -> None:
    assert [str(fault) for fault in faults_of(markdown)] == []


CONTRADICTIONS = [
    (
        box("clusters", "does not hold")
        + "\nIn the margin: related words do cluster, and by themselves.",
        True,
    ),
    (box("clusters", "not shown here") + "\nRelated words do cluster.", True),
    (box("clusters", "holds") + "\nRelated words do cluster.", False),
    (box("clusters", "does not hold") + "\nDo related words cluster or not?", False),
    (
        box("clusters", "not shown here") + "\nThis run doesn't show that related words cluster.",
        False,
    ),
    (box("clusters", "holds") + "\nThis run doesn't show that related words cluster.", True),
    (box("forty-thousand", "not shown here") + "\nOver 40K, then, is a count of tokens.", True),
    (box("anything", "does not hold") + "\nIt does. Of the words many are.", True),
    (box("anything", "does not hold") + "\nIt does not.", False),
    (box("anything", "holds") + "\nIt does not. Too bad.", True),
    (box("anything", "holds") + "\nIt does not matter where.", False),
    (box("anything", "holds in part") + "\nIt does. Of the words many are.", False),
    (
        box("anything", "does not hold") + "\nI look again.\n\nIt does. Of the others, that is.",
        False,
    ),
    (box("anything", "holds in part") + "\nSo the claim holds, and I am glad.", True),
    (box("anything", "not shown here") + "\nSo the claim is not shown here.", False),
]


@pytest.mark.parametrize(("markdown", "contradicts"), CONTRADICTIONS)
def test_a_sentence_that_a_verdict_denies_is_found(markdown: str, contradicts: bool) -> None:
    assert bool(faults_of(markdown)) is contradicts


def test_a_takeaway_is_held_against_a_verdict_of_another_page() -> None:
    takeaway = exhibit("<ul><li>Related words cluster while a model learns.</li></ul>")
    assert faults_of(takeaway, {"clusters": "does not hold"})
    assert faults_of(takeaway, {"clusters": "holds"}) == []


def test_a_fault_names_the_line_of_its_paragraph() -> None:
    markdown = f"One.\n\nTwo\nlines.\n\nHere are\n{value(1)} words."
    assert [fault.line for fault in faults_of(markdown)] == [6]
