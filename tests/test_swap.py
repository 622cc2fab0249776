"""A reader, and whoever pulls the plug, meets the old site or the new one: whole, never a mixture,
never nothing.
"""

import os
import random
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from processes import eventually, is_gone

from press.base.errors import PressError
from press.publish import atomic_publish as swapping
from press.publish.atomic_publish import exchange_sites, lock, recover, workshop

FILES = 5
# Swaps sites for ever; a site is FILES files and a front page that hold its number. With STEP, it
# swaps once, and dies before its STEP-th rename or removal of a file.
SWAPPER = f"""
import itertools, os, signal, sys
from pathlib import Path
from press.publish import atomic_publish
work, target, step, exchanges = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), sys.argv[4] == "exchange"
if not exchanges:
    atomic_publish._exchange = lambda one, other: False
if step:
    steps = itertools.count(1)
    def hook(event, arguments):
        if event in ("os.rename", "os.remove", "os.rmdir", "shutil.rmtree", "ctypes.dlopen", "ctypes.dlsym") and next(steps) == step:
            os.kill(os.getpid(), signal.SIGKILL)
for number in itertools.count(1):
    new = atomic_publish.workshop(work, target)
    for name in range({FILES}):
        (new / f"{{name}}.html").write_text(str(number))
    (new / "index.html").write_text(str(number))
    print(number, flush=True)
    if step:
        sys.addaudithook(hook)
    atomic_publish.exchange_sites(new, target, work)
    if step:
        break
"""


def a_site(folder: Path, number: int) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name in [*map(str, range(FILES)), "index"]:
        (folder / f"{name}.html").write_text(str(number))
    return folder


def numbers(folder: Path) -> set[int]:
    """The numbers of the sites that the files in a folder belong to: one, if the site is whole."""
    files = list(folder.iterdir())
    assert len(files) == FILES + 1
    return {int(file.read_text()) for file in files}


def swapper(
    work: Path, target: Path, step: int = 0, way: str = "exchange"
) -> "subprocess.Popen[str]":
    command = [sys.executable, "-S", "-c", SWAPPER, str(work), str(target), str(step), way]
    environment = {**os.environ, "PYTHONPATH": str(Path(swapping.__file__).parents[2])}
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)


@pytest.fixture
def work(tmp_path: Path) -> Path:
    folder = tmp_path / "journal" / ".press"
    folder.mkdir(parents=True)
    return folder


@pytest.fixture
def target(work: Path) -> Path:
    return work.parent / "_site"


