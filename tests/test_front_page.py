"""The front page: a box that cuts what is typed, doors, and cards with pictures of the pages' figures."""

import gzip
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import plotly.graph_objects as go
import pytest
from playwright.sync_api import expect
from printers import Selectors

from exhibits import Exhibit, picture, picture_of, plot, reader_tokenizers
from exhibits.page.picture import alt_of, miniature
from scratch import SimpleTokenizer

ROOT = Path(__file__).resolve().parents[1]
DESK, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
WEIGHT = 150_000  # bytes, gzipped, before a reader does anything
LINE = plot(go.Figure(go.Scatter(x=[1, 2], y=[1, 30])), "A <rising> line.")

# -- Pictures


@pytest.fixture
def printing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A journal whose page journal/a.qmd a printer runs."""
    (tmp_path / "_quarto.yml").write_text("")
    (tmp_path / "journal").mkdir()
    monkeypatch.chdir(tmp_path / "journal")
    monkeypatch.delenv("QUARTO_DOCUMENT_PATH", raising=False)
    monkeypatch.setenv("PRESS_DOCUMENT", "a.qmd")
    return tmp_path


def test_a_picture_has_the_marks_of_the_figure_and_none_of_its_words() -> None:
    small = miniature(LINE.html)
    assert 'class="ex-line"' in small and "<text" not in small and "<line" not in small
    assert alt_of(small) == "A <rising> line."


def test_a_picture_has_the_words_that_it_is_given_above_the_drawing() -> None:
    small = miniature(LINE.html, "loss & more")
    assert '>loss &amp; more</text><g class="ex-still">' in small
    assert small.count('y="40"') == 1 and 'height="148"' in small


def test_a_page_leaves_its_picture_and_shows_its_figure_as_it_is(printing: Path) -> None:
    assert picture(LINE) is LINE
    file = printing / "assets" / "journal-a-picture.svg"
    assert file.read_text(encoding="utf-8") == miniature(LINE.html)


def test_a_page_in_a_notebook_leaves_none(printing: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PRESS_DOCUMENT")
    assert picture(LINE) is LINE
    assert not (printing / "assets").exists()


def test_what_is_no_drawing_makes_no_picture(printing: Path) -> None:
    with pytest.raises(ValueError, match="this exhibit has no drawing"):
        picture(Exhibit("<table></table>", ""))


def test_another_page_shows_the_picture_with_its_name_and_room(printing: Path) -> None:
    picture(LINE)
    shown = picture_of("journal/a.qmd").html
    assert 'src="../assets/journal-a-picture.svg" alt="A &lt;rising&gt; line."' in shown
    assert 'width="320" height="200" loading="lazy"' in shown
    assert picture_of("journal/b.qmd").html == '<i class="ex-picture"></i>'


def test_the_style_of_pictures_is_that_of_figures() -> None:
    """picture.css repeats lines of exhibits.css, as a picture in a file of its own has no other."""
    whole = (ROOT / "code/exhibits/assets/exhibits.css").read_text(encoding="utf-8").splitlines()
    small = (ROOT / "code/exhibits/page/picture.css").read_text(encoding="utf-8").splitlines()
    ours = [line for line in small if line.startswith((".", "  --"))]
    assert len(ours) > 30 and [line for line in ours if line not in whole] == []


def test_an_entry_of_the_list_has_its_picture(journal: Any) -> None:
    journal.page("One.", "journal/2025-07-02-a.qmd")
    journal.page("Two.", "journal/2025-07-04-b.qmd")
    journal.write("assets/journal-2025-07-04-b-picture.svg", miniature(LINE.html))
    front = journal.render().joinpath("index.html").read_text(encoding="utf-8")
    assert front.count('class="ex-picture"') == 1
    assert (
        'src="assets/journal-2025-07-04-b-picture.svg" alt="A &lt;rising&gt; line."'
        ' width="320" height="200" loading="lazy"'
    ) in front


def test_a_broken_picture_is_refused_with_a_remedy(journal: Any) -> None:
    journal.page("One.", "journal/2025-07-02-a.qmd")
    journal.write("assets/journal-2025-07-02-a-picture.svg", "<svg>")
    said = journal.press("render", "--with", "builtin")
    assert said.status == 1
    assert said.err.startswith("assets/journal-2025-07-02-a-picture.svg: the picture is no SVG")


# -- The box


def test_a_printed_box_leaves_its_words_to_a_file(printing: Path) -> None:
    box = reader_tokenizers(SimpleTokenizer.of(["a", "zebra"]), text="a dog", compact=True)
    (file,) = (printing / "assets").glob("words-*.json")
    assert "zebra" not in box.html and f'"words_file":"{file.name}"' in box.html
    words = json.loads(file.read_text(encoding="utf-8"))
    assert words == ["a", "zebra", "<|endoftext|>", "<|unk|>"]


@pytest.mark.browser
@pytest.mark.site
@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_above_the_fold_both_tokenizers_cut_what_is_typed(
    visit: Callable[..., Any], size: dict[str, int]
) -> None:
    page = visit("index.html", viewport=size)
    box = page.locator(".ex-compact")
    for part in ("textarea", "[data-side=words] .ex-chip", "[data-side=gpt2] .ex-chip"):
        place = box.locator(part).first.bounding_box()
        assert 0 < place["y"] < place["y"] + place["height"] < size["height"], part
    page.wait_for_load_state("networkidle")
    tables = re.compile(r"/(gpt2-tokenizer\.bin|words-\w+\.json)$")
    assert not any(map(tables.search, page.watch.asked))
    assert box.locator("[data-side=gpt2] .ex-chip").count() > 3  # before any key
    box.locator("textarea").fill("The cat dogfoods.")
    expect(box.locator("[data-side=gpt2] .ex-chip")).to_have_count(6)
    expect(box.locator("[data-side=words] .ex-unknown")).to_have_count(1)
    assert len({url for url in page.watch.asked if tables.search(url)}) == 2
    assert page.watch.faults == []
    page.done()


# -- The cards


@pytest.mark.browser
@pytest.mark.site
def test_the_doors_lead_on(visit: Callable[..., Any]) -> None:
    page = visit("index.html", viewport=DESK)
    doors = page.locator(".doors li")
    assert doors.count() == 4
    for door in doors.all():
        target = door.locator("a").first
        assert door.bounding_box()["y"] < DESK["height"]
        # the whole card is the link's
        size = door.evaluate(
            "door => [door.clientWidth, door.clientHeight, ...['width', 'height'].map((side) =>"
            " parseFloat(getComputedStyle(door.querySelector('a'), '::after')[side]))]"
        )
        assert size[:2] == pytest.approx(size[2:], abs=1)
        assert re.search(r"\.html(#[\w-]+)?$", target.get_attribute("href"))
    doors.nth(0).click()
    page.wait_for_url("**/journal/2025-07-02-*.html")
    page.done()


@pytest.mark.browser
@pytest.mark.site
@pytest.mark.printer("builtin", "Quarto's list shows the pages' cards")
def test_each_entry_and_each_lab_has_a_picture_that_loads(
    visit: Callable[..., Any], selectors: Selectors
) -> None:
    page = visit("index.html", viewport=DESK)
    for kind in (selectors.posts, ".shelf li"):
        assert page.locator(kind).count() == page.locator(f"{kind} img.ex-picture").count() > 0
    for image in page.locator("img.ex-picture").all():
        image.scroll_into_view_if_needed()
        assert image.get_attribute("alt") and image.get_attribute("loading") == "lazy"
        assert image.evaluate("image => image.decode().then(() => image.naturalWidth)") == 320
    assert page.watch.faults == []
    page.done()


@pytest.mark.browser
@pytest.mark.site
@pytest.mark.printer("builtin", "Bootstrap, its icons and search weigh more")
def test_the_front_page_is_light_until_a_reader_scrolls_or_taps(
    visit: Callable[..., Any], site: Path, address: str
) -> None:
    page = visit("index.html", viewport=PHONE)
    page.wait_for_load_state("networkidle")
    asked = dict.fromkeys(url.split("?")[0] for url in page.watch.asked if url.startswith("http"))
    files = [site / (url.removeprefix(address) or "index.html") for url in asked]
    page.done()
    assert len(files) >= 10  # the box is alive
    assert sum(len(gzip.compress(file.read_bytes(), 6)) for file in files) < WEIGHT
