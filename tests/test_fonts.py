"""The site's letters: small, the same on every machine, and no page moves when they come."""

import io
import re
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from fontTools.ttLib import TTFont

from press.publish.fonts import FACES, LICENCE, codes, fonts, points

MOST = 100_000  # bytes, of the faces that every page may ask for
CSS = resources.files("exhibits") / "assets" / "fonts.css"
SCRIPTS = ("journal-devanagari", "journal-tamil")
SIGNS = "journal-math"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    return fonts(tmp_path_factory.mktemp("journal"))


def test_the_faces_of_every_page_are_small(made: dict[str, bytes]) -> None:
    latin = [face for face in FACES if face.name not in SCRIPTS]
    assert sum(len(made[f"{face.name}.woff2"]) for face in latin) <= MOST


def test_each_face_has_its_characters_under_a_name_of_its_own(made: dict[str, bytes]) -> None:
    for face in FACES:
        font = TTFont(io.BytesIO(made[f"{face.name}.woff2"]))
        assert {*map(ord, "aé–")} <= set(font.getBestCmap()) or face.name in (*SCRIPTS, SIGNS)
        assert set(font.getBestCmap()) <= codes(*face.characters)
        names = {str(record) for record in font["name"].names}
        assert not any("Source" in name for name in names), names  # a reserved name


def test_a_character_is_in_the_face_once_a_page_has_it(tmp_path: Path) -> None:
    (tmp_path / "journal").mkdir()
    (tmp_path / "journal" / "a.qmd").write_text("ā क", encoding="utf-8")
    used = {face.name: points(face, {ord("ā"), ord("क")}) for face in FACES}
    assert ord("ā") in used["journal-serif"] and ord("क") in used["journal-devanagari"]
    serif = TTFont(io.BytesIO(fonts(tmp_path)["journal-serif.woff2"]))
    assert ord("ā") in serif.getBestCmap() and ord("\u1e6d") not in serif.getBestCmap()


def test_the_licences_go_out_with_the_letters(made: dict[str, bytes]) -> None:
    said = made[LICENCE].decode()
    assert said.count("SIL Open Font License, Version 1.1") == len({f.package for f in FACES})


def test_the_stylesheet_names_every_face_and_no_other_file(made: dict[str, bytes]) -> None:
    named = re.findall(r'url\("([^"]+)"\)', CSS.read_text(encoding="utf-8"))
    assert sorted(named) == sorted(f"{face.name}.woff2" for face in FACES)


@pytest.mark.site
def test_every_page_asks_for_the_letters_of_its_prose_before_its_stylesheets(site: Path) -> None:
    for file in site.rglob("*.html"):
        asked = re.findall(r'<link rel="preload" href="([^"]+)"', file.read_text(encoding="utf-8"))
        root = site if file.name == "404.html" else file.parent
        wanted = [(root / address.removeprefix("/")).resolve() for address in asked]
        if "receipt" not in file.name:
            assert wanted == [(site / "assets" / "journal-serif.woff2").resolve()], file


TALL = """(display) => { const one = document.querySelector("main").appendChild(document.createElement("div"));
one.innerHTML = `<math display="block"><mo>(</mo><mi>x</mi><mo>)</mo></math>
  <math display="block"><mrow><mo>(</mo><mfrac><mi>x</mi><mi>y</mi></mfrac><mo>)</mo></mrow></math>`;
return [...one.querySelectorAll("math")].map((math) => math.querySelector("mo").getBoundingClientRect().height); }"""


@pytest.mark.site
@pytest.mark.browser
def test_a_bracket_grows_round_a_fraction(visit: Any, until: Any) -> None:
    page = visit("index.html")
    page.evaluate(TALL)
    until(page, "document.fonts.check('16px \"Journal Math\"')")
    plain, tall = page.evaluate(TALL)
    assert tall > 1.6 * plain


@pytest.mark.site
@pytest.mark.browser
@pytest.mark.parametrize("width", [1280, 390])
def test_no_page_moves_when_its_letters_come_late(
    visit: Any, entry: str, until: Any, width: int
) -> None:
    page = visit("index.html", viewport={"width": width, "height": 900})

    def late(route: Any) -> None:
        page.wait_for_timeout(300)
        route.continue_()

    page.route("**/*.woff2", late)
    page.goto(page.url.replace("index.html", entry))
    until(page, "document.fonts.check('16px \"Journal Serif\"')")
    page.wait_for_timeout(300)
    moved = page.evaluate("shifts.reduce((sum, [value]) => sum + value, 0)")
    page.unroute("**/*.woff2")
    assert moved < 0.05
    asked = " ".join(page.watch.asked)
    assert "journal-serif.woff2" in asked
    assert "devanagari" not in asked and "tamil" not in asked
