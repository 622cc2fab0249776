"""A file that a wheel brings along is found by its name and known by its size and its hash."""

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest

from scratch import wheel_file
from scratch.finetuning import spam
from scratch.model import smollm

REMEDY = "as `make .venv/installed` does, run `.+ --force-reinstall {}=={}`$"


class Listed:
    """An entry of a distribution's list of files."""

    def __init__(self, path: Path) -> None:
        self.path, self.name = path, path.name

    def locate(self) -> Path:
        return self.path


@pytest.mark.parametrize("known", [smollm.FILE, spam.FILE], ids=lambda known: known.package)
def test_a_missing_or_damaged_file_is_one_line_with_the_remedy(
    known: wheel_file.WheelFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / known.name
    remedy = REMEDY.format(known.package, known.version)
    absent = replace(known, package="no-such-distribution")
    with pytest.raises(known.error, match=r"is not installed; as `make .+no-such-distribution=="):
        absent.path()
    monkeypatch.setattr(wheel_file, "files", lambda package: [Listed(path)])
    with pytest.raises(known.error, match=f"{known.name} is not installed; {remedy}"):
        known.path()  # listed, and deleted since
    path.write_bytes(b"GGUF")
    with pytest.raises(known.error, match=f"damaged: it has 4 bytes of {known.size:,}; {remedy}"):
        known.path()
    with pytest.raises(known.error, match=f"damaged: it has another SHA-256; {remedy}"):
        replace(known, size=4).path()
    right = replace(known, size=4, sha256=hashlib.sha256(b"GGUF").hexdigest())
    assert right.path() == path


@pytest.mark.parametrize("known", [smollm.FILE, spam.FILE], ids=lambda known: known.package)
def test_the_makefile_installs_the_version_that_the_remedy_names(
    known: wheel_file.WheelFile,
) -> None:
    makefile = Path(__file__).parents[1] / "Makefile"
    assert f"--no-deps {known.package}=={known.version} " in makefile.read_text(encoding="utf-8")
