"""`press diff` says what moved between the last two executions of a page, and nothing else."""

import json
from typing import Any

import pytest

from press.execute.run_diff import Change, Finding, changes

NAME = "journal/2025-07-02-a.qmd"


def value(key: str, shown: str, line: int = 1) -> Finding:
    return Finding("value", key, shown, line)


def said(before: list[Finding], now: list[Finding]) -> list[str]:
    return [str(change) for change in changes(before, now, {}, {})]


@pytest.mark.parametrize(
    ("before", "now", "moved"),
    [
        ("1,000", "1,250", " (+25 %)"),
        ("0.5", "0.25", " (-50 %)"),
        ("-2", "-1", " (+50 %)"),
        ("−2", "-1", " (+50 %)"),
        ("0", "3", ""),  # nothing is relative to 0
        ("1e-3", "2e-3", " (+100 %)"),
        ("78,395", "78,396", " (+0.00128 %)"),
    ],
)
def test_a_number_that_moved_comes_with_its_relative_change(
    before: str, now: str, moved: str
) -> None:
    assert said([value("n", before)], [value("n", now)]) == [
        f"line 1: `{{python}} n`: {before} -> {now}{moved}"
    ]


def test_what_stayed_is_not_named() -> None:
    assert said([value("n", "1"), value("m", "2")], [value("n", "1", 9), value("m", "3", 12)]) == [
        "line 12: `{python} m`: 2 -> 3 (+50 %)"
    ]


def test_each_number_of_an_output_is_compared_with_its_own() -> None:
    before, now = (
        Finding("output", "print(x)", "2 of 10 in 7", 3),
        Finding("output", "print(x)", "2 of 5 in 14", 3),
    )
    assert said([before], [now]) == [
        "line 3: print(x): 10 -> 5 (-50 %)",
        "line 3: print(x): 7 -> 14 (+100 %)",
    ]


def test_where_words_changed_too_the_whole_is_shown_and_cut() -> None:
    before, now = (
        Finding("output", "print(x)", "a 1", 3),
        Finding("output", "print(x)", "b " * 100, 3),
    )
    (change,) = changes([before], [now], {}, {})
    assert (change.kind, change.relative) == ("text", None)
    assert str(change).endswith("…") and len(str(change)) < 120


def test_a_cell_put_in_between_sets_nothing_askew() -> None:
    before = [value("a", "1"), value("b", "2"), value("c", "3")]
    now = [value("a", "1"), value("new", "9"), value("b", "2"), value("c", "4")]
    assert said(before, now) == ["line 1: `{python} c`: 3 -> 4 (+33.3 %)"]


def test_an_edited_cell_is_compared_with_what_stood_in_its_place() -> None:
    before = [value("a", "1"), Finding("output", "print(1)", "1", 2), value("c", "3")]
    now = [value("a", "1"), Finding("output", "print(2)", "2", 2), value("c", "3")]
    assert said(before, now) == ["line 2: print(2): 1 -> 2 (+100 %)"]


def test_the_same_expression_twice_is_two_values() -> None:
    assert said(
        [value("n", "1", 1), value("n", "1", 5)], [value("n", "1", 1), value("n", "2", 5)]
    ) == ["line 5: `{python} n`: 1 -> 2 (+100 %)"]


def test_a_verdict_that_changed_and_its_value_are_named_but_no_measured_value() -> None:
    def record(verdict: str, value: str, key: str | None = None) -> dict[str, str]:
        return {"x.json": json.dumps({"verdict": verdict, "value": value, "key": key})}

    assert [
        str(change)
        for change in changes([], [], record("holds", "5"), record("does not hold", "4"))
    ] == ["claim x: holds -> does not hold", "claim x: 5 -> 4 (-20 %)"]
    assert changes([], [], record("holds", "1 s", "t"), record("holds", "2 s", "t")) == []


def test_a_change_survives_json() -> None:
    change = Change("number", 3, "n", "1", "2", 1.0)
    assert Change(**json.loads(json.dumps(change.__dict__))) == change


BODY = """
```{{python}}
from exhibits import chips, claim, measured
from scratch import load_text
import time
n = {n}
print("n is", n)
chips(["a"] * n)
```

There are `{{python}} n`, in `{{python}} measured(str(time.time()), "now")`.

```{{python}}
claim("many", n > 2, value=n, says="Many.")
```

```{{python}}
#| error: true
raise ValueError(n)
```
"""


def test_press_diff_names_page_number_verdict_exhibit_and_error(journal: Any) -> None:
    journal.page(BODY.format(n=3))
    assert journal.press("run").status == 0
    assert journal.press("diff").out == "2 pages without a change\n"
    assert (
        journal.press("diff", str(journal.root / NAME)).out
        == f"{NAME}: there are no two runs to compare\n"
    )
    journal.page("A line more.\n" + BODY.format(n=2))
    assert journal.press("run").status == 0
    out = journal.press("diff").out.splitlines()
    assert out[0].startswith(f"{NAME} (since the run of 20")
    assert [line.strip() for line in out[1:]] == [
        'number   line 8: chips(["a"] * n): 3 -> 2 (-33.3 %)',
        'exhibit  line 8: chips(["a"] * n) looks different',
        "number   line 16: `{python} n`: 3 -> 2 (-33.3 %)",
        "error    line 24: raise ValueError(n): ValueError: 3 -> ValueError: 2",
        "claim    claim many: holds -> does not hold",
        "number   claim many: 3 -> 2 (-33.3 %)",
        "1 page without a change",
    ]
    journal.page("A line more.\n" + BODY.format(n="1 / 0"))
    assert journal.press("run").status == 1
    out = journal.press("diff").out.splitlines()
    assert (
        out[1]
        == f"  error    {NAME}:11: the cell raised ZeroDivisionError: division by zero; in: n = 1 /"
        " 0; mend it, or mark it '#| error: true' if meant"
    )
    # the last two runs that ended stay compared
    assert "claim many: holds -> does not hold" in "\n".join(out)
    journal.page("A line more.\n" + BODY.format(n=2))
    assert journal.press("run", str(journal.root / NAME)).status == 0
    assert journal.press("diff", str(journal.root / NAME)).out == f"{NAME}: nothing moved\n"


def test_only_one_run_before_is_kept(journal: Any) -> None:
    sizes = []
    for n in (11, 12, 13, 14):
        journal.page(f"```{{python}}\nprint({n})\n```\n")
        assert journal.press("run").status == 0
        folder = journal.root / ".press/cache"
        sizes.append(sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()))
    assert "line 6: print(14): 13 -> 14" in journal.press("diff").out
    assert abs(sizes[3] - sizes[2]) < 100 < sizes[1] - sizes[0]
