"""Inside the kernel: note which files a page really reads, and which it leaves in assets/, for
press's cache.

Python's audit events (PEP 578) know every file that is opened or renamed, every folder that is
listed, every SQLite database that is connected to and every program that is started. The kernel
imports this module before the first cell. Noted is what lies in the project, and what is read
elsewhere but in Python's own folders, the system's, hidden ones and those for temporary files. Of a
program that the page starts, the command is noted, and which files its words name: what else it
reads nobody can follow. Left out: a library that is not of Python and opens files by itself; of
those that the journal uses safetensors does, and is wrapped. After each cell the kernel also says
which files of assets/ it wrote, how much memory it took at its peak, and which accelerator it has
used.
"""

import contextlib
import hashlib
import json
import os
import re
import resource
import sys
import sysconfig
import tempfile
from collections.abc import Callable
from types import FrameType
from typing import Any
from urllib.parse import unquote

LOG = "PRESS_WATCH"  # the file to write to: a line an event, kind, tab, path
ROOT = "PRESS_ROOT"
SYSTEM = ("/proc", "/sys", "/dev", "/run", "/etc", "/usr", "/lib", "/System", "/Library")
STARTS = ("subprocess.Popen", "os.system", "os.posix_spawn", "os.exec")
FOR_PYTHON = (
    "platform",
    "ctypes.util",
    "uuid",
    "multiprocessing.resource_tracker",
    "importlib._bootstrap",
)
PACKAGES = tuple(os.path.join(sysconfig.get_path(name), "") for name in ("purelib", "platlib"))
BETWEEN = re.compile(r"[\s='\"<>;|()&]+")  # of the words of a command for a shell
LONGEST = 200  # characters of a command that are noted


def install(root: str, log: str) -> None:
    """From now on, append a line to `log` for each file first opened, each folder of the project
    first listed, and each program started.

    After each cell, a line for each file of assets/ that it opened for writing or renamed, with its
    SHA-256.
    """
    folders = (sys.prefix, sys.base_prefix, tempfile.gettempdir(), os.path.dirname(log), *SYSTEM)
    others = tuple(os.path.join(folder, "") for folder in folders)
    seen: set[tuple[str, str]] = set()
    written: set[str] = set()
    # The folder of the texts counts wherever it is; without one, no path begins with a NUL.
    texts = (
        os.path.join(os.path.abspath(os.environ["JOURNAL_DATA"]), "")
        if os.environ.get("JOURNAL_DATA")
        else "\0"
    )
    prefix, assets = os.path.join(root, ""), os.path.join(root, "assets", "")

    def write(line: str) -> None:
        with contextlib.suppress(OSError):
            out = os.open(
                log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644
            )  # anew: a fork may have closed all files
            os.write(out, f"{line}\n".encode("utf-8", "surrogateescape"))
            os.close(out)

    def note(kind: str, path: str) -> None:
        if (kind, path) not in seen:
            seen.add((kind, path))
            write(f"{kind}\t{path}")

    def note_read(kind: str, path: str) -> None:
        inside = path.startswith(prefix) or path == root
        elsewhere = not path.startswith(others) and "/." not in path
        if inside or (kind == "read" and (elsewhere or path.startswith(texts))):
            note(kind, path)

    def note_program(event: str, arguments: tuple[Any, ...]) -> None:
        program, command = (None, arguments) if event == "os.system" else arguments[:2]
        words = [os.fsdecode(word) for word in command]
        folder = (arguments[2] if event == "subprocess.Popen" else None) or "."
        named = {part for word in words for part in (word, *BETWEEN.split(word))} | {
            os.fsdecode(program or "")
        }
        for path in sorted(
            os.path.abspath(os.path.join(os.fsdecode(folder), name)) for name in named - {""}
        ):
            if os.path.isfile(path) or os.path.isdir(path):
                note_read("read" if os.path.isfile(path) else "list", path)
        note("ran", " ".join(" ".join(words).split())[:LONGEST])

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event in STARTS:
            if _for_the_page(sys._getframe(1)):
                note_program(event, arguments)
            return
        if event not in ("open", "os.listdir", "os.scandir", "os.rename", "sqlite3.connect"):
            return
        if event != "open" and "importlib" in sys._getframe(1).f_code.co_filename:
            return  # a search for modules lists folders; which file it took is an event of its own
        path = arguments[1 if event == "os.rename" else 0]
        if isinstance(path, bytes):
            path = os.fsdecode(path)
        if path is None:
            path = "."
        if not isinstance(path, (str, os.PathLike)):
            return
        if event == "sqlite3.connect" and not os.path.isfile(path := _database(os.fspath(path))):
            return  # it is made by the page, or stands in memory
        whole = os.path.abspath(path)
        flags = arguments[2] if event == "open" else 0
        if event == "os.rename" or (isinstance(flags, int) and flags & (os.O_WRONLY | os.O_RDWR)):
            if whole.startswith(assets):
                written.add(whole)
            return
        note_read("read" if event in ("open", "sqlite3.connect") else "list", whole)

    sys.addaudithook(hook)
    _wrap_safetensors(hook)
    _wrap_multiprocessing(hook)

    def after_a_cell(result: object) -> None:
        while written:
            path = written.pop()
            try:
                with open(path, "rb") as file:
                    digest = hashlib.file_digest(file, "sha256").hexdigest()
            except OSError:  # it was there for a moment only
                continue
            write(f"left\t{digest}\t{path}")
        write(f"kernel\t{json.dumps({'peak': peak(), 'accelerator': accelerator()})}")

    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    if shell is not None:
        shell.events.register("post_run_cell", after_a_cell)


