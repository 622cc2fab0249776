"""Learn a byte-pair encoding from texts, fast: pair counts are corrected after each merge.

What: `train` learns an encoding; `find_merges` does most of its work. Each distinct chunk is held
once, with the number of times it occurs. A merge looks only at the chunks that may hold its pair,
and corrects the counts of the neighbouring pairs. A heap gives the most frequent pair. The counts
in it may be out of date, but only too high: a pair's count can grow only in the merge that made its
newer token. So a count that is out of date is corrected and put back, and the first one that is
right belongs to the most frequent pair. Source: Sennrich, Haddow and Birch 2016, whose released
code keeps counts the same way; Hugging Face's trainer for the heap. The rule for ties, and so the
merges, are those of `scratch.tokenizer.bpe_naive` and of Hugging Face's trainer. Left out: several
processes. On a large text, counting the chunks takes most of the time and memory.

Time: each merge passes once over each distinct chunk that has its pair, so a megabyte without a
space takes a few milliseconds per merge. Memory: a few hundred bytes for each distinct chunk, and 8
bytes for each pair in it.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from heapq import heapify, heappop, heappush
from operator import add

from scratch.tokenizer.bpe import BadVocabulary, BytePairEncoding, NotUnicode
from scratch.tokenizer.id_string import BYTES, LARGEST, of_bytes
from scratch.tokenizer.pretokenize import GPT2_PATTERN, count


def train(
    texts: str | Iterable[str],
    vocab_size: int,
    *,
    pattern: str = GPT2_PATTERN,
    specials: Sequence[str] = (),
    at_most: bool = False,
) -> BytePairEncoding:
    """Learn an encoding from a text, or from several.

    texts: special tokens in them are read as ordinary text; no merge crosses from one text into
    the next
    vocab_size: entries in all: 256 bytes, the merges, the special tokens
    pattern: the regular expression that cuts a text into chunks; specials: the special tokens
    at_most: whether to accept a smaller vocabulary where the texts run out of pairs

    Of two equally frequent pairs the one with the smaller first id is merged, then the one with the
    smaller second id.

    Raises: BadVocabulary if vocab_size is less than 256 + len(specials) or more than LARGEST, or if
    the texts run out of pairs before it and at_most is False; NotUnicode; BadPattern.

    >>> encoding = train("low lower lowest", 259)
    >>> encoding.tokens[256:]
    (b'lo', b'low', b' low')
    >>> len(train("low", 3000, at_most=True))
    258
    """
    least = BYTES + len(specials)
    if not least <= vocab_size <= LARGEST:
        what = f"vocab_size is {vocab_size:,}; bytes and specials alone need {least:,}"
        raise BadVocabulary(f"{what}, so ask for {least:,} to {LARGEST:,}")
    chunks = count([texts] if isinstance(texts, str) else texts, pattern)
    try:
        merges = find_merges(chunks, vocab_size - least)
    except UnicodeEncodeError as error:
        raise NotUnicode(
            f"the text has half of a surrogate pair, in {error.object!r}; UTF-8 cannot write it"
        ) from None
    if least + len(merges) < vocab_size and not at_most:
        most = least + len(merges)
        raise BadVocabulary(
            f"vocab_size is {vocab_size:,}, but the text runs out of pairs at {most:,}; "
            f"ask for {most:,}, train on more, or take as many as there are with at_most=True"
        )
    return BytePairEncoding(merges, specials, pattern)


def find_merges(chunks: Mapping[str, int], number: int) -> list[str]:
    """Learn merges from chunks.

    chunks: chunk -> how often it occurs; number: how many merges
    Returns: the pairs, each a string of two ids; merge k makes the id BYTES + k. There are fewer
    than `number` if the chunks run out of pairs.
    Raises: UnicodeEncodeError for half of a surrogate pair.

    >>> # ids: "a" is 64, "b" 65; the first merge makes 256
    >>> [[ord(id) for id in pair] for pair in find_merges({"aaabdaaabac": 1}, 3)]
    [[64, 64], [64, 65], [256, 257]]
    """
    return [pair for pair, _ in counted_merges(chunks, number)]


def counted_merges(chunks: Mapping[str, int], number: int) -> list[tuple[str, int]]:
    """Learn merges as `find_merges` does, and return each with the count of its pair at its turn.

    >>> [times for _, times in counted_merges({"aaabdaaabac": 1}, 3)]
    [4, 2, 2]
    """
    words: list[str] = []  # the chunks after the merges so far
    times: list[int] = []
    counts: defaultdict[str, int] = defaultdict(int)
    # the words that have a pair, or had it once
    where: defaultdict[str, list[int]] = defaultdict(list)
    for chunk, uses in chunks.items():
        word = of_bytes(chunk.encode())
        for pair in map(add, word, word[1:]):
            counts[pair] += uses
            where[pair].append(len(words))
        words.append(word)
        times.append(uses)
    # the smaller pair first where counts are equal
    heap = [(-uses, pair) for pair, uses in counts.items()]
    heapify(heap)

    merges: list[tuple[str, int]] = []
    while heap and len(merges) < number:
        negative, best = heappop(heap)
        if counts[best] != -negative:
            if counts[best]:
                heappush(heap, (-counts[best], best))
            continue
        new = chr(BYTES + len(merges))
        merges.append((best, -negative))
        grown: defaultdict[str, int] = defaultdict(int)
        # a chunk is listed once for each occurrence of the pair
        for index in set(where.pop(best)):
            between = words[index].split(best)
            if len(between) == 1:  # an earlier merge took the pair
                continue
            words[index] = new.join(between)
            for lost, made in _changes(between, best, new):
                counts[lost] -= times[index]
                grown[made] += times[index]
                where[made].append(index)
        del counts[best]
        counts.update(grown)
        for pair, uses in grown.items():
            heappush(heap, (-uses, pair))
    return merges


def _changes(between: list[str], pair: str, new: str) -> list[tuple[str, str]]:
    """List the neighbouring pairs that a merge removes from a word, each with its replacement.

    between: the parts of the word before, between and after the occurrences of the pair.
    """
    first, second = pair[0], pair[1]
    changes = []
    last = len(between) - 1
    for index, part in enumerate(between):
        if part:
            if index:
                changes.append((second + part[0], new + part[0]))
            if index < last:
                changes.append((part[-1] + first, part[-1] + new))
        elif 0 < index < last:  # two occurrences touch
            changes.append((second + first, new + new))
    return changes
