"""The idioms, the list of choices, shaded sentences: well-formed, named for whoever does not see
them, in the theme's colours.
"""

import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import html5lib
import pytest
from framed import served

from exhibits.base.exhibit import Exhibit
from exhibits.page.choices import choices
from exhibits.page.idioms import HINDI, IDEA, TAMIL, idiom_table, match
from exhibits.tokens.surprisal import surprisal, tenths, trials
from scratch.baselines.ngram import learn
from scratch.baselines.word_swaps import judgement
from scratch.text.words import split

SVG_TEXT = 15  # the least size of a label, in units of the picture, which are px at its full width


def test_the_picture_is_well_formed_and_says_what_it_shows() -> None:
    picture = ElementTree.fromstring(match().html)
    assert picture.get("role") == "img"
    for word in ("monkey", "ginger", "donkey", "camphor", IDEA):
        assert word in picture.get("aria-label", "")


def test_both_columns_have_their_words_in_both_scripts_and_marked_with_their_language() -> None:
    texts = [
        (text.get("lang"), text.text) for text in ElementTree.fromstring(match().html).iter("text")
    ]
    for idiom in (HINDI, TAMIL):
        for english, script in (idiom.animal, idiom.thing):
            assert (None, english) in texts and (idiom.tag, script) in texts


def test_the_whole_idea_stands_in_the_picture() -> None:
    shown = " ".join(text.text or "" for text in ElementTree.fromstring(match().html).iter("text"))
    assert IDEA in shown


def test_every_colour_is_a_token_of_the_theme() -> None:
    colours = re.findall(r'(?:fill|stroke)[=:]"?([^";]+)', match().html)
    assert colours and all(
        colour == "none" or re.fullmatch(r"var\(--[a-z0-9-]+\)", colour) for colour in colours
    )


def test_labels_can_be_read_on_a_phone() -> None:
    """At 390 px some 350 are left for the picture, so its 360 units are drawn at 0.97 or more."""
    picture = ElementTree.fromstring(match().html)
    assert (picture.get("viewBox") or "").split()[2] == "360"
    words = [text for text in picture.iter("text") if text.text not in ("animal", "thing")]
    sizes = [int(re.search(r"(\d+)px", text.get("style", ""))[1]) for text in words]  # type: ignore[index]
    assert min(sizes) >= SVG_TEXT


def test_the_learners_own_wordings_stand_as_remembered() -> None:
    assert "Bandar aur Adrak" in idiom_table().text
    assert "Kazhudhai and Karpoora Vasanai" in idiom_table().text


def test_the_table_marks_scripts_and_transliterations_with_their_language() -> None:
    tree = html5lib.parse(idiom_table().html, namespaceHTMLElements=False)
    marked = {(cell.get("lang"), cell.text) for cell in tree.iter("td") if cell.get("lang")}
    for idiom in (HINDI, TAMIL):
        assert (idiom.tag, idiom.script) in marked
        assert (f"{idiom.tag}-Latn", idiom.transliteration) in marked


def test_the_idioms_are_spelled_as_the_log_has_them() -> None:
    """The words of the log's animals and things stand in the idioms, with their case endings where
    they have one.
    """
    assert (
        HINDI.script == "बन्दर क्या जाने अदरक का स्वाद"
        and TAMIL.script == "கழுதைக்குத் தெரியுமா கற்பூர வாசனை"
    )
    assert all(word in HINDI.script for word in (HINDI.animal[1], HINDI.thing[1]))
    assert TAMIL.script.startswith(TAMIL.animal[1])


def one(text: str) -> Exhibit:
    return Exhibit(f"<i>{text}</i>", text)


def test_choices_are_folds_and_the_first_of_each_group_is_open() -> None:
    tree = html5lib.parse(
        choices({"A": {"x": one("1"), "y": one("2")}, "B": {"z": one("3")}}, "test").html,
        namespaceHTMLElements=False,
    )
    folds = list(tree.iter("details"))
    assert [fold.get("open") is not None for fold in folds] == [True, False, True]
    assert [fold.get("name") for fold in folds] == ["test-1", "test-1", "test-2"]
    assert ["".join(fold.find("summary").itertext()) for fold in folds] == ["x", "y", "z"]  # type: ignore[union-attr]


