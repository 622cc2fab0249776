"""Executing a page: a fresh kernel in the page's folder, outputs as options say, and the exact line
of an error.
"""

import os
import re
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from press.execute.kernel import execute
from press.execute.notebook import Run, inline_values, is_hidden
from press.execute.outputs import error_line

WHOLE = """\
```{python}
import os, sys, pathlib, warnings
n = 1024
print(os.getcwd())
print(os.environ["PRESS_DOCUMENT"])
print(hash("a"), sys.executable)
```

There are `{python} n` of `{python} f"{n:,}"`,
`{python} "it's <b>"` and `{python} 'a  b'.count('  ')`.

```{python}
#| error: true
def inner():
    raise ValueError("first\\nsecond")
inner()
```

```{python}
```

```{python}
#| eval: false
1 / 0
```

```{python}
print("out", end="")
print("err", file=sys.stderr)
from IPython.display import HTML, Markdown, display
display(HTML("<i>h</i>"))
Markdown("*m*")
```

It goes on: `{python} Markdown("*n*")`.

```{python}
pathlib.Path("made-by-the-page").write_text(str("__press_display" in dir()))
```
"""


@pytest.fixture(scope="module")
def whole(
    tmp_path_factory: pytest.TempPathFactory, journal_in: Callable[[Path], Any]
) -> tuple[Any, Run]:
    """One page with much on it, executed once."""
    journal = journal_in(tmp_path_factory.mktemp("execute"))
    journal.page(WHOLE)
    project = journal.project()
    return journal, execute(project.pages[1], project.config)


def outputs(run: Run, number: int) -> list[Any]:
    """The outputs of a page's cell, counted from 0 among those that are executed."""
    cells = [
        cell for cell in run.notebook.cells if cell.cell_type == "code" and not is_hidden(cell)
    ]
    return list(cells[number].outputs)


def test_a_page_runs_in_its_own_folder_under_this_python(whole: tuple[Any, Run]) -> None:
    journal, run = whole
    folder, document, _ = outputs(run, 0)[0].text.splitlines()
    assert folder == str(journal.root / "journal")
    assert document == str(journal.root / "journal" / "2025-07-02-a.qmd")


def test_hashes_are_the_same_in_every_run(whole: tuple[Any, Run]) -> None:
    """PYTHONHASHSEED is 0; the value is that of this Python for "a" under that seed."""
    import subprocess
    import sys

    command = [sys.executable, "-c", "import sys; print(hash('a'), sys.executable)"]
    said = subprocess.run(
        command, env={**os.environ, "PYTHONHASHSEED": "0"}, capture_output=True, text=True
    ).stdout
    assert outputs(whole[1], 0)[0].text.splitlines()[2] == said.strip()


def test_inline_values_are_kept_in_order(whole: tuple[Any, Run]) -> None:
    first, second = [inline_values(cell) for cell in whole[1].notebook.cells if is_hidden(cell)]
    assert [value["text/plain"] for value in first] == ["1024", "'1,024'", '"it\'s <b>"', "1"]
    assert second[0]["text/markdown"] == "*n*"


def test_asking_for_a_value_leaves_no_name_behind(whole: tuple[Any, Run]) -> None:
    assert (whole[0].root / "journal" / "made-by-the-page").read_text() == "False"


def test_an_intended_error_is_an_output_and_the_page_goes_on(whole: tuple[Any, Run]) -> None:
    (error,) = outputs(whole[1], 1)
    assert (error.ename, error.evalue) == ("ValueError", "first\nsecond")


def test_streams_and_displays_keep_their_order(whole: tuple[Any, Run]) -> None:
    kinds = [output.get("name", output.output_type) for output in outputs(whole[1], 3)]
    assert kinds == ["stdout", "stderr", "display_data", "execute_result"]


def test_every_page_has_a_kernel_of_its_own(journal: Any) -> None:
    """Names, working directory and seeds of one page are not those of the next, which runs at the
    same time.
    """
    journal.page(
        "```{python}\nimport os, sys\nleak = 1\nos.chdir('/')\nsys.leak = 1\n```\n",
        "journal/2025-07-02-a.qmd",
    )
    journal.page(
        "```{python}\nimport os, sys\nassert os.getcwd() != '/' and not hasattr(sys,"
        " 'leak')\nleak\n```\n",
        "journal/2025-07-03-b.qmd",
    )
    said = journal.press("run")
    assert said.status == 1
    assert said.err.startswith(
        "journal/2025-07-03-b.qmd:8: the cell raised NameError: name 'leak' is not defined; in:"
        " leak"
    )


