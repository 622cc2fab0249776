"""Hash the code of a module and of all modules that it imports, so that any change is noticed.

What: `source_hash` follows the imports of a module inside its package, directly and through other
modules. Comments, docstrings and layout do not count, so that a better word trains no model anew.
Source: imports and code are read from Python's own syntax tree. Left out: modules imported by a
computed name; other packages.
"""

import ast
import hashlib
from functools import cache
from pathlib import Path

DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def source_hash(start: str, code: Path) -> str:
    """Hash the code and the dotted name of a module, and of all its package's modules it imports.

    start: the dotted name of the module; code: the folder that contains the package
    Returns: SHA-256 in hex.
    Raises: SyntaxError if one of the modules is not valid Python.

    >>> len(source_hash("scratch.smoke", Path(__file__).parents[2]))
    64
    """
    sources: dict[str, bytes] = {}
    names = {start}
    while names:
        name = names.pop()
        if name not in sources and (file := _file(name, code)).is_file():
            sources[name] = file.read_bytes()
            names |= imported(sources[name].decode(), start.partition(".")[0])
    digest = hashlib.sha256()
    for name in sorted(sources):
        digest.update(f"{name}\0{_runs(sources[name])}\0".encode())
    return digest.hexdigest()


@cache  # a page asks for several hashes, of much the same modules
def _runs(source: bytes) -> str:
    """Return a module's code without comments and docstrings, in one layout."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, DOCUMENTED) and ast.get_docstring(node, clean=False) is not None:
            node.body = node.body[1:] or [ast.Pass()]
    return ast.unparse(tree)


def imported(code: str, package: str = "scratch") -> set[str]:
    """Return the dotted names that a module's source imports from a package.

    A name imported from a module counts twice, as the module and as module.name.

    >>> sorted(imported("import torch\\nfrom scratch.model.gpt import GPTModel"))
    ['scratch.model.gpt', 'scratch.model.gpt.GPTModel']
    """
    names: set[str] = set()
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
        elif isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
    return {name for name in names if name == package or name.startswith(f"{package}.")}


def _file(name: str, code: Path) -> Path:
    """Return the file of a module; a package's is its __init__."""
    path = code / name.replace(".", "/")
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
