"""The author's day in seconds: an edit of prose and of a cell, in the preview and by `press
render`, cold and warm.

In the preview: from the moment a changed file is noticed until the browsers are told (watchfiles
waits 50 ms more). Cold: an empty .press; warm: everything kept. A small journal without torch.
Medians of REPEATS.
"""

import asyncio
import importlib.util
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from press.preview.app import Preview

REPEATS = 10
SIZE = 10
spec = importlib.util.spec_from_file_location(
    "thousand_entries", Path(__file__).with_name("thousand_entries.py")
)
assert spec and spec.loader
thousand = importlib.util.module_from_spec(spec)
spec.loader.exec_module(thousand)


def prose(text: str, time: int) -> str:
    return f"{text}\nEdit {time}.\n"


def cell(text: str, time: int) -> str:
    return text.replace("range(20)", f"range({time + 3})")


async def in_preview(root: Path, edit: Callable[[str, int], str]) -> float:
    """Seconds from an edit of the third entry to its being shown."""
    state = Preview(root)
    await state.start()
    file = sorted((root / "journal").glob("*.qmd"))[2]
    text, times = file.read_text(encoding="utf-8"), []
    try:
        for number in range(REPEATS + 1):
            file.write_text(edit(text, number), encoding="utf-8")
            started = time.perf_counter()
            await state.changed({file.relative_to(root).as_posix()})
            times.append(time.perf_counter() - started)
    finally:
        await state.close()
        file.write_text(text, encoding="utf-8")
    print(
        f"preview, {edit.__name__:5}: {median(times[1:]):6.2f} s; the first, which starts a kernel:"
        f" {times[0]:.2f} s"
    )
    return median(times[1:])


def by_render(root: Path, edit: Callable[[str, int], str], cold: bool) -> float:
    """Seconds of `press render` after an edit of the third entry."""
    file = sorted((root / "journal").glob("*.qmd"))[2]
    text, times = file.read_text(encoding="utf-8"), []
    for number in range(REPEATS):
        if cold:
            shutil.rmtree(root / ".press", ignore_errors=True)
        file.write_text(edit(text, number), encoding="utf-8")
        started = time.perf_counter()
        command = [sys.executable, "-m", "press", "render", "--with", "builtin"]
        subprocess.run(command, cwd=root, check=True, stdout=subprocess.DEVNULL)
        times.append(time.perf_counter() - started)
    file.write_text(text, encoding="utf-8")
    print(
        f"render {'cold' if cold else 'warm'}, {edit.__name__:5}: {median(times):6.2f} s",
        flush=True,
    )
    return median(times)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        thousand.make(root, SIZE)
        for edit in (prose, cell):
            by_render(root, edit, cold=False)
        for edit in (prose, cell):
            asyncio.run(in_preview(root, edit))
        by_render(root, cell, cold=True)


if __name__ == "__main__":
    main()
