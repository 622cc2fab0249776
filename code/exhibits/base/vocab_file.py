"""Write GPT-2's tokenizer as one small file, for pages that encode a reader's own text.

What: each merge makes the next id, so 50,000 pairs of ids define the tokenizer, and the tokens
themselves need not be sent. The file also says which code points are letters, numbers and white
space for tiktoken, since a browser's Unicode may be older or newer. assets/tokenizers.js reads it.
Source: GPT-2's merges from the file that tiktoken reads; scratch/tokenizer/unicode16.txt. Left out:
the special token `<|endoftext|>`, which is never encoded from text.

Layout, inside gzip: the number of merges n, 4 bytes, low byte first; then four planes of n bytes:
the high bytes of the left ids, their low bytes, those of the right ids; then the table of code
points, as ASCII. Planes pack better than pairs: 164,500 bytes against 172,500, and with the table
169,150. GPT-2's own two files are 1,042,301 and 456,318 bytes; the entropy of the ids alone, each
by its frequency, gives 138,100. The file is packed here, because few servers pack a type that they
do not know.
"""

import gzip
import struct
from collections.abc import Sequence
from functools import cache
from importlib import resources

from scratch.tokenizer.bpe_file import read_gpt2

NAME = "gpt2-tokenizer.bin"


@cache
def made() -> dict[str, bytes]:
    """Make the files of assets/ that the printer does not copy: name -> contents.

    It takes a quarter of a second, once per process.

    Raises: TokenizerFiles if GPT-2's merges are damaged, or are missing and cannot be downloaded.

    >>> sorted(made())
    ['gpt2-tokenizer.bin']
    """
    return {NAME: pack_vocab(read_gpt2(), code_points())}


def pack_vocab(merges: Sequence[str], table: str) -> bytes:
    """Return the gzipped file of merges and a table of code points.

    merges: pairs, each a string of two ids (`scratch.tokenizer.id_string`), in the order in which
    they were learned
    table: as from `code_points`

    >>> gzip.decompress(pack_vocab(["ab"], "S 20"))
    b'\\x01\\x00\\x00\\x00\\x00a\\x00bS 20'
    """
    return gzip.compress(laid_out(merges, table), 9, mtime=0)


def laid_out(merges: Sequence[str], table: str) -> bytes:
    """Return the contents of the file before gzip; the arguments are those of `pack_vocab`.

    >>> laid_out(["ab"], "S 20")
    b'\\x01\\x00\\x00\\x00\\x00a\\x00bS 20'
    """
    lefts, rights = ([ord(pair[side]) for pair in merges] for side in (0, 1))
    planes = [
        bytes(id >> shift & 0xFF for id in ids) for ids in (lefts, rights) for shift in (8, 0)
    ]
    return struct.pack("<I", len(merges)) + b"".join(planes) + table.encode("ascii")


def code_points() -> str:
    """Return the ranges of tiktoken's letters (L), numbers (N) and white space (S): a line each.

    >>> code_points()[:12]
    'L 41-5A 61-7'
    """
    lines = (
        (resources.files("scratch.tokenizer") / "unicode16.txt")
        .read_text(encoding="ascii")
        .splitlines()
    )
    return "\n".join(line for line in lines if not line.startswith("#"))
