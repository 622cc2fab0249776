"""The command `press`: every command explains itself by an example, and a user's error is a line,
not a traceback.
"""

import errno
import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import click
import nbformat
import pytest
from click.testing import CliRunner
from processes import PATIENCE

from press.base.errors import PressError, Problem
from press.cli.main import main
from press.cli.options import errors_as_lines


def commands(group: click.Group, *above: str) -> Iterator[tuple[str, ...]]:
    """The names of every command and group, from the outermost in."""
    yield above
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, *above, name)
        else:
            yield (*above, name)


ALL = list(commands(main))


def test_the_commands_of_the_readme_are_there() -> None:
    assert {
        ("check",),
        ("run",),
        ("render",),
        ("notebook",),
        ("serve",),
        ("texts",),
        ("texts", "add"),
    } <= set(ALL)


@pytest.mark.parametrize("names", ALL, ids=" ".join)
def test_every_command_has_an_example_and_the_example_parses(names: tuple[str, ...]) -> None:
    """The example is parsed by click up to its arguments; it is not run."""
    said = CliRunner().invoke(main, [*names, "--help"])
    assert said.exit_code == 0
    example = " ".join(said.output.split()).split("Example: ")[1].split(" Options:")[0]
    words = example.split()
    assert words[: len(names) + 1] == ["press", *names]
    command: click.Command = main
    context = click.Context(main)
    rest = words[1:]
    while isinstance(command, click.Group) and rest:
        command = command.commands[rest.pop(0)]
    command.make_context(
        words[-1],
        [word for word in rest if word.isprintable()],
        parent=context,
        resilient_parsing=True,
    )


@pytest.mark.parametrize("names", ALL, ids=" ".join)
def test_every_option_says_what_it_is_for(names: tuple[str, ...]) -> None:
    command: click.Command = main
    for name in names:
        assert isinstance(command, click.Group)
        command = command.commands[name]
    assert command.help
    without = [
        option.name
        for option in command.params
        if isinstance(option, click.Option) and not option.help
    ]
    assert set(without) <= {"author", "licence"}  # these say it by their names


def test_press_alone_says_what_to_do_next() -> None:
    said = CliRunner().invoke(main, [])
    assert said.exit_code == 0
    assert (
        "press check" in said.output
        and "press render" in said.output
        and "press serve" in said.output
    )


def test_an_error_of_the_user_has_status_one_and_no_traceback(journal: Any) -> None:
    """The real command, in a process of its own."""
    journal.page("```{python}\n1 / 0\n```\n")
    process = journal.command("run")
    _, err = process.communicate()
    assert process.returncode == 1
    assert (
        err
        == "journal/2025-07-02-a.qmd:6: the cell raised ZeroDivisionError: division by zero; in: 1"
        " / 0; mend it, or mark it '#| error: true' if meant\n"
    )


def test_a_process_ends_with_the_status_and_all_that_was_said(journal: Any) -> None:
    """It ends without tidying up, so what is still to be written, and what is to be done at the
    end, must be.
    """
    journal.page("Text.")
    code = (
        "import atexit, sys; atexit.register(print, 'at the end'); from press.__main__ import run;"
        " run()"
    )
    for arguments, status, said in (
        (["--help"], 0, "Usage: "),
        (["check"], 0, "in order"),
        (["nonsense"], 2, "No such command"),
        (["render", "gone.qmd"], 1, "gone.qmd"),
    ):
        done = subprocess.run(
            [sys.executable, "-c", code, *arguments],
            cwd=journal.root,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
        )
        assert (done.returncode, said in done.stdout + done.stderr) == (status, True), done
        assert done.stdout.endswith("at the end\n")
    piped = subprocess.run(
        f"{sys.executable} -m press --help | head -1",
        shell=True,
        cwd=journal.root,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    assert piped.stdout.startswith("Usage: ") and piped.stderr == ""


def test_outside_a_journal_press_says_where_it_looked(tmp_path: Any) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "press", "check"], cwd=tmp_path, capture_output=True, text=True
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert (
        done.stderr
        == f"_quarto.yml: not found in {tmp_path} or above it; run press inside the journal's"
        " folder\n"
    )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ["render", "gone.qmd"],
            "gone.qmd: is no page of this journal; pages: index.qmd, journal/2025-07-02-a.qmd",
        ),
        (["run", "/etc/hostname"], "/etc/hostname: is no page of this journal"),
        (
            ["notebook", "journal/draft.qmd"],
            "journal/draft.qmd:1: the page is a draft; take draft: true out",
        ),
        (["serve"], "_site: there is no site to show; build it first: make site"),
    ],
)
def test_what_cannot_be_done_is_told_with_the_remedy(
    journal: Any, arguments: list[str], said: str
) -> None:
    journal.page("Text.\n")
    if "draft" in said:
        journal.page("Text.\n", "journal/draft.qmd", front="draft: true\n")
    result = journal.press(*arguments)
    assert result.status == 1 and result.err.startswith(said)
    assert len(result.err.splitlines()) == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ["render", "--timeout", "0"],
        ["render", "--with", "latex"],
        ["serve", "--port", "99999"],
        ["fly"],
    ],
)
def test_a_wrong_option_is_a_mistake_of_usage(journal: Any, arguments: list[str]) -> None:
    said = journal.press(*arguments)
    assert said.status == 2 and "Error: " in said.err


