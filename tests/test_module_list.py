"""code/README.md names every module in a line, taken from the module's own first sentence.

Called as a program, this file writes it: python tests/test_module_list.py
"""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LIST = ROOT / "code" / "README.md"
PACKAGES = ("scratch", "exhibits", "workbench", "press")
INTRODUCTION = """# Every module in a line

Each line is what the module says of itself first. It is written by `python tests/test_module_list.py`, and a test
compares it with the modules. The packages and their rooms stand in reading order; where a line of yours goes, by
what you want to change, says the table in [README.md](../README.md).
"""


def summary(path: Path) -> str:
    """Return the first paragraph of a module's docstring, or the first sentence of a script's."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        said = (ast.get_docstring(ast.parse(text)) or "").split("\n\n")[0]
    else:
        comment = re.match(r"\s*(?:/\*(.*?)\*/|((?:--.*\n)+))", text, re.S)
        words = " ".join((comment[1] or comment[2]).replace("--", "").split()) if comment else ""
        said = re.split(r"(?<=[.;])\s", words)[0]
    return " ".join(said.split()).rstrip(".;").replace("|", "\\|")


def rooms(package: Path) -> list[Path]:
    """Return a package's folders of modules, in the order in which its `__init__` names them."""
    said = ast.get_docstring(ast.parse((package / "__init__.py").read_text("utf-8"))) or ""
    said = said[said.find("in reading order") :]
    inner = [folder for folder in package.iterdir() if (folder / "__init__.py").exists()]
    return [package, *sorted(inner, key=lambda folder: (said.find(folder.name), folder.name))]


def table(folder: Path, *patterns: str) -> str:
    """Return the lines of a folder's modules as a Markdown table with its heading."""
    files = sorted(file for pattern in patterns for file in folder.glob(pattern))
    files = [file for file in files if file.name != "__init__.py"]
    lines = [f"| `{file.name}` | {summary(file)} |" for file in files]
    head = [f"\n## {folder.relative_to(ROOT / 'code').as_posix()}\n", "| file | what it is for |"]
    return "\n".join([*head, "|---|---|", *lines, ""]) if lines else ""


def module_list() -> str:
    """Return the whole text of code/README.md."""
    parts = [INTRODUCTION]
    for name in PACKAGES:
        for room in rooms(ROOT / "code" / name):
            parts.append(table(room, "*.py", "*.lua"))
    parts.append(table(ROOT / "code" / "exhibits" / "assets", "*.js"))
    return "".join(parts)


def test_the_list_of_modules_is_what_the_modules_say() -> None:
    written = LIST.read_text(encoding="utf-8")
    assert written == module_list(), "write it anew: python tests/test_module_list.py"


def test_each_module_says_in_a_line_what_it_is_for() -> None:
    lines = [line.split("|") for line in module_list().splitlines() if line.startswith("| `")]
    assert len(lines) > 300
    assert not [line for line in lines if not 20 <= len(line[2].strip()) <= 200]


if __name__ == "__main__":
    LIST.write_text(module_list(), encoding="utf-8")