# Each raises at the line that says HERE, of its own cell: neither inside what it calls, nor at a
# cause it had before.
RAISES = {
    "ZeroDivisionError": "#| echo: false\n\nn = 1\n\n1 / 0  # HERE",
    "KeyError": "n = 1\ncaller()  # HERE",
    "ValueError": "x = [\n    1,\n    int('a'),  # HERE\n]",
    "SyntaxError": "n = 1\nif n  # HERE\n    pass",
    "IndentationError": "if 1:\npass  # HERE",
    "TypeError": (
        "try:\n    called()\nexcept KeyError:\n    pass\n    raise TypeError('last') from None  #"
        " HERE"
    ),
    "AttributeError": (
        "try:\n    called()\nexcept KeyError as error:\n    raise AttributeError('last') from error"
        "  # HERE"
    ),
    "NameError": "try:\n    called()\nexcept KeyError:\n    gone  # HERE",
    "IndexError": "s = '\u2028'\ns[7]  # HERE",
    "LookupError": 'raise LookupError("""a  # HERE\nCell In[9], line 99\nb""")',
    "OSError": (
        "error = OSError('-' * 75 + chr(10) + 'X  Traceback (most recent call last)' +"
        " chr(10))\n\nraise error  # HERE"
    ),
    "AssertionError": "class A:\n    def f(self):\n        assert 0\n\nA().f()  # HERE",
    "StdinNotImplementedError": "n = 1\ninput('?')  # HERE",
}


@pytest.fixture(scope="module")
def raising(
    tmp_path_factory: pytest.TempPathFactory, journal_in: Callable[[Path], Any]
) -> tuple[list[str], Run]:
    """One page on which everything of RAISES is raised on purpose: its lines and its run."""
    journal = journal_in(tmp_path_factory.mktemp("raising"))
    cells = [f"```{{python}}\n#| error: true\n{code}\n```\n" for code in RAISES.values()]
    journal.page(
        "```{python}\ndef called():\n    return {}['gone']\n\n\ndef caller():\n    return"
        " called()\n```\n" + "\n".join(cells)
    )
    project = journal.project()
    text = (journal.root / project.pages[1].path).read_text(encoding="utf-8")
    return text.split("\n"), execute(project.pages[1], project.config)


@pytest.mark.parametrize("name", RAISES)
def test_the_line_of_an_error_is_exact(raising: tuple[list[str], Run], name: str) -> None:
    lines, run = raising
    (cell,) = [
        cell
        for cell in run.notebook.cells[2:]
        if name in [output.get("ename") for output in cell.get("outputs", [])]
    ]
    line, shown = error_line(cell)
    assert "# HERE" in lines[line - 1] and shown == lines[line - 1].strip()


def test_a_page_that_raises_says_where_and_what(journal: Any) -> None:
    """All pages are run, and all that fail are told: line 8 is the cell's, 7 and 9 are those of
    inline expressions.
    """
    journal.page(
        "```{python}\ndef f():\n    return 1 / 0\n\nf()\n```\n", "journal/2025-07-02-a.qmd"
    )
    journal.page(
        "`{python} 1` and\nmore `{python} 2`, then\n`{python} {}['x']` and `{python} 3`.\n",
        "journal/2025-07-03-b.qmd",
    )
    journal.page(
        "A `{python} 1`.\n\nA `{python} 1`.\n\n`{python} print('x')`\n", "journal/2025-07-04-c.qmd"
    )
    journal.page(
        "`{python} [__import__('IPython').display.display(n) for n in (1, 2)]`\n",
        "journal/2025-07-05-d.qmd",
    )
    journal.page(
        "```{python}\nn = 1\nraise ExceptionGroup('two', [KeyError(1), KeyError(2)])\n```\n",
        "journal/2025-07-06-e.qmd",
    )
    said = journal.press("run")
    assert said.status == 1
    assert said.err.splitlines() == [
        (
            "journal/2025-07-02-a.qmd:9: the cell raised ZeroDivisionError: division by zero; in:"
            " f(); mend it, or mark it '#| error: true' if meant"
        ),
        (
            "journal/2025-07-03-b.qmd:7: the cell raised KeyError: 'x'; in: `{python} {}['x']`; "
            "mend it, or mark it '#| error: true' if meant"
        ),
        (
            "journal/2025-07-04-c.qmd:9: the inline \"print('x')\" prints 'x', which no reader"
            " would see; give the value, instead of printing it"
        ),
        (
            "journal/2025-07-05-d.qmd:5: 1 inline expressions gave 3 values; "
            "an inline expression must show one value, and print nothing"
        ),
        (
            "journal/2025-07-06-e.qmd:7: the cell raised ExceptionGroup: two (2 sub-exceptions);"
            " in: raise ExceptionGroup('two', [KeyError(1), KeyError(2)]); mend it, or mark it '#|"
            " error: true' if meant"
        ),
    ]


def test_a_warning_is_no_error(journal: Any) -> None:
    journal.page("```{python}\nimport warnings\nwarnings.warn('careful')\n```\n")
    project = journal.project()
    (output,) = outputs(execute(project.pages[1], project.config), 0)
    assert output.name == "stderr" and "careful" in output.text


