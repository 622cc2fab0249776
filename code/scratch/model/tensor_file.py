"""Write named tensors to a safetensors file, which holds numbers and no code, and read them.

What: for a full disk the library raises an error of its own; here it is an OSError, as for any
other file. Source: the safetensors format, made because reading a pickle can run code. Left out:
reading a part of a file.
"""

import os
import re
from collections.abc import Mapping
from pathlib import Path

from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor


def write_tensors(path: Path, tensors: Mapping[str, Tensor]) -> None:
    """Write tensors, name -> tensor. Raises: OSError, for example if the disk is full."""
    try:
        save_file(dict(tensors), path, metadata={"format": "pt"})
    except SafetensorError as error:
        if number := re.search(r"\(os error (\d+)\)", str(error)):
            raise OSError(int(number[1]), os.strerror(int(number[1])), str(path)) from None
        raise


def read_tensors(path: Path) -> dict[str, Tensor]:
    """Read the tensors of a file, name -> tensor, into the CPU's memory.

    Raises: ValueError if it is not a whole safetensors file; OSError.

    >>> import tempfile, torch
    >>> path = Path(tempfile.mkdtemp()) / "a.safetensors"
    >>> write_tensors(path, {"ones": torch.ones(2)})
    >>> read_tensors(path)
    {'ones': tensor([1., 1.])}
    """
    try:
        return load_file(path)
    except SafetensorError as error:
        raise ValueError(f"{path} is no whole safetensors file ({error})") from None
