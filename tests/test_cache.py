"""The cache serves a run only while nothing that it depends on has changed, and then all of it."""

import importlib
import json
import os
import re
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy
import pytest
from rich.console import Console
from safetensors.numpy import save_file

from press.execute import dependencies, file_tracing
from press.execute.dependencies import CHANGED
from press.execute.pool import Board, run_pages
from press.execute.run_cache import Cache

PAGE = """
```{python}
n = 3
print(n)
```

There are `{python} n` of them.
"""
NAME = "journal/2025-07-02-a.qmd"


def stale(journal: Any, path: str = NAME) -> list[str]:
    """Why a page is stale; [] if it is fresh."""
    project = journal.project()
    return Cache(project.config).why_stale(
        next(page for page in project.pages if page.path == path)
    )


def ran(journal: Any) -> set[str]:
    """Bring the runs of all pages up to date, and print nothing; the pages that were executed."""
    project = journal.project()
    runs = run_pages(project, project.published, Board(Console(quiet=True)))
    return {path for path, run in runs.items() if not run.cached and run.page.cells}


def kept(journal: Any, path: str = NAME) -> tuple[Path, Path]:
    stem = journal.root / ".press/cache" / path
    return stem.with_suffix(".ipynb"), stem.with_suffix(".json")


@pytest.fixture
def modules(journal: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A journal with code/chain_top.py, which imports chain_base, and code/other.py; a page for
    each.
    """
    journal.write("code/chain_base.py", "BASE = 2\n")
    journal.write("code/chain_top.py", "from chain_base import BASE\nTOP = BASE + 1\n")
    journal.write("code/other.py", "N = 5\n")
    journal.page(
        "```{python}\nfrom chain_top import TOP\nprint(TOP)\n```\n", "journal/2025-07-02-a.qmd"
    )
    journal.page("```{python}\nfrom other import N\nprint(N)\n```\n", "journal/2025-07-03-b.qmd")
    journal.page("```{python}\nprint(1)\n```\n", "journal/2025-07-04-c.qmd")
    monkeypatch.setenv("PYTHONPATH", str(journal.root / "code"))
    monkeypatch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)
    return journal


def test_a_page_that_was_never_run_says_so(journal: Any) -> None:
    journal.page(PAGE)
    assert stale(journal) == ["it has not been run"]


def test_an_edit_of_prose_executes_nothing_and_shows_the_new_prose(journal: Any) -> None:
    file = journal.page(PAGE)
    assert ran(journal) == {NAME}
    file.write_text(
        file.read_text(encoding="utf-8").replace("There are", "New line.\n\nI counted"),
        encoding="utf-8",
    )
    said = journal.press("render", "--with", "builtin")
    assert f"kept  {NAME}" in said.out
    assert '<p>I counted <span class="computed">3</span> of them' in journal.body()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("`{python} n`", "`{python} n + 1`"),
        ("n = 3", "n = 4"),
        ("```{python}\n", "```{python}\n# x\n"),
    ],
)
def test_an_edit_of_an_inline_value_or_a_cell_executes_the_page(
    journal: Any, old: str, new: str
) -> None:
    file = journal.page(PAGE)
    ran(journal)
    file.write_text(file.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    assert stale(journal) == ["its own code"]
    assert ran(journal) == {NAME}
    assert stale(journal) == []


def test_a_module_executes_the_pages_that_import_it_even_by_way_of_another_and_no_other(
    modules: Any,
) -> None:
    assert len(ran(modules)) == 3
    assert ran(modules) == set()
    modules.write("code/chain_base.py", "BASE = 10\n")
    assert stale(modules) == ["code/chain_base.py"]
    assert stale(modules, "journal/2025-07-03-b.qmd") == []
    assert ran(modules) == {NAME}
    modules.write("code/other.py", "N = 6\n")
    assert ran(modules) == {"journal/2025-07-03-b.qmd"}


def test_a_module_that_came_compiled_counts_as_its_source(modules: Any) -> None:
    ran(modules)
    assert list((modules.root / "code").rglob("chain_base*.pyc"))  # the first run compiled it
    assert modules.press("run", NAME).status == 0  # the second read the compiled file
    assert ran(modules) == set()
    modules.write("code/chain_base.py", "BASE = 10\n")
    assert stale(modules) == ["code/chain_base.py"]


def test_a_file_that_a_page_read_and_only_that_makes_it_stale(journal: Any) -> None:
    journal.write("data/one.txt", "one")
    journal.write("data/two.txt", "two")
    journal.page("```{python}\nprint(open('../data/one.txt').read())\n```\n")
    ran(journal)
    journal.write("data/two.txt", "changed")
    assert stale(journal) == []
    journal.write("data/one.txt", "changed")
    assert stale(journal) == ["data/one.txt"]
    journal.write("data/one.txt", "one")
    assert stale(journal) == []
    (journal.root / "data/one.txt").unlink()
    assert stale(journal) == ["data/one.txt"]


def test_a_file_that_was_missed_makes_the_page_stale_when_it_comes(journal: Any) -> None:
    body = """
    ```{python}
    try:
        print(open("../notes/later.txt").read())
    except FileNotFoundError:
        print("none")
    ```
    """
    journal.page(body)
    ran(journal)
    assert stale(journal) == []
    journal.write("notes/later.txt", "here")
    assert stale(journal) == ["notes/later.txt"]


@pytest.mark.parametrize("name", ["table.csv", "folder/a.txt"])
def test_a_file_beside_a_page_that_never_asked_for_it_touches_no_page(
    journal: Any, name: str
) -> None:
    journal.page(PAGE)
    ran(journal)
    journal.write(f"journal/{name}", "new")
    assert stale(journal) == []


def test_a_folder_that_a_page_listed_makes_it_stale_when_a_name_joins(journal: Any) -> None:
    journal.write("notes/a.txt", "")
    journal.page(
        "```{python}\nfrom pathlib import Path\nprint(sorted(Path('../notes').iterdir()))\n```\n"
    )
    ran(journal)
    journal.write("notes/b.txt", "")
    assert stale(journal) == ["the names in notes/"]


def test_a_file_that_changes_while_the_page_runs_leaves_it_stale(journal: Any) -> None:
    """The page reads a text and then changes it: what it read is not what stands there, so nothing
    can be reused.
    """
    body = """
    ```{python}
    from pathlib import Path
    file = Path("../data/one.txt")
    print(file.read_text())
    _ = file.write_text("changed")
    ```
    """
    journal.write("data/one.txt", "one")
    journal.page(body)
    ran(journal)
    assert stale(journal) == ["data/one.txt"]
    manifest = json.loads(kept(journal)[1].read_text(encoding="utf-8").partition("\n")[2])
    assert manifest["files"]["data/one.txt"] == CHANGED


def test_another_python_another_package_or_another_press_makes_every_page_stale(
    journal: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal.page(PAGE)
    ran(journal)
    monkeypatch.setattr(dependencies, "installed", lambda: "another")
    assert stale(journal) == ["the installed packages"]
    monkeypatch.setattr(dependencies, "executing", lambda: "another")
    assert stale(journal) == ["the installed packages", "press"]
    monkeypatch.setattr(dependencies.platform, "python_version", lambda: "3.99.0")
    assert stale(journal) == ["Python", "the installed packages", "press"]


def test_a_setting_of_the_journal_makes_every_page_stale_until_it_is_as_it_was(
    journal: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal.page(PAGE)
    ran(journal)
    with monkeypatch.context() as patch:
        patch.setenv("JOURNAL_FULL", "1")
        patch.setenv("JOURNAL_BROWSER", "required")
        assert stale(journal) == ["the variables JOURNAL_..."]
    assert stale(journal) == []


def test_a_text_that_lies_outside_of_the_journal_counts_too(
    journal: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As JOURNAL_DATA may name it. A temporary file, which is another in each run, does not count."""
    (tmp_path / "temporary").mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "temporary"))
    text = tmp_path / "elsewhere.txt"
    text.write_text("one", encoding="utf-8")
    body = f"""
    ```{{python}}
    import tempfile
    from pathlib import Path
    with tempfile.NamedTemporaryFile() as file:
        print(Path({str(text)!r}).read_text(), Path(file.name).read_text())
    ```
    """
    journal.page(body)
    ran(journal)
    assert stale(journal) == []
    text.write_text("two", encoding="utf-8")
    assert stale(journal) == [str(text)]


