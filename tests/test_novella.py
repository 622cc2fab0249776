"""The novella as a page: whole, in chapters, and no other text in its place."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from exhibits.page.novella import NAME, PAGE, chapters, reading_page
from exhibits.page.ran_on import ran_on
from press.render.pandoc import to_html
from scratch import load_text


def test_nothing_of_the_novella_is_lost() -> None:
    text = load_text(NAME)
    body = to_html(chapters(text), "novella.qmd")
    shown = " ".join(re.sub("<[^>]+>", " ", body).split())
    for curly, straight in {"“": '"', "”": '"', "‘": "'", "’": "'", "–": "--"}.items():
        shown = shown.replace(curly, straight)
    _, *parts = re.split(r"^CHAPTER (\d+)\n", text.content, flags=re.M)
    whole = " ".join(f"{a}. {b}" for a, b in zip(parts[::2], parts[1::2], strict=True))
    letters = re.compile(r"\w")
    assert letters.findall(shown.replace("&quot;", '"')) == letters.findall(whole)
    assert body.count("<section id=") == len(parts) // 2


def test_a_text_under_copyright_is_printed_nowhere_and_linked_nowhere(monkeypatch: Any) -> None:
    monkeypatch.setenv("PRESS_DOCUMENT", "journal/a.qmd")
    text = load_text(NAME)
    own = replace(text, name="foundation", title="Foundation", licence="not stated")
    with pytest.raises(ValueError, match="a page prints texts under CC0"):
        chapters(own)
    for other in (own, replace(text, licence="not stated"), replace(text, name="foundation")):
        assert reading_page(other) == "" and "<a" not in ran_on(other).html


def test_the_line_of_the_novella_links_to_it_from_where_it_stands(
    monkeypatch: Any, tmp_path: Path
) -> None:
    text = load_text(NAME)
    (tmp_path / "journal" / "labs").mkdir(parents=True)
    (tmp_path / "_quarto.yml").write_text("")
    monkeypatch.chdir(tmp_path / "journal" / "labs")
    assert reading_page(text) == ""  # no printer
    monkeypatch.setenv("PRESS_DOCUMENT", "a.qmd")
    assert reading_page(text) == ""  # no page that has it
    (tmp_path / PAGE).write_text("")
    assert '<cite><a href="../novella.html">The Index' in ran_on(text).html