def _for_the_page(frame: FrameType | None) -> bool:
    """Whether a program is started for the page: by its own code, or by a package that it calls.

    Not so what Python asks the system about itself, and what a package does while it is imported.
    """
    while frame is not None:
        module = str(frame.f_globals.get("__name__", ""))
        if module in FOR_PYTHON:
            return False
        own = module != __name__ and module.partition(".")[0] not in sys.stdlib_module_names
        if own and not frame.f_code.co_filename.startswith(PACKAGES):
            return True
        frame = frame.f_back
    return True  # in a thread of its own


def _database(name: str | bytes) -> str:
    """The file of an SQLite database, of which the name may be a URI.

    >>> _database("file:/j/data/a%20b.db?mode=ro"), _database("a.db")
    ('/j/data/a b.db', 'a.db')
    """
    name = os.fsdecode(name)
    found = re.match(r"file:(?://[^/]*)?([^?#]*)", name)
    return unquote(found[1]) if found else name


def _wrap_multiprocessing(hook: Callable[[str, tuple[Any, ...]], None]) -> None:
    """Let multiprocessing tell when it starts a fresh Python, of which there is no event."""
    import _posixsubprocess

    starts = _posixsubprocess.fork_exec

    def fork_exec(arguments: Any, executables: Any, *rest: Any) -> int:
        hook("subprocess.Popen", (executables[0], arguments, None, None))
        return int(starts(arguments, executables, *rest))

    _posixsubprocess.fork_exec = fork_exec


def _wrap_safetensors(hook: Callable[[str, tuple[object, ...]], None]) -> None:
    """Let `safe_open`, by which every other function of safetensors reads, tell what it opens."""
    try:
        import safetensors
    except ImportError:
        return
    opens = safetensors.safe_open

    def safe_open(filename: str | os.PathLike[str], *arguments: Any, **options: Any) -> Any:
        hook("open", (filename, "rb", os.O_RDONLY))
        return opens(filename, *arguments, **options)

    safetensors.safe_open = safe_open  # type: ignore[misc,assignment]


def peak() -> int:
    """The most memory that this process has held at once, in bytes."""
    try:  # Linux; getrusage would count what the parent held when it forked
        with open("/proc/self/status", encoding="ascii") as status:
            return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM:"))
    except (OSError, StopIteration):
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (
            1 if sys.platform == "darwin" else 1024
        )


def accelerator() -> str:
    """The name of the GPU that torch has used in this process; '' if none."""
    cuda = getattr(sys.modules.get("torch"), "cuda", None)
    return str(cuda.get_device_name()) if cuda is not None and cuda.is_initialized() else ""


if LOG in os.environ:
    install(os.environ[ROOT], os.environ.pop(LOG))
