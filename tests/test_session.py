"""A warm kernel runs only what changed, and never shows what a fresh one would not for the cells it
ran.
"""

import asyncio
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from press.base.errors import PressError, Problem
from press.execute.kernel import RUNNING, Kernel
from press.preview.runs import Kernels, Session

BODY = """
```{python}
with open("runs.txt", "a") as file: _ = file.write("1")
a = 1
```

```{python}
with open("runs.txt", "a") as file: _ = file.write("2")
b = a + 1
print(b)
```

```{python}
with open("runs.txt", "a") as file: _ = file.write("3")
print(b * 10)
```

The end is `{python} b * 100`.
"""
Update = Callable[[str], Any]


@pytest.fixture
def session(journal: Any) -> Iterator[Session]:
    made = Session(journal.project().config)
    yield made
    made.close()


@pytest.fixture
def update(journal: Any, session: Session) -> Update:
    """Write the page, bring the session up to date, and give the run."""

    def edit(body: str) -> Any:
        journal.page(body)
        return session.run(next(page for page in journal.project().pages if page.date))

    return edit


def cells_run(journal: Any) -> str:
    """The numbers of the cells that ran since the last look."""
    file = Path(journal.root / "journal/runs.txt")
    said = file.read_text(encoding="utf-8") if file.exists() else ""
    file.unlink(missing_ok=True)
    return said


def shown(run: Any) -> list[str]:
    """What each cell printed, and the inline values."""
    found = []
    for cell in run.notebook.cells:
        found += [
            output.text.strip()
            for output in cell.get("outputs", [])
            if output.output_type == "stream"
        ]
        found += [value["text/plain"] for value in cell.metadata["press"].get("values", [])]
    return found


def test_only_the_cells_from_the_changed_one_on_run_again(journal: Any, update: Update) -> None:
    assert shown(update(BODY)) == ["2", "20", "200"]
    assert cells_run(journal) == "123"
    assert shown(update(BODY.replace("b = a + 1", "b = a + 2"))) == ["3", "30", "300"]
    assert cells_run(journal) == "23"
    assert shown(update(BODY.replace("b = a + 1", "b = a + 2").replace("b * 10)", "b * 20)"))) == [
        "3",
        "60",
        "300",
    ]
    assert cells_run(journal) == "3"


def test_an_edit_of_prose_runs_nothing_and_an_inline_value_only_itself(
    journal: Any, update: Update
) -> None:
    update(BODY)
    cells_run(journal)
    run = update(BODY.replace("The end", "At last, the end"))
    assert (shown(run), cells_run(journal)) == (["2", "20", "200"], "")
    assert "At last" in run.notebook.cells[-2].source
    assert shown(update(BODY.replace("b * 100", "b * 1000"))) == ["2", "20", "2000"]
    assert cells_run(journal) == ""


def test_an_error_says_its_line_and_mending_it_runs_from_there(
    journal: Any, update: Update
) -> None:
    update(BODY)
    cells_run(journal)
    with pytest.raises(
        PressError, match=r"2025-07-02-a\.qmd:13: the cell raised ZeroDivisionError"
    ):
        update(BODY.replace("print(b)\n", "print(1 / 0)\n"))
    assert cells_run(journal) == "2"
    assert shown(update(BODY)) == ["2", "20", "200"]
    assert cells_run(journal) == "23"


def test_an_inline_value_that_prints_is_refused_and_mended(update: Update) -> None:
    """Once, a run after this error took the hidden cell for done, and had no value to show."""
    later = f"{BODY}\nAnd `{{python}} a`.\n"
    with pytest.raises(PressError, match="prints 'x'"):
        update(later.replace("b * 100", "print('x')"))
    with pytest.raises(PressError, match="prints 'x'"):
        update(later.replace("b * 100", "print('x')").replace("The end", "Well"))
    assert shown(update(later)) == ["2", "20", "200", "1"]


