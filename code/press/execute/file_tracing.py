"""Note, inside the kernel, which files a page reads and which it writes into assets/.

The kernel imports this module before the first cell. Python's audit events (PEP 578) tell of every
file that is opened or renamed, every folder that is listed, every SQLite database that is connected
to and every program that is started. Noted is what lies in the project, and what is read elsewhere
except in Python's own folders, the system's, hidden ones and those for temporary files; what the
page asks for and misses (`Path.exists`) is noted too, by os.stat, which raises no event. Nobody can
follow what a program reads that the page starts: its command is noted. A library outside Python
that opens files by itself raises no event; safetensors is one, and is wrapped. After each cell the
kernel notes the files of assets/ that it wrote, its peak of memory, and the accelerator in use.
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
from collections.abc import Callable, Iterable
from types import FrameType
from typing import Any
from urllib.parse import unquote

LOG = "PRESS_WATCH"  # the file to write to: a line a note, its kind, a tab, the rest
ROOT = "PRESS_ROOT"
SYSTEM = ("/proc", "/sys", "/dev", "/run", "/etc", "/usr", "/lib", "/System", "/Library")
STARTS = ("subprocess.Popen", "os.system", "os.posix_spawn", "os.exec")
FILES = ("open", "os.listdir", "os.scandir", "os.rename", "sqlite3.connect")
FOR_PYTHON = """platform ctypes.util uuid multiprocessing.resource_tracker
    importlib._bootstrap""".split()
PACKAGES = tuple(os.path.join(sysconfig.get_path(name), "") for name in ("purelib", "platlib"))
LONGEST = 200  # characters of a command that are noted


def of_kind(noted: Iterable[str], *kinds: str) -> list[str]:
    """Return the notes of a kind (read, list, asked, ran, wrote, kernel), or several, without it.

    >>> of_kind(["read\\t/j/a.txt", "list\\t/j"], "read")
    ['/j/a.txt']
    """
    notes = [line.partition("\t") for line in noted]
    return [note for kind, _, note in notes if kind in kinds]


class Tracer:
    """The log of what a process reads and writes, a line a note (see `of_kind`), each once."""

    def __init__(self, root: str, log: str) -> None:
        self.root, self.log = root, log
        self.prefix, self.assets = os.path.join(root, ""), os.path.join(root, "assets", "")
        folders = (sys.prefix, sys.base_prefix, tempfile.gettempdir(), os.path.dirname(log))
        self.ignored = tuple(os.path.join(folder, "") for folder in (*folders, *SYSTEM))
        # The folder of the texts counts wherever it is; without one, no path begins with a NUL.
        texts = os.environ.get("JOURNAL_DATA")
        self.texts = os.path.join(os.path.abspath(texts), "") if texts else "\0"
        self.noted: set[str] = set()
        self.written: set[str] = set()

    def note(self, line: str, once: bool = True) -> None:
        if once and line in self.noted:
            return
        self.noted.add(line)
        with contextlib.suppress(OSError):  # opened anew: a fork may have closed all files
            log = os.open(self.log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
            os.write(log, f"{line}\n".encode("utf-8", "surrogateescape"))
            os.close(log)

    def note_read(self, kind: str, path: str) -> None:
        inside = path.startswith(self.prefix) or path == self.root
        elsewhere = not path.startswith(self.ignored) and "/." not in path
        if inside or (kind != "list" and (elsewhere or path.startswith(self.texts))):
            self.note(f"{kind}\t{path}")

    def hook(self, event: str, arguments: tuple[Any, ...]) -> None:
        """Note an audit event."""
        if event in STARTS and _for_the_page(sys._getframe(1)):
            command = arguments if event == "os.system" else arguments[1]
            words = " ".join(map(os.fsdecode, command)).split()
            self.note(f"ran\t{' '.join(words)[:LONGEST]}")
        if event not in FILES:
            return
        if event != "open" and "importlib" in sys._getframe(1).f_code.co_filename:
            return  # a search for modules lists folders; which file it took is an event of its own
        path = arguments[1 if event == "os.rename" else 0]
        path = "." if path is None else path
        if not isinstance(path, (str, bytes, os.PathLike)):
            return
        path = os.fsdecode(path)
        if event == "sqlite3.connect" and not os.path.isfile(path := _database(path)):
            return  # it is made by the page, or lies in memory
        path = os.path.abspath(path)
        flags = arguments[2] if event == "open" else 0
        if event == "os.rename" or (isinstance(flags, int) and flags & (os.O_WRONLY | os.O_RDWR)):
            if path.startswith(self.assets):
                self.written.add(path)
            return
        self.note_read("read" if event in ("open", "sqlite3.connect") else "list", path)

    def after_cell(self, result: object) -> None:
        """Note the files of assets/ that the cell wrote, and what it took."""
        while self.written:
            path = self.written.pop()
            with contextlib.suppress(OSError), open(path, "rb") as file:  # a draft is gone
                digest = hashlib.file_digest(file, "sha256").hexdigest()
                self.note(f"wrote\t{digest}\t{path}", once=False)
        facts = {"peak": peak(), "accelerator": accelerator()}
        self.note(f"kernel\t{json.dumps(facts)}", once=False)


def install(root: str, log: str) -> None:
    """Trace this process; `root` is the project's folder, `log` the file to write to."""
    tracer = Tracer(root, log)
    sys.addaudithook(tracer.hook)
    _wrap_safetensors(tracer.hook)
    _wrap_multiprocessing(tracer.hook)
    _wrap_stat(tracer)
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    if shell is not None:
        shell.events.register("post_run_cell", tracer.after_cell)


