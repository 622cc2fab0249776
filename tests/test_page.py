"""Reading a page: what is a cell and what is not, and the line of everything that is wrong."""

import textwrap
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from press.base.errors import PressError
from press.source.page import Cell, Page, Prose, parse_page, read_page

FRONT = "---\ntitle: t\n---\n"


def page(body: str, front: str = "title: t\n", path: str = "a.qmd") -> Page:
    """A page whose body begins on the line after its front matter: on line 4 with the plain one."""
    return parse_page(f"---\n{front}---\n{textwrap.dedent(body)}", path)


def faults(body: str = "", front: str = "title: t\n", path: str = "a.qmd") -> list[str]:
    with pytest.raises(PressError) as caught:
        page(body, front, path)
    return str(caught.value).splitlines()


def test_a_page_may_be_front_matter_alone() -> None:
    assert page("").blocks == ()


def test_prose_and_cells_know_their_lines() -> None:
    """Lines 1 to 3 are front matter; a blank line 4, prose on 5, the cell's fence on 7, its first
    code on 9.
    """
    blocks = page("\nWords.\n\n```{python}\n#| echo: false\nn = 1\n```\nMore.\n").blocks
    assert blocks[0] == Prose("\nWords.\n", 4)
    assert blocks[1] == Cell("n = 1", {"echo": False}, 7, 9)
    assert blocks[2] == Prose("More.\n", 11)


def test_a_blank_line_before_the_code_moves_the_line_of_the_code() -> None:
    (cell,) = page("```{python}\n#| echo: false\n\n\nn = 1\n```\n").cells
    assert (cell.source, cell.code_line) == ("n = 1", 8)


def test_windows_line_ends_and_a_byte_order_mark_change_nothing() -> None:
    text = FRONT + "Words.\n\n```{python}\n#| label: x\nn = 1\n```\n"
    assert parse_page("\ufeff" + text.replace("\n", "\r\n"), "a.qmd") == parse_page(text, "a.qmd")


@pytest.mark.parametrize("fence", ["```", "````", "`````"])
def test_a_fence_ends_at_one_that_is_as_long(fence: str) -> None:
    inside = 'shown = """\n' + "`" * (len(fence) - 1) + '\n"""'
    (cell,) = page(f"{fence}{{python}}\n{inside}\n{fence}`\n").cells
    assert cell.source == inside


@pytest.mark.parametrize(
    "shown",
    [
        "````markdown\n```{python}\n1 / 0\n```\n````\n",
        "~~~\n```{python}\n1 / 0\n```\n~~~\n",
        "```python\n1 / 0\n```\n",
        "```{.python}\n1 / 0\n```\n",
        "```{=html}\n<b>1</b>\n```\n",
        "In a sentence ```{python}``` is no fence.\n",
        "```{python}``` is none at its start either.\n",
    ],
)
def test_what_is_only_shown_is_no_cell(shown: str) -> None:
    assert page(shown).cells == ()


def test_spaces_before_the_braces_are_allowed() -> None:
    assert len(page("``` {python}\n1\n```\n").cells) == 1


def test_a_cell_may_be_empty_or_hold_nothing_but_options() -> None:
    empty, options = page("```{python}\n```\n\n```{python}\n#| label: x\n```\n").cells
    assert (empty.source, options.source, options.label) == ("", "", "x")


def test_a_rule_in_the_body_is_no_front_matter() -> None:
    (prose,) = page("Above.\n\n---\n\nBelow.\n").blocks
    assert isinstance(prose, Prose) and "---" in prose.text


