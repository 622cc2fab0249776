"""Execute the pages of the journal on texts of all kinds, each page on each text in a fork of one
warm process.

What: a kernel takes seconds to start and to import torch; a fork has all that at once. Each text
gets a copy of the journal's pages with that text listed first and the novella after it, as a
learner has them. A page's cells run there as a printer's kernel runs them; what they show is woven
into the Markdown that Pandoc would get, and looked through by `printed_text`. What is said of a
page lies in the folder of results as TEXT/PAGE.json, its Markdown beside it. Left out: Pandoc,
templates and the browser, which test_hostile_text.py has.

    python tests/any_text.py FOLDER [--texts play hostile] [--pages journal/labs/bpe.qmd]
"""

import argparse
import ast
import contextlib
import gc
import io
import json
import os
import shutil
import signal
import sys
import time
import traceback
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from printed_text import faults_of  # this folder is the first on the path of a script

ROOT = Path(__file__).resolve().parents[1]
TEXTS = Path(__file__).with_name("texts")
# A title can be as hostile as a text: it stands on every page.
TITLES = {
    "hostile": (
        '<b onclick="alert(1)">The Clerk</b> & `{python} 1/0` [who](http://evil.example) **copied**'
    )
}
NOVELLA = "the-index-of-small-lights"
HUNG = 1_200  # seconds, however busy the machine


def names() -> list[str]:
    """Name the texts of tests/texts/, and the novella, which has all that the experiments need."""
    return [*sorted(file.stem for file in TEXTS.glob("*.txt")), NOVELLA]


def limit(path: str) -> int:
    """Return the seconds of a core that a page may take."""
    from press.source.page import read_page

    return 300 if read_page(ROOT / path, ROOT).pretrained else 60


def pages() -> list[str]:
    """Name the pages of the journal, by path; not the one that prints the novella, whoever's text
    the others run on.
    """
    from press.source.project import page_paths
    from press.source.quarto_yml import read_config

    return [path for path in page_paths(read_config(ROOT)) if path != "journal/novella.qmd"]


def journal_of(name: str, folder: Path) -> Path:
    """Make a copy of the journal's pages whose text is the one of this name.

    Returns: its root. The novella is listed second, as in a learner's own data folder.
    """
    root = folder / name
    (root / "data").mkdir(parents=True, exist_ok=True)
    for record in (ROOT / "data").glob("*.toml"):
        shutil.copy(record, root / "data")
    shutil.copy(ROOT / "_quarto.yml", root)
    shutil.copy(ROOT / "index.qmd", root)
    shutil.copytree(ROOT / "journal", root / "journal", dirs_exist_ok=True)
    shutil.copy(ROOT / "data" / f"{NOVELLA}.txt", root / "data")
    listed = (ROOT / "data" / "texts.toml").read_text(encoding="utf-8")
    listed = listed[listed.index(f"[{NOVELLA}]") :]
    if name != NOVELLA:
        shutil.copy(TEXTS / f"{name}.txt", root / "data")
        title = json.dumps(TITLES.get(name, f"A text called {name}"))
        fields = (
            f'title = {title}\nauthor = "a tester"\nlicence = "CC0-1.0"\nsource = "tests/texts"\n'
        )
        listed = f"[{name}]\n{fields}\n{listed}"
    (root / "data" / "texts.toml").write_text(listed, encoding="utf-8")
    return root


def run(root: Path, path: str) -> tuple[dict[str, Any], str]:
    """Execute a page of a journal in this process, whose folder and environment become the page's.

    Returns: seconds; cells, of each its line and seconds of a core; faults, a line each, that name
    the page's line; and the Markdown as it was woven, "" if a cell raised.
    """
    from exhibits.page.claim_registry import read_records
    from press.execute.hardcoded_numbers import typed_numbers
    from press.execute.notebook import Run
    from press.source.claim_calls import unrecorded
    from press.source.page import read_page
    from press.source.quarto_yml import read_config

    began = time.perf_counter()
    config, page = read_config(root), read_page(root / path, root)
    os.chdir((root / path).parent)
    os.environ["PRESS_DOCUMENT"] = str(root / path)
    notebook, cells, faults = execute(page)
    done = Run(page, notebook, time.perf_counter() - began)
    said: dict[str, Any] = {"seconds": done.seconds, "cells": cells, "faults": faults}
    if faults:
        return said, ""
    markdown, lines = woven(done)
    gathers = (page.meta.get("press") or {}).get("gathers")
    verdicts = {id: record.verdict for id, record in read_records(root).items()} if gathers else {}
    said["faults"] = [str(problem) for problem in [*typed_numbers(done), *unrecorded(config, page)]]
    said["faults"] += [
        f"{path}:{lines[fault.line - 1]}: {fault}" for fault in faults_of(markdown, verdicts)
    ]
    return said, markdown