def test_every_installed_version_is_part_of_the_key(monkeypatch: pytest.MonkeyPatch) -> None:
    class Item:
        def __init__(self, name: str, version: str) -> None:
            self.name, self.version = name, version

    def key(*items: Item) -> str:
        monkeypatch.setattr(dependencies.metadata, "distributions", lambda: items)
        return dependencies.installed.__wrapped__()

    assert key(Item("a", "1"), Item("b", "2")) == key(Item("b", "2"), Item("a", "1"))
    assert len({key(Item("a", "1")), key(Item("a", "2")), key(Item("a", "1"), Item("b", "1"))}) == 3


def claims(journal: Any, limit: int) -> None:
    body = f"""
    ```{{python}}
    from exhibits import claim
    from scratch import load_text
    n = 3
    claim("many", n > {limit}, value=n, says="Many.")
    ```
    """
    journal.page(body)
    verdicts = "```{python}\nfrom exhibits import verdicts\nverdicts()\n```\n"
    journal.page(verdicts, "journal/claims.qmd", "press: {gathers: true}\n")


def test_a_gathering_page_follows_the_records_of_the_others_which_a_kept_run_restores(
    journal: Any, tree: Any
) -> None:
    claims(journal, 2)
    assert ran(journal) == {NAME, "journal/claims.qmd"}
    fresh = tree(journal.render())
    assert "1 holds" in journal.body("journal/claims.md")
    assert ran(journal) == set()
    folder = journal.root / ".press/claims"
    before = tree(folder)
    assert list(before) == [f"{NAME}/many.json"]
    for file in sorted(folder.rglob("*.json")):
        file.unlink()
    assert tree(journal.render()) == fresh  # a kept site is the fresh one, byte for byte
    assert tree(folder) == before  # the records came back
    claims(journal, 7)
    assert ran(journal) == {NAME, "journal/claims.qmd"}
    journal.render()
    assert "1 does not hold" in journal.body("journal/claims.md")


