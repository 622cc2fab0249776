"""Read an executed cell's outputs: streams, inline values, the line that raised an error."""

import re
from itertools import groupby

import nbformat
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

from press.base.errors import PressError, Problem
from press.execute.notebook import ANSI, is_hidden
from press.source.page import Page

FRAME = re.compile(r"Cell In\[(?P<count>\d+)\], line (?P<line>\d+)")
GROUP = re.compile(r'ipykernel_\d+/\d+\.py", line (\d+), in <module>')
ADDRESS = re.compile(r" at 0x[0-9a-fA-F]{6,}\b")
STYLER = re.compile(r"(?<=id=\")T_[0-9a-f]{5}(?=\")")
CODE = re.compile(
    r"\x1b\[(?P<numbers>[\d;?]*)[ -/]*(?P<end>[@-~])"  # as ESC [ 2 K
    r"|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[()][A-Z0-9]|\x1b[=>78]"  # a title, a set of letters
    r"|(?P<mark>[\r\n\b])"
    r"|(?P<text>[^\r\n\b\x1b]+|\x1b)"
)
VALUE_KINDS = ("text/markdown", "text/plain")


def join_streams(
    outputs: list[nbformat.NotebookNode], number: int = 0
) -> list[nbformat.NotebookNode]:
    """Return outputs in which each run of stream messages, which a kernel sends by its clock, is
    one of stdout and one of stderr, as a terminal would show it; number: of the cell.

    What differs from run to run is taken out: addresses of objects, random ids of a pandas Styler.
    """
    whole: list[nbformat.NotebookNode] = []
    for streams, group in groupby(outputs, key=lambda output: output.output_type == "stream"):
        items = list(group)
        for name in ("stdout", "stderr") if streams else ():
            if text := terminal_text("".join(item.text for item in items if item.name == name)):
                whole.append(nbformat.v4.new_output("stream", name=name, text=text))
        whole += [] if streams else items
    for at, output in enumerate(whole):
        data = output.get("data", {})
        if "text/plain" in data:
            data["text/plain"] = ADDRESS.sub(" at 0x…", data["text/plain"])
        if styler := STYLER.search(str(data.get("text/html", ""))):
            own = f"T_{number}_{at}"
            data["text/html"] = re.sub(rf"\b{styler[0]}(?=_|\b)", own, data["text/html"])
    return whole


def probe(cell: nbformat.NotebookNode) -> str:
    """Return code that displays each inline value by itself, and defines no name."""
    lines = [f"__press_display({item['code']})" for item in cell.metadata["press"]["inlines"]]
    begin = "from IPython.display import display as __press_display"
    return "\n".join([begin, *lines, "del __press_display"])


def take_values(page: Page, cell: nbformat.NotebookNode) -> None:
    """Move the inline values that a `probe` showed into the cell's metadata.

    Raises: PressError for an expression that prints, or shows another number of values than one.
    """
    expressions = cell.metadata["press"]["inlines"]
    values: list[dict[str, str]] = []
    for output in cell.outputs:
        if output.output_type == "display_data":
            values.append({kind: output.data[kind] for kind in VALUE_KINDS if kind in output.data})
        elif output.get("name") == "stdout":
            item = expressions[min(len(values), len(expressions) - 1)]
            what = f"the inline {item['code']!r} prints {output.text.strip()!r}, which no reader"
            remedy = "give the value, instead of printing it"
            raise PressError.at(page.path, item["line"], f"{what} would see", remedy)
    if len(values) != len(expressions):
        what = f"{len(expressions)} inline expressions gave {len(values)} values"
        remedy = "an inline expression must show one value, and print nothing"
        raise PressError.at(page.path, expressions[0]["line"], what, remedy)
    cell.metadata["press"]["values"] = values
    cell.outputs = []


