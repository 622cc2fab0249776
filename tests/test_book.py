"""The book's numbers: each row must be able to fail, what is missing must say so, and the page must
stop where one number is wrong.
"""

import hashlib
import os
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from framed import served

from exhibits.base.exhibit import Exhibit
from exhibits.page.book_rows import SLUGS, book_filter, book_table, counts
from press.source.page import read_page
from scratch.book import comparison, reader_files
from scratch.book.comparison import (
    DEVICE,
    EDITION,
    ELSEWHERE,
    NEEDED,
    SAME,
    VERDICTS,
    Judged,
    Unequal,
    compare_all,
    compute,
    judge,
)
from scratch.book.published_rows import BadRow, Row, agrees, equal, ours_written, read_rows, short
from scratch.book.values import Values
from scratch.model.gpt import GPTConfig, GPTModel

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "journal/book.qmd"


@pytest.fixture(scope="module")
def outputs() -> Values:
    """What is computed without The Verdict and without weights; it takes seconds."""
    return compute()


@pytest.fixture(scope="module")
def judged(outputs: Values) -> list[Judged]:
    return compare_all(outputs)


def row(name: str) -> Row:
    return next(row for row in read_rows() if row.name == name)


def spoilt(row: Row) -> Row:
    """The row with another last digit, letter or reason."""
    if row.text is not None:
        return replace(row, text=row.text + "x")
    last = row.numbers[-1]
    digits = [index for index, sign in enumerate(last.partition("e")[0]) if sign.isdigit()]
    at = digits[min(len(digits), row.digits or len(digits)) - 1]
    other = str((int(last[at]) + 5) % 10)
    return replace(row, numbers=(*row.numbers[:-1], last[:at] + other + last[at + 1 :]))


# -- The rows


def test_there_are_two_hundred_outputs_of_every_chapter() -> None:
    rows = read_rows()
    assert len(rows) >= 200 and len({row.name for row in rows}) == len(rows)
    chapters = [f"Chapter {number}" for number in range(2, 8)]
    chapters += [f"Appendix {letter}" for letter in "ADE"]
    assert list(dict.fromkeys(row.chapter for row in rows)) == chapters


def test_the_printed_precision_decides_what_is_equal() -> None:
    assert equal(0.085188, "0.0852") and not equal(0.08526, "0.0852")
    assert equal(7.454045e-05, "7.4541e-05") and not equal(7.4533e-05, "7.4541e-05")
    assert equal(163_009_536, "163009536") and not equal(163_009_537, "163009536")
    assert equal(48_725.86, "48725.8203", digits=6)
    assert not equal(48_725.9, "48725.8203", digits=6)


def test_a_number_more_or_less_is_no_agreement() -> None:
    scores = row("scores_2")
    ours = [0.9544, 1.4950, 1.4754, 0.8434, 0.7070, 1.0865]
    assert agrees(scores, ours)
    assert not agrees(scores, ours[:-1]) and not agrees(scores, [*ours, 0.0])
    assert len(ours_written(scores, [*ours, 0.0])) == 7


