"""Inside the kernel: note which files a page really reads, and which it leaves in assets/, for press's cache.

Python's audit events (PEP 578) know every file that is opened or renamed and every folder that is listed. The kernel
imports this module before the first cell. Noted is what lies in the project, and what is read elsewhere but in Python's
own folders, the system's, hidden ones and those for temporary files. Left out: what a child process opens, or a
library that is not of Python and opens files by itself; of those that the journal uses safetensors does, and is wrapped.
After each cell the kernel also says which files of assets/ it wrote, how much memory it took at its peak, and which
accelerator it has used.
"""

import hashlib
import json
import os
import resource
import sys
import tempfile
from collections.abc import Callable
from typing import Any

LOG = "PRESS_WATCH"  # the file to write to: a line an event, kind, tab, path
ROOT = "PRESS_ROOT"
SYSTEM = ("/proc", "/sys", "/dev", "/run", "/etc", "/usr", "/lib", "/System", "/Library")


def install(root: str, log: str) -> None:
    """From now on, append a line to `log` for each file first opened, and each folder of the project first listed.

    After each cell, a line for each file of assets/ that it opened for writing or renamed, with its SHA-256.
    """
    folders = (sys.prefix, sys.base_prefix, tempfile.gettempdir(), os.path.dirname(log), *SYSTEM)
    others = tuple(os.path.join(folder, "") for folder in folders)
    seen: set[tuple[str, str]] = set()
    written: set[str] = set()
    # The folder of the texts counts wherever it is; without one, no path begins with a NUL.
    texts = os.path.join(os.path.abspath(os.environ["JOURNAL_DATA"]), "") if os.environ.get("JOURNAL_DATA") else "\0"
    prefix, assets = os.path.join(root, ""), os.path.join(root, "assets", "")
    out = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        if event not in ("open", "os.listdir", "os.scandir", "os.rename"):
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
        whole = os.path.abspath(path)
        flags = arguments[2] if event == "open" else 0
        if event == "os.rename" or (isinstance(flags, int) and flags & (os.O_WRONLY | os.O_RDWR)):
            if whole.startswith(assets):
                written.add(whole)
            return
        kind = "read" if event == "open" else "list"
        inside = whole.startswith(prefix) or whole == root
        elsewhere = not whole.startswith(others) and "/." not in whole
        outside = kind == "read" and (elsewhere or whole.startswith(texts))
        if (inside or outside) and (kind, whole) not in seen:
            seen.add((kind, whole))
            os.write(out, f"{kind}\t{whole}\n".encode("utf-8", "surrogateescape"))

    sys.addaudithook(hook)
    _wrap_safetensors(hook)

    def after_a_cell(result: object) -> None:
        while written:
            path = written.pop()
            try:
                with open(path, "rb") as file:
                    digest = hashlib.file_digest(file, "sha256").hexdigest()
            except OSError:  # it was there for a moment only
                continue
            os.write(out, f"left\t{digest}\t{path}\n".encode("utf-8", "surrogateescape"))
        os.write(out, f"kernel\t{json.dumps({'peak': peak(), 'accelerator': accelerator()})}\n".encode())

    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    if shell is not None:
        shell.events.register("post_run_cell", after_a_cell)


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
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def accelerator() -> str:
    """The name of the GPU that torch has used in this process; '' if none."""
    cuda = getattr(sys.modules.get("torch"), "cuda", None)
    return str(cuda.get_device_name()) if cuda is not None and cuda.is_initialized() else ""


if LOG in os.environ:
    install(os.environ[ROOT], os.environ.pop(LOG))
