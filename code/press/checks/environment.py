"""Check the machine for what the journal needs: a line each, with a remedy for what is missing."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from press.base.errors import PressError
from press.publish import quarto
from press.render.pandoc import binary

BROWSERS = ("chromium", "chromium-browser", "google-chrome")


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
    version = ".".join(map(str, sys.version_info[:3]))
    yield Finding("Python", sys.version_info >= (3, 11), f"{version}; 3.11 or newer is needed")
    off = list(_off_pins(root))
    remedy = "; install again: rm .venv/installed && make .venv/installed"
    yield Finding(
        "packages", not off, ", ".join(off) + remedy if off else "as pinned in pyproject.toml"
    )
    yield _kernel()
    yield _pandoc()
    yield _tokenizer()
    yield _text()
    yield _pretrained()
    yield _messages()
    browser = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)
    text = browser or "none; browser tests are skipped: install Chromium, or name it in CHROMIUM"
    yield Finding("Chromium", browser is not None, text, needed=False)
    command = quarto.find()
    yield Finding(
        "Quarto",
        command is not None,
        command or "none; for --with quarto: pip install -e '.[quarto]'",
        needed=False,
    )


def _off_pins(root: Path) -> Iterator[str]:
    file = root / "pyproject.toml"
    project = (
        tomllib.loads(file.read_text(encoding="utf-8")).get("project", {}) if file.is_file() else {}
    )
    for requirement in project.get("dependencies", []):
        pin = re.match(r"([\w.-]+)(?:\[[^]]*\])?==([\w.]+)", requirement)
        if pin:
            try:
                installed = metadata.version(pin[1])
            except metadata.PackageNotFoundError:
                installed = "missing"
            if installed.partition("+")[0] != pin[2]:
                yield f"{pin[1]} is {installed}, pinned {pin[2]}"


def _kernel() -> Finding:
    done = subprocess.run(
        [sys.executable, "-m", "ipykernel_launcher", "--version"],
        capture_output=True,
        encoding="utf-8",
        errors="replace",
    )
    fine = done.returncode == 0
    if not fine:
        return Finding("kernel", False, "does not start; reinstall ipykernel")
    return Finding(
        "kernel", True, f"ipykernel {metadata.version('ipykernel')}, IPython {done.stdout.strip()}"
    )


def _pandoc() -> Finding:
    try:
        done = subprocess.run(
            [binary(), "--version"], capture_output=True, encoding="utf-8", errors="replace"
        )
        return Finding("Pandoc", done.returncode == 0, done.stdout.partition("\n")[0])
    except (PressError, OSError) as error:
        return Finding("Pandoc", False, str(error))


def _tokenizer() -> Finding:
    from scratch import load_gpt2

    try:
        return Finding(
            "tiktoken", True, f"GPT-2's files are whole: {load_gpt2().n_vocab:,} entries"
        )
    except (ValueError, OSError) as error:
        return Finding("tiktoken", False, str(error))


def _pretrained() -> Finding:
    from scratch.model.smollm import NoPretrained, pretrained_path

    try:
        return Finding("pretrained", True, f"{pretrained_path().name} is whole")
    except NoPretrained as error:
        other = "; or leave it out: press: {pretrained: false} in _quarto.yml"
        return Finding("pretrained", False, f"{error}{other}", needed=False)


def _messages() -> Finding:
    from scratch.finetuning.spam import NoMessages, messages_path

    try:
        return Finding("messages", True, f"{messages_path().name} is whole")
    except NoMessages as error:
        return Finding("messages", False, str(error), needed=False)


def _text() -> Finding:
    from scratch import load_text

    try:
        text = load_text()
        return Finding("text", True, f"{text.title}, {len(text.content):,} characters")
    except (ValueError, OSError) as error:
        return Finding("text", False, str(error))