def test_a_damaged_cache_is_no_cache(journal: Any) -> None:
    journal.page("```{python}\n1\n```\n")
    ran(journal)
    for file in kept(journal):
        whole = file.read_bytes()
        for damage in (
            b"",
            b"{",
            b"[]",
            b"null",
            b"x\n{}",
            b"\xff\xfe",
            whole[:-20],
            whole + b" {}",
        ):
            file.write_bytes(damage)
            assert stale(journal) == ["it has not been run"], (file.suffix, damage[:20])
            project = journal.project()
            assert all(
                Cache(project.config).get(page) is None
                for page in project.pages
                if page.path == NAME
            )
        file.write_bytes(whole)


def test_one_changed_character_in_the_manifest_or_the_notebook_is_found(journal: Any) -> None:
    journal.page(PAGE)
    ran(journal)
    for file in kept(journal):
        whole = file.read_text(encoding="utf-8")
        at = whole.index('"3') if file.suffix == ".json" else whole.index("n = 3") + 4
        file.write_text(whole[: at + 1] + "9" + whole[at + 2 :], encoding="utf-8")
        assert stale(journal) == ["it has not been run"], file.suffix
        file.write_text(whole, encoding="utf-8")
        assert stale(journal) == []


def test_a_page_executed_by_name_is_executed_although_it_is_fresh(journal: Any) -> None:
    journal.page(PAGE)
    ran(journal)
    said = journal.press("render", "--with", "builtin", str(journal.root / NAME))
    assert f"ran  {NAME}" in said.out
    assert "kept  index.qmd" in said.out
    assert journal.press("render", "--with", "builtin", "--fresh").out.count("ran ") == 2


def test_status_says_of_each_page_what_changed(journal: Any) -> None:
    journal.page(PAGE)
    ran(journal)
    journal.page(PAGE.replace("n = 3", "n = 4"))
    said = journal.press("status")
    assert said.out.splitlines() == ["fresh  index.qmd", f"stale  {NAME}: its own code"]


def test_a_watched_process_notes_what_it_opens_and_not_what_it_writes(tmp_path: Path) -> None:
    (tmp_path / "in.txt").write_text("x", encoding="utf-8")
    code = (
        "import press.execute.file_tracing; open('in.txt').close(); open('in.txt').close();"
        " open('out.txt', 'w').close(); import os; os.listdir()"
    )
    log = tmp_path / "log"
    environment = {**os.environ, "PRESS_WATCH": str(log), "PRESS_ROOT": str(tmp_path)}
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=environment, check=True)
    assert log.read_text(encoding="utf-8").splitlines() == [
        f"read\t{tmp_path}/in.txt",
        f"list\t{tmp_path}",
    ]


def test_a_file_that_a_page_may_have_looked_for_makes_it_stale_when_it_comes(journal: Any) -> None:
    cell = "try:\n    import late_helper\nexcept ImportError:\n    print('none')\n"
    exists = "import os\nprint(os.path.exists('extra.csv'), os.path.lexists('../data/a.txt'))\n"
    journal.page(f"```{{python}}\n{exists}{cell}```\n")
    journal.write("code/other.py", "")
    assert ran(journal) == {NAME} and stale(journal) == []
    files = {
        "journal/extra.csv": "journal/extra.csv",
        "data/a.txt": "data/a.txt",
        "journal/late_helper.py": "the modules in journal/",
        "code/late_module.py": "the modules in code/",
    }
    for file, why in files.items():
        made = journal.write(file, "1\n")
        assert stale(journal) == [why]
        made.unlink()


