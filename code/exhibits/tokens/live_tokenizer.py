"""Tokenize a text that the reader types, by both tokenizers side by side.

What: the page has the simple tokenizer's vocabulary and one example, encoded by both. In the
browser assets/live-tokenizer.js turns the example into a text box; GPT-2's tokenizer is one file
(`exhibits.base.vocab_file`), loaded when the box is first entered. Buttons may put further examples
into it. Without JavaScript the example stays, with chips and ids. The compact form shows only the
chips, and loads its vocabulary from a file too, so that its page is small. Source: none; the ids
are those of `scratch.tokenizer.simple` and of tiktoken, and tests/test_reader.py compares them.
Left out: how often GPT-2's tokens occur in the journal's text: 50,257 counts would weigh more than
the tokenizer.
"""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from exhibits.base.asset import write_asset
from exhibits.base.exhibit import Exhibit, escape, one_line
from exhibits.base.json_embed import embed
from exhibits.base.site_paths import page_of, root
from exhibits.base.vocab_file import NAME
from exhibits.base.wording import counted
from exhibits.tokens.chips import Counts, chips
from exhibits.tokens.glyphs import Token
from scratch.text.words import split
from scratch.tokenizer.simple import UNKNOWN, SimpleTokenizer
from scratch.tokenizer.tiktoken_gpt2 import load_gpt2

MOST = 300  # chips of a tokenizer, in the browser too, which lays them out in some milliseconds
NOTE = "An example. Where JavaScript runs, this box takes a text of your own."
SHORT_NOTE = "An example. With JavaScript, you can type."


def reader_tokenizers(
    vocabulary: SimpleTokenizer,
    counts: Mapping[str, int] | None = None,
    *,
    text: str,
    words: str = "My tokenizer",
    compact: bool = False,
    examples: Mapping[str, tuple[str, str]] = MappingProxyType({}),
) -> Exhibit:
    """Show a text box, with the chips and ids of its text by both tokenizers.

    vocabulary: the simple tokenizer
    counts: how often each of its tokens occurs in the text that it was made from
    text: the example that is in the box first
    words: the name of the simple tokenizer, for the reader
    compact: whether to show only the chips
    examples: label of a button -> the text that it puts into the box, and what to look at in it

    Raises: ValueError if the example has no token, or more than MOST.

    >>> box = reader_tokenizers(SimpleTokenizer.of(["a", "cat"]), text="a dog")
    >>> print(box.text)
    My tokenizer: 2 tokens, 2 distinct
    a[0] dog[3 unknown]
    GPT-2: 2 tokens, 2 distinct
    a[64] ␣dog[3290]
    """
    gpt2 = load_gpt2()
    pieces, ids = split(text), gpt2.encode_ordinary(text)
    for name, number in ((words, len(pieces)), ("GPT-2", len(ids))):
        if not 0 < number <= MOST:
            raise ValueError(f"the example is {number} tokens to {name}; give one of 1 to {MOST}")
    known = (
        None
        if counts is None
        else [counts.get(token, 0) if token in vocabulary.ids else None for token in pieces]
    )
    own = vocabulary.encode(text, unknown="unk")
    mine, mine_text = _side("words", pieces, own, known, words, vocabulary)
    theirs, theirs_text = _side("gpt2", gpt2.decode_tokens_bytes(ids), ids, None, "GPT-2", None)
    carried = {
        "text": text,
        "file": NAME,
        "most": MOST,
        "unknown": vocabulary.ids[UNKNOWN],
        "examples": list(examples.values()),
        "counts": None if counts is None else [counts.get(token, 0) for token in vocabulary.tokens],
        **_words(vocabulary),
    }
    markup = (
        f'<div class="ex-reader{" ex-compact" * compact}" data-pagefind-ignore><p class="ex-head">'
        '<b data-part="reader-name">Your text</b> <span data-part="reader-length">'
        f'{counted(len(text), "character", none="0")}</span></p><div class="ex-reader-text"'
        f' data-part="reader-text" dir="auto">{escape(text)}</div>{_buttons(examples)}'
        '<div class="ex-row ex-reader-tools" data-part="reader-tools"></div>'
        f'<p class="ex-reader-note" data-part="note">{SHORT_NOTE if compact else NOTE}</p>'
        f'<div class="ex-sides" data-part="reader-sides">{mine}{theirs}</div><script'
        f' data-part="reader-data" type="application/json">{embed(carried)}</script></div>'
    )
    return Exhibit(markup, f"{mine_text}\n{theirs_text}")


def _buttons(examples: Mapping[str, tuple[str, str]]) -> str:
    """Return a row of buttons, one for each example; "" without any."""
    row = "".join(f'<button type="button">{escape(one_line(label))}</button>' for label in examples)
    return f'<div class="ex-row ex-examples" data-part="reader-examples">{row}</div>' if row else ""


def _words(vocabulary: SimpleTokenizer) -> dict[str, object]:
    """Return the vocabulary for the browser; of a printed page the name of the file that has it."""
    try:
        printed = page_of(root()) is not None
    except ValueError:
        printed = False
    if not printed:
        return {"words": vocabulary.tokens}
    data = json.dumps(vocabulary.tokens, ensure_ascii=False).encode()
    name = f"words-{hashlib.sha256(data).hexdigest()[:8]}.json"
    return {"words_file": Path(write_asset(name, data)).name}


def _side(
    name: str,
    tokens: "list[str] | list[bytes]",
    ids: list[int],
    counts: Counts | None,
    label: str,
    vocabulary: SimpleTokenizer | None,
) -> tuple[str, str]:
    """Return a tokenizer's part as markup and text: chips, a line about one of them, the ids."""
    notes = (
        None
        if vocabulary is None
        else ["" if token in vocabulary.ids else "unknown" for token in tokens]
    )
    exhibit = chips(list[Token](tokens), ids=ids, counts=counts, label=label, notes=notes)
    markup = exhibit.html
    if vocabulary is not None:
        first, *others = markup.split('<li class="ex-chip"')
        kinds = ["ex-chip" if token in vocabulary.ids else "ex-chip ex-unknown" for token in tokens]
        markup = first + "".join(
            f'<li class="{kind}"{rest}' for kind, rest in zip(kinds, others, strict=True)
        )
    row = " ".join(map(str, ids))
    side = (
        f'<div class="ex-side" data-part="reader-side" data-side="{name}">{markup}'
        '<p class="ex-detail" data-part="side-detail"></p>'
        '<details class="ex-ids-fold"><summary>The ids in a row</summary>'
        f'<p class="ex-ids" data-part="side-ids"><b>ids</b> {row}</p>'
        '<div class="ex-row ex-side-tools" data-part="side-tools"></div></details></div>'
    )
    return side, exhibit.text
