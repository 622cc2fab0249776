"""What an exhibit gives each of its readers, and the tokens of the stylesheet."""

import math
import re
import subprocess
import sys

import html5lib
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from exhibits import Exhibit, measured, ran_on
from exhibits.base.exhibit import PRINTERS, escape, raw_block, stylesheet
from scratch.text.corpus import Text

THEMES = {"light": 0, "dark": 1}
NORMAL, LARGE = 4.5, 3.0  # WCAG 2.2, 1.4.3 and 1.4.11


def tokens() -> dict[str, tuple[str, str]]:
    return {
        name: (light, dark)
        for name, light, dark in re.findall(
            r"--([\w-]+): light-dark\((#\w+), (#\w+)\);", stylesheet()
        )
    }


def contrast(one: str, other: str) -> float:
    """WCAG 2.2, relative luminance and contrast ratio."""

    def luminance(colour: str) -> float:
        parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
        red, green, blue = (
            part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
        )
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def bundle(exhibit: Exhibit) -> dict[str, str]:
    return dict(exhibit._repr_mimebundle_())


@pytest.fixture
def no_printer(monkeypatch):
    for name in PRINTERS:
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize("name", PRINTERS)
def test_a_printer_gets_a_raw_block_and_no_html_output(no_printer, monkeypatch, name):
    monkeypatch.setenv(name, "journal/page.qmd")
    assert bundle(Exhibit("<b>a</b>", "a")) == {
        "text/plain": "a",
        "text/markdown": "```{=html}\n<b>a</b>\n```",
    }


def test_jupyter_gets_html_with_the_stylesheet(no_printer):
    found = bundle(Exhibit("<b>a</b>", "a"))
    assert found.keys() == {"text/plain", "text/html"}
    assert "--machine" in found["text/html"] and found["text/html"].endswith("<b>a</b>")


def test_a_measured_number_stays_inside_its_sentence(no_printer, monkeypatch):
    monkeypatch.setenv("PRESS_DOCUMENT", "journal/page.qmd")
    markdown = bundle(measured("0.31 s", "step"))["text/markdown"]
    assert (
        markdown == '`<data class="measured" data-key="step" value="0.31 s">0.31 s</data>`{=html}'
    )


def test_a_measured_value_cannot_end_its_element_or_its_code_span():
    shown = measured("`</data><script>", "step").html
    assert "`" not in shown and "<script" not in shown


@pytest.mark.parametrize("key", ["", "two words", "-a", "a--b", 'a"b', "a\n"])
def test_a_key_of_another_form_is_refused(key):
    with pytest.raises(ValueError, match="letters, digits and single hyphens"):
        measured("1 s", key)


@given(st.text("`a\n", max_size=30))
def test_a_fence_is_longer_than_any_run_of_backticks(markup):
    block = raw_block(markup)
    fence = block.partition("{")[0]
    assert fence not in block[len(fence) : -len(fence)]


@given(st.text())
@example("\ufdd0 \ufffe \uffff \U0001fffe \U0010ffff")
def test_escaped_text_parses_without_error_and_has_no_line_of_its_own(text):
    shown = escape(text)
    assert not set("\n\t\r\0`<>") & set(shown)
    shown.encode("utf-8")
    html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(
        f"<!doctype html><title>t</title><p>{shown}</p>"
    )


def test_the_line_on_the_text_names_all_of_its_provenance():
    text = Text("n", "A <Title>", "An Author", "CC0", "here", "0123456789abcdef" * 4, "x" * 1234)
    line = ran_on(text)
    assert (
        line.text
        == "This page ran on A <Title> by An Author (CC0): 1,234 characters, SHA-256 0123456789ab…"
    )
    assert "A &lt;Title&gt;" in line.html and "An Author" in line.html


def test_importing_exhibits_imports_no_heavy_package():
    code = (
        "import exhibits, sys; print([name for name in ('torch', 'plotly', 'tiktoken', 'yaml') if"
        " name in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


def test_the_light_values_are_the_same_where_light_dark_is_unknown():
    fallback = stylesheet().split("@supports not (color: light-dark")[1].split("\n}\n")[0]
    assert dict(re.findall(r"--([\w-]+): (#\w+);", fallback)) == {
        name: pair[0] for name, pair in tokens().items()
    }


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("ground", ["paper", "raised"])
@pytest.mark.parametrize("ink", ["ink", "ink-soft", "machine", "good", "part", "bad"])
def test_text_stands_out_from_both_grounds(theme, ground, ink):
    found = tokens()
    assert contrast(found[ink][THEMES[theme]], found[ground][THEMES[theme]]) >= NORMAL


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("ground", ["paper", "raised"])
def test_every_hue_stands_out_from_both_grounds(theme, ground):
    found, at = tokens(), THEMES[theme]
    low = {
        n: c
        for n in range(1, 9)
        if (c := contrast(found[f"hue-{n}"][at], found[ground][at])) < LARGE
    }
    assert not low
    assert contrast(found["focus"][at], found[ground][at]) >= LARGE


def chroma(colour: str) -> float:
    """The distance from grey, in OKLab (Ottosson 2020)."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    long = (0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue) ** (1 / 3)
    middle = (0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue) ** (1 / 3)
    short = (0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue) ** (1 / 3)
    a = 1.9779984951 * long - 2.4285922050 * middle + 0.4505937099 * short
    b = 0.0259040371 * long + 0.7827717662 * middle - 0.8086757660 * short
    return math.hypot(a, b)


def test_the_dark_hues_are_as_calm_as_the_light_ones():
    hues = [pair for name, pair in tokens().items() if name.startswith("hue-")]
    light, dark = ([chroma(pair[at]) for pair in hues] for at in (0, 1))
    assert max(dark) <= max(light) and sum(dark) <= sum(light)
    assert chroma("#ff0000") == pytest.approx(0.2577, abs=1e-3)  # as Ottosson gives it


def test_the_stylesheet_asks_no_host():
    assert not re.search(r"url\(|@import|https?:", stylesheet())