@pytest.mark.parametrize("way", ["exchange", "two renames"])
def test_the_new_site_stands_where_the_old_one_stood(
    work: Path, target: Path, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if way == "two renames":
        monkeypatch.setattr(swapping, "_exchange", lambda one, other: False)
    for number in (1, 2, 3):
        exchange_sites(a_site(workshop(work, target), number), target, work)
        assert numbers(target) == {number}
        assert [file.name for file in work.iterdir() if file.name != "lock"] == []


def test_a_kill_at_random_moments_leaves_a_whole_site(work: Path, target: Path) -> None:
    """The moments are random, the seed is not. The site is the one that was being put in place, or
    the one before.
    """
    moments, last = random.Random(7), 0
    a_site(target, last)
    for _ in range(8):
        process = swapper(work, target)
        assert process.stdout is not None
        process.stdout.readline()
        try:
            process.wait(timeout=moments.uniform(0.0, 0.05))
        except subprocess.TimeoutExpired:
            process.kill()
        process.wait()
        begun = [1, *map(int, process.stdout.read().split())][-1]
        process.stdout.close()
        (found,) = numbers(target)
        assert found in (begun, begun - 1 or last)
        last = found


@pytest.mark.parametrize("way", ["exchange", "two renames"])
def test_a_kill_before_any_step_of_a_swap_is_mended_by_the_next_press(
    work: Path, target: Path, way: str
) -> None:
    """Every place at which a swap can be cut is tried: before its 1st, 2nd, ... rename or removal
    of a file.
    """
    a_site(target, 0)
    for step in range(1, 200):
        process = swapper(work, target, step, way)
        process.communicate()
        if process.returncode == 0:
            break
        assert process.returncode == -signal.SIGKILL
        if way == "exchange":
            assert numbers(target) in ({0}, {1}), step  # not even for a moment is there no site
        recover(work, target)
        assert numbers(target) in ({0}, {1}), step
        assert list(workshop(work, target).iterdir()) == []
        a_site(target, 0)
    removing = FILES + 3  # the folder is listed, each file goes, and then the folder
    assert step == {"exchange": 3, "two renames": 4}[way] + removing


def test_a_site_for_another_place_leaves_what_a_killed_press_left_here(
    work: Path, target: Path
) -> None:
    """Between the two renames of a disk that cannot exchange, the old site waits in .press; it
    belongs to its target.
    """
    process = swapper(work, a_site(target, 0), step=2, way="two renames")
    process.communicate()
    assert not target.exists()
    workshop(work, work.parent / "elsewhere")
    recover(work, target)
    assert numbers(target) == {0}


def test_a_site_can_stand_on_another_disk(work: Path) -> None:
    other = Path("/dev/shm")
    if not other.is_dir() or other.stat().st_dev == work.stat().st_dev:
        pytest.skip("there is no second disk here")
    target = other / f"press-test-{os.getpid()}" / "site"
    try:
        for number in (1, 2):
            exchange_sites(a_site(workshop(work, target), number), target, work)
            assert numbers(target) == {number}
            assert os.listdir(target.parent) == ["site"]
    finally:
        subprocess.run(["rm", "-r", str(target.parent)], check=True)


@pytest.mark.parametrize("there", ["journal/2025-07-02-a.qmd", "site.txt/x"])
def test_what_is_no_site_is_not_thrown_away(journal: Any, there: str) -> None:
    """`--output journal` would put the site in the place of the pages."""
    journal.page("Words.")
    precious = (
        journal.write(there, "precious") if there.startswith("site") else journal.root / there
    )
    before = precious.read_bytes()
    said = journal.press("render", "--with", "builtin", "--output", there.split("/")[0])
    assert said.status == 1 and "no site" in said.err
    assert precious.read_bytes() == before


def test_the_journal_itself_is_not_thrown_away(journal: Any) -> None:
    journal.write("404.html", "so that the root looks like a site")
    for output in (".", "..", "../journal"):
        said = journal.press("render", "--with", "builtin", "--output", output)
        assert said.status == 1 and "thrown away" in said.err
    assert (journal.root / "index.qmd").is_file()


def test_a_second_press_is_told_which_process_is_at_work(work: Path) -> None:
    at_work = pytest.raises(PressError, match=rf"process {os.getpid()}\) is at work.*wait for it")
    with lock(work), at_work, lock(work):
        pytest.fail("two had the lock")
    with lock(work):
        pass  # and it is free again


def test_the_lock_of_a_killed_press_is_free(work: Path) -> None:
    held = (
        "from press.publish.atomic_publish import lock; from pathlib import Path\nwith"
        f" lock(Path({str(work)!r})): print('held', flush=True); input()"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", held], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None and process.stdout.readline() == "held\n"
    with pytest.raises(PressError, match=f"process {process.pid}"), lock(work):
        pytest.fail("two had the lock")
    process.kill()
    process.communicate()
    with lock(work):
        assert (work / "lock").read_text() == str(os.getpid())


def test_a_render_that_is_killed_leaves_the_old_site_and_no_kernel(
    journal: Any, tree: Callable[[Path], dict[str, bytes]]
) -> None:
    """The page says when its kernel is at work; then press is killed, and its kernel must end by
    itself.
    """
    before = tree(journal.render())
    journal.page(
        "```{python}\nimport os,"
        " pathlib\npathlib.Path('pid').write_text(str(os.getpid()))\nopen('fifo').read()\n```"
    )
    os.mkfifo(journal.root / "journal" / "fifo")
    process = journal.command("render", "--with", "builtin")
    with open(journal.root / "journal" / "fifo", "w"):  # waits until the cell reads
        kernel = int((journal.root / "journal" / "pid").read_text())
        process.kill()
        process.communicate()
        eventually(lambda: is_gone(kernel), "the kernel has ended")
    assert tree(journal.site) == before
    journal.page("No cell.")
    assert "journal/2025-07-02-a.html" in tree(journal.render())


def test_a_render_that_is_killed_while_it_prints_leaves_a_whole_site(
    journal: Any, tree: Callable[[Path], dict[str, bytes]]
) -> None:
    moments = random.Random(11)
    journal.page("Old.")
    old = tree(journal.render())
    journal.page("New.")
    for _ in range(2):
        process = journal.command("render", "--with", "builtin")
        process.stdout.readline()
        try:
            process.wait(timeout=moments.uniform(0.0, 0.8))
        except subprocess.TimeoutExpired:
            process.kill()
        process.communicate()
        now = tree(journal.site)
        assert now == old or (b"New." in now["journal/2025-07-02-a.html"] and len(now) == len(old))
    new = tree(journal.render())
    assert b"New." in new["journal/2025-07-02-a.html"]


def test_a_site_that_is_a_symbolic_link_stays_one(journal: Any) -> None:
    (journal.root / "elsewhere").mkdir()
    journal.site.symlink_to("elsewhere")
    for title in ("First", "Second", "Third"):
        journal.page(f"{title}.\n")
        journal.render()
        assert journal.site.is_symlink() and f"{title}." in journal.body()


def test_a_workshop_that_is_a_link_or_a_file_is_made_anew(work: Path, target: Path) -> None:
    for make in (lambda place: place.symlink_to(target.parent), lambda place: place.touch()):
        place = work / "building"
        make(place)
        folder = workshop(work, target)
        assert folder.is_dir() and not folder.is_symlink() and not list(folder.iterdir())
        folder.rmdir()
