"""Learn and apply merges in the plainest way: count all pairs, merge the most frequent one.

What: `find_merges` learns the merges from a text, and `apply_merges` encodes a chunk with them.
They define what the rest of the package must compute, and are too slow for more than a page;
`scratch.tokenizer.bpe_train` and `scratch.tokenizer.bpe_merge` are fast. Tie rule: of two pairs
that are equally frequent the one with the smaller first id is merged, then the one with the smaller
second id. In a run such as "aaa" the pair (a, a) counts twice, although only one can be merged.
Source: Sennrich, Haddow and Birch 2016, algorithm 1; on bytes, Radford et al. 2019, section 2.2.
Left out: speed; a least frequency for a merge.
"""

from collections import Counter
from operator import add

from scratch.tokenizer.id_string import BYTES, of_bytes
from scratch.tokenizer.pretokenize import cut


def find_merges(text: str, number: int) -> list[str]:
    """Learn merges from a text.

    number: how many
    Returns: the pairs, each a string of two ids; merge k makes the id BYTES + k. There are fewer
    than `number` if the text runs out of pairs.

    >>> # ids: "a" is 64, "b" 65; the first merge makes 256
    >>> [[ord(id) for id in pair] for pair in find_merges("aaabdaaabac", 3)]
    [[64, 64], [64, 65], [256, 257]]
    """
    chunks = Counter(of_bytes(chunk.encode()) for chunk in cut(text))
    merges: list[str] = []
    while len(merges) < number:
        counts: Counter[str] = Counter()
        for chunk, times in chunks.items():
            for pair in map(add, chunk, chunk[1:]):
                counts[pair] += times
        if not counts:
            break
        best = min(counts, key=lambda pair: (-counts[pair], pair))
        new = chr(BYTES + len(merges))
        chunks = Counter({chunk.replace(best, new): times for chunk, times in chunks.items()})
        merges.append(best)
    return merges


def apply_merges(chunk: str, merges: list[str]) -> str:
    """Encode one chunk: apply each merge wherever it fits, in the order of the list.

    Returns: the ids, as a string (`scratch.tokenizer.id_string`).

    >>> [ord(id) for id in apply_merges("aaab", find_merges("aaabdaaabac", 3))]
    [258]
    """
    ids = of_bytes(chunk.encode())
    for rank, pair in enumerate(merges):
        ids = ids.replace(pair, chr(BYTES + rank))
    return ids
