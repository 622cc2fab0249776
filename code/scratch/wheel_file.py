"""Find a data file in an installed wheel, and check its size and SHA-256.

What: the wheel's code is never imported; the file is looked up in the list of installed files.
Source: Python's packaging metadata, the RECORD of a distribution (PEP 376). Left out: downloading,
which pip does.
"""

import hashlib
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, files
from pathlib import Path


@dataclass(frozen=True)
class WheelFile:
    """A data file and the wheel that contains it.

    package, version: of the wheel; name: of the file, without folders; size: in bytes; sha256: in
    hex; error: the exception to raise if the file is missing or damaged
    """

    package: str
    version: str
    name: str
    size: int
    sha256: str
    error: type[ValueError]

    def path(self) -> Path:
        """Return the path of the file, after checking its size and hash.

        Hashing takes 0.1 to 0.3 s for 100 MB. Raises: `error`, with a remedy.

        >>> WheelFile("no-such-wheel", "1.0", "a.csv", 3, "", ValueError).path()
        Traceback (most recent call last):
        ValueError: a.csv is not installed; as `make .venv/installed` does, run ...
        """
        try:
            carried = files(self.package) or []
        except PackageNotFoundError:
            carried = []
        path = next((Path(str(file.locate())) for file in carried if file.name == self.name), None)
        if path is None or not path.is_file():
            raise self._wrong(f"{self.name} is not installed")
        if (size := path.stat().st_size) != self.size:
            raise self._wrong(f"{path} is damaged: it has {size:,} bytes of {self.size:,}")
        with path.open("rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != self.sha256:
                raise self._wrong(f"{path} is damaged: it has another SHA-256")
        return path

    def _wrong(self, what: str) -> ValueError:
        install = f"pip install --no-deps --force-reinstall {self.package}=={self.version}"
        return self.error(
            f"{what}; as `make .venv/installed` does, run `.venv/bin/python -m {install}`"
        )