def test_a_port_that_is_taken_is_told(journal: Any) -> None:
    import socket

    journal.render()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        said = journal.press("serve", "--port", str(port))
    assert said.status == 1 and said.err.startswith(f"serve: port {port} cannot be used")


def test_check_runs_nothing_and_counts(journal: Any) -> None:
    journal.page("```{python}\n1 / 0\n```\n")
    said = journal.press("check")
    assert said.status == 0
    assert said.out.splitlines()[-1].split() == "ok pages 2 with 1 cells are in order".split()


def test_notebook_writes_one_file_a_page_with_the_limit_for_nbmake(journal: Any) -> None:
    journal.page("```{python}\n1\n```\n", front="press: {timeout: 7}\n")
    said = journal.press("notebook", "--output", "out")
    assert said.status == 0
    files = sorted(
        file.relative_to(journal.root / "out").as_posix()
        for file in (journal.root / "out").rglob("*.ipynb")
    )
    assert files == ["index.ipynb", "journal/2025-07-02-a.ipynb"]
    notebook = nbformat.read(journal.root / "out" / "journal" / "2025-07-02-a.ipynb", as_version=4)
    assert notebook.metadata.execution.timeout == 7


def test_render_says_each_page_what_it_did_and_where_the_site_is(journal: Any) -> None:
    journal.page("```{python}\n1\n```\n")
    said = journal.press("render", "--with", "builtin")
    assert said.status == 0
    assert "ran  index.qmd" in said.out and "ran  journal/2025-07-02-a.qmd" in said.out
    assert "The site is in _site/. To look at it: make serve" in said.out


def test_a_page_is_executed_again_when_it_is_named_and_kept_otherwise(
    journal: Any, tmp_path: Any
) -> None:
    """Each run of a page leaves a mark outside of the journal."""
    for name in "ab":
        marks = tmp_path / f"marks-of-{name}"
        journal.page(
            f"```{{python}}\nwith open({str(marks)!r}, 'a') as file:\n    file.write('x')\n```\n",
            f"journal/2025-07-02-{name}.qmd",
        )

    def runs() -> list[int]:
        return [len((tmp_path / f"marks-of-{name}").read_text()) for name in "ab"]

    journal.render()
    assert runs() == [1, 1]
    assert "kept  journal/2025-07-02-a.qmd" in journal.press("render", "--with", "builtin").out
    assert runs() == [1, 1]
    assert journal.press("render", "journal/2025-07-02-b.qmd", "--with", "builtin").status == 0
    assert runs() == [1, 2]
    assert journal.press("render", "--fresh", "--with", "builtin").status == 0
    assert runs() == [2, 3]


def test_a_shell_that_knows_ascii_alone_prints_a_page_in_any_script(journal: Any) -> None:
    """What a program that press calls says is UTF-8, whatever the shell's own encoding."""
    journal.page("Größe, கழுதை, 語.\n\n```{python}\nprint('é')\n```\n")
    process = journal.command(
        "render",
        "--with",
        "builtin",
        LC_ALL="C",
        PYTHONUTF8="0",
        PYTHONCOERCECLOCALE="0",
        PYTHONIOENCODING="ascii",
    )
    out, said = process.communicate()
    assert (process.returncode, said) == (0, ""), out
    assert "Größe, கழுதை, 語." in journal.body()