@pytest.mark.parametrize(
    ("entry", "fault"),
    [
        ('section = "1"\nwhat = "x"', "published or text"),
        ('section = "1"\nwhat = "x"\npublished = "1"\ntext = "1"', "published or text"),
        ('section = "1"\nwhat = "x"\npublished = "1"\nneeds = "luck"', "'luck'"),
        ('section = "1"\nwhat = "x"\npublished = "1"\npubished = "1"', "pubished"),
    ],
)
def test_an_entry_that_cannot_be_meant_is_named(tmp_path: Path, entry: str, fault: str) -> None:
    for name in (f.name for f in (ROOT / "code/scratch/book/published").iterdir()):
        text = f'chapter = "C"\nnotebook = "n"\n[rows.odd]\n{entry}\n'
        (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(BadRow, match=re.escape(fault)):
        read_rows(tmp_path)


# -- The verdicts


def test_most_outputs_are_computed_here_and_the_same(judged: list[Judged]) -> None:
    numbers = counts(judged)
    assert numbers[SAME] >= 150
    assert sum(bool(one.ours) for one in judged) >= 165


def test_every_computed_row_fails_where_its_published_value_is_spoilt(
    outputs: Values, judged: list[Judged]
) -> None:
    computed = [one.row for one in judged if one.verdict in (SAME, DEVICE)]
    for one in computed:
        with pytest.raises(Unequal, match=re.escape(one.what)):
            judge(spoilt(one), outputs, machine="x86_64")


def test_an_early_number_that_is_suddenly_equal_fails(outputs: Values) -> None:
    with pytest.raises(Unequal, match="ours equals"):
        judge(replace(row("loss_early"), numbers=("10.7940",)), outputs)


def test_another_processor_may_draw_otherwise(outputs: Values) -> None:
    one = spoilt(row("dropout_of_ones"))
    assert judge(one, outputs, machine="arm64").verdict == ELSEWHERE
    assert judge(row("dropout_of_ones"), outputs, machine="arm64").verdict in (DEVICE, ELSEWHERE)
    with pytest.raises(Unequal):
        judge(one, outputs, machine="AMD64")
    other = spoilt(row("table"))  # no dropout: the same everywhere
    with pytest.raises(Unequal):
        judge(other, outputs, machine="arm64")


def test_a_row_without_an_output_fails_and_an_output_without_a_row_too(outputs: Values) -> None:
    less = {name: value for name, value in outputs.items() if name != "scores"}
    with pytest.raises(KeyError, match="scores"):
        compare_all(less)
    with pytest.raises(KeyError, match="stray"):
        compare_all(outputs | {"stray": 1})


# -- What a reader may add


def test_what_is_missing_is_said(judged: list[Judged]) -> None:
    by_name = {one.row.name: one for one in judged}
    if reader_files.verdict() is None:
        assert by_name["verdict_tokens"].verdict == NEEDED["verdict"]
        assert by_name["verdict_tokens"].ours == ""
    assert by_name["gpt2_text"].verdict == NEEDED["gpt2"]
    assert by_name["spam_train_accuracy"].verdict == NEEDED["data"]
    assert by_name["step_85_train_loss"].verdict == NEEDED["training"]


def test_with_the_verdict_its_rows_are_judged() -> None:
    tokens = row("verdict_tokens")
    assert judge(tokens, {"verdict_tokens": 4_690}).verdict == SAME
    with pytest.raises(Unequal, match="4691"):
        judge(tokens, {"verdict_tokens": 4_691})
    early = judge(row("verdict_tokens_early"), {"verdict_tokens_early": 4_690})
    assert early.verdict == EDITION and early.ours == "4690"


def listed(folder: Path, content: str) -> Path:
    """A folder of texts with one of the name of The Verdict."""
    fields = "".join(f'{field} = "x"\n' for field in ("title", "author", "licence", "source"))
    (folder / "texts.toml").write_text(f"[{reader_files.VERDICT}]\n{fields}", encoding="utf-8")
    (folder / f"{reader_files.VERDICT}.txt").write_text(content, encoding="utf-8")
    return folder


def test_the_verdict_is_known_by_its_characters(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = " ".join(f"word{number % 90}" for number in range(400)) + ".\n"
    folder = listed(tmp_path, words)
    assert reader_files.verdict(folder) is None
    monkeypatch.setattr(reader_files, "VERDICT_SHA256", hashlib.sha256(words.encode()).hexdigest())
    assert reader_files.verdict(folder) == words


def test_all_rows_of_the_verdict_hold_where_it_is_given() -> None:
    """VERDICT_FOLDER=data/ after `press texts add`, as the page says; it takes a minute."""
    folder = os.environ.get("VERDICT_FOLDER")
    text = reader_files.verdict(Path(folder)) if folder else None
    if text is None:
        pytest.skip("VERDICT_FOLDER names no folder of texts that has the book's The Verdict")
    verdicts = {one.row.name: one.verdict for one in compare_all(compute(text))}
    assert NEEDED["verdict"] not in verdicts.values()


def test_weights_of_another_size_are_not_gpt2(tmp_path: Path) -> None:
    from safetensors.torch import save_file

    from scratch.model.gpt2_layout import to_gpt2

    assert reader_files.weights(tmp_path) is None
    config = GPTConfig(11, 8, emb_dim=64, n_heads=1, n_layers=1)
    save_file(to_gpt2(GPTModel(config, torch.Generator())), tmp_path / reader_files.WEIGHTS[0])
    assert reader_files.weights(tmp_path) is None


# -- The page


def cells() -> list[str]:
    return [block.source for block in read_page(PAGE, ROOT).cells]


def test_the_page_fails_at_one_spoilt_number(
    outputs: Values, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page's own cell, up to the account, with one digit of one row changed."""
    rows = [spoilt(one) if one.name == "perplexity" else one for one in read_rows()]
    monkeypatch.setattr(comparison, "compute", lambda *_: outputs)
    monkeypatch.setattr(comparison, "read_rows", lambda: rows)
    names: dict[str, Any] = {}
    with pytest.raises(Unequal, match="Perplexity"):
        for cell in cells()[:2]:
            exec(cell, names)


def test_the_filter_names_every_verdict_that_the_css_knows(judged: list[Judged]) -> None:
    css = (ROOT / "code/exhibits/assets/exhibits.css").read_text(encoding="utf-8")
    assert set(SLUGS) == set(VERDICTS)
    for slug, _ in SLUGS.values():
        assert f'tr:not([data-verdict="{slug}"])' in css
    shown = book_filter(judged).html
    assert shown.count('type="radio"') == len(counts(judged)) + 1


def test_a_table_has_each_row_once_with_its_verdict(judged: list[Judged]) -> None:
    rows = [one for one in judged if one.row.chapter == "Chapter 3"]
    markup = book_table(rows, "Chapter 3", "30 outputs").html
    assert markup.count("<tr ") == len(rows)
    assert "0.9544 1.4950 1.4754 0.8434 0.7070 1.0865" in markup
    with pytest.raises(ValueError, match="no row"):
        book_table([], "empty", "none")


def test_counts_are_grouped_and_ids_are_not(judged: list[Judged]) -> None:
    rows = [one for one in judged if one.row.chapter == "Chapter 4"]
    markup = book_table(rows, "4", "outputs").html
    assert markup.count("163,009,536") == 2 and "15496 11 314 716" in markup


@pytest.mark.browser
def test_the_filter_leaves_the_rows_of_one_verdict(
    browser: Any, tmp_path: Path, judged: list[Judged]
) -> None:
    """By touch or keys, on a phone, and without a script."""
    rows = judged[:60]
    shown = """() => [...document.querySelectorAll(".ex-book tbody tr")]
        .filter((row) => row.getClientRects().length).length"""
    parts = book_filter(rows), book_table(rows, "rows", "60 outputs")
    with served(tmp_path / "site", *parts) as address:
        context = browser.new_context(viewport={"width": 390, "height": 844})
        page = context.new_page()
        page.goto(address)
        page.get_by_text("60 outputs").click()
        assert page.evaluate(shown) == len(rows)
        for verdict, number in counts(rows).items():
            page.locator(f'.ex-book-filter [value="{SLUGS[verdict][0]}"]').click()
            assert page.evaluate(shown) == number, verdict
        page.locator('.ex-book-filter [value="all"]').focus()
        page.keyboard.press("Space")
        assert page.evaluate(shown) == len(rows)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        context.close()


@pytest.mark.browser
def test_a_chapter_without_a_row_goes_and_a_number_is_looked_up(
    browser: Any, tmp_path: Path, judged: list[Judged]
) -> None:
    chapters = [[one for one in judged if one.row.chapter == f"Chapter {name}"] for name in (3, 5)]
    parts = [
        Exhibit(
            f'<section id="{name}"><h3>{name}</h3>{book_table(rows, name, name).html}</section>', ""
        )
        for name, rows in zip(("three", "five"), chapters, strict=True)
    ]
    with served(tmp_path / "site", book_filter([*chapters[0], *chapters[1]]), *parts) as address:
        page = browser.new_page()
        page.goto(address)
        page.wait_for_selector(".ex-book-filter.ex-drawn")
        three, five = page.locator("h3").all()
        page.locator('.ex-book-filter [value="edition"]').click()
        assert five.is_visible() and not three.is_visible()
        page.locator('.ex-book-filter [value="all"]').click()
        assert three.is_visible() and not page.locator(".ex-book tbody tr:visible").count()
        page.get_by_role("searchbox", name="a number or a word").fill("10.7722")
        assert page.locator(".ex-book tbody tr:visible").count() == 1
        assert page.get_by_role("status").text_content() == "1 row"
        assert five.is_visible() and not three.is_visible()
        page.close()


@pytest.mark.browser
def test_the_search_knows_the_rest_of_a_long_row_and_rounds_as_the_book_does(
    browser: Any, tmp_path: Path, judged: list[Judged]
) -> None:
    rows = [one for one in judged if one.row.chapter in ("Chapter 3", "Chapter 5")]
    long = next(one for one in rows if one.row.name == "scores")
    further = long.row.numbers[20]
    assert further not in long.published
    with served(tmp_path / "site", book_filter(rows), book_table(rows, "rows", "all")) as address:
        page = browser.new_page()
        page.goto(address)
        page.wait_for_selector(".ex-book-filter.ex-drawn")
        search, visible = page.get_by_role("searchbox"), page.locator(".ex-book tbody tr:visible")
        search.fill(further)
        place = 1 + long.row.numbers.index(further)
        assert f"number {place}: {further}" in " ".join(visible.all_inner_texts())
        search.fill("10.77216")  # the book has 10.7722
        assert visible.count() == 1 and "10.7722" in visible.inner_text()
        search.fill("31415.9")
        assert visible.count() == 0
        assert (
            page.get_by_role("status")
            .inner_text()
            .startswith("0 rows: the book prints no such number")
        )
        search.fill("")
        assert page.locator(".ex-book-hit").count() == 0
        page.close()


@pytest.mark.browser
def test_a_link_to_a_chapter_opens_its_table_alone(
    browser: Any, tmp_path: Path, judged: list[Judged]
) -> None:
    parts = [
        Exhibit(f'<section id="{name}">{book_table(judged[:3], name, name).html}</section>', "")
        for name in ("three", "five")
    ]
    with served(tmp_path / "site", book_filter(judged[:3]), *parts) as address:
        page = browser.new_page()
        page.goto(f"{address}#five")
        opened = page.locator("details[open] table")
        opened.wait_for()
        assert opened.get_attribute("aria-label") == "five" and opened.count() == 1
        page.close()


def test_a_long_row_is_cut_with_its_length() -> None:
    scores = row("scores")
    assert short(scores, scores.numbers).endswith("… (36)")
