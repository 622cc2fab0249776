"""Tables: how a value is written, and on which side it stands."""

import re

import pytest

from exhibits import chips, measured, table


def cells(markup: str) -> list[str]:
    return re.findall(r"<td[^>]*>(.*?)</td>", markup)


def test_numbers_get_separators_and_stand_to_the_right():
    shown = table([["a", 78395], ["b", -12]], header=["what", "how many"])
    assert cells(shown.html) == ["a", "78,395", "b", "\u221212"]
    assert shown.html.count('class="ex-right"') == 3  # the name of the column, too


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (0.123456, "0.1235"),
        (1234567.8, "1,234,568"),
        (2.0, "2"),
        (True, "yes"),
        (False, "no"),
        (None, "–"),
        ("1984", "1984"),
        (0, "0"),
    ],
)
def test_a_value_is_written(value, written):
    assert cells(table([[value]]).html) == [written]


def test_a_format_of_its_column_goes_first():
    assert cells(table({"share": [0.5, 0.25]}, formats={"share": ".1%"}).html) == ["50.0%", "25.0%"]


def test_floats_of_a_column_have_as_many_decimals_as_the_one_that_has_most():
    """8.9 and 2.0 get the two decimals of 9.97; an int beside floats is a count, and the column
    stays as it is.
    """
    assert cells(table({"speed": [8.9, 9.97, 2.0, -1.5, None]}).html) == [
        "8.90",
        "9.97",
        "2.00",
        "\u22121.50",
        "–",
    ]
    assert cells(table({"mixed": [5.9, 560]}).html) == ["5.9", "560"]


def test_floats_too_far_apart_keep_four_digits_each():
    assert cells(table({"wide": [1234567.8, 0.001234, 2e-9]}).html) == [
        "1,234,568",
        "0.001234",
        "2e-09",
    ]
    assert cells(table({"wide": [12345.6, 0.0317]}).html) == ["12,346", "0.0317"]


def test_a_column_with_a_word_stands_to_the_left():
    assert "ex-right" not in table([[1], ["two"]]).html


def test_a_measured_cell_stays_as_it_is_and_counts_as_a_number():
    shown = table([[measured("0.31 s", "k")], [None]])
    assert (
        '<td class="ex-right"><data class="measured" data-key="k" value="0.31 s">0.31 s</data></td>'
        in shown.html
    )
    assert shown.text.split() == ["0.31", "s", "–"]


def test_a_cell_may_be_an_exhibit():
    inner = chips(["a"])
    assert inner.html in table([[inner]]).html


def test_foreign_text_is_escaped_everywhere():
    shown = table([["<b>"]], header=["<i>"], label='"<u>')
    assert not re.search(r"<[biu]>", shown.html)


def test_align_overrides_what_the_values_say():
    assert 'class="ex-middle">1' in table([[1]], align="c").html
    with pytest.raises(ValueError, match="2 letters, each l, r or c"):
        table([[1, 2]], align="lx")


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: table([[1, 2], [3]], header=["a", "b"]), "row 2 has 1 cells; the header has 2"),
        (lambda: table({"a": [1], "b": [1, 2]}), "different lengths"),
        (lambda: table({"a": [1]}, header=["a"]), "leave out header"),
        (lambda: table({"a": [1]}, formats={"b": "d"}), r"formats names \['b'\]"),
    ],
)
def test_a_table_that_does_not_fit_is_refused(call, said):
    with pytest.raises(ValueError, match=said):
        call()


def test_an_empty_table_is_a_header():
    assert table([], header=["a", "b"]).text == "a  b"


@pytest.mark.parametrize(
    ("value", "shown"), [(-0.04, "0.0"), (0.04, "0.0"), (-0.06, "\u22120.1"), (0.06, "+0.1")]
)
def test_what_rounds_to_nothing_has_no_sign(value, shown):
    assert table([[value]], header=["bits"], formats={"bits": "+.1f"}).text.split()[-1] == shown