def test_a_page_without_cells_needs_no_kernel(
    journal: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("press.execute.kernel.Kernel", None)
    journal.page("Words.\n")
    project = journal.project()
    assert execute(project.pages[1], project.config).notebook.cells[0].cell_type == "markdown"


def test_a_display_that_no_notebook_can_hold_names_its_line(
    journal: Any, capfd: pytest.CaptureFixture[str]
) -> None:
    journal.page("Text.\n\n```{python}\ndisplay({'text/html': 5}, raw=True)\n```\n")
    said = journal.press("run")
    assert said.status == 1
    assert said.err.startswith(
        "journal/2025-07-02-a.qmd:8: the cell shows what no notebook can hold: 5 is not"
    )
    assert "Traceback" not in said.err + capfd.readouterr().err


@pytest.mark.parametrize(
    "shows", ["print('x' * 6_000_000)\nprint('y' * 6_000_000)", "'x' * 12_000_000"]
)
def test_a_cell_that_shows_more_than_a_page_takes_names_its_line_and_the_limit(
    journal: Any, shows: str
) -> None:
    journal.page(f"```{{python}}\n{shows}\n```\n")
    said = journal.press("run")
    assert said.status == 1
    assert re.match(
        r"journal/2025-07-02-a\.qmd:6: the cell shows 12,0\d\d,\d\d\d characters; a page takes",
        said.err,
    )
    assert said.err.count("\n") == 1


def test_ctrl_c_does_not_wait_for_the_cell_that_runs(journal: Any) -> None:
    """A kernel is in a session of its own, so the terminal's signal does not reach it. The cell
    never ends by itself.
    """
    journal.page(
        "```{python}\nopen('began', 'w').close()\n__import__('threading').Event().wait()\n```\n"
    )
    press = journal.command("run", "--timeout", "86400")
    try:
        end = time.monotonic() + 300
        while not (journal.root / "journal/began").exists():
            assert press.poll() is None and time.monotonic() < end, "the cell has not begun"
            time.sleep(0.1)
        press.send_signal(signal.SIGINT)
        out, err = press.communicate(timeout=300)
    finally:
        press.kill()
    assert press.returncode == 1 and "Traceback" not in out + err


READS = "```{{python}}\ntext = open('{}').read()\n1 / 0\n```\n"


def test_an_error_on_a_text_of_the_learner_s_names_the_text_and_what_to_do(journal: Any) -> None:
    for name in ("foundation", "the-index-of-small-lights", "alice"):
        journal.write(f"data/{name}.txt", "A text.")
    journal.page(READS.format("../data/foundation.txt"), "journal/2025-07-02-a.qmd")
    journal.page(READS.format("../data/the-index-of-small-lights.txt"), "journal/2025-07-03-b.qmd")
    both = READS.format("../data/alice.txt").replace(
        "1 / 0", "open('../data/foundation.txt').read(); 1 / 0"
    )
    journal.page(both, "journal/2025-07-04-c.qmd")
    first, second, third = journal.press("run").err.splitlines()
    end = "it, print on another (press texts) and report it, or mend the cell"
    assert first.endswith(
        f"; in: 1 / 0; it ran on data/foundation.txt: if only this text does {end}"
    )
    assert second.endswith("; in: 1 / 0; mend it, or mark it '#| error: true' if meant")
    assert third.endswith(
        f"; it ran on data/alice.txt and data/foundation.txt: if only these texts do {end}"
    )


def test_a_text_in_a_folder_that_the_environment_names_is_named_too(
    journal: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The folder may be one for temporary files, of which nothing else is noted."""
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts" / "mine.txt").write_text("A text.", encoding="utf-8")
    monkeypatch.setenv("JOURNAL_DATA", str(tmp_path / "texts"))
    journal.page(READS.format(tmp_path / "texts" / "mine.txt"))
    said = journal.press("run").err
    assert f"; it ran on {tmp_path / 'texts' / 'mine.txt'}: if only this text does it" in said


def test_a_text_that_cannot_serve_is_what_is_to_be_mended_not_the_cell(journal: Any) -> None:
    entry = '[one]\ntitle = "One"\nauthor = ""\nlicence = "CC0"\nsource = "here"\n'
    journal.write("data/texts.toml", entry)
    journal.write("data/one.txt", "Too short.")
    journal.page("```{python}\nfrom scratch import load_text\ntext = load_text()\n```\n")
    said = journal.press("run").err
    assert (
        "one.txt has 2 words; the journal needs 200 or more: give a longer text; in: text ="
        " load_text(); " in said
    )
    assert said.endswith(
        "; mend or replace the text, or take it away; `press texts` lists those that are here\n"
    )