def test_the_site_can_be_put_elsewhere(journal: Any) -> None:
    said = journal.press("render", "--with", "builtin", "--output", "out/deep/site")
    assert said.status == 0 and "The site is in out/deep/site/." in said.out
    assert (journal.root / "out" / "deep" / "site" / "index.html").is_file()
    assert not journal.site.exists()


def test_press_works_from_a_folder_of_the_journal(
    journal: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal.page("Text.\n")
    root, journal.root = journal.root, journal.root / "journal"
    assert "2 with 0 cells" in journal.press("check").out
    assert journal.press("render", "2025-07-02-a.qmd", "--with", "builtin").status == 0
    assert (root / "_site" / "journal" / "2025-07-02-a.html").is_file()


def test_two_prints_of_the_same_pages_are_the_same_bytes(journal: Any, tree: Any) -> None:
    """But for the receipts, which hold what a run measured; these stand in files of their own."""
    body = """
    ```{python}
    from exhibits import measured, table
    import time
    def took(key):
        return measured(f"{time.perf_counter_ns()} ns", key)
    took("alone")
    ```

    It took `{python} took("said")`.

    ```{python}
    table([["all of it", took("in-a-table")]], header=["what", "time"])
    ```
    """
    journal.page(body)
    first = tree(journal.render())
    assert journal.press("render", "--with", "builtin", "--fresh", "--output", "again").status == 0
    second = tree(journal.root / "again")
    assert set(first) == set(second)
    assert {name for name in first if first[name] != second[name]} == {
        "journal/2025-07-02-a.receipt.json"
    }
    notebook = nbformat.reads(first["journal/2025-07-02-a.ipynb"].decode(), as_version=4)
    said = '<data class="measured" title="measured anew when you run the cell">–</data>'
    assert notebook.cells[2].source == f"It took {said}."
    outputs = [cell.outputs[0].data for cell in notebook.cells if cell.cell_type == "code"]
    assert [said in data["text/html"] and "text/plain" not in data for data in outputs] == [
        True,
        True,
    ]
    receipt = json.loads(second["journal/2025-07-02-a.receipt.json"])
    assert receipt["changes"]["list"] == []  # what was measured has not "changed"
    assert sorted(receipt["measured"]) == ["alone", "in-a-table", "said"]


def test_nothing_of_a_smoke_test_is_written_where_the_published_site_stands(
    journal: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither by default nor by name, whatever the name; into another folder it is printed."""
    monkeypatch.setenv("JOURNAL_SMOKE", "1")
    (journal.root / "link").symlink_to("_site")
    for options in (
        [],
        ["--output", "_site"],
        ["--output", "./journal/../_site"],
        ["--output", "link"],
    ):
        (journal.root / "journal").mkdir(exist_ok=True)
        said = journal.press("render", "--with", "builtin", *options)
        assert said.status == 1
        assert (
            said.err
            == "JOURNAL_SMOKE: is set, and no short training belongs into _site/, the site to"
            " publish; unset it, or give --output FOLDER\n"
        )
        assert not journal.site.exists()
    assert journal.press("render", "--with", "builtin", "--output", "trial").status == 0
    assert (journal.root / "trial" / "index.html").is_file()
    monkeypatch.setenv("JOURNAL_SMOKE", "")
    assert journal.press("render", "--with", "builtin").status == 0


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (PressError(Problem("a.qmd", 3, "a fault", "mend it")), "a.qmd:3: a fault; mend it"),
        (ValueError("n is 3; give 2"), "press: n is 3; give 2"),
        (
            OSError(errno.ENOSPC, "full", "x.bin"),
            "press: x.bin: full; make room on the disk; the rest stays",
        ),
        (OSError(errno.EIO, "broken"), "press: broken"),
        (OSError("no number"), "press: no number"),
    ],
)
def test_every_command_says_what_is_wrong_in_one_way(error: Exception, line: str) -> None:
    @click.command()
    @errors_as_lines(ValueError, "the rest stays")
    def fails() -> None:
        raise error

    said = CliRunner().invoke(fails)
    assert (said.exit_code, said.stderr, said.stdout) == (1, f"{line}\n", "")


def test_a_mistake_of_our_own_keeps_its_traceback() -> None:
    @click.command()
    @errors_as_lines()
    def fails() -> None:
        raise ValueError("not foreseen")

    assert isinstance(CliRunner().invoke(fails).exception, ValueError)
