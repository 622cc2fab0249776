"""The cards: what they say, that two drawings are equal, that an edit of the prose draws nothing,
and what no font has.
"""

import io
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from press.render.social_cards import (
    FOLDER,
    FOOT,
    LEFT,
    PAPER,
    SIZE,
    WIDTH,
    Words,
    draw_card,
    face,
    lacks_glyph,
    wrap,
)

SAID = Words("2 July 2025", "A tokenizer", "I cut a whole novel into words.", "A journal")


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data)).convert("RGB")


def inked(data: bytes, top: int, bottom: int) -> bool:
    """Whether anything is drawn between two heights."""
    return len(opened(data).crop((0, top, SIZE[0], bottom)).getcolors(10_000) or []) > 1


def test_a_card_is_a_small_png_of_the_size_that_messengers_want() -> None:
    data = draw_card(SAID)
    with Image.open(io.BytesIO(data)) as image:
        assert (image.format, image.size) == ("PNG", (1200, 630))
    assert len(data) < 40_000


def test_the_same_words_give_the_same_bytes_and_other_words_others() -> None:
    assert draw_card(SAID) == draw_card(Words(*vars(SAID).values()))
    others = [
        Words("3 July 2025", *list(vars(SAID).values())[1:]),
        Words(SAID.date, "A tokeniser", *list(vars(SAID).values())[2:]),
    ]
    assert len({draw_card(said) for said in [SAID, *others]}) == 3


@pytest.mark.parametrize(
    "title", ["x", "A tokenizer", "words " * 60, "W" * 300, "Größe und Жизнь und Ψυχή"]
)
def test_nothing_is_drawn_over_the_edge_or_over_the_foot(title: str) -> None:
    data = draw_card(
        Words("2 July 2025", title, "A long description. " * 30, "The journal's title " * 9)
    )
    image, paper = opened(data), opened(draw_card(Words("", "", "", ""))).getpixel((5, 5))
    edges = [
        (0, 0, LEFT - 8, 630),
        (LEFT + WIDTH + 24, 0, 1200, 630),
        (0, 0, 1200, 40),
        (0, FOOT - 24, 1200, FOOT - 2),
        (0, 610, 1200, 630),
    ]
    for edge in edges:
        assert image.crop(edge).getcolors() == [
            ((edge[2] - edge[0]) * (edge[3] - edge[1]), paper)
        ], edge
    assert "#{:02x}{:02x}{:02x}".format(*paper) == PAPER  # type: ignore[misc]  # an RGB pixel


def test_lines_are_as_wide_as_the_card_and_no_wider() -> None:
    font = face("Regular", 54)
    lines = wrap("some words and an" + "x" * 90, font, 9)
    assert "".join(lines).replace(" ", "") == "somewordsandan" + "x" * 90
    assert all(font.getlength(line) <= WIDTH for line in lines)
    assert wrap("", font, 3) == [""] and wrap("word " * 99, font, 1)[0].endswith("word…")


def test_letters_that_the_font_lacks_are_known() -> None:
    assert lacks_glyph("Größe, Ψυχή, Жизнь — “Asimov’s”…") == ""
    assert lacks_glyph("e\u0301") == ""  # the accent joins its letter first
    assert lacks_glyph("கழுதை 🎉 日") == "கழுதை🎉日"


def test_a_title_in_another_script_is_left_out_and_the_printer_says_so(journal: Any) -> None:
    journal.page("Text.")
    journal.write("journal/2025-07-04-b.qmd", "---\ntitle: கழுதை\ndate: 2025-07-04\n---\nText.\n")
    said = journal.press("render", "--with", "builtin")
    assert said.status == 0
    assert "note  journal/2025-07-04-b.qmd:1: its card leaves out the title ('கழுதை')" in said.out
    assert said.out.count("note  ") == 1
    card = (journal.site / FOLDER / "journal/2025-07-04-b.png").read_bytes()
    assert not inked(card, 150, FOOT - 10) and inked(card, 80, 140)  # the day alone, and no boxes


def test_every_page_has_a_card_and_names_it(journal: Any) -> None:
    journal.page("Text.", front="description: 'A <b> & \"more\"'\n")
    site = journal.render()
    for path in ("index", "journal/2025-07-02-a"):
        assert (site / FOLDER / f"{path}.png").read_bytes() == (
            journal.root / FOLDER / f"{path}.png"
        ).read_bytes()
        page = journal.body(f"{path}.html")
        assert (
            f'<meta property="og:image" content="https://journal.example/small/assets/cards/{path}.png">'
            in page
        )
        assert '<meta property="og:image:width" content="1200">' in page
        assert '<meta property="og:image:alt" content="' in page
        assert '<meta name="twitter:card" content="summary_large_image">' in page
    assert "og:image" not in journal.body("404.html")


