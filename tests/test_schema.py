"""Lines of YAML: a fault is told where it stands, whatever else stands under the same name."""

import pytest

from press.base.errors import PressError
from press.source.page import parse_page
from press.source.yaml_schema import load, problems

PLACES = [
    ("a:\n  key: 1\nb:\n  key: 2\n", ("b", "key"), 4),
    ("a: {key: 1}\nb: {other: 0, key: 2}\n", ("b", "key"), 2),
    ("# key: of a comment\na: 1\nkey: 2\n", ("key",), 3),
    ("text: |\n  key: of a text\nkey: 2\n", ("key",), 3),
    ("text: >-\n  words,\n\n  key: more\n'key': 2\n", ("key",), 5),
    ("a: 'key: 1'\n? key\n: 2\n", ("key",), 2),
    ("a: [{key: 1}, {key: 2},\n  {key: 3}]\n", ("a", 2, "key"), 2),
    ("a:\n- key: 1\n- other: 2\n  key: 3\n", ("a", 1, "key"), 4),
    ("a: &of\n  key: 1\nb:\n  <<: *of\n", ("b", "key"), 2),
    ("a: &of\n  key: 1\nb: *of\n", ("b", "key"), 2),
    ("a: 'one\u2028 line'\nkey: 2\n", ("key",), 2),
    ("a:\r\n  key: 1\r\nkey: 2\r\n", ("key",), 3),
    ("\ufeffkey: 1\nyes: 2\n", (True,), 2),
    ("a: 1\n7: 2\n2025-07-02: 3\n", (7,), 2),
    ("a: 1\nb:\n  c: 2\n", ("b", "d", "e"), 2),
    ("a: 1\n", ("b",), 1),
    ("", ("b",), 1),
    ("a: x\nb:\n  - {c: y, d: [z,\n     x]}\n", ("b", 0, "d", 1), 4),
    ("b:\n  # x\n  - 'x'\n", ("b", 0), 3),
    ("b: x\n", ("b", 0), 1),
]


@pytest.mark.parametrize(("text", "path", "line"), PLACES)
def test_the_line_of_a_key_is_that_of_its_path(
    text: str, path: tuple[object, ...], line: int
) -> None:
    assert load(text, "a").line(*path) == line
    assert load(text, "a", first_line=11).line(*path) == line + 10


def test_a_fault_below_a_key_is_told_there() -> None:
    text = "navbar: {search: true}\nsidebar:\n  search: maybe\n  seach: true\n"
    flag = frozenset({True, False})
    table = {"navbar": {"search": flag}, "sidebar": {"search": flag}}
    assert [found.line for found in problems(load(text, "a"), table, "a")] == [3, 4]


@pytest.mark.parametrize(
    ("front", "line"),
    [
        ("description: |\n  press: {timeout: 0}\npress: {timeout: 0}\n", 6),
        ("description: 'date: soon'\ndate: soon\n", 5),
        ("takeaways:\n  - categories\n  - date\ncategories:\n  - a\n  - 1\n", 9),
        ("image-alt: an image\nlisting:\n  id: contents\n  contents: ['*.qmd',\n    '../x']\n", 8),
        ("listing: {id: press}\npress: {timout: 1}\n", 5),
    ],
)
def test_a_fault_of_the_front_matter_is_told_where_it_stands(front: str, line: int) -> None:
    with pytest.raises(PressError) as error:
        parse_page(f"---\ntitle: t\n# date: and press:\n{front}---\n", "a.qmd")
    assert [found.line for found in error.value.problems] == [line]


def test_a_broken_line_is_counted_as_an_editor_counts_it() -> None:
    with pytest.raises(PressError) as error:
        load("a: 'one\u2028 line'\nb: [1,\n", "a")
    assert error.value.problems[0].line == 2


def test_a_key_may_be_a_flag_or_have_keys() -> None:
    table = {"feed": (frozenset({True, False}), {"type": frozenset({"partial"})})}
    for text in ("feed: true\n", "feed: {type: partial}\n"):
        assert list(problems(load(text, "a"), table, "a")) == []
    for text in ("feed: maybe\n", "feed: {type: none}\n", "feed: {kind: partial}\n"):
        assert len(list(problems(load(text, "a"), table, "a"))) == 1