def test_a_new_page_makes_none_of_the_others_stale(journal: Any) -> None:
    journal.page("```{python}\nprint(1)\n```\n")
    ran(journal)
    journal.page("```{python}\nprint(2)\n```\n", "journal/2025-07-03-b.qmd")
    assert stale(journal) == []


def test_a_page_that_leaves_a_file_beside_itself_is_fresh(journal: Any) -> None:
    journal.page("```{python}\nfrom pathlib import Path\nPath('x.csv').write_text('1')\n```\n")
    for _ in range(2):
        ran(journal)
        assert stale(journal) == []


def test_a_file_of_weights_that_rust_opens_counts(journal: Any) -> None:
    save_file({"x": numpy.zeros(2)}, journal.write("data/w.safetensors", b""))
    journal.page(
        "```{python}\nfrom safetensors.numpy import"
        " load_file\nprint(load_file('../data/w.safetensors')['x'])\n```\n"
    )
    ran(journal)
    assert stale(journal) == []
    save_file({"x": numpy.ones(2)}, journal.root / "data/w.safetensors")
    assert stale(journal) == ["data/w.safetensors"]


def test_a_time_in_the_future_makes_no_page_stale_for_ever(journal: Any) -> None:
    file = journal.write("data/x.txt", "text")
    later = file.stat().st_mtime + 200_000
    os.utime(file, (later, later))
    journal.page("```{python}\nprint(open('../data/x.txt').read())\n```\n")
    ran(journal)
    assert stale(journal) == []


STARTS = {
    "subprocess": "import subprocess\nprint(subprocess.getoutput('tail -n 1 ../data/one.txt'))",
    "system": "import os\nprint(os.system('tail -n 1 ../data/one.txt >/dev/null'))",
    "posix_spawn": (
        "import os\nid = os.posix_spawnp('tail', ['tail', '-n', '1', '../data/one.txt'],"
        " os.environ)\nprint(os.waitpid(id, 0)[1])"
    ),
    "exec": (
        "import os\nif not (id := os.fork()):\n    os.execlp('tail', 'tail', '-n', '1',"
        " '../data/one.txt')\nprint(os.waitpid(id, 0)[1])"
    ),
    "thread": (
        "import subprocess\nfrom concurrent.futures import ThreadPoolExecutor\nwith"
        " ThreadPoolExecutor() as pool:\n    print(pool.submit(subprocess.getoutput, 'tail -n 1"
        " ../data/one.txt').result())"
    ),
    "module": "import starts",
}