def test_an_edit_of_the_prose_draws_nothing_and_one_of_the_title_draws_one(journal: Any) -> None:
    days = [journal.page("Text.", f"journal/2025-07-0{day}-a.qmd") for day in (2, 3, 4)]
    journal.render()
    before = {file: file.stat().st_mtime_ns for file in (journal.root / FOLDER).rglob("*.png")}
    days[0].write_text(days[0].read_text() + "More text.\n")
    days[1].write_text(days[1].read_text().replace("title: Page", "title: Sheet"))
    journal.render()
    drawn = [file.stem for file, moment in before.items() if file.stat().st_mtime_ns != moment]
    assert drawn == ["2025-07-03-a"]


def test_the_card_of_a_page_that_is_gone_goes_and_another_file_stays(journal: Any) -> None:
    page = journal.page("Text.", "journal/2025-07-03-b.qmd")
    journal.render()
    journal.write("assets/cards/mine.png", b"mine")
    page.unlink()
    site = journal.render()
    assert not (journal.root / FOLDER / "journal/2025-07-03-b.png").exists()
    assert not (site / FOLDER / "journal/2025-07-03-b.png").exists()
    assert (journal.root / FOLDER / "mine.png").read_bytes() == b"mine"


def test_a_card_is_drawn_again_only_if_its_words_change(journal: Any) -> None:
    journal.page("Text.")
    card = journal.root / FOLDER / "journal/2025-07-02-a.png"
    site = journal.render()
    drawn, before = card.stat().st_mtime_ns, card.read_bytes()
    journal.page("Another text.")
    journal.render()
    assert card.stat().st_mtime_ns == drawn
    journal.page("Text.", front="description: Another description.\n")
    journal.render()
    assert (site / card.relative_to(journal.root)).read_bytes() == card.read_bytes() != before


def test_a_damaged_card_is_drawn_again(journal: Any) -> None:
    journal.render()
    card = journal.root / FOLDER / "index.png"
    whole = card.read_bytes()
    card.write_bytes(b"")
    journal.render()
    assert card.read_bytes() == whole


def test_a_page_may_name_a_picture_of_its_own(journal: Any) -> None:
    journal.write("journal/cat.png", draw_card(Words("", "cat", "", "")))
    journal.page("Text.", front="image: cat.png\nimage-alt: A cat that reads\n")
    site = journal.render()
    assert (site / "journal/cat.png").is_file()
    assert 'og:image" content="https://journal.example/small/journal/cat.png"' in journal.body()
    assert 'og:image:alt" content="A cat that reads"' in journal.body()


@pytest.mark.parametrize("image", ["dog.png", "../../dog.png", "/nowhere/dog.png"])
def test_a_picture_that_is_not_there_is_refused(journal: Any, image: str) -> None:
    journal.page("Text.", front=f"image: {image}\n")
    said = journal.press("render", "--with", "builtin")
    assert said.status == 1
    assert said.err.startswith(
        f"journal/2025-07-02-a.qmd:1: the image '{image}' is no file of the project; "
    )


def test_a_site_without_an_address_draws_no_cards(journal: Any) -> None:
    config = journal.root / "_quarto.yml"
    config.write_text(
        config.read_text().replace("  site-url: https://journal.example/small/\n", "")
    )
    site: Path = journal.render()
    assert not (site / FOLDER).exists() and "og:image" not in journal.body("index.html")


def test_quartos_pre_render_draws_the_same_cards(
    journal: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from press.publish.assets import before_quarto

    journal.page("Text.")
    monkeypatch.setenv("QUARTO_PROJECT_DIR", str(journal.root))
    before_quarto()
    by_quarto = (journal.root / FOLDER / "journal/2025-07-02-a.png").read_bytes()
    assert (journal.render() / FOLDER / "journal/2025-07-02-a.png").read_bytes() == by_quarto


def test_quartos_pre_render_gives_the_assets_though_press_refuses_a_page(
    journal: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from press.publish.assets import before_quarto

    journal.page("{{< embed x.mp4 >}}")
    monkeypatch.setenv("QUARTO_PROJECT_DIR", str(journal.root))
    before_quarto()
    assert (journal.root / "assets/plotly.min.js").is_file()
    assert (
        "no new cards: journal/2025-07-02-a.qmd:5: the shortcode embed" in capsys.readouterr().err
    )
