"""Every page of the journal runs on every text of tests/texts/ and on the novella, and none of its sentences is absurd there.

The trainings are short (JOURNAL_SMOKE), so their numbers mean nothing; the sentences must be true of them all the same.
All of it runs once, in forks over all cores (`any_text`); each test then looks at one page on one text.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import any_text
import pytest

TEXTS, PAGES = any_text.names(), any_text.pages()


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with what is said of each page on each text."""
    folder = tmp_path_factory.mktemp("any-text")
    command = [sys.executable, any_text.__file__, str(folder)]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        pytest.fail(f"the pages could not be run:\n{done.stdout[-2000:]}{done.stderr[-4000:]}", pytrace=False)
    return folder


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("page", PAGES)
def test_a_page_runs_on_a_text_and_says_nothing_absurd(ran: Path, page: str, text: str) -> None:
    said: dict[str, Any] = json.loads(any_text.result(ran, text, page).read_text(encoding="utf-8"))
    if said["faults"]:
        pytest.fail("\n".join(f"{text}: {fault}" for fault in said["faults"]), pytrace=False)


def test_the_texts_are_large_enough_for_what_a_short_training_needs() -> None:
    """500 words and 10 sentences, so that a model can be trained on each; those in a small vocabulary are 30 words."""
    from scratch.needs import words_of
    from scratch.passage import sentences

    for name in set(TEXTS) - {any_text.NOVELLA}:
        content = (any_text.TEXTS / f"{name}.txt").read_text(encoding="utf-8")
        assert 700 <= len(words_of(content)) <= 1_500 and len(list(sentences(content))) > 10, name
    few = words_of((any_text.TEXTS / "thirty-words.txt").read_text(encoding="utf-8"))
    assert len(set(few)) == 30 and min(map(few.count, set(few))) > 10