def test_a_dead_kernel_is_replaced(journal: Any, update: Update) -> None:
    with pytest.raises(PressError, match=r":17: the kernel died in the cell"):
        update(BODY.replace("print(b * 10)", "import os; os._exit(1)"))
    cells_run(journal)
    assert shown(update(BODY)) == ["2", "20", "200"]
    assert cells_run(journal) == "123"


def test_a_cell_taken_out_or_put_in_runs_what_follows(journal: Any, update: Update) -> None:
    update(BODY)
    cells_run(journal)
    two = BODY.replace("```{python}\nwith", "```{python}\nc = 1\n```\n\n```{python}\nwith", 1)
    assert shown(update(two)) == ["2", "20", "200"]
    assert cells_run(journal) == "123"
    assert shown(update(BODY)) == ["2", "20", "200"]
    assert cells_run(journal) == "123"


def test_a_session_knows_the_files_that_its_kernel_read(
    journal: Any, session: Session, update: Update
) -> None:
    journal.write("data/one.txt", "one")
    assert not session.read({"data/one.txt"})
    update("```{python}\nprint(open('../data/one.txt').read())\n```\n")
    assert session.read({"data/one.txt", "data/two.txt"})
    assert not session.read({"data/two.txt"})


def test_a_kernel_of_which_nobody_knows_what_it_is_at_is_replaced(
    session: Session, update: Update, monkeypatch: pytest.MonkeyPatch
) -> None:
    def wrong(*arguments: Any) -> None:
        raise ValueError("5 is no text")

    update(BODY)
    before = session.kernel
    with monkeypatch.context() as patch:
        patch.setattr("press.execute.kernel.join_streams", wrong)
        with pytest.raises(ValueError, match="5 is no text"):
            update(BODY.replace("b = a + 1", "b = a + 2"))
    assert shown(update(BODY)) == ["2", "20", "200"]
    assert session.kernel is not before


def test_a_kernel_that_did_not_start_is_not_kept(
    session: Session, update: Update, monkeypatch: pytest.MonkeyPatch
) -> None:
    def wrong(kernel: Kernel) -> Kernel:
        kernel.close()
        raise PressError(Problem("a.qmd", 0, "no kernel started"))

    with monkeypatch.context() as patch:
        patch.setattr(Kernel, "__enter__", wrong)
        with pytest.raises(PressError, match="no kernel started"):
            update(BODY)
    assert session.kernel is None
    assert shown(update(BODY)) == ["2", "20", "200"]


@pytest.mark.parametrize(
    "error", [OSError("no room"), asyncio.CancelledError(), RuntimeError("no")]
)
def test_whatever_keeps_a_kernel_from_starting_leaves_nothing_behind(
    session: Session, update: Update, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    made: list[Kernel] = []

    def start(client: Any, **options: Any) -> None:
        made.extend(RUNNING)
        raise error

    with monkeypatch.context() as patch:
        patch.setattr("nbclient.NotebookClient.start_new_kernel", start)
        with pytest.raises((type(error), PressError)):
            update(BODY)
    assert [Path(kernel.sockets.name).exists() for kernel in made] == [False]
    assert not {*made} & RUNNING


def test_a_kernel_is_closed_even_if_nobody_waits_for_it(journal: Any) -> None:
    journal.page("```{python}\n1\n```\n")
    project = journal.project()
    page = next(page for page in project.pages if page.date)

    async def story() -> Session:
        kernels = Kernels()
        await kernels.run(page, project.config)
        session, free = kernels.sessions[page.path], threading.Event()
        busy = asyncio.ensure_future(session.do(lambda: free.wait(60)))
        leaving = asyncio.ensure_future(kernels.drop(page.path))
        await asyncio.sleep(0)  # it waits for its turn now
        leaving.cancel()
        await asyncio.wait([leaving])
        free.set()
        await busy
        await session.do(lambda: None)  # what came before it is done
        return session

    session = asyncio.run(story())
    assert session.kernel is None