def problem_of(
    page: Page, cell: nbformat.NotebookNode, error: Exception, limit: int, texts: list[str]
) -> Problem:
    """Return the problem of a cell that ended by an error of nbclient.

    limit: seconds that it had; texts: paths of the learner's own texts that the page has read.
    """
    line, code = cell.metadata["press"]["line"], str(cell.source.split("\n")[0])
    if isinstance(error, CellTimeoutError):
        where = f"{page.path} or _quarto.yml"
        remedy = f"shorten it, or raise 'press: timeout' (seconds) in {where}"
        what = f"the cell was stopped after {limit} s: {code}"
    elif isinstance(error, DeadKernelError):
        remedy = "look for a crash in native code, or for memory running out"
        what = f"the kernel died in the cell: {code}"
    elif not isinstance(error, CellExecutionError):
        what = f"the cell shows what no notebook can hold: {str(error).partition(chr(10))[0]}"
        remedy = "give a text for text/html, text/markdown and their like"
    else:
        line, code = error_line(cell, first=2)
        name, value = error.ename or "Error", " ".join(str(error.evalue).split())
        what = f"the cell raised {name}: {value}" if value else f"the cell raised {name}"
        what, remedy = f"{what}; in: {code}", "mend it, or mark it '#| error: true' if meant"
        if name == "TextError":  # it says what the text lacks
            remedy = "mend or replace the text, or take it away"
            remedy = f"{remedy}; `press texts` lists those that are here"
        elif texts:
            only = "this text does" if len(texts) == 1 else "these texts do"
            remedy = f"it ran on {' and '.join(texts)}: if only {only} it, print on another"
            remedy = f"{remedy} (press texts) and report it, or mend the cell"
    return Problem(page.path, line, what, remedy)


def error_line(cell: nbformat.NotebookNode, first: int = 1) -> tuple[int, str]:
    """Return the line of the page at which an executed cell raised, and its text.

    first: the line of the first inline expression in the executed code; 2 after `probe`.
    """
    outputs = cell.get("outputs", [])
    raised = next((item for item in outputs if item.output_type == "error"), None)
    if raised:
        traceback = ANSI.sub("", "\n".join(raised.traceback))
        count = str(cell.execution_count)
        frames = [int(at["line"]) for at in FRAME.finditer(traceback) if at["count"] == count]
    else:  # IPython prints the traceback of an ExceptionGroup to stderr
        printed = "".join(item.text for item in outputs if item.get("name") == "stderr")
        frames = [int(line) for line in GROUP.findall(printed)][-1:]
    origin = cell.metadata["press"]
    if is_hidden(cell):  # each expression has a line
        number = max((frames[0] if frames else first) - first, 0)
        item = origin["inlines"][min(number, len(origin["inlines"]) - 1)]
        return item["line"], f"`{{python}} {item['code']}`"
    offset = (frames[0] if frames else 1) - 1
    code = (cell.source.split("\n")[offset : offset + 1] or [""])[0]
    return origin["line"] + offset, code.strip()


def terminal_text(text: str) -> str:
    r"""Return what a terminal shows of a text: \r, \b, the way up, erasing a line; no other codes.

    pyte, the terminal in Python, drops the rest of a text after an emoji with a joiner.

    >>> terminal_text("10%\r100%\n"), terminal_text("one\ntwo\x1b[1A\r\x1b[2Kthree")
    ('100%\n', 'three\ntwo')
    """
    if not re.search(r"[\r\b\x1b]", text):
        return text
    screen, row, column = [""], 0, 0
    for code in CODE.finditer(text):
        line = screen[row].ljust(column)
        if written := code["text"]:
            screen[row] = line[:column] + written + line[column + len(written) :]
            column += len(written)
        elif mark := code["mark"]:
            row, column = row + (mark == "\n"), max(column - 1, 0) if mark == "\b" else 0
            screen += [""] * (row + 1 - len(screen))
        elif code["end"] == "A":
            row = max(row - int(code["numbers"] or 1), 0)
        elif code["end"] == "K":
            screen[row] = "" if code["numbers"] == "2" else line[:column]
    return "\n".join(line.rstrip(" ") for line in screen)
