r"""Return what a terminal would show of a printed text: progress bars at their end, no codes.

Known are \r, \b, the codes that move the cursor or erase (ECMA-48), colours and titles, which are
dropped. Other control characters stay. Left out: the width of a screen, on which lines would break.

pyte, the terminal in Python, drops the rest of a text after an emoji with a joiner, so it is not
used.
"""

import re

CODE = re.compile(
    r"\x1b\[(?P<numbers>[\d;?]*)[ -/]*(?P<end>[@-~])"  # as ESC [ 2 K
    r"|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[()][A-Z0-9]|\x1b[=>78]"  # a title, a set of letters
    r"|(?P<mark>[\r\n\b])"
    r"|(?P<text>[^\r\n\b\x1b]+|\x1b)"
)
MOVES = {"A": (-1, 0), "B": (1, 0), "C": (0, 1), "D": (0, -1), "E": (1, 0), "F": (-1, 0)}
FAR = 10_000  # columns: as far as a code moves the cursor to the right
MARGIN = 50  # rows below the last line: as far as a code moves it down


def shown(text: str) -> str:
    r"""Return the lines that stay on the screen.

    >>> shown("10%\r100%\n"), shown("a\r\nb"), shown("one\ntwo\x1b[1A\r\x1b[2Kthree")
    ('100%\n', 'a\nb', 'three\ntwo')
    """
    if not re.search(r"[\r\b\x1b]", text):
        return text
    screen: list[list[str]] = [[]]
    row = column = 0
    for code in CODE.finditer(text):
        if written := code["text"]:
            line = screen[row]
            line.extend(" " * (column - len(line)))
            line[column : column + len(written)] = written
            column += len(written)
        elif mark := code["mark"]:
            row, column = row + (mark == "\n"), max(column - 1, 0) if mark == "\b" else 0
        elif code["end"]:
            row, column = _after(code["end"], code["numbers"], screen, row, column)
        screen.extend([] for _ in range(row + 1 - len(screen)))
    return "\n".join("".join(line).rstrip(" ") for line in screen)


def _after(
    end: str, numbers: str, screen: list[list[str]], row: int, column: int
) -> tuple[int, int]:
    """Erase what a code erases, and return where it leaves the cursor."""
    given = [min(int(part), FAR) if part.isdigit() else 0 for part in numbers.split(";")]
    many = given[0] or 1
    if end in MOVES:
        down, right = MOVES[end]
        column = 0 if end in "EF" else max(min(column + many * right, max(column, FAR)), 0)
        return max(min(row + many * down, len(screen) + MARGIN), 0), column
    if end in "G`":
        return row, many - 1
    if end in "Hf":
        across = given[1] if given[1:] else 1
        return min(many - 1, len(screen) + MARGIN), max(across - 1, 0)
    line = screen[row]
    if end == "K" or end == "J":
        first, last = {0: (column, FAR), 1: (0, column + 1)}.get(given[0], (0, FAR))
        line[first:last] = [] if last >= len(line) else [" "] * (last - first)
    if end == "J":
        if given[0] in (0, 2, 3):
            del screen[row + 1 :]
        if given[0] in (1, 2, 3):
            screen[:row] = [[] for _ in range(row)]
    return row, column
