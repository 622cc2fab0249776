"""Hash the source of a module and of every module that it runs, so that a change in any shows.

What: `source_hash` follows the imports of a module inside its package, near and far. Source: the
imports are read from Python's own syntax tree. Left out: modules imported by a name that is
computed; other packages.
"""

import ast
import hashlib
from pathlib import Path


def source_hash(start: str, code: Path) -> str:
    """Hash a module and every module of its package that it imports, each with its dotted name.

    start: the dotted name; code: the folder in which the package lies. Returns: SHA-256 in hex.
    Raises: SyntaxError if one of the modules is no Python.

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
        digest.update(name.encode() + b"\0" + sources[name] + b"\0")
    return digest.hexdigest()


def imported(code: str, package: str = "scratch") -> set[str]:
    """List what a module's code imports of a package: modules, and the names taken from them.

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