def woven(run: Any) -> tuple[str, list[int]]:
    """Weave an executed page; give the Markdown, and for each line of it the line of the page that
    it comes from.

    That is the first line of a paragraph's, a cell's, for an inline expression that was wrapped is
    on one line now.
    """
    from press.execute.notebook import Run, is_hidden
    from press.render.weave import weave
    from press.source.page import Cell

    title, *nodes = run.notebook.cells
    texts, lines = [], []
    for block in run.page.blocks:
        node = [nodes.pop(0)]
        if nodes and not isinstance(block, Cell) and is_hidden(nodes[0]):
            node.append(nodes.pop(0))
        notebook = type(run.notebook)({**run.notebook, "cells": [title, *node]})
        alone = Run(replace(run.page, blocks=(block,)), notebook, 0.0)
        texts.append(weave(alone, {"echo": True, "warning": True}).removesuffix("\n"))
        own = block.source if isinstance(block, Cell) else block.text
        starts = [
            block.line + number
            for number, line in enumerate(own.split("\n"), 1)
            if not line.strip()
        ]
        # of paragraphs
        starts = [block.code_line] if isinstance(block, Cell) else [block.line, *starts]
        paragraph = 0
        for line in texts[-1].split("\n"):
            paragraph += not line.strip()
            lines.append(starts[min(paragraph, len(starts) - 1)])
        lines += [lines[-1]]  # blocks are joined by an empty line
    return "\n\n".join(texts) + "\n", lines


def execute(page: Any) -> tuple[Any, list[tuple[int, float]], list[str]]:
    """Execute a page's notebook in one namespace, until a cell raises.

    Returns: the notebook with its outputs; of each cell its line and seconds; the fault, if there
    is one.
    """
    from IPython.core.formatters import DisplayFormatter
    from nbformat.v4 import new_output

    from press.execute.notebook import is_hidden, to_notebook

    shown = DisplayFormatter().format
    namespace: dict[str, Any] = {"__name__": "__main__"}
    notebook, times = to_notebook(page), []
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        line, source, began = cell.metadata["press"]["line"], cell.source, time.process_time()
        out, err = io.StringIO(), io.StringIO()
        try:
            with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
                if is_hidden(cell):
                    values = []
                    for item in cell.metadata["press"]["inlines"]:
                        line, source = item["line"], item["code"]
                        values.append(shown(_last(source, line, page.path, namespace))[0])
                    cell.metadata["press"]["values"], data = values, None
                else:
                    value = _last(source, line, page.path, namespace)
                    data = shown(value)[0] if value is not None else None
        except Exception as error:
            if "raises-exception" not in cell.metadata.get("tags", []):
                return notebook, times, [_said(error, page.path, line, source)]
            data, raised = (
                None,
                [new_output("error", ename=type(error).__name__, evalue=str(error), traceback=[])],
            )
        else:
            raised = []
        times.append((line, time.process_time() - began))
        if is_hidden(cell):
            continue
        streams = [("stdout", out.getvalue()), ("stderr", err.getvalue())]
        cell.outputs = [
            new_output("stream", name=name, text=text) for name, text in streams if text
        ]
        cell.outputs += raised
        if data:
            cell.outputs.append(new_output("execute_result", data=data))
        if err.getvalue():
            return (
                notebook,
                times,
                [f"{page.path}:{line}: the cell warns: {' '.join(err.getvalue().split())}"],
            )
    return notebook, times, []


def _last(source: str, line: int, path: str, namespace: dict[str, Any]) -> Any:
    """Execute code that stands on a line of a page; give the value of its last line, if that is an
    expression.
    """
    tree = ast.increment_lineno(ast.parse(source), line - 1)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, path, "exec"), namespace)
    return eval(compile(ast.Expression(last.value), path, "eval"), namespace) if last else None


def _said(error: BaseException, path: str, line: int, source: str) -> str:
    """The line of the page on which code that begins on `line` raised, what, where in the packages,
    and what stands there.
    """
    frames = traceback.extract_tb(error.__traceback__)
    at = next((frame.lineno or line for frame in reversed(frames) if frame.filename == path), line)
    where = (
        ""
        if frames[-1].filename == path
        else f" (in {Path(frames[-1].filename).name}:{frames[-1].lineno})"
    )
    shown = [*source.split("\n")[at - line :], ""][0].strip()
    return (
        f"{path}:{at}: {type(error).__name__}: {' '.join(str(error).split())}{where}; in: {shown}"
    )


