"""Load GPT-2's weights from a file, a URL, or the Hugging Face Hub.

What: a downloaded file goes to .press/weights/. It is renamed to its final name only after it was
read as a model, so a file with that name is whole and is not downloaded again. Source: the Hub's
addresses, OWNER/NAME/resolve/REVISION/FILE, and the variable HF_ENDPOINT for a mirror. Left out:
models that need a key; models in several files; the layout (`scratch.model.gpt2_layout`).
"""

import os
import re
from pathlib import Path

from scratch.atomic_write import atomic_write
from scratch.model.gpt import GPTModel
from scratch.model.gpt2_layout import BadWeights, load_gpt2_weights
from workbench.download import DownloadFailed, fetch_into

HUB = "https://huggingface.co"
FILE = "model.safetensors"
LARGEST = 8_000_000_000  # bytes; GPT-2's largest has 6.4 billion
_ON_A_HUB = re.compile(r"[\w.-]+/[\w.-]+")


def get_weights(source: str, work: Path, n_heads: int | None = None) -> tuple[Path, GPTModel]:
    """Load GPT-2's weights, and download them first if needed.

    source: a file, a URL of http or https, or OWNER/NAME on the Hub; work: the folder .press
    n_heads: heads in each block, needed only if they are not 64 wide

    Returns: the file and the model.
    Raises: DownloadFailed, also if source is none of the three; BadWeights; OSError if the file
    cannot be written.
    """
    if Path(source).is_file():
        return Path(source), load_gpt2_weights(source, n_heads=n_heads)
    if re.match(r"\w+://", source):
        url, name = source, re.sub(r"[^\w.-]+", "-", source.split("://")[1])
    elif _ON_A_HUB.fullmatch(source):
        endpoint = os.environ.get("HF_ENDPOINT", HUB).rstrip("/")
        url, name = (
            f"{endpoint}/{source}/resolve/main/{FILE}",
            f"{source.replace('/', '--')}.safetensors",
        )
    else:
        raise DownloadFailed(
            f"{source} is no file here, no URL, and no OWNER/NAME of a hub; give one of them"
        )
    target = work / "weights" / name
    if not target.is_file():
        target.parent.mkdir(parents=True, exist_ok=True)
        return target, _download(url, target, n_heads)
    return target, load_gpt2_weights(target, n_heads=n_heads)


def _download(url: str, target: Path, n_heads: int | None) -> GPTModel:
    with atomic_write(target) as draft:
        with draft.open("wb") as file:
            fetch_into(file, url, LARGEST, "give the weights of one GPT-2")
        try:
            return load_gpt2_weights(draft, n_heads=n_heads)
        except BadWeights as error:
            raise BadWeights(str(error).replace(str(draft), url)) from None
