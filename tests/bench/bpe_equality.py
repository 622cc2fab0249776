"""Is `scratch.tokenizer.bpe` equal to tiktoken's GPT-2 on STRINGS strings that hypothesis makes up,
and on whole planes of Unicode?

Half of the strings are of any characters, half of pieces that text is made of. One encoding serves
all of them, so its memory of pieces is tried as well. Then every code point stands between letters,
spaces and digits.
"""

import sys
import time

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from scratch import load_gpt2
from scratch.tokenizer.bpe import BytePairEncoding

STRINGS = 100_000
PIECES = [
    *"abcxyzABC019 .,;:!?'\"-–—()[]{}<>/\\|@#$%^&*_+=~`\n\t\r\v\f\0\x1c\x85\u00a0\u2003\u3000\u200b\u200d\ufeff\ufe0f",
    *"éßıİſKкД語漢字한글ไทยகதைहिन्दीعربي٣४Ⅷ½²٪€", "e\u0301", "👩‍👩‍👧", "👍🏽", "🇮🇳",
    " the", " cat", "don't", "I'll", "'S", "  ", "   ", "\n\n", " \n", "\n    ", "\t\t", "\r\n", "1984", "<|endoftext|>",
]  # fmt: skip
OWN, PEER = BytePairEncoding.gpt2(), load_gpt2()
tried = 0


def compare(text: str) -> None:
    global tried
    tried += 1
    assert OWN.encode_ordinary(text) == PEER.encode_ordinary(text), repr(text)
    assert OWN.decode(OWN.encode_ordinary(text)) == text, repr(text)


def many(strategy: st.SearchStrategy[str], number: int) -> None:
    run = given(strategy)(compare)
    phases, checks = [Phase.generate, Phase.shrink], list(HealthCheck)
    settings(
        max_examples=number,
        deadline=None,
        database=None,
        phases=phases,
        suppress_health_check=checks,
    )(run)()


def main() -> None:
    start = time.perf_counter()
    any_text = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
    while tried < STRINGS // 2:  # hypothesis stops early where it runs out of new strings
        many(any_text, STRINGS // 2 - tried)
    while tried < STRINGS:
        many(st.lists(st.sampled_from(PIECES), max_size=25).map("".join), STRINGS - tried)
    strings = tried
    for first in range(0, 0x110000, 64):
        block = [chr(code) for code in range(first, first + 64) if not 0xD800 <= code < 0xE000]
        compare(
            "".join(
                f"a{letter}b {letter}{letter} 1{letter}2\n{letter} '{letter}" for letter in block
            )
        )
    seconds = time.perf_counter() - start
    print(
        f"{strings:,} strings and every code point in {tried - strings:,} texts have tiktoken's ids"
        f" ({seconds:.0f} s)"
    )


if __name__ == "__main__":
    sys.exit(main())
