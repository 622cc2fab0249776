"""Files that stand under two names: a site links to what is kept for it, and a folder is made to
hold no other files.
"""

import contextlib
import os
import shutil
from collections.abc import Mapping
from pathlib import Path


def link(source: Path, target: Path) -> None:
    """The same file under a second name, or a copy where the disk cannot do that."""
    try:
        os.link(source, target)
    except FileNotFoundError:
        target.parent.mkdir(parents=True, exist_ok=True)
        link(source, target)
    except FileExistsError:
        target.unlink()
        link(source, target)
    except OSError:
        shutil.copy2(source, target)


def inodes(folder: Path, prefix: str = "", folders: list[str] | None = None) -> dict[str, int]:
    """The number by which the disk knows each file below a folder, by its path in there; equal
    numbers, same file.

    prefix: what is put before each path; folders: a list that is given the paths of the folders.
    """
    found: dict[str, int] = {}
    left = [""]
    while left:
        above = left.pop()
        with contextlib.suppress(FileNotFoundError), os.scandir(f"{folder}/{above}") as items:
            for item in items:
                if item.is_dir(follow_symlinks=False):
                    left.append(f"{above}{item.name}/")
                    if folders is not None:
                        folders.append(f"{above}{item.name}")
                else:
                    found[f"{prefix}{above}{item.name}"] = item.inode()
    return found


def clear(folder: Path, wanted: Mapping[str, int]) -> set[str]:
    """Remove every file from a folder but those that are wanted, by path, and have the number that
    `inodes` gives.

    Returns: the paths of those that stay; whatever else is wanted has to be put there.
    """
    folders: list[str] = []
    there = inodes(folder, folders=folders)
    stay = {name for name, number in wanted.items() if there.get(name) == number}
    for name in there.keys() - stay:
        os.unlink(f"{folder}/{name}")
    needed = {name.rpartition("/")[0] for name in stay}
    for above in sorted(set(folders) - needed, reverse=True):
        with contextlib.suppress(OSError):  # it is not empty
            os.rmdir(f"{folder}/{above}")
    return stay


def mirror(originals: Path, folder: Path) -> None:
    """Make a folder hold every file of another, under a second name, and nothing else."""
    names = inodes(originals)
    for name in names.keys() - clear(folder, names):
        link(originals / name, folder / name)