@pytest.mark.parametrize("name", STARTS)
def test_a_page_that_starts_a_program_is_run_each_time(
    journal: Any, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Nobody but the page's author knows what a program reads."""
    monkeypatch.setenv("PYTHONPATH", str(journal.root / "code"))
    journal.write("data/one.txt", "one")
    journal.write("code/starts.py", STARTS["subprocess"])
    journal.page(f"```{{python}}\n{STARTS[name]}\n```\n")
    ran(journal)
    [why] = stale(journal)
    assert re.fullmatch(
        r"it starts a program that may read anything \(.*tail.*one\.txt.*\); press: reads .*", why
    )


def test_a_page_that_names_what_its_program_reads_is_run_when_that_changes(journal: Any) -> None:
    journal.write("data/one.txt", "one")
    journal.write("notes/two.txt", "two")
    journal.page(f"```{{python}}\n{STARTS['system']}\n```\n")
    assert ran(journal) == ran(journal) == {NAME}
    journal.page(f"```{{python}}\n{STARTS['system']}\n```\n", front="press: {reads: ['notes/*']}\n")
    assert stale(journal) == ["notes/two.txt"]  # which the run did not know as read
    ran(journal)
    assert stale(journal) == [] and ran(journal) == set()
    journal.write("notes/two.txt", "2")
    journal.write("notes/three.txt", "3")
    assert stale(journal) == ["notes/two.txt", "notes/three.txt"]


def test_what_a_shell_of_ipython_starts_counts(journal: Any) -> None:
    journal.write("data/one.txt", "one")
    journal.page("```{python}\nget_ipython().system('tail -n 1 ../data/one.txt')\n```\n")
    ran(journal)
    assert "tail -n 1 ../data/one.txt" in stale(journal)[0]


def test_a_fresh_python_of_multiprocessing_counts_and_a_fork_is_followed(
    journal: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(journal.root / "code"))
    journal.write("data/one.txt", "one")
    journal.write("code/reads.py", "def read(path):\n    return open(path).read()\n")
    body = (
        "```{{python}}\nimport multiprocessing\nfrom reads import read\nwith"
        " multiprocessing.get_context('{0}').Pool(1) as pool:\n    print(pool.map(read,"
        " ['../data/one.txt']))\n```\n"
    )
    journal.page(body.format("spawn"))
    ran(journal)
    assert "may read anything" in stale(journal)[0]
    journal.page(body.format("fork"))
    ran(journal)
    assert stale(journal) == []
    journal.write("data/one.txt", "1")
    assert stale(journal) == ["data/one.txt"]


def test_what_python_asks_of_the_system_is_no_program_of_the_page(journal: Any) -> None:
    cell = (
        "import ctypes.util, platform, uuid\nfrom multiprocessing.shared_memory import"
        " SharedMemory\nplatform.processor(), platform._syscmd_file('/bin/sh'),"
        " uuid._ifconfig_getnode()\nctypes.util.find_library('c')\nshared ="
        " SharedMemory(create=True, size=1)\nshared.close(); shared.unlink()"
    )
    journal.page(f"```{{python}}\n{cell}\n```\n")
    ran(journal)
    assert stale(journal) == []


@pytest.mark.parametrize("name", ["b'../data/x.db'", "'file:../data/x.db?mode=ro', uri=True"])
def test_a_database_that_a_page_connects_to_counts(journal: Any, name: str) -> None:
    file = journal.write("data/x.db", b"")
    with sqlite3.connect(file) as made:
        made.execute("create table t (n)")
    made.close()
    journal.page(
        "```{python}\nimport sqlite3\n"
        f"print(sqlite3.connect({name}).execute('select * from t').fetchall())\n```\n"
    )
    ran(journal)
    assert stale(journal) == []
    with sqlite3.connect(file) as made:
        made.execute("insert into t values (1)")
    made.close()
    assert stale(journal) == ["data/x.db"]


def test_the_name_of_a_database_may_be_an_address() -> None:
    names = ("file:/j/data/a%20b.db?mode=ro", "file://localhost/j/a.db", "a.db", ":memory:")
    assert [file_tracing._database(name) for name in names] == [
        "/j/data/a b.db",
        "/j/a.db",
        "a.db",
        ":memory:",
    ]


def test_a_database_that_a_page_makes_is_no_input(journal: Any) -> None:
    cell = (
        "import sqlite3\nfrom pathlib import Path\nPath('x.db').unlink(missing_ok=True)\n"
        "for name in (':memory:', '', 'x.db'):\n    with sqlite3.connect(name) as made:\n"
        "        made.execute('create table t (n)')\n    made.close()"
    )
    journal.page(f"```{{python}}\n{cell}\n```\n")
    for _ in range(2):
        ran(journal)
        assert stale(journal) == []


def test_a_file_that_a_page_says_its_programs_read_must_be_there(journal: Any) -> None:
    journal.page("Text.", front="press: {reads: [data/gone.csv]}\n")
    said = journal.press("check")
    assert said.status == 1
    assert (
        said.err
        == f"{NAME}:1: press: reads names 'data/gone.csv', which is no file of the project; "
        "mend the path, as it is from the project's folder\n"
    )


def test_a_package_that_is_imported_starts_programs_for_itself_and_one_that_is_called_for_the_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "started_by_a_package.py"
    package.write_text(
        "import sys\nfrom press.execute import file_tracing\nON_IMPORT ="
        " file_tracing._for_the_page(sys._getframe())\ndef call():\n    return"
        " file_tracing._for_the_page(sys._getframe())\n",
        encoding="utf-8",
    )
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(file_tracing, "PACKAGES", (f"{tmp_path}/",))
    found = importlib.import_module("started_by_a_package")
    assert (found.ON_IMPORT, found.call()) == (False, True)
    monkeypatch.setattr(file_tracing, "PACKAGES", ())
    assert importlib.reload(found).ON_IMPORT  # a module of the project


def test_the_manifest_of_another_format_counts_as_none(
    journal: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal.page(PAGE)
    ran(journal)
    monkeypatch.setattr("press.execute.run_cache.FORMAT", 0)
    assert stale(journal) == ["it has not been run"]
    assert ran(journal) == {NAME} and stale(journal) == []