# -- Many pages, a fork each


def run_all(folder: Path, texts: Sequence[str], paths: Sequence[str], jobs: int) -> None:
    """Execute each page on each text, in `jobs` forks at once, and leave what is said of it in the
    folder.

    The pages that gather what the others found come after them. A page of the one model comes
    early, for all texts, so that few forks wait for a model that another is training.
    """
    from press.source.page import read_page

    os.environ |= {"JOURNAL_SMOKE": "1", "JOURNAL_MODELS": str(folder / "models")}
    for name in ("JOURNAL_DATA", "PRESS_RECORDS", "QUARTO_DOCUMENT_FILE"):
        os.environ.pop(name, None)
    warm()
    roots = {name: journal_of(name, folder / "journals") for name in texts}
    late = {
        path: read_page(ROOT / path, ROOT).meta.get("press", {}).get("gathers") is True
        for path in paths
    }
    for gathering in (False, True):
        wanted = [(text, path) for path in paths if late[path] is gathering for text in texts]
        running: dict[int, tuple[str, str]] = {}
        for text, path in wanted:
            if len(running) >= jobs:
                _wait(running, folder)
            running[_fork(roots[text], path, result(folder, text, path))] = (text, path)
        while running:
            _wait(running, folder)


def result(folder: Path, text: str, path: str) -> Path:
    """Where what is said of a page on a text lies."""
    return (folder / text / path).with_suffix(".json")


def warm() -> None:
    """Import what the pages import, and read what does not depend on the text."""
    sys.path.insert(0, str(ROOT / "code"))
    import IPython.core.formatters  # noqa: F401
    import plotly.graph_objects
    import torch

    import exhibits
    import press.execute.pool  # noqa: F401
    from scratch import load_gpt2
    from scratch.baselines import vocab_cost
    from scratch.tokenizer.bpe import BytePairEncoding

    torch.set_num_threads(1)  # a pool of threads would not live on in a fork
    # the first step of AdamW imports a thousand modules
    vocab_cost.step_time(10, width=4, tokens=8)
    with torch.device("meta"):  # and the first tensor without numbers as many
        torch.randn(2)
    drawn = plotly.graph_objects
    for trace in (
        drawn.Scatter(x=[1, 2], y=[1, 2]),
        drawn.Bar(x=["a", "b"], y=[1, 2]),
        drawn.Heatmap(z=[[1, 2], [3, 4]]),
    ):
        exhibits.plot(drawn.Figure(trace), "Warm.")
    load_gpt2().encode_ordinary("warm")
    BytePairEncoding.gpt2()
    gc.freeze()  # a collection in a fork would touch, and so copy, all that is here


def _fork(root: Path, path: str, target: Path) -> int:
    child = os.fork()
    if child:
        return child
    try:
        signal.setitimer(signal.ITIMER_PROF, limit(path))
        signal.alarm(HUNG)
        said, markdown = run(root, path)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.with_suffix(".md").write_text(markdown, encoding="utf-8", errors="surrogatepass")
        target.write_text(json.dumps(said), encoding="utf-8")
    except BaseException:
        traceback.print_exc()
    os._exit(0)


def _wait(running: dict[int, tuple[str, str]], folder: Path) -> None:
    child, status = os.wait()
    text, path = running.pop(child)
    target = result(folder, text, path)
    if not target.is_file():
        ends = {
            signal.SIGPROF: f"took more than {limit(path)} s of a core",
            signal.SIGALRM: f"hung for {HUNG} s",
        }
        how = ends.get(status, f"ended with status {status}")
        target.parent.mkdir(parents=True, exist_ok=True)
        said = {
            "seconds": 0.0,
            "cells": [],
            "faults": [f"{path}: the page {how}; see standard error"],
        }
        target.write_text(json.dumps(said), encoding="utf-8")


def results(
    folder: Path, texts: Sequence[str], paths: Sequence[str]
) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield text, page, and what is said of it."""
    for text in texts:
        for path in paths:
            yield text, path, json.loads(result(folder, text, path).read_text(encoding="utf-8"))


def main() -> None:
    """Run, and say what was found: a line a fault, seconds a page."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--texts", nargs="+", default=names())
    parser.add_argument("--pages", nargs="+", default=None)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    given = parser.parse_args()
    paths = given.pages or pages()
    began = time.perf_counter()
    run_all(given.folder, given.texts, paths, given.jobs)
    for text, path, said in results(given.folder, given.texts, paths):
        print(f"{text:14} {said['seconds']:6.1f} s  {path}", *said["faults"], sep="\n    ")
    print(f"{time.perf_counter() - began:.1f} s in all")


if __name__ == "__main__":
    main()
