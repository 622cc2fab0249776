"""Every page of the journal runs on texts of all kinds, and none of its sentences is absurd there.

In `make test` the labs run on a text of few words and the others on one without a Latin letter; in
the soak each on every text of tests/texts/ and on the novella. In the soak alone run the pages that
ask the pretrained model, which take minutes, on two texts, and the book's page, which hardly asks
the text. (test_hostile_text.py prints the days on the text that is all markup.)

The trainings are short (JOURNAL_SMOKE), so their numbers mean nothing; the sentences must be true
of them all the same. All of it runs once, in forks over all cores (`any_text`); each test then
looks at one page on one text.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import any_text
import pytest
from printed_text import faults_of

from press.execute.notebook import Run
from press.render.weave import weave
from press.source.page import parse_page, read_page

TEXTS, PAGES = any_text.names(), any_text.pages()
LAB, OTHER = "thirty-words", "cyrillic"  # what `make test` runs on
SLOW_TEXTS = ("cyrillic", "hostile")
ROOT = any_text.ROOT
SLOW = [page for page in PAGES if read_page(ROOT / page, ROOT).pretrained]


def cases() -> Iterator[Any]:
    """Yield each page with each text that it is tried on."""
    for page in PAGES:
        for text in SLOW_TEXTS if page in SLOW else TEXTS:
            quick = text == (LAB if "/labs/" in page else OTHER)
            quick = quick and page not in (*SLOW, "journal/book.qmd")
            yield pytest.param(page, text, marks=[] if quick else pytest.mark.soak)


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Path:
    """The folder with what is said of each page on each text of the tests that were chosen."""
    folder = tmp_path_factory.mktemp("any-text")
    params = [getattr(item, "callspec", None) for item in request.session.items]
    chosen = [each.params for each in params if each and {"page", "text"} <= {*each.params}]
    texts: dict[str, set[str]] = {}
    for one in chosen:
        texts.setdefault(one["page"], set()).add(one["text"])
    groups: dict[tuple[bool | str, ...], list[str]] = {}  # pages that run on the same texts
    for page in sorted(texts, key=lambda page: page in SLOW):
        groups.setdefault((page in SLOW, *sorted(texts[page])), []).append(page)
    for (_, *names), pages in groups.items():
        command = [sys.executable, any_text.__file__, str(folder)]
        command += ["--texts", *map(str, names), "--pages", *pages]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            end = f"{done.stdout[-2000:]}{done.stderr[-4000:]}"
            pytest.fail(f"the pages could not be run:\n{end}", pytrace=False)
    return folder


@pytest.mark.parametrize(("page", "text"), [*cases()])
def test_a_page_runs_on_a_text_and_says_nothing_absurd(ran: Path, page: str, text: str) -> None:
    said: dict[str, Any] = json.loads(any_text.result(ran, text, page).read_text(encoding="utf-8"))
    if said["faults"]:
        pytest.fail("\n".join(f"{text}: {fault}" for fault in said["faults"]), pytrace=False)


def tried(body: str) -> list[str]:
    """What is said of a page whose body begins on line 4."""
    page = parse_page(f"---\ntitle: t\n---\n{body}", "a.qmd")
    notebook, _, faults = any_text.execute(page)
    if faults:
        return faults
    markdown, lines = any_text.woven(Run(page, notebook, 0.0))
    assert markdown == weave(Run(page, notebook, 0.0), {"echo": True, "warning": True})
    return [f"a.qmd:{lines[fault.line - 1]}: {fault}" for fault in faults_of(markdown)]


def test_a_page_that_raises_is_named_with_its_line() -> None:
    body = (
        "```{python}\n#| label: x\n\ndef f():\n    return n\n```\n\nIt is `{python} 1`"
        " or\n`{python} f()`.\n"
    )
    assert tried("```{python}\na = 1\nassert a == 2, 'no'\n```\n") == [
        "a.qmd:6: AssertionError: no; in: assert a == 2, 'no'"
    ]
    assert tried(body) == ["a.qmd:8: NameError: name 'n' is not defined; in: f()"]
    assert tried("```{python}\nint('x')\n```\n")[0].startswith(
        "a.qmd:5: ValueError: invalid literal"
    )
    assert tried("```{python}\n#| error: true\n1 / 0\n```\n") == []


def test_a_cell_that_warns_is_named() -> None:
    said = tried("```{python}\nimport sys\nprint('beware', file=sys.stderr)\n```\n")
    assert said == ["a.qmd:5: the cell warns: beware"]


def test_an_absurd_sentence_is_named_with_the_line_of_its_paragraph() -> None:
    """An expression that is wrapped over two lines does not shift the lines after it."""
    body = (
        "One.\n\nTwo `{python} 1 +\n1`, and\nmore.\n\n```{python}\nn = 1\n```\n\nA.\n\nThere\nare"
        " `{python} n` words.\n"
    )
    assert tried(body) == ["a.qmd:16: 1 of many: 'There are 1 words.'"]


def test_an_absurd_exhibit_is_named_with_the_line_of_its_cell() -> None:
    body = "One.\n\n```{python}\nfrom exhibits import table\ntable([], header=['a', 'b'])\n```\n"
    assert [said.split(": ")[:2] for said in tried(body)] == [["a.qmd:7", "a table without a row"]]


def test_the_texts_are_large_enough_for_what_a_short_training_needs() -> None:
    """500 words and 10 sentences, so that a model can be trained on each; those in a small
    vocabulary are 30 words.
    """
    from scratch.baselines.needs import words_of
    from scratch.text.sentences import sentences

    for name in set(TEXTS) - {any_text.NOVELLA}:
        content = (any_text.TEXTS / f"{name}.txt").read_text(encoding="utf-8")
        assert 700 <= len(words_of(content)) <= 1_500 and len(list(sentences(content))) > 10, name
    few = words_of((any_text.TEXTS / "thirty-words.txt").read_text(encoding="utf-8"))
    assert len(set(few)) == 30 and min(map(few.count, set(few))) > 10