def _for_the_page(frame: FrameType | None) -> bool:
    """Return whether a program is started by the page, or by a package that it calls: not by
    Python's look at its system, nor by the import of a package.
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


def _database(name: str) -> str:
    """Return the file of an SQLite database, whose name may be a URI."""
    uri = re.match(r"file:(?://[^/]*)?([^?#]*)", name)
    return unquote(uri[1]) if uri else name


def _wrap_stat(tracer: Tracer) -> None:
    """Make os.stat and os.lstat note the paths of the project that are missing."""
    for name in ("stat", "lstat"):
        look = getattr(os, name)

        def ask(path: Any, *arguments: Any, look: Any = look, **options: Any) -> os.stat_result:
            try:
                return look(path, *arguments, **options)  # type: ignore[no-any-return]
            except FileNotFoundError:
                if isinstance(path, (str, bytes, os.PathLike)) and not options.get("dir_fd"):
                    tracer.note_read("asked", os.path.abspath(os.fsdecode(path)))
                raise

        for able in (os.supports_dir_fd, os.supports_fd, os.supports_follow_symlinks):
            if look in able:
                able.add(ask)
        setattr(os, name, ask)


def _wrap_multiprocessing(hook: Callable[[str, tuple[Any, ...]], None]) -> None:
    """Make multiprocessing call the hook when it starts a fresh Python, which raises no event."""
    import _posixsubprocess

    starts = _posixsubprocess.fork_exec

    def fork_exec(arguments: Any, executables: Any, *rest: Any) -> int:
        hook("subprocess.Popen", (executables[0], arguments))
        return int(starts(arguments, executables, *rest))

    _posixsubprocess.fork_exec = fork_exec


def _wrap_safetensors(hook: Callable[[str, tuple[object, ...]], None]) -> None:
    """Make `safe_open`, by which every function of safetensors reads, call the hook."""
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
    """Return the most memory that this process has held at once, in bytes."""
    try:  # Linux; getrusage would count what the parent held when it forked
        with open("/proc/self/status", encoding="ascii") as status:
            return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM:"))
    except (OSError, StopIteration):
        unit = 1 if sys.platform == "darwin" else 1024
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def accelerator() -> str:
    """Return the name of the GPU that torch has used in this process; '' if none."""
    cuda = getattr(sys.modules.get("torch"), "cuda", None)
    return str(cuda.get_device_name()) if cuda is not None and cuda.is_initialized() else ""


if LOG in os.environ:
    install(os.environ[ROOT], os.environ.pop(LOG))