def test_front_matter_may_close_with_three_dots_and_hold_indented_dashes() -> None:
    read = parse_page("---\ntitle: t\ndescription: |\n  ---\n...\nBody.\n", "a.qmd")
    assert (read.meta["description"], read.blocks) == ("---", (Prose("Body.\n", 6),))


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("```{python}\n1\n", "a.qmd:4: the fence is never closed"),
        ("\n~~~\n1\n", "a.qmd:5: the fence is never closed"),
        ("```\n\n1\n", "a.qmd:4: the fence is never closed"),
        ("```{r}\n1\n```\n", "a.qmd:4: a cell in {r}; only {python} cells run here"),
        ("```{python echo=false}\n1\n```\n", "a.qmd:4: options in the fence"),
        ("```{python, echo=false}\n1\n```\n", "a.qmd:4: options in the fence"),
        ("~~~{python}\n1\n~~~\n", "a.qmd:4: a cell in a fence of ~~~"),
        ("- ```{python}\n  1\n  ```\n", "a.qmd:4: a cell behind the mark of a list"),
        ("```{python}\n#| ehco: false\n1\n```\n", "a.qmd:5: press does not know the key 'ehco'; did you mean 'echo'?"),
        ("```{python}\n#| echo: maybe\n```\n", "a.qmd:5: echo is 'maybe'; it may be false, fenced, true"),
        ("```{python}\n#| echo: 1\n```\n", "a.qmd:5: echo is 1; it may be false, fenced, true"),
        ("```{python}\n#| echo: [\n1\n```\n", "a.qmd:5: the YAML is broken"),
        ("```{python}\n#| echo: true\n#| echo: false\n```\n", "a.qmd:6: the YAML is broken: the key 'echo' stands twice"),
        ("```{python}\n#| echo\n```\n", "a.qmd:5: expected 'key: value' lines"),
        ("```{python}\n#| echo: true\n#| label: fig-a b\n```\n", "a.qmd:6: label is 'fig-a b'; begin with a letter"),
        ("```{python}\n#| label: fig-a\n#| tbl-cap: c\n```\n", "a.qmd:6: a tbl-cap of a figure; write fig-cap"),
        ("```{python}\n#| label: fig-a\n#| fig-cap: '`{python} n`'\n```\n", "a.qmd:6: fig-cap holds an inline"),
        ("one\n\x00two\n", "a.qmd:5: the page holds a NUL byte; take it out"),
        ("one\n\ntwo\x1b\n", "a.qmd:6: the page holds the control character U+001B"),
        ("one\rtwo\n", "a.qmd:4: the page holds the control character U+000D"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_at_its_line(body: str, said: str) -> None:
    (fault,) = faults(body)
    assert fault.startswith(said)


@pytest.mark.parametrize(
    ("front", "said"),
    [
        ("title: [t\n", "a.qmd:2: the YAML is broken"),
        ("title: t\n\tdate: x\n", "a.qmd:3: the YAML is broken"),
        ("title: a: b\n", "a.qmd:2: the YAML is broken"),
        ("title: t\ntitle: u\n", "a.qmd:3: the YAML is broken: the key 'title' stands twice"),
        ("title: {{ name }}\n", "a.qmd:2: the YAML is broken"),
        ("title: t\ndate: 2025-02-30\n", "a.qmd:3: the YAML is broken: day is out of range for month; write a date that there is"),
        ("title: t\ndate: !!timestamp x\n", "a.qmd:3: the YAML is broken: 'x' is not a date that there is"),
        ("title: t\ntoc: !!bool maybe\n", "a.qmd:3: the YAML is broken: 'maybe' is not true or false; write true or false"),
        ("title: " + "[" * 5000 + "\n", "a.qmd:2: the YAML is broken"),
        ("title: t\ncategories: " + "[" * 51 + "]" * 51 + "\n", "a.qmd:3: the YAML is nested more than 50 deep"),
        ("title: t\ncategories: &x [*x]\n", "a.qmd:3: the YAML holds a value that holds itself; write it out, without an *alias"),
        ("a: &a [1, 1, 1, 1, 1, 1, 1]\n" + "".join(f"{b}: &{b} [{', '.join([f'*{a}'] * 7)}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)), "a.qmd:7: the YAML stands for more than 100,000 values, with all that its aliases repeat; write fewer"),
        ('title: "\\ud800"\n', "a.qmd:2: the YAML is broken: found invalid Unicode character escape code"),
        ("title: t\nlisting: {contents: 'journal/**.qmd'}\n", "a.qmd:3: the glob 'journal/**.qmd' is not understood"),
        (f"title: t\nimage: {'a' * 300}.png\n", f"a.qmd:3: the image '{'a' * 40}...' is no file; mend the path"),
        ("title: !!python/object:os.system x\n", "a.qmd:2: the YAML is broken"),
        ("- title\n", "a.qmd:2: expected 'key: value' lines"),
        ("subtitle: t\n", "a.qmd:1: the page has no title"),
        ("title: ' '\n", "a.qmd:1: the page has no title"),
        ("title: [2025]\n", "a.qmd:2: title is [2025]; it must be text"),
        ("title: t\ntoc: maybe\n", "a.qmd:3: toc is 'maybe'; it may be false, true"),
        ("title: t\ndate: yesterday\n", "a.qmd:3: date is 'yesterday'; write it as 2025-07-02"),
        ("title: t\ndate: [2025]\n", "a.qmd:3: date is [2025]"),
        ("title: t\ncategories: 3\n", "a.qmd:3: categories is 3; it must be text or a list"),
        ("title: t\ncategories: [1]\n", "a.qmd:3: categories holds 1; each item must be text"),
        ("title: t\npress: {timeout: 0}\n", "a.qmd:3: timeout is 0; give seconds, 1 or more"),
        ("title: t\npress: {timeout: true}\n", "a.qmd:3: timeout is True; it must be a whole number"),
        ("title: t\ndescription: 'has `{python} n` words'\n", "a.qmd:3: description holds an inline expression"),
        ('title: t\ntakeaways: ["bell\\a"]\n', "a.qmd:3: the YAML holds the control character U+0007; take it out"),
    ],
)  # fmt: skip
def test_front_matter_is_checked_key_by_key(front: str, said: str) -> None:
    (fault,) = faults("Body.\n", front)
    assert fault.startswith(said)


@pytest.mark.parametrize("text", ["", "Words.\n", "\n---\ntitle: t\n---\n", "--\ntitle: t\n--\n"])
def test_a_page_begins_with_front_matter(text: str) -> None:
    with pytest.raises(
        PressError, match=r"^a\.qmd:1: the page has no front matter; begin it with ---"
    ):
        parse_page(text, "a.qmd")


def test_front_matter_must_close() -> None:
    with pytest.raises(PressError, match=r"^a\.qmd:1: the front matter is not closed"):
        parse_page("---\ntitle: t\n", "a.qmd")


def test_a_dated_page_says_its_date() -> None:
    (fault,) = faults(path="journal/2025-07-02-a.qmd")
    assert (
        fault
        == "journal/2025-07-02-a.qmd:1: a dated page has no date; write date: 2025-07-02 in the"
        " front matter"
    )


def test_the_date_is_that_of_the_file_name() -> None:
    (fault,) = faults(front="title: t\ndate: 2025-07-03\n", path="journal/2025-07-02-a.qmd")
    assert fault.startswith(
        "journal/2025-07-02-a.qmd:3: the date 2025-07-03 is not the file name's 2025-07-02"
    )


@pytest.mark.parametrize(
    "name", ["c#.qmd", "a b.qmd", "a?.qmd", "100%.qmd", "a&b.qmd", "<b>.qmd", "it's.qmd"]
)
def test_a_page_has_a_name_that_can_stand_in_a_link(name: str) -> None:
    (fault,) = faults(path=name)
    assert "cannot stand in a link" in fault


def test_all_faults_of_a_page_are_told_together() -> None:
    said = faults("```{r}\n```\n\n```{python}\n#| lable: a\n```\n", "titel: t\n")
    assert [fault.split(":")[1] for fault in said] == ["1", "2", "4", "8"]


def test_bytes_that_are_no_utf8_are_named(tmp_path) -> None:
    file = tmp_path / "a.qmd"
    file.write_bytes(b"---\ntitle: t\n---\ncaf\xe9\n")
    with pytest.raises(PressError, match=r"^a\.qmd:4: byte 20 is 0xe9, which is not UTF-8"):
        read_page(file, tmp_path)


LINES = st.lists(
    st.sampled_from(
        [
            "Words.",
            "",
            "```{python}",
            "```",
            "````",
            "~~~",
            "#| echo: false",
            "n = 1",
            "---",
            ":::",
            "- ```",
            "  x",
            "|",
        ]
    )
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=12),
    max_size=12,
)


@given(LINES)
def test_any_text_is_read_whole_or_refused_with_a_line(lines: list[str]) -> None:
    """Nothing crashes, and nothing is lost: the blocks, set side by side, hold every line that is
    no fence or option.
    """
    text = FRONT + "\n".join(lines)
    try:
        read = parse_page(text, "a.qmd")
    except PressError as error:
        assert all(0 < problem.line <= text.count("\n") + 1 for problem in error.problems)
        return
    kept = "\n".join(
        block.source if isinstance(block, Cell) else block.text for block in read.blocks
    )
    for line in text.replace("\r\n", "\n").split("\n")[3:]:
        bare = line.strip("`~ ")
        assert line in kept or bare in ("", "-", "{python}") or line.startswith("#|"), line


def test_a_page_that_needs_the_pretrained_model_says_so_on_a_site_without_it(journal: Any) -> None:
    journal.page("```{python}\n1 / 0\n```\n", "journal/labs/a.qmd", "press: {pretrained: true}\n")
    journal.page("See [the lab](labs/a.qmd).\n", "journal/2025-07-02-a.qmd")
    said = journal.press("render")
    assert said.status == 1 and "journal/labs/a.qmd" in said.err
    config = journal.root / "_quarto.yml"
    config.write_text(config.read_text().replace("{timeout: 600}", "{pretrained: false}"))
    journal.render()
    assert "leaves out" in journal.body("journal/labs/a.html")
    assert 'href="labs/a.html"' in journal.body()


def test_a_key_of_the_authors_own_is_named_and_a_slip_of_the_pen_refused() -> None:
    front = "title: t\nslug: a\nlightbox: true\nformat: {html: {mine: 1}}\nexecute: {cache: true}\n"
    noted = dict(
        parse_page(f"---\n{front}---\n\n```{{python}}\n#| mine-too: 1\n```\n", "a.qmd").noted
    )
    assert noted.keys() == {"slug", "lightbox", "mine", "cache", "#| mine-too"}
    (fault,) = faults(front="title: t\ncategoreis: [a]\n")
    assert fault.startswith(
        "a.qmd:3: press does not know the key 'categoreis'; did you mean 'categories'?"
    )


def test_a_cell_in_a_list_is_read_without_its_indent() -> None:
    (cell,) = page("- a\n\n  ```{python}\n  #| echo: false\n  if 1:\n      2\n  ```\n").cells
    assert (cell.source, cell.options["echo"], cell.code_line) == ("if 1:\n    2", False, 8)


def test_a_cell_in_another_language_that_quarto_only_shows_is_shown() -> None:
    read = page("```{bash}\nls\n```\n")
    (prose,) = read.blocks
    assert "```bash\nls\n```" in prose.text and not read.cells  # type: ignore[union-attr]
    assert dict(read.noted)["a cell in {bash}"].startswith("it is shown")


def test_a_fence_too_many_at_the_end_is_left_out() -> None:
    cell, *rest = page("```{python}\n1\n```\n```\n").blocks
    assert cell.source == "1" and "`" not in "".join(block.text for block in rest)  # type: ignore[union-attr]


def test_a_fence_behind_the_mark_of_a_list_is_prose() -> None:
    prose, cell = page(
        "- ```python\n  1\n  ```\n\n```{python}\n#| label: load data\n2\n```\n"
    ).blocks
    assert "```python" in prose.text and cell.label == "load-data"  # type: ignore[union-attr]
