"""Check the machine for what the journal needs: a line each, with a remedy for what is missing."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from press.base.errors import PressError
from press.execute.receipt import version
from press.publish import quarto
from press.render.pandoc import binary

BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")


@dataclass(frozen=True)
class Finding:
    """A line of `press check`; needed: False for what only some commands use."""

    name: str
    fine: bool
    text: str
    needed: bool = True

    def __str__(self) -> str:
        mark = "ok " if self.fine else "BAD" if self.needed else "-- "
        return f"{mark}  {self.name:10} {self.text}"


def look_over(root: Path) -> Iterator[Finding]:
    """Yield a finding for each thing that the journal uses."""
    python = ".".join(map(str, sys.version_info[:3]))
    yield Finding("Python", sys.version_info >= (3, 11), f"{python}; 3.11 or newer is needed")
    off = list(_off_pins(root))
    remedy = "; install again: rm .venv/installed && make .venv/installed"
    pins = ", ".join(off) + remedy if off else "as pinned in pyproject.toml"
    yield Finding("packages", not off, pins)
    yield from map(look_at, _looks())
    browser = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)
    text = browser or "none; browser tests are skipped: install Chromium, or name it in CHROMIUM"
    yield Finding("Chromium", browser is not None, text, needed=False)
    command = quarto.find_quarto()
    text = command or "none; for --with quarto: pip install -e '.[quarto]'"
    yield Finding("Quarto", command is not None, text, needed=False)


def look_at(name: str) -> Finding:
    """Return the finding on one of the things of `_looks`."""
    look, hint, needed = _looks()[name]
    try:
        return Finding(name, True, look(), needed)
    except (PressError, OSError, ValueError) as error:
        return Finding(name, False, f"{error}{hint}", needed)


def _looks() -> dict[str, tuple[Callable[[], str], str, bool]]:
    """Return by name what gives the text, or raises what is wrong; the remedy; is it needed."""
    from scratch import load_gpt2, load_text
    from scratch.finetuning import spam
    from scratch.model import smollm

    left_out = "; or leave it out: press: {pretrained: false} in _quarto.yml"
    ipython = partial(_version_of, sys.executable, "-m", "ipykernel_launcher")
    return {
        "kernel": (
            lambda: f"ipykernel {version('ipykernel')}, IPython {ipython()}",
            "; reinstall ipykernel",
            True,
        ),
        "Pandoc": (lambda: _version_of(binary()), "", True),
        "tiktoken": (lambda: f"GPT-2's files are whole: {load_gpt2().n_vocab:,} entries", "", True),
        "text": (
            lambda: f"{(text := load_text()).title}, {len(text.content):,} characters",
            "",
            True,
        ),
        "pretrained": (lambda: f"{smollm.FILE.path().name} is whole", left_out, False),
        "messages": (lambda: f"{spam.FILE.path().name} is whole", "", False),
    }


def _off_pins(root: Path) -> Iterator[str]:
    file = root / "pyproject.toml"
    text = file.read_text(encoding="utf-8") if file.is_file() else ""
    for requirement in tomllib.loads(text).get("project", {}).get("dependencies", []):
        if pin := re.match(r"([\w.-]+)(?:\[[^]]*\])?==([\w.]+)", requirement):
            installed = version(pin[1])
            if installed.partition("+")[0] != pin[2]:
                yield f"{pin[1]} is {installed}, pinned {pin[2]}"


def _version_of(*command: str) -> str:
    """Return the first line that a command prints when it is asked for its version."""
    done = subprocess.run(
        [*command, "--version"], capture_output=True, encoding="utf-8", errors="replace"
    )
    if done.returncode:
        raise OSError("it does not start")
    return done.stdout.partition("\n")[0]
