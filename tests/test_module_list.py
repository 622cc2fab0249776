"""code/README.md has every file of code/: what it is for, in its own words, and what it defines.

Called as a program, this file writes it: python tests/test_module_list.py
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LIST = ROOT / "code" / "README.md"
PACKAGES = ("scratch", "exhibits", "workbench", "press")
KINDS = {".py", ".js", ".lua", ".yml", ".toml", ".txt", ".css", ".scss"}
INTRODUCTION = """# Every file, and what it defines

A line says what a file is for, in the file's own words. Below it stand the names that it defines, in their order: functions,
constants, classes, and in brackets a class's fields and methods. Packages and their rooms stand in reading order. Search
this page for a name; where a line of yours goes, by what you want to change, says the table in [README.md](../README.md).
`python tests/test_module_list.py` writes this page, and a test compares it with the files.
"""
COMMENT = re.compile(
    r"(?:/\*-- scss:defaults --\*/)?\s*(?:/\*(?P<block>.*?)\*/|(?P<lines>(?: *(?:--|//|#) ?.*\n)+))",
    re.S,
)
SCRIPT_NAMES = re.compile(
    r"^ {0,4}(?:export )?(?:async )?(?:function|class) (\w+)"
    r"|^ {0,4}(?:export )?(?:const|let) (\w+) = (?:async )?\(?[\w, {}=.]*\)? =>"
    r"|^(?:  )?(?:export )?const \[?([A-Z][A-Z_0-9]+(?:, [A-Z][A-Z_0-9]+)*)\]? ="
    r"|^  (?:static |async |get |set )*(?!(?:if|for|while|switch|catch|constructor)\b)(#?\w+)\(.*\) \{$",
    re.M,
)
LUA_NAMES = re.compile(r"^(?:local )?function ([\w.]+)", re.M)


def summary(path: Path) -> str:
    """Return the first paragraph of a module's docstring, or the first sentence of a comment."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        said = (ast.get_docstring(ast.parse(text)) or "").split("\n\n")[0]
    else:
        comment = COMMENT.match(text)
        words = (comment["block"] or comment["lines"]) if comment else ""
        words = re.sub(r"^ *(?:--|//|#)", "", words, flags=re.M).split("\n\n")[0]
        said = re.split(r"(?<=[.;])\s", " ".join(words.split()))[0]
    return " ".join(said.split()).rstrip(".;")


def assigned(node: ast.stmt) -> list[str]:
    """Return the names that a statement assigns to."""
    if not isinstance(node, ast.Assign | ast.AnnAssign):
        return []
    given = node.targets if isinstance(node, ast.Assign) else [node.target]
    return [part.id for one in given for part in ast.walk(one) if isinstance(part, ast.Name)]


def python_names(tree: ast.Module | ast.ClassDef) -> Iterator[str]:
    """Yield what a module or a class defines; a class has its own names in brackets."""
    for node in tree.body:
        yield from assigned(node)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            if not node.name.startswith("__"):
                yield node.name
        elif isinstance(node, ast.ClassDef):
            inner = ", ".join(dict.fromkeys(python_names(node)))
            yield f"{node.name}({inner})" if inner else node.name


def defined(path: Path) -> list[str]:
    """Return the names that a file defines, in their order."""
    text = path.read_text(encoding="utf-8")
    names: Iterator[str] = iter(())
    if path.suffix == ".py":
        names = python_names(ast.parse(text))
    elif path.suffix == ".js":
        names = ("".join(groups) for groups in SCRIPT_NAMES.findall(text))
    elif path.suffix == ".lua":
        names = iter(LUA_NAMES.findall(text))
    return list(dict.fromkeys(names))


def folders(package: Path) -> list[Path]:
    """Return a package's folders: its rooms as its `__init__` names them, then those of data."""
    said = ast.get_docstring(ast.parse((package / "__init__.py").read_text("utf-8"))) or ""
    said = said[said.find("in reading order") :]
    inner = [folder for folder in package.iterdir() if (folder / "__init__.py").exists()]
    inner.sort(key=lambda folder: (said.find(folder.name), folder.name))
    data = [folder for room in inner for folder in (room / "theme", room / "published")]
    return [package, *inner, *data, package / "assets"]


def section(folder: Path) -> str:
    """Return the files of a folder as a Markdown list with its heading."""
    lines = []
    for file in sorted(folder.iterdir()) if folder.is_dir() else ():
        if file.suffix in KINDS and file.name != "__init__.py":
            path = file.relative_to(ROOT / "code").as_posix()
            lines.append(f"- [{file.name}]({path}): {summary(file)}")
            if names := defined(file):
                lines[-1] += f"  \n  `{', '.join(names)}`"
    head = f"\n## {folder.relative_to(ROOT / 'code').as_posix()}\n"
    return "\n".join([head, *lines, ""]) if lines else ""


def module_list() -> str:
    """Return the whole text of code/README.md."""
    rooms = [folder for name in PACKAGES for folder in folders(ROOT / "code" / name)]
    return INTRODUCTION + "".join(section(folder) for folder in rooms)


def test_the_list_of_modules_is_what_the_modules_say() -> None:
    written = LIST.read_text(encoding="utf-8")
    assert written == module_list(), "write it anew: python tests/test_module_list.py"


def test_each_module_says_in_a_line_what_it_is_for() -> None:
    lines = [line.partition("): ") for line in module_list().splitlines() if line.startswith("- [")]
    assert len(lines) > 340
    assert [head for head, _, said in lines if not 20 <= len(said.strip()) <= 200] == []


if __name__ == "__main__":
    LIST.write_text(module_list(), encoding="utf-8")