def test_choices_bring_no_markup_of_their_labels() -> None:
    tree = html5lib.parse(
        choices({"<b>": {"<script>": one("1")}}, "t").html, namespaceHTMLElements=False
    )
    assert not list(tree.iter("b")) and not list(tree.iter("script"))


def test_a_choice_of_nothing_and_a_name_with_blanks_are_refused() -> None:
    with pytest.raises(ValueError, match="group 'A' is empty"):
        choices({"A": {}}, "t")
    with pytest.raises(ValueError, match="name is 'a b'"):
        choices({"A": {"x": one("1")}}, "a b")


def test_a_sentence_is_shaded_by_its_bits_and_names_what_the_model_does_not_know() -> None:
    model = learn("a b a b a c".split(), order=1)
    bits = model.surprisals(["zebra", "a"])
    shown = surprisal(model, "zebra a")
    assert f"zebra[{bits[0]:.1f} unknown]" in shown.text and f"a[{bits[1]:.1f}]" in shown.text
    assert f"--s:{round(100 * bits[0] / 16)}%" in shown.html
    assert shown.text.startswith(f"{sum(bits):.1f} bits\n")


def test_the_bits_of_the_tokens_add_up_to_those_of_the_sentence() -> None:
    bits = [8.64, 6.94, 5.53, 12.14, 15.54, 0.04]
    shown = tenths(bits)
    assert round(sum(shown), 1) == round(sum(bits), 1) == 48.8
    assert all(abs(one - other) < 0.1 for one, other in zip(shown, bits, strict=True))


def test_a_trial_puts_each_word_where_the_first_one_stands_and_says_what_it_costs() -> None:
    model = learn(split("A dog ran. A dog ran. A cat ran. A dog sat."), order=2)
    found = trials({"Pairs": model}, "A dog", "dog cat".split())
    assert list(found) == ["dog", "cat"]
    before, after = (sum(model.surprisals(["A", word])) for word in found)
    more = round(after, 1) - round(before, 1)
    assert more > 0 and found["dog"].text.startswith(f"Pairs: {before:.1f} bits\n")
    said = f"Pairs: {after:.1f} bits, {more:.1f} more: {judgement(after - before)}"
    assert found["cat"].text == surprisal(model, "A cat", said).text


def test_the_last_judge_of_a_trial_shades_the_words_and_the_others_have_a_line_each() -> None:
    pairs = learn(split("A dog ran. A dog ran. A cat ran. A dog sat."), order=2)
    single = learn(split("A cat ran. A cat sat. A dog sat."), order=1)
    shown = trials({"<one>": single, "two": pairs}, "A cat", ["cat", "dog"])["dog"]
    first, last = shown.text.splitlines()[:2]
    assert first.startswith("<one>: ") and " more: " in first
    assert last.startswith("two: ") and " fewer: " in last
    assert "<one>" not in shown.html and shown.html.count('class="ex-chips"') == 1


@pytest.mark.browser
def test_a_label_that_is_pointed_at_focused_or_tapped_opens_and_the_legend_is_there_once(
    browser: Any, tmp_path: Path
) -> None:
    model = learn(["a", "b", "a"], order=1)
    groups = {
        "One": trials({"Counts": model}, "a a", ["a", "b"]),
        "Two": trials({"Counts": model}, "b a", ["b", "a"]),
    }
    with served(tmp_path / "site", choices(groups, "swaps")) as address:
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.goto(address)
        group = page.get_by_role("group", name="One")
        first, second = group.locator("summary").all()
        assert first.bounding_box()["y"] == second.bounding_box()["y"]
        shown = group.locator("details[open] > summary")
        second.hover()
        assert shown.all_text_contents() == [second.text_content()]
        first.focus()
        page.keyboard.press("Tab")
        assert shown.all_text_contents() == [second.text_content()]
        first.click()
        first.click()
        assert shown.all_text_contents() == ["a"]
        legends = page.locator(".ex-choices .ex-key")
        assert sum(one.is_visible() for one in legends.all()) == 1
        page.close()
