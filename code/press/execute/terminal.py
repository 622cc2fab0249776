r"""Return what a terminal would show of a printed text: progress bars at their end, no codes.

Known are \r, \b, the cursor's way up (ESC [ A) and erasing a line (ESC [ K); the other codes of
ECMA-48 are dropped. pyte, the terminal in Python, drops the rest of a text after an emoji with a
joiner.
"""

import re

CODE = re.compile(
    r"\x1b\[(?P<numbers>[\d;?]*)[ -/]*(?P<end>[@-~])"  # as ESC [ 2 K
    r"|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[()][A-Z0-9]|\x1b[=>78]"  # a title, a set of letters
    r"|(?P<mark>[\r\n\b])"
    r"|(?P<text>[^\r\n\b\x1b]+|\x1b)"
)


def shown(text: str) -> str:
    r"""Return the lines that stay on the screen.

    >>> shown("10%\r100%\n"), shown("a\r\nb"), shown("one\ntwo\x1b[1A\r\x1b[2Kthree")
    ('100%\n', 'a\nb', 'three\ntwo')
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
